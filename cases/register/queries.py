"""Questions of the pages of a register: its problems counted, rows with what they say, files that were kept."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts import codes, places
from accounts.models import User

from .. import words
from ..access import visible_cases
from ..making import Intake
from ..models import Register, RegisterMark, RegisterPart, RegisterRow
from .columns import BY_NAME, letters
from .plan import Line, Plan, lines_numbered, lines_of, open_plan
from .rows import Checker
from .states import Outcome, WhyKept
from .wrong import Wrong

SHOWN = 50
PREVIEW = 20


def registers(user: User) -> list[Register]:
    """The person's own, newest first."""
    return list(Register.objects.filter(owner=user).order_by("-asked_at", "-pk")[:SHOWN])


def plan_of(register: Register) -> Plan | None:
    """None once it is forgotten."""
    return open_plan(register) if register.plan_sealed else None


def has_rows(register: Register) -> bool:
    return RegisterPart.objects.filter(register=register).exists()


@dataclass(frozen=True)
class Count:
    code: str
    sentence: str
    number: int


def problem_counts(register: Register) -> list[Count]:
    """Every kind of problem with how often it stands in the register, the most frequent first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p ->> 2, count(*) FROM cases_registerrow r, jsonb_array_elements(r.problems) p "
            "WHERE r.register_id = %s AND r.outcome = 'WRONG' GROUP BY 1 ORDER BY 2 DESC, 1",
            [register.pk],
        )
        return [Count(code, _sentence(code), number) for code, number in cursor.fetchall()]


def _sentence(code: str) -> str:
    return str(Wrong(code).label) if code in Wrong.values else code


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: in which column, what stands there now, and the sentence."""

    column: str
    value: str
    sentence: str


@dataclass
class Shown:
    """A row as a page shows it."""

    number: int
    problems: list[Problem] = field(default_factory=list)
    like_row: int | None = None
    like_number: str = ""
    name: str = ""


def wrong_rows(register: Register) -> Any:
    return RegisterRow.objects.filter(register=register, outcome=Outcome.WRONG).order_by("number", "pk")


def alike_rows(register: Register) -> Any:
    return (
        RegisterRow.objects.filter(register=register)
        .exclude(like_row=None, like_case=None)
        .order_by("number", "pk")
    )


def shown_problems(register: Register, rows: Iterable[RegisterRow], plan: Plan | None) -> list[Shown]:
    """Wrong rows with what stands in their cells, as long as that is kept."""
    found = list(rows)
    lines = lines_numbered(register, plan, [(r.part, r.number) for r in found]) if plan else {}
    return [
        Shown(row.number, [_problem(one, lines.get(row.number), plan) for one in row.problems])
        for row in found
    ]


def _problem(problem: list[Any], line: Line | None, plan: Plan | None) -> Problem:
    column, at, code = problem
    return Problem(_column(column, at, plan), (line.cell(at) if line else "")[:80], _sentence(code))


def _column(column: str, at: int | None, plan: Plan | None) -> str:
    if at is None:
        return str(BY_NAME[column].label) if column in BY_NAME else ""
    headings = plan.headings if plan else []
    heading = headings[at].strip() if at < len(headings) else ""
    return f"{letters(at)}: {heading}" if heading else letters(at)


def shown_alike(register: Register, rows: Iterable[RegisterRow], plan: Plan | None, by: User) -> list[Shown]:
    """Rows that may be somebody who is known, with the file if it is still within reach."""
    found = list(rows)
    numbers = dict(
        visible_cases(by)
        .filter(pk__in=[r.like_case_id for r in found if r.like_case_id])
        .values_list("pk", "number")
    )
    lines = lines_numbered(register, plan, [(r.part, r.number) for r in found]) if plan else {}
    return [
        Shown(
            row.number,
            like_row=row.like_row,
            like_number=numbers.get(row.like_case_id, ""),
            name=_name(lines.get(row.number), plan),
        )
        for row in found
    ]


def _name(line: Line | None, plan: Plan | None) -> str:
    if line is None or plan is None:
        return ""
    names = ("name", "name_km", "name_latin", "family_name", "given_name")
    return " ".join(filter(None, (line.cell(plan.position_of(name)) for name in names)))[:80]


def problem_lines(register: Register, plan: Plan | None) -> Iterator[tuple[int, str, str]]:
    """(row, column, sentence) of everything that is wrong; never what is written there."""
    for number, problems in wrong_rows(register).values_list("number", "problems").iterator(2000):
        for column, at, code in problems:
            yield number, _column(column, at, plan), _sentence(code)


@dataclass(frozen=True)
class Preview:
    """One row as the file that it would become."""

    number: int
    alias: str
    name: str
    person: str
    place: str
    reported: str
    forms: str
    named_only: bool
    tone: str
    label: str


TONES = {"GOOD": "done", "ALIKE": "wait", "WRONG": "warn", "ALREADY": "plain", "IMPORTED": "done"}


def preview(register: Register, plan: Plan, by: User) -> list[Preview]:
    """The first rows, as files."""
    part = RegisterPart.objects.filter(register=register, number=0).first()
    if part is None:
        return []
    lines = lines_of(part, plan)[:PREVIEW]
    rows = RegisterRow.objects.filter(register=register, part=0, number__in=[line.number for line in lines])
    outcomes = {row.number: Outcome(row.outcome) for row in rows.order_by("number", "pk")}
    checker = Checker(plan, by=by, asked_on=timezone.localdate(register.asked_at))
    return [_preview(line, checker.check(line).intake, outcomes.get(line.number)) for line in lines]


def _preview(line: Line, intake: Intake | None, outcome: Outcome | None) -> Preview:
    label, tone = (str(outcome.label), TONES[outcome]) if outcome else ("", "plain")
    if intake is None:
        return Preview(line.number, "", "", "", "", "", "", False, tone, label)
    place = intake.commune or intake.district
    return Preview(
        line.number,
        intake.alias,
        str(intake.identity.get("name_km") or intake.identity.get("name_latin") or ""),
        words.person_words(intake),
        places.path_label(place.pk if place else intake.province.code),
        words.partial_date(intake.reported_on, intake.reported_precision),
        ", ".join(codes.label("FORM", code) for code in intake.forms),
        intake.official_involved in ("YES", "UNSURE"),
        tone,
        label,
    )


def kept_files(register: Register, by: User) -> list[tuple[int, str, str]]:
    """(row, number of the file, why) of the files that were not taken back."""
    marks = (
        RegisterMark.objects.filter(register=register.pk, by=by)
        .exclude(why_kept="")
        .order_by("number", "pk")[:500]
    )
    numbers = dict(
        visible_cases(by).filter(pk__in=[mark.case_id for mark in marks]).values_list("pk", "number")
    )
    return [(mark.number, numbers.get(mark.case_id, ""), str(WhyKept(mark.why_kept).label)) for mark in marks]
