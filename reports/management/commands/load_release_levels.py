"""Bring the first levels of disclosure into their table: how small counts are told, and to which roles.

They are a proposal until the committee confirms them. A level that is in the table already is never touched: it may
have been edited.
"""

import csv
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.roles import Role
from audit.context import acting, system
from reports.models import ReleaseLevel
from reports.states import Treatment

DATA = Path(__file__).resolve().parents[2] / "data" / "release_levels.csv"


class Command(BaseCommand):
    help = "Load the proposed levels of disclosure (safe to run again; existing levels stay as they are)."

    def handle(self, *args: Any, **options: Any) -> None:
        levels = read_levels()
        with acting(system("migration")):
            new = write(levels)
        self.stdout.write(f"Levels of disclosure loaded: {len(levels)}, {new} new.")


def write(levels: list[ReleaseLevel]) -> int:
    """Insert what is missing; the number of new levels."""
    present = set(ReleaseLevel.objects.values_list("code", flat=True))
    new = [level for level in levels if level.code not in present]
    for level in new:
        level.save(force_insert=True)
    return len(new)


def read_levels() -> list[ReleaseLevel]:
    """Every level of the file; one that is missing, twice or unknown stops the load."""
    with DATA.open(encoding="utf-8", newline="") as lines:
        levels = [_level(row) for row in csv.DictReader(lines)]
    if sorted(level.code for level in levels) != sorted(ReleaseLevel.Code.values):
        raise CommandError("Levels of disclosure are missing, there twice, or unknown.")
    return levels


def _level(row: dict[str, str]) -> ReleaseLevel:
    return ReleaseLevel(
        code=row["code"],
        smallest=int(row["smallest"]),
        treatment=Treatment(row["treatment"]),
        rounding=int(row["rounding"]),
        whole_years=row["whole_years"] == "yes",
        roles=[str(Role(role)) for role in row["roles"].split()],
        confirmed=row["confirmed"] == "yes",
    )
