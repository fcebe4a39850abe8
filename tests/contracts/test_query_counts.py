"""A page asks the database as often for three rows as for one.

Counted from the outside, request by request, with the actor, the idempotency key and the trail; a list that grows
with its rows is found before somebody's province has a thousand of them.
"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import actions
from accounts.models import Agency
from audit.context import acting
from tests.factories import add_note, make_case, make_referral

pytestmark = pytest.mark.django_db


@pytest.fixture
def count(people, client_of):
    """`count(person, address)`: how many statements one page takes, the second time it is asked for."""

    def ask(name, where):
        client = client_of(getattr(people, name))
        client.get(where)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            answer = client.get(where)
        assert answer.status_code == 200, where
        return len(asked), [query["sql"] for query in asked]

    return ask


def one_more(people, number):
    """A file of each kind with something in every list."""
    case = make_case(by=people.officer_bmc, full=True, status="PRESUMED")
    make_case(by=people.officer_bmc, status="CLOSURE_REVIEW")
    make_case(by=people.officer_bmc, status="IDENTIFICATION_PENDING")
    make_referral(case, status="APPROVED", to="NGO-HOPE")
    make_referral(case, to="SHELTER-BMC")
    make_referral(case, status="RETURNED", to="NGO-RIVER")
    with acting(people.administrator.as_actor()):
        actions.invite(
            sign_in_name=f"more.{number}", full_name_km=f"ពពក {number}", full_name_latin="", language="km",
            agency=Agency.objects.get(code="DOSVY-BMC"), role="PROVINCIAL_OFFICER", by=people.administrator,
        )  # fmt: skip
        actions.add_agency(
            code=f"MORE-{number}", kind="NGO", name_km="ក", name_en="a", by=people.administrator
        )
    return case


PAGES = [
    ("officer_bmc", "/"),
    ("head_bmc", "/"),
    ("reviewer", "/"),
    ("identifier", "/"),
    ("ngo_hope", "/"),
    ("officer_bmc", "/files/"),
    ("reviewer", "/files/"),
    ("officer_bmc", "/referrals/"),
    ("ngo_hope", "/referrals/"),
    ("reviewer", "/referrals/"),
    ("reviewer", "/referrals/review/"),
    ("administrator", "/place/people/"),
    ("head_bmc", "/place/people/"),
    ("administrator", "/place/agencies/"),
    ("administrator", "/place/usage/"),
    ("auditor", "/trail/"),
    ("auditor", "/exports/"),
    ("officer_bmc", "/api/v1/cases/"),
    ("officer_bmc", "/api/v1/referrals/"),
    ("officer_bmc", "/api/v1/agencies/"),
    ("auditor", "/api/v1/trail/"),
    ("administrator", "/tokens/"),
]


def more(few, many):
    """The statements that the longer list asked beside, for whoever has to mend it."""
    shapes = [sql[:300] for sql in few]
    return "\n".join(
        sql[:300] for sql in many if many.count(sql) > few.count(sql) or sql[:300] not in shapes
    )[:3000]


def test_lists_cost_the_same_with_one_and_with_three_rows(people, count):
    """All pages in one go: a world with one of everything, then with three."""
    one_more(people, 1)
    before = {page: count(*page) for page in PAGES}
    for number in (2, 3):
        one_more(people, number)
    grown = []
    for page in PAGES:
        (few, first), (many, second) = before[page], count(*page)
        if many > few:
            grown.append(
                f"{page[1]} as {page[0]}: {few} statements for one, {many} for three.\n{more(first, second)}"
            )
    assert not grown, "\n" + "\n".join(grown)


def test_a_file_costs_the_same_with_one_and_with_three_of_everything(people, count):
    case = make_case(by=people.officer_bmc, full=True, status="PRESUMED")
    add_note(case, by=people.officer_bmc)
    make_referral(case, status="APPROVED", to="NGO-HOPE")
    where = f"/files/{case.number}/"
    before = {name: count(name, where) for name in ("officer_bmc", "reviewer")}
    for to in ("NGO-RIVER", "SHELTER-BMC"):
        add_note(case, by=people.officer_bmc)
        make_referral(case, status="APPROVED", to=to)
    for name, (few, first) in before.items():
        many, second = count(name, where)
        assert many <= few, f"{where} as {name}: {few} statements, then {many}.\n{more(first, second)}"


def test_no_page_asks_more_than_forty_times(people, count):
    """Not a goal but a fence: what a page needs stands in a dozen lists."""
    case = one_more(people, 1)
    for name, where in [*PAGES, ("officer_bmc", f"/files/{case.number}/")]:
        asked, _sql = count(name, where)
        assert asked <= 40, f"{where} as {name} takes {asked} statements."
