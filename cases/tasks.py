"""Celery: woken by the clock, and when a rule of sections was edited."""

import logging
import threading

from celery import current_app, shared_task

from . import access

log = logging.getLogger("karpea.celery")


@shared_task(name="cases.tasks.reconcile_scope", actor_name="reconcile", ignore_result=True)
def reconcile_scope() -> None:
    """Compare every file's scope with the rule it follows from, at night."""
    access.reconcile()


def wake_reconcile() -> None:
    """Do it now, in a worker. From a thread of its own: a broker that is down or silent holds up no page."""
    threading.Thread(target=_publish, name="wake", daemon=True).start()


def _publish() -> None:
    try:
        current_app.send_task("cases.tasks.reconcile_scope", ignore_result=True, expires=3600)
    except Exception:  # nothing is lost: the workers' own clock does it at night
        log.warning("the broker does not answer; the files are compared at night", exc_info=True)
