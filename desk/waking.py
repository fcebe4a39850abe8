"""Waking a worker: the one door to the broker. What is woken is a row already, so nothing is lost without it."""

import logging
import threading
from collections.abc import Mapping
from typing import Any

import structlog
from celery import current_app

log = logging.getLogger("karpea.celery")


def wake(task: str, *, expires: int = 60) -> None:
    """Tell a worker, from a thread of its own: a broker that is down or silent holds up no page."""
    context = structlog.contextvars.get_contextvars()  # the request's id, which a new thread does not know
    threading.Thread(target=_publish, args=(task, expires, context), name="wake", daemon=True).start()


def _publish(task: str, expires: int, context: Mapping[str, Any]) -> None:
    with structlog.contextvars.bound_contextvars(**context):
        try:
            current_app.send_task(task, ignore_result=True, expires=expires)
        except Exception:  # the workers' own clock finds what is to be done
            log.warning("the broker does not answer; %s waits for the workers' clock", task, exc_info=True)
