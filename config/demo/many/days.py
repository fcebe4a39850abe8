"""One day of many files into the database: a COPY for each table, with every trigger on, by whoever did it."""

import datetime
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.db import connection
from django.db.models import Model

from accounts.access import post_for, speak
from accounts.models import User
from accounts.roles import Capability
from accounts.vault import fetch_keys
from audit.context import Actor, become
from audit.kinds import Kind
from audit.record import NOW, Happening, record_many
from cases import numbers, reminders, vault
from cases.access import thing
from cases.answers import Answer
from cases.lifecycle import BY_VERB
from cases.making import Intake
from cases.models import Case, Note, Victim
from cases.opening import agency_for
from cases.states import Status
from desk.models import Due
from desk.reminders import clocks

from .. import texts
from ..clock import Clock, clock
from ..files import closed_because, who_moves
from ..intakes import Map, intake, words
from ..people import Cast
from ..plans import Plan
from . import notes, rows

Step = tuple[int, Plan]
#: After a day's openings and moves; a file's first move of the day is phase 1, its next is 2.
NOTES = 99
_MOVE = """
UPDATE cases_case c SET status = s.status, closure = s.closure, status_since = s.at, status_by_id = %s,
                        updated_at = s.at, version = version + 1
  FROM unnest(%s::uuid[], %s::text[], %s::timestamptz[], %s::text[]) s(id, status, at, closure) WHERE c.id = s.id
"""
_DONE = """
UPDATE desk_due d SET done_at = s.at, next_at = NULL
  FROM unnest(%s::uuid[], %s::timestamptz[]) s(id, at) WHERE d.kind = 'CASE' AND d.thing_id = s.id AND d.done_at IS NULL
"""


def copy(model: type[Model], records: Sequence[Model]) -> None:
    if not records:
        return
    fields = list(model._meta.concrete_fields)
    names = ", ".join(f'"{field.column}"' for field in fields)
    attributes = [field.attname for field in fields]
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {model._meta.db_table} ({names}) FROM STDIN") as into,
    ):
        for record in records:
            into.write_row([getattr(record, name) for name in attributes])


class Days:
    """Writes days in their order."""

    def __init__(self, cast: Cast, places: Map, *, until: datetime.datetime) -> None:
        self.cast, self.places, self.until, self.ids = cast, places, until, rows.Ids()
        self._agencies: dict[tuple[str, str], Any] = {}

    def write(self, steps: list[Step]) -> None:
        """Everything of one day, each group by the person who does it and at its last moment."""
        groups: dict[tuple[int, str, str], list[Step]] = defaultdict(list)
        moved: Counter[int] = Counter()
        for step, plan in steps:
            if 0 < step < notes.FIRST:
                moved[plan.index] += 1
            phase = 0 if step == 0 else moved[plan.index] if step < notes.FIRST else NOTES
            groups[phase, self._who(step, plan), plan.letters].append((step, plan))
        with clock(self.until) as ours:
            for (phase, who, _letters), group in sorted(groups.items(), key=lambda one: one[0]):
                do = self._open if phase == 0 else self._note if phase == NOTES else self._move
                with become(_without_keys(self.cast.actors[who])):
                    do(ours, self.cast.people[who], group)

    def _who(self, step: int, plan: Plan) -> str:
        if step == 0:
            return plan.opener
        if step < notes.FIRST:
            return who_moves(plan, plan.way[step - 1])
        return notes.who(plan, step)

    def _agency(self, plan: Plan) -> Any:
        """Whose file it is: asked of its opener, who acts when it is opened, and remembered."""
        key = (plan.opener, plan.letters)
        if key not in self._agencies:
            province = self.places.provinces[plan.letters]
            self._agencies[key] = agency_for(self.cast.people[plan.opener], province)
        return self._agencies[key]

    def _open(self, ours: Clock, by: User, group: list[Step]) -> None:
        agency = self._agency(group[0][1])
        speak(by, post_for(by, Capability.OPEN_FILE, near=agency.pk))
        told = [intake(plan, self.places) for _step, plan in group]
        numbered = numbers.next_numbers([one.province for one in told], group[0][1].opened_at.year)
        tables: dict[type[Model], list[Any]] = defaultdict(list)
        events = _Events(Kind.FILE_OPENED)
        for (_step, plan), one, number in zip(group, told, numbered, strict=True):
            ours.at = plan.opened_at
            records = rows.opened(one, pk=self.ids[plan.index], number=number, agency=agency, by=by)
            for model, found in records.items():
                tables[model] += found
            case = tables[Case][-1]
            tables[Due] += _due(case, one)
            events.add(
                case.pk,
                {"named_only": case.named_only, "identity": bool(one.identity), "channel": case.channel},
                Happening(on=case.reported_on, precision=case.reported_precision),
            )
        ours.set(max(plan.opened_at for _step, plan in group))
        for model in (*rows.TABLES, Due):
            copy(model, tables[model])
        events.write()

    def _move(self, ours: Clock, by: User, group: list[Step]) -> None:
        reasons, moved, dues = [], [], []
        events = {
            fields: _Events(Kind.FILE_MOVED, fields=fields) for fields in (("status",), ("status", "closure"))
        }
        agency = self._agency(group[0][1])
        self._fetch(group)
        for step, plan in group:
            move = BY_VERB[plan.way[step - 1]]
            post = post_for(by, move.capability, near=agency.pk)
            case = self._standing(plan, step, agency)
            ours.at = plan.times[step]
            before = BY_VERB[plan.way[step - 2]].target if step > 1 else Status.REPORTED
            was, closure = self._closure(plan, step - 1), self._closure(plan, step)
            moved.append((case.pk, move.target.value, ours.at, closure))
            dues += _due(case, intake(plan, self.places))
            changed = ("status", "closure") if closure != was else ("status",)
            events[changed].add(case.pk, {"verb": move.verb, "from": before, "to": move.target})
            if text := self._reason(plan, move.verb):
                reasons.append(
                    _noted(case.pk, text, by=by, agency_id=post.agency_id, about=Note.About.MOVE, at=ours.at)
                )
        speak(by, post)
        ours.set(max(at for _case_id, _status, at, _closure in moved))
        with connection.cursor() as cursor:
            cursor.execute(_MOVE, [by.pk, *map(list, zip(*moved, strict=True))])
            cursor.execute(_DONE, [[one[0] for one in moved], [one[2] for one in moved]])
        copy(Note, reasons)
        copy(Due, dues)
        for of_fields in events.values():
            of_fields.write()

    def _closure(self, plan: Plan, step: int) -> str:
        """Why the file is closed, or is to be, after a step."""
        is_coded = step > 0 and BY_VERB[plan.way[step - 1]].coded
        return closed_because(plan, intake(plan, self.places)) if is_coded else ""

    def _standing(self, plan: Plan, step: int, agency: Any) -> Case:
        """As much of a file after a move as its deadline follows from."""
        told = intake(plan, self.places)
        case = Case(
            id=self.ids[plan.index],
            status=BY_VERB[plan.way[step - 1]].target,
            version=step + 1,
            province=told.province,
            agency=agency,
            opened_by=self.cast.people[plan.opener],
            named_only=plan.named_only,
            risk_level=told.risk_level,
        )
        Victim(case=case, is_child=told.is_child)
        return case

    def _reason(self, plan: Plan, verb: str) -> str:
        abroad = f"{verb} ABROAD" in texts.REASONS and intake(plan, self.places).nationality != "KHM"
        reasons = texts.REASONS.get(f"{verb} ABROAD" if abroad else verb)
        return words(plan, plan.dice(f"why {verb}").choice(reasons)) if reasons else ""

    def _note(self, ours: Clock, by: User, group: list[Step]) -> None:
        agency = self._agency(group[0][1])
        post = post_for(by, Capability.ADD_NOTE, near=agency.pk)
        speak(by, post)
        self._fetch(group)
        events, found = _Events(Kind.NOTE_ADDED), []
        for step, plan in group:
            at = dict(notes.times(plan, self.until))[step]
            told = notes.noting(plan, intake(plan, self.places), step, at)
            case_id = self.ids[plan.index]
            note = _noted(case_id, told.text, by=by, agency_id=post.agency_id, about=Note.About.NOTE, at=at)
            note.happened_on, note.done_by, note.source = told.happened_on, told.done_by, told.source
            found.append(note)
            happening = Happening(on=told.happened_on, done_by=told.done_by, source=told.source)
            events.add(case_id, {"note": str(note.pk), "about": note.about}, happening)
        ours.set(max(note.recorded_at for note in found))
        copy(Note, found)
        events.write()

    def _fetch(self, group: list[Step]) -> None:
        """The keys of all these files with one question."""
        fetch_keys(*{vault.file_key(self.ids[plan.index]) for _step, plan in group})


def _without_keys(actor: Actor) -> Actor:
    """Somebody with the rights they have and none of the keys of the group before: those would only pile up."""
    return replace(
        actor, memo={key: one for key, one in actor.memo.items() if not str(key).startswith("vault")}
    )


def _due(case: Case, told: Intake) -> list[Due]:
    level = reminders.level_of(case, danger=told.danger_now == Answer.YES)
    due = clocks.due_of(reminders.clock(case, level))
    return [due] if due else []


def _noted(
    case_id: uuid.UUID, text: str, *, by: User, agency_id: uuid.UUID, about: str, at: datetime.datetime
) -> Note:
    note = Note(case_id=case_id, about=about, by=by, agency_id=agency_id, recorded_at=at)
    vault.seal_note(note, text)
    return note


class _Events:
    """Acts of one kind by one person on files, for the trail."""

    def __init__(self, kind: Kind, fields: Iterable[str] = ()) -> None:
        self.kind, self.fields = kind, list(fields)
        self.acts: list[tuple[uuid.UUID, dict[str, Any], Happening]] = []

    def add(self, case_id: uuid.UUID, detail: dict[str, Any], happening: Happening = NOW) -> None:
        self.acts.append((case_id, detail, happening))

    def write(self) -> None:
        ids = {case_id for case_id, _detail, _told in self.acts}
        things = {
            case.pk: thing(case) for case in Case.objects.filter(pk__in=ids).only("number", "province_id")
        }
        record_many(
            self.kind, [(things[one], detail, told) for one, detail, told in self.acts], fields=self.fields
        )
