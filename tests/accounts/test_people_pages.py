"""Looking after people: who may do what with whom, in effect with the next request, each act once on the trail."""

import datetime
import uuid

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import actions
from accounts.models import Agency, Membership, Slip, User
from accounts.refusals import Refused
from accounts.roles import Role

pytestmark = pytest.mark.django_db

NEW = {
    "full_name_km": "ពពក សុភា",
    "full_name_latin": "Popok Sophea",
    "sign_in_name": "popok.sophea",
    "language": "km",
}


def at(view, *args):
    return reverse(f"place:{view}", args=args)


def post_of(person, as_):
    with as_(person):
        return Membership.objects.filter(person=person).order_by("pk").first()


def agency(people, as_, code):
    with as_(people.administrator):
        return Agency.objects.get(code=code)


# --- the list


def test_an_administrator_sees_everybody_a_head_the_own_office(people, client_of):
    everybody = client_of(people.administrator).get(at("people")).content.decode()
    office = client_of(people.head_bmc).get(at("people")).content.decode()
    for name in ("officer_bmc", "officer_btb", "ngo_hope"):
        assert f"មនុស្ស {name}" in everybody
    assert "មនុស្ស officer_bmc" in office
    for name in ("officer_btb", "ngo_hope", "administrator", "police_bmc"):
        assert f"មនុស្ស {name}" not in office


def test_a_name_is_searched_by_post_within_reach_alone(people, client_of):
    found = client_of(people.head_bmc).post(at("people"), {"name": "Officer"}).content.decode()
    assert "officer_bmc_2" in found
    assert "officer_btb" not in found
    assert "head_bmc</span>" not in found


@pytest.mark.parametrize(
    ("state", "shown", "not_shown"),
    [
        ("CLOSED", "disabled", "officer_bmc_2"),
        ("NO_ROLE", "former", "officer_bmc_2"),
        ("ACTIVE", "former", "disabled"),
    ],
)
def test_the_list_is_filtered_by_state(people, client_of, state, shown, not_shown):
    page = client_of(people.head_bmc).get(at("people"), {"state": state}).content.decode()
    assert f"{shown}</span>" in page
    assert f"{not_shown}</span>" not in page


def test_idle_is_who_has_not_signed_in_for_60_days(people, client_of, as_):
    now = timezone.now()
    with as_(people.administrator):
        User.objects.filter(pk=people.officer_bmc.pk).update(last_login=now - datetime.timedelta(days=61))
        User.objects.filter(pk=people.officer_bmc_2.pk).update(last_login=now - datetime.timedelta(days=59))
    page = client_of(people.head_bmc).get(at("people"), {"state": "IDLE"}).content.decode()
    assert "officer_bmc</span>" in page
    assert "officer_bmc_2</span>" not in page


def test_a_filter_by_an_agency_of_others_is_refused_not_answered(people, client_of, as_):
    other = agency(people, as_, "NGO-HOPE")
    page = client_of(people.head_bmc).get(at("people"), {"agency": str(other.pk)})
    assert "agency" in page.context["form"].errors
    assert "ngo_hope" not in page.content.decode()


# --- adding


def test_a_head_adds_an_officer_of_the_own_office(people, client_of, as_, events):
    home = agency(people, as_, "DOSVY-BMC")
    before = len(events())
    answer = client_of(people.head_bmc).post(
        at("person_new"), {**NEW, "agency": str(home.pk), "role": "PROVINCIAL_OFFICER"}
    )
    made = User.objects.get(sign_in_name="popok.sophea")
    assert answer["Location"] == at("person", made.pk)
    assert not made.has_usable_password()
    with as_(made):
        assert made.rights.roles == {Role.PROVINCIAL_OFFICER}
    written = [event for event in events()[before:] if event[0] != "SIGN_IN"]
    assert [event[0] for event in written] == ["PERSON_ADDED", "MEMBERSHIP_STARTED"]
    assert {event[2] for event in written} == {str(people.head_bmc.pk)}
    assert "ពពក" not in str(written)


@pytest.mark.parametrize(
    ("code", "role"),
    [("DOSVY-BMC", "PROVINCIAL_HEAD"), ("DOSVY-BMC", "ADMINISTRATOR"), ("DOSVY-BTB", "PROVINCIAL_OFFICER")],
)
def test_a_head_adds_nobody_else(people, client_of, as_, code, role):
    """A forged choice: neither another role nor another office."""
    client = client_of(people.head_bmc)
    answer = client.post(at("person_new"), {**NEW, "agency": str(agency(people, as_, code).pk), "role": role})
    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert not User.objects.filter(sign_in_name="popok.sophea").exists()
    with as_(people.head_bmc), pytest.raises(Refused):
        actions.invite(**NEW, agency=Agency.objects.get(code=code), role=role, by=people.head_bmc)


def test_a_name_that_is_taken_keeps_what_was_typed(people, client_of, as_):
    home = agency(people, as_, "DOSVY-BMC")
    data = {**NEW, "sign_in_name": "officer_bmc", "agency": str(home.pk), "role": "PROVINCIAL_OFFICER"}
    answer = client_of(people.head_bmc).post(at("person_new"), data)
    assert answer.status_code == 200
    assert "Popok Sophea" in answer.content.decode()
    assert _("Somebody already signs in with this name.") in answer.content.decode()


# --- roles


def test_a_role_counts_from_the_next_request_and_ends_with_the_next(people, client_of, as_, events):
    """The same signed-in session, never signed out: nothing is cached between requests."""
    session = client_of(people.nobody)
    assert session.get("/files/").status_code == 403
    administrator = client_of(people.administrator)
    home = agency(people, as_, "DOSVY-BMC")
    answer = administrator.post(
        at("role_new", people.nobody.pk), {"agency": str(home.pk), "role": "PROVINCIAL_OFFICER"}
    )
    assert answer.status_code == 302
    assert session.get("/files/").status_code == 200
    given = post_of(people.nobody, as_)
    end = administrator.post(at("role_end", people.nobody.pk, given.pk), {"when": "AT_ONCE"})
    assert end.status_code == 302
    assert session.get("/files/").status_code == 403
    for kind in ("MEMBERSHIP_STARTED", "MEMBERSHIP_ENDED"):
        (event,) = events(kind)
        assert event[2:4] == (str(people.administrator.pk), "nobody")
        assert event[4]["role"] == "PROVINCIAL_OFFICER"


def test_a_role_with_a_last_day_counts_through_that_day(people, client_of, as_):
    session, given = client_of(people.officer_bmc), post_of(people.officer_bmc, as_)
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    parts = {"ends_on_0": tomorrow.day, "ends_on_1": tomorrow.month, "ends_on_2": tomorrow.year}
    parts = {
        f"ends_on_{name}": value for name, value in zip(("day", "month", "year"), parts.values(), strict=True)
    }
    answer = client_of(people.head_bmc).post(
        at("role_end", people.officer_bmc.pk, given.pk), {"when": "LAST_DAY", **parts}
    )
    assert answer.status_code == 302
    assert session.get("/files/").status_code == 200
    with time_machine.travel(timezone.now() + datetime.timedelta(days=2)), as_(people.officer_bmc):
        assert people.officer_bmc.rights.roles == frozenset()


def test_a_last_day_must_be_written(people, client_of, as_):
    given = post_of(people.officer_bmc, as_)
    answer = client_of(people.head_bmc).post(
        at("role_end", people.officer_bmc.pk, given.pk), {"when": "LAST_DAY"}
    )
    assert answer.status_code == 200
    assert "ends_on" in answer.context["form"].errors


def test_nobody_gives_a_role_to_themselves(people, client_of, as_):
    desk = agency(people, as_, "NAMED-DESK")
    answer = client_of(people.administrator).post(
        at("role_new", people.administrator.pk), {"agency": str(desk.pk), "role": "NATIONAL_DESK"}
    )
    assert answer.status_code == 403
    with as_(people.administrator):
        assert Membership.objects.filter(person=people.administrator).count() == 1


def test_an_ended_role_does_not_come_back_by_another_last_day(people, client_of, as_):
    """It would have been given without being given."""
    ended, tomorrow = post_of(people.former, as_), timezone.localdate() + datetime.timedelta(days=1)
    parts = {"ends_on_day": tomorrow.day, "ends_on_month": tomorrow.month, "ends_on_year": tomorrow.year}
    where = at("role_end", people.former.pk, ended.pk)
    assert client_of(people.head_bmc).post(where, {"when": "LAST_DAY", **parts}).status_code == 403
    with as_(people.former):
        assert people.former.rights.roles == frozenset()


def test_nobody_prolongs_a_role_of_their_own(people, as_, hire):
    second = hire(people.nobody, "OFFICE", Role.ADMINISTRATOR)
    with as_(second):
        desk = Agency.objects.get(code="NAMED-DESK")
        own = actions.start_membership(
            person=people.administrator, agency=desk, role=Role.NATIONAL_DESK, by=second
        )
        actions.end_membership(membership=own, by=second)
    later = timezone.localdate() + datetime.timedelta(days=30)
    with as_(people.administrator), pytest.raises(Refused):
        actions.end_membership(membership=own, ends_on=later, by=people.administrator)
    with as_(second):
        assert actions.end_membership(membership=own, ends_on=later, by=second).ends_on == later
        assert Membership.objects.get(pk=own.pk).ends_on == later


def test_a_head_gives_no_role_to_somebody_of_another_office(people, as_):
    """Their name, sign-in and state would then be in this head's reach."""
    with as_(people.head_bmc), pytest.raises(Refused):
        actions.start_membership(
            person=people.police_bmc,
            agency=Agency.objects.get(code="DOSVY-BMC"),
            role=Role.PROVINCIAL_OFFICER,
            by=people.head_bmc,
        )


def test_a_head_does_not_end_a_role_that_they_may_not_give(people, client_of, hire, as_):
    hire(people.officer_bmc, "DOSVY-BMC", Role.PROVINCIAL_HEAD)
    with as_(people.administrator):
        above = Membership.objects.get(person=people.officer_bmc, role=Role.PROVINCIAL_HEAD)
    assert client_of(people.head_bmc).post(
        at("role_end", people.officer_bmc.pk, above.pk), {"when": "AT_ONCE"}
    ).status_code == 403  # fmt: skip


def test_a_role_at_another_agency_is_not_told_to_a_head(people, client_of, hire, as_):
    hire(people.officer_bmc, "NGO-HOPE", Role.NGO_WORKER)
    with as_(people.administrator):
        elsewhere = Membership.objects.get(person=people.officer_bmc, role=Role.NGO_WORKER)
    head = client_of(people.head_bmc)
    page = head.get(at("person", people.officer_bmc.pk)).content.decode()
    assert "NGO-HOPE" not in page
    assert str(Role.NGO_WORKER.label) not in page
    assert head.get(at("role_end", people.officer_bmc.pk, elsewhere.pk)).status_code == 404
    for view in ("person_names", "person_slip", "person_disable", "person_enable"):
        assert head.post(at(view, people.officer_bmc.pk), {}).status_code == 403, view


# --- both walls


def test_the_database_holds_a_head_to_the_own_officers(people, as_, rows):
    """Past every check of ours: a row for another role, or another office, is refused by the policy."""
    from django.db import ProgrammingError, transaction

    row = (
        "INSERT INTO accounts_membership (id, person_id, agency_id, role, starts_on, reason) "
        "SELECT %s, %s, id, %s, '2026-01-01', '' FROM accounts_agency WHERE code = %s RETURNING 1"
    )
    nobody = people.nobody.pk
    assert rows(people.head_bmc, row, [uuid.uuid4(), nobody, "PROVINCIAL_OFFICER", "DOSVY-BMC"]) == [(1,)]
    for person, role, code in (
        (people.head_bmc, "PROVINCIAL_HEAD", "DOSVY-BMC"),
        (people.head_bmc, "PROVINCIAL_OFFICER", "DOSVY-BTB"),
        (people.officer_bmc, "PROVINCIAL_OFFICER", "DOSVY-BMC"),
    ):
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            rows(person, row, [uuid.uuid4(), people.analyst.pk, role, code])


# --- closing and opening


def test_a_closed_account_is_out_at_once_and_its_sessions_stay_ended(people, client_of, events):
    session, head = client_of(people.officer_bmc), client_of(people.head_bmc)
    assert session.get("/files/").status_code == 200
    assert head.post(at("person_disable", people.officer_bmc.pk)).status_code == 302
    assert session.get("/files/").status_code == 302
    assert head.post(at("person_enable", people.officer_bmc.pk)).status_code == 302
    assert session.get("/files/").status_code == 302, "a session from before must not come back"
    assert [event[2:4] for event in events("PERSON_DISABLED")] == [(str(people.head_bmc.pk), "officer_bmc")]
    assert len(events("PERSON_ENABLED")) == 1


def test_nobody_closes_their_own_account(people, client_of):
    for person in (people.administrator, people.head_bmc):
        assert client_of(person).post(at("person_disable", person.pk)).status_code == 403
        assert User.objects.get(pk=person.pk).is_active


def test_the_last_administrator_is_neither_ended_nor_closed(people, client_of, hire, as_):
    """A second one whose role has a last day does not count: one day nobody would be left."""
    second = hire(people.nobody, "OFFICE", Role.ADMINISTRATOR)
    with as_(people.administrator):
        actions.end_membership(
            membership=Membership.objects.get(person=second),
            ends_on=timezone.localdate() + datetime.timedelta(days=9),
            by=people.administrator,
        )
    first = post_of(people.administrator, as_)
    client = client_of(second)
    assert (
        client.post(at("role_end", people.administrator.pk, first.pk), {"when": "AT_ONCE"}).status_code == 403
    )
    assert client.post(at("person_disable", people.administrator.pk)).status_code == 403
    where = at("agency_change", first.agency_id)
    change = {"name_km": "ក", "name_en": "a", "seen": client.get(where).context["form"].initial["seen"]}
    assert client.post(where, change).status_code == 403
    with as_(people.administrator):
        assert people.administrator.rights.roles == {Role.ADMINISTRATOR}
        assert Membership.objects.get(pk=first.pk).ends_on is None


# --- names


def test_names_change_and_the_trail_says_which_not_to_what(people, client_of, events):
    client = client_of(people.head_bmc)
    where = at("person_names", people.officer_bmc.pk)
    seen = client.get(where).context["form"].initial["seen"]
    answer = client.post(where, {**NEW, "seen": seen})
    assert answer["Location"] == at("person", people.officer_bmc.pk)
    assert User.objects.get(pk=people.officer_bmc.pk).full_name_latin == "Popok Sophea"
    (event,) = events("PERSON_CHANGED")
    assert "Popok" not in str(event[4])


def test_two_who_change_the_same_names_do_not_overwrite_each_other(people, client_of):
    where = at("person_names", people.officer_bmc.pk)
    first, second = client_of(people.head_bmc), client_of(people.administrator)
    seen = first.get(where).context["form"].initial["seen"]
    assert second.post(where, {**NEW, "full_name_latin": "Second", "seen": seen}).status_code == 302
    assert first.post(where, {**NEW, "full_name_latin": "First", "seen": seen}).status_code == 409
    assert User.objects.get(pk=people.officer_bmc.pk).full_name_latin == "Second"


# --- what of their work


def test_open_files_are_counted_without_the_named_only_ones(people, client_of):
    from cases.answers import Answer
    from tests.factories import make_case

    make_case(by=people.officer_bmc)
    make_case(by=people.officer_bmc, official_involved=Answer.YES)
    make_case(by=people.officer_btb)
    for keeper in (people.administrator, people.head_bmc):
        rows = client_of(keeper).get(at("person", people.officer_bmc.pk)).context["rows"]
        assert rows[-1]["value"] == 1, keeper


def test_the_count_of_files_is_told_to_nobody_else(people, as_):
    from cases.queries import open_files_of
    from tests.factories import make_case

    make_case(by=people.officer_btb)
    for person, number in (
        (people.administrator, 1),
        (people.head_bmc, 0),
        (people.auditor, 0),
        (people.desk_1, 0),
    ):
        with as_(person):
            assert open_files_of(people.officer_btb) == number, person.sign_in_name


def test_the_history_of_names_shows_no_value(people, client_of, as_):
    with as_(people.administrator):
        actions.change_names(person=people.officer_bmc, **NEW, by=people.administrator)
    page = client_of(people.administrator).get(at("person", people.officer_bmc.pk)).content.decode()
    assert _("%(name)s was changed") % {"name": _("Name in Latin letters")} in page
    assert "Person officer_bmc" not in page
    assert "changes" not in (
        client_of(people.head_bmc).get(at("person", people.officer_bmc.pk)).context["person"].__dict__
    )


def test_a_slip_stays_with_its_person(people, as_):
    with as_(people.administrator):
        slip = actions.print_slip(person=people.officer_bmc, by=people.administrator).slip
        assert Slip.objects.get(pk=slip.pk).person == people.officer_bmc
    with as_(people.officer_btb):
        assert not Slip.objects.exists()


def test_the_database_knows_the_same_managed_offices(people, as_, rows):
    """`app.manages` of begin_actor and GIVES of accounts/roles.py: whoever looks after some people, not all."""
    from accounts.access import managed_agencies, runs_place

    sql = "SELECT unnest(NULLIF(current_setting('app.manages', true), '')::uuid[])"
    heads = set()
    for name, person in vars(people).items():
        with as_(person):
            own = frozenset() if runs_place(person) else managed_agencies(person)
        assert {found for (found,) in rows(person, sql)} == own, name
        heads |= {name} if own else set()
    assert heads == {"head_bmc"}
