"""Who is told of what is due, and who never: with files that others could see present in the data."""

import datetime as dt
import threading

import psycopg
import pytest
from django.db import connections

from accounts.models import Membership
from accounts.refusals import NotNow
from audit.context import acting, system
from cases import actions
from cases.answers import Answer
from cases.models import Case
from desk.models import Due, Notice
from desk.reminders import access, queries, sweep
from desk.reminders.calendar import after
from tests import ground
from tests.factories import bring, make_case, make_referral

from .due import ask, dues, later, notices, policy, told

CHILD = {"is_child": Answer.YES}
DANGER = {"risk_level": "HIGH", "danger_now": Answer.YES}
OFFICE = {("officer_bmc", "OVERDUE"), ("head_bmc", "OVERDUE")}


# --- when it begins and ends


@pytest.mark.django_db
def test_a_step_begins_with_its_state_and_ends_with_it(people, as_):
    case = make_case(by=people.officer_bmc)
    assert dues(case) == [("REPORTED", False)]
    case = bring(case, "PRESUMED", by=people.officer_bmc)
    assert [row for row in dues(case) if not row[1]] == [("PRESUMED", False)]
    with as_(people.officer_bmc):
        case = actions.move(case=case, verb="SEND_FOR_IDENTIFICATION", by=people.officer_bmc)
    with as_(people.identifier):
        case = actions.move(case=case, verb="IDENTIFY", by=people.identifier)
    assert [step for step, done in dues(case) if not done] == [], "no deadline for this state"


@pytest.mark.django_db
def test_the_same_step_can_come_again(people):
    case = bring(make_case(by=people.officer_bmc), "CLOSURE_REVIEW", by=people.officer_bmc)
    with acting(people.head_bmc.as_actor()):
        case = actions.move(case=case, verb="KEEP_OPEN", by=people.head_bmc, reason="not yet")
    with acting(people.officer_bmc.as_actor()):
        actions.move(case=case, verb="ASK_CLOSURE", by=people.officer_bmc, reason="now", closure="OTHER")
    reviews = [row for row in dues(case) if row[0] == "CLOSURE_REVIEW"]
    assert reviews == [("CLOSURE_REVIEW", True), ("CLOSURE_REVIEW", False)]


@pytest.mark.django_db
def test_a_refused_move_leaves_the_deadline_as_it_was(people, as_):
    case = make_case(by=people.officer_bmc)
    with pytest.raises(NotNow), as_(people.officer_bmc):
        actions.move(case=case, verb="PLAN", by=people.officer_bmc)
    assert dues(case) == [("REPORTED", False)]


@pytest.mark.parametrize(
    ("fields", "hours"),
    [({}, 24), (CHILD, 24), (DANGER, 2), ({**DANGER, **CHILD}, 2), ({"is_child": "UNSURE"}, 24)],
)
@pytest.mark.django_db
def test_the_shortest_deadline_that_fits_counts(people, as_, fields, hours):
    case = make_case(by=people.officer_bmc, **fields)
    with as_(people.officer_bmc):
        due = Due.objects.select_related("policy").get(case_id=case.pk)
        assert due.due_at - due.since == dt.timedelta(hours=hours)
        assert due.policy.mode == ("SENT" if fields else "SHOWN")
        assert not due.policy.confirmed


def test_working_days_leave_out_weekends_and_holidays():
    friday = dt.datetime(2026, 11, 20, 9, tzinfo=dt.UTC)
    closed = {dt.date(2026, 11, 23)}
    assert after(friday, 1, "WORKING_DAYS", set()) == friday + dt.timedelta(days=3)
    assert after(friday, 1, "WORKING_DAYS", closed) == friday + dt.timedelta(days=4)
    assert after(friday, -5, "WORKING_DAYS", {dt.date(2026, 11, 16)}) == friday - dt.timedelta(days=8)
    # Late on Sunday in Greenwich it is Monday in Cambodia.
    sunday = dt.datetime(2026, 11, 22, 20, tzinfo=dt.UTC)
    assert after(sunday, 1, "WORKING_DAYS", set()) == sunday + dt.timedelta(days=1)
    assert after(friday, 3, "DAYS", closed) == friday + dt.timedelta(days=3)
    assert after(friday, 3, "HOURS", closed) == friday + dt.timedelta(hours=3)


# --- who is told


@pytest.mark.django_db
def test_danger_is_told_at_once_to_worker_and_head(people):
    case = make_case(by=people.officer_bmc, full=True, danger_now=Answer.YES)
    assert told() == 1
    assert notices(case) == {("officer_bmc", "DUE"), ("head_bmc", "DUE")}
    assert ask("SELECT bool_and(is_danger) FROM desk_notice") == [(True,)]
    later(hours=3)
    told()
    assert notices(case) == {("officer_bmc", "DUE"), ("head_bmc", "DUE"), *OFFICE}


@pytest.mark.django_db
def test_a_childs_deadline_is_told_to_the_worker_first_then_to_the_head(people):
    case = make_case(by=people.officer_bmc, **CHILD)
    other = make_case(by=people.officer_btb, **CHILD)
    assert told() == 0
    later(hours=13)
    told()
    assert notices(case) == {("officer_bmc", "DUE")}
    later(hours=12)
    told()
    # The ministry, the committee and the colleague see this file, and are not told of it.
    assert notices(case) == {("officer_bmc", "DUE"), *OFFICE}
    assert notices(other) == {("officer_btb", "DUE"), ("officer_btb", "OVERDUE")}


@pytest.mark.django_db
def test_what_is_only_shown_is_told_to_nobody(people, as_):
    case = make_case(by=people.officer_bmc)
    later(days=9)
    assert told() == 1
    assert notices(case) == set()
    with as_(people.officer_bmc):
        assert queries.mine(people.officer_bmc).count() == 1


@pytest.mark.django_db
def test_after_an_outage_nobody_is_told_three_times(people):
    case = make_case(by=people.officer_bmc, **CHILD)
    later(days=30)
    told()
    assert notices(case) == OFFICE


@pytest.mark.django_db
def test_when_the_worker_has_moved_on_the_office_is_told(people):
    case = make_case(by=people.officer_bmc, **CHILD)
    _leave(people, people.officer_bmc)
    later(hours=13)
    told()
    assert notices(case) == {("officer_bmc_2", "DUE"), ("head_bmc", "DUE")}


def _leave(people, *those):
    with acting(people.administrator.as_actor()):
        Membership.objects.filter(person__in=those).update(ends_on=dt.date(2026, 1, 1))


@pytest.mark.django_db
def test_a_named_only_file_is_told_to_its_maker_alone(people):
    case = make_case(by=people.officer_bmc, official_involved=Answer.YES, full=True, danger_now=Answer.YES)
    told()
    later(days=3)
    told()
    assert notices(case) == {("officer_bmc", "DUE"), ("officer_bmc", "OVERDUE")}


@pytest.mark.django_db
def test_a_named_only_file_without_its_maker_is_taken_over_by_the_national_desk(people):
    case = make_case(by=people.officer_bmc, official_involved=Answer.YES, **CHILD)
    ordinary = make_case(by=people.officer_bmc, **CHILD)
    _leave(people, people.officer_bmc)
    later(days=3)
    told()
    ((who, stage),) = notices(case)
    assert (who in {"desk_1", "desk_2", "desk_reviewer"}, stage) == (True, "OVERDUE")
    assert notices(ordinary) == {("officer_bmc_2", "OVERDUE"), ("head_bmc", "OVERDUE")}


@pytest.mark.django_db
def test_who_may_not_see_the_risk_is_not_told_of_the_danger(people):
    """The head of the province sees the summary of an organisation's file, not its risk."""
    case = make_case(by=people.ngo_hope, full=True, danger_now=Answer.YES)
    told()
    assert notices(case) == {("ngo_hope", "DUE")}
    later(hours=3)
    told()
    assert ("head_bmc", "OVERDUE") in notices(case)
    assert ask(
        "SELECT u.sign_in_name, is_danger FROM desk_notice n JOIN accounts_user u ON u.id = n.person_id "
        "WHERE stage = 'OVERDUE' ORDER BY 1"
    ) == [("head_bmc", False), ("ngo_hope", True)]


@pytest.mark.django_db
def test_an_unconfirmed_deadline_never_leaves_the_province(people):
    policy(people, step="REPORTED", child_only=True, escalate_after=24)
    case = make_case(by=people.officer_bmc, **CHILD)
    for _day in range(5):
        later(days=1)
        told()
    assert notices(case) == {*OFFICE}


@pytest.mark.django_db
def test_a_confirmed_deadline_goes_to_the_ministry_when_it_is_long_over(people):
    values = {"escalate_after": 24, "confirmed": True, "legal_ref": "Circular 1 of 2026"}
    policy(people, step="REPORTED", child_only=True, **values)
    case = make_case(by=people.officer_bmc, **CHILD)
    later(hours=25)
    told()
    assert notices(case) == OFFICE
    later(hours=24)
    told()
    beyond = {person for person, stage in notices(case) if stage == "ESCALATED"}
    assert beyond == {"officer_bmc", "head_bmc", "reviewer", "desk_reviewer"}


@pytest.mark.django_db
def test_an_answer_to_a_referral_is_told_to_the_receiver_then_to_sender_and_head(people):
    case = make_case(by=people.officer_bmc, full=True)
    make_referral(case, to="NGO-HOPE", status="APPROVED")
    later(hours=13)
    told()
    of_referral = {(person, stage) for person, stage in notices(case) if person.startswith("ngo")}
    assert of_referral == {("ngo_hope", "DUE"), ("ngo_hope_2", "DUE")}
    later(hours=12)
    told()
    sql = (
        "SELECT u.sign_in_name FROM desk_notice n JOIN accounts_user u ON u.id = n.person_id JOIN desk_due d "
        "ON d.id = n.due_id WHERE d.kind = 'REFERRAL' AND n.stage = 'OVERDUE' ORDER BY 1"
    )
    assert [name for (name,) in ask(sql)] == ["head_bmc", "ngo_hope", "ngo_hope_2", "officer_bmc"]


@pytest.mark.django_db
@pytest.mark.parametrize("status", ["ACCEPTED", "DECLINED"])
def test_an_answer_ends_the_deadline_of_a_referral(people, status):
    make_referral(make_case(by=people.officer_bmc, full=True), to="NGO-HOPE", status=status)
    (ended,) = ask("SELECT done_at IS NOT NULL, next_at IS NULL FROM desk_due WHERE kind = 'REFERRAL'")
    assert ended == (True, True)


# --- sight ends, and deadlines are met


@pytest.mark.django_db
def test_a_notice_is_gone_when_sight_of_its_file_ends(people, as_):
    make_case(by=people.officer_bmc, **CHILD)
    later(hours=13)
    told()
    with as_(people.officer_bmc):
        assert queries.unread(people.officer_bmc) == Notice.objects.count() == 1
    _leave(people, people.officer_bmc)
    assert len(notices()) == 1, "it is still there"
    with as_(people.officer_bmc):
        assert queries.unread(people.officer_bmc) == Notice.objects.count() == Due.objects.count() == 0


@pytest.mark.django_db
def test_what_was_done_is_no_news_any_more(people, as_):
    case = make_case(by=people.officer_bmc, **CHILD)
    later(hours=13)
    told()
    bring(case, "SCREENING", by=people.officer_bmc)
    with as_(people.officer_bmc):
        assert queries.unread(people.officer_bmc) == 0
    assert sweep.tidy() == 1
    assert sweep.tidy() == 0
    assert ask("SELECT count(*) FROM desk_notice WHERE read_at IS NULL") == [(0,)]


@pytest.mark.django_db
def test_the_database_refuses_a_notice_on_a_file_out_of_sight(people, as_):
    case = make_case(by=people.officer_bmc, **CHILD)
    with as_(people.officer_bmc):
        due = Due.objects.get(case_id=case.pk)
        mine = Notice(person=people.officer_bmc, due=due, stage="DUE")
        mine.save(force_insert=True)
    for person, owner in ((people.officer_btb, people.officer_btb), (people.officer_bmc, people.head_bmc)):
        with pytest.raises(Exception, match="row-level security"), as_(person):
            Notice(person=owner, due=due, stage="DUE").save(force_insert=True)


@pytest.mark.django_db
def test_of_whom_nobody_could_be_told_is_tried_again_and_counted(people, as_):
    case = make_case(by=people.officer_btb, **CHILD)
    _leave(people, people.officer_btb)
    later(days=2)
    told()
    assert notices(case) == set()
    make_case(by=people.officer_bmc)  # shown only: nobody has to be told
    later(hours=13)
    told()
    with as_(people.administrator):
        assert queries.unheard() == 1
        assert Due.objects.count() == 0, "a number, and no row"
    with as_(people.officer_bmc):
        assert queries.unheard() == 0
    with acting(people.administrator.as_actor()):
        Membership.objects.filter(person=people.officer_btb).update(ends_on=None)
    assert told() == 0, "tomorrow"
    later(days=1)
    told()
    assert notices(case) == {("officer_btb", "OVERDUE")}
    with as_(people.administrator):
        assert queries.unheard() == 0


# --- killed and doubled


def sweeping(name):
    """A sweep in a thread of its own, as the worker's role."""
    try:
        sweep.run()
    finally:
        connections.close_all()


def test_two_sweeps_at_once_tell_everybody_once(people, fresh_db, monkeypatch):
    monkeypatch.setattr(sweep, "BATCH", 3)
    cases = [make_case(by=people.officer_bmc, **CHILD) for _one in range(12)]
    later(days=2)
    threads = [threading.Thread(target=sweeping, args=(fresh_db,)) for _two in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert all(notices(case) == OFFICE for case in cases)
    assert ask("SELECT count(*) FROM desk_due WHERE next_at IS NOT NULL") == [(0,)]


def test_a_sweep_that_dies_on_its_way_loses_nothing(people, fresh_db, monkeypatch):
    cases = [make_case(by=people.officer_bmc, **CHILD), make_case(by=people.officer_btb, **CHILD)]
    later(days=2)

    class Killed(BaseException):
        pass

    real, calls = access._tell_one, []

    def dies(person, items):
        calls.append(person)
        if len(calls) == 2:
            raise Killed
        return real(person, items)

    monkeypatch.setattr(access, "_tell_one", dies)
    with pytest.raises(Killed):
        sweep.run()
    assert notices() == set(), "the first one's notice went with the batch"
    sweep.run()
    assert notices(cases[0]) == OFFICE
    assert notices(cases[1]) == {("officer_btb", "OVERDUE")}


def test_one_person_in_trouble_does_not_stop_the_others(people, fresh_db, monkeypatch):
    case = make_case(by=people.officer_bmc, **CHILD)
    later(days=2)
    real = access._notices

    def refused(person, items):
        found = real(person, items)
        if person == people.head_bmc:
            for one in found:
                one.person = people.officer_bmc  # what the database never lets pass
        return found

    monkeypatch.setattr(access, "_notices", refused)
    sweep.run()
    assert notices(case) == {("officer_bmc", "OVERDUE")}


def test_the_workers_own_role_can_do_all_of_it(people, fresh_db, events):
    case = make_case(by=people.officer_bmc, **CHILD)
    later(days=2)
    with ground.connected("worker", fresh_db):
        with acting(system("export")):  # another part of the system does not even see it
            assert Due.objects.count() == Notice.objects.count() == 0
        with acting(system("reminder")):
            assert Due.objects.count() == 1
            assert Case.objects.count() == 0
        sweep.run()
    assert notices(case) == OFFICE
    (event,) = events("REMINDED")
    assert (event[2], event[4]) == ("system:reminder", {"rows": 1})


def test_a_step_waits_for_no_other_sweep(people, fresh_db):
    """A row that is being told is locked: the next sweep leaves it and takes the others."""
    make_case(by=people.officer_bmc, **CHILD)
    later(days=2)
    with psycopg.connect(**ground.conninfo("loader", fresh_db)) as other:
        other.execute("SELECT id FROM desk_due FOR UPDATE")
        assert sweep.tell_batch(danger=False) == 0
    assert sweep.tell_batch(danger=False) == 1
