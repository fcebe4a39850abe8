"""Which of many files are referred, when, and what becomes of it: in the same shares as the story loader's."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from referrals.states import Status

from .. import referrals
from ..plans import Plan, pick

#: The number of the first act of a file's first referral among its steps; of the second, `A_REFERRAL` further on.
FIRST = 44
A_REFERRAL = 8
#: How often a file is tried for a referral that ends like this. Measured: so often its days must be tried until
#: forty of a hundred files are referred and the ends have the shares of referrals.SHARES.
TRIES = {
    Status.SUBMITTED: 0.082, Status.RETURNED: 0.044, Status.APPROVED: 0.076, Status.ACCEPTED: 0.09,
    Status.DECLINED: 0.255, Status.IN_SERVICE: 0.28, Status.COMPLETED: 0.8, Status.WITHDRAWN: 0.16,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wish:
    """A referral that a file will have, if its person agrees: what is done, and when."""

    acts: tuple[str, ...]
    times: tuple[datetime.datetime, ...]


def wishes(plan: Plan, until: datetime.datetime) -> list[Wish]:
    """Two at most."""
    if plan.named_only:
        return []
    dice, found = plan.dice("referrals"), []
    for target in dice.sample(list(TRIES), len(TRIES)):
        if dice.random() >= TRIES[target]:
            continue
        acts, back = referrals.way(dice, target)
        times = referrals.times_of(dice, acts, back, plan, until=until)
        # Not on the day on which the file is opened: its later acts know the file as it stands then.
        if times and times[0].date() > plan.opened_at.date():
            found.append(Wish(acts, times))
    return found[:2]


def steps(plan: Plan, until: datetime.datetime) -> Iterator[tuple[int, datetime.datetime]]:
    """(step, when) of asking and of every act of the file's referrals."""
    for number, wish in enumerate(wishes(plan, until)):
        for act, at in enumerate(wish.times):
            yield FIRST + A_REFERRAL * number + act, at


def receiver(plan: Plan, number: int, *, is_child: str, without: list[str]) -> str:
    """The code of the agency that is asked."""
    wanted = referrals.receivers(plan, is_child=is_child, without=without)
    return str(pick(plan.dice(f"receiver {number}"), wanted))
