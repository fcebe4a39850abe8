"""Reminders with real processes: a broker that is away or silent, a worker that is killed in the middle."""

import contextlib
import re
import signal
import socket
import threading
import time
import uuid

import psycopg
import pytest
from celery import Celery

from cases.answers import Answer
from tests import ground
from tests.factories import make_case

from .due import ask, later, notices
from .test_worker import HELD_UP, broker, folder, here, start, until, visitor, worker  # noqa: F401  fixtures

CHILD = {"is_child": Answer.YES}
MANY = 4000


@pytest.fixture
def tick(folder):  # noqa: F811
    """What the clock sends every 20 seconds."""

    def send():
        clock = Celery(broker=f"redis+socket://{folder}/broker.sock", set_as_current=False)
        clock.send_task("desk.tasks.remind", ignore_result=True)
        clock.close()

    return send


def told_now():
    return ask("SELECT count(*) FROM desk_notice")[0][0]


def left():
    return ask("SELECT count(*) FROM desk_due WHERE next_at <= now()")[0][0]


def test_a_worker_tells_when_the_clock_ticks(broker, worker, tick, people):  # noqa: F811
    case = make_case(by=people.officer_bmc, full=True, danger_now=Answer.YES)
    broker()
    worker()
    tick()
    wanted = {("officer_bmc", "DUE"), ("head_bmc", "DUE")}
    assert until(lambda: notices(case) == wanted), notices(case)


@pytest.fixture
def silent(folder):  # noqa: F811
    """A broker that accepts and never answers, which hangs a client that waits."""
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(folder / "broker.sock"))
        listening.listen(50)
        kept = []

        def accept():
            with contextlib.suppress(OSError):
                while True:
                    kept.append(listening.accept())

        threading.Thread(target=accept, daemon=True).start()
        yield
    (folder / "broker.sock").unlink()


def press(visitor, number, verb):  # noqa: F811
    """Send the form of a move; the seconds until the next page stood there."""
    body = visitor.get(f"/files/{number}/move/{verb}/").decode()
    sent = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', body))
    sent |= {"once": uuid.uuid4().hex}
    begun = time.monotonic()
    visitor.get(f"/files/{number}/move/{verb}/", sent)
    return time.monotonic() - begun


@pytest.mark.parametrize("kind", ["closed", "silent"])
def test_without_a_broker_the_page_answers_and_the_deadline_is_there(
    request,
    broker,  # noqa: F811
    worker,  # noqa: F811
    tick,
    client_of,
    people,
    visitor,  # noqa: F811
    kind,
):
    cases = [make_case(by=people.officer_bmc, **CHILD) for _three in range(3)]
    if kind == "silent":
        request.getfixturevalue("silent")
    officer = visitor()
    jar = client_of(people.officer_bmc).cookies
    officer.cookies = {name: morsel.value for name, morsel in jar.items()}
    officer.get("/")  # the first page loads the templates
    assert min(press(officer, case.number, "start-screening") for case in cases) < HELD_UP
    sql = "SELECT count(*) FROM desk_due WHERE step = 'SCREENING' AND done_at IS NULL"
    assert ask(sql) == [(3,)]
    if kind == "silent":
        return
    later(days=2)
    broker()
    worker()
    tick()
    both = {("officer_bmc", "OVERDUE"), ("head_bmc", "OVERDUE")}
    assert until(lambda: all(notices(case) == both for case in cases))


COPIES = """
INSERT INTO desk_due (id, kind, thing_id, case_id, step, occurrence, policy_id, level, is_child, named_only,
    province_id, agency_id, worker_id, since, remind_at, due_at, escalate_at, next_at, stage, told, done_at)
SELECT gen_random_uuid(), kind, thing_id, case_id, step, 1000 + n, policy_id, level, is_child, named_only,
    province_id, agency_id, worker_id, since, remind_at, due_at, escalate_at, next_at, stage, told, done_at
FROM desk_due, generate_series(1, %s) AS n
"""


def test_a_worker_that_is_killed_loses_nothing_and_doubles_nothing(
    fresh_db,
    broker,  # noqa: F811
    worker,  # noqa: F811
    tick,
    people,
):
    """Killed as hard as can be, again and again, while it works through thousands."""
    make_case(by=people.officer_bmc, **CHILD)
    later(days=2)
    with psycopg.connect(**ground.conninfo("loader", fresh_db)) as loader:
        loader.execute(COPIES, [MANY - 1])
    broker()
    for _again in range(3):
        process = worker()
        before = told_now()
        tick()
        until(lambda before=before: told_now() > before, seconds=30)
        process.send_signal(signal.SIGKILL)
        process.wait(10)
        if not left():
            break
    worker()
    tick()
    assert until(lambda: left() == 0), left()
    rows = ask(
        "SELECT u.sign_in_name, count(*), count(DISTINCT n.due_id) FROM desk_notice n "
        "JOIN accounts_user u ON u.id = n.person_id GROUP BY 1 ORDER BY 1"
    )
    assert rows == [("head_bmc", MANY, MANY), ("officer_bmc", MANY, MANY)]
