"""The trail as a file: made by PostgreSQL itself (COPY), so that a million lines need no memory here.

Spreadsheets run what begins like a formula, so CSV cells that do are given a single quote; JSON Lines holds the
exact values, and is what a check of the content hashes works on. Names and sentences are in the language of whoever
asked; they are for reading and no part of the hash.
"""

from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext_lazy as _

from .filters import Filters
from .forms import TrailForm
from .models import Event
from .told import told
from .words import Words

BOM = b"\xef\xbb\xbf"
#: Signs that never stand in JSON text: with them as quote and separator COPY writes each object as it is.
_AS_IT_IS = r"FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02'"
_UTC = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'
_LOCAL = 'YYYY-MM-DD"T"HH24:MI:SS.US"+07:00"'

#: Name in the file, SQL over one event `e`, and whether it is text that somebody may have typed.
COLUMNS: tuple[tuple[str, str, bool], ...] = (
    ("event_id", "e.id", False),
    ("time_utc", f"to_char(e.at AT TIME ZONE 'UTC', '{_UTC}')", False),
    ("time_phnom_penh", f"to_char(e.at AT TIME ZONE 'Asia/Phnom_Penh', '{_LOCAL}')", False),
    ("actor_id", "e.actor", True),
    ("actor_name", "e.actor_name", True),
    ("agency", "e.actor_agency", True),
    ("agency_name", "e.agency_name", True),
    ("agency_id", "e.actor_agency_id", False),
    ("role", "e.actor_role", True),
    ("ip", "host(e.ip)", False),
    ("request", "e.request_id", True),
    ("kind", "e.kind", True),
    ("result", "e.result", True),
    ("sentence", "e.sentence", True),
    ("object_type", "e.object_type", True),
    ("object_id", "e.object_id", True),
    ("object_label", "e.object_label", True),
    ("file_number", "CASE WHEN e.object_type NOT IN ('person', 'agency') THEN e.record ELSE '' END", True),
    ("case_id", "e.case_id", False),
    ("province", "e.province", False),
    ("fields", "e.fields", False),  # a list in JSON Lines, words in CSV
    ("detail", "e.detail", False),
    ("happened_on", "e.happened_on", False),
    ("precision", "e.precision", True),
    ("done_by", "e.done_by", True),
    ("source", "e.source", True),
    ("layout", "e.layout", False),
    ("content_hash", "encode(e.content_hash, 'hex')", False),
)
#: What a spreadsheet takes for a formula, also after spaces and in full-width signs.
_FORMULA = r"^[\s\u00a0\u3000]*[=+@\-\uff1d\uff0b\uff20\uff0d|%]|^[\t\r\n]"


class Trail:
    """Wired to the exports by the setting EXPORTERS."""

    capability = "EXPORT_TRAIL"
    stem = "trail"
    title = _("Trail")

    def __init__(self, codes: Mapping[str, str]) -> None:
        self.events = Filters.from_codes(codes).apply(Event.objects.all())

    @staticmethod
    def chosen(data: Any) -> dict[str, str]:
        """The filter out of what was sent, as codes. Raises ValidationError with what is wrong with it."""
        form = TrailForm(data, words=Words())
        if not form.is_valid():
            raise ValidationError(
                [f"{form.fields[name].label}: {errors[0]}" for name, errors in form.errors.items()]
            )
        return form.filters().codes()

    @staticmethod
    def told(filters: Iterable[Mapping[str, str]]) -> list[list[str]]:
        """Filters in words, one list for each."""
        words = Words()
        forms = [TrailForm(codes, words=words) for codes in filters]
        return [list(form.told().values()) if form.is_valid() else [] for form in forms]

    def count(self) -> int:
        return int(self.events.count())

    def write(self, shape: str, file: BinaryIO) -> int:
        """Write every event that fits, oldest first; the number of lines as PostgreSQL counted them."""
        rows = told(*self.events.query.sql_with_params())
        with connection.cursor() as cursor:
            if shape == "CSV":
                file.write(BOM + ",".join(name for name, _sql, _typed in COLUMNS).encode() + b"\r\n")
                with cursor.copy(_csv(rows.sql), rows.params) as copy:
                    file.writelines(bytes(line).removesuffix(b"\n") + b"\r\n" for line in copy)
            else:
                with cursor.copy(_json_lines(rows.sql), rows.params) as copy:
                    file.writelines(copy)
            return int(cursor.rowcount)


# SQL of our own column names; what somebody chose stays a parameter of `rows`, which are in their order.


def _csv(rows: str) -> str:
    columns = [
        ("array_to_string(e.fields, ', ')", True) if name == "fields" else (sql, typed)
        for name, sql, typed in COLUMNS
    ]
    cells = ", ".join(
        f"CASE WHEN {sql} ~ '{_FORMULA}' THEN '''' || {sql} ELSE {sql} END" if typed else sql
        for sql, typed in columns
    ).replace("%", "%%")  # the parameters of the filter are %s
    return f"COPY (SELECT {cells} FROM ({rows}) AS e) TO STDOUT (FORMAT csv)"  # noqa: S608


def _json_lines(rows: str) -> str:
    cells = ", ".join(f"{sql} AS {name}" for name, sql, _typed in COLUMNS)
    lines = f"SELECT {cells} FROM ({rows}) AS e"  # noqa: S608
    return f"COPY (SELECT row_to_json(line) FROM ({lines}) AS line) TO STDOUT ({_AS_IT_IS})"  # noqa: S608
