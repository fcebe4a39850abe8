"""Once a year somebody else says that a role, or a right on provinces, is still right."""

import datetime

import pytest
from django.db import transaction
from django.db.utils import DatabaseError
from django.urls import reverse
from django.utils import timezone

from accounts import actions, confirming
from accounts.models import Agency, Membership, ProvinceAgencyRight
from accounts.refusals import NotNow, Refused
from accounts.roles import Role
from audit.context import acting

pytestmark = pytest.mark.django_db

PAGE = "/place/confirm/"
DAY = datetime.timedelta(days=1)


def post_of(person):
    with acting(person.as_actor()):
        return Membership.objects.get(person=person, stands_in_for=None)


def due(person):
    with acting(person.as_actor()):
        return {post.person.sign_in_name for post in confirming.roles_due(person)}


@pytest.fixture
def long_ago(people, as_):
    """Rights on provinces that were given more than a year ago, of one ministry and one office."""
    with as_(people.administrator):
        groups = [Agency.objects.get(code=code).group_id for code in ("MOSVY", "DOSVY-BMC")]
        ProvinceAgencyRight.objects.filter(group__in=groups).update(valid_from=timezone.now() - 400 * DAY)


def confirm(by, *people):
    with acting(by.as_actor()):
        return actions.confirm(roles=[post_of(one).pk for one in people], by=by)


def test_each_sees_what_they_may_confirm_and_never_their_own(people, long_ago):
    """Every role of the suite was given years ago."""
    head, boss = people.head_bmc, people.administrator
    assert due(head) == {"officer_bmc", "officer_bmc_2"}
    assert {"officer_bmc", "head_bmc", "reviewer"} <= due(boss)
    assert "administrator" not in due(boss)
    assert not due(people.officer_bmc)
    with acting(head.as_actor()):
        assert confirming.teams_due(head) == []
    with acting(boss.as_actor()):
        waiting = {team.agency.code: team.provinces for team in confirming.teams_due(boss)}
        assert waiting == {"DOSVY-BMC": 1, "MOSVY": 25}


def test_the_head_confirms_in_the_browser_what_was_ticked(people, client_of, events):
    head, officer, colleague = people.head_bmc, people.officer_bmc, people.officer_bmc_2
    client = client_of(head)
    first = client.get("/")
    assert first.context["to_confirm"] == 2
    assert PAGE in first.content.decode()
    page = client.get(PAGE).content.decode()
    assert str(post_of(officer).pk) in page
    assert str(post_of(colleague).pk) in page
    assert str(post_of(people.officer_btb).pk) not in page
    assert client.post(PAGE, {}).context["form"].non_field_errors()
    assert events("MEMBERSHIP_CONFIRMED") == []
    assert client.post(PAGE, {"roles": [str(post_of(officer).pk)]})["Location"] == PAGE
    assert due(head) == {"officer_bmc_2"}
    assert post_of(officer).confirmed_on == timezone.localdate()
    (event,) = events("MEMBERSHIP_CONFIRMED")
    assert event[2:4] == (str(head.pk), "officer_bmc")
    for one, day in ((officer, timezone.localdate()), (colleague, None)):
        (own,) = client_of(one).get(reverse("account_rights")).context["posts"]
        assert own.post.confirmed_on == day


def test_an_administrator_confirms_the_provinces_of_an_agency_together(
    people, client_of, events, as_, long_ago
):
    boss = people.administrator
    with as_(boss):
        ministry = Agency.objects.get(code="MOSVY")
    client = client_of(boss)
    assert client.post(PAGE, {"teams": [str(ministry.pk)]}).status_code == 302
    with as_(boss):
        days = ProvinceAgencyRight.objects.filter(group=ministry.group).values_list("confirmed_on", flat=True)
        assert set(days) == {timezone.localdate()}
        assert "MOSVY" not in {team.agency.code for team in confirming.teams_due(boss)}
    (event,) = events("RIGHT_CONFIRMED")
    assert event[3:] == ("MOSVY", {"number": 25})
    filtered = client.get(PAGE, {"agency": str(post_of(people.officer_btb).agency_id)}).content.decode()
    assert str(post_of(people.officer_btb).pk) in filtered
    assert str(post_of(people.officer_bmc).pk) not in filtered


def test_whoever_may_not_is_refused_and_nothing_changes(people, events, client_of):
    head, boss = people.head_bmc, people.administrator
    for by, about in (
        (head, head),
        (head, people.officer_btb),
        (boss, boss),
        (people.officer_bmc, people.officer_bmc_2),
    ):
        with pytest.raises(Refused):
            confirm(by, about)
    with acting(head.as_actor()):
        team = Agency.objects.get(code="DOSVY-BMC")
        with pytest.raises(Refused):
            actions.confirm(roles=[], teams=[team.pk], by=head)
    foreign = client_of(head).post(PAGE, {"roles": [str(post_of(people.officer_btb).pk)]})
    assert list(foreign.context["form"].errors) == ["roles"]
    # All or none.
    with pytest.raises(Refused):
        confirm(head, people.officer_bmc, people.officer_btb)
    assert events("MEMBERSHIP_CONFIRMED") == []
    assert post_of(people.officer_bmc).confirmed_on is None


def test_the_database_holds_it_too(people):
    """By raw SQL: not oneself, not another day than today, and the head only the officers of the own office."""

    def set_by(by, about, day):
        with acting(by.as_actor()), transaction.atomic():
            return Membership.objects.filter(pk=post_of(about).pk).update(confirmed_on=day)

    head, today = people.head_bmc, timezone.localdate()
    for by, about, day in (
        (people.administrator, people.administrator, today),
        (head, people.officer_bmc, today + DAY),
        (head, people.officer_bmc, today - DAY),
    ):
        with pytest.raises(DatabaseError, match="confirmed today, and by somebody else"):
            set_by(by, about, day)
    assert set_by(head, people.officer_btb, today) == 0
    assert set_by(people.officer_bmc, people.officer_bmc_2, today) == 0
    assert set_by(head, people.officer_bmc, today) == 1


def test_once_a_day_is_enough_and_what_has_ended_is_not_confirmed(people, events):
    head, officer = people.head_bmc, people.officer_bmc
    assert confirm(head, officer) == 1
    assert confirm(head, officer) == 0
    assert len(events("MEMBERSHIP_CONFIRMED")) == 1
    with acting(head.as_actor()):
        post = post_of(people.officer_bmc_2)
        actions.end_membership(membership=post, at_once=True, by=head)
        with pytest.raises(NotNow):
            actions.confirm(roles=[post.pk], by=head)


def test_a_month_before_the_year_is_over_it_stands_there(people, hire, as_):
    """Given so many days ago: not yet, then on the list, then late; and the page of use counts what is late."""
    today, boss, others = timezone.localdate(), people.administrator, 2
    for name, days, listed, late in (
        ("officer_btb", 330, False, False),
        ("police_bmc", 340, True, False),
        ("shelter", 366, True, True),
    ):
        with as_(boss):
            post = actions.start_membership(
                person=getattr(people, name),
                agency=Agency.objects.get(code="OFFICE"),
                role=Role.ANALYST,
                starts_on=today - days * DAY,
                by=boss,
            )
            found = {one.pk: one.since for one in confirming.roles_due(boss)}
            assert (post.pk in found) is listed
            assert confirming.is_late(post.starts_on) is late
            counted = {agency.code: number for agency, number in confirming.late_by_agency()}
            assert counted["OFFICE"] == others + late
            actions.end_membership(membership=post, at_once=True, by=boss)


def test_a_role_that_ends_soon_is_told_to_its_person(people, client_of, as_):
    boss, officer = people.administrator, people.officer_bmc
    assert client_of(officer).get("/").context["ending"] == []
    for days, told in ((60, 0), (20, 1)):
        with as_(boss):
            actions.end_membership(
                membership=post_of(officer), ends_on=timezone.localdate() + days * DAY, by=boss
            )
        assert len(client_of(officer).get("/").context["ending"]) == told
    assert client_of(people.officer_bmc_2).get("/").context["ending"] == []


def test_a_right_on_a_province_that_ends_soon_is_told_to_its_team(people, client_of, as_):
    boss = people.administrator
    address = reverse("account_rights")
    with as_(boss):
        office = Agency.objects.get(code="DOSVY-BTB")
        right = ProvinceAgencyRight.objects.get(group=office.group)
        right.valid_until = timezone.now() + 10 * DAY
        right.save(update_fields=["valid_until"])
    told = client_of(people.officer_btb).get(address).context["rights_ending"]
    assert [one.pk for _agency, one in told] == [right.pk]
    assert client_of(people.officer_bmc).get(address).context["rights_ending"] == []
