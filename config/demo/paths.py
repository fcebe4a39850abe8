"""How an invented file gets to where it stands: the moves, and how long each usually takes."""

import datetime
import random

from cases.lifecycle import BY_VERB, Verb
from cases.states import Status

V, S = Verb, Status

_PRESUMED = (V.START_SCREENING, V.PRESUME)
_IDENTIFIED = (*_PRESUMED, V.SEND_FOR_IDENTIFICATION, V.IDENTIFY)
_PLANNED = (*_IDENTIFIED, V.ASSESS, V.PLAN)
_SERVED = (*_PLANNED, V.APPROVE_PLAN)
_GOING_HOME = (*_SERVED, V.PREPARE_RETURN)
_AT_HOME = (*_GOING_HOME, V.REINTEGRATE)
_FOLLOWED = (*_AT_HOME, V.FOLLOW_UP)
_NOTHING_FOUND = (V.START_SCREENING, V.FIND_NO_INDICATORS)
_NOT_IDENTIFIED = (*_PRESUMED, V.SEND_FOR_IDENTIFICATION, V.NOT_IDENTIFY)
#: Returned home at once, without a plan of services.
_HOME_SOON = (*_IDENTIFIED, V.PREPARE_RETURN, V.REINTEGRATE, V.FOLLOW_UP)
_CLOSED = (*_FOLLOWED, V.ASK_CLOSURE, V.CLOSE)

#: Every way to a state that the demonstration takes. DUPLICATE has no move that leads to it yet.
PATHS: dict[Status, tuple[tuple[Verb, ...], ...]] = {
    S.REPORTED: ((),),
    S.SCREENING: ((V.START_SCREENING,),),
    S.NO_INDICATORS: (_NOTHING_FOUND,),
    S.PRESUMED: (_PRESUMED, (V.PRESUME,)),
    S.IDENTIFICATION_PENDING: ((*_PRESUMED, V.SEND_FOR_IDENTIFICATION), (V.PRESUME, V.SEND_FOR_IDENTIFICATION)),
    S.IDENTIFIED: (_IDENTIFIED,),
    S.NOT_IDENTIFIED: (_NOT_IDENTIFIED,),
    S.ASSESSMENT: ((*_IDENTIFIED, V.ASSESS), (*_PRESUMED, V.ASSESS)),
    S.PLANNING: (_PLANNED, (*_PRESUMED, V.ASSESS, V.PLAN)),
    S.SERVICES: (_SERVED, (*_PRESUMED, V.ASSESS, V.PLAN, V.APPROVE_PLAN)),
    S.RETURN_PREP: (_GOING_HOME, _HOME_SOON[:5], (*_PRESUMED, V.PREPARE_RETURN)),
    S.REINTEGRATING: (_AT_HOME, (*_SERVED, V.REINTEGRATE), _HOME_SOON[:6]),
    S.FOLLOW_UP: (_FOLLOWED, (*_SERVED, V.FOLLOW_UP), _HOME_SOON, (*_FOLLOWED, V.ASK_CLOSURE, V.KEEP_OPEN)),
    S.CLOSURE_REVIEW: ((*_FOLLOWED, V.ASK_CLOSURE), (*_HOME_SOON, V.ASK_CLOSURE), (*_NOT_IDENTIFIED, V.ASK_CLOSURE)),
    S.CLOSED: (_CLOSED, (*_SERVED, V.ASK_CLOSURE, V.CLOSE), (*_HOME_SOON, V.ASK_CLOSURE, V.CLOSE)),
    S.REOPENED: ((*_CLOSED, V.REOPEN), (*_NOTHING_FOUND, V.REOPEN), (*_NOT_IDENTIFIED, V.REOPEN)),
    S.VOID: ((V.MARK_VOID,),),
}  # fmt: skip

#: Out of a thousand files.
SHARES: dict[Status, int] = {
    S.REPORTED: 30, S.SCREENING: 40, S.NO_INDICATORS: 170, S.PRESUMED: 55, S.IDENTIFICATION_PENDING: 38,
    S.IDENTIFIED: 38, S.NOT_IDENTIFIED: 70, S.ASSESSMENT: 36, S.PLANNING: 34, S.SERVICES: 110, S.RETURN_PREP: 40,
    S.REINTEGRATING: 54, S.FOLLOW_UP: 90, S.CLOSURE_REVIEW: 20, S.CLOSED: 148, S.REOPENED: 13, S.VOID: 14,
}  # fmt: skip

#: Days from the move before.
DAYS: dict[Verb, tuple[int, int]] = {
    V.START_SCREENING: (0, 2), V.FIND_NO_INDICATORS: (1, 4), V.PRESUME: (0, 3), V.SEND_FOR_IDENTIFICATION: (1, 7),
    V.IDENTIFY: (5, 20), V.NOT_IDENTIFY: (6, 25), V.ASSESS: (1, 8), V.PLAN: (3, 12), V.APPROVE_PLAN: (1, 6),
    V.PREPARE_RETURN: (7, 60), V.REINTEGRATE: (5, 30), V.FOLLOW_UP: (15, 70), V.ASK_CLOSURE: (60, 260),
    V.CLOSE: (3, 14), V.KEEP_OPEN: (3, 14), V.REOPEN: (15, 70), V.MARK_VOID: (0, 1),
}  # fmt: skip
#: Days for which an open file has usually stood where it stands.
RESTS: dict[Status, int] = {
    S.REPORTED: 2, S.SCREENING: 9, S.PRESUMED: 60, S.IDENTIFICATION_PENDING: 22, S.IDENTIFIED: 70, S.ASSESSMENT: 45,
    S.PLANNING: 45, S.SERVICES: 170, S.RETURN_PREP: 80, S.REINTEGRATING: 130, S.FOLLOW_UP: 190, S.CLOSURE_REVIEW: 8,
    S.REOPENED: 20,
}  # fmt: skip
ENDED_STATES = frozenset({S.NO_INDICATORS, S.NOT_IDENTIFIED, S.CLOSED, S.VOID})


def choose(dice: random.Random, target: Status, *, without: frozenset[str]) -> tuple[Verb, ...] | None:
    """One way to `target` in which nobody needs the capabilities of `without`, or None."""
    ways = [way for way in PATHS[target] if not any(BY_VERB[verb].capability in without for verb in way)]
    return dice.choice(ways) if ways else None


def timeline(
    dice: random.Random, way: tuple[Verb, ...], target: Status, *, until: datetime.datetime, days: int
) -> list[datetime.datetime]:
    """When the file was made and each move was done, in working hours, the last of them before `until`."""
    gaps = [dice.randint(*DAYS[verb]) for verb in way]
    room = max(days - sum(gaps) - 3, 1)
    # An ended file may have ended long ago; work that goes on has seldom rested for long.
    rest = (
        dice.randint(0, room)
        if target in ENDED_STATES
        else min(int(dice.expovariate(1 / RESTS[target])), room)
    )
    day = until - datetime.timedelta(days=rest + sum(gaps))
    times: list[datetime.datetime] = []
    for gap in [0, *gaps]:
        day += datetime.timedelta(days=gap)
        at = day.replace(hour=8, minute=dice.randint(0, 59), second=dice.randint(0, 59), microsecond=0)
        at += datetime.timedelta(hours=dice.randint(0, 7))
        if times and at <= times[-1]:
            at = times[-1] + datetime.timedelta(minutes=dice.randint(20, 90))
        times.append(at)
    late = times[-1] - (until - datetime.timedelta(minutes=30))
    if late > datetime.timedelta(0):
        back = datetime.timedelta(days=late.days + 1)
        times = [at - back for at in times]
    return times


def office_hours(at: datetime.datetime) -> datetime.datetime:
    """The same day between eight and five; what was earlier stays earlier."""
    share = (at - at.replace(hour=0, minute=0, second=0, microsecond=0)) / datetime.timedelta(days=1)
    return at.replace(hour=8, minute=0, second=0, microsecond=0) + datetime.timedelta(hours=9) * share
