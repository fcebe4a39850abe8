"""Start + in = out + end, month after month, whatever people do; and a month that is over stays as it was."""

import datetime
from contextlib import suppress

import pytest
from django.db import IntegrityError, InternalError, ProgrammingError, transaction
from django.db.models import F
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Agency
from accounts.refusals import NotFound, NotNow, Refused
from audit.context import acting, system
from cases import actions, lifecycle
from cases.models import Case
from cases.sight.actions import name_only
from cases.states import ENDED, Status
from desk.models import Due
from reports import figures
from tests import people as personas
from tests.desk.due import ask, later
from tests.desk.due import policy as confirm
from tests.factories import asked_of, make_case, make_referral, mover

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
            actions.move(case=case, verb=move.verb, by=person, **asked_of(move))


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
        "CLOSED:GOALS_ACHIEVED": 1,
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
    with acting(people.officer_bmc.as_actor()):
        name_only(
            case=case,
            why="OFFICIAL",
            words="An official.",
            keep=[people.officer_bmc.pk],
            by=people.officer_bmc,
        )
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


# --- overdue steps ---


def at_(moment, **more):
    return moment + datetime.timedelta(**more)


def of_steps(found):
    return {key: n for key, n in found.items() if key.startswith("LATE")}


def test_overdue_steps_as_they_stood_at_the_end_of_the_month(people):
    """Late at the end, late within the month though done since, by whom, since when; and the same ever after."""
    made = timezone.now()
    officer = people.officer_bmc
    waiting = make_case(by=officer)
    done = make_case(by=officer)
    make_case(by=officer, official_involved="YES")
    make_case(by=people.police_bmc, status=Status.REPORTED)
    later(days=3)
    with acting(officer.as_actor()):
        actions.move(case=done, verb="START_SCREENING", by=officer)
        actions.move(case=done, verb="FIND_NO_INDICATORS", by=officer, reason="none")
    until = timezone.now()
    # The steps of the files began before the month; their history only now, so the month is the last few moments.
    found = counts(at_(made, days=-5), until)
    assert of_steps(found) == {"LATE_END:REPORTED": 2, "LATE_END_UNSURE": 2, "LATE_OLDEST": 2}
    after = counts(until, at_(until, days=10))
    assert figures.number(after, "LATE_END") == 2
    assert "LATE_NEW:REPORTED" not in after, "they were late before this month began"
    with acting(officer.as_actor()):
        actions.move(case=waiting, verb="PRESUME", by=officer)
    assert counts(at_(made, days=-5), until) == found, "a month that is over is what it was"
    assert of_steps(counts(until, timezone.now())) == {
        "LATE_END:REPORTED": 1, "LATE_END_UNSURE": 1, "LATE_OLDEST": 2,
    }  # fmt: skip


def test_a_step_becomes_overdue_in_one_month_and_for_one_agency(people):
    case = make_case(by=people.officer_bmc)
    until = timezone.now()
    (due,) = ask("SELECT due_at FROM desk_due WHERE case_id = %s", [case.pk])[0]
    before, after = counts(until, due), counts(due, at_(due, days=3))
    assert of_steps(before) == {}
    assert of_steps(after) == {
        "LATE_NEW:REPORTED": 1, "LATE_NEW_UNSURE": 1,
        "LATE_END:REPORTED": 1, "LATE_END_UNSURE": 1, "LATE_OLDEST": 3,
    }  # fmt: skip
    change(case, people.officer_bmc, agency=_agency("POLICE-BMC"))
    lines = []
    with acting(MACHINE):
        found = figures.rows(1, until, at_(due, days=3))
        lines = figures.counted(found, timezone.localdate().replace(day=1))
    assert {line["code"]: of_steps(line["counts"]) for line in lines if of_steps(line["counts"])} == {
        "POLICE-BMC": of_steps(after)
    }, "the file went over before its step was due"


def test_a_confirmed_deadline_is_told_from_a_proposal_as_it_was_then(people):
    case = make_case(by=people.officer_bmc)
    (due,) = ask("SELECT due_at FROM desk_due WHERE case_id = %s", [case.pk])[0]
    until = timezone.now()
    confirm(people, step="REPORTED", legal_ref="Decision 1", confirmed=True)
    assert counts(until, at_(due, days=1))["LATE_END:REPORTED"] == 1
    assert "LATE_END_UNSURE" not in counts(until, at_(due, days=1))
    later(days=3)
    assert counts(LONG_AGO, until)["LATE_END_UNSURE"] == 1, "nobody had confirmed it when that month ended"


def test_an_edited_deadline_leaves_what_was_due(people):
    case = make_case(by=people.officer_bmc)
    (before,) = ask("SELECT due_at FROM desk_due WHERE case_id = %s", [case.pk])
    confirm(people, step="REPORTED", amount=1000, mode="OFF")
    assert ask("SELECT due_at FROM desk_due WHERE case_id = %s", [case.pk]) == [before]
    assert counts(LONG_AGO, at_(timezone.now(), days=5))["LATE_END:REPORTED"] == 1


@pytest.mark.parametrize("column", ["due_at", "since", "step", "case_id", "policy_id"])
def test_what_was_due_is_never_changed_by_the_site(people, as_, column):
    make_case(by=people.officer_bmc)
    with pytest.raises(ProgrammingError, match="permission denied"), as_(people.officer_bmc):
        Due.objects.update(**{column: F(column)})


def test_a_step_is_done_once(people, as_):
    case = make_case(by=people.officer_bmc, status=Status.SCREENING)
    with as_(people.officer_bmc):
        done = Due.objects.filter(case_id=case.pk, done_at__isnull=False)
        assert done.update(told=1) == 1, "what was told may still change"
        for again in (None, timezone.now()):
            with pytest.raises(IntegrityError, match="done once"), transaction.atomic():
                done.update(done_at=again)


# --- closed files by reason ---


def test_closed_files_are_counted_by_the_reason_that_was_chosen(people):
    since = timezone.now()
    officer, head = people.officer_bmc, people.head_bmc
    case = make_case(by=officer, status=Status.CLOSURE_REVIEW)
    assert case.closure == "GOALS_ACHIEVED"
    with acting(head.as_actor()):
        case = actions.move(case=case, verb="CLOSE", by=head, reason="moved", closure="RELOCATED_ABROAD")
    found = counts(since, timezone.now())
    assert (found["CLOSED:RELOCATED_ABROAD"], found["ENDED:CLOSED"]) == (1, 1)
    with acting(officer.as_actor()):
        actions.move(case=case, verb="REOPEN", by=officer, reason="came back")
    assert counts(since, timezone.now())["CLOSED:RELOCATED_ABROAD"] == 1, (
        "it was closed in the month all the same"
    )


def test_a_later_definition_is_not_compared_with_an_earlier():
    old, new = (
        [{"counts": {"OPENED:X": 1}}],
        [{"counts": {"OPENED:X": 2, "LATE_END:REPORTED": 4, "LATE_OLDEST": 9}}],
    )
    assert figures.differences(old, new, definitions="1") == [["OPENED:X", 1, 2]]
    assert len(figures.differences(old, new)) == 3


def test_of_several_agencies_the_oldest_is_the_most():
    assert figures.total(
        [{"counts": {"LATE_OLDEST": 3}}, {"counts": {"LATE_OLDEST": 9}}, {"counts": {}}]
    ) == {"LATE_OLDEST": 9}
