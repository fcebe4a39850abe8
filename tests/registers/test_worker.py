"""A real worker that is killed in the middle of an import, and another one that goes on."""

import os
import signal

from celery import Celery

from audit.context import acting
from cases.models import Case, RegisterMark
from cases.register import actions, plan
from tests.desk.test_worker import broker, folder, here, start, until, worker  # noqa: F401  its fixtures

from .made import match, now, upload

ROWS = [("alias", "age"), *((f"n{n}", str(18 + n % 50)) for n in range(1500))]


def test_a_worker_that_is_killed_leaves_whole_parts_and_nothing_comes_twice(
    people,
    broker,  # noqa: F811
    worker,  # noqa: F811
    folder,  # noqa: F811
):
    officer = people.officer_bmc
    clock = Celery(
        broker=f"redis+socket://{folder}/broker.sock", set_as_current=False
    )  # what beat sends every 20 seconds

    def tick():
        clock.send_task("cases.tasks.work_on_registers", ignore_result=True)

    broker()
    first = worker()
    register = match(upload(officer, ROWS), officer)
    tick()
    assert until(lambda: now(register, officer).status == "CHECKED", 150), now(register, officer).status
    with acting(officer.as_actor()):
        actions.start_import(register=now(register, officer), with_alike=True, by=officer)
    tick()
    assert until(lambda: now(register, officer).imported > 0)
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    half = now(register, officer)
    assert (half.status, (half.imported + 1) % plan.ROWS) == ("IMPORTING", 0), "the first row is the headings"
    with acting(officer.as_actor()):
        assert Case.objects.count() == half.imported < 1500
    worker()
    tick()
    assert until(lambda: now(register, officer).status == "IMPORTED", 150), now(register, officer).status
    clock.close()
    with acting(officer.as_actor()):
        assert Case.objects.count() == RegisterMark.objects.count() == 1500
        assert len(set(Case.objects.values_list("number", flat=True))) == 1500
