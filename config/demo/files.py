"""The invented files as steps of real people: opened, noted on, moved. Each step is one real action."""

import datetime
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from accounts.models import User
from accounts.roles import Capability
from audit.record import Happening
from cases import access, actions
from cases.actions import Intake
from cases.lifecycle import BY_VERB, Verb
from cases.models import Case
from cases.states import ENDED, Status

from . import texts
from .intakes import words
from .paths import office_hours
from .people import HEAD_OF
from .plans import Plan

C = Capability
IDENTIFIER = "identify.moi"
DESKS = ("desk.moi", "desk.mosvy")
#: Moves after which a file is in care, and after which it is looked after at home.
_CARE = (Verb.ASSESS, Verb.PLAN, Verb.APPROVE_PLAN, Verb.PREPARE_RETURN)
_HOME = (Verb.REINTEGRATE, Verb.FOLLOW_UP, Verb.KEEP_OPEN, Verb.ASK_CLOSURE)


@dataclass(frozen=True)
class Step:
    """At a time, by somebody: what they do. `order` keeps the steps of one moment in line."""

    at: datetime.datetime
    order: int
    who: str
    act: Callable[[User], object]


@dataclass
class File:
    """A planned file and, once it is opened, the row. `case` is always as the last step left it."""

    plan: Plan
    intake: Intake
    case: Case | None = None

    @property
    def there(self) -> Case:
        if self.case is None:
            raise RuntimeError("a step came before the opening of its file")
        return self.case


def steps(file: File, *, until: datetime.datetime) -> Iterator[Step]:
    plan = file.plan
    yield Step(plan.opened_at, 0, plan.opener, _opening(file))
    for at, verb in zip(plan.times[1:], plan.way, strict=True):
        yield Step(at, 2, who_moves(plan, verb), _move(file, verb))
    yield from _notes(file, until)
    yield from _reads(file, until)


def who_moves(plan: Plan, verb: Verb) -> str:
    """The head approves, the ministry identifies, the rest is the work of whoever opened the file."""
    capability = BY_VERB[verb].capability
    if capability == C.APPROVE_CLOSURE:
        return HEAD_OF[plan.letters]
    if capability == C.DECIDE_IDENTIFICATION:
        return IDENTIFIER
    if plan.opener == HEAD_OF[plan.letters]:
        return (
            f"officer.{plan.letters.lower()}"  # so that what the head approves was brought there by another
        )
    if plan.named_only and plan.dice(f"who {verb}").random() < 0.4:
        return DESKS[plan.index % 2]
    return plan.opener


def _opening(file: File) -> Callable[[User], object]:
    def act(by: User) -> None:
        file.case = actions.open_file(intake=file.intake, by=by)

    return act


def _move(file: File, verb: Verb) -> Callable[[User], object]:
    def act(by: User) -> None:
        case, plan = file.there, file.plan
        abroad = file.intake.nationality != "KHM" and texts.REASONS.get(f"{verb} ABROAD")
        reasons = abroad or texts.REASONS.get(verb)
        reason = words(plan, plan.dice(f"why {verb}").choice(reasons)) if reasons else ""
        closure = closed_because(plan, file.intake.nationality) if BY_VERB[verb].coded else ""
        version = case.version
        file.case = actions.move(case=case, verb=verb, by=by, version=version, reason=reason, closure=closure)

    return act


def closed_because(plan: Plan, nationality: str) -> str:
    """The same when closure is asked for and when it is granted."""
    if Verb.NOT_IDENTIFY in plan.way:
        return "NOT_IDENTIFIED"
    if nationality != "KHM":
        return "RELOCATED_ABROAD"
    return plan.dice("why closed").choice(texts.CLOSURES)


def _notes(file: File, until: datetime.datetime) -> Iterator[Step]:
    """A note or two between the steps, none of them twice; nothing more is written once a file has ended."""
    plan, dice = file.plan, file.plan.dice("notes")
    ends = [*plan.times[1:], min(until, plan.times[-1] + datetime.timedelta(days=dice.randint(3, 45)))]
    stages = [Status.REPORTED, *(BY_VERB[verb].target for verb in plan.way)]
    said: set[texts.Noted] = set()
    for begins, ends_at, verb, state in zip(plan.times, ends, (None, *plan.way), stages, strict=True):
        for _one in range(dice.choices([0, 1, 2], weights=[74, 21, 5])[0]):
            left = [one for one in stage_texts(file.intake.nationality, verb) if one not in said]
            if not left or state in ENDED:
                continue
            noted = dice.choice(left)
            said.add(noted)
            room = (ends_at - begins).total_seconds()
            at = in_hours(begins + datetime.timedelta(seconds=room * dice.uniform(0.15, 0.9)), begins, until)
            yield Step(at, 1, noter(plan, dice), _note(file, dice, noted, at))


def in_hours(at: datetime.datetime, begins: datetime.datetime, until: datetime.datetime) -> datetime.datetime:
    """During the office's day where that fits between beginning and now."""
    better = office_hours(at)
    return better if begins < better < until else at


def stage_texts(nationality: str, verb: Verb | None) -> tuple[texts.Noted, ...]:
    if verb in _HOME:
        return texts.AFTERWARDS
    if nationality != "KHM":
        return texts.FROM_ABROAD + (texts.IN_CARE if verb in _CARE else texts.BEGINNING)
    return texts.IN_CARE if verb in _CARE else texts.BEGINNING


def noter(plan: Plan, dice: random.Random) -> str:
    if plan.opener == HEAD_OF[plan.letters]:
        return (
            f"officer.{plan.letters.lower()}"  # so that what the head approves was brought there by another
        )
    if plan.named_only and dice.random() < 0.3:
        return dice.choice(DESKS)
    if plan.opener.startswith("officer.") and dice.random() < 0.12 and not plan.named_only:
        return HEAD_OF[plan.letters]
    return plan.opener


def _note(
    file: File, dice: random.Random, noted: texts.Noted, at: datetime.datetime
) -> Callable[[User], object]:
    text, done_by, source = noted
    before = dice.choices([0, 1, 2, 4], weights=[6, 3, 1, 1])[0]  # days between the event and its note
    on = max(at - datetime.timedelta(days=before), file.plan.opened_at).date()

    def act(by: User) -> None:
        happening = Happening(on=on, done_by=done_by, source=source)
        actions.add_note(case=file.there, text=words(file.plan, text), by=by, happening=happening)

    return act


def _reads(file: File, until: datetime.datetime) -> Iterator[Step]:
    """Colleagues look into the files of the last weeks, as the trail will show."""
    plan, dice = file.plan, file.plan.dice("reads")
    if plan.times[-1] < until - datetime.timedelta(days=60):
        return
    readers = (
        [plan.opener] if plan.named_only or not plan.of_department else [plan.opener, HEAD_OF[plan.letters]]
    )
    for _one in range(dice.choices([0, 1, 2], weights=[60, 30, 10])[0]):
        at = in_hours(
            plan.times[-1] + (until - plan.times[-1]) * dice.uniform(0.2, 0.95), plan.times[-1], until
        )
        yield Step(at, 3, dice.choice(readers), lambda by: access.open_case(by, file.there.number))
