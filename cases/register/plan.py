"""How one register is read: its headings, what each column is, words matched by hand, and what empty cells mean.

Headings and words may hold anything, so all of it is sealed under the owner's key, as the rows are.
"""

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from accounts.vault import Subject, ensure_key, seal, unseal

from ..models import Register, RegisterPart
from .reading import Sheet

#: Rows in one sealed part, one transaction, one step of the progress.
ROWS = 250
PLACE, PART_PLACE = "cases_register.plan", "cases_registerpart.sealed"


@dataclass
class Plan:
    """Positions count from 0; `columns` leaves out what is not read."""

    sheet: str = ""
    others: int = 0
    heading_row: int = 1
    #: The first rows, so that another one can be taken for the headings.
    top: list[tuple[int, list[str]]] = field(default_factory=list)
    columns: dict[int, str] = field(default_factory=dict)
    #: {column: {word as compared: code, or "" to leave it empty}}
    words: dict[str, dict[str, str]] = field(default_factory=dict)
    #: {column: [[word as written, how often], ...]}, what no list knows
    unknown: dict[str, list[list[Any]]] = field(default_factory=dict)
    channel: str = ""
    province: str = ""
    official_involved: str = ""

    @property
    def headings(self) -> list[str]:
        return next((cells for number, cells in self.top if number == self.heading_row), [])

    def position_of(self, column: str) -> int | None:
        return next((at for at, name in self.columns.items() if name == column), None)

    @property
    def has_words_to_match(self) -> bool:
        return any(self.unknown.values())


@dataclass(frozen=True)
class Line:
    """One row as it was written. `merged` are its columns that hang on the row above."""

    number: int
    cells: Sequence[str]
    merged: Sequence[int] = ()

    def cell(self, position: int | None) -> str:
        if position is None or position >= len(self.cells):
            return ""
        return self.cells[position]


def owner_key(owner_id: uuid.UUID) -> Subject:
    return Subject("STAFF", owner_id)


def seal_plan(register: Register, plan: Plan) -> None:
    subject = owner_key(register.owner_id)
    ensure_key(subject)
    register.plan_sealed = seal(asdict(plan), subject=subject, place=PLACE, row=register.pk)


def open_plan(register: Register) -> Plan:
    """Raises CannotOpen for anybody but the owner."""
    kept = unseal(register.plan_sealed, subject=owner_key(register.owner_id), place=PLACE, row=register.pk)
    plan = Plan(**(kept or {}))
    plan.columns = {int(at): name for at, name in plan.columns.items()}
    plan.top = [(number, cells) for number, cells in plan.top]
    return plan


def parts_of(sheet: Sheet, register: Register) -> Iterator[RegisterPart]:
    """The rows of a sheet in sealed parts."""
    subject = owner_key(register.owner_id)
    merged: dict[int, list[int]] = {}
    for row, column in sorted(sheet.merged):
        merged.setdefault(row, []).append(column)
    for number, start in enumerate(range(0, len(sheet.rows), ROWS)):
        part = RegisterPart(owner_id=register.owner_id, register=register, number=number)
        rows = [[row, cells, merged.get(row, [])] for row, cells in sheet.rows[start : start + ROWS]]
        part.sealed = seal(rows, subject=subject, place=PART_PLACE, row=part.pk)
        yield part


def lines_of(part: RegisterPart, plan: Plan) -> list[Line]:
    """The rows of one part that come after the headings."""
    kept = unseal(part.sealed, subject=owner_key(part.owner_id), place=PART_PLACE, row=part.pk)
    return [Line(*row) for row in kept if row[0] > plan.heading_row]


def all_lines(register: Register, plan: Plan) -> Iterator[Line]:
    for part in RegisterPart.objects.filter(register=register).order_by("number", "pk").iterator(20):
        yield from lines_of(part, plan)


def lines_numbered(register: Register, plan: Plan, numbers: Iterable[tuple[int, int]]) -> dict[int, Line]:
    """Single rows, given as (part, row)."""
    wanted: dict[int, set[int]] = {}
    for part, row in numbers:
        wanted.setdefault(part, set()).add(row)
    found = {}
    for part in RegisterPart.objects.filter(register=register, number__in=wanted).order_by("number", "pk"):
        found |= {line.number: line for line in lines_of(part, plan) if line.number in wanted[part.number]}
    return found
