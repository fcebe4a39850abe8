"""A right of one person on a province: given by an administrator, with an end, told to its person, ended at once."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts import actions
from accounts.models import Agency, Membership, Province, ProvincePersonRight
from accounts.refusals import NotNow, Refused
from accounts.roles import Role
from cases.access import visible_cases
from cases.models import Case
from tests.factories import make_case

DAY = datetime.timedelta(days=1)


def give(person, by, *, province=2, days=30):
    return actions.give_own_right(
        person=person,
        province=Province.objects.get(pk=province),
        reason="decision 7",
        valid_until=timezone.now() + days * DAY,
        by=by,
    )


@pytest.mark.usefixtures("fresh_db")
def test_one_person_sees_the_province_until_the_right_ends_and_their_team_does_not(people, as_, events):
    there = make_case(by=people.officer_btb)
    own, colleague = people.officer_bmc, people.officer_bmc_2

    def sees(person):
        with as_(person):
            seen = visible_cases(person).filter(pk=there.pk).exists()
            assert Case.objects.filter(pk=there.pk).exists() == seen, "both walls say the same"
        return seen

    assert not sees(own)
    with as_(people.administrator):
        right = give(own, people.administrator)
    assert sees(own)
    assert not sees(colleague)
    with as_(people.administrator):
        actions.end_own_right(right=ProvincePersonRight.objects.get(pk=right.pk), by=people.administrator)
    assert not sees(own)
    assert [label for kind in ("RIGHT_GIVEN", "RIGHT_ENDED") for _k, _r, _a, label, _d in events(kind)] == [
        own.sign_in_name, own.sign_in_name,
    ]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("whom", "days", "no"),
    [
        ("administrator", 30, Refused),
        ("auditor", 30, NotNow),
        ("nobody", 30, NotNow),
        ("officer_bmc", 400, NotNow),
    ],
)
def test_not_to_oneself_nor_without_a_reading_role_nor_for_ever(people, as_, whom, days, no):
    with as_(people.administrator), pytest.raises(no):
        give(getattr(people, whom), people.administrator, days=days)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["head_bmc", "officer_bmc", "reviewer", "auditor"])
def test_only_an_administrator_gives_or_ends_one(people, as_, name):
    right = ProvincePersonRight.objects
    with as_(getattr(people, name)):
        with pytest.raises(Refused):
            give(people.officer_bmc, getattr(people, name))
        with pytest.raises(Refused):
            actions.end_own_right(right=right.get(user=people.head_bmc), by=getattr(people, name))


@pytest.mark.django_db
def test_on_the_person_s_page_and_their_own(people, client_of):
    admin = client_of(people.administrator)
    page = reverse("place:own_right_new", args=[people.officer_bmc.pk])
    last = timezone.localdate() + 20 * DAY
    sent = {"until_day": last.day, "until_month": last.month, "until_year": last.year}
    for wrong in ({}, {"province": "2", "reason": "x"}, {"province": "99", "reason": "x", **sent}):
        assert admin.post(page, wrong).context["form"].errors
    assert admin.post(page, {"province": "2", "reason": "decision 7", **sent})["Location"] == reverse(
        "place:person", args=[people.officer_bmc.pk]
    )
    (row,) = admin.get(reverse("place:person", args=[people.officer_bmc.pk])).context["provinces"]
    assert "decision 7" in client_of(people.officer_bmc).get(reverse("account_rights")).content.decode()
    usage = admin.get(reverse("place:usage")).context["own_ending"]
    assert [one.pk for one in usage] == [row["right"].pk]
    assert admin.post(row["end_url"]).status_code == 302
    assert admin.get(row["end_url"]).status_code == 404


@pytest.mark.usefixtures("fresh_db")
def test_it_ends_with_the_role_and_does_not_come_back_with_another(people, as_, events):
    own, admin = people.officer_bmc, people.administrator
    with as_(admin):
        right = give(own, admin)
        post = Membership.objects.get(person=own)
        actions.end_post(membership=post, takers={}, by=admin, at_once=True)
        elsewhere = Agency.objects.get(code="DOSVY-BTB")
        actions.start_membership(person=own, agency=elsewhere, role=Role.PROVINCIAL_OFFICER, by=admin)
        assert ProvincePersonRight.objects.get(pk=right.pk).valid_until <= timezone.now()
    ((_kind, _result, _actor, label, detail),) = events("RIGHT_ENDED")
    assert (label, detail["why"]) == (own.sign_in_name, "POST_ENDED")
