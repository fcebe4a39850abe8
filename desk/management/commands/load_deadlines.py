"""Bring the proposed deadlines and the public holidays into their tables.

All of them are unconfirmed: the numbers are proposals, the holidays are from memory, and those that move with the
moon are missing from the second year on. What is in the table already is never touched: it may have been edited.
"""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from audit.context import acting, system
from desk.models import DeadlinePolicy, Holiday

DATA = Path(__file__).resolve().parents[2] / "data"
SOURCE = "From memory, to be checked against the sub-decree of the year."


class Command(BaseCommand):
    help = "Load the proposed deadlines and holidays (safe to run again; what is there stays as it is)."

    def handle(self, *args: Any, **options: Any) -> None:
        policies, holidays = read_deadlines(), read_holidays()
        with acting(system("migration")):
            new = write(policies, holidays)
        self.stdout.write(f"Deadlines loaded: {len(policies)}, holidays: {len(holidays)}; {new} new.")


def write(policies: list[DeadlinePolicy], holidays: list[Holiday]) -> int:
    """Insert what is missing; the number of new rows. A calendar with any holiday in it is kept by people. A deadline
    that nobody has edited learns after how long it goes up."""
    present = set(DeadlinePolicy.objects.values_list("what", "step", "level", "child_only"))
    new: list[Any] = [p for p in policies if (p.what, p.step, p.level, p.child_only) not in present]
    untouched = DeadlinePolicy.objects.filter(version=1, confirmed=False, escalate_after=None)
    for one in policies:
        if one.escalate_after is not None:
            same = {"what": one.what, "step": one.step, "level": one.level, "child_only": one.child_only}
            untouched.filter(**same).update(escalate_after=one.escalate_after)
    new += [] if Holiday.objects.exists() else holidays
    for row in new:
        row.save(force_insert=True)
    return len(new)


def read_deadlines() -> list[DeadlinePolicy]:
    return [
        DeadlinePolicy(
            what=row["what"],
            step=row["step"],
            level=row["level"],
            child_only=row["child_only"] == "yes",
            name_km=row["name_km"],
            name_en=row["name_en"],
            amount=int(row["amount"]),
            unit=row["unit"],
            remind_before=int(row["remind_before"]),
            mode=row["mode"],
            escalate_after=int(row["escalate_after"]) if row["escalate_after"] else None,
        )
        for row in _rows("deadlines.csv")
    ]


def read_holidays() -> list[Holiday]:
    return [
        Holiday(
            on=dt.date.fromisoformat(row["on"]), name_km=row["name_km"], name_en=row["name_en"], source=SOURCE
        )
        for row in _rows("holidays.csv")
    ]


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
