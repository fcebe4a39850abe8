"""Every process of an installation is killed again and again while people and programs work.

`make torture` kills each fifty times. What was acknowledged is there once, who had to be reminded was, nobody twice.
"""

import http.client
import json
import os
import random
import socket
import tempfile
import threading
import time
import uuid
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from audit.context import acting
from desk import exports
from desk.models import Export
from desk.reminders.actions import set_mailbox
from tests import ground
from tests.factories import give_token, make_case

from .machine import Machine, until

KILLS = int(os.environ.get("KARPEA_TORTURE", "0"))
WRITERS, FILES, EXPORTS = 3, 40, 6


@pytest.fixture
def machine(fresh_db):
    with tempfile.TemporaryDirectory(prefix="karpea-") as made, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        running = Machine(fresh_db, Path(made), port)
        yield running
        running.stop()
        print((Path(made) / "processes.log").read_text(errors="replace")[-3000:])  # noqa: T201  on failure


class Writer(threading.Thread):
    """A program that adds notes and sends each again, under the same key, until it is acknowledged."""

    def __init__(self, port, token, number):
        super().__init__(daemon=True)
        self.port, self.token, self.number = port, token, number
        self.acknowledged, self.sent, self.on = [], 0, threading.Event()
        self.on.set()

    def run(self):
        while self.on.is_set():
            key = uuid.uuid4().hex
            body = json.dumps({"text": f"note {key}"})
            while True:
                self.sent += 1
                answer = self._send(key, body)
                if answer and answer["status"] == 201:
                    self.acknowledged.append(answer["id"])
                    break
                time.sleep(0.2)
            time.sleep(0.02)

    def _send(self, key, body):
        headers = {
            "Authorization": f"Bearer {self.token}", "Content-Type": "application/json", "Idempotency-Key": key,
        }  # fmt: skip
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as connection:
                connection.request("POST", f"/api/v1/cases/{self.number}/notes/", body, headers)
                answer = connection.getresponse()
                text = answer.read()
            assert answer.status in (201, 500, 502, 503), (answer.status, text[:200])
            return (
                {"status": answer.status, "id": json.loads(text).get("id")} if answer.status == 201 else None
            )
        except (OSError, http.client.HTTPException, ValueError):
            return None


def beyond(name, sql, params=()):
    with psycopg.connect(**ground.conninfo("loader", name)) as loader:
        return loader.execute(sql, params).fetchall()


def work_for(people, name):
    """Files whose deadlines come one after the other while the kills go on, exports, and programs with tokens."""
    danger = {"risk_level": "HIGH", "danger_now": "YES"}
    cases = [
        make_case(by=people.officer_bmc, is_child="YES", **(danger if one % 2 else {}))
        for one in range(FILES)
    ]
    for person in (people.officer_bmc, people.head_bmc):
        with acting(person.as_actor()):
            set_mailbox(address="somebody@example.org", by=person)
    with psycopg.connect(**ground.conninfo("loader", name)) as loader:
        loader.execute(
            "UPDATE desk_due SET since = since - interval '9 days', remind_at = now() - interval '8 days', "
            "due_at = now() - interval '7 days', next_at = now() + random() * %s * interval '6 seconds'",
            [KILLS],
        )
    with acting(people.auditor.as_actor()):
        for _one in range(EXPORTS):
            exports.ask(kind="TRAIL", shape="CSV", filters={}, by=people.auditor)
    texts = []
    for number in range(WRITERS):
        _token, text = give_token(people.officer_bmc, by=people.administrator, label=f"writer {number}")
        texts.append(text)
    return cases, texts


def answers(port):
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as connection:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == 200


@pytest.mark.skipif(not KILLS, reason="only under make torture")
def test_nothing_acknowledged_is_lost_and_nobody_is_told_twice(machine, fresh_db, people):
    cases, tokens = work_for(people, fresh_db)
    for name in ("broker", "web", "worker", "beat"):
        machine.start(name)
    assert until(lambda: answers(machine.port))
    writers = [Writer(machine.port, token, case.number) for token, case in zip(tokens, cases, strict=False)]
    for writer in writers:
        writer.start()
    dice, down = random.Random(7), []
    for _round in range(KILLS):
        for name in dice.sample(Machine.NAMES, len(Machine.NAMES)):
            time.sleep(dice.uniform(0.2, 1.5))
            began = time.monotonic()
            machine.kill(name)
            machine.start(name)
            if name in ("web", "postgres"):
                assert until(lambda: answers(machine.port)), name
                down.append(time.monotonic() - began)
    for writer in writers:
        writer.on.clear()
    for writer in writers:
        writer.join(120)
        assert not writer.is_alive()
    _settled(fresh_db)
    _held(fresh_db, writers, cases)
    kept = sum(len(writer.acknowledged) for writer in writers)
    sent = sum(writer.sent for writer in writers)
    print(f"{machine.restarts}: {kept} acknowledged of {sent} sent; back within {max(down):.1f} s")  # noqa: T201


def _settled(name):
    """The clock has told everything that is due, and every export is made or says why not."""
    waiting = "SELECT count(*) FROM desk_due WHERE done_at IS NULL AND next_at <= now() AND told = 0"
    assert until(lambda: beyond(name, waiting) == [(0,)], 180)
    unfinished = "SELECT count(*) FROM desk_export WHERE status IN ('WAITING', 'MAKING')"
    assert until(lambda: beyond(name, unfinished) == [(0,)], 180)
    mail = "SELECT count(*) FROM desk_delivery WHERE status = 'WAITING'"
    assert until(lambda: beyond(name, mail) == [(0,)], 60)


def _held(name, writers, cases):
    for writer, case in zip(writers, cases, strict=False):
        there = [str(pk) for (pk,) in beyond(name, "SELECT id FROM cases_note WHERE case_id = %s", [case.pk])]
        assert len(writer.acknowledged) == len(set(writer.acknowledged))
        assert sorted(there) == sorted(writer.acknowledged), "each acknowledged note once, and no other"
        told = beyond(
            name,
            "SELECT detail ->> 'note' FROM audit_event WHERE kind = 'NOTE_ADDED' AND case_id = %s",
            [case.pk],
        )
        assert sorted(note for (note,) in told) == sorted(there), "each on the trail once"
    dues = beyond(name, "SELECT d.id, d.told, count(n.id), count(DISTINCT (n.person_id, n.stage)) FROM desk_due d "
                        "LEFT JOIN desk_notice n ON n.due_id = d.id GROUP BY d.id, d.told")  # fmt: skip
    assert len(dues) == FILES
    lost = [pk for pk, told, notices, _different in dues if not told or notices < told]
    doubled = [pk for pk, _told, notices, different in dues if notices != different]
    assert (lost, doubled) == ([], [])
    danger = beyond(name, "SELECT count(*) FROM desk_notice WHERE is_danger AND person_id IN "
                          "(SELECT person_id FROM desk_mailbox)")[0][0]  # fmt: skip
    sent = beyond(name, "SELECT kind, status, count(*) FROM desk_delivery GROUP BY kind, status")
    assert danger >= FILES // 2
    assert {status for _kind, status, _number in sent} == {"SENT"}
    assert sum(number for kind, _status, number in sent if kind == "DANGER") == danger, (
        "a message for each, and one"
    )
    states = dict(beyond(name, "SELECT status, count(*) FROM desk_export GROUP BY status"))
    assert sum(states.values()) == EXPORTS
    assert set(states) <= {Export.Status.READY, Export.Status.FAILED}
