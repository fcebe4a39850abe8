"""An assessment of the danger to the person. A new one is added; an old one is never changed."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from audit.guarded import Guarded
from audit.history import kept_history

from ..answers import Answer, RiskLevel
from .case import Case


class RiskAssessment(Guarded):
    DATA = {
        "id": "plain",
        "case": "plain",
        "level": "personal",
        "danger_now": "personal",
        "reasons_sealed": "sensitive",
        "by": "plain",
        "recorded_at": "plain",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="risks")
    level = models.CharField(_("Level of risk"), max_length=12, choices=RiskLevel)
    danger_now = models.CharField(_("In danger now"), max_length=12, choices=Answer)
    reasons_sealed = models.BinaryField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    history = kept_history()

    class Meta:
        verbose_name = _("risk assessment")

    def __str__(self) -> str:
        return f"risk of {self.case_id}"
