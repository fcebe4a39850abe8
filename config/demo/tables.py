"""Monthly tables of the demonstration: one signed, one that waits for its head, the others still to be prepared."""

import datetime
from collections.abc import Callable, Iterator

from accounts.models import Agency, User
from audit.context import become, system
from reports import actions, months
from reports.models import MonthlyTable

from .files import Step

OFFICER, HEAD, SIGNED_IN = "officer.bmc", "head.bmc", "DOSVY-BMC"
REMARKS = (
    "ក្នុងខែនេះ ករណីភាគច្រើនបានមកតាមច្រកព្រំដែនប៉ោយប៉ែត។ មន្ត្រីពីរនាក់បានចូលរួមវគ្គបណ្តុះបណ្តាល។",
    "ការឆ្លើយតបចំពោះការបញ្ជូនយឺតជាងមុន ដោយសារអង្គការដៃគូមានបុគ្គលិកតិច។",
)


def steps(agencies: dict[str, Agency], *, until: datetime.datetime) -> Iterator[Step]:
    """The two months before `until`: made at night, prepared on the next day, the older one signed on the third."""
    last = months.last_over(until.date())
    for number, month in enumerate((months.before(last), last)):
        night = months.begins(months.after(month)) + datetime.timedelta(hours=1, minutes=15)
        made: dict[str, MonthlyTable] = {}
        for code, agency in agencies.items():
            if agency.kind == Agency.Kind.DEPARTMENT:
                yield Step(night, number, HEAD, _make(agency, month, code, made))
        day = night + datetime.timedelta(hours=32)
        if day < until:
            yield Step(day, 0, OFFICER, _prepare(made, REMARKS[number]))
        if number == 0:
            yield Step(day + datetime.timedelta(days=1), 0, HEAD, _sign(made))


def _make(
    agency: Agency, month: datetime.date, code: str, made: dict[str, MonthlyTable]
) -> Callable[[User], object]:
    def act(by: User) -> None:
        with become(system("report")):
            table = actions.make_table(agency=agency, month=month, by=None)
        if table is not None:
            made[code] = table

    return act


def _prepare(made: dict[str, MonthlyTable], remarks: str) -> Callable[[User], object]:
    def act(by: User) -> None:
        actions.prepare(table=made[SIGNED_IN], remarks=remarks, explanation="", by=by)

    return act


def _sign(made: dict[str, MonthlyTable]) -> Callable[[User], object]:
    def act(by: User) -> None:
        actions.sign(table=made[SIGNED_IN], by=by)

    return act
