"""Months as the departments count them: from midnight to midnight in Phnom Penh."""

import datetime

from django.utils import timezone


def first_of(day: datetime.date) -> datetime.date:
    return day.replace(day=1)


def after(month: datetime.date) -> datetime.date:
    return (month.replace(day=1) + datetime.timedelta(days=32)).replace(day=1)


def before(month: datetime.date) -> datetime.date:
    return (month.replace(day=1) - datetime.timedelta(days=1)).replace(day=1)


def begins(month: datetime.date) -> datetime.datetime:
    return timezone.make_aware(datetime.datetime.combine(month, datetime.time.min))


def last_over(today: datetime.date) -> datetime.date:
    """The last month that is over."""
    return before(first_of(today))


def ending(last: datetime.date, *, how_many: int) -> list[datetime.date]:
    """So many months, the oldest first."""
    found = [first_of(last)]
    while len(found) < how_many:
        found.insert(0, before(found[0]))
    return found
