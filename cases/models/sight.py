"""What changes who sees a file beyond grants: naming it only to some, and opening it in an emergency."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from audit.guarded import Guarded
from audit.history import kept_history

from .case import Case


class NamedStep(Guarded):
    """A step by which a file came to be for named people only after it was made, or stopped being so.

    Never changed. A file that has no step of this kind and is named-only was so from its first insert (ADR 0010).
    """

    DATA = {
        "id": "plain",
        "case": "plain",
        "act": "plain",
        "why": "plain",
        "words_sealed": "sensitive",
        "by": "plain",
        "agency": "plain",
        "recorded_at": "plain",
    }

    class Act(models.TextChoices):
        MARKED = "MARKED", _("Made visible to named people only")
        LIFT_ASKED = "LIFT_ASKED", _("Asked to open it to its office and province again")
        LIFT_DECLINED = "LIFT_DECLINED", _("Kept for named people only")
        LIFTED = "LIFTED", _("Opened to its office and province again")

    class Why(models.TextChoices):
        OFFICIAL = "OFFICIAL", _("An official, a police officer or agency staff could be involved")
        THREAT = "THREAT", _("Somebody who sees it could put the person in danger")
        OTHER = "OTHER", _("Another reason")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="named_steps")
    act = models.CharField(max_length=16, choices=Act)
    why = models.CharField(max_length=12, choices=Why, blank=True)
    words_sealed = models.BinaryField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("step of a named-only file")

    def __str__(self) -> str:
        return f"{self.act} {self.case_id}"


class BreakGlass(Guarded):
    """Somebody opened a file beyond their reach because of an emergency, for some hours, and answers for it.

    The sight itself is a grant (`because`), which both walls end at its hour.
    """

    DATA = {
        "id": "plain",
        "case": "plain",
        "person": "plain",
        "agency": "plain",
        "why": "plain",
        "reason_sealed": "sensitive",
        "opened_at": "plain",
        "until": "plain",
        "ended_at": "plain",
        "reviewed_at": "plain",
        "reviewed_by": "plain",
        "outcome": "plain",
        "review_sealed": "sensitive",
    }

    class Why(models.TextChoices):
        DANGER = "DANGER", _("Danger to life")
        CHILD = "CHILD", _("A child is at risk now")
        OTHER = "OTHER", _("Another reason that cannot wait")

    class Outcome(models.TextChoices):
        RIGHT = "RIGHT", _("It was right to open the file")
        WRONG = "WRONG", _("It was not right to open the file")
        UNCLEAR = "UNCLEAR", _("It cannot be said: passed on to be looked into")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="emergencies")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="+")
    why = models.CharField(_("Why"), max_length=8, choices=Why)
    # None for the moment in which the file has just opened: before it, its key is out of reach.
    reason_sealed = models.BinaryField(null=True)
    opened_at = models.DateTimeField()
    until = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    outcome = models.CharField(_("Finding"), max_length=8, choices=Outcome, blank=True)
    review_sealed = models.BinaryField(null=True)

    history = kept_history()

    class Meta:
        verbose_name = _("emergency opening")
        constraints = [
            models.CheckConstraint(
                condition=Q(until__gt=F("opened_at")) & Q(until__lte=F("opened_at") + timedelta(hours=4)),
                name="emergency_of_four_hours_at_most",
                violation_error_message=_("A file is opened in an emergency for four hours at most."),
            ),
            models.CheckConstraint(
                condition=Q(reviewed_at=None, reviewed_by=None, outcome="")
                | (Q(reviewed_at__isnull=False, reviewed_by__isnull=False) & ~Q(outcome="")),
                name="emergency_reviewed_by_and_at",
                violation_error_message=_("A review has a day, a person and a finding."),
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("person")),
                name="emergency_reviewed_by_another",
                violation_error_message=_("Nobody reviews what they opened themselves."),
            ),
        ]
        indexes = [
            models.Index(fields=["case", "-opened_at"], name="emergency_of_case"),
            models.Index(fields=["person"], name="emergency_unreviewed", condition=Q(reviewed_at=None)),
        ]

    def __str__(self) -> str:
        return f"emergency opening of {self.case_id}"

    @property
    def because(self) -> str:
        """How the grant names what it follows from."""
        return f"break-glass:{self.pk}"

    def is_open(self, now: datetime) -> bool:
        return self.ended_at is None and self.until > now
