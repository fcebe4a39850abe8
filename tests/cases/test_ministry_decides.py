"""A closure on which nobody else of the owner's office can decide goes to the ministry; any other does not."""

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.utils import timezone
from django.utils.translation import gettext

from accounts import actions as staff
from accounts.models import Membership
from accounts.refusals import NotNow, Refused, Stale
from accounts.roles import Role
from audit.context import acting
from cases import above, access, actions, lifecycle, queries
from cases.answers import Answer
from cases.models import Case
from tests.factories import keep_away, make_case

pytestmark = pytest.mark.django_db

WELL = {"reason": "she is well", "closure": "GOALS_ACHIEVED"}


def asked_by(person, case):
    with acting(person.as_actor()):
        return actions.move(case=case, verb="ASK_CLOSURE", by=person, **WELL)


def of_department(people, *, by):
    return asked_by(by, make_case(by=people.officer_bmc, full=True, status="FOLLOW_UP"))


def of_organisation(people, **fields):
    case = make_case(by=people.ngo_hope, full=True, **fields)
    with acting(people.ngo_hope.as_actor()):
        case = actions.move(case=case, verb="PRESUME", by=people.ngo_hope)
    return asked_by(people.ngo_hope, case)


def offered(person, case):
    with acting(person.as_actor()):
        choices = lifecycle.available(case, person, access.sections_of(person, case))
        queue = queries.waiting_for_decision(person)
    return {str(one.move.verb) for one in choices if one.is_open}, queue


def both_walls_say(person, case):
    """By Python, and by the database."""
    with acting(person.as_actor()), connection.cursor() as cursor:
        cursor.execute("SELECT cases_for_ministry(%s)", [case.pk])
        answers = {above.is_for_ministry(case), cursor.fetchone()[0]}
    (answer,) = answers
    return answer


def test_the_only_head_who_asked_is_answered_by_the_ministry(people, as_, outside, events):
    case, reviewer = of_department(people, by=people.head_bmc), people.reviewer
    assert both_walls_say(people.head_bmc, case)
    assert offered(reviewer, case) == ({"CLOSE", "KEEP_OPEN"}, [case])
    with as_(reviewer):
        closed = actions.move(case=case, verb="CLOSE", by=reviewer, **WELL)
    assert closed.status == "CLOSED"
    last = outside("SELECT kind, actor_role, detail->>'for' FROM audit_event ORDER BY seq DESC LIMIT 1")
    assert last == [("FILE_MOVED", "MINISTRY_REVIEWER", "office")]
    assert offered(reviewer, closed) == (set(), [])


def test_where_a_colleague_can_the_ministry_does_not(people, as_, hire):
    case, reviewer = of_department(people, by=people.officer_bmc), people.reviewer
    assert not both_walls_say(people.officer_bmc, case)
    assert offered(reviewer, case) == (set(), [])
    with as_(reviewer):
        with pytest.raises(Refused):
            actions.move(case=case, verb="CLOSE", by=reviewer, **WELL)
        with transaction.atomic():
            assert Case.objects.filter(pk=case.pk).update(status="CLOSED") == 0
    theirs = of_department(people, by=people.head_bmc)
    hire(people.officer_bmc_2, "DOSVY-BMC", Role.PROVINCIAL_HEAD)
    assert not both_walls_say(people.officer_bmc, theirs)
    assert offered(reviewer, theirs) == (set(), [])


def test_a_stand_in_counts_as_somebody_else(people):
    case, head = of_department(people, by=people.head_bmc), people.head_bmc
    today = timezone.localdate()
    with acting(head.as_actor()):
        post = Membership.objects.get(person=head)
        given = staff.let_stand_in(
            post=post, person=people.officer_bmc, starts_on=today, ends_on=today, by=head
        )
    assert not both_walls_say(head, case)
    with acting(head.as_actor()):
        staff.end_stand_in(membership=given, by=head)
    assert both_walls_say(head, case)


def test_a_head_who_is_kept_away_is_nobody(people):
    case = of_department(people, by=people.officer_bmc)
    keep_away(case, people.head_bmc, by=people.officer_bmc)
    assert both_walls_say(people.officer_bmc, case)
    assert offered(people.reviewer, case) == ({"CLOSE", "KEEP_OPEN"}, [case])


def test_an_organisations_file_is_closed_without_its_notes(people, as_, client_of, outside):
    case, reviewer = of_organisation(people), people.reviewer
    assert both_walls_say(people.ngo_hope, case)
    with as_(reviewer), pytest.raises(Refused):
        actions.move(case=case, verb="CLOSE", by=reviewer, **WELL)  # words could not be sealed
    session = client_of(reviewer)
    page = session.get(f"/files/{case.number}/move/close/")
    assert page.status_code == 200
    sent = {"closure": "GOALS_ACHIEVED", "version": case.version, "reason": ""}
    answer = session.post(f"/files/{case.number}/move/close/", sent)
    assert answer.status_code == 302
    assert outside("SELECT status FROM cases_case WHERE id = %s", [case.pk]) == [("CLOSED",)]


def test_of_a_named_only_file_the_ministry_knows_nothing(people):
    case = of_organisation(people, official_involved=Answer.UNSURE)
    assert not both_walls_say(people.ngo_hope, case)
    for name in ("reviewer", "desk_reviewer"):
        assert offered(getattr(people, name), case)[1] == []


def test_who_asked_reads_why_on_the_file(people, client_of):
    told = gettext(
        "The ministry decides on this step, because the office that owns the file has nobody else who can."
    )
    theirs, ours = of_department(people, by=people.head_bmc), of_department(people, by=people.officer_bmc)
    session = client_of(people.head_bmc)
    assert told in session.get(f"/files/{theirs.number}/").content.decode()
    assert told not in session.get(f"/files/{ours.number}/").content.decode()


def test_the_second_wall_opens_this_step_and_no_other(people, as_):
    """Past every action: a file under review goes to closed or back, and nowhere else."""
    case, reviewer = of_department(people, by=people.head_bmc), people.reviewer
    other = make_case(by=people.officer_bmc, full=True, status="FOLLOW_UP")
    with as_(reviewer):
        with pytest.raises(ProgrammingError), transaction.atomic():
            Case.objects.filter(pk=case.pk).update(status="VOID")
        with transaction.atomic():
            assert Case.objects.filter(pk=other.pk).update(status="CLOSED") == 0
            assert Case.objects.filter(pk=case.pk).update(status="FOLLOW_UP", closure="") == 1
    for name in ("committee", "officer_btb", "police_bmc"):
        person = getattr(people, name)
        with as_(person):
            assert Case.objects.filter(pk=case.pk).update(status="CLOSED") == 0, name


def planned_by(person, case):
    with acting(person.as_actor()):
        for verb in ("ASSESS", "PLAN"):
            case = actions.move(case=case, verb=verb, by=person)
    return case


def test_a_plan_is_approved_by_the_ministry_where_the_office_has_nobody_else(people, as_, outside):
    """Of an organisation, and of the only head who made the plan; not where the head can."""
    reviewer, head = people.reviewer, people.head_bmc
    hope, ours, theirs = (
        planned_by(by, make_case(by=by, full=True, status="PRESUMED"))
        for by in (people.ngo_hope, people.officer_bmc, head)
    )
    said = [both_walls_say(by, case) for by, case in ((people.ngo_hope, hope), (head, ours), (head, theirs))]
    assert said == [True, False, True]
    assert offered(reviewer, hope)[0] == {"APPROVE_PLAN"}
    assert {case.pk for case in offered(reviewer, hope)[1]} == {hope.pk, theirs.pk}
    with as_(reviewer):
        with pytest.raises(Refused):
            actions.move(case=ours, verb="APPROVE_PLAN", by=reviewer)
        # By raw SQL: services, and nothing that belongs to a closure.
        for status in ("CLOSED", "FOLLOW_UP"):
            with pytest.raises(ProgrammingError), transaction.atomic():
                Case.objects.filter(pk=hope.pk).update(status=status)
        with transaction.atomic():
            assert Case.objects.filter(pk=ours.pk).update(status="SERVICES") == 0
        assert actions.move(case=hope, verb="APPROVE_PLAN", by=reviewer).status == "SERVICES"
        assert actions.move(case=theirs, verb="APPROVE_PLAN", by=reviewer).status == "SERVICES"
    last = outside("SELECT kind, actor_role, detail->>'for' FROM audit_event ORDER BY seq DESC LIMIT 1")
    assert last == [("FILE_MOVED", "MINISTRY_REVIEWER", "office")]
    with as_(head):
        assert actions.move(case=ours, verb="APPROVE_PLAN", by=head).status == "SERVICES"


def test_who_decides_on_identifications_sets_no_other_state_by_raw_sql(people, as_):
    officer = people.identifier
    case = make_case(by=people.officer_bmc, full=True, status="IDENTIFICATION_PENDING")
    other = make_case(by=people.officer_bmc, full=True, status="PRESUMED")
    with as_(officer):
        for status in ("CLOSED", "VOID", "SERVICES"):
            with pytest.raises(ProgrammingError), transaction.atomic():
                Case.objects.filter(pk=case.pk).update(status=status)
        with transaction.atomic():
            assert Case.objects.filter(pk=other.pk).update(status="IDENTIFIED") == 0
        assert actions.move(case=case, verb="IDENTIFY", by=officer).status == "IDENTIFIED"


def test_nobody_decides_twice(people, as_):
    case, reviewer = of_department(people, by=people.head_bmc), people.reviewer
    with as_(reviewer):
        kept = actions.move(case=case, verb="KEEP_OPEN", by=reviewer, reason="the plan has a part left")
        with pytest.raises(Stale):  # two reviewers at one moment
            actions.move(case=case, verb="CLOSE", by=reviewer, version=case.version, **WELL)
        with pytest.raises(Refused):
            actions.move(case=kept, verb="CLOSE", by=reviewer, **WELL)
        with pytest.raises((NotNow, Refused)):
            actions.move(case=case, verb="CLOSE", by=reviewer, **WELL)
