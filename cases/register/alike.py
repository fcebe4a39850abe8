"""Rows that may be somebody who is known already: the same name, and nothing in sex or age against it.

By the keyed index of names, never by names; and only among the files whose identity this person may see.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Q

from accounts.models import User
from accounts.sections import Section

from ..access import visible_cases
from ..answers import Sex
from ..models import Case, IdentityKey, Register, RegisterRow
from ..states import Status

#: Ages are guessed, and a register's age is of another year than a file's.
YEARS = 3
_SAID = (Sex.FEMALE, Sex.MALE)


def fits(one: Any, other: Any) -> bool:
    """Whether two descriptions can be of one person."""
    if one.sex in _SAID and other.sex in _SAID and one.sex != other.sex:
        return False
    low = max(one.age_min or 0, other.age_min or 0)
    high = min(one.age_max or 150, other.age_max or 150)
    return low - high <= YEARS


def mark(register: Register, rows: Sequence[RegisterRow], *, by: User) -> list[Case]:
    """Set what each good row is like, if anything. The files that were found, for the trail."""
    keys = {bytes(key) for row in rows for key in (row.khmer, row.latin) if key}
    if not keys:
        return []
    before: dict[bytes, list[RegisterRow]] = {}
    earlier = RegisterRow.objects.filter(Q(khmer__in=keys) | Q(latin__in=keys), register=register)
    for row in earlier.order_by("number", "pk"):
        _known_by(before, row)
    files = _files(keys, by)
    found: dict[Any, Case] = {}
    for row in sorted(rows, key=lambda row: row.number):
        own = [bytes(key) for key in (row.khmer, row.latin) if key]
        if not own:
            continue
        like = next((one for key in own for one in before.get(key, ()) if fits(row, one)), None)
        case = next((one for key in own for one in files.get(key, ()) if fits(row, one.victim)), None)
        row.like_row = like.number if like else None
        row.like_case = case
        if case:
            found[case.pk] = case
        _known_by(before, row)
    return list(found.values())


def _known_by(before: dict[bytes, list[RegisterRow]], row: RegisterRow) -> None:
    for key in (row.khmer, row.latin):
        if key:
            # Whom a hundred rows are like, one is like: more are not compared.
            rows = before.setdefault(bytes(key), [])
            if len(rows) < 20:
                rows.append(row)


def _files(keys: Iterable[bytes], by: User) -> dict[bytes, list[Case]]:
    seen = visible_cases(by, Section.IDENTITY).exclude(status__in=[Status.VOID, Status.DUPLICATE])
    rows = IdentityKey.objects.filter(
        key__in=list(keys), kind=IdentityKey.Kind.NAME, case__in=seen
    ).select_related("case__victim").order_by("case", "pk")  # fmt: skip
    found: dict[bytes, list[Case]] = {}
    for row in rows:
        found.setdefault(bytes(row.key), []).append(row.case)
    return found
