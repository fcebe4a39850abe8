"""Bring the first rules of sections into their table: what a province right opens, by kind of agency.

They are a proposal until the committee confirms them. A rule that is in the table already is never touched: it
may have been edited, and what files show was worked out from it. Run before the first file is made.
"""

from __future__ import annotations

import csv
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Agency, SectionRule
from accounts.sections import NOTHING, Section
from audit.context import acting, system

DATA = Path(__file__).resolve().parents[2] / "data" / "section_rules.csv"


class Command(BaseCommand):
    help = "Load the proposed rules of sections (safe to run again; existing rules stay as they are)."

    def handle(self, *args: Any, **options: Any) -> None:
        rules = read_rules()
        with acting(system("migration")):
            new = write(rules)
        self.stdout.write(f"Rules of sections loaded: {len(rules)}, {new} new.")


def write(rules: list[SectionRule]) -> int:
    """Insert what is missing; the number of new rules."""
    present = set(SectionRule.objects.values_list("viewer_kind", "opened_by_kind"))
    new = [rule for rule in rules if (rule.viewer_kind, rule.opened_by_kind) not in present]
    for rule in new:
        rule.save(force_insert=True)
    return len(new)


def read_rules() -> list[SectionRule]:
    """One rule for every pair of kinds; a pair that is missing, twice or unknown stops the load."""
    with DATA.open(encoding="utf-8", newline="") as lines:
        rules = [_rule(row) for row in csv.DictReader(lines)]
    pairs = [(rule.viewer_kind, rule.opened_by_kind) for rule in rules]
    wanted = {(viewer, opener) for viewer in Agency.Kind.values for opener in Agency.Kind.values}
    if len(pairs) != len(wanted) or set(pairs) != wanted:
        raise CommandError(f"Rules missing, twice or of unknown kinds: {wanted ^ set(pairs) or 'twice'}")
    return rules


def _rule(row: dict[str, str]) -> SectionRule:
    return SectionRule(
        viewer_kind=row["viewer_kind"],
        opened_by_kind=row["opened_by_kind"],
        sections=int(reduce(or_, (Section[name] for name in row["sections"].split()), NOTHING)),
        confirmed=row["confirmed"] == "yes",
    )
