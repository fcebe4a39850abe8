"""Celery: woken by the clock, and when a rule of sections was edited."""

from celery import shared_task
from django.db import transaction

from desk import waking

from . import access, left
from .register import work


@shared_task(name="cases.tasks.reconcile_scope", actor_name="reconcile", ignore_result=True)
def reconcile_scope() -> None:
    """Compare every file's scope with the rule it follows from, at night."""
    access.reconcile()


@shared_task(name="cases.tasks.end_what_was_left", actor_name="reconcile", ignore_result=True, expires=300)
def end_what_was_left() -> None:
    """End the access that rested on posts whose last day has passed."""
    left.end_what_was_left()


def wake_reconcile() -> None:
    """Do it now, in a worker. Where none runs, the night does it."""
    waking.wake("cases.tasks.reconcile_scope", expires=3600)


@shared_task(name="cases.tasks.work_on_registers", actor_name="register", ignore_result=True, expires=60)
def work_on_registers() -> None:
    """Check, import or take back registers that wait, part by part, each in a transaction of its own."""
    transaction.on_commit(work.work)


@shared_task(name="cases.tasks.forget_registers", actor_name="expiry", ignore_result=True, expires=300)
def forget_registers() -> None:
    """Delete the rows of registers that nobody has done anything with for a day."""
    work.forget_expired()
