"""The sweep: looks for deadlines whose time has come, writes a notice for each person, puts mail in its queue.

Woken by the clock alone (config/celery.py). Everything it works from is a row and everything it does is one
transaction a batch, with the rows locked: a sweep that is killed leaves the batch to the next one, and two at once
take different rows. No notice is written twice (unique person, deadline, stage), no message made twice (unique key).
"""

import datetime as dt
import uuid
from collections import defaultdict
from typing import Any

from django.conf import settings
from django.db.models import F, Q
from django.utils import timezone

from audit.context import acting, system
from audit.kinds import Kind
from audit.record import Thing, record

from . import access, sending
from .models import DeadlinePolicy, Delivery, Due, Level, Mailbox, Notice, Stage

BATCH = 1000
#: A deadline that nobody could be told of is tried again: somebody may have come.
AGAIN = dt.timedelta(days=1)
#: The bundle of a day is made from this hour on.
MORNING = 7


def run() -> None:
    """What has to be looked at anew; danger, then the rest; the mail, and what is over."""
    look_again()
    for danger in (True, False):
        while tell_batch(danger=danger):
            pass
    bundle()
    sending.send_waiting()
    while tidy():
        pass


def look_again() -> None:
    """People come and go, and nobody is told of a record by that alone: what a kind of deadline sees anew each time."""
    with acting(system("reminder")):
        for what in settings.DUE_KINDS:
            look = getattr(access.kind_of(what), "look_again", None)
            if look is not None:
                look()


def tell_batch(*, danger: bool) -> int:
    """One transaction: up to BATCH deadlines told and moved on. How many."""
    now = timezone.now()
    with acting(system("reminder")):
        dues = _claim(now, danger=danger)
        stages = {due: stage_to_tell(due, now) for due in dues}
        told = access.tell({due: stage for due, stage in stages.items() if stage})
        _move_on(stages, told, now)
        if told:
            record(Kind.REMINDED, Thing(type="reminder"), detail={"rows": len(told)})
    return len(dues)


def _claim(now: dt.datetime, *, danger: bool) -> list[Due]:
    """Nobody else has these rows. By province and office, so that a batch concerns few people."""
    waiting = Due.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        next_at__lte=now, done_at=None
    )
    level = Q(level=Level.DANGER)
    chosen = waiting.filter(level if danger else ~level).select_related("policy")
    return list(chosen.order_by("province_id", "agency_id", "next_at", "pk")[:BATCH])


def reached(due: Due, now: dt.datetime) -> Stage:
    if due.escalate_at and due.escalate_at <= now:
        return Stage.ESCALATED
    return Stage.OVERDUE if due.due_at <= now else Stage.DUE


def stage_to_tell(due: Due, now: dt.datetime) -> Stage | None:
    """The last stage that was reached, once: after an outage nobody is told three times of one deadline.

    None where the deadline is only shown. One that is not confirmed stays in its province, unless it guards the
    system itself (`goes_up`): no law has to confirm that.
    """
    if due.policy.mode != DeadlinePolicy.Mode.SENT:
        return None
    stage = reached(due, now)
    goes_up = due.policy.confirmed or getattr(access.kind_of(due.kind), "goes_up", False)
    if stage == Stage.ESCALATED and not goes_up:
        return None if due.stage and due.told else Stage.OVERDUE
    return stage


def _move_on(stages: dict[Due, Stage | None], told: dict[uuid.UUID, int], now: dt.datetime) -> None:
    groups: dict[tuple[Stage, int, bool], list[uuid.UUID]] = defaultdict(list)
    for due, stage in stages.items():
        number = told.get(due.pk, 0) if stage else due.told
        groups[reached(due, now), number, bool(stage) and not number].append(due.pk)
    for (stage, number, is_deaf), ids in groups.items():
        following: Any = {Stage.DUE: F("due_at"), Stage.OVERDUE: F("escalate_at")}.get(stage)
        if is_deaf and stage != Stage.DUE:
            following = now + AGAIN
        Due.objects.filter(pk__in=ids).update(stage=stage, told=number, next_at=following)


def bundle() -> int:
    """Put messages in the queue: danger at once, everything else once a day. How many were made."""
    if not settings.MAIL_IS_ON:
        return 0
    with acting(system("reminder")):
        waiting = Notice.objects.filter(
            read_at=None, delivery=None, due__done_at=None, person__in=_with_mailbox()
        )
        danger = waiting.filter(is_danger=True).values_list("pk", "person_id")
        made = sum(
            _message(Delivery.Kind.DANGER, f"danger:{notice}", person, Q(pk=notice))
            for notice, person in danger.order_by("created_at", "pk")
        )
        today = timezone.localtime()
        if today.hour < MORNING:
            return made
        ordinary = waiting.filter(is_danger=False)
        for person in ordinary.order_by("person_id").values_list("person_id", flat=True).distinct():
            key = f"day:{person}:{today:%Y-%m-%d}"
            if not Delivery.objects.filter(key=key).exists():
                made += _message(Delivery.Kind.DAY, key, person, Q(person=person, is_danger=False))
    return made


def _with_mailbox() -> Any:
    return Mailbox.objects.filter(address_sealed__isnull=False, person__is_active=True).values("person_id")


def _message(kind: str, key: str, person_id: uuid.UUID, which: Q) -> bool:
    """One message for the notices that wait, unless another sweep has just made it."""
    delivery = Delivery(kind=kind, key=key, person_id=person_id)
    Delivery.objects.bulk_create([delivery], ignore_conflicts=True)
    if not Delivery.objects.filter(pk=delivery.pk).exists():
        return False
    Notice.objects.filter(which, read_at=None, delivery=None).update(delivery=delivery)
    return True


def tidy() -> int:
    """Notices whose deadline was met are no news any more. How many of them, up to a batch."""
    with acting(system("reminder")):
        over = (
            Notice.objects.filter(read_at=None, due__done_at__isnull=False)
            .order_by("pk")
            .values("pk")[:BATCH]
        )
        number: int = Notice.objects.filter(pk__in=over).update(read_at=timezone.now())
    return number
