"""Celery: the clock wakes the making of monthly tables; whether one is due is a question to the rows."""

from celery import shared_task

from . import schedule


@shared_task(name="reports.tasks.make_monthly_tables", actor_name="report", ignore_result=True, expires=3600)
def make_monthly_tables() -> None:
    """Make every monthly table that is due and not there yet."""
    schedule.make_missing()
