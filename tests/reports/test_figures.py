"""Start + in = out + end, month after month, whatever people do; and a month that is over stays as it was."""

import datetime
from contextlib import suppress

import pytest
from django.db import InternalError, ProgrammingError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Agency
from accounts.refusals import NotFound, NotNow, Refused
from audit.context import acting, system
from cases import actions, lifecycle
from cases.models import Case
from cases.states import ENDED, Status
from reports import figures
from tests import people as personas
from tests.factories import make_case, make_referral, mover

pytestmark = pytest.mark.django_db
MACHINE = system("report")
LONG_AGO = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)


def counts(since, until, province=1):
    with acting(MACHINE):
        found = figures.rows(province, since, until)
        return figures.total(figures.counted(found, timezone.localdate().replace(day=1)))


def truth(province=1):
    """How many files of the province are open now, as the files themselves stand."""
    with acting(personas.read().reviewer.as_actor()):
        return Case.objects.filter(province=province, named_only=False).exclude(status__in=ENDED).count()


def change(case, by, **to):
    """What no action does yet: a file goes over to another agency or province."""
    with acting(by.as_actor()):
        Case.objects.filter(pk=case.pk).update(**to)


def step(world, kind, which, n):
    """One thing that people really do; what is not open now is refused and changes nothing."""
    if kind == "open" or not world["files"]:
        by = world["people"][n % len(world["people"])]
        official = "UNSURE" if n % 7 == 0 else "NO"
        world["files"].append((make_case(by=by, official_involved=official), by))
        return
    case, by = world["files"][which % len(world["files"])]
    if kind == "over":
        to = [{"agency": world["police"]}, {"province_id": 2}, {"province_id": 1}, {"named_only": True}][
            n % 4
        ]
        with suppress(ProgrammingError), transaction.atomic():
            change(case, by, **to)
        return
    with acting(by.as_actor()):
        status = Case.objects.filter(pk=case.pk).values_list("status", flat=True).first()
    open_now = [move for move in lifecycle.MOVES if status in move.sources]
    if open_now:
        move = open_now[n % len(open_now)]
        person = mover(move, by)
        with suppress(Refused, NotNow, NotFound, Case.DoesNotExist), acting(person.as_actor()):
            actions.move(case=case, verb=move.verb, by=person, reason="because" if move.reason else "")


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["open", "move", "move", "move", "over", "month"]),
        st.integers(0, 5),
        st.integers(0, 20),
    ),
    min_size=4,
    max_size=22,
)


class Undone(Exception):
    pass


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS)
def test_every_month_adds_up_and_stays_as_it_was(people, steps):
    with suppress(Undone), transaction.atomic():
        world = {
            "files": [],
            "people": [people.officer_bmc, people.police_bmc, people.ngo_hope],
            "police": _agency("POLICE-BMC"),
        }
        marks, told = [(timezone.now(), truth())], []
        for kind, which, n in [*steps, ("month", 0, 0)]:
            if kind != "month":
                step(world, kind, which, n)
                continue
            since, was = marks[-1]
            marks.append((timezone.now(), truth()))
            until, now = marks[-1]
            found = counts(since, until)
            assert figures.number(found, "OPEN_START") == was
            assert figures.number(found, "OPEN_END") == now
            assert was + figures.came_in(found) - figures.went_out(found) == now
            told.append((since, until, found))
        for since, until, found in told:
            assert counts(since, until) == found, "a month that is over is what it was"
        raise Undone


def _agency(code):
    with acting(MACHINE):
        return Agency.objects.get(code=code)


def test_every_heading_is_counted_from_what_people_did(people):
    since = timezone.now()
    officer = people.officer_bmc
    kept = make_case(by=officer, full=True, status=Status.PRESUMED)
    closed = make_case(by=officer, status=Status.CLOSED)
    make_case(by=officer, status=Status.NO_INDICATORS)
    make_case(by=people.police_bmc, channel="HOTLINE_117")
    make_case(by=officer, official_involved="YES")
    make_case(by=people.officer_btb)
    make_referral(kept, status="DECLINED")
    make_referral(kept, status="APPROVED", to="NGO-RIVER")
    with acting(officer.as_actor()):
        actions.move(case=closed, verb="REOPEN", by=officer, reason="again")
    until = timezone.now()
    found = counts(since, until)
    assert {k: v for k, v in found.items() if not k.startswith("MOVED")} == {
        "OPENED:HOTLINE_117": 4,
        "ENDED:CLOSED": 1,
        "ENDED:NO_INDICATORS": 1,
        "REOPENED": 1,
        "OPEN_END": 3,
        "PERSONS_IN:GIRL": 1,
        "PERSONS_IN:UNKNOWN": 3,
        "PERSONS_END:GIRL": 1,
        "PERSONS_END:UNKNOWN": 2,
        "REFERRAL:APPROVE": 2,
        "REFERRAL:DECLINE": 1,
    }
    assert found["MOVED:REOPEN"] == found["MOVED:CLOSE"] == 1
    assert found["MOVED:FIND_NO_INDICATORS"] == 1
    assert "OVERDUE" not in found, "the answer is due within a day"
    later = until + datetime.timedelta(days=2)
    assert counts(until, later)["OVERDUE"] == 1
    assert figures.number(counts(until, later), "OPEN_START") == 3


def test_a_file_for_named_people_is_in_no_figure(people):
    since = timezone.now()
    hidden = make_case(by=people.officer_bmc, full=True, official_involved="UNSURE")
    make_referral(hidden, status="DECLINED")
    assert counts(since, timezone.now()) == {}


def test_one_who_becomes_named_only_is_told_like_any_that_went_over(people):
    case = make_case(by=people.officer_bmc)
    since = timezone.now()
    change(case, people.officer_bmc, named_only=True)
    found = counts(since, timezone.now())
    assert (found["OPEN_START"], found["TRANSFERRED_OUT"], found.get("OPEN_END", 0)) == (1, 1, 0)


@pytest.mark.parametrize(
    "name", ["analyst", "auditor", "ngo_hope", "police_bmc", "officer_btb", "committee", "nobody"]
)
def test_the_database_counts_for_nobody_else(people, name):
    make_case(by=people.officer_bmc)
    with (
        pytest.raises((ProgrammingError, InternalError), match="not theirs"),
        acting(getattr(people, name).as_actor()),
    ):
        figures.rows(1, LONG_AGO, timezone.now())


def test_figures_that_do_not_add_up_make_no_table():
    with pytest.raises(figures.DoesNotAddUp):
        figures.check({"OPEN_START": 1, "OPENED:HOTLINE_117": 1, "OPEN_END": 3})
