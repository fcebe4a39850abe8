"""The password again before acts of weight: nothing is lost on the way, and nobody else's words go on."""

import re

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from tests.browsing import hidden, sign_in_by_form
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db
NEW = {
    "sign_in_name": "new.person",
    "full_name_km": "មនុស្សថ្មី",
    "full_name_latin": "New Person",
    "language": "km",
    "role": "PROVINCIAL_OFFICER",
}


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=False) as moved:
        yield moved


def head():
    client = Client()
    assert sign_in_by_form(client, "head_bmc").status_code == 302
    return client


def asks(response):
    return response.status_code == 200 and b'name="confirm_password"' in response.content


def form_of(page):
    fields = hidden(page)
    agency = re.search(r'<option value="([0-9a-f-]{36})"', page.content.decode())
    return fields | NEW | ({"agency": agency[1]} if agency else {})


@pytest.mark.asvs("7.5.3")
def test_what_was_sent_goes_on_when_the_password_is_right(people, clock, events):
    client, address = head(), reverse("place:person_new")
    page = client.get(address)
    assert not asks(page), "just signed in"
    sent = form_of(page)
    clock.shift(301)
    asked = client.post(address, sent)
    assert asks(asked)
    assert not User.objects.filter(sign_in_name="new.person").exists()
    assert "មនុស្សថ្មី" not in asked.content.decode()
    carried = hidden(asked)
    wrong = client.post(address, carried | {"confirm_password": "not mine"})
    assert asks(wrong)
    assert not User.objects.filter(sign_in_name="new.person").exists()
    done = client.post(address, hidden(wrong) | {"confirm_password": PASSWORD})
    made = User.objects.get(sign_in_name="new.person")
    assert done["Location"] == reverse("place:person", args=[made.pk])
    assert not asks(client.get(address)), "not asked again"
    assert events("SIGN_IN_FAILED")[-1][4] == {"why": "CONFIRM"}
    assert len(events("CONFIRMED")) == 1
    again = client.post(address, hidden(wrong) | {"confirm_password": PASSWORD})
    assert again["Location"] == done["Location"], "sent twice, done once"


def test_a_page_that_is_opened_asks_and_comes_back(people, clock):
    client, address = head(), reverse("place:role_new", args=[people.officer_bmc.pk])
    clock.shift(299)
    assert not asks(client.get(address))
    clock.shift(2)
    assert asks(client.get(address))
    assert client.post(address, {"confirm_password": PASSWORD})["Location"] == address
    assert not asks(client.get(address))


def test_what_is_sealed_goes_on_for_its_sender_at_its_address_alone(people, clock):
    client, address = head(), reverse("place:person_new")
    sent = form_of(client.get(address))
    clock.shift(301)
    carried = hidden(client.post(address, sent)) | {"confirm_password": PASSWORD}
    elsewhere = reverse("place:role_new", args=[people.officer_bmc.pk])
    assert client.post(elsewhere, carried)["Location"] == elsewhere
    administrator = Client()
    sign_in_by_form(administrator, "administrator")
    foreign = {name: value for name, value in carried.items() if name != "typed_by"}
    assert administrator.post(address, foreign)["Location"] == address
    broken = foreign | {"confirm_sent": ["%%%"]}
    assert client.post(address, broken)["Location"] == address
    assert not User.objects.filter(sign_in_name="new.person").exists()


def test_what_is_left_there_is_kept_for_its_owner(people, clock):
    client, address = head(), reverse("place:person_new")
    sent = form_of(client.get(address))
    clock.shift(301)
    client.post(address, sent)
    client.post(address, {"confirm_password": PASSWORD})
    assert "មនុស្សថ្មី" in client.get(address).content.decode()


def test_guessing_is_limited(people, clock):
    client, address = head(), reverse("place:person_new")
    clock.shift(301)
    answers = [client.post(address, {"confirm_password": "wrong"}).status_code for _turn in range(7)]
    assert answers[:5] == [200] * 5
    assert answers[-1] == 429


def test_who_may_not_is_refused_before_any_password_is_asked(people, clock):
    client = Client()
    sign_in_by_form(client, "officer_bmc")
    clock.shift(301)
    assert client.get(reverse("place:person_new")).status_code == 403
