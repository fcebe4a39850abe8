"""A choice that no page offered is on the trail: which field, never what was sent; once, and for nothing else."""

import json
import uuid

import pytest
from django.urls import reverse
from django.utils.translation import override

from accounts.models import Agency, Membership
from audit.context import acting
from audit.models import Event
from audit.sentences import sentence
from audit.words import Words
from tests.browsing import hidden
from tests.factories import make_case

pytestmark = pytest.mark.django_db


def forged(events):
    """The rules of refusals by form, with where."""
    return [detail["rule"] for _k, _r, _a, _l, detail in events("REFUSED") if detail["rule"][:7] == "forged:"]


def key(people, model, **which):
    with acting(people.administrator.as_actor()):
        return str(model.objects.get(**which).pk)


def case_of(people):
    return make_case(by=people.officer_bmc, full=True)


#: Who, where, what is sent that was offered, and one field after the other with what was not.
def give_a_role(people):
    sent = {"agency": key(people, Agency, code="DOSVY-BMC"), "role": "PROVINCIAL_OFFICER"}
    other = key(people, Agency, code="NGO-HOPE")
    return (
        people.head_bmc,
        reverse("place:role_new", args=[people.former.pk]),
        sent,
        [
            ({"role": "ADMINISTRATOR"}, "role"),
            ({"role": "PROVINCIAL_HEAD"}, "role"),
            ({"agency": other, "role": "AUDITOR"}, "agency,role"),
        ],
    )


def add_a_person(people):
    sent = {
        "agency": key(people, Agency, code="DOSVY-BMC"),
        "role": "PROVINCIAL_OFFICER",
        "full_name_km": "ពពក",
        "sign_in_name": "new.person",
        "language": "km",
    }
    return people.head_bmc, reverse("place:person_new"), sent, [({"role": "AUDITOR"}, "role")]


def end_a_role(people):
    case = case_of(people)
    post = key(people, Membership, person=people.officer_bmc)
    field = f"take_{case.agency_id.hex}"
    sent = {"when": "AT_ONCE", field: str(people.officer_bmc_2.pk)}
    where = reverse("place:role_end", args=[people.officer_bmc.pk, post])
    return people.head_bmc, where, sent, [({field: str(people.ngo_hope.pk)}, "taker")]


def stand_in(people):
    post = key(people, Membership, person=people.head_bmc)
    where = reverse("account_stand_in", args=[post])
    return people.head_bmc, where, None, [({"person": str(people.ngo_hope.pk)}, "person")]


def hand_over(people):
    case = case_of(people)
    sent = {"to": str(people.officer_bmc_2.pk), "note": "", "version": case.version}
    where = reverse("cases:hand_over", args=[case.number])
    return people.officer_bmc, where, sent, [({"to": str(people.ngo_hope.pk)}, "to")]


def share(people):
    case = case_of(people)
    where = reverse("cases:share", args=[case.number]) + "?agency=" + key(people, Agency, code="NGO-HOPE")
    return people.officer_bmc, where, None, [({"to": str(people.shelter.pk), "reason": "HELP"}, "to")]


def keep_away(people):
    where = reverse("cases:keep_away", args=[case_of(people).number])
    return people.officer_bmc, where, None, [({"colleague": str(people.ngo_hope.pk)}, "colleague")]


def name_only(people):
    where = reverse("cases:name_only", args=[case_of(people).number])
    sent = {"keep": [str(people.officer_bmc.pk), str(people.ngo_hope.pk)], "why": "OTHER", "words": "x"}
    return people.officer_bmc, where, None, [(sent, "keep")]


def refer(people):
    where = reverse("referrals:new", args=[case_of(people).number])
    return people.officer_bmc, where, None, [({"to": key(people, Agency, code="NCCT")}, "to")]


def token(people):
    post = key(people, Membership, person=people.former)
    return (
        people.administrator,
        reverse("tokens:new"),
        None,
        [({"membership": post, "label": "x"}, "membership")],
    )


PAGES = (
    give_a_role,
    add_a_person,
    end_a_role,
    stand_in,
    hand_over,
    share,
    keep_away,
    name_only,
    refer,
    token,
)


@pytest.mark.parametrize("page", PAGES, ids=lambda one: one.__name__)
def test_on_pages(people, client_of, events, page):
    who, where, sent, tries = page(people)
    client = client_of(who)
    assert client.post(where, {**hidden(client.get(where))}).status_code == 200, "an empty one is a mistake"
    assert forged(events) == []
    for count, (more, field) in enumerate(tries, start=1):
        answer = client.post(where, {**hidden(client.get(where)), **(sent or {}), **more})
        assert answer.status_code == 200
        assert forged(events)[count - 1 :] == [f"forged:{field}"], "once"
    told = events("REFUSED")[-1]
    assert (told[1], told[2]) == ("REFUSED", str(who.pk))
    for value in tries[-1][0].values():
        assert str(value) not in json.dumps(told[4])
    if sent is not None:
        assert client.post(where, {**hidden(client.get(where)), **sent}).status_code == 302
        assert len(forged(events)) == len(tries)


def test_by_the_interface_for_programs(people, client_of, events):
    case, client = case_of(people), client_of(people.officer_bmc)
    body = {
        "services": ["PSY"], "reason": "ADDITIONAL_SERVICES", "urgency": "HIGH", "summary": "x", "identity": "NO",
        "consent": "GIVEN", "consent_how": "SPOKEN", "consent_on": "2026-01-03",
    }  # fmt: skip

    def post(name, version=None, **sent):
        headers = {"idempotency-key": uuid.uuid4().hex}
        headers |= {"if-match": f'"{version}"'} if version else {}
        where = reverse(name, args=[case.number])
        return client.post(where, sent, content_type="application/json", headers=headers).status_code

    assert (
        post("api_case_referrals", **{**body, "urgency": "SOON"}, to=key(people, Agency, code="NGO-HOPE"))
        == 400
    )
    assert forged(events) == []
    assert post("api_case_referrals", **body, to=key(people, Agency, code="NCCT")) == 400
    assert post("api_case_worker", case.version, to=str(people.ngo_hope.pk)) == 409
    assert forged(events) == ["forged:to"] * 2
    assert len(events("REFUSED")) == 2
    assert post("api_case_referrals", **body, to=key(people, Agency, code="NGO-HOPE")) == 201
    assert post("api_case_worker", case.version, to=str(people.officer_bmc_2.pk)) == 200
    assert len(forged(events)) == 2


def test_the_sentence_says_it(people, client_of, as_):
    _who, where, sent, tries = give_a_role(people)
    client_of(people.head_bmc).post(where, {**sent, **tries[0][0]})
    with as_(people.auditor), override("en"):
        event = Event.objects.filter(kind="REFUSED").get()
        said = sentence(event, Words())
    assert people.head_bmc.full_name_latin in said
    assert "ADMINISTRATOR" not in said
    with as_(people.auditor), override("en"):
        event.detail["status"] = 403
        assert sentence(event, Words()) != said
