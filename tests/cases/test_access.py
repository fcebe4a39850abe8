"""Who sees a file beyond its province: what is given, until when, and that it ends."""

import datetime

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.models import SectionRule
from accounts.refusals import NotFound, Refused
from accounts.sections import Section
from audit.context import acting, system
from cases import access, actions
from cases.answers import Answer
from cases.models import Case, CaseAgencyGrant
from tests.factories import make_case

pytestmark = pytest.mark.django_db
SHARED = Section.SUMMARY | Section.NOTES


@pytest.fixture
def case(people):
    return make_case(by=people.officer_bmc, full=True)


@pytest.fixture
def give(people, as_, case):
    """`give(to, sections, until)`: the officer of the file shares it."""

    def given(to, sections=SHARED, until=None, of=case):
        officer = people.officer_bmc
        with as_(officer):
            return access.grant(
                case_id=of.pk,
                to=to,
                sections=sections,
                until=until,
                reason="HELP",
                because="share:1",
                by=officer,
            )

    return given


def sections(as_, person, case):
    with as_(person):
        return access.sections_of(person, case)


@pytest.mark.asvs("16.3.2")
def test_opening_a_file_is_on_the_trail_with_what_was_shown(people, as_, case, events):
    with as_(people.reviewer):
        opened = access.open_case(people.reviewer, case.number)
        assert opened.shows(Section.FACTS)
        assert not opened.shows(Section.IDENTITY)
    (event,) = events("FILE_READ")
    assert event[2:4] == (str(people.reviewer.pk), case.number)
    assert event[4]["sections"] == int(opened.sections)


@pytest.mark.asvs("1.2.4", "8.2.2")
@pytest.mark.parametrize("number", ["", "BMC", "BMC-2026-99999-9", "'; DROP TABLE cases_case; --", "ក" * 500])
def test_what_is_hidden_and_what_is_missing_are_the_same(people, as_, case, number):
    for person, asked in ((people.officer_btb, case.number), (people.officer_bmc, number)):
        with as_(person), pytest.raises(NotFound) as hidden:
            access.open_case(person, asked)
        assert str(hidden.value) == "not found"


def test_a_share_opens_its_sections_and_no_others(people, as_, case, give, rows):
    assert sections(as_, people.officer_btb, case) == 0
    give(people.officer_btb)
    assert sections(as_, people.officer_btb, case) == SHARED
    assert rows(people.officer_btb, "SELECT count(*) FROM cases_identity") == [(0,)]
    assert rows(people.officer_btb, "SELECT count(*) FROM cases_victim") == [(1,)]


def test_a_share_reads_and_does_not_work(people, as_, case, give):
    give(people.officer_btb)
    with as_(people.officer_btb):
        with pytest.raises(Refused) as refusal:
            actions.add_note(case=case, text="x", by=people.officer_btb)
        assert refusal.value.code == "section:WORK"
        with transaction.atomic():
            assert Case.objects.filter(pk=case.pk).update(form="LAB") == 0


def test_a_share_with_an_agency_is_its_whole_team_s(people, as_, case, give):
    from accounts.models import Agency

    with as_(people.officer_bmc):
        hope = Agency.objects.get(code="NGO-HOPE")
    give(hope)
    for name, expected in (("ngo_hope", SHARED), ("ngo_hope_2", SHARED), ("ngo_river", 0)):
        assert sections(as_, getattr(people, name), case) == expected, name


def test_a_share_ends_by_itself(people, as_, case, give):
    """At the second. The database's own clock is tried in test_access_ends.py."""
    end = timezone.now() + datetime.timedelta(hours=1)
    give(people.officer_btb, until=end)
    with time_machine.travel(end - datetime.timedelta(seconds=1), tick=False):
        assert sections(as_, people.officer_btb, case) == SHARED
    with time_machine.travel(end + datetime.timedelta(seconds=1), tick=False):
        assert sections(as_, people.officer_btb, case) == 0


def test_giving_and_ending_are_on_the_trail(people, as_, case, give, events):
    give(people.officer_btb)
    with as_(people.officer_bmc):
        access.revoke(case=case, because="share:1", by=people.officer_bmc)
        assert access.revoke(case=case, because="share:1", by=people.officer_bmc) == 0
    assert [row[0] for row in events() if row[0].startswith("ACCESS")] == ["ACCESS_GRANTED", "ACCESS_REVOKED"]


def test_nobody_gives_away_what_is_not_theirs(people, as_, case):
    """The database refuses the row, whatever the code above it believed."""
    for name in ("officer_btb", "committee", "ngo_hope"):
        person = getattr(people, name)
        with as_(person), pytest.raises(DatabaseError), transaction.atomic():
            access.grant(
                case_id=case.pk,
                to=person,
                sections=Section(255),
                until=None,
                reason="x",
                because="mine",
                by=person,
            )


def test_only_the_listed_permission_can_be_given(people, as_, case):
    from django.contrib.auth.models import Group

    with as_(people.officer_bmc), pytest.raises(ValueError, match="never holds"):
        CaseAgencyGrant.give("delete_case", group=Group.objects.first(), content_object=case)


def test_a_file_is_not_made_named_only_by_a_plain_update(people, as_, case):
    """By the function that also ends what has to end (test_named_later.py)."""
    with as_(people.officer_bmc), pytest.raises(DatabaseError, match="cases_name_only"), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(named_only=True)


def test_a_named_person_keeps_a_named_only_file_and_an_agency_does_not(people, as_, give, rows):
    from accounts.models import Agency

    hidden = make_case(by=people.officer_bmc, full=True, official_involved=Answer.YES)
    give(people.officer_btb, of=hidden)
    with as_(people.officer_bmc):
        hope = Agency.objects.get(code="NGO-HOPE")
    give(hope, of=hidden)
    assert sections(as_, people.officer_btb, hidden) == SHARED
    assert sections(as_, people.ngo_hope, hidden) == 0
    assert rows(people.ngo_hope, "SELECT count(*) FROM cases_case") == [(0,)]


def test_a_superuser_flag_or_a_global_permission_opens_nothing(people, as_, case, rows):
    """Neither exists for the site: there is no such column, and no backend that would ask."""
    assert not hasattr(people.officer_btb, "is_superuser")
    assert not hasattr(people.officer_btb, "has_perm")
    with as_(people.officer_btb):
        assert not access.visible_cases(people.officer_btb).exists()


def test_scope_is_written_by_triggers_alone(people, as_, case):
    with as_(people.officer_bmc), connection.cursor() as cursor:
        for sql in (
            "INSERT INTO cases_casescope SELECT * FROM cases_casescope",
            "UPDATE cases_casescope SET sections = 255",
            "DELETE FROM cases_casescope",
        ):
            with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
                cursor.execute(sql)


def test_the_night_sets_right_who_sees_which_files(people, as_, case, events, rows):
    """A rule of sections that was edited counts for files made before it; a second night finds nothing."""
    other = make_case(by=people.officer_btb, full=True)
    assert sections(as_, people.committee, case) & Section.RISK
    with as_(people.administrator):
        rule = SectionRule.objects.get(viewer_kind="COMMITTEE", opened_by_kind="DEPARTMENT")
        rule.sections = int(Section.SUMMARY)
        rule.save()
    assert sections(as_, people.committee, case) == Section.SUMMARY, "what is opened less counts at once"
    with as_(people.administrator):
        rule.sections = int(Section.SUMMARY | Section.REFERRALS)
        rule.save()
    assert sections(as_, people.committee, case) == Section.SUMMARY, "what is opened more waits for this"
    for mended in (2, 0):
        with acting(system("reconcile")):
            assert access.reconcile(batch=1) == mended
    for one in (case, other):
        assert sections(as_, people.committee, one) == Section.SUMMARY | Section.REFERRALS
        assert sections(as_, people.reviewer, one) & Section.FACTS
    (event,) = events("SCOPE_MENDED")
    assert event[2] == "system:reconcile"
    assert event[4]["rows"] == 2
