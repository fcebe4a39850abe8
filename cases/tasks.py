"""Celery: woken by the clock."""

from celery import shared_task

from . import access


@shared_task(name="cases.tasks.reconcile_scope", actor_name="reconcile", ignore_result=True)
def reconcile_scope() -> None:
    """Compare every file's scope with the rule it follows from, at night."""
    access.reconcile()
