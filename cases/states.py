"""The states of a case file. How it moves between them is lifecycle.py."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    REPORTED = "REPORTED", _("Reported")
    SCREENING = "SCREENING", _("Screening")
    NO_INDICATORS = "NO_INDICATORS", _("No indicators found")
    PRESUMED = "PRESUMED", _("Presumed victim")
    IDENTIFICATION_PENDING = "IDENTIFICATION_PENDING", _("Identification under decision")
    IDENTIFIED = "IDENTIFIED", _("Formally identified")
    NOT_IDENTIFIED = "NOT_IDENTIFIED", _("Not identified as a victim of trafficking")
    ASSESSMENT = "ASSESSMENT", _("Assessment of needs")
    PLANNING = "PLANNING", _("Planning")
    SERVICES = "SERVICES", _("In services")
    RETURN_PREP = "RETURN_PREP", _("Return being prepared")
    REINTEGRATING = "REINTEGRATING", _("Reintegration")
    FOLLOW_UP = "FOLLOW_UP", _("Follow-up")
    CLOSURE_REVIEW = "CLOSURE_REVIEW", _("Closure under review")
    CLOSED = "CLOSED", _("Closed")
    REOPENED = "REOPENED", _("Reopened")
    DUPLICATE = "DUPLICATE", _("Duplicate of another file")
    VOID = "VOID", _("Made in error")


#: Files that no longer ask for work.
ENDED = frozenset({Status.NO_INDICATORS, Status.NOT_IDENTIFIED, Status.CLOSED, Status.DUPLICATE, Status.VOID})
#: From here on the person is a victim in forms and figures; before, simply "the person".
PRESUMED_OR_LATER = frozenset(Status) - ENDED - {Status.REPORTED, Status.SCREENING, Status.REOPENED}
#: HTCDS cas_Status of each state (Field Standards v2.0).
HTCDS: dict[Status, str] = {status: "Closed" if status in ENDED else "Active" for status in Status} | {
    Status.FOLLOW_UP: "FollowUp",
    Status.CLOSURE_REVIEW: "FollowUp",
}
