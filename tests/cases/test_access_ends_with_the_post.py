"""Access that was given to a person ends with the post that they held then, and no later post brings it back. With real
commits: what ends, ends by the database's own clock."""

import datetime

import psycopg
import pytest
from django.utils import timezone

from accounts import actions as people_actions
from accounts.models import Agency, Membership
from accounts.roles import Role
from accounts.sections import Section
from audit.context import acting
from cases import access, left, reach
from cases.glass import actions as glass
from cases.models import BreakGlass, Case, CasePersonGrant
from cases.sight import actions
from cases.tasks import end_what_was_left
from tests import ground
from tests.factories import keep_away, make_case
from tests.people import person_id

PART = Section.SUMMARY | Section.NOTES
DAY = datetime.timedelta(days=1)


@pytest.fixture
def hidden(fresh_db, people):
    return make_case(by=people.officer_bmc, full=True, official_involved="YES")


@pytest.fixture
def other(people):
    """An ordinary file of another office, which is shared by name."""
    case = make_case(by=people.officer_btb, full=True)
    share(people, case, people.officer_bmc)
    return case


def share(people, case, to):
    by, until = people.officer_btb, timezone.localdate() + 30 * DAY
    with acting(by.as_actor()):
        return actions.share(case=case, to=to, sections=PART, until=until, reason="HELP", by=by)


def seen(person, *cases):
    """By Django's rule and, the same, by the database alone."""
    with acting(person.as_actor()):
        ruled = {case for case in cases if access.visible_cases(person).filter(pk=case.pk).exists()}
        assert set(Case.objects.values_list("pk", flat=True)) >= {case.pk for case in ruled}
        assert not Case.objects.filter(pk__in=[case.pk for case in cases if case not in ruled]).exists()
    return ruled


def end(people, person, **more):
    with acting(people.administrator.as_actor()):
        for post in Membership.objects.live().filter(person=person, **more):
            people_actions.end_post(membership=post, takers={}, at_once=True, by=people.administrator)


def give(people, person, code, role=Role.PROVINCIAL_OFFICER, starts_on=None):
    with acting(people.administrator.as_actor()):
        people_actions.start_membership(
            person=person,
            agency=Agency.objects.get(code=code),
            role=role,
            by=people.administrator,
            starts_on=starts_on,
        )


def worker_of(outside, case):
    ((worker,),) = outside("SELECT worker_id FROM cases_case WHERE id = %s", [case.pk])
    return worker


def let_days_pass(name, person, last):
    """As if a post had ended by its date: nothing was written on the day after it."""
    with psycopg.connect(**ground.conninfo("migrator", name)) as session:
        session.execute("SET ROLE karpea_owner")
        session.execute("ALTER TABLE accounts_membership DISABLE TRIGGER b_left")
    with psycopg.connect(**ground.conninfo("loader", name)) as session:
        session.execute("SELECT begin_actor('system:migration')")
        session.execute("UPDATE accounts_membership SET ends_on = %s WHERE person_id = %s", [last, person.pk])
        session.execute(
            "UPDATE cases_casepersongrant SET valid_from = valid_from - interval '3 days' WHERE user_id = %s",
            [person.pk],
        )
    with psycopg.connect(**ground.conninfo("migrator", name)) as session:
        session.execute("SET ROLE karpea_owner")
        session.execute("ALTER TABLE accounts_membership ENABLE TRIGGER b_left")


def test_a_transfer_brings_nothing_back(people, hidden, other, outside, events):
    officer = people.officer_bmc
    shared_away = make_case(by=people.officer_btb, full=True)
    share(people, shared_away, people.ngo_hope)
    ordinary = make_case(by=officer, full=True)
    assert seen(officer, hidden, other, ordinary) == {hidden, other, ordinary}
    end(people, officer)
    assert seen(officer, hidden, other, ordinary) == set()
    give(people, officer, "NCCT", Role.COMMITTEE_MEMBER)
    assert seen(officer, hidden) == set()
    with acting(officer.as_actor()):
        assert access.sections_of(officer, other) & Section.NOTES == 0
        assert reach.grants_of(officer) == []
    assert seen(people.ngo_hope, shared_away) == {shared_away}, "nobody else's share"
    desk = worker_of(outside, hidden)
    assert desk in {person_id(name) for name in ("desk_1", "desk_2", "desk_reviewer")}
    ((_kind, _result, actor, label, detail),) = events("ACCESS_REVOKED")
    assert (actor, label) == (str(people.administrator.pk), other.number)
    assert (detail["why"], detail["to"]) == ("POST_ENDED", f"person:{officer.pk}")
    ((_kind, _result, _actor, label, detail),) = [e for e in events("FILE_HANDED_OVER") if "why" in e[4]]
    assert (label, detail) == (
        hidden.number,
        {"from": str(officer.pk), "to": str(desk), "why": "POST_ENDED"},
    )
    due = "SELECT DISTINCT worker_id FROM desk_due WHERE case_id = %s AND done_at IS NULL"
    assert outside(due, [hidden.pk]) == [(desk,)]


def test_back_at_the_same_office_after_the_end_it_stays_ended(people, hidden, other):
    end(people, people.officer_bmc)
    give(people, people.officer_bmc, "DOSVY-BMC", Role.PROVINCIAL_HEAD)
    assert seen(people.officer_bmc, hidden, other) == set()


def test_another_post_there_without_a_gap_goes_on(people, hidden, other, outside, events):
    officer = people.officer_bmc
    give(people, officer, "DOSVY-BMC", Role.PROVINCIAL_HEAD)
    give(people, officer, "NCCT", Role.COMMITTEE_MEMBER)
    end(people, officer, role=Role.PROVINCIAL_OFFICER)
    assert seen(officer, hidden, other) == {hidden, other}
    assert worker_of(outside, hidden) == officer.pk
    end(people, officer, role=Role.PROVINCIAL_HEAD)
    assert seen(officer, hidden) == set()
    with acting(officer.as_actor()):
        assert CasePersonGrant.objects.live().filter(user=officer).count() == 0
    assert len(events("ACCESS_REVOKED")) == 1


def test_a_closed_account_that_is_opened_again_has_lost_nothing(people, hidden, other, outside):
    officer, administrator = people.officer_bmc, people.administrator
    with acting(administrator.as_actor()):
        people_actions.close_account(person=officer, takers={}, by=administrator)
        assert left.end_what_was_left() == 0
    assert seen(officer, hidden, other) == set()
    with acting(administrator.as_actor()):
        people_actions.enable_person(person=officer, by=administrator)
    assert seen(officer, hidden, other) == {hidden, other}
    assert worker_of(outside, hidden) == officer.pk


@pytest.mark.parametrize("how", ["the clock", "the new post", "raw SQL"])
def test_a_transfer_with_dates_brings_nothing_back(
    fresh_db, people, hidden, other, outside, rows, events, how
):
    officer, today = people.officer_bmc, timezone.localdate()
    let_days_pass(fresh_db, officer, today - DAY)
    if how == "the clock":
        end_what_was_left()
        end_what_was_left()
    elif how == "raw SQL":
        sql = (
            "INSERT INTO accounts_membership (id, person_id, agency_id, role, starts_on, reason) "
            "SELECT gen_random_uuid(), %s, id, 'COMMITTEE_MEMBER', %s, '' FROM accounts_agency WHERE code = 'NCCT' "
            "RETURNING 1"
        )
        assert rows(people.administrator, sql, [officer.pk, today]) == [(1,)]
    if how != "raw SQL":
        give(people, officer, "NCCT", Role.COMMITTEE_MEMBER)
    assert seen(officer, hidden) == set()
    with acting(officer.as_actor()):
        assert access.sections_of(officer, other) & Section.NOTES == 0
    assert worker_of(outside, hidden) != officer.pk
    assert len(events("ACCESS_REVOKED")) == 1
    assert len([e for e in events("FILE_HANDED_OVER") if "why" in e[4]]) == 1


def test_an_emergency_ends_with_the_post(people, other):
    officer = people.officer_bmc_2
    with acting(officer.as_actor()):
        reason = "He stands at her door, she calls us."
        used = glass.break_glass(number=other.number, why="DANGER", reason=reason, hours=4, by=officer)
    assert seen(officer, other) == {other}
    end(people, officer)
    give(people, officer, "POLICE-BMC", Role.POLICE_OFFICER)
    assert seen(officer, other) == set()
    with acting(officer.as_actor()):
        assert BreakGlass.objects.get(pk=used.pk).ended_at is not None


def test_the_desk_takes_it_but_nobody_who_is_kept_away(people, hidden, outside):
    for one in (people.desk_1, people.desk_2):
        keep_away(hidden, one, by=people.officer_bmc)
    end(people, people.officer_bmc)
    assert worker_of(outside, hidden) == people.desk_reviewer.pk
