"""Celery only wakes what is already a row in the database (docs/adr/0006)."""

import gc
import os
import re
from dataclasses import replace
from typing import Any

import structlog
from celery import Celery, Task
from celery.schedules import crontab
from celery.signals import before_task_publish, setup_logging, worker_before_create_process

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# `migrate` has made Django's checks before a worker starts. In the worker they would load every page, the API and the
# descriptions of both into each process, for nothing.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

_ID = re.compile(r"^[A-Za-z0-9-]{8,64}\Z")


class ActorTask(Task):
    """Base of every task: says who acts before anything is read, and fails loudly without.

    A task names its actor with `actor_name` (a system actor); acting for a person happens inside, from
    the row the task was woken for. It serves the request that sent it, or, woken by the clock, is one of its own:
    the id is in its log and on the trail.
    """

    abstract = True
    actor_name = ""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        from audit.context import acting, system

        request_id = request_id_of(self.request)
        with (
            structlog.contextvars.bound_contextvars(request_id=request_id, task=self.name),
            acting(replace(system(self.actor_name), request_id=request_id)),
        ):
            return super().__call__(*args, **kwargs)


def request_id_of(message: Any) -> str:
    """What the message carries; what came from elsewhere, or from the clock, is known by the task's own id."""
    for found in (getattr(message, "request_id", None), getattr(message, "id", None)):
        if found and _ID.match(str(found)):
            return str(found)
    return ""


@before_task_publish.connect
def carry_request_id(headers: dict[str, Any] | None = None, **_rest: Any) -> None:
    """The id goes with the message, as a header: nothing else of the request does."""
    found = structlog.contextvars.get_contextvars().get("request_id")
    if headers is not None and found:
        headers.setdefault("request_id", found)


@worker_before_create_process.connect
def share_what_is_loaded(**_rest: Any) -> None:
    """The processes of a worker share what it has loaded, as long as no collector of garbage writes to all of it."""
    gc.collect()
    gc.freeze()


@setup_logging.connect
def log_as_the_site_does(**_rest: Any) -> None:
    """Celery's own set-up would print the arguments and results of tasks, and errors with their words."""
    from .logs import configure

    configure(None)


app = Celery("karpea", task_cls=ActorTask)
app.set_default()  # threads of the site find this app too, not an empty one
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "make-waiting-exports": {"task": "desk.tasks.make_waiting_exports", "schedule": 20.0},
    "remind": {"task": "desk.tasks.remind", "schedule": 20.0},
    "reconcile-scope": {"task": "cases.tasks.reconcile_scope", "schedule": crontab(hour="2", minute="30")},
    "end-what-was-left": {"task": "cases.tasks.end_what_was_left", "schedule": 600.0},
    # On the first of the month; on the other nights it finds nothing to do, or what was missed.
    "make-monthly-tables": {
        "task": "reports.tasks.make_monthly_tables",
        "schedule": crontab(hour="1", minute="15"),
    },
    "work-on-registers": {"task": "cases.tasks.work_on_registers", "schedule": 20.0},
    "forget-registers": {"task": "cases.tasks.forget_registers", "schedule": 600.0},
    "forget-expired": {"task": "desk.tasks.forget_expired", "schedule": 600.0},
    "sign-of-life": {"task": "config.tasks.sign_of_life", "schedule": 60.0},
}
