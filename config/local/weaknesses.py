"""`make weaknesses`: which parts of the product have a known weakness, and which of these is past its time.

Asks OSV, the open collection of such reports, for every part of `make sbom`; what is sent are names and versions of
public packages. How long a weakness may stay is in requirements/deadlines.csv, counted from the day it was published.
"""

import csv
import datetime
import json
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from . import sbom
from .folders import CLONE
from .say import line

OSV = "https://api.osv.dev"
#: Nobody has said how bad it is: taken for bad.
UNKNOWN = "HIGH"
_AT_ONCE = 500  # OSV takes a thousand


@dataclass(frozen=True)
class Weakness:
    id: str
    part: str
    severity: str
    published: datetime.date
    fixed: str

    def overdue(self, days: dict[str, int], today: datetime.date) -> int:
        """By how many days it is past its time; below zero while it has time."""
        return (today - self.published).days - days[self.severity]


def deadlines() -> dict[str, int]:
    with (CLONE / "requirements" / "deadlines.csv").open(newline="") as file:
        return {row["severity"]: int(row["days"]) for row in csv.DictReader(file)}


def ask(address: str = OSV) -> list[Weakness]:
    """Every known weakness of every part. Raises OSError or ValueError where the answer cannot be had whole."""
    purls = [part["purl"] for part in sbom.bill()["components"]]
    found = {
        pair
        for start in range(0, len(purls), _AT_ONCE)
        for pair in _ids(address, purls[start : start + _AT_ONCE])
    }
    told = {one: _get(f"{address}/v1/vulns/{one}") for one in sorted({one for _purl, one in found})}
    live = [(purl, told[one]) for purl, one in sorted(found) if not told[one].get("withdrawn")]
    return [_weakness(purl, report) for purl, report in live]


def _ids(address: str, purls: list[str]) -> Iterator[tuple[str, str]]:
    queries = [{"package": {"purl": purl}} for purl in purls]
    results = _get(f"{address}/v1/querybatch", {"queries": queries})["results"]
    if len(results) != len(purls):
        raise ValueError("fewer answers than questions")
    for purl, result in zip(purls, results, strict=True):
        for report in result.get("vulns", ()):
            yield purl, str(report["id"])


def _get(url: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    data = json.dumps(body).encode() if body else None
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})  # noqa: S310  our own address
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
        found: dict[str, Any] = json.load(answer)
    return found


def _weakness(purl: str, report: dict[str, Any]) -> Weakness:
    severity = str(report.get("database_specific", {}).get("severity") or UNKNOWN).upper()
    ends = [
        event["fixed"]
        for affected in report.get("affected", ())
        for span in affected.get("ranges", ())
        for event in span.get("events", ())
        if "fixed" in event
    ]
    return Weakness(
        id=str(report["id"]),
        part=purl,
        severity=severity if severity in deadlines() else UNKNOWN,
        published=datetime.date.fromisoformat(str(report["published"])[:10]),
        fixed=", ".join(dict.fromkeys(ends)) or "no version yet",
    )


def report(address: str = OSV, today: datetime.date | None = None) -> int:
    """Print them, the most overdue first. 0 where none is past its time, 1 where one is, 2 where nobody answered."""
    today = today or datetime.datetime.now(datetime.UTC).date()
    try:
        found = ask(address)
    except (OSError, ValueError, KeyError) as error:
        line(
            f"Nobody could be asked ({type(error).__name__}). Nothing is known: ask again where there is a network."
        )
        return 2
    days = deadlines()
    ranked = sorted(found, key=lambda one: (-one.overdue(days, today), one.part, one.id))
    for one in ranked:
        late = one.overdue(days, today)
        when = f"{late} days PAST ITS TIME" if late > 0 else f"{-late} days left"
        line(f"{one.part}: {one.id}, {one.severity}, {when}, mended in {one.fixed}")
    past = sum(one.overdue(days, today) > 0 for one in found)
    parts = len(sbom.bill()["components"])
    line(f"{parts} parts asked about, {len(found)} known weaknesses, {past} past their time.")
    return 1 if past else 0
