"""What the person agreed to: per purpose and, for sharing, per recipient. Withdrawal is a new row."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from audit.guarded import Guarded
from audit.history import kept_history

from ..answers import ConsentAnswer
from .case import Case


class Consent(Guarded):
    DATA = {
        "id": "plain",
        "case": "plain",
        "purpose": "plain",
        "answer": "personal",
        "recipient": "plain",
        "given_on": "plain",
        "how": "plain",
        "by": "plain",
        "recorded_at": "plain",
    }

    class How(models.TextChoices):
        SPOKEN = "SPOKEN", _("Spoken")
        SIGNED = "SIGNED", _("Signed form")
        THUMBPRINT = "THUMBPRINT", _("Thumbprint")
        GUARDIAN = "GUARDIAN", _("Guardian, with the child's own agreement")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="consents")
    purpose = models.CharField(_("Purpose"), max_length=40)
    answer = models.CharField(_("Answer"), max_length=12, choices=ConsentAnswer)
    recipient = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    given_on = models.DateField(_("On"), null=True, blank=True)
    how = models.CharField(_("How"), max_length=12, choices=How, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    history = kept_history()

    class Meta:
        verbose_name = _("consent")
        constraints = [
            models.CheckConstraint(
                condition=~Q(answer=ConsentAnswer.GIVEN) | Q(given_on__isnull=False),
                name="given_consent_has_its_day",
                violation_error_message=_("Say on which day consent was given."),
            )
        ]

    def __str__(self) -> str:
        return f"consent of {self.case_id}"
