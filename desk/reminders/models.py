"""Deadlines as data, what is due by them, who was told, and how the mail got there."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, Province
from audit.guarded import Guarded
from audit.history import kept_history


class What(models.TextChoices):
    """Of what something is due. Each is wired to its app by the setting DUE_KINDS."""

    CASE = "CASE", _("Case file")
    REFERRAL = "REFERRAL", _("Answer to a referral")
    REPORT = "REPORT", _("Monthly table")
    EXCLUDED = "EXCLUDED", _("Exclusion from a case file")
    GLASS = "GLASS", _("Emergency opening of a file")
    OPENED = "OPENED", _("Emergency opening by a colleague")


class Level(models.TextChoices):
    ANY = "ANY", _("Every file")
    DANGER = "DANGER", _("In danger now")
    HIGH = "HIGH", pgettext_lazy("urgency", "High")
    MEDIUM = "MEDIUM", pgettext_lazy("urgency", "Medium")
    LOW = "LOW", pgettext_lazy("urgency", "Low")


class Stage(models.TextChoices):
    """How far a deadline has come, each told once to each person."""

    DUE = "DUE", _("Due soon")
    OVERDUE = "OVERDUE", _("Overdue")
    ESCALATED = "ESCALATED", _("Long overdue")


def _named(record: Any) -> str:
    return str(record.name_km if (get_language() or "km").startswith("km") else record.name_en)


class DeadlinePolicy(Guarded):
    """How long one step may take. A proposal until somebody confirms it (`confirmed`): no law was read that says so.

    `remind_before` and `escalate_after` count in the same unit as `amount`. An unconfirmed deadline is never told
    beyond the province, whatever `escalate_after` says (access.py).
    """

    DATA = {
        "id": "plain",
        "what": "plain",
        "step": "plain",
        "level": "plain",
        "child_only": "plain",
        "name_km": "plain",
        "name_en": "plain",
        "amount": "plain",
        "unit": "plain",
        "remind_before": "plain",
        "escalate_after": "plain",
        "mode": "plain",
        "legal_ref": "plain",
        "confirmed": "plain",
        "version": "plain",
    }

    class Unit(models.TextChoices):
        HOURS = "HOURS", pgettext_lazy("unit of a deadline", "hours")
        DAYS = "DAYS", pgettext_lazy("unit of a deadline", "days")
        WORKING_DAYS = "WORKING_DAYS", pgettext_lazy("unit of a deadline", "working days")

    class Mode(models.TextChoices):
        SENT = "SENT", _("Shown, and people are reminded")
        SHOWN = "SHOWN", _("Shown only")
        OFF = "OFF", _("Not used yet")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    what = models.CharField(_("Of what"), max_length=8, choices=What)
    step = models.CharField(_("Step"), max_length=24)
    level = models.CharField(_("Risk or urgency"), max_length=8, choices=Level, default=Level.ANY)
    child_only = models.BooleanField(_("Children only"), default=False)
    name_km = models.CharField(_("Name in Khmer"), max_length=150)
    name_en = models.CharField(_("Name in English"), max_length=150)
    amount = models.PositiveSmallIntegerField(_("How long"))
    unit = models.CharField(_("Counted in"), max_length=12, choices=Unit)
    remind_before = models.PositiveSmallIntegerField(_("First reminder before the end"), default=0)
    escalate_after = models.PositiveSmallIntegerField(
        _("Told to the ministry after the end"), null=True, blank=True
    )
    mode = models.CharField(_("What it does"), max_length=5, choices=Mode, default=Mode.SHOWN)
    legal_ref = models.CharField(_("Rests on"), max_length=200, blank=True)
    confirmed = models.BooleanField(_("Confirmed"), default=False)
    version = models.PositiveIntegerField(default=1)

    history = kept_history()

    class Meta:
        verbose_name = _("deadline")
        constraints = [
            models.UniqueConstraint(
                fields=["what", "step", "level", "child_only"],
                name="deadline_once",
                violation_error_message=_("There is already a deadline for this."),
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=1) & Q(remind_before__lte=models.F("amount")),
                name="deadline_takes_some_time",
                violation_error_message=_("The first reminder cannot come before the beginning."),
            ),
            models.CheckConstraint(
                condition=Q(confirmed=False) | ~Q(legal_ref=""),
                name="confirmed_deadline_says_what_it_rests_on",
                violation_error_message=_("Write what a confirmed deadline rests on."),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """How the trail names it."""
        return f"{self.what} {self.step} {self.level}"

    @property
    def name(self) -> str:
        return _named(self)


class Holiday(Guarded):
    """A day on which offices are closed. Edited by people: many of them move with the moon."""

    DATA = {
        "id": "plain",
        "on": "plain",
        "name_km": "plain",
        "name_en": "plain",
        "source": "plain",
        "confirmed": "plain",
        "version": "plain",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    on = models.DateField(_("Day"))
    name_km = models.CharField(_("Name in Khmer"), max_length=150)
    name_en = models.CharField(_("Name in English"), max_length=150)
    source = models.CharField(_("Where this is known from"), max_length=200, blank=True)
    confirmed = models.BooleanField(_("Confirmed"), default=False)
    version = models.PositiveIntegerField(default=1)

    history = kept_history()

    class Meta:
        verbose_name = _("public holiday")
        constraints = [
            models.UniqueConstraint(
                fields=["on"],
                name="holiday_once",
                violation_error_message=_("This day is already a holiday."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.on}"

    @property
    def name(self) -> str:
        return _named(self)


class Due(Guarded):
    """One step of one record that has to be done until a time. Set and ended by the lifecycle of that record.

    `thing_id` is the record, `case_id` its file. `next_at` is when the sweep has to look at it again; None when there
    is nothing more to tell. `told` counts the people who were told at the last stage: 0 is a deadline without ears.
    """

    DATA = {
        "id": "plain",
        "kind": "plain",
        "thing_id": "plain",
        "case_id": "plain",
        "step": "plain",
        "occurrence": "plain",
        "policy": "plain",
        "level": "plain",
        "is_child": "personal",
        "named_only": "plain",
        "province": "plain",
        "agency": "plain",
        "worker": "plain",
        "since": "plain",
        "remind_at": "plain",
        "due_at": "plain",
        "escalate_at": "plain",
        "next_at": "plain",
        "stage": "plain",
        "told": "plain",
        "done_at": "plain",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=8, choices=What)
    thing_id = models.UUIDField()
    # None where it is no file's: a monthly table.
    case_id = models.UUIDField(null=True)
    step = models.CharField(max_length=24)
    # The version of the record when the step began: the same step can come again.
    occurrence = models.PositiveIntegerField()
    policy = models.ForeignKey(DeadlinePolicy, on_delete=models.PROTECT, related_name="+", db_index=False)
    level = models.CharField(max_length=8, choices=Level)
    is_child = models.BooleanField(default=False)
    named_only = models.BooleanField(default=False)
    province = models.ForeignKey(Province, on_delete=models.PROTECT, related_name="+", db_index=False)
    # Whose turn it is, and who looks after it there.
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    worker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    since = models.DateTimeField()
    remind_at = models.DateTimeField()
    due_at = models.DateTimeField()
    escalate_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    stage = models.CharField(max_length=9, choices=Stage, blank=True)
    told = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "thing_id", "step", "occurrence"],
                name="due_once",
                violation_error_message=_("This step is due already."),
            )
        ]
        indexes = [
            models.Index(fields=["next_at"], name="due_to_tell", condition=Q(done_at=None)),
            models.Index(fields=["agency", "due_at"], name="due_of_agency", condition=Q(done_at=None)),
            models.Index(fields=["province", "due_at"], name="due_of_province", condition=Q(done_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.step} due {self.due_at:%Y-%m-%d}"


class Delivery(Guarded):
    """One message to one person. `key` makes it one: a day's bundle, or one notice of danger."""

    DATA = {
        "id": "plain",
        "key": "plain",
        "person": "plain",
        "kind": "plain",
        "status": "plain",
        "tries": "plain",
        "error": "plain",
        "created_at": "plain",
        "next_try_at": "plain",
        "sent_at": "plain",
    }

    class Kind(models.TextChoices):
        DAY = "DAY", _("Bundle of a day")
        DANGER = "DANGER", _("Danger")

    class Status(models.TextChoices):
        WAITING = "WAITING", _("Waiting")
        SENT = "SENT", _("Sent")
        FAILED = "FAILED", _("Failed")
        DROPPED = "DROPPED", _("Not needed any more")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    key = models.CharField(max_length=80)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=6, choices=Kind)
    status = models.CharField(max_length=8, choices=Status, default=Status.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    # The kind of trouble, never the words of a mail server: those repeat addresses.
    error = models.CharField(max_length=60, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    next_try_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key"],
                name="delivery_once",
                violation_error_message=_("This message is there already."),
            )
        ]
        indexes = [
            models.Index(fields=["next_try_at"], name="delivery_waiting", condition=Q(status="WAITING")),
            models.Index(fields=["-created_at"], name="delivery_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} message {self.pk}"


class Notice(Guarded):
    """One person was told of one stage of one deadline. Seen only as long as its file is (migration 0003)."""

    DATA = {
        "id": "plain",
        "person": "plain",
        "due": "plain",
        "stage": "plain",
        "is_danger": "plain",
        "created_at": "plain",
        "read_at": "plain",
        "delivery": "plain",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    due = models.ForeignKey(Due, on_delete=models.PROTECT, related_name="notices", db_index=False)
    stage = models.CharField(max_length=9, choices=Stage)
    is_danger = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    # By the person, or by the sweep once the deadline was met.
    read_at = models.DateTimeField(null=True)
    delivery = models.ForeignKey(
        Delivery, on_delete=models.PROTECT, null=True, related_name="notices", db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "due", "stage"],
                name="told_once",
                violation_error_message=_("This person was told already."),
            )
        ]
        indexes = [
            models.Index(fields=["person"], name="notice_unread", condition=Q(read_at=None)),
            models.Index(
                fields=["created_at"], name="notice_to_mail", condition=Q(read_at=None, delivery=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stage} notice {self.pk}"


class Mailbox(Guarded):
    """Where somebody wants to be reminded by mail; sealed under their own key. None: on the site alone."""

    DATA = {"id": "plain", "person": "plain", "address_sealed": "personal", "updated_at": "plain"}

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    address_sealed = models.BinaryField(null=True)
    updated_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"mailbox {self.pk}"
