"""Security keys: what a browser brings is checked, whatever it is; a real one in a real browser comes in."""

import pytest
from django.core.cache import cache

from accounts import actions, security_keys
from accounts.models import Factor
from accounts.refusals import Refused
from audit.context import acting
from tests.browsing import follow
from tests.people import PASSWORD

ORIGIN = "http://localhost:8000"


@pytest.fixture(autouse=True)
def _no_tries_before():
    cache.clear()
    yield
    cache.clear()


def virtual(page, **options):
    """A key plugged into the browser (the browser's own interface for tests)."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    key = {
        "protocol": "ctap2",
        "transport": "usb",
        "hasResidentKey": False,
        "hasUserVerification": False,
        "isUserVerified": False,
        "automaticPresenceSimulation": True,
        **options,
    }
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": key})
    return session, made["authenticatorId"]


@pytest.mark.journey
@pytest.mark.asvs("6.3.3")
def test_a_key_is_added_and_opens_the_second_door(fresh_db, browser_page, people, events):
    page = browser_page(people.officer_bmc, lang="en", width=360)
    session, held = virtual(page)
    page.goto("/account/key/")
    page.fill("[name=label]", "blue key")
    follow(page, "[data-key-ask]")
    assert page.url.endswith("/account/")
    assert "blue key" in page.inner_text("main")
    assert len(session.send("WebAuthn.getCredentials", {"authenticatorId": held})["credentials"]) == 1

    for _time in (1, 2):
        page.context.clear_cookies()
        page.goto("/sign-in/")
        page.fill("[name=login]", "officer_bmc")
        page.fill("[name=password]", PASSWORD)
        follow(page, "main form button")
        assert page.url.endswith("/sign-in/second/")
        follow(page, "[data-key-ask]")
        assert page.goto("/files/").url.endswith("/files/")
    assert [event[4]["factor"] for event in events("SIGN_IN")] == ["KEY", "KEY"]


@pytest.mark.journey
@pytest.mark.parametrize(
    "options",
    [{"defaultBackupEligibility": True}, {"transport": "internal"}],
    ids=["synced", "in the computer"],
)
def test_a_passkey_of_the_computer_is_refused(fresh_db, browser_page, people, options):
    page = browser_page(people.officer_bmc, lang="en")
    virtual(page, **options)
    page.goto("/account/key/")
    page.click("[data-key-ask]")
    if "transport" in options:  # the browser itself offers no such key where a separate one is asked for
        page.wait_for_timeout(500)
    else:
        page.wait_for_selector(".govuk-error-summary")
        assert "Take a separate key" in page.inner_text(".govuk-error-summary")
    with acting(people.officer_bmc.as_actor()):
        assert not Factor.objects.filter(kind="KEY").exists()


# --- made-up answers


def test_what_says_that_it_is_no_separate_thing_is_refused():
    class Data:
        flags = 0

    for answer in (
        {"authenticatorAttachment": "platform"},
        {"response": {"transports": ["internal"]}},
        {"response": {"transports": ["hybrid"]}},
        {"response": {"transports": ["hybrid", "internal"]}},
    ):
        with pytest.raises(security_keys.NoSeparateKey):
            security_keys._check_separate(Data, answer)
    Data.flags = 0x08  # may be copied to other devices
    with pytest.raises(security_keys.NoSeparateKey):
        security_keys._check_separate(Data, {"response": {"transports": ["usb"]}})
    Data.flags = 0
    for answer in (
        {},
        {"authenticatorAttachment": "cross-platform", "response": {"transports": ["usb", "nfc"]}},
    ):
        security_keys._check_separate(Data, answer)


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "{",
        "[]",
        "null",
        "7",
        "{}",
        '{"id": 1}',
        "x" * 20_000,
        '{"id": "AA", "rawId": "AA", "response": {}}',
    ],
    ids=["empty", "cut", "list", "null", "number", "nothing", "id", "long", "hollow"],
)
def test_whatever_does_not_fit_is_refused(answer):
    _options, state = security_keys.ask_new(ORIGIN, b"1" * 16, [])
    with pytest.raises(security_keys.DoesNotFit):
        security_keys.check_new(ORIGIN, state, answer)
    with pytest.raises(security_keys.DoesNotFit):
        security_keys.check_new(ORIGIN, None, answer)
    assert security_keys.check_signature(ORIGIN, state, [], answer) is None


@pytest.mark.django_db
def test_a_made_up_answer_at_the_door_is_a_failed_factor(people, client, events):
    client.post("/sign-in/", {"login": "officer_bmc", "password": PASSWORD})
    assert client.post("/sign-in/second/", {"answer": "{}"}).status_code == 200
    assert len(events("FACTOR_FAILED")) == 1
    assert client.get("/files/").status_code == 302


@pytest.mark.django_db
def test_nobody_adds_a_key_for_somebody_else(people, as_):
    with as_(people.administrator), pytest.raises(Refused) as refused:
        actions.add_key(person=people.officer_bmc, key=None, label="", by=people.administrator)
    assert refused.value.code == "own-factor"
