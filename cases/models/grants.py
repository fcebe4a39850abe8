"""Who may see one file beyond the province: guardian's direct tables, and the scope both walls read."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.guard import TimedGroupRight, TimedPersonRight
from audit.guarded import Guarded
from audit.history import kept_history

from .case import Case

VIEW_CASE = "view_case"


class ShareReason(models.TextChoices):
    """Why somebody is shown a file by name. Kept on the grant as a code, so that no story stands there in clear."""

    HELP = "HELP", _("Works on this file with us")
    COLLEAGUE = "COLLEAGUE", _("Stands in for a colleague, or takes the file over")
    ADVICE = "ADVICE", _("Is asked for advice")
    SAME_PERSON = "SAME_PERSON", _("Has a file of the same person or the same group of people")
    OTHER = "OTHER", _("Another reason")


class CaseAgencyGrant(TimedGroupRight):
    """An agency's team may see these sections of this file, until an end: given by an accepted referral."""

    DATA = {**TimedGroupRight.DATA, "sections": "plain", "because": "plain"}
    allowed_permissions = frozenset({VIEW_CASE})

    content_object = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="agency_grants")
    sections = models.PositiveSmallIntegerField()
    # What the grant follows from, e.g. "referral:<id>": ending that ends this.
    because = models.CharField(max_length=60)
    history = kept_history()

    class Meta(TimedGroupRight.Meta):
        verbose_name = _("file grant of an agency")


class CasePersonGrant(TimedPersonRight):
    """One named person may see these sections of this file, until an end."""

    DATA = {**TimedPersonRight.DATA, "sections": "plain", "because": "plain"}
    allowed_permissions = frozenset({VIEW_CASE})

    content_object = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="person_grants")
    sections = models.PositiveSmallIntegerField()
    because = models.CharField(max_length=60)
    history = kept_history()

    class Meta(TimedPersonRight.Meta):
        verbose_name = _("file grant of a person")


class CaseScope(Guarded):
    """Which principal sees which sections of which file until when. Written by triggers alone (migration 0002).

    `principal` is "person:<id>", "agency:<id>", "province:<number>:<kind of agency>" or "named-desk".
    """

    DATA = {
        "id": "plain",
        "principal": "plain",
        "case": "plain",
        "created_at": "plain",
        "sections": "plain",
        "until": "plain",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    principal = models.CharField(max_length=60)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="scope", db_index=False)
    created_at = models.DateTimeField()
    sections = models.PositiveSmallIntegerField()
    until = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["case", "principal"], name="scope_by_case"),
            models.Index(fields=["principal", "-created_at", "-case"], name="scope_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.principal} sees {self.case_id}"
