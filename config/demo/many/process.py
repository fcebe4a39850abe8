"""One of the processes that load many files. It begins with nothing of Django set up, and so imports late."""

import datetime
import multiprocessing
from dataclasses import dataclass
from typing import Any

#: Before it stand the files of the story loader, which have numbers and stories of their own.
FIRST_INDEX = 100_000


@dataclass(frozen=True)
class Share:
    """What one process loads."""

    number: int
    first: int
    cases: int
    seed: int
    until: datetime.datetime
    letters: frozenset[str]


def work(share: Share, told: Any) -> None:
    """Write a share's files in the order in which things happened, a day a transaction; tells how many there are."""
    import django

    django.setup()
    from audit.context import acting, system

    from ..intakes import Map
    from ..load import DAYS
    from .calendar import Calendar
    from .crowd import cast_of
    from .days import Days

    calendar = Calendar(seed=share.seed, until=share.until, days=DAYS)
    begin = FIRST_INDEX + share.first
    calendar.fill(range(begin, begin + share.cases), share.letters)
    with acting(system("demo")):
        days = Days(cast_of(), Map.read(), until=share.until)
    opened = 0
    beside = multiprocessing.parent_process()
    for steps in calendar.days():
        if beside and not beside.is_alive():
            return  # whoever asked for this load was ended: nobody waits for the rest
        with acting(system("demo")):
            days.write(steps)
        opened += sum(step == 0 for step, _plan in steps)
        told.put((share.number, opened))
