"""One's own sessions: seen, ended one by one or all; those of somebody who is looked after; and all at once."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from accounts import actions
from accounts.models import Sitting
from tests.browsing import code_of, sign_in_by_form
from tests.factories import give_token
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0"
PHONE = (
    "Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0 Mobile Safari/537.36"
)


def seated(name, agent=FIREFOX, later=0):
    client = Client(headers={"user-agent": agent})
    assert sign_in_by_form(client, name, later=later).status_code == 302
    return client


@pytest.fixture
def own(as_, people):
    def ask():
        with as_(people.officer_bmc):
            return list(Sitting.objects.order_by("began_at", "pk"))

    return ask


@pytest.mark.asvs("7.5.2")
def test_somebody_sees_and_ends_their_own_sessions(people, own, events):
    desk, phone = seated("officer_bmc"), seated("officer_bmc", PHONE, later=1)
    page = desk.get("/account/").content.decode()
    assert "Firefox, Windows" in page
    assert "Chrome, Android" in page
    at_desk, at_phone = own()
    end = reverse("account_session_end", args=[at_phone.pk])
    assert seated("officer_bmc_2").post(end).status_code == 404
    assert phone.get("/").status_code == 200
    assert desk.post(reverse("account_session_end", args=[at_desk.pk])).status_code == 404, (
        "signs out instead"
    )
    assert desk.post(end).status_code == 302
    assert phone.get("/").status_code == 302
    assert desk.get("/").status_code == 200
    assert [row.pk for row in own()] == [at_desk.pk]
    assert len(events("SESSION_ENDED")) == 1


@pytest.mark.asvs("7.2.4", "7.5.2")
def test_a_session_keeps_its_line_under_every_new_key(people, own):
    stranger = Client(headers={"user-agent": FIREFOX})
    stranger.get("/sign-in/")
    before = stranger.session.session_key
    sign_in_by_form(stranger, "officer_bmc")
    assert stranger.session.session_key != before
    keys = [own()[0].session_key]
    stranger.post("/lock/")
    stranger.post("/sign-in/unlock/", {"confirm_password": PASSWORD})
    keys.append(own()[0].session_key)
    other = seated("officer_bmc", PHONE, later=1)
    stranger.post("/account/sessions/")
    keys += [row.session_key for row in own() if row.browser == "Firefox"]
    assert len(set(keys)) == 3
    assert stranger.session.session_key == keys[-1]
    page = stranger.get("/account/").content.decode()
    assert "Firefox, Windows" in page
    assert "Chrome, Android" not in page, "ended with the round"
    assert other.get("/").status_code == 302


@pytest.mark.asvs("7.4.5")
def test_a_head_ends_every_session_of_their_own_people(people, events):
    officer, head = seated("officer_bmc"), seated("head_bmc")
    address = reverse("place:person_sessions", args=[people.officer_bmc.pk])
    assert seated("officer_bmc_2").post(address).status_code == 403
    assert head.post(reverse("place:person_sessions", args=[people.officer_btb.pk])).status_code == 404
    assert officer.get("/").status_code == 200
    assert head.post(address).status_code == 302
    assert officer.get("/").status_code == 302
    assert head.get("/").status_code == 200
    assert len(events("SESSIONS_ENDED_OF")) == 1
    assert seated("officer_bmc", later=1).get("/").status_code == 200, "the account is open"


@pytest.mark.asvs("7.4.2")
def test_closing_an_account_ends_every_session_and_token_at_once(people, as_):
    kept = [seated("officer_bmc"), seated("officer_bmc", PHONE, later=1)]
    _token, text = give_token(people.officer_bmc, by=people.administrator, scope="READ")
    program = Client(headers={"authorization": f"Bearer {text}"})
    ask = lambda: [*(one.get("/").status_code for one in kept), program.get("/api/v1/cases/").status_code]  # noqa: E731
    assert ask() == [200, 200, 200]
    with as_(people.administrator):
        actions.disable_person(person=people.officer_bmc, by=people.administrator)
    assert ask() == [302, 302, 401]


@pytest.mark.asvs("7.4.1", "14.3.1")
def test_signing_out_ends_it_on_the_server_and_clears_the_browser(people):
    client = seated("officer_bmc")
    key = client.session.session_key
    answer = client.post("/sign-out/")
    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert not Session.objects.filter(session_key=key).exists()
    client.cookies["sessionid"] = key
    assert client.get("/").status_code == 302
    assert code_of("officer_bmc")
