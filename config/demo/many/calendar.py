"""What happens on which day, packed into one number each: a million files fit into a laptop's memory."""

import datetime
from array import array
from collections.abc import Iterable, Iterator
from itertools import groupby
from weakref import WeakValueDictionary

from ..plans import Plan, one_of_many, place_of_many
from . import asking, notes

_STEP_BITS, _INDEX_BITS = 6, 28
_INDEX = (1 << _INDEX_BITS) - 1
_STEP = (1 << _STEP_BITS) - 1


class Calendar:
    """The files of some provinces. A step is (its number in the file's way, the file): 0 opens it, the next ones
    move it, those from `notes.FIRST` on are notes, those from `asking.FIRST` on acts on its referrals."""

    def __init__(self, *, seed: int, until: datetime.datetime, days: int) -> None:
        self.seed, self.until, self.days_back = seed, until, days
        self.begin = (until - datetime.timedelta(days=days + 1)).date()
        # A file is planned again where nobody holds its plan any more.
        self._plans: WeakValueDictionary[int, Plan] = WeakValueDictionary()
        self._packed = array("Q")

    def plan(self, index: int) -> Plan:
        found = self._plans.get(index)
        if found is None:
            found = one_of_many(index, seed=self.seed, until=self.until, days=self.days_back)
            self._plans[index] = found
        return found

    def fill(self, indices: Iterable[int], letters: frozenset[str]) -> int:
        """Plan the files of these provinces; how many there are."""
        found = 0
        packed = array("Q")
        for index in indices:
            if place_of_many(index, seed=self.seed) not in letters:
                continue
            found += 1
            for step, at in steps(self.plan(index), self.until):
                day = (at.date() - self.begin).days
                packed.append((((day << _STEP_BITS) | step) << _INDEX_BITS) | index)
        self._packed = array("Q", sorted(packed))
        return found

    def days(self) -> Iterator[list[tuple[int, Plan]]]:
        """Day by day, the openings of a day before its moves."""
        for _day, found in groupby(self._packed, key=lambda one: one >> (_STEP_BITS + _INDEX_BITS)):
            yield [((one >> _INDEX_BITS) & _STEP, self.plan(one & _INDEX)) for one in found]


def steps(plan: Plan, until: datetime.datetime) -> Iterator[tuple[int, datetime.datetime]]:
    """(step, when) of everything that happens to one file."""
    yield from enumerate(plan.times)
    yield from notes.times(plan, until)
    yield from asking.steps(plan, until)
