"""Signing in and being signed out: each try is on the trail with whom it was about, and never what was typed."""

import re

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from django.utils.translation import gettext, override

from tests.browsing import sign_in_by_form
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db
URL = "/sign-in/"


def tried(client, name, password="not the password"):
    return client.post(URL, {"login": name, "password": password})


@pytest.fixture
def failures(outside):
    """(result, type of the object, its id, label, detail) of each failed sign-in, oldest first."""

    def ask():
        return outside(
            "SELECT result, object_type, object_id, object_label, detail::text FROM audit_event "
            "WHERE kind = 'SIGN_IN_FAILED' ORDER BY seq"
        )

    return ask


@pytest.mark.asvs("16.3.1")
def test_a_wrong_password_names_the_person(people, failures):
    assert tried(Client(), " Officer_BMC ").status_code == 200
    about = ("REFUSED", "person", str(people.officer_bmc.pk), "officer_bmc", '{"why": "PASSWORD"}')
    assert failures() == [about]


@pytest.mark.asvs("16.3.1")
def test_a_name_that_nobody_has_is_kept_as_a_keyed_hash(people, failures, outside):
    for typed in ("correct horse battery", "CORRECT horse battery", "another"):
        tried(Client(), typed)
    (one, again, other) = [detail for *_rest, detail in failures()]
    assert one == again != other
    assert {event[1:4] for event in failures()} == {("session", "", "")}
    assert outside("SELECT 1 FROM audit_event e WHERE e::text ILIKE '%%horse%%'") == []


def test_the_right_password_of_a_closed_account_is_on_the_trail(people, failures, events):
    """And it is answered as a wrong one is: nobody learns that a stolen password fits."""
    right, wrong = (tried(Client(), "disabled", password) for password in (PASSWORD, "not the password"))
    assert (right.status_code, right.context["form"].errors) == (200, wrong.context["form"].errors)
    plain = [re.sub(r'value="[^"]*"', "", one.content.decode()) for one in (right, wrong)]
    assert plain[0] == plain[1]
    about = ("REFUSED", "person", str(people.disabled.pk), "disabled")
    assert failures() == [(*about, '{"why": "CLOSED"}'), (*about, '{"why": "PASSWORD"}')]
    assert events("SIGN_IN") == []


@pytest.mark.parametrize("language", ["km", "en"])
def test_a_wrong_sign_in_names_the_box_as_the_page_does(people, language):
    client = Client()
    client.cookies["django_language"] = language
    with override(language):
        said = gettext("This sign-in name and this password do not fit together. Check both.")
        (told,) = tried(client, "officer_bmc").context["form"].non_field_errors()
        assert told == said
        assert "username" not in told.lower()


def test_a_busy_session_ends_twelve_hours_after_its_sign_in(people, events):
    client = Client()
    with time_machine.travel(timezone.now(), tick=False) as clock:
        sign_in_by_form(client, "officer_bmc")
        for _turn in range(72):
            assert client.get("/stay/").status_code == 200
            clock.shift(10 * 60)
        assert client.get("/stay/").status_code == 200
        clock.shift(60)
        assert client.get("/stay/").status_code == 401
        assert [event[4] for event in events("SIGN_OUT")] == [{"why": "LONG"}]
        assert sign_in_by_form(client, "officer_bmc").status_code == 302
        assert client.get("/stay/").status_code == 200, "and begins anew"
