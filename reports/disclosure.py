"""How counts are told so that nobody is found by them. Knows nothing of files: numbers in, what is shown out.

A count of one or two may be the one girl of a small province whom her neighbours know. What is held back must not
come back by subtraction, so others are held back with it, until every one of them could still be a large count.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from accounts.roles import CAPABILITIES, Capability, Role

from .models import ReleaseLevel
from .states import Treatment

#: Where the levels were never loaded (load_release_levels), nobody is told more than this.
STRICTEST = ReleaseLevel(
    code=ReleaseLevel.Code.P0, smallest=11, treatment=Treatment.HIDE, rounding=5, whole_years=True
)


@dataclass(frozen=True)
class Shown:
    """One count as it is told. `value` is None where it is held back; `few` marks what is not for publication."""

    value: int | None
    few: bool = False


@dataclass(frozen=True)
class Told:
    """A whole column of counts with its sum. `withheld`: too few altogether to be told apart in this way."""

    cells: list[Shown]
    total: Shown
    withheld: bool = False

    @property
    def is_marked(self) -> bool:
        return any(cell.few for cell in (*self.cells, self.total))

    @property
    def is_held_back(self) -> bool:
        return any(cell.value is None for cell in self.cells)


def levels_of(user: User) -> list[ReleaseLevel]:
    """The levels at which this person may read counts, their own first, then the stricter ones.

    With several roles the strictest of theirs counts. A role that no level names reads what the public may.
    """
    known = list(ReleaseLevel.objects.order_by("-code", "pk"))
    held = {role for role in user.rights.roles if Capability.SEE_COUNTS in CAPABILITIES[Role(role)]}
    own = [
        min((level.code for level in known if role in level.roles), default=ReleaseLevel.Code.P0)
        for role in held
    ]
    strictest = min(own, default=ReleaseLevel.Code.P0)
    return [level for level in known if level.code <= strictest] or [STRICTEST]


def tell(counts: Sequence[int], level: ReleaseLevel) -> Told:
    """Counts that add up to one total, as they are told at a level."""
    total = sum(counts)
    if level.treatment != Treatment.HIDE:
        flags = level.treatment == Treatment.FLAG
        shown = [Shown(n, flags and 0 < n < level.smallest) for n in counts]
        return Told(shown, Shown(total, flags and 0 < total < level.smallest))
    if 0 < total < level.smallest:
        return Told([Shown(None)] * len(counts), Shown(None), withheld=True)
    hidden = held_back(counts, level.smallest)
    rounded = Shown(_rounded(total, level.rounding))
    if hidden is None:
        return Told([Shown(None)] * len(counts), rounded, withheld=True)
    cells = [Shown(None if i in hidden else _rounded(n, level.rounding)) for i, n in enumerate(counts)]
    return Told(cells, rounded)


def held_back(counts: Sequence[int], smallest: int) -> frozenset[int] | None:
    """Which counts are held back: the small ones, and as many of the next as it takes. None: all of them.

    Whoever knows the total and this rule knows how many are held back, their sum, and that none of them is larger
    than the smallest that is shown. For each the largest it could be must not be small, and not be all it could be.
    """
    order = sorted((i for i, n in enumerate(counts) if n), key=lambda i: (counts[i], i))
    small = [i for i in order if counts[i] < smallest]
    if not small:
        return frozenset()
    for much in range(max(len(small), 2), len(order) + 1):
        hidden, shown = order[:much], order[much:]
        together = sum(counts[i] for i in hidden)
        most = counts[shown[0]] if shown else together
        if together - (much - 1) >= smallest and much < together < much * most:
            return frozenset(hidden)
    return None


#: From the laxest to the strictest.
_STRICTER = (Treatment.EXACT, Treatment.FLAG, Treatment.HIDE)


def tells_more(one: ReleaseLevel, other: ReleaseLevel) -> bool:
    """Whether in some way `one` says more of small counts than `other`."""
    how = _STRICTER.index(Treatment(one.treatment)), _STRICTER.index(Treatment(other.treatment))
    if how[0] != how[1]:
        return how[0] < how[1]
    return (
        one.smallest < other.smallest
        or (how[0] == _STRICTER.index(Treatment.HIDE) and one.rounding < other.rounding)
        or (other.whole_years and not one.whole_years)
    )


def _rounded(n: int, base: int) -> int:
    return (n + base // 2) // base * base if base > 1 else n


def parameters(level: ReleaseLevel) -> dict[str, Any]:
    """For the trail: by which rule the counts were told."""
    return {
        "level": level.code,
        "smallest": level.smallest,
        "treatment": level.treatment,
        "rounding": level.rounding,
    }
