"""One day of many files into the database: a COPY for each table, with every trigger on, by whoever did it."""

import datetime
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.db import connection
from django.db.models import Model

from accounts.access import post_for, speak
from accounts.models import Agency, User
from accounts.roles import Capability
from audit.context import Actor, become
from audit.kinds import Kind
from audit.record import Happening
from cases import numbers, reminders, vault
from cases.access import thing
from cases.answers import Answer, ConsentAnswer
from cases.lifecycle import BY_VERB
from cases.making import Intake
from cases.models import Case, Note
from cases.opening import agency_for
from cases.states import Status
from desk.models import Due
from desk.reminders import clocks
from referrals.vault import key as key_of_referral

from .. import referrals, texts
from ..clock import Clock, clock
from ..files import closed_because, who_moves
from ..intakes import Map, intake, words
from ..people import Cast
from ..plans import Plan
from ..referrals import Asked
from . import asking, calendar, notes, rows
from .copying import Acts, columns, copy
from .referring import Act, Referring
from .standing import Referred, Standing

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


class Days:
    """Writes days in their order."""

    def __init__(self, cast: Cast, places: Map, *, until: datetime.datetime) -> None:
        self.cast, self.places, self.until, self.ids = cast, places, until, rows.Ids()
        self.files: dict[int, Standing] = {}
        # The keys of the files under way, made here and held for their later steps by whoever takes them.
        self._keys: dict[Any, bytes] = {}
        self._actors: dict[str, Actor] = {}
        self._agencies: dict[tuple[str, str], Agency] = {}
        self.referring = Referring()

    def write(self, steps: list[Step]) -> None:
        """Everything of one day, each group by the person who does it and at its last moment."""
        groups: dict[tuple[int, str, str, str], list[Step]] = defaultdict(list)
        moved: Counter[int] = Counter()
        for step, plan in steps:
            if step >= asking.FIRST:
                self._ask(groups, step, plan)
                continue
            if 0 < step < notes.FIRST:
                moved[plan.index] += 1
            phase = 0 if step == 0 else moved[plan.index] if step < notes.FIRST else NOTES
            groups[phase, "", self._who(step, plan), plan.letters].append((step, plan))
        with clock(self.until) as ours:
            for (phase, act, who, _letters), group in sorted(groups.items(), key=lambda one: one[0]):
                with become(self._actor(who)):
                    self._do(phase, act)(ours, self.cast.people[who], group)
        self._leave(steps)

    def _do(self, phase: int, act: str) -> Callable[[Clock, User, list[Step]], None]:
        if phase > NOTES:
            return {"submit": self._submit, "resubmit": self._resubmit}.get(act, self._answer)
        return self._open if phase == 0 else self._note if phase == NOTES else self._move

    def _ask(self, groups: dict[tuple[int, str, str, str], list[Step]], step: int, plan: Plan) -> None:
        """Where an act on a referral belongs: after all else, behind the acts that came before it."""
        file, (number, act) = self.files[plan.index], divmod(step - asking.FIRST, asking.A_REFERRAL)
        if not file.may_be_referred:
            return
        if number not in file.referred:
            file.referred[number] = Referred(self._asked(file, number))
        asked = file.referred[number].asked
        name = asked.acts[act - 1] if act else "submit"
        side = referrals.SIDES[name] if act else referrals.SENDER
        letters = plan.letters if side == referrals.SENDER else ""  # a sender has a post for each province
        groups[NOTES + 1 + act, name, asked.who(side), letters].append((step, plan))

    def _asked(self, file: Standing, number: int) -> Asked:
        wish = asking.wishes(file.plan, self.until)[number]
        given = [one.asked.to.code for one in file.referred.values()]
        code = asking.receiver(file.plan, number, is_child=file.is_child, without=given)
        return Asked(file.plan, self.cast.agencies[code], wish.acts, wish.times)

    def _submit(self, ours: Clock, by: User, group: list[Step]) -> None:
        self.referring.submit(ours, by, [(*self._act(one), self._told(one)) for one in group])

    def _resubmit(self, ours: Clock, by: User, group: list[Step]) -> None:
        self.referring.resubmit(ours, by, [(*self._act(one), self._told(one)) for one in group])

    def _answer(self, ours: Clock, by: User, group: list[Step]) -> None:
        self.referring.act(ours, by, [self._act(one) for one in group])

    def _act(self, one: Step) -> Act:
        step, plan = one
        file, (number, act) = self.files[plan.index], divmod(step - asking.FIRST, asking.A_REFERRAL)
        return file, file.referred[number], act

    def _told(self, one: Step) -> Intake:
        return intake(one[1], self.places)

    def _leave(self, steps: list[Step]) -> None:
        """Files that have had their last step are forgotten, and their keys with them."""
        for _step, plan in steps:
            file = self.files[plan.index]
            file.steps_left -= 1
            if file.steps_left == 0:
                del self.files[plan.index]
                self._keys.pop(vault.file_key(file.clock.thing_id), None)
                for one in file.referred.values():
                    self._keys.pop(key_of_referral(one.row.pk), None)

    def _actor(self, who: str) -> Actor:
        """Somebody with the rights they have, read once for the whole load."""
        if who not in self._actors:
            self._actors[who] = replace(self.cast.actors[who], memo={"vault": self._keys})
        self._actors[who].memo.pop("vault made", None)
        return self._actors[who]

    def _who(self, step: int, plan: Plan) -> str:
        if step == 0:
            return plan.opener
        if step < notes.FIRST:
            return who_moves(plan, plan.way[step - 1])
        return notes.who(plan, step)

    def _agency(self, plan: Plan) -> Agency:
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
        acts = Acts(Kind.FILE_OPENED)
        for (_step, plan), one, number in zip(group, told, numbered, strict=True):
            ours.at = plan.opened_at
            records = rows.opened(one, pk=self.ids[plan.index], number=number, agency=agency, by=by)
            for model, found in records.items():
                tables[model] += found
            case = tables[Case][-1]
            file = self.files[plan.index] = self._standing(plan, case, one, agency)
            tables[Due] += _due(file.clock)
            acts.add(
                file.thing,
                {"named_only": case.named_only, "identity": bool(one.identity), "channel": case.channel},
                Happening(on=case.reported_on, precision=case.reported_precision),
            )
            self._keys.pop(vault.person_key(case.pk))  # nothing more is sealed with it
        ours.set(max(plan.opened_at for _step, plan in group))
        for model in (*rows.TABLES, Due):
            copy(model, tables[model])
        acts.write()

    def _standing(self, plan: Plan, case: Case, told: Intake, agency: Agency) -> Standing:
        level = reminders.level_of(case, danger=told.danger_now == Answer.YES)
        steps = sum(1 for _step in calendar.steps(plan, self.until))
        return Standing(
            plan=plan,
            thing=thing(case),
            agency=agency,
            clock=reminders.clock(case, level),
            nationality=told.nationality,
            is_child=told.is_child,
            may_be_referred=told.consent != ConsentAnswer.REFUSED and not plan.named_only,
            steps_left=steps,
        )

    def _move(self, ours: Clock, by: User, group: list[Step]) -> None:
        reasons, moved, dues = [], [], []
        acts = {
            fields: Acts(Kind.FILE_MOVED, fields=fields) for fields in (("status",), ("status", "closure"))
        }
        for step, plan in group:
            move, file = BY_VERB[plan.way[step - 1]], self.files[plan.index]
            post = post_for(by, move.capability, near=file.agency.pk)
            ours.at = plan.times[step]
            before = BY_VERB[plan.way[step - 2]].target if step > 1 else Status.REPORTED
            was, closure = _closure(file, step - 1), _closure(file, step)
            case_id = file.clock.thing_id
            moved.append((case_id, move.target.value, ours.at, closure))
            dues += _due(replace(file.clock, step=move.target, occurrence=step + 1))
            changed = ("status", "closure") if closure != was else ("status",)
            acts[changed].add(file.thing, {"verb": move.verb, "from": before, "to": move.target})
            if text := self._reason(file, move.verb):
                reasons.append(
                    _noted(case_id, text, by=by, agency_id=post.agency_id, about=Note.About.MOVE, at=ours.at)
                )
        speak(by, post)
        ours.set(max(at for _case_id, _status, at, _closure in moved))
        ids, states, times, closures = columns(moved)
        with connection.cursor() as cursor:
            cursor.execute(_MOVE, [by.pk, ids, states, times, closures])
            cursor.execute(_DONE, [ids, times])
        copy(Note, reasons)
        copy(Due, dues)
        for of_fields in acts.values():
            of_fields.write()

    def _reason(self, file: Standing, verb: str) -> str:
        plan = file.plan
        abroad = f"{verb} ABROAD" in texts.REASONS and file.nationality != "KHM"
        reasons = texts.REASONS.get(f"{verb} ABROAD" if abroad else verb)
        return words(plan, plan.dice(f"why {verb}").choice(reasons)) if reasons else ""

    def _note(self, ours: Clock, by: User, group: list[Step]) -> None:
        agency = self.files[group[0][1].index].agency
        post = post_for(by, Capability.ADD_NOTE, near=agency.pk)
        speak(by, post)
        acts, found = Acts(Kind.NOTE_ADDED), []
        for step, plan in group:
            file = self.files[plan.index]
            at = dict(notes.times(plan, self.until))[step]
            told = notes.noting(plan, file.nationality, step, at)
            case_id = file.clock.thing_id
            note = _noted(case_id, told.text, by=by, agency_id=post.agency_id, about=Note.About.NOTE, at=at)
            note.happened_on, note.done_by, note.source = told.happened_on, told.done_by, told.source
            found.append(note)
            happening = Happening(on=told.happened_on, done_by=told.done_by, source=told.source)
            acts.add(file.thing, {"note": str(note.pk), "about": note.about}, happening)
        ours.set(max(note.recorded_at for note in found))
        copy(Note, found)
        acts.write()


def _due(clock: clocks.Clock) -> list[Due]:
    due = clocks.due_of(clock)
    return [due] if due else []


def _noted(
    case_id: uuid.UUID, text: str, *, by: User, agency_id: uuid.UUID, about: str, at: datetime.datetime
) -> Note:
    note = Note(case_id=case_id, about=about, by=by, agency_id=agency_id, recorded_at=at)
    vault.seal_note(note, text)
    return note


def _closure(file: Standing, step: int) -> str:
    """Why the file is closed, or is to be, after a step."""
    is_coded = step > 0 and BY_VERB[file.plan.way[step - 1]].coded
    return closed_because(file.plan, file.nationality) if is_coded else ""
