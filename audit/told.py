"""The sentences of very many events at once: told once for each shape that occurs, then filled in by PostgreSQL.

A shape is all that decides on a sentence beside who and which record. A million events have a few thousand shapes;
names, numbers and sentences are looked up in one object each, so that the rows keep the order of their index.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, cast

from django.db import connection

from .kinds import Kind
from .models import Event
from .sentences import COUNTED, COUNTS, ON_STAFF, RESTS_ON, sentence
from .words import SYSTEM, Words

#: Signs that no name and no number holds: where who and which record go.
_WHO, _RECORD = "\x01", "\x02"
#: Between the parts of a shape; JSON never holds it.
_BETWEEN = "\x1f"
_ON_STAFF = ", ".join(f"'{kind}'" for kind in ON_STAFF)
_IDS = "CASE WHEN jsonb_typeof(e.detail -> 'ids') = 'array' THEN jsonb_array_length(e.detail -> 'ids') END"
#: How many rows an event is about, as sentences.number_of finds it.
_NUMBER = "COALESCE({}, {}, 0)".format(
    ", ".join(
        f"CASE WHEN jsonb_typeof(e.detail -> '{name}') = 'number' THEN (e.detail ->> '{name}')::numeric::bigint END"
        for name in COUNTS
    ),
    _IDS,
)


@dataclass(frozen=True)
class Told:
    """SQL that gives each event of a query `record`, `agency_name` and `sentence` too, with its parameters."""

    sql: str
    params: Sequence[Any]


class _Blank(Words):
    """Words with places for who and which record."""

    def who(self, event: Event) -> str:
        return _WHO

    def record(self, event: Event) -> str:
        return event.object_label


def told(inner: str, params: Sequence[Any]) -> Told:
    """The events of a query, oldest first, in the language of now."""
    words = _Blank()
    people = {**words.table("person"), **{actor: label() for actor, label in SYSTEM.items()}}
    sentences = {shape: _sentence(shape, words) for shape in _shapes(inner, params)}
    # Each OFFSET 0 keeps what is looked up below it from being looked up once for each place it is used in.
    found = f"SELECT e.*, {_record()} AS record FROM ({inner}) AS e ORDER BY e.at, e.seq OFFSET 0"  # noqa: S608
    sql = (
        "SELECT e.*, COALESCE(%s::jsonb ->> e.actor_agency_id::text, e.actor_agency) AS agency_name, "  # noqa: S608
        f"replace(replace(COALESCE(%s::jsonb ->> {_shape()}, %s || e.kind), %s, e.record), %s, "
        "COALESCE(%s::jsonb ->> e.actor, NULLIF(e.actor_name, ''), e.actor)) AS sentence "
        f"FROM ({found}) AS e OFFSET 0"
    )
    before = [json.dumps(words.table("agency")), json.dumps(sentences), f"{_WHO}: ", _RECORD, _WHO]
    return Told(sql, [*before, json.dumps(people), *params])


# SQL of our own names: one event is `e`, and what somebody chose stays a parameter of `inner`.


def _record() -> str:
    """What words.record says. Looked up for each event that does not name its file, by the index of that file: all
    numbers of the trail at once would have to be kept."""
    return (
        "COALESCE(NULLIF(e.object_label, ''), (SELECT n.object_label FROM audit_event AS n "
        "WHERE n.case_id = e.case_id AND n.object_type = 'case' AND n.object_label <> '' LIMIT 1), '')"
    )


def _shape() -> str:
    """Kind, result, whether the record has a name, and by the kind what its sentence rests on."""
    by_kind = []
    for kind in Kind:
        rests = [f"e.detail -> '{key}'" for key in RESTS_ON.get(kind, ())]
        rests += [f"to_jsonb({_NUMBER})"] if kind in COUNTED else []
        rests += ["to_jsonb(cardinality(e.fields))"] if kind == Kind.FILE_CHANGED else []
        if rests:
            # An array put together as text: built as one it costs twice as much.
            items = ", ',', ".join(f"COALESCE({part}, 'null')" for part in rests)
            by_kind.append(f"WHEN '{kind}' THEN concat('[', {items}, ']')")
    of_kind = f"CASE e.kind {' '.join(by_kind)} END"
    staff = (
        f"CASE WHEN e.kind IN ({_ON_STAFF}) THEN "
        "jsonb_build_array(e.object_type, e.object_id, e.object_label, e.province) END"
    )
    parts = f"e.kind, e.result, e.record <> '', COALESCE({staff}, '[]'), COALESCE({of_kind}, '[]')"
    return f"concat_ws('{_BETWEEN}', {parts})"


def _shapes(inner: str, params: Sequence[Any]) -> list[str]:
    """Each shape among the events. One that comes up only afterwards is told by its code."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {_shape()} AS shape FROM (SELECT e.*, "  # noqa: S608
            "CASE WHEN e.object_label <> '' OR e.case_id IS NOT NULL THEN '.' ELSE '' END AS record "
            f"FROM ({inner}) AS e) AS e GROUP BY shape",
            params,
        )
        return [shape for (shape,) in cursor.fetchall()]


def _sentence(shape: str, words: Words) -> str:
    kind, result, is_named, staff, text = shape.split(_BETWEEN)
    parts = json.loads(text)
    nobody = ("", "", _RECORD if is_named == "t" else "", None)
    kind_of_staff, identity, label, province = json.loads(staff) or nobody
    names = [*RESTS_ON.get(kind, ()), *(["rows"] if kind in COUNTED else [])]
    detail = dict(zip(names, parts, strict=False))
    number = parts[-1] if parts else 0
    event = SimpleNamespace(
        kind=kind,
        result=result,
        fields=[""] * number if kind == Kind.FILE_CHANGED else [],
        object_type=kind_of_staff,
        object_id=identity,
        object_label=label,
        province=province,
        detail={name: value for name, value in detail.items() if value is not None},
    )
    return sentence(cast(Event, event), words)
