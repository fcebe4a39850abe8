"""Hours, days and working days from a time on. Nothing here asks the database."""

import datetime as dt
from collections.abc import Collection

from django.utils import timezone

from .models import DeadlinePolicy

Unit = DeadlinePolicy.Unit
SATURDAY = 5


def after(since: dt.datetime, amount: int, unit: str, closed: Collection[dt.date]) -> dt.datetime:
    """`amount` of `unit` after `since`, or before it where `amount` is negative.

    Working days are those of Cambodia from Monday to Friday that are not in `closed`; the time of the day stays.
    """
    if unit == Unit.HOURS:
        return since + dt.timedelta(hours=amount)
    if unit == Unit.DAYS:
        return since + dt.timedelta(days=amount)
    at, left, day = timezone.localtime(since), abs(amount), dt.timedelta(days=1 if amount > 0 else -1)
    while left:
        at += day
        left -= is_working_day(at.date(), closed)
    return at


def is_working_day(day: dt.date, closed: Collection[dt.date]) -> bool:
    return day.weekday() < SATURDAY and day not in closed
