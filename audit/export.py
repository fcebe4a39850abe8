"""The trail as an export: which events, in which order, with which columns. desk/ makes the file.

Its columns are those that are stored, and JSON Lines holds their exact values: that is what a check of the content
hashes works on. Names and sentences cost about as much again and are there for who asks for them, in their language;
they are for reading and no part of the hash.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from .columns import Column, Holds, Rows
from .filters import Filters
from .forms import TrailForm
from .queries import readable
from .told import told
from .words import Words

_UTC = 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'
#: Chosen beside the filter.
SENTENCES = "sentences"

COLUMNS = (
    Column("event_id", made_by="e.id"),
    Column("time_utc", made_by=f"to_char(e.at AT TIME ZONE 'UTC', '{_UTC}')"),
    Column("time_phnom_penh", Holds.MOMENT, "e.at"),
    Column("actor_id", made_by="e.actor"),
    Column("actor_name"),
    Column("agency", made_by="e.actor_agency"),
    Column("agency_name"),
    Column("agency_id", made_by="e.actor_agency_id"),
    Column("role", made_by="e.actor_role"),
    Column("ip", made_by="host(e.ip)"),
    Column("request", made_by="e.request_id"),
    Column("kind"),
    Column("result"),
    Column("sentence"),
    Column("object_type"),
    Column("object_id"),
    Column("object_label"),
    Column(
        "file_number", made_by="CASE WHEN e.object_type NOT IN ('person', 'agency') THEN e.record ELSE '' END"
    ),
    Column("case_id"),
    Column("province", Holds.NUMBER),
    Column("fields", Holds.LIST),
    Column("detail"),
    Column("happened_on", Holds.DAY),
    Column("precision"),
    Column("done_by"),
    Column("source"),
    Column("layout", Holds.NUMBER),
    Column("content_hash", made_by="encode(e.content_hash, 'hex')"),
)
#: Those that are told, not stored.
TOLD = ("agency_name", "sentence", "file_number")
STORED = tuple(column for column in COLUMNS if column.name not in TOLD)


class Trail:
    """Wired to the exports by the setting EXPORTERS."""

    capability = "EXPORT_TRAIL"
    stem = "trail"
    page = "audit:trail"
    title = _("Trail")

    def __init__(self, codes: Mapping[str, str], user: Any) -> None:
        chosen = {name: code for name, code in codes.items() if name != SENTENCES}
        self.events = Filters.from_codes(chosen).apply(readable(user))
        self.has_sentences = SENTENCES in codes

    @staticmethod
    def chosen(data: Any) -> dict[str, str]:
        """The filter out of what was sent, as codes. Raises ValidationError with what is wrong with it."""
        form = TrailForm(data, words=Words())
        if not form.is_valid():
            raise ValidationError(
                [f"{form.fields[name].label}: {errors[0]}" for name, errors in form.errors.items()]
            )
        return form.filters().codes() | ({SENTENCES: "1"} if data.get(SENTENCES) else {})

    @staticmethod
    def told(filters: Iterable[Mapping[str, str]]) -> list[list[str]]:
        """Filters in words, one list for each."""
        words, lines = Words(), []
        for codes in filters:
            form = TrailForm(codes, words=words)
            lines.append(list(form.told().values()) if form.is_valid() else [])
            if SENTENCES in codes:
                lines[-1].append(_now("With names and sentences"))
        return lines

    def count(self) -> int:
        return int(self.events.count())

    def rows(self) -> Rows:
        """Every event that fits, oldest first."""
        sql, params = self.events.query.sql_with_params()
        if self.has_sentences:
            more = told(sql, params)
            return Rows(more.sql, more.params, COLUMNS)
        ordered, params = self.events.order_by("at", "seq", "pk").query.sql_with_params()
        return Rows(ordered, params, STORED)
