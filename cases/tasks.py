"""Celery: woken by the clock, and when a rule of sections was edited."""

from celery import shared_task

from desk import waking

from . import access


@shared_task(name="cases.tasks.reconcile_scope", actor_name="reconcile", ignore_result=True)
def reconcile_scope() -> None:
    """Compare every file's scope with the rule it follows from, at night."""
    access.reconcile()


def wake_reconcile() -> None:
    """Do it now, in a worker. Where none runs, the night does it."""
    waking.wake("cases.tasks.reconcile_scope", expires=3600)
