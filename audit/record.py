"""The one door to the trail. `record` writes in the caller's transaction or raises; it never returns quietly."""

import datetime
import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from .context import require_actor
from .kinds import Kind, Precision, Result

_WRITE = "SELECT audit_record(%s, %s, %s, %s, %s, %s, %s, %s::smallint, %s::text[], %s::jsonb, %s::date, %s, %s, %s)"


@dataclass(frozen=True)
class Happening:
    """When and by whom something was really done, where that differs from who records it now.

    `on` is None for "now"; `done_by` and `source` are codes of the lists DONE_BY and SOURCE.
    """

    on: datetime.date | None = None
    precision: str = Precision.DAY
    done_by: str = ""
    source: str = ""


NOW = Happening()


@dataclass(frozen=True)
class Thing:
    """The record an act is about: its type, id, the label people know it by, its file and province."""

    type: str
    id: str = ""
    label: str = ""
    case_id: uuid.UUID | None = None
    province: int | None = None


@dataclass(frozen=True)
class Act:
    """One of many events that are written together: the record, its detail, and when it really happened."""

    thing: Thing
    detail: Mapping[str, Any] | None = None
    happening: Happening = NOW
    fields: tuple[str, ...] = ()


def record(
    kind: Kind,
    thing: Thing,
    *,
    result: Result = Result.OK,
    fields: Iterable[str] = (),
    detail: Mapping[str, Any] | None = None,
    happening: Happening = NOW,
) -> uuid.UUID:
    """Write one event; its id. `detail` holds codes, ids and counts only: no value of a person's data."""
    require_actor()
    event_id = uuid.uuid4()
    with connection.cursor() as cursor:
        act = Act(thing, detail, happening, tuple(fields))
        cursor.execute(_WRITE, _row(event_id, kind, act, result))
    return event_id


def record_each(kind: Kind, acts: Iterable[Act]) -> None:
    """Write one event for each act, in their order: many files made at once are still told one by one."""
    require_actor()
    rows = [_row(uuid.uuid4(), kind, act) for act in acts]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(_WRITE, rows)


def _row(event_id: uuid.UUID, kind: Kind, act: Act, result: Result = Result.OK) -> list[Any]:
    thing, happening = act.thing, act.happening
    return [
        event_id,
        kind.value,
        result.value,
        thing.type,
        thing.id,
        thing.label,
        thing.case_id,
        thing.province,
        sorted(act.fields),
        json.dumps(act.detail or {}, sort_keys=True, default=str),
        happening.on,
        happening.precision,
        happening.done_by,
        happening.source,
    ]


def while_sending() -> dict[str, bool]:
    """For the detail of a read: one that a sent form needs is told from one of somebody who looks."""
    return {"sent": True} if require_actor().sends else {}


@dataclass(frozen=True)
class Asked:
    """What somebody asked for and was not shown, as `text`. A function of the database finds the file it belongs to
    and writes it on the trail: the site itself never learns whether there is one."""

    function: str
    text: str


def record_refused_look(asked: Asked, *, page: str, detail: Mapping[str, Any]) -> None:
    """Write one refusal that an auditor finds by the file's number. One statement, whatever there is to find."""
    require_actor()
    with connection.cursor() as cursor:
        cursor.callproc(asked.function, [uuid.uuid4(), page, asked.text, json.dumps(detail, sort_keys=True)])
