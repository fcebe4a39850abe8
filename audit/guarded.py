"""The first wall: a queryset that refuses to become SQL while nobody is acting."""

import functools
from collections.abc import Callable
from typing import Any

from django.db import models
from django.db.models.sql import Query

from .context import require_actor


class GuardedQuery(Query):
    """Raises when compiled without an actor. Declaring (forms, filters) stays free."""

    def get_compiler(self, *args: Any, **kwargs: Any) -> Any:
        require_actor()
        return super().get_compiler(*args, **kwargs)


def _by_somebody(name: str) -> Callable[..., Any]:
    """A writing method of Django's. It turns the query into one of another class, so it is asked here again."""
    plain = getattr(models.QuerySet, name)

    @functools.wraps(plain)
    def method(self: Any, *args: Any, **kwargs: Any) -> Any:
        require_actor()
        return plain(self, *args, **kwargs)

    return method


class GuardedQuerySet(models.QuerySet[Any]):
    update = _by_somebody("update")
    delete = _by_somebody("delete")
    _insert = _by_somebody("_insert")
    _update = _by_somebody("_update")
    _raw_delete = _by_somebody("_raw_delete")

    def __init__(self, model: Any = None, query: Any = None, using: Any = None, hints: Any = None) -> None:
        super().__init__(model, query or GuardedQuery(model), using, hints)


GuardedManager = models.Manager.from_queryset(GuardedQuerySet)


class Guarded(models.Model):
    """Base of every record that may only be touched by somebody.

    `DATA` on each model classes every field: plain, personal or sensitive (tests/contracts/test_every_field.py).
    """

    objects = GuardedManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"
        default_manager_name = "objects"

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        require_actor()
        return super().delete(*args, **kwargs)
