"""Somebody with two roles is on the trail under the one that contains what they did, every time the same."""

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Membership, Province
from audit.context import speak_for
from cases import actions
from cases.access import open_case
from cases.answers import Answer
from cases.models import Note
from tests.factories import answer, make_case, make_referral

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed(outside):
    """`signed(kind)`: (agency, role) of each event of a kind, oldest first."""

    def ask(kind):
        return outside(
            "SELECT actor_agency, actor_role FROM audit_event WHERE kind = %s ORDER BY seq", [kind]
        )

    return ask


DESK, MINISTRY = ("NAMED-DESK", "NATIONAL_DESK"), ("MOSVY", "MINISTRY_REVIEWER")


def test_each_act_names_the_role_that_contains_it(people, as_, signed):
    """The national desk writes notes and moves, the ministry reviews: one person, one file after the other."""
    both = people.desk_reviewer
    hidden = make_case(by=people.officer_bmc, full=True, official_involved=Answer.YES)
    referral = make_referral(make_case(by=people.officer_bmc, full=True))
    with as_(both):
        case = open_case(both, hidden.number).case
        note = actions.add_note(case=case, text="for the story", by=both)
        actions.move(case=case, verb="PRESUME", by=both)
        answer(referral, "APPROVE", by=both)
        actions.add_note(case=case, text="once more", by=both)
    assert signed("NOTE_ADDED") == [DESK, DESK]
    assert signed("FILE_MOVED") == [DESK]
    assert signed("REFERRAL_MOVED") == [MINISTRY]
    with as_(both):
        assert Note.objects.get(pk=note.pk).agency.code == "NAMED-DESK"


def test_who_watches_and_works_is_told_apart(people, hire, client_of, signed):
    """An auditor's role held longer than an officer's: reading a file is the officer's act all the same."""
    case = make_case(by=people.officer_bmc)
    client = client_of(hire(people.auditor, "DOSVY-BMC", "PROVINCIAL_OFFICER"))
    assert client.get(f"/files/{case.number}/").status_code == 200
    assert client.get("/trail/").status_code == 200
    assert client.get("/files/").status_code == 200
    officer = ("DOSVY-BMC", "PROVINCIAL_OFFICER")
    assert (signed("FILE_READ"), signed("FILE_LISTED")) == ([officer], [officer])
    assert signed("TRAIL_READ") == [("OFFICE", "AUDITOR")]


def test_a_file_is_opened_for_the_agency_that_the_event_names(people, hire, as_, signed):
    """Two agencies that may both make files: the one of the province is the owner, and is named."""
    both = hire(people.officer_btb, "DOSVY-BMC", "PROVINCIAL_OFFICER")
    case = make_case(by=both, province=Province.objects.get(pk=1))
    with as_(both):
        note = actions.add_note(case=case, text="for the story", by=both)
        actions.move(case=case, verb="START_SCREENING", by=both)
        assert case.agency.code == Note.objects.get(pk=note.pk).agency.code == "DOSVY-BMC"
    assert signed("FILE_OPENED") == signed("NOTE_ADDED") == [("DOSVY-BMC", "PROVINCIAL_OFFICER")]
    assert signed("FILE_MOVED") == [("DOSVY-BMC", "PROVINCIAL_OFFICER")]


def test_nobody_speaks_for_a_membership_that_is_not_theirs_and_live(people, as_):
    mine, theirs, ended = (
        (people.desk_reviewer, "MOSVY"),
        (people.reviewer, "MOSVY"),
        (people.former, "DOSVY-BMC"),
    )
    posts = {}
    for person, code in (mine, theirs, ended):
        with as_(person):
            posts[person.sign_in_name] = Membership.objects.get(person=person, agency__code=code).pk
    with as_(people.desk_reviewer):
        speak_for(posts["desk_reviewer"])
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('app.agency'), current_setting('app.role')")
            assert cursor.fetchone() == MINISTRY
    for person, post in ((people.desk_reviewer, "reviewer"), (people.former, "former")):
        with pytest.raises(DatabaseError, match="not a live membership"), as_(person):
            speak_for(posts[post])


def test_who_has_one_role_asks_no_more(people, as_):
    case = make_case(by=people.officer_bmc)
    with as_(people.officer_bmc), CaptureQueriesContext(connection) as asked:
        open_case(people.officer_bmc, case.number)
    assert not any("speak_for" in query["sql"] for query in asked)
