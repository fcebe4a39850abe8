"""What happens on which day, packed into one number each: a million files fit into a laptop's memory."""

import datetime
from array import array
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import groupby

from ..plans import Plan, one_of_many
from . import notes

_STEP_BITS, _INDEX_BITS = 6, 28
_INDEX = (1 << _INDEX_BITS) - 1
_STEP = (1 << _STEP_BITS) - 1


class Calendar:
    """The files of some provinces. A step is (its number in the file's way, the file): 0 opens it, the next ones
    move it, those from `notes.FIRST` on are notes."""

    def __init__(self, *, seed: int, until: datetime.datetime, days: int) -> None:
        self.until, self.begin = until, (until - datetime.timedelta(days=days + 1)).date()
        # Most of a file's first steps lie close together.
        self.plan = lru_cache(maxsize=20_000)(
            lambda index: one_of_many(index, seed=seed, until=until, days=days)
        )
        self._packed = array("Q")

    def fill(self, indices: Iterable[int], letters: frozenset[str]) -> int:
        """Plan the files of these provinces; how many there are."""
        found = 0
        packed = array("Q")
        for index in indices:
            plan = self.plan(index)
            if plan.letters not in letters:
                continue
            found += 1
            for step, at in (*enumerate(plan.times), *notes.times(plan, self.until)):
                day = (at.date() - self.begin).days
                packed.append((((day << _STEP_BITS) | step) << _INDEX_BITS) | index)
        self._packed = array("Q", sorted(packed))
        return found

    def days(self) -> Iterator[list[tuple[int, Plan]]]:
        """Day by day, the openings of a day before its moves."""
        for _day, steps in groupby(self._packed, key=lambda one: one >> (_STEP_BITS + _INDEX_BITS)):
            yield [((one >> _INDEX_BITS) & _STEP, self.plan(one & _INDEX)) for one in steps]
