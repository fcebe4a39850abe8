"""Counts of new files by province, form and month, told at a level of disclosure, with their chart.

The counting is one aggregate query behind a function of the database, which knows who asks: somebody who sees files
is told of their own provinces, an analyst of all, and of the files themselves nobody is told anything here.
"""

import datetime
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import codes, places
from accounts.models import User
from accounts.roles import Role

from . import months
from .disclosure import Shown, Told, tell
from .models import ReleaseLevel

#: So long after its last day a year is told at the levels that are told by whole years alone.
LAG = datetime.timedelta(days=30)
YEARS = 3
LAST_12 = "LAST12"
#: How the filter names files whose form is not recorded.
NO_FORM = "NONE"


class Count(NamedTuple):
    province: int
    month: datetime.date
    form: str
    files: int


@dataclass(frozen=True)
class Period:
    """Whole months, both ends included."""

    key: str
    label: str
    first: datetime.date
    last: datetime.date

    @property
    def months(self) -> list[datetime.date]:
        found = [self.first]
        while found[-1] < self.last:
            found.append(months.after(found[-1]))
        return found


def periods(level: ReleaseLevel, today: datetime.date) -> list[Period]:
    """What can be chosen: the last twelve months and each year; at strict levels only years that are long over."""
    years = [
        Period(f"Y{year}", str(year), datetime.date(year, 1, 1), datetime.date(year, 12, 1))
        for year in range(today.year, today.year - YEARS - 1, -1)
    ]
    if level.whole_years:
        return [one for one in years if today >= months.after(one.last) + LAG]
    return [
        Period(
            LAST_12, _("The last 12 months"), months.ending(today, how_many=12)[0], months.first_of(today)
        ),
        *years,
    ]


def read(period: Period) -> list[Count]:
    """What this person is told of, uncut. The database refuses whoever may not ask."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r_province, r_month, r_form, r_files FROM reports_counts(%s, %s) ORDER BY 1, 2, 3",
            [months.begins(period.first), months.begins(months.after(period.last))],
        )
        return [Count(*row) for row in cursor.fetchall()]


def provinces_of(user: User) -> list[Any]:
    """The provinces that this person is told of."""
    if Role.ANALYST in user.rights.roles:
        return list(places.provinces())
    return [p for p in places.provinces() if p.pk in user.rights.open_provinces]


@dataclass(frozen=True)
class Line:
    label: str
    shown: Shown


@dataclass(frozen=True)
class Bar:
    """One bar of the chart, in the units of its drawing."""

    label: str
    text: str
    y: int
    width: int
    held_back: bool

    @property
    def text_y(self) -> int:
        return self.y + 13

    @property
    def bar_y(self) -> int:
        return self.y + 20

    @property
    def value_y(self) -> int:
        return self.y + 31

    @property
    def text_x(self) -> int:
        return self.width + 6


@dataclass(frozen=True)
class Counted:
    """The counts of a page: lines with their sum, and the same as bars."""

    lines: list[Line]
    told: Told
    bars: list[Bar]
    height: int


STEP, WIDEST = 40, 260


def counted(
    found: Iterable[Count],
    *,
    by: str,
    user: User,
    period: Period,
    level: ReleaseLevel,
    province: int | None,
    form: str,
) -> Counted:
    """Lines by province, form or month, told at a level."""
    sums: Counter[Any] = Counter()
    for count in found:
        if (province is None or count.province == province) and (not form or (count.form or NO_FORM) == form):
            sums[getattr(count, by)] += count.files
    keys = _keys(by, user, period, sums)
    told = tell([sums[key] for key, _label in keys], level)
    lines = [Line(label, shown) for (_key, label), shown in zip(keys, told.cells, strict=True)]
    bars = [] if told.withheld else _bars(lines)
    return Counted(lines, told, bars, len(bars) * STEP)


def _keys(by: str, user: User, period: Period, sums: Counter[Any]) -> list[tuple[Any, str]]:
    if by == "province":
        return [(p.pk, p.name) for p in provinces_of(user)]
    if by == "month":
        return [(month, date_format(month, "YEAR_MONTH_FORMAT")) for month in period.months]
    known = codes.labels("FORM")
    present = [code for code in known if code in sums] + sorted(code for code in sums if code not in known)
    return [(code, form_label(code)) for code in present]


def form_label(code: str) -> str:
    return codes.label("FORM", code) if code else _("Not recorded")


def _bars(lines: list[Line]) -> list[Bar]:
    most = max((line.shown.value or 0 for line in lines), default=0) or 1
    return [
        Bar(
            label=line.label,
            text=as_text(line.shown),
            y=number * STEP,
            width=round((line.shown.value or 0) * WIDEST / most),
            held_back=line.shown.value is None,
        )
        for number, line in enumerate(lines)
    ]


def as_text(shown: Shown) -> str:
    """A count as it is read: with a mark where it is few, in words where it is held back."""
    if shown.value is None:
        return _("held back")
    return f"{shown.value} *" if shown.few else str(shown.value)


def today() -> datetime.date:
    return timezone.localdate()
