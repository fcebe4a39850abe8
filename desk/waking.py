"""Waking a worker: the one door to the broker. What is woken is a row already, so nothing is lost without it."""

import logging
import threading

from celery import current_app

log = logging.getLogger("karpea.celery")


def wake(task: str, *, expires: int = 60) -> None:
    """Tell a worker, from a thread of its own: a broker that is down or silent holds up no page."""
    threading.Thread(target=_publish, args=(task, expires), name="wake", daemon=True).start()


def _publish(task: str, expires: int) -> None:
    try:
        current_app.send_task(task, ignore_result=True, expires=expires)
    except Exception:  # the workers' own clock finds what is to be done
        log.warning("the broker does not answer; %s waits for the workers' clock", task, exc_info=True)
