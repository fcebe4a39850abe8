"""Birth and age as far as they are known: from a date, a month, a year, or an age that somebody guessed."""

import datetime
from dataclasses import dataclass
from typing import Any

from accounts.fields import PartialDate

from .answers import AgeBasis, Answer

GROWN = 18
#: Nobody in a file is older: a birth before that is a slip of the pen.
OLDEST = 120


def years_before(day: datetime.date, years: int) -> datetime.date:
    try:
        return day.replace(year=day.year - years)
    except ValueError:  # 29 February
        return day.replace(year=day.year - years, day=28)


def full_years(born: datetime.date, on: datetime.date) -> int:
    years = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    return max(years, 0)


def age_range(born: PartialDate, on: datetime.date) -> tuple[int, int]:
    """Youngest and oldest age in whole years on a day, for a birth date known to a day, month or year."""
    return full_years(born.last_day, on), full_years(born.first_day, on)


@dataclass(frozen=True)
class Birth:
    """The earliest and the latest day of birth; None where nothing says so."""

    first: datetime.date | None
    last: datetime.date | None

    def oldest_on(self, day: datetime.date) -> int | None:
        return None if self.first is None else full_years(self.first, day)

    def youngest_on(self, day: datetime.date) -> int | None:
        return None if self.last is None else full_years(self.last, day)


def birth_of(clean: dict[str, Any], today: datetime.date) -> Birth:
    """From the date of birth, else from the ages of today."""
    born, low, high = clean.get("birth_date"), clean.get("age_min"), clean.get("age_max")
    if born:
        return Birth(born.first_day, born.last_day)
    one_day = datetime.timedelta(days=1)
    return Birth(
        None if high is None else years_before(today, high + 1) + one_day,
        None if low is None else years_before(today, low),
    )


def age_facts(clean: dict[str, Any], today: datetime.date) -> dict[str, Any]:
    """Age range, child or not, and the month of the 18th birthday, from whatever was given.

    A child is presumed where the range straddles 18 and nothing else was said (domain notes, section 3).
    """
    born, low, high = clean.get("birth_date"), clean.get("age_min"), clean.get("age_max")
    turns_18 = None
    if born:
        youngest, oldest = age_range(born, today)
        low = youngest if low is None else max(low, youngest)
        high = oldest if high is None else min(high, oldest)
        if born.precision != "YEAR":
            turns_18 = born.on.replace(year=born.on.year + GROWN, day=1)
    child = clean.get("is_child") or Answer.NOT_ASKED
    if child in (Answer.NOT_KNOWN, Answer.NOT_ASKED):
        if (low is not None and low < GROWN) or (high is not None and high < GROWN):
            child = Answer.YES
        elif low is not None:
            child = Answer.NO
    return {
        "age_min": low,
        "age_max": high,
        "age_basis": clean.get("age_basis") or AgeBasis.NOT_ASKED,
        "is_child": child,
        "turns_18_in": turns_18,
    }
