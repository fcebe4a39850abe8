"""Bring the code lists of accounts/data/codes/ into the table of codes.

One file per list, one line per code, in the order in which they are offered (or by their `rank`). A column named
"mapping.htcds" or "extra.urgent" fills that key of the JSON field; "[]" at its end means a list, parted by "; ",
":int" a number, and "yes" is true.
A code that somebody has edited here is left alone, and nothing is ever deleted: records refer to codes.
"""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import codes
from accounts.models import Code, CodeList
from audit.context import acting, system

DATA = Path(__file__).resolve().parents[2] / "data" / "codes"
LOADED = [
    "parent",
    "label_km",
    "label_en",
    "mapping",
    "extra",
    "rank",
    "valid_from",
    "valid_until",
    "confirmed",
    "basis",
    "note",
]


class Command(BaseCommand):
    help = "Load the code lists (safe to run again; edited codes stay as they are)."

    def handle(self, *args: Any, **options: Any) -> None:
        rows = read_codes()
        with acting(system("migration")):
            new, changed, edited = write(rows)
        codes.forget()
        self.stdout.write(
            f"Codes loaded: {len(rows)} in {len(CodeList)} lists, {new} new, {changed} changed."
        )
        if edited:
            self.stdout.write(
                f"{edited} codes differ from the files because they were edited here; they stay."
            )


def write(rows: list[Code]) -> tuple[int, int, int]:
    """Insert new codes and refresh unedited ones; how many are new, changed, and left alone though different."""
    present = {(code.list, code.code): code for code in Code.objects.all()}
    new, changed, edited = [], [], 0
    for row in rows:
        before = present.get((row.list, row.code))
        if before is None:
            new.append(row)
        elif _loaded(before) != _loaded(row):
            if before.edited_at is None:
                row.id = before.id
                changed.append(row)
            else:
                edited += 1
    Code.objects.bulk_create(new)
    Code.objects.bulk_update(changed, LOADED, batch_size=100)
    return len(new), len(changed), edited


def _loaded(code: Code) -> tuple[Any, ...]:
    return tuple(getattr(code, field) for field in LOADED)


def read_codes() -> list[Code]:
    """Every code of every list; a file that lacks or names an unknown list stops the load."""
    files = {path.stem.upper(): path for path in sorted(DATA.glob("*.csv"))}
    if files.keys() != set(CodeList.values):
        raise CommandError(
            f"Lists without a file or files without a list: {files.keys() ^ set(CodeList.values)}"
        )
    return [
        _code(name, position, row)
        for name, path in files.items()
        for position, row in enumerate(_csv(path), start=1)
    ]


def _code(name: str, position: int, row: dict[str, str]) -> Code:
    return Code(
        list=name,
        code=row["code"],
        parent=row.get("parent", ""),
        label_km=row["label_km"],
        label_en=row["label_en"],
        mapping=_nested(row, "mapping."),
        extra=_nested(row, "extra."),
        rank=int(row.get("rank") or position),
        valid_from=_date(row.get("valid_from", "")),
        valid_until=_date(row.get("valid_until", "")),
        confirmed=row["confirmed"] == "yes",
        basis=row["basis"],
        note=row["note"],
    )


def _nested(row: dict[str, str], prefix: str) -> dict[str, Any]:
    """The columns under a prefix that have a value."""
    found: dict[str, Any] = {}
    for column, text in row.items():
        if column.startswith(prefix) and text:
            key = column.removeprefix(prefix)
            if key.endswith("[]"):
                found[key.removesuffix("[]")] = text.split("; ")
            elif key.endswith(":int"):
                found[key.removesuffix(":int")] = int(text)
            else:
                found[key] = True if text == "yes" else text
    return found


def _date(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
