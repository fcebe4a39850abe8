"""Agencies, provinces, rules and lists: an administrator alone changes them, in effect with the next request."""

import datetime

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import actions, codes
from accounts.management.commands import load_codes
from accounts.models import Agency, Code, ProvinceAgencyRight, SectionRule, User
from accounts.refusals import Refused
from accounts.sections import Section
from audit.context import acting, system
from cases.access import reconcile
from tests.factories import make_case

pytestmark = pytest.mark.django_db


def at(view, *args):
    return reverse(f"place:{view}", args=args)


@pytest.fixture
def client(people, client_of):
    return client_of(people.administrator)


@pytest.fixture
def found(people, as_):
    """`found(model, **by)`: a row, as an administrator sees it."""

    def ask(model, **by):
        with as_(people.administrator):
            return model.objects.get(**by)

    return ask


def shown(client, where):
    """What a form stands on: its first values, as a browser would send them back."""
    return {
        name: value for name, value in client.get(where).context["form"].initial.items() if value is not None
    }


# --- agencies


def test_an_agency_is_added_and_its_people_may_work(client, found, events):
    data = {"code": "NGO-NEW", "kind": "NGO", "name_km": "ថ្មី", "name_en": "New", "takes_referrals": "on"}
    answer = client.post(at("agency_new"), data)
    agency = found(Agency, code="NGO-NEW")
    assert answer["Location"] == at("agency", agency.pk)
    assert agency.takes_referrals
    assert agency.is_active
    assert [event[3] for event in events("AGENCY_ADDED")][-1] == "NGO-NEW"


def test_a_short_name_that_is_taken_keeps_what_was_typed(client):
    data = {"code": "NGO-HOPE", "kind": "NGO", "name_km": "ថ្មី", "name_en": "Another hope"}
    answer = client.post(at("agency_new"), data)
    assert answer.status_code == 200
    assert "Another hope" in answer.content.decode()
    assert _("Another agency has this short name.") in answer.content.decode()


def test_an_agency_that_is_no_longer_active_gives_no_rights(people, client, client_of, found, events):
    session, hope = client_of(people.ngo_hope), found(Agency, code="NGO-HOPE")
    assert session.get("/files/").status_code == 200
    where = at("agency_change", hope.pk)
    data = shown(client, where) | {"takes_referrals": "on"}
    data.pop("is_active")
    assert client.post(where, data)["Location"] == at("agency", hope.pk)
    assert session.get("/files/").status_code == 403
    assert client.post(where, shown(client, where) | {"is_active": "on"}).status_code == 302
    assert session.get("/files/").status_code == 200
    assert [event[3] for event in events("AGENCY_CHANGED")] == ["NGO-HOPE", "NGO-HOPE"]


def test_two_who_change_one_agency_do_not_overwrite_each_other(client, found):
    where = at("agency_change", found(Agency, code="NGO-HOPE").pk)
    data = shown(client, where) | {"is_active": "on", "takes_referrals": "on"}
    assert client.post(where, data | {"name_en": "Second"}).status_code == 302
    assert client.post(where, data | {"name_en": "First"}).status_code == 409
    assert found(Agency, code="NGO-HOPE").name_en == "Second"


def test_the_history_of_an_agency_says_who_changed_what(people, client, found):
    where = at("agency_change", found(Agency, code="NGO-HOPE").pk)
    client.post(
        where, shown(client, where) | {"is_active": "on", "takes_referrals": "on", "name_en": "Hope renamed"}
    )
    page = client.get(at("agency", found(Agency, code="NGO-HOPE").pk)).content.decode()
    told = {"name": _("Name in English"), "old": "Agency NGO-HOPE", "new": "Hope renamed"}
    assert _("%(name)s: from “%(old)s” to “%(new)s”") % told in page
    assert people.administrator.full_name_km in page


# --- provinces


def test_a_right_of_another_agency_is_not_ended_here(client, found):
    right = found(ProvinceAgencyRight, group__agency__code="DOSVY-BTB")
    other = found(Agency, code="DOSVY-BMC")
    assert client.post(at("right_end", other.pk, right.pk)).status_code == 404
    assert found(ProvinceAgencyRight, pk=right.pk).valid_until is None


def test_a_national_agency_gets_every_province_in_one_form(people, client, client_of, found, events):
    desk = found(Agency, code="NAMED-DESK")
    before = len(events("RIGHT_GIVEN"))
    client.post(at("right_new", desk.pk), {"everywhere": "on", "reason": "National office"})
    with acting(people.desk_1.as_actor()):
        assert people.desk_1.rights.provinces == set(range(1, 26))
    assert len(events("RIGHT_GIVEN")) - before == 25
    again = client.get(at("right_new", desk.pk)).context["form"]
    assert again.fields["provinces"].choices == []


def test_a_right_ends_by_itself_after_its_last_day(people, client, found):
    office, today = found(Agency, code="DOSVY-BTB"), timezone.localdate()
    last = today + datetime.timedelta(days=3)
    data = {
        "provinces": ["1"],
        "reason": "x",
        "until_day": last.day,
        "until_month": last.month,
        "until_year": last.year,
    }
    assert client.post(at("right_new", office.pk), data).status_code == 302
    for days, held in ((3, {1, 2}), (4, {2})):
        with time_machine.travel(timezone.now() + datetime.timedelta(days=days), tick=False):
            person = User.objects.get(pk=people.officer_btb.pk)
            with acting(person.as_actor()):
                assert person.rights.provinces == held, days


def test_a_right_needs_a_province_and_a_reason(client, found):
    answer = client.post(at("right_new", found(Agency, code="DOSVY-BTB").pk), {"reason": " "})
    assert answer.status_code == 200
    assert set(answer.context["form"].errors) == {"provinces", "reason"}


# --- what a province right opens


def test_a_rule_is_changed_and_the_files_follow(people, client, found, events):
    case = make_case(by=people.ngo_hope, full=True)
    rule = found(SectionRule, viewer_kind="DEPARTMENT", opened_by_kind="NGO")
    where = at("rule", rule.pk)
    data = shown(client, where)
    assert int(Section.FACTS) not in map(int, data["sections"])
    data["sections"] = [*data["sections"], str(int(Section.FACTS))]
    assert client.post(where, data | {"confirmed": "on"})["Location"] == at("rules")
    assert found(SectionRule, pk=rule.pk).confirmed
    with acting(system("reconcile")):
        assert reconcile() == 1
    with acting(people.officer_bmc.as_actor()):
        from cases.access import sections_of, visible_cases

        assert (
            sections_of(people.officer_bmc, visible_cases(people.officer_bmc).get(pk=case.pk)) & Section.FACTS
        )
    (event,) = events("RULE_CHANGED")
    assert event[3] == "DEPARTMENT – NGO"


def test_a_rule_never_opens_a_part_without_the_number(client, found):
    where = at("rule", found(SectionRule, viewer_kind="POLICE", opened_by_kind="NGO").pk)
    answer = client.post(where, shown(client, where) | {"sections": [str(int(Section.IDENTITY))]})
    assert answer.status_code == 200
    assert "sections" in answer.context["form"].errors


def test_a_rule_with_an_impossible_number_is_not_there(client):
    for number in (0, 2**31 - 1, 2**31, 10**30):
        assert client.get(f"/place/opens/{number}/").status_code == 404


# --- code lists


def test_a_code_is_renamed_and_the_loader_leaves_it_alone(people, client, found, events):
    code = found(Code, list="FORM", code="LAB.FISH")
    where = at("code", code.pk)
    data = shown(client, where) | {"label_en": "Fishing, renamed", "confirmed": "on"}
    assert client.post(where, data)["Location"] == at("code_list", "FORM")
    with acting(system("migration")):
        load_codes.write(load_codes.read_codes())
    changed = found(Code, pk=code.pk)
    assert (changed.label_en, changed.confirmed, changed.edited_by) == (
        "Fishing, renamed",
        True,
        people.administrator.pk,
    )
    (event,) = events("CODE_CHANGED")
    assert event[3] == "FORM LAB.FISH"
    assert "renamed" not in str(event[4])


def test_a_code_that_has_ended_is_offered_no_more_and_keeps_its_label(client, found):
    code = found(Code, list="SERVICE", code="PSY")
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    day = {
        "valid_until_day": yesterday.day,
        "valid_until_month": yesterday.month,
        "valid_until_year": yesterday.year,
    }
    data = shown(client, at("code", code.pk))
    assert client.post(at("code", code.pk), data | day).status_code == 302
    codes.forget()
    assert "PSY" not in dict(codes.choices("SERVICE"))
    assert codes.label("SERVICE", "PSY") == code.label


def test_a_code_is_added_and_offered(client, found, events):
    data = {"code": "OWN.NEW", "label_km": "ថ្មី", "label_en": "Our own"}
    assert client.post(at("code_new", "SERVICE"), data).status_code == 302
    codes.forget()
    assert "OWN.NEW" in dict(codes.choices("SERVICE"))
    assert found(Code, list="SERVICE", code="OWN.NEW").edited_at
    assert [event[3] for event in events("CODE_ADDED")] == ["SERVICE OWN.NEW"]


@pytest.mark.parametrize("code", ["PSY", "small", "WITH SPACE", ""])
def test_a_code_that_is_taken_or_malformed_is_told(client, code):
    answer = client.post(at("code_new", "SERVICE"), {"code": code, "label_km": "ថ្មី", "label_en": "Our own"})
    assert answer.status_code == 200
    assert "code" in answer.context["form"].errors
    assert "Our own" in answer.content.decode()


def test_nobody_else_changes_any_of_it(people, as_, found):
    code = found(Code, list="FORM", code="LAB.FISH")
    rule = found(SectionRule, viewer_kind="NGO", opened_by_kind="NGO")
    hope = found(Agency, code="NGO-HOPE")
    labels, names = {"label_km": "x", "label_en": "x"}, {"name_km": "x", "name_en": "x"}
    state = {"province": None, "takes_referrals": False, "is_active": False}
    acts = [
        (actions.add_code, {"code_list": "FORM", "code": "X", **labels}),
        (actions.change_code, {"entry": code, **labels, "valid_until": None, "confirmed": True, "note": ""}),
        (actions.change_rule, {"rule": rule, "sections": 511, "confirmed": True}),
        (actions.change_agency, {"agency": hope, **names, **state}),
    ]
    for person in (people.head_bmc, people.officer_bmc, people.auditor, people.desk_1):
        for act, given in acts:
            with as_(person), pytest.raises(Refused):
                act(**given, by=person)


# --- use, and what is unconfirmed


def test_use_is_counted_by_agency(people, client, client_of):
    from accounts import usage
    from tests.browsing import sign_in_by_form

    for number in range(2):
        from django.test import Client

        sign_in_by_form(Client(), "ngo_hope", later=number)
    make_case(by=people.ngo_hope)
    with acting(people.administrator.as_actor()):
        lines = {one.agency.code: one for one in usage.by_agency()}
    assert (lines["NGO-HOPE"].people, lines["NGO-HOPE"].signed_in) == (2, 1)
    assert (lines["NGO-HOPE"].sign_ins, lines["NGO-HOPE"].opened) == (2, 1)
    assert (lines["NGO-RIVER"].sign_ins, lines["NGO-RIVER"].opened, lines["NGO-RIVER"].last) == (0, 0, None)
    assert client.get(at("usage")).status_code == 200


def test_accounts_that_somebody_should_look_at_are_named(people, client, found):
    long_ago = timezone.now() - datetime.timedelta(days=90)
    office = found(Agency, code="DOSVY-BTB")
    with acting(people.administrator.as_actor()):
        User.objects.filter(pk=people.shelter.pk).update(last_login=long_ago)
        right = ProvinceAgencyRight.objects.get(group=office.group_id)
        right.valid_until = timezone.now() + datetime.timedelta(days=5)
        right.save(update_fields=["valid_until"])
    context = client.get(at("usage")).context
    assert people.shelter in context["idle_people"]
    assert people.officer_bmc not in context["idle_people"]
    assert {people.former, people.nobody} <= set(context["lost_people"])
    assert people.officer_bmc not in context["lost_people"]
    assert people.disabled not in context["lost_people"]
    assert [(agency.code, one.content_object_id) for agency, one in context["ending"]] == [("DOSVY-BTB", 2)]


def test_what_is_unconfirmed_leaves_the_page_when_it_is_confirmed(client, found):
    rule = found(SectionRule, viewer_kind="POLICE", opened_by_kind="NGO")
    link = f'href="{at("rule", rule.pk)}"'
    assert link in client.get(at("unconfirmed")).content.decode()
    where = at("rule", rule.pk)
    client.post(where, shown(client, where) | {"confirmed": "on"})
    assert link not in client.get(at("unconfirmed")).content.decode()
