"""Celery only wakes what is already a row in the database (docs/adr/0006)."""

import os
from typing import Any

from celery import Celery, Task
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")


class ActorTask(Task):
    """Base of every task: says who acts before anything is read, and fails loudly without.

    A task names its actor with `actor_name` (a system actor); acting for a person happens inside, from
    the row the task was woken for.
    """

    abstract = True
    actor_name = ""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        from audit.context import acting, system

        with acting(system(self.actor_name)):
            return super().__call__(*args, **kwargs)


app = Celery("karpea", task_cls=ActorTask)
app.set_default()  # threads of the site find this app too, not an empty one
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    "make-waiting-exports": {"task": "desk.tasks.make_waiting_exports", "schedule": 20.0},
    "reconcile-scope": {"task": "cases.tasks.reconcile_scope", "schedule": crontab(hour="2", minute="30")},
    "work-on-registers": {"task": "cases.tasks.work_on_registers", "schedule": 20.0},
    "forget-registers": {"task": "cases.tasks.forget_registers", "schedule": 600.0},
    "forget-expired": {"task": "desk.tasks.forget_expired", "schedule": 600.0},
}
