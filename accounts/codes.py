"""What the code lists offer and how a code is called, in the reader's language.

All lists are read in one query and kept in the process for a minute, so a page may ask for as many as it likes. An
edit shows in other processes a minute later at most; the process that edits calls `forget()`.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils import timezone

from .models import Code
from .models.places import in_khmer
from .places import sort_key

KEPT_SECONDS = 60


class Entry(NamedTuple):
    """One code as it was read; `mapping` and `extra` are shared, so never change them."""

    code: str
    parent: str
    label_km: str
    label_en: str
    mapping: dict[str, Any]
    extra: dict[str, Any]
    rank: int
    valid_from: dt.date | None
    valid_until: dt.date | None
    confirmed: bool

    @property
    def is_heading(self) -> bool:
        """A heading groups others and cannot be chosen itself."""
        return bool(self.extra.get("heading"))

    @property
    def label(self) -> str:
        return self.label_km if in_khmer() else self.label_en

    def offered(self, on: dt.date) -> bool:
        """Whether the list shows it on a day. A derived code (mixed forms) is worked out, so no list shows it."""
        if self.extra.get("derived"):
            return False
        return not (
            (self.valid_from and on < self.valid_from) or (self.valid_until and on > self.valid_until)
        )


class Branch(NamedTuple):
    """An entry with the narrower ones below it; a heading only groups them."""

    code: str
    label: str
    is_heading: bool
    children: list[tuple[str, str]]


Lists = dict[str, dict[str, Entry]]


@dataclass
class _Kept:
    """What this process has read: by language (Khmer or not), list and code."""

    lists: dict[bool, Lists] | None = None
    read_at: float = 0


_kept = _Kept()


def forget() -> None:
    """Read the lists again on the next question."""
    _kept.lists = None


def _lists() -> Lists:
    """Every list in the order of the reader's language."""
    if _kept.lists is None or time.monotonic() - _kept.read_at > KEPT_SECONDS:
        rows = [(name, Entry(*values)) for name, *values in Code.objects.values_list("list", *Entry._fields)]
        _kept.lists = {True: _ordered(rows, _order_km), False: _ordered(rows, _order_en)}
        _kept.read_at = time.monotonic()
    return _kept.lists[in_khmer()]


def _ordered(rows: list[tuple[str, Entry]], order: Callable[[Entry], tuple[int, str, str]]) -> Lists:
    lists: Lists = {}
    for name, entry in sorted(rows, key=lambda row: order(row[1])):
        lists.setdefault(name, {})[entry.code] = entry
    return lists


def _order_km(entry: Entry) -> tuple[int, str, str]:
    return entry.rank, sort_key(entry.label_km), entry.code


def _order_en(entry: Entry) -> tuple[int, str, str]:
    return entry.rank, entry.label_en.casefold(), entry.code


def entries(code_list: str) -> dict[str, Entry]:
    """Every entry of a list by its code, expired ones too."""
    return _lists().get(code_list, {})


def get(code_list: str, code: str) -> Entry | None:
    """One entry, for its mapping to other systems and its further properties (`extra`)."""
    return entries(code_list).get(code)


def choices(code_list: str, *, on: dt.date | None = None) -> list[tuple[str, str]]:
    """(code, label) of what can be chosen on a day (today), for a form field."""
    return [(entry.code, entry.label) for entry in _offered(code_list, on) if not entry.is_heading]


def label(code_list: str, code: str) -> str:
    """The label of a code, expired or not; the code itself if nobody knows it."""
    entry = get(code_list, code)
    return entry.label if entry else code


def labels(code_list: str) -> dict[str, str]:
    """The label of every code of a list, expired ones too."""
    return {entry.code: entry.label for entry in entries(code_list).values()}


def tree(code_list: str, *, on: dt.date | None = None) -> list[Branch]:
    """The same as branches of two levels, narrower entries below their broader one.

    An entry whose broader one is not offered stands on its own, so that nothing gets lost.
    """
    offered = {entry.code: entry for entry in _offered(code_list, on)}
    tops = {code for code, entry in offered.items() if entry.parent not in offered}
    branches: dict[str, Branch] = {}
    for code, entry in offered.items():
        if entry.parent not in tops:
            branches[code] = Branch(code, entry.label, entry.is_heading, [])
    for code, entry in offered.items():
        if entry.parent in tops:
            branches[entry.parent].children.append((code, entry.label))
    return [*branches.values()]


def _offered(code_list: str, on: dt.date | None) -> list[Entry]:
    on = on or timezone.localdate()
    return [entry for entry in entries(code_list).values() if entry.offered(on)]
