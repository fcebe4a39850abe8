"""One day of many files into the database: a COPY for each table, with every trigger on, by whoever did it."""

import datetime
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Model

from accounts.access import post_for, speak
from accounts.models import User
from accounts.roles import Capability
from audit.context import become
from audit.kinds import Kind
from audit.record import NOW, Happening, record_many
from cases import reminders
from cases.access import thing
from cases.actions import Intake
from cases.answers import Answer
from cases.lifecycle import BY_VERB
from cases.models import Case, Note, Victim
from cases.opening import agency_for
from cases.states import Status
from desk.models import Due
from desk.reminders import clocks

from .. import texts
from ..files import who_moves
from ..intakes import Map, intake, words
from ..people import Cast
from ..plans import Plan
from . import notes, rows

Step = tuple[int, Plan]
#: After a day's openings and moves; a file's first move of the day is phase 1, its next is 2.
NOTES = 99
_MOVE = """
UPDATE cases_case c SET status = s.status, status_since = s.at, status_by_id = %s, updated_at = s.at,
                        version = version + 1
  FROM unnest(%s::uuid[], %s::text[], %s::timestamptz[]) s(id, status, at) WHERE c.id = s.id
"""


def copy(model: type[Model], records: Sequence[Model]) -> int:
    if not records:
        return 0
    fields = list(model._meta.concrete_fields)
    names = ", ".join(f'"{field.column}"' for field in fields)
    attributes = [field.attname for field in fields]
    sent = 0
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {model._meta.db_table} ({names}) FROM STDIN") as into,
    ):
        for record in records:
            into.write_row([getattr(record, name) for name in attributes])
            sent += 1
    return sent


_DONE = """
UPDATE desk_due d SET done_at = s.at, next_at = NULL
  FROM unnest(%s::uuid[], %s::timestamptz[]) s(id, at) WHERE d.kind = 'CASE' AND d.thing_id = s.id AND d.done_at IS NULL
"""


def _due(case: Case, told: Intake, at: datetime.datetime) -> list[Due]:
    level = reminders.level_of(case, danger=told.danger_now == Answer.YES)
    due = clocks.due_of(reminders.clock(case, level, since=at))
    return [due] if due else []


class Days:
    """Writes days in their order; keeps each province's counter, and how many rows it has sent."""

    def __init__(
        self, cast: Cast, places: Map, *, until: datetime.datetime, counters: dict[tuple[int, int], int]
    ):
        self.cast, self.places, self.until = cast, places, until
        self.counters, self.keys, self.sent = counters, rows.Keys(), 0
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
        for (phase, who, _letters), group in sorted(groups.items(), key=lambda one: one[0]):
            do = self._open if phase == 0 else self._note if phase == NOTES else self._move
            with become(self.cast.actors[who]):
                do(self.cast.people[who], group)
        self._keep_counters()

    def _who(self, step: int, plan: Plan) -> str:
        if step == 0:
            return plan.opener
        if step < notes.FIRST:
            return who_moves(plan, plan.way[step - 1])
        return notes.who(plan, step)

    def _clock(self, at: datetime.datetime) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.now', %s, false)", [at.isoformat()])

    def _agency(self, by: User, plan: Plan) -> Any:
        key = (plan.opener, plan.letters)
        if key not in self._agencies:
            self._agencies[key] = agency_for(by, self.places.provinces[plan.letters])
        return self._agencies[key]

    def _open(self, by: User, group: list[Step]) -> None:
        agency = self._agency(by, group[0][1])
        speak(by, post_for(by, Capability.OPEN_FILE, near=agency.pk))
        tables: dict[type[Model], list[Any]] = defaultdict(list)
        events = _Events(Kind.FILE_OPENED)
        for _step, plan in group:
            one = rows.Opening(
                plan.index, intake(plan, self.places), by, agency, plan.opened_at, self._next(plan)
            )
            for model, records in rows.opened(one, self.keys).items():
                tables[model] += records
            case = tables[Case][-1]
            events.add(
                case.pk,
                {
                    "named_only": case.named_only,
                    "identity": bool(one.intake.identity),
                    "channel": case.channel,
                },
                Happening(on=case.reported_on, precision=case.reported_precision),
            )
            tables[Due] += _due(case, one.intake, plan.opened_at)
        self._clock(max(plan.opened_at for _step, plan in group))
        self.sent += (
            sum(copy(model, tables[model]) for model in (*rows.TABLES, Due) if tables[model]) + events.write()
        )

    def _next(self, plan: Plan) -> int:
        key = (self.places.provinces[plan.letters].pk, plan.opened_at.year)
        self.counters[key] = self.counters.get(key, 0) + 1
        return self.counters[key]

    def _keep_counters(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO cases_casecounter (province, year, last) "
                "SELECT * FROM unnest(%s::int[], %s::int[], %s::int[]) "
                "ON CONFLICT (province, year) DO UPDATE SET last = EXCLUDED.last",
                [*map(list, zip(*((*key, last) for key, last in self.counters.items()), strict=True))],
            )

    def _move(self, by: User, group: list[Step]) -> None:
        events, reasons, moved, dues = _Events(Kind.FILE_MOVED, fields=["status"]), [], [], []
        agency = self._agency(self.cast.people[group[0][1].opener], group[0][1])
        for step, plan in group:
            move = BY_VERB[plan.way[step - 1]]
            post = post_for(by, move.capability, near=agency.pk)
            case_id, at = self.keys.case(plan.index), plan.times[step]
            before = BY_VERB[plan.way[step - 2]].target if step > 1 else Status.REPORTED
            moved.append((case_id, move.target.value, at))
            dues += _due(self._standing(plan, step, agency), intake(plan, self.places), at)
            events.add(case_id, {"verb": move.verb, "from": before, "to": move.target})
            text = self._reason(plan, move.verb)
            if text:
                reasons.append(
                    rows.noted(case_id, self.keys.file(plan.index), text, about=Note.About.MOVE, by=by,
                               agency_id=post.agency_id, at=at)
                )  # fmt: skip
        speak(by, post)
        self._clock(max(at for _case_id, _status, at in moved))
        with connection.cursor() as cursor:
            cursor.execute(_MOVE, [by.pk, *map(list, zip(*moved, strict=True))])
            cursor.execute(_DONE, [[one[0] for one in moved], [one[2] for one in moved]])
        self.sent += len(moved) + copy(Note, reasons) + copy(Due, dues) + events.write()

    def _standing(self, plan: Plan, step: int, agency: Any) -> Case:
        """As much of a file after a move as its deadline follows from."""
        told = intake(plan, self.places)
        case = Case(
            id=self.keys.case(plan.index),
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

    def _note(self, by: User, group: list[Step]) -> None:
        agency = self._agency(self.cast.people[group[0][1].opener], group[0][1])
        post = post_for(by, Capability.ADD_NOTE, near=agency.pk)
        speak(by, post)
        events, found = _Events(Kind.NOTE_ADDED), []
        for step, plan in group:
            at = dict(notes.times(plan, self.until))[step]
            told = notes.noting(plan, intake(plan, self.places), step, at)
            case_id = self.keys.case(plan.index)
            note = rows.noted(case_id, self.keys.file(plan.index), told.text, about=Note.About.NOTE, by=by,
                              agency_id=post.agency_id, at=at)  # fmt: skip
            note.happened_on, note.done_by, note.source = told.happened_on, told.done_by, told.source
            found.append(note)
            happening = Happening(on=told.happened_on, done_by=told.done_by, source=told.source)
            events.add(case_id, {"note": str(note.pk), "about": note.about}, happening)
        self._clock(max(note.recorded_at for note in found))
        self.sent += copy(Note, found) + events.write()


class _Events:
    """Acts of one kind by one person on files, for the trail."""

    def __init__(self, kind: Kind, fields: Iterable[str] = ()) -> None:
        self.kind, self.fields = kind, list(fields)
        self.acts: list[tuple[uuid.UUID, dict[str, Any], Happening]] = []

    def add(self, case_id: uuid.UUID, detail: dict[str, Any], happening: Happening = NOW) -> None:
        self.acts.append((case_id, detail, happening))

    def write(self) -> int:
        ids = {case_id for case_id, _detail, _told in self.acts}
        things = {
            case.pk: thing(case) for case in Case.objects.filter(pk__in=ids).only("number", "province_id")
        }
        acts = [(things[case_id], detail, told) for case_id, detail, told in self.acts]
        record_many(self.kind, acts, fields=self.fields)
        return len(acts)
