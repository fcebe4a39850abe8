"""Words of a referral: its states, how urgent it is, on what it rests. How it moves is lifecycle.py."""

import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Status(models.TextChoices):
    SUBMITTED = "SUBMITTED", _("Waiting for the ministry's review")
    RETURNED = "RETURNED", _("Returned to the sender")
    APPROVED = "APPROVED", _("Sent, waiting for an answer")
    ACCEPTED = "ACCEPTED", pgettext_lazy("referral", "Accepted")
    DECLINED = "DECLINED", pgettext_lazy("referral", "Declined")
    IN_SERVICE = "IN_SERVICE", _("Services under way")
    COMPLETED = "COMPLETED", pgettext_lazy("referral", "Completed")
    WITHDRAWN = "WITHDRAWN", pgettext_lazy("referral", "Withdrawn")


#: Nothing more happens to these; the same file may be referred to the same agency again.
ENDED = frozenset({Status.DECLINED, Status.COMPLETED, Status.WITHDRAWN})


class Urgency(models.TextChoices):
    HIGH = "HIGH", pgettext_lazy("urgency", "High")
    MEDIUM = "MEDIUM", pgettext_lazy("urgency", "Medium")
    LOW = "LOW", pgettext_lazy("urgency", "Low")


#: In these the receiving agency reads the packet; after completing until `access_until`, else no more (migration 0002).
READABLE = frozenset({Status.APPROVED, Status.ACCEPTED, Status.IN_SERVICE})
#: How long the receiving agency keeps its sight after completing.
AFTER_COMPLETION = datetime.timedelta(days=30)


class Basis(models.TextChoices):
    CONSENT = "CONSENT", _("The person's consent")
    EMERGENCY = "EMERGENCY", _("Emergency to save life, without consent")


class Side(models.TextChoices):
    """On whose behalf somebody acts on a referral."""

    SENDER = "SENDER", _("The referring agency")
    MINISTRY = "MINISTRY", _("The ministry")
    RECEIVER = "RECEIVER", _("The receiving agency")
