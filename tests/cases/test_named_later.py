"""A file that becomes visible to named people only after it was made, and the way back. With real commits: what ends,
ends by the database's own clock."""

import datetime

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.translation import override

from accounts.models import Agency
from accounts.refusals import NotNow, Refused
from accounts.roles import Role
from accounts.sections import Section
from audit.context import acting
from cases import access
from cases.glass import actions as glass
from cases.models import Case
from cases.sight import actions
from desk.models import Due
from referrals.access import visible_referrals
from referrals.models import Referral, ReferralStep
from referrals.queries import packet_is_open
from referrals.states import READABLE
from tests.factories import make_case, make_referral
from tests.people import PEOPLE

READ_ONLY = Section.SUMMARY | Section.NOTES


@pytest.fixture
def case(people):
    return make_case(by=people.officer_bmc, full=True, status="PRESUMED")


def seeing(people, case):
    """Who sees the file by Django's rule and, the same, by the database alone."""
    found = set()
    for name in PEOPLE:
        person = getattr(people, name)
        with acting(person.as_actor()):
            ruled = access.visible_cases(person).filter(pk=case.pk).exists()
            assert Case.objects.filter(pk=case.pk).exists() == ruled, name
        found |= {name} if ruled else set()
    return found


DESK = {"desk_1", "desk_2", "desk_reviewer"}


def test_it_closes_to_everybody_but_those_who_were_chosen(fresh_db, people, as_, hire, case, client_of):
    """Agencies of referrals, emergencies, the maker and whoever did it; what is due follows."""
    make_referral(case, status="ACCEPTED", to="NGO-HOPE", sections=READ_ONLY)
    with as_(people.officer_bmc):
        actions.share(
            case=case,
            to=people.shelter,
            sections=READ_ONLY,
            until=_soon(),
            reason="HELP",
            by=people.officer_bmc,
        )
        actions.share(
            case=case,
            to=people.ngo_river,
            sections=READ_ONLY,
            until=_soon(),
            reason="HELP",
            by=people.officer_bmc,
        )
    with as_(people.police_bmc):
        assert glass.break_glass(
            number=case.number,
            why="DANGER",
            reason="She calls us, he is at the door.",
            hours=4,
            by=people.police_bmc,
        )
    assert {"ngo_hope", "police_bmc", "reviewer", "committee", "shelter"} <= seeing(people, case)
    by, kept = people.officer_bmc_2, [people.head_bmc.pk, people.shelter.pk]
    with as_(by):
        with pytest.raises(NotNow):
            actions.name_only(case=case, why="OFFICIAL", words=" ", keep=[by.pk], by=by)
        actions.name_only(
            case=case,
            why="OFFICIAL",
            words="His brother works here.",
            keep=kept,
            by=by,
        )
    assert seeing(people, case) == DESK | {"head_bmc", "shelter"}
    with as_(people.desk_1):
        assert set(
            Due.objects.filter(case_id=case.pk, done_at=None).values_list("named_only", flat=True)
        ) == {True}
        assert access.sections_of(people.desk_1, case) & Section.MOVE
    with as_(people.shelter):
        assert access.sections_of(people.shelter, case) == READ_ONLY, (
            "who was named before keeps what they had"
        )
    with as_(people.police_bmc):
        assert _break(case, people.police_bmc) is None
    _lifted(people, as_, hire, case)


def _lifted(people, as_, hire, case):
    """Two people of the desk, of two agencies; nobody alone, and no colleague."""
    hire(people.identifier, "MOSVY", Role.NATIONAL_DESK)
    with as_(people.desk_1):
        case = Case.objects.get(pk=case.pk)
        actions.ask_lift(case=case, words="It was another man of this name.", by=people.desk_1)
        with pytest.raises(NotNow):
            actions.ask_lift(case=case, words="Again.", by=people.desk_1)
    for name in ("desk_1", "desk_2"):
        with as_(getattr(people, name)), pytest.raises(Refused) as no:
            actions.lift(case=case, words="Yes.", by=getattr(people, name))
        assert no.value.code == "second-of-desk", name
    with as_(people.head_bmc), pytest.raises(Refused):
        actions.lift(case=case, words="Yes.", by=people.head_bmc)
    with as_(people.identifier):
        actions.lift(case=case, words="The police confirmed it.", by=people.identifier)
    seen = seeing(people, case)
    assert {"officer_bmc", "officer_bmc_2", "head_bmc", "reviewer", "committee", "shelter"} <= seen
    assert not {"desk_1", "ngo_hope", "ngo_river", "police_bmc"} & seen, "what has ended stays ended"


def ask(sql, params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)


def _soon():
    return timezone.localdate() + datetime.timedelta(days=10)


def _break(case, by):
    return glass.break_glass(
        number=case.number, why="DANGER", reason="She calls us, he is at the door.", hours=1, by=by
    )


def test_the_database_checks_it_too(fresh_db, people, as_, case):
    """Who does not own the file, who keeps a stranger, and a desk of one agency: refused by the functions alone."""
    call = "SELECT cases_name_only(%s, gen_random_uuid(), 'OTHER', 'x', %s, %s::uuid[])"
    lift = "SELECT cases_lift_named_only(%s, gen_random_uuid(), 'x', %s)"
    with as_(people.officer_bmc):
        office, desk = case.agency_id, Agency.objects.get(code="NAMED-DESK").pk
    for name, sql, params in (
        ("reviewer", call, [case.pk, office, []]),
        ("officer_btb", call, [case.pk, office, []]),
        ("officer_bmc", call, [case.pk, office, [people.officer_btb.pk]]),
        ("desk_1", lift, [case.pk, desk]),
    ):
        with as_(getattr(people, name)), pytest.raises(DatabaseError), transaction.atomic():
            ask(sql, params)
    hidden = make_case(by=people.officer_bmc, full=True, official_involved="YES")
    with as_(people.desk_1):
        actions.ask_lift(case=hidden, words="It was another man.", by=people.desk_1)
    for name in ("desk_1", "desk_2", "officer_bmc"):
        refused = pytest.raises(DatabaseError, match="second person")
        with as_(getattr(people, name)), refused, transaction.atomic():
            ask(lift, [hidden.pk, desk])


@pytest.mark.django_db
def test_the_pages_of_it(people, client_of, case, hire):
    client = client_of(people.officer_bmc)
    where = reverse("cases:name_only", args=[case.number])
    assert client.get(where).status_code == 200
    sent = {"why": "OFFICIAL", "words": "His brother works here.", "keep": [str(people.officer_bmc.pk)]}
    answer = client.post(where, sent)
    assert (answer.status_code, answer["Location"]) == (302, reverse("cases:sight", args=[case.number]))
    assert client_of(people.head_bmc).get(reverse("cases:detail", args=[case.number])).status_code == 404
    assert client.post(where, sent).status_code == 200, "it is named-only already"
    desk, where = client_of(people.desk_1), reverse("cases:lift", args=[case.number])
    assert desk.post(where, {"words": "Another man."}).status_code == 302
    assert desk.post(where, {"decision": "LIFT", "words": "Yes."}).status_code == 200, "not alone"
    hire(people.identifier, "MOSVY", Role.NATIONAL_DESK)
    assert "Another man." in client_of(people.identifier).get(where).content.decode()
    answer = client_of(people.identifier).post(where, {"decision": "LIFT", "words": "Yes."})
    assert (answer.status_code, answer["Location"]) == (302, reverse("cases:list"))


@pytest.mark.django_db
def test_the_administrator_is_warned_of_a_desk_of_one_agency(people, client_of, hire):
    where = reverse("place:home")
    client = client_of(people.administrator)
    client.cookies["django_language"] = "en"
    with override("en"):
        assert escape("needs people of two") in client.get(where).content.decode()
        hire(people.identifier, "MOSVY", Role.NATIONAL_DESK)
        assert escape("needs people of two") not in client.get(where).content.decode()


def _mark(people, case):
    by = people.officer_bmc
    with acting(by.as_actor()):
        actions.name_only(case=case, why="OFFICIAL", words="His brother works here.", keep=[by.pk], by=by)


@pytest.mark.parametrize("status", ["SUBMITTED", "RETURNED", "APPROVED", "ACCEPTED", "IN_SERVICE"])
def test_what_was_asked_of_an_agency_is_taken_back_and_its_packet_closes(fresh_db, people, as_, case, status):
    referral = make_referral(case, status=status, to="NGO-HOPE", sections=READ_ONLY)

    def reads():
        with as_(people.ngo_hope):
            found = visible_referrals(people.ngo_hope).filter(pk=referral.pk).first()
            return found is not None and packet_is_open(found)

    assert reads() == (status in READABLE)
    _mark(people, case)
    assert not reads()
    with as_(people.officer_bmc):
        assert Referral.objects.get(pk=referral.pk).status == "WITHDRAWN"
    with as_(people.ngo_hope):
        for step in ReferralStep.objects.filter(referral=referral, verb="WITHDRAW"):
            assert step.agency_id == referral.from_agency_id, "as any other that is taken back"


def test_a_referral_that_has_ended_stays_as_it_ended(fresh_db, people, as_, case):
    referral = make_referral(case, status="DECLINED", to="NGO-HOPE", sections=READ_ONLY)
    _mark(people, case)
    with as_(people.officer_bmc):
        assert Referral.objects.get(pk=referral.pk).status == "DECLINED"
