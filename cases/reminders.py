"""Deadlines of case files: when they begin and end, who sees them, how they are told (settings.DUE_KINDS).

A step of a file is a state: its deadline begins on entering and ends on leaving.
"""

import uuid
from collections.abc import Iterable

from django.urls import reverse

from accounts.models import User
from accounts.roles import Capability
from accounts.sections import NOTHING, Section
from audit.kinds import Kind
from audit.record import Thing, record
from desk.reminders import clocks, queries
from desk.reminders.models import Level, What
from desk.reminders.words import About, Line, line

from . import words
from .access import Opened, sections_of_each, visible_cases
from .answers import Answer, RiskLevel
from .models import Case, RiskAssessment
from .states import Status

#: In doubt the person is treated as a child.
AS_A_CHILD = (Answer.YES, Answer.UNSURE)


def began(case: Case) -> None:
    """The file has come into its state: its deadline runs from now, for the office that owns it."""
    clocks.start(clock(case, _level(case)))


def began_all(opened: Iterable[tuple[Case, bool]]) -> None:
    """New files, each with whether the person is in danger now: the deadlines of their first step, all at once."""
    clocks.start_all([clock(case, level_of(case, danger=danger)) for case, danger in opened])


def ended(cases: Iterable[Case]) -> None:
    """These files wait for nothing any more."""
    clocks.stop(What.CASE, *(case.pk for case in cases))


def clock(case: Case, level: str) -> clocks.Clock:
    """The time of the state that a file stands in."""
    return clocks.Clock(
        kind=What.CASE,
        thing_id=case.pk,
        case_id=case.pk,
        step=case.status,
        occurrence=case.version,
        province_id=case.province_id,
        agency_id=case.agency_id,
        worker_id=case.worker_id,
        level=level,
        is_child=case.victim.is_child in AS_A_CHILD,
        named_only=case.named_only,
    )


def moved(case: Case) -> None:
    """The file has left one state for another."""
    clocks.stop(What.CASE, case.pk)
    began(case)


def _level(case: Case) -> str:
    """Danger as the latest assessment says it, else the level of risk."""
    latest = RiskAssessment.objects.filter(case=case).order_by("-recorded_at", "-pk").first()
    if latest and latest.danger_now == Answer.YES:
        return Level.DANGER
    return level_of(case, danger=False)


def level_of(case: Case, *, danger: bool) -> str:
    if danger:
        return Level.DANGER
    return Level.ANY if case.risk_level == RiskLevel.NOT_ASSESSED else case.risk_level


class Files:
    """Wired to the reminders by the setting DUE_KINDS."""

    capability = Capability.MOVE_FILE

    @staticmethod
    def sees(user: User, ids: Iterable[uuid.UUID], *, risk: bool) -> set[uuid.UUID]:
        """Which of these files somebody sees now; with `risk`, of which also the risk."""
        sections = (Section.SUMMARY, Section.RISK) if risk else (Section.SUMMARY,)
        return set(visible_cases(user, *sections).filter(pk__in=list(ids)).values_list("pk", flat=True))

    @staticmethod
    def lines(user: User, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, About]:
        """Those of these files that somebody sees, as a list names them; the list goes on the trail."""
        cases = list(visible_cases(user).filter(pk__in=list(ids)).select_related("victim").order_by("pk"))
        if cases:
            user.acts_with(Capability.READ_FILE)
            detail = {"rows": len(cases), "ids": [str(case.pk) for case in cases]}
            record(Kind.FILE_LISTED, Thing(type="page", id="due:list"), detail=detail)
        sections = sections_of_each(user, cases)
        return {
            case.pk: About(
                title=words.person_line(case),
                number=case.number,
                url=reverse("cases:detail", args=[case.number]),
                shows_risk=bool(sections.get(case.pk, NOTHING) & Section.RISK),
            )
            for case in cases
        }

    @staticmethod
    def step(code: str) -> str:
        return str(Status(code).label) if code in Status else code


def of_file(opened: Opened) -> list[Line]:
    """The deadlines of an open file, the next one first, for its page."""
    about = About("", opened.case.number, "", opened.shows(Section.RISK))
    dues = queries.of_thing(What.CASE, opened.case.pk)
    return [line(due, about, Files.step(due.step)) for due in dues]
