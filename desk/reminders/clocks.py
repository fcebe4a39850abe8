"""Deadlines begin and end with the steps of a record, in the transaction of the step itself.

The lifecycles of files and referrals call `start` and `stop`; when something is due follows from the table of
deadlines as it stands at that moment. An edited deadline is for the steps that begin afterwards.
"""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone

from audit.context import require_actor

from .calendar import after
from .models import DeadlinePolicy, Due, Holiday, Level, What

Mode = DeadlinePolicy.Mode


@dataclass(frozen=True)
class Clock:
    """A step that begins: of which record, how pressing, and whose turn it is.

    `occurrence` tells two turns of the same step apart; `worker` looks after it at `agency`.
    """

    kind: What
    thing_id: uuid.UUID
    case_id: uuid.UUID | None
    step: str
    occurrence: int
    province_id: int
    agency_id: uuid.UUID
    worker_id: uuid.UUID | None
    level: str = Level.ANY
    is_child: bool = False
    named_only: bool = False


def start(clock: Clock) -> Due | None:
    """Let the time of this step run; None where no deadline is in use for it."""
    due = due_of(clock)
    if due is not None:
        due.save(force_insert=True)
    return due


def start_all(clocks: Iterable[Clock]) -> None:
    """The same for many steps that begin at once."""
    Due.objects.bulk_create([due for clock in clocks if (due := due_of(clock)) is not None])


def due_of(clock: Clock) -> Due | None:
    """The row of a step that begins, not yet stored."""
    since = timezone.now()
    found = _pressing(clock.kind, clock.step, level=clock.level, is_child=clock.is_child, since=since)
    if found is None:
        return None
    policy, due_at = found
    closed = _closed()
    remind_at = max(since, after(due_at, -policy.remind_before, policy.unit, closed))
    late = policy.escalate_after
    return Due(
        kind=clock.kind,
        thing_id=clock.thing_id,
        case_id=clock.case_id,
        step=clock.step,
        occurrence=clock.occurrence,
        policy=policy,
        level=clock.level,
        is_child=clock.is_child,
        named_only=clock.named_only,
        province_id=clock.province_id,
        agency_id=clock.agency_id,
        worker_id=clock.worker_id,
        since=since,
        remind_at=remind_at,
        due_at=due_at,
        escalate_at=None if late is None else after(due_at, late, policy.unit, closed),
        next_at=remind_at,
    )


def stop(kind: What, *ids: uuid.UUID) -> int:
    """The step of these is done, in time or late: nobody is told of it any more. The number of deadlines that ended."""
    ended: int = Due.objects.filter(kind=kind, thing_id__in=ids, done_at=None).update(
        done_at=timezone.now(), next_at=None
    )
    return ended


def due_by(
    kind: What, step: str, since: dt.datetime, *, level: str = Level.ANY, is_child: bool = False
) -> dt.datetime | None:
    """When a step that began at `since` would be due by the table as it stands now."""
    found = _pressing(kind, step, level=level, is_child=is_child, since=since)
    return found[1] if found else None


def policy_for(kind: What, step: str, *, level: str = Level.ANY) -> DeadlinePolicy | None:
    """The deadline by which such a step would be due, for saying it before it begins."""
    found = _pressing(kind, step, level=level, is_child=False, since=timezone.now())
    return found[0] if found else None


def _pressing(
    kind: str, step: str, *, level: str, is_child: bool, since: dt.datetime
) -> tuple[DeadlinePolicy, dt.datetime] | None:
    """The deadline that ends first among those that fit; of two, the one that reminds."""
    fitting = [
        (after(since, one.amount, one.unit, _closed()), one.mode != Mode.SENT, str(one.pk), one)
        for one in _in_use()
        if one.what == kind
        and one.step == step
        and fits(one.level, level)
        and (is_child or not one.child_only)
    ]
    if not fitting:
        return None
    due_at, _order, _key, policy = min(fitting)
    return policy, due_at


def fits(asked: str, level: str) -> bool:
    """Whoever is in danger now is at high risk as well."""
    return asked in (Level.ANY, level) or (level == Level.DANGER and asked == Level.HIGH)


def _in_use() -> list[DeadlinePolicy]:
    """The deadlines in use, read once while somebody acts."""
    memo = require_actor().memo
    if "deadlines" not in memo:
        memo["deadlines"] = list(DeadlinePolicy.objects.exclude(mode=Mode.OFF).order_by("pk"))
    found: list[DeadlinePolicy] = memo["deadlines"]
    return found


def _closed() -> frozenset[dt.date]:
    memo = require_actor().memo
    if "holidays" not in memo:
        memo["holidays"] = frozenset(Holiday.objects.order_by("on").values_list("on", flat=True))
    found: frozenset[dt.date] = memo["holidays"]
    return found
