"""The number above a list is exact, whatever becomes of the files: from counts that triggers keep."""

import datetime

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Agency
from accounts.roles import Role
from accounts.sections import Section
from audit.context import acting, system
from cases import access, newest, reach
from cases.answers import Answer
from cases.models import CaseCount, GrantedCount, GrantedFile
from referrals import actions as referrals
from tests.factories import keep_away, make_case, make_referral
from tests.people import PEOPLE

from .. import ground

PEOPLE_TO_ASK = sorted(PEOPLE)


def counted(person):
    with acting(person.as_actor()):
        return newest.total()


def check(people):
    """Everybody's number is that of the rows which the rule gives them."""
    for name in PEOPLE_TO_ASK:
        person = getattr(people, name)
        with acting(person.as_actor()):
            assert newest.total() == access.visible_cases(person).count(), name


def change(**fields):
    """By the loader, past what the site allows: another province, another owner, for named people only."""
    with acting(system("demo")), connection.cursor() as cursor:
        for name, value in fields.items():
            cursor.execute(f"UPDATE cases_case SET {name} = %s WHERE number LIKE '%%00001-_'", [value])


@pytest.mark.usefixtures("fresh_db")
def test_the_number_follows_a_file_wherever_it_goes(people):
    for by in (people.officer_bmc, people.officer_btb, people.ngo_hope, people.police_bmc):
        make_case(by=by)
        make_case(by=by, official_involved=Answer.YES)
    check(people)
    before = {
        name: counted(getattr(people, name)) for name in ("officer_bmc", "officer_btb", "desk_1", "reviewer")
    }
    assert before == {"officer_bmc": 4, "officer_btb": 2, "desk_1": 4, "reviewer": 4}
    with acting(people.administrator.as_actor()):
        other = Agency.objects.get(code="DOSVY-BTB")
    for fields in ({"province_id": 3}, {"agency_id": other.pk}, {"named_only": True}, {"named_only": False}):
        with ground.connected("loader"):
            change(**fields)
        check(people)


@pytest.mark.django_db
def test_what_is_granted_beside_is_in_it_once_and_no_longer_than_it_lasts(people, as_):
    """A file of the own agency, referred to it, and shared with one of its people: one file."""
    hope = people.ngo_hope
    own, other = make_case(by=hope), make_case(by=people.officer_bmc, full=True)
    make_referral(other, status="ACCEPTED", to="NGO-HOPE")
    assert counted(hope) == 2
    with as_(people.officer_bmc):
        for to, because in ((hope, "share:1"), (people.shelter, "share:2")):
            access.grant(
                case_id=other.pk, to=to, sections=Section.SUMMARY, until=timezone.now() + datetime.timedelta(days=3),
                reason="HELP", because=because, by=people.officer_bmc,
            )  # fmt: skip
    check(people)
    assert (counted(hope), counted(people.shelter)) == (2, 1)
    with as_(people.officer_bmc):
        access.revoke(case=other, because="share:2", by=people.officer_bmc)
    check(people)
    assert (counted(hope), counted(people.shelter)) == (2, 0)
    assert own.pk != other.pk


@pytest.mark.django_db
def test_a_file_that_somebody_is_kept_away_from_is_not_in_their_number(people):
    case = make_case(by=people.officer_bmc)
    make_case(by=people.officer_bmc)
    before = counted(people.police_bmc), counted(people.officer_bmc_2), counted(people.reviewer)
    keep_away(case, people.officer_bmc_2, by=people.officer_bmc)
    keep_away(case, people.reviewer, by=people.officer_bmc)
    check(people)
    after = counted(people.police_bmc), counted(people.officer_bmc_2), counted(people.reviewer)
    assert (before[0] - after[0], before[1] - after[1], before[2] - after[2]) == (0, 1, 1)


@pytest.mark.usefixtures("fresh_db")
def test_a_file_that_was_granted_counts_wherever_it_goes_and_for_whoever_has_two_agencies(people, hire):
    """Referred to an organisation whose worker also works at the office that owns it; moved, hidden, shown again, taken
    back, and referred anew."""
    hope = people.ngo_hope_2
    case = make_case(by=people.officer_bmc, full=True)
    make_case(by=people.officer_btb)
    referral = make_referral(case, status="ACCEPTED", to="NGO-HOPE")
    check(people)
    assert (counted(hope), counted(people.ngo_hope)) == (1, 1)
    hire(hope, "DOSVY-BMC", Role.PROVINCIAL_OFFICER)
    check(people)
    assert counted(hope) == 1, "owned and granted, and one file"
    for fields in ({"province_id": 2}, {"named_only": True}, {"named_only": False}, {"province_id": 1}):
        with ground.connected("loader"):
            change(**fields)
        check(people)
    with acting(people.officer_bmc.as_actor()):
        referrals.withdraw(referral=referral, words="She went home.", by=people.officer_bmc)
    check(people)
    assert counted(people.ngo_hope) == 0
    make_referral(case, status="ACCEPTED", to="NGO-HOPE")
    make_referral(case, status="COMPLETED", to="SHELTER-BMC")  # for some days more
    check(people)
    assert (counted(people.ngo_hope), counted(people.shelter)) == (1, 1)


@pytest.mark.usefixtures("fresh_db")
def test_the_night_sets_a_wrong_count_right(people, events):
    case = make_case(by=people.officer_bmc, full=True)
    make_referral(case, status="ACCEPTED", to="NGO-HOPE")
    with ground.connected("loader"), acting(system("demo")):
        CaseCount.objects.update(number=7)
        GrantedFile.objects.update(province=7)  # and by the trigger nothing: the count stays where it was
        GrantedCount.objects.update(number=5)
        CaseCount(
            province=9, agency="00000000-0000-0000-0000-000000000000", named_only=False, number=3
        ).save()
    with acting(system("reconcile")):
        assert access.reconcile() == 6
        assert access.reconcile() == 0
    check(people)
    assert [event[-1] for event in events("SCOPE_MENDED")] == [{"rows": 6}]


@pytest.mark.django_db
def test_nobody_reads_or_writes_the_counts(people, rows):
    make_case(by=people.officer_bmc)
    for sql in ("SELECT * FROM cases_casecount", "UPDATE cases_casecount SET number = 0"):
        with pytest.raises(Exception, match="permission denied"):
            rows(people.officer_bmc, sql)
    with connection.cursor() as cursor:  # nobody acts
        cursor.execute("SELECT cases_seen_total()")
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db
def test_the_page_says_the_exact_number_of_all_files_and_no_more_than_10000_of_a_filter(
    people, client_of, monkeypatch
):
    for _one in range(3):
        make_case(by=people.officer_bmc)
    monkeypatch.setattr("cases.queries.COUNT_UP_TO", 2)
    client = client_of(people.officer_bmc)
    every, some = (client.get("/files/", codes).context["page"] for codes in ({}, {"worker": "MINE"}))
    assert (every.total, every.is_capped) == (3, False)
    assert (some.total, some.is_capped) == (3, True)


@pytest.mark.django_db
def test_an_accepted_referral_is_told_among_what_opens_files_to_an_agency(people):
    case = make_case(by=people.officer_bmc, full=True)
    make_case(by=people.ngo_hope)
    make_referral(case, status="ACCEPTED", to="NGO-HOPE")
    for person, told in ((people.ngo_hope, [1]), (people.ngo_river, [])):
        with acting(person.as_actor()):
            assert [held.number for held in reach.grants_of(person)] == told
