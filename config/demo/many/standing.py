"""What of a file under way stays in memory from its opening to its last step: what its later steps follow from."""

from dataclasses import dataclass, field

from accounts.models import Agency
from audit.record import Thing
from desk.reminders import clocks
from referrals.lifecycle import BY_VERB, Move
from referrals.models import Referral
from referrals.states import Status

from ..plans import Plan
from ..referrals import Asked


@dataclass(slots=True)
class Referred:
    """A referral under way."""

    asked: Asked
    #: Once it is asked for; without what is sealed.
    _row: Referral | None = None

    @property
    def row(self) -> Referral:
        if self._row is None:
            raise RuntimeError("an act came before the asking for its referral")
        return self._row

    @row.setter
    def row(self, row: Referral) -> None:
        self._row = row


@dataclass(slots=True)
class Standing:
    plan: Plan
    thing: Thing
    agency: Agency
    #: That of its opening: each step has its own.
    clock: clocks.Clock
    nationality: str
    is_child: str
    #: False where the person did not agree to anything, and for named-only files.
    may_be_referred: bool
    steps_left: int
    referred: dict[int, Referred] = field(default_factory=dict)


def move_of(act: str) -> Move:
    return BY_VERB[act.upper()]


def state_before(asked: Asked, number: int) -> Status:
    """The state in which an act finds the referral; 1 is the first after asking."""
    return move_of(asked.acts[number - 2]).target if number > 1 else Status.SUBMITTED
