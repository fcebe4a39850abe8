"""Everybody is told of odd tries on their name and of every change of what they sign in with, and of nobody else's."""

import dataclasses
import datetime
import re

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from accounts import actions, happened
from accounts.tries import record_failure
from audit.context import acting, system
from tests.browsing import sign_in_by_form
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db

PAGE = "/account/happened/"
HOUR = datetime.timedelta(hours=1)


def tried(name, *, ip, why="PASSWORD"):
    with acting(dataclasses.replace(system("sign-in"), ip=ip)):
        record_failure(name, why=why)


def news(person, since=None, address="10.0.0.1"):
    with acting(person.as_actor()), override("en"):
        return happened.told(person, since or timezone.now() - 24 * HOUR, address=address)


@pytest.mark.asvs("6.3.5")
def test_odd_tries_are_told_and_slips_of_the_own_fingers_are_not(people):
    officer = people.officer_bmc
    tried("officer_bmc", ip="10.0.0.1")
    tried("head_bmc", ip="192.0.2.9")
    assert news(officer) == []
    tried("officer_bmc", ip="192.0.2.7")
    (told,) = news(officer)
    assert "tried 1 time" in told
    assert "192.0.2.7" in told
    assert "192.0.2.9" not in told
    # From the own address as well, when it was long before.
    with time_machine.travel(timezone.now() + HOUR):
        (told,) = news(officer)
    assert "tried 2 times" in told
    assert news(officer, since=timezone.now() + HOUR) == []


def test_a_flood_of_tries_does_not_hide_that_the_password_was_changed(people):
    officer = people.officer_bmc
    with acting(officer.as_actor(ip="192.0.2.7")):
        actions.change_password(person=officer, password="rain on a tin roof", by=officer)
    for _one in range(75):
        tried("officer_bmc", ip="192.0.2.9")
    tries, change = news(officer)
    assert "192.0.2.9" in tries
    assert "192.0.2.7" in change


@pytest.mark.asvs("6.3.7")
def test_every_change_of_what_one_signs_in_with_is_told_at_the_next_sign_in(people, client_of):
    officer = people.officer_bmc
    first = Client()
    assert sign_in_by_form(first, "officer_bmc", PASSWORD).status_code == 302
    with acting(officer.as_actor(ip="192.0.2.7")):
        actions.change_password(person=officer, password="rain on a tin roof", by=officer)
    again = Client()
    with time_machine.travel(timezone.now() + HOUR / 60):  # a code works once
        sign_in_by_form(again, "officer_bmc", "rain on a tin roof")
    assert "192.0.2.7" in again.get("/").content.decode()
    assert "192.0.2.7" not in again.get("/").content.decode(), "told once"
    other = Client()
    sign_in_by_form(other, "officer_bmc_2", PASSWORD)
    assert "192.0.2.7" not in other.get("/").content.decode()


def test_the_page_tells_the_own_account_alone(people, client_of):
    officer, head = people.officer_bmc, people.head_bmc
    tried("officer_bmc", ip="192.0.2.7")
    tried("head_bmc", ip="192.0.2.9")
    with acting(head.as_actor(ip="192.0.2.8")):
        actions.print_sheet(person=people.officer_bmc_2, by=head)
        actions.end_sessions_of(person=officer, by=head)
        officer.refresh_from_db()
    page = client_of(officer).get(PAGE).content.decode()
    assert {"192.0.2.7", "192.0.2.8"} <= set(re.findall(r"192\.0\.2\.\d", page))
    assert "192.0.2.9" not in page
    kinds = [row["event"].kind for row in client_of(people.officer_bmc_2).get(PAGE).context["rows"]]
    assert kinds == ["SHEET_PRINTED"]


def test_the_function_asks_who_acts_and_nobody_else(people, rows):
    """By raw SQL, with the name of somebody else: nothing."""
    tried("head_bmc", ip="192.0.2.9")
    ask = "SELECT count(*) FROM accounts_own_events(%s, now() - interval '1 day')"
    assert rows(people.head_bmc, ask, ["head_bmc"]) == [(1,)]
    for other in (people.officer_bmc, people.administrator):
        assert rows(other, ask, ["head_bmc"]) == [(0,)]
    with connection.cursor() as cursor:  # nobody acts
        cursor.execute(ask, ["head_bmc"])
        assert cursor.fetchall() == [(0,)]
