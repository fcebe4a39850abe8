"""Which files there will be: where, of whom, opened by whom, how far they have come. Dice only, no database."""

import datetime
import random
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from accounts.roles import Capability
from cases.lifecycle import Verb
from cases.states import Status

from . import paths
from .people import HEAD_OF, POLICE_STAFFED
from .stories import BY_CODE, PROVINCES, STORIES, Story

C = Capability
NGO_OPENERS = ("worker.lotus", "worker.lotus", "worker.other", "worker.kite", "worker.harbour", "worker.palm")
#: What nobody can do on a file of an organisation: department and ministry see its summary alone.
NOT_WITH_NGO = frozenset({C.APPROVE_CLOSURE, C.DECIDE_IDENTIFICATION})
#: What nobody can do on a named-only file that an officer opened.
NOT_WHEN_NAMED = frozenset({C.APPROVE_CLOSURE, C.DECIDE_IDENTIFICATION})


@dataclass(frozen=True)
class Plan:
    """One file to be made. `times` are those of the opening and of each move of `way`."""

    index: int
    letters: str
    story: Story
    opener: str
    named_only: bool
    target: Status
    way: tuple[Verb, ...]
    times: tuple[datetime.datetime, ...]
    seed: str

    @property
    def opened_at(self) -> datetime.datetime:
        return self.times[0]

    @property
    def of_department(self) -> bool:
        return self.opener.startswith(("officer.", "head."))

    @cached_property
    def in_khmer(self) -> bool:
        """Organisations often write in English, offices seldom."""
        return self.dice("language").random() < (0.85 if self.of_department else 0.4)

    def dice(self, what: str) -> random.Random:
        """Fresh dice for one question, so that a change in one place leaves the others as they are."""
        return random.Random(f"{self.seed} {what}")  # noqa: S311 - invented data


def plan(cases: int, *, seed: int, until: datetime.datetime, days: int) -> list[Plan]:
    """Every province and every state comes first, whatever the number; in the order of their opening."""
    dice = random.Random(f"plans {seed}")  # noqa: S311
    first_places, first_states = list(PROVINCES), list(paths.PATHS)
    dice.shuffle(first_places)
    plans = []
    for index in range(cases):
        letters = first_places[index] if index < len(first_places) else pick(dice, PROVINCES)
        target = first_states[index] if index < len(first_states) else pick(dice, paths.SHARES)
        kind = _opener_kind(dice, index, letters, certain=index < len(first_states))
        plans.append(_plan(dice, index, letters, target, kind, seed=seed, until=until, days=days))
    return sorted(plans, key=lambda one: (one.opened_at, one.index))


def place_of_many(index: int, *, seed: int) -> str:
    """The province of one of many, at a fraction of what its whole plan costs."""
    return str(_place(_dice_of_many(index, seed)))


def one_of_many(index: int, *, seed: int, until: datetime.datetime, days: int) -> Plan:
    """The same dice for a file by itself: any of a million can be planned again without those before it."""
    dice = _dice_of_many(index, seed)
    letters, target = _place(dice), pick(dice, paths.SHARES)
    kind = _opener_kind(dice, index, letters, certain=False)
    return _plan(dice, index, letters, target, kind, seed=seed, until=until, days=days)


def _dice_of_many(index: int, seed: int) -> random.Random:
    return random.Random(f"many {seed} {index}")  # noqa: S311


def _place(dice: random.Random) -> Any:
    return pick(dice, PROVINCES)


def _opener_kind(dice: random.Random, index: int, letters: str, *, certain: bool) -> str:
    """DEPARTMENT can do everything; one each of the others comes early, so that a small load has them too."""
    early = {25: "NAMED", 26: "NGO", 27: "POLICE"}
    if certain:
        return "DEPARTMENT"
    kind = early.get(index) or pick(dice, {"DEPARTMENT": 76, "NGO": 11, "POLICE": 9, "NAMED": 4})
    return "DEPARTMENT" if kind == "POLICE" and letters not in POLICE_STAFFED and index != 27 else kind


def _plan(
    dice: random.Random, index: int, letters: str, target: Status, kind: str, *, seed: int,
    until: datetime.datetime, days: int,
) -> Plan:  # fmt: skip
    if kind == "POLICE" and letters not in POLICE_STAFFED:
        letters = POLICE_STAFFED[0]
    without = {"NGO": NOT_WITH_NGO, "NAMED": NOT_WHEN_NAMED}.get(kind, frozenset())
    way = paths.choose(dice, target, without=without)
    if way is None:
        target = dice.choice([Status.SCREENING, Status.PRESUMED, Status.ASSESSMENT])
        way = paths.choose(dice, target, without=without) or ()
    return Plan(
        index=index,
        letters=letters,
        story=_story(dice, letters, target),
        opener=_opener(dice, kind, letters),
        named_only=kind == "NAMED",
        target=target,
        way=way,
        times=tuple(paths.timeline(dice, way, target, until=until, days=days)),
        seed=f"file {seed} {index}",
    )


def _opener(dice: random.Random, kind: str, letters: str) -> str:
    if kind == "NGO":
        return dice.choice(NGO_OPENERS)
    if kind == "POLICE":
        return f"police.{letters.lower()}"
    by_head = dice.random() < 0.06 and kind != "NAMED"  # nobody but the desks could then work on it
    return HEAD_OF[letters] if by_head else f"officer.{letters.lower()}"


def _story(dice: random.Random, letters: str, target: Status) -> Story:
    if target in (Status.NO_INDICATORS, Status.NOT_IDENTIFIED) and dice.random() < 0.3:
        return BY_CODE["DISPUTE"]
    fit = {one.code: one.weight for one in STORIES if not one.provinces or letters in one.provinces.split()}
    return BY_CODE[pick(dice, fit)]


def pick(dice: random.Random, weights: dict[Any, int]) -> Any:
    return dice.choices(list(weights), weights=list(weights.values()))[0]
