"""A page that nobody uses is locked: the server shows nothing more of it, and its person comes back to their text."""

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.browsing import hidden, sign_in_by_form
from tests.factories import make_case
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db
UNLOCK = "/sign-in/unlock/"
WORDS = "បាននិយាយជាមួយគ្រួសារ"


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=False) as moved:
        yield moved


@pytest.fixture
def note(people):
    return reverse("cases:note", args=[make_case(by=people.officer_bmc, full=True).number])


@pytest.fixture
def client(people, clock):
    client = Client()
    assert sign_in_by_form(client, "officer_bmc").status_code == 302
    return client


def typed(client, note):
    return hidden(client.get(note)) | {"text": WORDS}


@pytest.mark.asvs("7.3.1")
def test_an_idle_session_is_locked_and_only_its_password_opens_it(people, client, clock, note, events):
    fields = typed(client, note)
    clock.shift(15 * 60 + 121)
    sent = client.post(note, fields)
    assert sent["Location"].startswith("/sign-in/?next=")
    page = client.get(sent["Location"], follow=True)
    assert page.redirect_chain[-1][0].startswith(UNLOCK)
    assert people.officer_bmc.name in page.content.decode()
    for address in ("/", note, "/files/", "/account/"):
        assert client.get(address).status_code == 302
    assert client.get("/stay/").status_code == 401
    assert client.get("/api/v1/cases/").status_code == 401
    assert WORDS not in page.content.decode()
    wrong = client.post(UNLOCK, {"confirm_password": "not mine", "next": note})
    assert wrong.status_code == 200
    assert client.get("/").status_code == 302
    before = client.session.session_key
    done = client.post(UNLOCK, {"confirm_password": PASSWORD, "next": note})
    assert (done.status_code, done["Location"]) == (303, note)
    assert client.session.session_key != before, "a new key (ASVS 7.2.4)"
    assert WORDS in client.get(note).content.decode()
    assert len(events("SESSION_LOCKED")) == len(events("SESSION_UNLOCKED")) == 1
    assert events("SIGN_IN_FAILED")[-1][4] == {"why": "UNLOCK"}
    assert events("SIGN_OUT") == []


def test_the_pages_own_clock_locks_at_once_and_keeps_the_text(people, client, note):
    fields = typed(client, note)
    assert client.post("/lock/", fields | {"_path": note}).status_code == 204
    assert client.get(note).status_code == 302
    assert client.post("/lock/").status_code == 204, "locked twice is locked"
    client.post(UNLOCK, {"confirm_password": PASSWORD})
    assert WORDS in client.get(note).content.decode()


def test_a_colleague_signs_in_from_the_lock_page_and_neither_sees_nor_loses_the_text(
    people, client, note, outside
):
    fields = typed(client, note)
    client.post("/lock/", fields | {"_path": note})
    assert b'name="login"' in client.get("/sign-in/?other=1").content
    assert sign_in_by_form(client, "officer_bmc_2").status_code == 302
    assert WORDS not in client.get(note).content.decode()
    assert client.get(UNLOCK)["Location"].startswith("/sign-in/"), "the locked session is gone"
    assert outside("SELECT count(*) FROM desk_draft WHERE kind = 'TYPED'") == [(0,)], "nobody else reads it"
    client.post("/sign-out/")
    sign_in_by_form(client, "officer_bmc", later=1)
    assert WORDS in client.get(note).content.decode()


@pytest.mark.asvs("7.4.1")
def test_signing_out_from_the_lock_page_ends_the_session(people, client, events):
    client.post("/lock/")
    assert client.post("/sign-out/").status_code == 302
    assert client.get(UNLOCK)["Location"].startswith("/sign-in/")
    assert len(events("SIGN_OUT")) == 1


@pytest.mark.asvs("7.3.1", "7.3.2")
def test_a_page_that_was_locked_for_eight_hours_is_over(people, client, clock, events):
    client.post("/lock/")
    clock.shift(8 * 3600 - 1)
    assert client.get(UNLOCK).status_code == 200
    clock.shift(2)
    assert client.get(UNLOCK)["Location"].startswith("/sign-in/")
    assert events("SIGN_OUT")[-1][4] == {"why": "LOCKED"}
    assert client.post(UNLOCK, {"confirm_password": PASSWORD}).status_code == 302
    assert client.get("/").status_code == 302


@pytest.mark.asvs("7.3.2")
def test_unlocking_does_not_make_the_day_longer(people, client, clock):
    for _turn in range(2):
        clock.shift(5 * 3600)
        assert client.get("/").status_code == 302
        client.post(UNLOCK, {"confirm_password": PASSWORD})
        assert client.get("/").status_code == 200
    clock.shift(2 * 3600 + 1)
    assert client.get("/").status_code == 302
    assert client.get(UNLOCK)["Location"].startswith("/sign-in/")


@pytest.mark.asvs("6.3.1")
def test_guessing_at_a_locked_page_is_limited_and_the_owner_signs_in_elsewhere(people, client):
    client.post("/lock/")
    answers = [client.post(UNLOCK, {"confirm_password": f"guess {n}"}).status_code for n in range(7)]
    assert answers[:5] == [200] * 5
    assert answers[-1] == 429
    assert sign_in_by_form(Client(), "officer_bmc", later=1)["Location"] == "/"


@pytest.mark.asvs("7.4.2")
def test_a_closed_account_does_not_unlock(people, client, as_):
    from accounts import actions

    client.post("/lock/")
    with as_(people.administrator):
        actions.disable_person(person=people.officer_bmc, by=people.administrator)
    assert client.post(UNLOCK, {"confirm_password": PASSWORD}).status_code == 302
    assert client.get("/").status_code == 302
