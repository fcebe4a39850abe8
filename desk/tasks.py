"""Celery: woken by a message or by the clock, never trusted with anything."""

from functools import partial

from celery import shared_task
from django.db import transaction

from . import expiry, exports, heirs
from .reminders import sweep


@shared_task(name="desk.tasks.make_waiting_exports", actor_name="export", ignore_result=True, expires=60)
def make_waiting_exports() -> None:
    """Make the oldest export that waits. Claimed and committed first, so that its page says "being made"."""
    exports.forget_expired()
    export_id = exports.claim()
    if export_id is not None:
        transaction.on_commit(partial(exports.make, export_id))


@shared_task(name="desk.tasks.forget_expired", actor_name="expiry", ignore_result=True, expires=300)
def forget_expired() -> None:
    """Hand drafts to those whom their writers chose, once a role has ended by its date. Delete a few of the drafts,
    keys of sent forms and sessions that have had their time."""
    heirs.fall()
    expiry.forget_expired()


@shared_task(name="desk.tasks.remind", actor_name="reminder", ignore_result=True, expires=60)
def remind() -> None:
    """Tell people of what is due, and mail it: in transactions of its own, a batch each."""
    transaction.on_commit(sweep.run)
