"""The code of conduct: read and accepted before anything else, at the first sign-in and at each new version."""

import io

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import actions
from accounts.models import ConductText
from accounts.refusals import Refused
from audit.context import acting, system
from tests import ground
from tests.browsing import sign_in_by_form

PAGE = "/account/conduct/"


@pytest.fixture
def publish(people, as_):
    def new(text="ចាំ"):
        with as_(people.administrator):
            return actions.publish_conduct(
                text_km=text, text_en="Be kind.", is_confirmed=False, by=people.administrator
            )

    return new


def test_until_it_is_accepted_nothing_else_opens(people, publish, events):
    client = Client()
    sign_in_by_form(client, "officer_bmc")
    assert client.get("/").status_code == 200, "none is published"
    publish("ច្បាប់ទីមួយ")
    answer = client.get("/files/?status=OPEN")
    assert (answer.status_code, answer["Location"]) == (303, f"{PAGE}?next=%2Ffiles%2F%3Fstatus%3DOPEN")
    assert client.get("/api/v1/cases/").status_code == 403
    page = client.get(answer["Location"])
    assert "ច្បាប់ទីមួយ" in page.content.decode()
    refused = client.post(PAGE, {"version": "1", "next": "/files/"})
    assert refused.status_code == 200
    assert client.get("/").status_code == 303
    accepted = client.post(PAGE, {"version": "1", "next": "/files/", "agreed": "on"})
    assert accepted["Location"] == "/files/"
    assert client.get("/files/").status_code == 200
    told = [(event[2], event[3]) for event in events("CONDUCT_ACCEPTED")]
    assert told == [(str(people.officer_bmc.pk), "1")]


def test_a_new_version_is_asked_for_at_the_next_click(people, publish, client_of):
    client = client_of(people.officer_bmc)
    publish()
    client.post(PAGE, {"version": "1", "agreed": "on"})
    assert client.get("/").status_code == 200
    publish("ច្បាប់ថ្មី")
    assert client.get("/").status_code == 303
    assert client.post(PAGE, {"version": "1", "agreed": "on"})["Location"] == PAGE, (
        "a newer one was published"
    )
    assert client.get("/").status_code == 303
    client.post(PAGE, {"version": "2", "agreed": "on"})
    assert client.get("/").status_code == 200


def test_signing_out_and_the_language_stay_open(people, publish, client_of):
    publish()
    client = client_of(people.officer_bmc)
    assert client.post("/language/", {"language": "en"}).status_code == 303
    assert client.get("/help/").status_code == 200
    assert client.post("/sign-out/").status_code == 302
    outside = client_of(people.officer_bmc).get(f"{PAGE}?next=//evil.example")
    assert 'value="//evil' not in outside.content.decode()


def test_administrators_publish_and_see_who_accepted(people, client_of, as_):
    with as_(people.administrator):
        actions.publish_conduct(text_km="ក", text_en="a", is_confirmed=False, by=people.administrator)
    client, officer = client_of(people.administrator), client_of(people.officer_bmc)
    for one in (client, officer):
        one.post(PAGE, {"version": "1", "agreed": "on"})
    person = client.get(reverse("place:person", args=[people.officer_bmc.pk])).content.decode()
    assert _("Not accepted yet") not in person
    other = client.get(reverse("place:person", args=[people.officer_btb.pk])).content.decode()
    assert _("Not accepted yet") in other
    address = reverse("place:conduct")
    assert officer.get(address).status_code == 403
    sent = client.post(address, {"text_km": "ខ", "text_en": "b", "is_confirmed": "on"})
    assert sent.status_code == 302
    with as_(people.administrator):
        assert list(ConductText.objects.order_by("version").values_list("version", "is_confirmed")) == [
            (1, False),
            (2, True),
        ]


def test_nobody_accepts_for_another_and_no_version_is_changed(people, publish, rows, as_):
    text = publish()
    with pytest.raises(Refused), as_(people.administrator):
        actions.accept_conduct(person=people.officer_bmc, version=1, by=people.administrator)
    with pytest.raises(Exception, match="permission denied"):
        rows(people.administrator, "UPDATE accounts_conducttext SET text_km = 'x' RETURNING 1")
    assert text.version == 1


def test_the_proposed_text_is_loaded_once_as_a_draft(fresh_db):
    for _turn in range(2):
        with ground.connected("loader", fresh_db):
            call_command("load_conduct", stdout=io.StringIO())
    with acting(system("sign-in")):
        (text,) = ConductText.objects.all()
    assert (text.version, text.is_confirmed, text.publisher) == (1, False, None)
    assert text.text_km != text.text_en
