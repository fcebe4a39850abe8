"""What people do about deadlines. Each: keyword-only, `by=`, one transaction, one event of its own."""

import datetime as dt
import uuid
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.refusals import NotNow, Refused, check_version
from accounts.roles import Capability
from audit.kinds import Kind
from audit.record import Thing, record

from . import mailbox
from .access import kind_of
from .models import DeadlinePolicy, Due, Holiday, Notice

POLICY_FIELDS = ("amount", "unit", "remind_before", "escalate_after", "mode", "legal_ref", "confirmed")
HOLIDAY_FIELDS = ("on", "name_km", "name_en", "source", "confirmed")


def check_sets_deadlines(by: User) -> None:
    """Refuse whoever does not look after the deadlines of the whole place."""
    if not by.acts_with(Capability.SET_DEADLINES):
        raise Refused(
            _("Only an administrator changes deadlines and holidays."),
            code=f"capability:{Capability.SET_DEADLINES}",
        )


@transaction.atomic
def mark_read(*, due_ids: Iterable[uuid.UUID], by: User) -> int:
    """Somebody has seen their own notices of these deadlines. Those of others are out of reach. What is only to be
    known is done with that."""
    ids = list(due_ids)
    number: int = Notice.objects.filter(person=by, due__in=ids, read_at=None).update(read_at=timezone.now())
    if number:
        record(Kind.NOTICES_READ, Thing(type="reminder"), detail={"rows": number})
    news = [what for what in settings.DUE_KINDS if getattr(kind_of(what), "ends_when_read", False)]
    Due.objects.filter(pk__in=ids, kind__in=news, done_at=None).update(done_at=timezone.now(), next_at=None)
    return number


@transaction.atomic
def set_mailbox(*, address: str, by: User) -> None:
    """Where somebody wants their own reminders mailed; '' for nowhere. The trail says that, never the address."""
    mailbox.put(by, address)
    record(Kind.MAILBOX_CHANGED, Thing(type="reminder"), detail={"mail": bool(address)})


@transaction.atomic
def change_policy(
    *, policy: DeadlinePolicy, values: dict[str, Any], by: User, version: int | None = None
) -> DeadlinePolicy:
    """Change how long a step may take. Steps that have begun keep the end that they were given."""
    check_sets_deadlines(by)
    locked: DeadlinePolicy = DeadlinePolicy.objects.select_for_update().get(pk=policy.pk)
    check_version(locked, version)
    if values["confirmed"] and not values["legal_ref"]:
        raise NotNow(_("Write what a confirmed deadline rests on."))
    if values["remind_before"] > values["amount"]:
        raise NotNow(_("The first reminder cannot come before the beginning."))
    changed = _put(locked, POLICY_FIELDS, values)
    record(Kind.DEADLINE_CHANGED, _deadline(locked), fields=changed, detail={"mode": locked.mode})
    return locked


@transaction.atomic
def add_holiday(
    *, on: dt.date, name_km: str, name_en: str, source: str, confirmed: bool, by: User
) -> Holiday:
    """One more day on which offices are closed; deadlines that begin from now on leave it out."""
    check_sets_deadlines(by)
    _check_free(on)
    holiday = Holiday(on=on, name_km=name_km, name_en=name_en, source=source, confirmed=confirmed)
    holiday.save(force_insert=True)
    record(Kind.HOLIDAY_CHANGED, _holiday(holiday), detail={"act": "ADDED"})
    return holiday


@transaction.atomic
def change_holiday(
    *, holiday: Holiday, values: dict[str, Any], by: User, version: int | None = None
) -> Holiday:
    """Another day, name or source. Steps that have begun keep the end that they were given."""
    check_sets_deadlines(by)
    locked: Holiday = Holiday.objects.select_for_update().get(pk=holiday.pk)
    check_version(locked, version)
    _check_free(values["on"], but=locked.pk)
    changed = _put(locked, HOLIDAY_FIELDS, values)
    record(Kind.HOLIDAY_CHANGED, _holiday(locked), fields=changed, detail={"act": "CHANGED"})
    return locked


@transaction.atomic
def remove_holiday(*, holiday: Holiday, by: User) -> None:
    """Take a day out of the calendar; its history stays."""
    check_sets_deadlines(by)
    thing = _holiday(holiday)
    Holiday.objects.filter(pk=holiday.pk).delete()
    record(Kind.HOLIDAY_CHANGED, thing, detail={"act": "REMOVED"})


def _check_free(on: dt.date, but: uuid.UUID | None = None) -> None:
    if Holiday.objects.filter(on=on).exclude(pk=but).exists():
        raise NotNow(_("This day is already a holiday."))


def _put(row: Any, names: tuple[str, ...], values: dict[str, Any]) -> list[str]:
    """Set what differs; the names of it."""
    changed = [name for name in names if getattr(row, name) != values[name]]
    for name in changed:
        setattr(row, name, values[name])
    row.version += 1
    row.save(update_fields=[*changed, "version"])
    return changed


def _deadline(policy: DeadlinePolicy) -> Thing:
    return Thing(type="deadline", id=str(policy.pk), label=policy.code)


def _holiday(holiday: Holiday) -> Thing:
    return Thing(type="holiday", id=str(holiday.pk), label=holiday.on.isoformat())
