"""What happened: acts, means and forms as codes, place and time, and the account in words (sealed)."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import CodeList, Place
from audit.guarded import Guarded
from audit.history import kept_history
from audit.kinds import Precision

from .case import Case


class Facts(Guarded):
    DATA = {
        "id": "plain",
        "case": "plain",
        "country": "personal",
        "district": "personal",
        "place_type": "personal",
        "started_on": "personal",
        "started_precision": "plain",
        "ended_on": "personal",
        "ended_precision": "plain",
        "recruiter_relation": "personal",
        "account_sealed": "sensitive",
        "version": "plain",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="facts")
    country = models.CharField(_("Country of exploitation"), max_length=40, blank=True)
    district = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    place_type = models.CharField(_("Kind of place"), max_length=40, blank=True)
    started_on = models.DateField(_("Began"), null=True, blank=True)
    started_precision = models.CharField(max_length=8, choices=Precision, default=Precision.UNKNOWN)
    ended_on = models.DateField(_("Ended"), null=True, blank=True)
    ended_precision = models.CharField(max_length=8, choices=Precision, default=Precision.UNKNOWN)
    recruiter_relation = models.CharField(_("Relation to the recruiter"), max_length=40, blank=True)
    account_sealed = models.BinaryField(null=True)
    version = models.PositiveIntegerField(default=1)

    history = kept_history()

    class Meta:
        verbose_name = _("what happened")
        constraints = [
            models.CheckConstraint(
                condition=Q(started_on=None) | Q(ended_on=None) | Q(ended_on__gte=F("started_on")),
                name="facts_end_after_start",
                violation_error_message=_("The end must not be before the beginning."),
            )
        ]

    def __str__(self) -> str:
        return f"facts of {self.case_id}"


class FactAnswer(Guarded):
    """One chosen code of a list (ACT, MEANS, CONTROL, FORM): a table instead of a bare many-to-many."""

    DATA = {"id": "plain", "case": "plain", "list": "plain", "code": "sensitive"}

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="answers")
    list = models.CharField(max_length=20, choices=CodeList)
    code = models.CharField(max_length=40)

    history = kept_history()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "list", "code"],
                name="answer_once",
                violation_error_message=_("Chosen already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.list} {self.code}"
