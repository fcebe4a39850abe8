"""What a column of a register can be, and the headings by which it is known: Khmer, English, HTCDS v2.0.

A guess only: the person sees every column with what it was taken for before anything is read, and corrects it once
for the whole agency (memory.py).
"""

import csv
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from khmerspell import khnormal

from accounts.fields import ascii_digits

from ..forms.intake import SECTIONS
from ..text import visible

HEADINGS = Path(__file__).parent.parent / "data" / "register_headings.csv"
_FIELDS = {name: field for form in SECTIONS for name, field in form.base_fields.items()}


@dataclass(frozen=True)
class Column:
    """One thing a column may hold. `kind` says how its text is read (values.py); a date may have parts missing."""

    name: str
    label: str | Promise
    kind: str = "TEXT"
    code_list: str = ""
    headings: tuple[str, ...] = ()


def _headings() -> dict[str, tuple[str, ...]]:
    """Guesses, kept as data: whoever knows registers adds a line."""
    found: dict[str, tuple[str, ...]] = {}
    with HEADINGS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["column"]] = (*found.get(row["column"], ()), row["heading"])
    return found


_KNOWN = _headings()


def _of(name: str, kind: str, code_list: str = "") -> Column:
    """A question of the intake."""
    return Column(name, _FIELDS[name].label or "", kind, code_list, _KNOWN[name])


def _own(name: str, label: Promise, kind: str) -> Column:
    return Column(name, label, kind, "", _KNOWN[name])


COLUMNS: tuple[Column, ...] = (
    _of("alias", "TEXT"),
    _of("reported_on", "DATE"),
    _of("channel", "CODE", "CHANNEL"),
    _of("province", "PLACE"),
    _of("district", "PLACE"),
    _of("commune", "PLACE"),
    _of("official_involved", "CHOICE"),
    _own("name", _("Full name, in either script"), "NAME"),
    _of("name_km", "NAME"),
    _of("name_latin", "NAME"),
    _own("family_name", _("Family name alone"), "NAME"),
    _own("given_name", _("Given name alone"), "NAME"),
    _of("other_names", "NAME"),
    _of("sex", "CHOICE"),
    _of("birth_date", "DATE"),
    _own("age", _("Age"), "AGE"),
    _of("age_min", "AGE_ONE"),
    _of("age_max", "AGE_ONE"),
    _of("age_basis", "CHOICE"),
    _of("is_child", "CHOICE"),
    _of("nationality", "CODE", "NATIONALITY"),
    _of("language", "CODE", "LANGUAGE"),
    _of("needs_interpreter", "CHOICE"),
    _own("home_province", _("Home province"), "PLACE"),
    _of("home_district", "PLACE"),
    _of("document_kind", "CHOICE"),
    _of("document_number", "TEXT"),
    _of("phone", "TEXT"),
    _of("safe_to_call", "CHOICE"),
    _of("address", "TEXT"),
    _of("forms_of", "CODES", "FORM"),
    _of("country", "CODE", "COUNTRY"),
    _own("fact_province", _("Province where it happened"), "PLACE"),
    _of("fact_district", "PLACE"),
    _of("place_type", "CODE", "PLACE_TYPE"),
    _of("started_on", "DATE"),
    _of("ended_on", "DATE"),
    _of("child_at_start", "CHOICE"),
    _of("recruiter_relation", "CODE", "RECRUITER_RELATION"),
    _of("account", "LONG"),
    _of("acts", "CODES", "ACT"),
    _of("means", "CODES", "MEANS"),
    _of("controls", "CODES", "CONTROL"),
    _of("danger_now", "CHOICE"),
    _of("risk_level", "CHOICE"),
    _of("risk_reasons", "LONG"),
    _of("consent", "CHOICE"),
    _of("consent_on", "DATE"),
    _of("consent_how", "CHOICE"),
    _of("summary", "LONG"),
    _own("status", _("State in the register (kept as a note)"), "LONG"),
    _own("old_number", _("Number in the register (kept as a note)"), "TEXT"),
    _own("remarks", _("Remarks (kept as a note)"), "LONG"),
)
BY_NAME = {column.name: column for column in COLUMNS}
#: Kinds whose values come from a list, so that a word nobody knows is asked once.
LISTED = ("CODE", "CODES", "CHOICE", "PLACE")

_ASCII_SIGNS = re.compile("[\\s\\-\u2013\u2014_.,:;()\\[\\]/\\\\'\"*#?!\u2019\u17d4]+")


@lru_cache(maxsize=50_000)
def plain(text: str) -> str:
    """A heading or value as it is compared: script order, case, digits and signs put aside. Names of places and
    words of lists come again with every row, so the newest are kept."""
    text = ascii_digits(visible(text))
    if not text.isascii():
        text = str(khnormal(text))
    return _ASCII_SIGNS.sub("", text.casefold())


@cache
def _by_heading() -> dict[str, str]:
    found: dict[str, str] = {}
    for column in COLUMNS:
        for heading in (column.name, *column.headings):
            found.setdefault(plain(heading), column.name)
    return found


def guess(heading: str) -> str:
    """The column a heading means, or nothing."""
    return _by_heading().get(plain(heading), "")


def heading_row(rows: list[tuple[int, list[str]]]) -> int:
    """The number of the row that most looks like headings: most known names, else the first with two cells."""
    first = rows[:20]
    best = max(first, key=lambda row: sum(bool(guess(cell)) for cell in row[1] if cell), default=None)
    if best and sum(bool(guess(cell)) for cell in best[1] if cell):
        return best[0]
    return next((number for number, cells in first if sum(map(bool, cells)) > 1), first[0][0])


def letters(position: int) -> str:
    """A column as a spreadsheet names it: A, B, ... AA."""
    name, position = "", position + 1
    while position:
        position, rest = divmod(position - 1, 26)
        name = chr(65 + rest) + name
    return name
