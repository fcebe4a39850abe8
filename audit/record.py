"""The one door to the trail. `record` writes in the caller's transaction or raises; it never returns quietly."""

import datetime
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from django.db import connection, transaction

from .context import require_actor
from .kinds import Kind, Precision, Result

log = structlog.get_logger("karpea.trail")
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
    event_id, told = uuid.uuid4(), {**(detail or {}), **by_token()}
    with connection.cursor() as cursor:
        cursor.execute(
            _WRITE,
            [
                event_id,
                kind.value,
                result.value,
                thing.type,
                thing.id,
                thing.label,
                thing.case_id,
                thing.province,
                sorted(fields),
                json.dumps(told, sort_keys=True, default=str),
                happening.on,
                happening.precision,
                happening.done_by,
                happening.source,
            ],
        )
    _tell_log(kind=kind.value, result=result.value, event_id=str(event_id))
    return event_id


def _tell_log(**told: Any) -> None:
    """One line once it stands: that something of this kind was done, and which event of the trail says what and by
    whom. So another machine that collects the logs can raise an alarm, and would miss what was taken from the trail."""
    transaction.on_commit(lambda: log.info("trail", **told))


def by_token() -> dict[str, str]:
    """For the detail of every event: the token, where a program acts for a person."""
    token = require_actor().token
    return {"by_token": token} if token else {}


_WRITE_MANY = """
SELECT audit_record(e.id, %s, 'OK', e.type, e.object_id, e.label, e.case_id, e.province, %s::text[], e.detail,
                    e.happened_on, e.precision, e.done_by, e.source)
  FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::uuid[], %s::smallint[], %s::jsonb[], %s::date[],
              %s::text[], %s::text[], %s::text[])
       e(id, type, object_id, label, case_id, province, detail, happened_on, precision, done_by, source)
"""


def record_many(
    kind: Kind, acts: Sequence[tuple[Thing, Mapping[str, Any], Happening]], *, fields: Iterable[str] = ()
) -> None:
    """The same act on many things, an event each, in one statement: for a load and for a register."""
    token = by_token()
    rows = [
        (uuid.uuid4(), thing.type, thing.id, thing.label, thing.case_id, thing.province,
         json.dumps({**detail, **token}, sort_keys=True, default=str),
         told.on, told.precision, told.done_by, told.source)
        for thing, detail, told in acts
    ]  # fmt: skip
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(_WRITE_MANY, [kind.value, sorted(fields), *map(list, zip(*rows, strict=True))])
        _tell_log(kind=kind.value, result=Result.OK.value, number=len(rows))


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
    event_id, told = uuid.uuid4(), json.dumps({**detail, **by_token()}, sort_keys=True)
    with connection.cursor() as cursor:
        cursor.callproc(asked.function, [event_id, page, asked.text, told])
    _tell_log(kind=Kind.REFUSED.value, result=Result.REFUSED.value, event_id=str(event_id))
