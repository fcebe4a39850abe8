"""Fifty people at once over a few kept connections: nobody is given a row of whoever asked before on the same one."""

import os
import random
import threading
import time

import psycopg
import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from audit.context import acting, current_actor, system
from cases.models import Case
from tests import ground
from tests.people import person_id

from .asking import session_of
from .fill import write
from .land import NOBODY, SOON, land
from .rule import Eye

REQUESTS, THREADS = 10_000 if os.environ.get("KARPEA_TORTURE") else 300, 4
WHO_ACTS = (
    "SELECT current_setting('app.actor', true), current_setting('app.principals', true), pg_backend_pid()"
)


def left_behind():
    """What the connection still holds when nobody acts: the actor, the principals; and which connection it is."""
    with connection.cursor() as cursor:
        cursor.execute(WHO_ACTS)
        actor, principals, process = cursor.fetchone()
    return actor or "", principals or "", process


class Asker(threading.Thread):
    """Answers of many people, one after another, over one connection."""

    def __init__(self, number, sessions, visible, numbers):
        super().__init__(daemon=True)
        self.random, self.sessions, self.visible, self.numbers = (
            random.Random(number),
            sessions,
            visible,
            numbers,
        )
        self.wrong, self.answers, self.processes = [], 0, set()

    def run(self):
        connection.settings_dict["CONN_MAX_AGE"] = None
        try:
            for _turn in range(REQUESTS // THREADS):
                self.ask(self.random.choice(sorted(self.sessions)))
                actor, principals, process = left_behind()
                self.processes.add(process)
                if actor or principals or connection.in_atomic_block or current_actor():
                    self.wrong.append(f"left behind: {actor} {principals}")
        except Exception as error:  # noqa: BLE001  told by the test, which would not hear of it
            self.wrong.append(repr(error))
        finally:
            connection.close()

    def ask(self, name):
        client, mine, self.answers = (
            Client(raise_request_exception=False),
            self.visible[name],
            self.answers + 1,
        )
        client.cookies.load({settings.SESSION_COOKIE_NAME: self.sessions[name]})
        if self.random.random() < 0.5:
            answer = client.get(reverse("api_case_list"))
            given = {row["number"] for row in answer.json().get("results", ())}
            expected = mine if len(mine) <= 50 else given & mine
            if given & self.numbers != expected & self.numbers:
                self.wrong.append(f"{name} was given {sorted(given ^ expected)}")
        else:
            number = self.random.choice(sorted(self.numbers))
            status = client.get(reverse("api_case_detail", args=[number])).status_code
            if status != (200 if number in mine else 404):
                self.wrong.append(f"{name} got {status} for {number}")


@pytest.mark.asvs("8.2.2", "8.4.1")
def test_nobody_is_given_rows_of_whoever_asked_before(fresh_db):
    there = land(timezone.now())
    records = write(fresh_db, there)
    with psycopg.connect(**ground.conninfo("loader", fresh_db)) as loader:
        number_of = {str(key): number for key, number in loader.execute("SELECT id, number FROM cases_case")}
    time.sleep(SOON.total_seconds())
    files = [(number_of[one.id], one.file) for one in records if one.kind == "case"]
    there.now = timezone.now()
    numbers = {number for number, _file in files}
    sessions, visible = {}, {}
    for name in there.people:
        if name != NOBODY and there.people[name].active:
            sessions[name] = session_of(User.objects.get(pk=person_id(name)))
            eye = Eye(there, name)
            visible[name] = {number for number, file in files if eye.has(file, "SUMMARY")}
    assert len(sessions) >= 50
    askers = [Asker(number, sessions, visible, numbers) for number in range(THREADS)]
    for one in askers:
        one.start()
    for one in askers:
        one.join()
    assert [wrong for one in askers for wrong in one.wrong] == []
    assert sum(one.answers for one in askers) == REQUESTS
    assert [len(one.processes) for one in askers] == [1] * THREADS, "each kept its connection"


def killed(fresh_db, person):
    """A request whose connection dies in the middle."""
    with acting(person.as_actor()):
        process = left_behind()[2]
        with psycopg.connect(**ground.conninfo("web", fresh_db), autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s)", [process])
        Case.objects.count()


def failing(person):
    """A request whose view fails."""
    with acting(person.as_actor()):
        raise ZeroDivisionError


@pytest.mark.asvs("8.3.1")
def test_a_killed_request_leaves_no_actor_behind(fresh_db, people):
    """What comes next begins anew, and as nobody."""
    with pytest.raises(OperationalError):
        killed(fresh_db, people.officer_bmc)
    assert current_actor() is None
    connection.close()
    assert left_behind()[:2] == ("", "")
    with pytest.raises(ZeroDivisionError):
        failing(people.officer_bmc)
    assert left_behind()[:2] == ("", "")
    with acting(system("health")):
        assert Case.objects.count() == 0
