"""The history of a record as lines that people read: who changed what, when, from what to what.

Values stand there only for fields that are classed plain; of a name the line says that it was changed.
"""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from audit.words import SYSTEM, Words

from . import sections
from .queries import province_choices
from .roles import Role

LINES = 20
#: Said by the line itself.
_QUIET = {"edited_at", "edited_by"}


@dataclass(frozen=True)
class Change:
    """One line: the fields that were changed, each with its old and new value where it may be shown."""

    at: datetime.datetime
    who: str
    is_new: bool
    fields: list[tuple[str, str, str]]


def of(record: models.Model, words: Words | None = None) -> list[Change]:
    """The newest changes of a record. Rows of history show to auditors and administrators alone."""
    words = words or Words()
    twin = record.history.model  # type: ignore[attr-defined]
    rows = list(twin.objects.filter(id=record.pk).order_by("-history_date", "-history_id")[: LINES + 1])
    older = [*rows[1:], None]
    return [_change(record, row, before, words) for row, before in zip(rows, older, strict=True)][:LINES]


def _change(record: models.Model, row: Any, before: Any, words: Words) -> Change:
    fields = []
    for field in record._meta.concrete_fields:
        if before is None or field.name in _QUIET or not hasattr(row, field.attname):
            continue
        old, new = getattr(before, field.attname), getattr(row, field.attname)
        if old != new:
            shown = record.DATA[field.name] == "plain"  # type: ignore[attr-defined]
            fields.append((str(field.verbose_name), _told(field, old, shown), _told(field, new, shown)))
    return Change(row.history_date, _who(row.history_actor, words), row.history_type == "+", fields)


def _who(actor: str, words: Words) -> str:
    return SYSTEM[actor]() if actor in SYSTEM else words.label("person", actor)


def _told(field: Any, value: Any, shown: bool) -> str:
    if not shown:
        return ""
    text = str(value)
    if value is None or value == "":
        text = _("nothing")
    elif isinstance(value, bool):
        text = _("Yes") if value else _("No")
    elif field.name == "sections":
        text = "; ".join(str(sections.LABELS[one]) for one in sections.of(value)) or _("nothing")
    elif field.name == "roles":
        text = "; ".join(str(Role(role).label) if role in Role else role for role in value) or _("nothing")
    elif field.name == "province":
        text = dict(province_choices()).get(text, text)
    elif isinstance(value, datetime.date):
        text = date_format(value)
    elif field.choices:
        text = str(dict(field.flatchoices).get(value, value))
    return text
