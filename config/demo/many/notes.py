"""When something is noted on a file, and what: as often as the story loader does, each note by itself."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from cases.lifecycle import BY_VERB
from cases.states import ENDED, Status

from ..files import in_hours, noter, stage_texts
from ..intakes import words
from ..plans import Plan

#: The number of the first note among a file's steps; two for each stage of its way.
FIRST = 16
_A_STAGE = 2


def times(plan: Plan, until: datetime.datetime) -> Iterator[tuple[int, datetime.datetime]]:
    """(step, when) of every note. Nothing more is written once a file has ended."""
    dice = plan.dice("when noted")
    ends = [*plan.times[1:], min(until, plan.times[-1] + datetime.timedelta(days=dice.randint(3, 45)))]
    states = [Status.REPORTED, *(BY_VERB[verb].target for verb in plan.way)]
    for stage, (begins, ends_at, state) in enumerate(zip(plan.times, ends, states, strict=True)):
        for one in range(dice.choices([0, 1, 2], weights=[74, 21, 5])[0]):
            at = in_hours(begins + (ends_at - begins) * dice.uniform(0.15, 0.9), begins, until)
            if state not in ENDED:
                yield FIRST + _A_STAGE * stage + one, at


@dataclass(frozen=True)
class Noting:
    text: str
    happened_on: datetime.date
    done_by: str
    source: str
    at: datetime.datetime


def who(plan: Plan, step: int) -> str:
    return noter(plan, plan.dice(f"who notes {step}"))


def noting(plan: Plan, nationality: str, step: int, at: datetime.datetime) -> Noting:
    dice = plan.dice(f"note {step}")
    stage = (step - FIRST) // _A_STAGE
    texts = stage_texts(nationality, plan.way[stage - 1] if stage else None)
    text, done_by, source = dice.choice(texts)
    before = dice.choices([0, 1, 2, 4], weights=[6, 3, 1, 1])[0]
    on = max(at - datetime.timedelta(days=before), plan.opened_at).date()
    return Noting(words(plan, text), on, done_by, source, at)
