"""Case numbers: BMC-2026-00417-7. Province, year, a per-province counter, a check digit.

Never reused, unchanged when the file moves to another province. The check digit is ISO 7064 MOD 11,10 over
the province's number, the year and the counter: every wrong digit and nearly every swap of two is noticed.
"""

import itertools
import re
from collections import Counter
from collections.abc import Sequence

from django.db import connection

from accounts.models import Province

from .text import ascii_digits

_SHAPE = re.compile(r"^([A-Z]{3})-?(\d{4})-?(\d{5,})-?(\d)\Z")


def check_digit(digits: str) -> int:
    """ISO 7064 MOD 11,10 of a string of digits."""
    product = 10
    for digit in digits:
        total = (int(digit) + product) % 10 or 10
        product = total * 2 % 11
    return (11 - product) % 10


def next_number(province: Province, year: int) -> str:
    """The next number; the province's counter stays locked until the caller's transaction ends."""
    return next_numbers([province], year)[0]


def next_numbers(provinces: Sequence[Province], year: int) -> list[str]:
    """One number for each, in their order. Counters are taken in blocks, and always in the same order of provinces,
    so that two who take many never wait for each other in a circle."""
    wanted = Counter(province.pk for province in provinces)
    following = {}
    for pk in sorted(wanted):
        with connection.cursor() as cursor:
            cursor.execute("SELECT cases_next_number(%s, %s, %s)", [pk, year, wanted[pk]])
            following[pk] = itertools.count(cursor.fetchone()[0])
    return [_number(province, year, next(following[province.pk])) for province in provinces]


def _number(province: Province, year: int, counter: int) -> str:
    return f"{province.letters}-{year}-{counter:05d}-{check_digit(f'{province.pk:02d}{year}{counter:05d}')}"


def as_typed(text: str) -> str | None:
    """A case number as people type it (Khmer digits, small letters, no hyphens), in its one form; else None."""
    match = _SHAPE.match(re.sub(r"[\s.]", "", ascii_digits(text)).upper())
    if not match:
        return None
    letters, year, counter, check = match.groups()
    return f"{letters}-{year}-{counter}-{check}"
