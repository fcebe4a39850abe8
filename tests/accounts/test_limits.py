"""Limits on tries: counted in the database for all processes, strict for a guesser, hardly felt by anybody else."""

import os
import re
import subprocess
import sys
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone
from django.utils.translation import gettext, override

from accounts import browsers, limits
from accounts.models import Tally
from desk.expiry import forget_expired
from tests import ground
from tests.browsing import code_of
from tests.people import PASSWORD

HERE, THERE = "192.0.2.1", "192.0.2.77"
DOOR, SLIPS, OWN = "/sign-in/", "/sign-in/slip/", "/account/"


def tried(name, password="not the password", *, address=HERE, client=None):
    client = client or Client()
    return client.post(DOOR, {"login": name, "password": password}, REMOTE_ADDR=address)


def signed_in(name, *, address=HERE, later=0, client=None):
    """Through both doors: what came of the second one, or of the first where it was enough."""
    client = client or Client()
    first = tried(name, PASSWORD, address=address, client=client)
    if first.status_code != 302 or first["Location"] != "/sign-in/second/":
        return first.status_code
    code = {"code": code_of(name, later=later)}
    return client.post("/sign-in/second/", code, REMOTE_ADDR=address).status_code


def statuses(how_many, *given, **more):
    return [tried(*given, **more).status_code for _try in range(how_many)]


def later(**time):
    """As if so much time had gone by since everything that was counted."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_tally SET free_at = free_at - %(t)s, seen_at = seen_at - %(t)s, "
            "told_at = told_at - %(t)s, expires_at = expires_at - %(t)s",
            {"t": timedelta(**time)},
        )


def told(events):
    return [(event[3], event[4]["why"]) for event in events("SIGN_IN_FAILED")]


# --- one name from one address ---


@pytest.mark.django_db
def test_five_are_free_then_each_waits_longer(people):
    assert statuses(5, "officer_bmc") == [200] * 5
    waits = []
    for _try in range(9):
        refused = tried("officer_bmc", PASSWORD)
        assert refused.status_code == 429, "also with the right password"
        waits.append(int(refused["Retry-After"]))
        later(seconds=waits[-1])
        assert tried("officer_bmc").status_code == 200, "what was refused has not made the wait longer"
    wanted = [10, 20, 40, 80, 160, 320, 640, 900, 900]
    assert all(want - 3 <= wait <= want for wait, want in zip(waits, wanted, strict=True)), waits


@pytest.mark.django_db
def test_nobody_else_is_locked_out(people):
    assert statuses(7, "officer_bmc")[-2:] == [429, 429]
    assert tried("officer_bmc_2", PASSWORD).status_code == 302, "a colleague at the same computer"
    assert tried("officer_bmc", PASSWORD, address=THERE).status_code == 302, "the owner of the name elsewhere"
    assert tried("officer_bmc", PASSWORD).status_code == 429, "but not the one who guesses"


@pytest.mark.django_db
def test_signing_in_forgets_and_so_does_an_hour(people):
    for step in (-1, 0, 1):
        assert statuses(4, "officer_bmc") == [200] * 4
        assert signed_in("officer_bmc", later=step) == 302
    assert statuses(4, "officer_bmc_2") == [200] * 4
    assert tried("officer_bmc_2", PASSWORD).status_code == 302, "the first door alone"
    assert tried("officer_bmc_2", PASSWORD).status_code == 429, "forgets nothing"
    assert statuses(6, "officer_btb")[-1] == 429
    later(hours=1)
    assert statuses(6, "officer_btb") == [200] * 5 + [429]


@pytest.mark.django_db
@pytest.mark.parametrize("typed", [" OFFICER_BMC ", "Officer_bmc"])
def test_a_name_is_the_same_however_it_is_typed(people, typed):
    assert tried(typed, PASSWORD).status_code == 302, "the sign-in takes it for the name"
    statuses(5, "officer_bmc")
    assert tried(typed, PASSWORD).status_code == 429


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["km", "en"])
def test_a_name_that_nobody_has_gets_the_same_answers(people, language):
    found = []
    for name in ("officer_bmc", "no such name"):
        client = Client()
        client.cookies["django_language"] = language
        answers = [tried(name, client=client) for _try in range(6)]
        page = re.sub(r"\d+", "", answers[-1].content.decode().split("<main")[1])
        found.append(([one.status_code for one in answers], page))
        assert 7 <= int(answers[-1]["Retry-After"]) <= 10
    assert found[0] == found[1]
    with override(language):
        assert gettext("Please wait a little") in found[0][1]


# --- one name from everywhere, one address for every name ---


@pytest.mark.django_db
def test_many_addresses_together_are_slow_and_known_ones_are_free(people, settings):
    settings.TRIES_OF_A_NAME = (6, timedelta(hours=1))
    assert signed_in("officer_bmc", address=THERE) == 302
    found = [tried("officer_bmc", address=f"192.0.2.{n}").status_code for n in range(100, 108)]
    assert found == [200] * 6 + [429] * 2
    assert tried("officer_bmc", PASSWORD, address=THERE).status_code == 302, (
        "where they have signed in before"
    )
    assert tried("officer_bmc_2", PASSWORD, address="192.0.2.107").status_code == 302


@pytest.mark.django_db
def test_an_office_that_signs_in_never_floods_its_address_and_a_guesser_does(people, settings, events):
    settings.TRIES_FROM_AN_ADDRESS = (4, timedelta(minutes=10))
    client = Client()
    for _day in range(9):
        assert signed_in("officer_bmc", client=client) == 302
        client.post("/sign-out/")
    assert [tried(f"nobody {n}").status_code for n in range(7)] == [200] * 4 + [429] * 3
    assert tried("officer_bmc", PASSWORD).status_code == 302, "who is known there goes on"
    assert tried("officer_btb", PASSWORD, address=THERE).status_code == 302
    assert told(events).count(("", "FLOOD")) == 1
    later(minutes=3)
    assert tried("nobody else").status_code == 200


def test_an_address_of_the_newer_kind_is_its_whole_network():
    same = {limits.address_as_counted(f"2001:db8:1:2::{n}") for n in (1, 2)}
    assert same == {"2001:db8:1:2::"}
    assert limits.address_as_counted("2001:db8:1:3::1") not in same
    assert limits.address_as_counted(HERE) == HERE


# --- the other doors ---


@pytest.mark.django_db
def test_slips_and_the_own_password_have_doors_of_their_own(people, client_of, events):
    sent = {"login": "officer_bmc", "code": "AAAA-AAAA-AAAA", "password1": "x" * 20, "password2": "x" * 20}
    assert [Client().post(SLIPS, sent).status_code for _try in range(6)] == [200] * 5 + [429]
    client = client_of(people.officer_bmc)
    assert [client.post(OWN, {"oldpassword": "no"}).status_code for _try in range(6)] == [200] * 5 + [429]
    assert client.get(OWN).status_code == 200
    assert tried("officer_bmc", PASSWORD, address="127.0.0.1").status_code == 302
    assert told(events)[-1] == ("officer_bmc", "LIMIT")
    (refused,) = events("REFUSED")
    assert refused[4] == {"status": 429, "rule": "limit:pair"}


# --- the trail, and what is kept ---


@pytest.mark.asvs("16.3.3")
@pytest.mark.django_db
def test_a_limit_is_on_the_trail_once_and_again_after_an_hour(people, events):
    statuses(12, "officer_bmc")
    assert told(events) == [("officer_bmc", "PASSWORD")] * 5 + [("officer_bmc", "LIMIT")]
    later(seconds=10)
    statuses(3, "officer_bmc")
    assert told(events).count(("officer_bmc", "LIMIT")) == 1
    later(hours=1, minutes=1)
    statuses(9, "officer_bmc")
    assert told(events).count(("officer_bmc", "LIMIT")) == 2


@pytest.mark.django_db
def test_no_name_and_no_address_is_kept_and_what_is_old_goes(people, as_, outside):
    statuses(6, "officer_bmc")
    signed_in("officer_bmc_2")
    kept = outside("SELECT t::text FROM accounts_tally t")
    assert len(kept) >= 4
    assert not [row for row in kept if "officer" in row[0] or HERE in row[0]]
    from audit.context import acting, system

    later(days=2)
    with acting(system("expiry")):
        forget_expired()
    assert Tally.objects.count() == 1, "where somebody signed in is known for two months"
    later(days=60)
    with acting(system("expiry")):
        forget_expired()
    assert Tally.objects.count() == 0


# --- for all processes, whatever becomes of the request ---


TEN_TRIES = """
import django
django.setup()
from django.test import Client
sent = {"login": "officer_bmc", "password": "no"}
print([Client(SERVER_NAME="localhost").post("/sign-in/", sent).status_code for _try in range(10)])
"""


def test_two_processes_count_together(fresh_db, people):
    url = os.environ["DATABASE_URL_WEB"]
    env = {
        **os.environ,
        "DATABASE_URL_WEB": url.replace("/karpea?", f"/{fresh_db}?"),
        "DJANGO_SETTINGS_MODULE": "tests.desk.plain_static",
    }
    assert env["DATABASE_URL_WEB"] != url
    running = [
        subprocess.Popen(
            [sys.executable, "-c", TEN_TRIES], cwd=ground.ROOT, env=env, stdout=subprocess.PIPE, text=True
        )
        for _process in range(2)
    ]
    found = [one.communicate(timeout=120)[0] for one in running]
    said = "".join(found)
    assert (said.count("200"), said.count("429")) == (5, 15), found


def test_a_request_that_fails_and_is_rolled_back_has_counted(fresh_db, people, monkeypatch):
    def broken(*given, **more):
        raise RuntimeError

    client = Client(raise_request_exception=False)
    monkeypatch.setattr("accounts.adapter.Adapter.authenticate", broken)
    assert [tried("officer_bmc", client=client).status_code for _try in range(6)] == [500] * 5 + [429]


# --- a browser in which somebody has signed in before ---


@pytest.mark.django_db
@pytest.mark.parametrize("known_address", [True, False])
def test_no_flood_keeps_somebody_out_of_a_browser_of_theirs(people, settings, known_address):
    settings.TRIES_OF_A_NAME = (4, timedelta(hours=1))
    settings.TRIES_FROM_AN_ADDRESS = (20, timedelta(minutes=10))
    own = Client()
    assert signed_in("officer_bmc", client=own, address=HERE if known_address else THERE) == 302
    own.post("/sign-out/")
    flood = statuses(30, "officer_bmc")
    assert flood[-1] == 429
    assert tried("officer_bmc", PASSWORD).status_code == 429, "a browser that is new to them"
    assert signed_in(" Officer_BMC", client=own, later=1) == 302
    own.post("/sign-out/")
    assert statuses(1, "officer_bmc", PASSWORD) == [429], "their success gives the guesser nothing back"


@pytest.mark.django_db
def test_wrong_tries_in_a_browser_of_ones_own_are_limited_as_well(people, events):
    own, second = Client(), Client()
    assert signed_in("officer_bmc", client=own) == 302
    assert signed_in("officer_bmc", client=second, later=1) == 302
    for client in (own, second):
        client.post("/sign-out/")
    assert statuses(7, "officer_bmc", client=own) == [200] * 5 + [429] * 2
    assert tried("officer_bmc", PASSWORD, client=own, address=THERE).status_code == 429, "wherever it is"
    assert tried("officer_bmc", PASSWORD, client=second).status_code == 302
    assert tried("officer_bmc", PASSWORD).status_code == 302, "counted apart from the address"
    assert told(events)[-1] == ("officer_bmc", "LIMIT")


@pytest.mark.django_db
def test_a_cookie_of_another_or_forged_or_old_does_not_help(people):
    theirs, own = Client(), Client()
    assert signed_in("officer_bmc_2", client=theirs) == 302
    assert signed_in("officer_bmc", client=own) == 302
    value = own.cookies[browsers.cookie_name("officer_bmc")].value
    other = theirs.cookies[browsers.cookie_name("officer_bmc_2")].value
    assert statuses(6, "officer_bmc")[-1] == 429
    for wrong in (other, value[:-1] + ("A" if value[-1] != "A" else "B"), f"x{value}", "x", ""):
        client = Client()
        client.cookies[browsers.cookie_name("officer_bmc")] = wrong
        assert tried("officer_bmc", PASSWORD, client=client).status_code == 429, wrong
        client.cookies[browsers.cookie_name("officer_bmc_2")] = other
        assert tried("officer_bmc", PASSWORD, client=client).status_code == 429
    right = Client()
    right.cookies[browsers.cookie_name("officer_bmc")] = value
    with time_machine.travel(timezone.now() + timedelta(days=60, minutes=1)):
        assert tried("officer_bmc", PASSWORD, client=right).status_code == 429, "too old"
    assert tried("officer_bmc", PASSWORD, client=right).status_code == 302


@pytest.mark.django_db
def test_half_a_sign_in_makes_no_browser_known(people):
    client = Client()
    assert tried("officer_bmc", PASSWORD, client=client).status_code == 302
    assert browsers.cookie_name("officer_bmc") not in client.cookies
    assert tried("no such name", client=client).status_code == 200
    assert not [name for name in client.cookies if "browser-" in name]
