"""Who sees a file, and why: the page says what the walls do; and what is shared by name is never more than is held."""

import datetime

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Agency
from accounts.refusals import NotNow, Refused
from accounts.roles import Role
from accounts.sections import EVERYTHING, Section
from audit.context import acting
from cases import access
from cases.models import CasePersonGrant
from cases.sight import actions, queries
from tests.factories import make_case, make_referral
from tests.world import build

pytestmark = pytest.mark.django_db
PART = Section.SUMMARY | Section.NOTES


def day(number):
    return timezone.localdate() + datetime.timedelta(days=number)


@pytest.fixture
def case(people):
    return make_case(by=people.officer_bmc, full=True)


@pytest.fixture
def share(people, as_, case):
    """`share(to, sections, days, by)`: by name, as the officer of the file unless somebody else is named."""

    def given(to, sections=PART, days=30, by=people.officer_bmc, of=case):
        with as_(by):
            return actions.share(case=of, to=to, sections=sections, until=day(days), reason="HELP", by=by)

    return given


def agency(code):
    return Agency.objects.get(code=code)


def test_the_page_says_what_the_walls_do(people, as_):
    """For every file of the world and everybody: behind the lines of the page stand exactly those who see it."""
    world = build()
    readers = {
        "own": "officer_bmc",
        "hidden": "desk_1",
        "other": "officer_btb",
        "police": "police_bmc",
        "ngo": "ngo_hope",
    }
    for name, reader in readers.items():
        case = getattr(world, name)
        with as_(getattr(people, reader)) as user:
            told = {}
            for sight in queries.who_sees(case, user):
                for one in sight.people:
                    told[one] = told.get(one, Section(0)) | sight.row.sections
        for who, person in vars(people).items():
            with as_(person):
                seen = access.visible_cases(person).filter(pk=case.pk).exists()
                sections = access.sections_of(person, case)
            assert (person.pk in told) == seen, f"{name}: {who}"
            assert told.get(person.pk, Section(0)) == sections, f"{name}: {who}"


def test_who_does_not_work_on_a_file_is_told_nothing(people, as_, case):
    for name, number in (
        ("officer_bmc", True),
        ("reviewer", True),
        ("committee", False),
        ("officer_btb", False),
    ):
        with as_(getattr(people, name)):
            assert bool(queries.scope_of(case)) == number, name


def test_names_of_other_offices_are_not_told(people, client_of, case, share):
    """Of the own office and of whoever is named for the file; everybody else is a number."""
    share(people.ngo_hope)
    referral = make_referral(case, status="ACCEPTED", to="NGO-RIVER")
    page = client_of(people.officer_bmc).get(reverse("cases:sight", args=[case.number])).content.decode()
    for name in ("officer_bmc", "officer_bmc_2", "head_bmc", "ngo_hope"):
        assert getattr(people, name).full_name_km in page, name
    for name in ("reviewer", "identifier", "committee", "ngo_hope_2", "desk_1"):
        assert f"{getattr(people, name).full_name_km}<" not in page, name
    assert people.reviewer.full_name_km not in page
    assert reverse("referrals:detail", args=[referral.pk]) in page, "because of which referral"


def test_a_share_opens_until_its_last_day_and_is_ended(people, as_, case, share, events):
    because = share(people.officer_btb)
    with as_(people.officer_btb):
        assert access.sections_of(people.officer_btb, case) == PART
        with pytest.raises(Refused):
            actions.share(
                case=case,
                to=people.ngo_hope,
                sections=PART,
                until=day(1),
                reason="HELP",
                by=people.officer_btb,
            )
    with as_(people.officer_bmc_2):
        actions.end_share(case=case, because=because, by=people.officer_bmc_2)
        with pytest.raises(NotNow):
            actions.end_share(case=case, because=because, by=people.officer_bmc_2)
    with as_(people.officer_btb):
        assert access.sections_of(people.officer_btb, case) == 0
    assert [row[0] for row in events() if row[0].startswith("ACCESS")] == ["ACCESS_GRANTED", "ACCESS_REVOKED"]


@pytest.mark.parametrize(
    ("to", "days", "refusal"),
    [
        ("officer_bmc", 30, NotNow),
        ("disabled", 30, NotNow),
        ("former", 30, NotNow),
        ("analyst", 30, NotNow),
        ("officer_btb", 366, NotNow),
        ("officer_btb", -1, NotNow),
        ("officer_btb", 365, None),
        ("officer_bmc_2", 30, None),
    ],
)
def test_with_whom_and_how_long(people, as_, share, to, days, refusal):
    """Not with oneself, not with who reads no files, not longer than a year."""
    if refusal is None:
        assert share(getattr(people, to), days=days)
    else:
        with pytest.raises(refusal):
            share(getattr(people, to), days=days)


def test_nobody_gives_more_than_they_hold(people, as_, case, share):
    """Neither sections nor days: refused by the action, and by the database whatever the action believed."""
    held = PART | Section.WORK | Section.MOVE
    share(people.officer_bmc_2, sections=EVERYTHING)
    with as_(people.officer_bmc), pytest.raises(Refused) as no:
        actions.share(
            case=case,
            to=people.officer_btb,
            sections=held,
            until=day(1),
            reason="HELP",
            by=people.officer_bmc,
        )
    assert no.value.code == "section:MOVE"
    grant = {"case_id": case.pk, "reason": "HELP", "because": "share:x", "until": None}
    with as_(people.officer_bmc), pytest.raises(DatabaseError), transaction.atomic():
        access.grant(to=people.officer_btb, sections=held, by=people.officer_bmc, **grant)
    with as_(people.reviewer), pytest.raises(DatabaseError), transaction.atomic():
        access.grant(to=people.ngo_hope, sections=PART, by=people.reviewer, **grant)


def test_a_sight_with_an_end_is_not_handed_on_beyond_it(people, as_, hire, share, case):
    """Somebody of the own office who sees an organisation's file by name alone, with its moving, for ten days."""
    hire(people.nobody, "DOSVY-BTB", Role.PROVINCIAL_OFFICER)
    hire(people.officer_btb, "DOSVY-BMC", Role.PROVINCIAL_OFFICER)
    hidden = make_case(by=people.officer_bmc, full=True, official_involved="YES")
    share(people.officer_btb, sections=EVERYTHING, days=10, of=hidden)
    by = people.officer_btb
    share(people.nobody, days=9, by=by, of=hidden)
    with pytest.raises(Refused) as no:
        share(people.nobody, days=11, by=by, of=hidden)
    assert no.value.code == "beyond-own"
    with as_(by), pytest.raises(DatabaseError), transaction.atomic():
        access.grant(
            case_id=hidden.pk, to=people.nobody, sections=PART, until=timezone.now() + datetime.timedelta(days=12),
            reason="HELP", because="share:x", by=by,
        )  # fmt: skip


def test_a_named_only_file_is_shared_with_a_person_never_with_an_agency(people, as_, share):
    hidden = make_case(by=people.officer_bmc, full=True, official_involved="YES")
    with as_(people.officer_bmc):
        hope = agency("NGO-HOPE")
    with pytest.raises(NotNow):
        share(hope, of=hidden)
    share(people.ngo_hope, of=hidden)
    for name, sections in (("ngo_hope", PART), ("ngo_hope_2", 0)):
        with as_(getattr(people, name)):
            assert access.sections_of(getattr(people, name), hidden) == sections, name


def test_the_pages_of_a_share(people, client_of, case):
    """The agency first, then who reads files there; nothing of people elsewhere."""
    client, where = client_of(people.officer_bmc), reverse("cases:share", args=[case.number])
    assert people.ngo_hope.full_name_km not in client.get(where).content.decode()
    where += f"?agency={_id('NGO-HOPE', people)}"
    page = client.get(where).content.decode()
    assert people.ngo_hope.full_name_km in page
    assert people.ngo_river.full_name_km not in page
    until = day(20)
    sent = {
        "to": str(people.ngo_hope.pk), "parts": [str(int(Section.NOTES))], "reason": "HELP",
        "until_day": until.day, "until_month": until.month, "until_year": until.year,
    }  # fmt: skip
    answer = client.post(where, sent)
    assert answer.status_code == 302, answer.content.decode()
    page = client.get(reverse("cases:sight", args=[case.number])).content.decode()
    assert people.ngo_hope.full_name_km in page
    with acting(people.officer_bmc.as_actor()):
        given = CasePersonGrant.objects.get(content_object=case)
    answer = client.post(reverse("cases:share_end", args=[case.number, given.because.removeprefix("share:")]))
    assert answer.status_code == 302
    page = client.get(reverse("cases:sight", args=[case.number])).content.decode()
    assert people.ngo_hope.full_name_km not in page


def _id(code, people):
    with acting(people.officer_bmc.as_actor()):
        return Agency.objects.get(code=code).pk
