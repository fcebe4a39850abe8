"""Celery: the worker's sign of life."""

from celery import shared_task

from . import alive


@shared_task(name="config.tasks.sign_of_life", actor_name="health", ignore_result=True, expires=60)
def sign_of_life() -> None:
    """Sent by the clock, through the broker, done with the database at hand: all four were alive."""
    alive.sign("worker")
