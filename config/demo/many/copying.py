"""Records into their tables by COPY, and many acts of one kind onto the trail."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from operator import attrgetter
from typing import Any

from django.db import connection
from django.db.models import Model

from audit.kinds import Kind
from audit.record import NOW, Happening, Thing, record_many


@cache
def _columns(model: type[Model]) -> tuple[str, Callable[[Model], tuple[Any, ...]]]:
    fields = model._meta.concrete_fields
    names = ", ".join(f'"{field.column}"' for field in fields)
    return f"COPY {model._meta.db_table} ({names}) FROM STDIN", attrgetter(*(f.attname for f in fields))


def copy(model: type[Model], records: Sequence[Model]) -> None:
    if not records:
        return
    statement, values = _columns(model)
    with connection.cursor() as cursor, cursor.copy(statement) as into:
        for record in records:
            into.write_row(values(record))


class Acts:
    """Acts of one kind by one person, for the trail."""

    def __init__(self, kind: Kind, fields: Iterable[str] = ()) -> None:
        self.kind, self.fields = kind, list(fields)
        self._told: list[tuple[Thing, Mapping[str, Any], Happening]] = []

    def add(self, thing: Thing, detail: Mapping[str, Any], happening: Happening = NOW) -> None:
        self._told.append((thing, detail, happening))

    def write(self) -> None:
        record_many(self.kind, self._told, fields=self.fields)


def columns(rows: Iterable[tuple[Any, ...]]) -> list[list[Any]]:
    """Rows as the arrays that `unnest` takes."""
    return [list(column) for column in zip(*rows, strict=True)]
