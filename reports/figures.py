"""The figures of a monthly table: counted from what was recorded over time, never from how files stand today.

A month that is over gives the same again, whatever happened since: the history of each file says when it came into
the province's open files and when it left them. Files for named people only are never counted here (docs/adr/0012).
"""

import datetime
import hashlib
import json
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q

from accounts.models import Agency, Membership
from cases.lifecycle import MOVES

from . import months

#: Raise it when a figure begins to mean something else: a table keeps the one it was counted with.
DEFINITIONS = "2"
#: What came with later definitions: a table counted before says nothing of it.
SINCE: Mapping[str, int] = dict.fromkeys(
    ("LATE_END", "LATE_NEW", "LATE_OLDEST", "LATE_END_UNSURE", "LATE_NEW_UNSURE", "CLOSED"), 2
)
#: Days, not files: of several agencies the most, where all else is added up.
OLDEST = "LATE_OLDEST"
IN = ("OPENED", "TRANSFERRED_IN", "REOPENED")
OUT = ("ENDED", "TRANSFERRED_OUT")
_VERBS: dict[tuple[str, str], str] = {
    (str(source), str(move.target)): str(move.verb) for move in MOVES for source in move.sources
}

Counts = Mapping[str, int]


class DoesNotAddUp(RuntimeError):
    """Open at the start and in are not out and open at the end: no table is made from such figures."""


@dataclass(frozen=True)
class Row:
    """One file under one heading of one agency."""

    agency: uuid.UUID
    key: str
    case: uuid.UUID
    # Of an overdue step: since how many days, and whether nobody had confirmed its deadline.
    days: int = 0
    unsure: bool = False


def number(counts: Counts, what: str, code: str = "") -> int:
    """One figure; without a code the sum over all codes of its heading."""
    if code:
        return counts.get(f"{what}:{code}", 0)
    return sum(n for key, n in counts.items() if key == what or key.startswith(f"{what}:"))


def came_in(counts: Counts) -> int:
    return sum(number(counts, what) for what in IN)


def went_out(counts: Counts) -> int:
    return sum(number(counts, what) for what in OUT)


def check(counts: Counts) -> None:
    start, end = number(counts, "OPEN_START"), number(counts, "OPEN_END")
    if start + came_in(counts) - went_out(counts) != end:
        raise DoesNotAddUp(f"{start} + {came_in(counts)} - {went_out(counts)} is not {end}")


_ROWS = "SELECT r_agency, r_what, r_code, r_case FROM reports_rows(%s, %s, %s)"


def rows(province: int, since: datetime.datetime, until: datetime.datetime) -> list[Row]:
    """Everything that is counted of a province between two moments. The database refuses whoever may not ask."""
    with connection.cursor() as cursor:
        cursor.execute(f"{_ROWS} ORDER BY r_agency, r_what, r_code, r_case", [province, since, until])
        found = cursor.fetchall()
    return [_row(*one) for one in found]


def _row(agency: uuid.UUID, what: str, code: str, case: uuid.UUID) -> Row:
    if what not in ("LATE_END", "LATE_NEW"):
        return Row(agency, _key(what, code), case)
    step, unsure, days = code.split(">")
    return Row(agency, f"{what}:{step}", case, int(days), bool(unsure))


def _key(what: str, code: str) -> str:
    """How a heading stands among the figures."""
    if what == "MOVED":
        source, target = code.split(">")
        return f"MOVED:{_VERBS.get((source, target), 'OTHER')}"
    return f"{what}:{code}" if code else what


def of_month(province: int, month: datetime.date) -> list[Row]:
    return rows(province, months.begins(month), months.begins(months.after(month)))


def counted(found: Iterable[Row], month: datetime.date) -> list[dict[str, Any]]:
    """The figures by agency, as a table keeps them: codes and numbers, and how each agency was called then."""
    by_agency: dict[uuid.UUID, Counter[str]] = {}
    for row in found:
        counts = by_agency.setdefault(row.agency, Counter())
        counts[row.key] += 1
        if row.unsure:
            counts[f"{row.key.partition(':')[0]}_UNSURE"] += 1
        if row.days:
            counts[OLDEST] = max(counts[OLDEST], row.days)
    staff = _staff(by_agency, months.after(month) - datetime.timedelta(days=1))
    agencies = Agency.objects.filter(pk__in=by_agency).order_by("kind", "code", "pk")
    lines = []
    for agency in agencies:
        figures = dict(sorted(by_agency[agency.pk].items()))
        check(figures)
        lines.append(
            {
                "id": str(agency.pk),
                "code": agency.code,
                "kind": agency.kind,
                "name_km": agency.name_km,
                "name_en": agency.name_en,
                # How many of an organisation's people work in one province is not known.
                "staff": staff[agency.pk] if agency.province_id else None,
                "counts": figures,
            }
        )
    return lines


def _staff(agencies: Iterable[uuid.UUID], last_day: datetime.date) -> Counter[uuid.UUID]:
    posts = Membership.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=last_day), agency__in=list(agencies), starts_on__lte=last_day
    )
    return Counter(agency for agency, _person in posts.values_list("agency_id", "person_id").distinct())


def total(lines: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """The sums over all agencies, and the oldest of all."""
    found: Counter[str] = Counter()
    oldest = 0
    for line in lines:
        oldest = max(oldest, line["counts"].get(OLDEST, 0))
        found.update(line["counts"])
    return {**found, OLDEST: oldest} if oldest else dict(found)


def sums(lines: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """The four that the database holds to their equation."""
    counts = total(lines)
    check(counts)
    return {
        "open_start": number(counts, "OPEN_START"),
        "came_in": came_in(counts),
        "went_out": went_out(counts),
        "open_end": number(counts, "OPEN_END"),
    }


def differences(
    before: Iterable[Mapping[str, Any]], now: Iterable[Mapping[str, Any]], *, definitions: str = DEFINITIONS
) -> list[list[Any]]:
    """Which sums differ between two editions: heading, before, now. What the `definitions` of the edition before did
    not count yet is not compared."""
    old, new = total(before), total(now)
    return [
        [key, old.get(key, 0), new.get(key, 0)]
        for key in sorted(old.keys() | new.keys())
        if old.get(key, 0) != new.get(key, 0) and is_counted(key, definitions)
    ]


def is_counted(key: str, definitions: str) -> bool:
    """Whether these definitions count this figure at all."""
    return SINCE.get(key.partition(":")[0], 1) <= int(definitions)


def fingerprint(*parts: Any) -> str:
    """Of everything that is signed. Sealed words go in as they are sealed: nobody can guess them from it."""
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False, default=_plain)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> str:
    return bytes(value).hex() if isinstance(value, bytes | memoryview) else str(value)
