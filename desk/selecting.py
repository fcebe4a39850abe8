"""The columns of an export put together with the SQL that they are read by, codes with their labels beside them."""

import json
from collections.abc import Mapping
from typing import Any

from audit.columns import Column, Holds


class Select:
    """Columns in their order. `when` is SQL that must be true of the row: elsewhere the cell is empty.

    Labels are looked up in one object for each list: a join would cost the rows their order.
    """

    def __init__(self) -> None:
        self.columns: list[Column] = []
        self.params: list[Any] = []
        self._parts: list[str] = []

    def add(self, name: str, sql: str, holds: Holds = Holds.TEXT, *, when: str = "") -> None:
        self.columns.append(Column(name, holds))
        self._parts.append(f"{f'CASE WHEN {when} THEN {sql} END' if when else sql} AS {name}")

    def label(self, name: str, sql: str, labels: Mapping[Any, Any], *, when: str = "") -> None:
        """What a code or id is called, in the language of now; nothing where nobody knows it."""
        self.add(name, f"%s::jsonb ->> {sql}::text", when=when)
        self.params.append(json.dumps({str(code): str(label) for code, label in labels.items()}))

    def code(self, name: str, sql: str, labels: Mapping[Any, Any], *, when: str = "") -> None:
        """A code, and what it is called."""
        self.add(name, sql, when=when)
        self.label(f"{name}_label", sql, labels, when=when)

    @property
    def sql(self) -> str:
        return ", ".join(self._parts)
