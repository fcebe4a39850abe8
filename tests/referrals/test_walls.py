"""What each side sees, asked of the database itself and of the first wall alone."""

import datetime

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.sections import Section
from audit.context import acting, system
from cases import access as files
from cases import queries as file_queries
from referrals import access, actions
from referrals.models import Referral
from tests import ground
from tests.conftest import EVERY_PRINCIPAL
from tests.factories import STORY, CaseFactory, add_note, make_case, make_referral
from tests.referrals import made

#: What there is to see of one file and its referral: table, condition.
COUNTED = {
    "case": "cases_case WHERE id = %(case)s",
    "victim": "cases_victim WHERE case_id = %(case)s",
    "risk": "cases_riskassessment WHERE case_id = %(case)s",
    "note": "cases_note WHERE case_id = %(case)s",
    "facts": "cases_facts WHERE case_id = %(case)s",
    "identity": "cases_identity WHERE case_id = %(case)s",
    "consent": "cases_consent WHERE case_id = %(case)s",
    "history": "cases_historicalcase WHERE id = %(case)s",
    "events": "audit_event WHERE case_id = %(case)s",
    "file key": "accounts_subjectkey WHERE subject = %(case)s AND kind = 'FILE'",
    "person key": "accounts_subjectkey WHERE subject = %(case)s AND kind = 'PERSON'",
    "referral": "referrals_referral WHERE id = %(referral)s",
    "services": "referrals_referralservice WHERE referral_id = %(referral)s",
    "steps": "referrals_referralstep WHERE referral_id = %(referral)s",
    "referral history": "referrals_historicalreferral WHERE id = %(referral)s",
    "referral key": "accounts_subjectkey WHERE subject = %(referral)s AND kind = 'REFERRAL'",
}
SQL = "SELECT " + ", ".join(f"(SELECT count(*) FROM {rest})" for rest in COUNTED.values())


@pytest.fixture
def seen(rows, outside):
    """`seen(person, referral)`: which of COUNTED this person's own queries find. Everything is really there."""

    def ask(person, referral):
        ids = {"case": referral.case_id, "referral": referral.pk}
        there = dict(zip(COUNTED, outside(SQL, ids)[0], strict=True))
        assert min(there.values()) > 0, there
        return {name for name, n in zip(COUNTED, rows(person, SQL, ids)[0], strict=True) if n}

    return ask


PACKET = {"referral", "services", "steps", "referral history", "referral key"}
#: SUMMARY, RISK, NOTES, WORK, as tests/referrals/made.py agrees.
AGREED = {"case", "victim", "risk", "note", "history", "events", "file key"}


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("SUBMITTED", set()),
        ("RETURNED", set()),
        ("WITHDRAWN", set()),
        ("APPROVED", PACKET),
        ("DECLINED", PACKET - {"referral key"}),
        ("ACCEPTED", PACKET | AGREED),
        ("IN_SERVICE", PACKET | AGREED),
        ("COMPLETED", PACKET | AGREED),
    ],
)
def test_the_receiving_agency_sees_the_packet_then_the_agreed_sections(
    referral, people, seen, status, expected
):
    referral = made.bring(referral, status, people)
    assert seen(people.ngo_hope, referral) == expected
    assert seen(people.ngo_river, referral) == set()
    assert seen(people.officer_btb, referral) == set()
    assert seen(people.officer_bmc, referral) == set(COUNTED)


@pytest.mark.parametrize("status", ["ACCEPTED", "IN_SERVICE"])
def test_withdrawing_ends_sight_at_once_and_says_so(fresh_db, referral, people, seen, events, status):
    referral = made.bring(referral, status, people)
    made.act("withdraw", referral, people.officer_bmc)
    assert seen(people.ngo_hope, referral) == PACKET - {"referral key"}
    assert [e[4]["because"] for e in events("ACCESS_REVOKED")] == [f"referral:{referral.pk}"]


def test_completing_keeps_sight_for_thirty_days(referral, people, outside):
    referral = made.bring(referral, "COMPLETED", people)
    ends = outside(
        "SELECT until FROM cases_casescope WHERE case_id = %s AND principal = %s",
        [referral.case_id, f"agency:{referral.to_agency_id}"],
    )
    last = max(until for (until,) in ends)
    assert last == referral.access_until
    assert datetime.timedelta(days=29, hours=23) < last - timezone.now() <= datetime.timedelta(days=30)


def test_what_sender_and_ministry_said_before_the_sending_stays_between_them(referral, people, rows):
    referral = made.bring(referral, "RETURNED", people)
    with acting(people.officer_bmc.as_actor()):
        actions.resubmit(referral=referral, packet=made.packet(summary="ថ្មី"), by=people.officer_bmc)
    made.act("approve", referral, people.reviewer)
    told = "SELECT verb FROM {} WHERE referral_id = %s ORDER BY recorded_at"
    for table in ("referrals_referralstep", "referrals_historicalreferralstep"):
        ask = told.format(table)
        assert [v for (v,) in rows(people.ngo_hope, ask, [referral.pk])] == ["APPROVE"]
        assert len(rows(people.officer_bmc, ask, [referral.pk])) == 4
    kept = "SELECT status FROM referrals_historicalreferral WHERE id = %s"
    assert {s for (s,) in rows(people.ngo_hope, kept, [referral.pk])} == {"APPROVED"}


def test_a_named_only_file_opens_to_the_person_who_accepts_and_to_nobody_else(people, hire, seen):
    case = CaseFactory(by=people.officer_bmc, **STORY, official_involved="YES")
    add_note(case, by=people.officer_bmc)
    referral = made.submit(case, people.officer_bmc)
    assert seen(people.reviewer, referral) == set()
    assert seen(people.officer_bmc_2, referral) == set()
    hire(people.reviewer, "NAMED-DESK", "NATIONAL_DESK")
    made.act("approve", referral, people.reviewer)
    colleague = hire(people.nobody, "NGO-HOPE", "NGO_WORKER")
    assert seen(people.ngo_hope, referral) == PACKET
    referral = made.act("accept", referral, people.ngo_hope)
    assert seen(people.ngo_hope, referral) == PACKET | AGREED
    assert seen(colleague, referral) == PACKET


# --- the database alone -------------------------------------------------------------------------------------


def _refused(person, sql, params):
    with (
        acting(person.as_actor()),
        pytest.raises(DatabaseError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, params)


GRANT = (
    "INSERT INTO cases_caseagencygrant (id, permission_id, group_id, content_object_id, granted_by_id, reason, "
    "valid_from, valid_until, sections, because) SELECT gen_random_uuid(), p.id, a.group_id, %(case)s, %(by)s, 'x', "
    "now(), NULL, %(sections)s, %(because)s FROM accounts_agency a, auth_permission p "
    "WHERE a.code = %(agency)s AND p.codename = 'view_case' LIMIT 1"
)


@pytest.mark.parametrize(
    ("status", "changed"),
    [
        ("APPROVED", {}),
        ("ACCEPTED", {"sections": int(made.AGREED | Section.IDENTITY)}),
        ("ACCEPTED", {"agency": "NGO-RIVER"}),
        ("ACCEPTED", {"because": "referral:something else"}),
        ("DECLINED", {}),
    ],
)
def test_the_database_refuses_a_grant_beyond_what_was_agreed(case, people, status, changed):
    agreed = Section.SUMMARY | Section.NOTES
    referral = made.bring(made.submit(case, people.officer_bmc, sections=agreed), status, people)
    hope = {"sections": referral.sections, "agency": "NGO-HOPE", "because": referral.because}
    given = {"case": referral.case_id, "by": people.ngo_hope.pk, **hope, **changed}
    _refused(people.ngo_hope, GRANT, given)


def test_the_database_refuses_to_change_a_packet_that_was_sent(referral, people):
    referral = made.bring(referral, "APPROVED", people)
    change = "UPDATE referrals_referral SET sections = 255 WHERE id = %s"
    for person in (people.ngo_hope, people.officer_bmc, people.reviewer):
        _refused(person, change, [referral.pk])


def test_nobody_writes_a_step_in_anothers_name_or_changes_one(referral, people):
    step = (
        "INSERT INTO referrals_referralstep (id, referral_id, case_id, verb, status, reason, by_id, agency_id, "
        "recorded_at) SELECT gen_random_uuid(), id, case_id, 'APPROVE', 'APPROVED', '', %s, from_agency_id, now() "
        "FROM referrals_referral WHERE id = %s"
    )
    _refused(people.officer_bmc, step, [people.reviewer.pk, referral.pk])
    _refused(people.officer_bmc, "DELETE FROM referrals_referralstep WHERE referral_id = %s", [referral.pk])
    _refused(
        people.officer_bmc,
        "UPDATE referrals_referralstep SET verb = 'X' WHERE referral_id = %s",
        [referral.pk],
    )


# --- the first wall alone -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "name", "sees"),
    [
        ("SUBMITTED", "ngo_hope", False),
        ("SUBMITTED", "ngo_river", False),
        ("SUBMITTED", "reviewer", True),
        ("SUBMITTED", "officer_btb", False),
        ("APPROVED", "ngo_hope", True),
        ("APPROVED", "ngo_river", False),
        ("APPROVED", "analyst", False),
        ("ACCEPTED", "ngo_hope", True),
        ("ACCEPTED", "ngo_river", False),
        ("WITHDRAWN", "ngo_hope", False),
    ],
)
def test_the_rule_holds_with_the_second_wall_down(referral, people, status, name, sees):
    made.bring(referral, status, people)
    with acting(system("export")), connection.cursor() as cursor:
        cursor.execute(EVERY_PRINCIPAL)
        assert Referral.objects.filter(pk=referral.pk).exists()
        found = access.visible_referrals(getattr(people, name))
        assert found.filter(pk=referral.pk).exists() is sees


def test_an_accepted_file_shows_the_agreed_sections_in_python_too(referral, people):
    referral = made.bring(referral, "ACCEPTED", people)
    with acting(people.ngo_hope.as_actor()):
        assert files.sections_of(people.ngo_hope, referral.case) == made.AGREED
    with acting(people.ngo_river.as_actor()):
        assert not files.visible_cases(people.ngo_river).filter(pk=referral.case_id).exists()


def test_a_partner_gives_nobody_more_than_it_holds(people, referral, rows):
    """Raw SQL of an agency with WORK: neither a new grant nor its own grant can open the identity."""
    made.bring(referral, "ACCEPTED", people)
    held = rows(people.ngo_hope, "SELECT sections FROM cases_caseagencygrant")
    assert held
    assert all(not sections & Section.IDENTITY for (sections,) in held)
    wider = (
        "INSERT INTO cases_caseagencygrant (id, permission_id, group_id, content_object_id, granted_by_id, reason, "
        "valid_from, sections, because) SELECT gen_random_uuid(), permission_id, group_id, content_object_id, "
        "granted_by_id, 'x', now(), %s, 'x' FROM cases_caseagencygrant LIMIT 1"
    )
    with pytest.raises(DatabaseError, match="row-level security"):
        rows(people.ngo_hope, f"{wider} RETURNING id", [255])
    with pytest.raises(DatabaseError, match="permission denied"):
        rows(people.ngo_hope, "UPDATE cases_caseagencygrant SET sections = 255 RETURNING id")


PARTNER = Section.SUMMARY | Section.RISK | Section.NOTES | Section.CONSENT | Section.WORK


def test_a_partner_does_not_learn_who_else_looks_after_the_person(people, case, client_of, rows):
    """Neither from consents nor from what was done: not on the page, and not in the database."""
    made_ = make_referral(case, status="ACCEPTED", to="NGO-HOPE", sections=PARTNER)
    make_referral(case, status="ACCEPTED", to="SHELTER-BMC", sections=PARTNER)
    assert "SHELTER-BMC" in client_of(people.officer_bmc).get(f"/files/{case.number}/").content.decode()
    page = client_of(people.ngo_hope).get(f"/files/{case.number}/").content.decode()
    assert "NGO-HOPE" in page
    for hidden in ("SHELTER-BMC", "MOSVY", people.shelter.full_name_km, people.reviewer.full_name_km):
        assert hidden not in page, hidden
    told = rows(people.ngo_hope, "SELECT DISTINCT actor FROM audit_event WHERE case_id IS NOT NULL")
    assert told == [(str(people.ngo_hope.pk),)]
    agreed = rows(people.ngo_hope, "SELECT recipient_id FROM cases_consent WHERE recipient_id IS NOT NULL")
    assert agreed == [(made_.to_agency_id,)]
    kept = rows(
        people.ngo_hope, "SELECT recipient_id FROM cases_historicalconsent WHERE recipient_id IS NOT NULL"
    )
    assert kept == agreed
    everything = rows(people.officer_bmc, "SELECT count(*) FROM cases_consent WHERE recipient_id IS NOT NULL")
    assert everything == [(2,)]


def test_the_timeline_holds_without_the_second_wall(fresh_db, people):
    """Django's own rule, as a role that goes past every policy."""
    case = make_case(by=people.officer_bmc, full=True)
    make_referral(case, status="ACCEPTED", to="NGO-HOPE", sections=PARTNER)
    make_referral(case, status="ACCEPTED", to="SHELTER-BMC", sections=PARTNER)
    own = make_case(by=people.ngo_hope, full=True)
    with ground.connected("loader"):
        with acting(people.ngo_hope.as_actor()):
            opened = files.open_case(people.ngo_hope, case.number)
            assert {e.actor for e in file_queries.events(opened)} == {str(people.ngo_hope.pk)}
            assert {c.recipient.code for c in file_queries.contents(opened)["consents"] if c.recipient} == {
                "NGO-HOPE"
            }
        with acting(people.officer_bmc.as_actor()):
            assert file_queries.events(files.open_case(people.officer_bmc, own.number)) == []
            assert len(file_queries.events(files.open_case(people.officer_bmc, case.number))) > 5
