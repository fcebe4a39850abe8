"""The review of an emergency opening as a deadline: who is told, and how it goes up (settings.DUE_KINDS)."""

import uuid
from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Capability, Role
from accounts.sections import Section
from audit.kinds import Kind
from audit.record import Thing, record
from desk.reminders import clocks
from desk.reminders.models import Due, Level, Stage, What
from desk.reminders.words import About

from ..access import visible_cases
from ..models import BreakGlass, Case

REVIEW = "REVIEW"


def began(glass: BreakGlass, case: Case) -> None:
    """Told at once, like danger; and due to be reviewed from now on."""
    clocks.start(
        clocks.Clock(
            kind=What.GLASS,
            thing_id=glass.pk,
            case_id=case.pk,
            step=REVIEW,
            occurrence=1,
            province_id=case.province_id,
            agency_id=case.agency_id,
            worker_id=glass.person_id,
            level=Level.DANGER,
        )
    )


def reviewed(glass: BreakGlass) -> None:
    clocks.stop(What.GLASS, glass.pk)


class Openings:
    """Wired to the reminders by the setting DUE_KINDS."""

    capability = Capability.ADD_NOTE
    #: The system's own control: it goes up without any law that confirms its days.
    goes_up = True

    @staticmethod
    def wanted(staff: Any, due: Due, stage: Stage) -> set[uuid.UUID]:
        """At once the workers and heads of the office that owns the file, and the ministry where it has no head;
        overdue the ministry, long overdue the national desk. Never who opened it."""
        heads = staff.team[due.agency_id, Capability.APPROVE_CLOSURE]
        people = set(staff.team[due.agency_id, Openings.capability]) | set(heads)
        ministry, desk = staff.beyond[Role.MINISTRY_REVIEWER], staff.beyond[Role.NATIONAL_DESK]
        if stage != Stage.DUE or not heads - {due.worker_id}:
            people |= desk if due.named_only else ministry
        if stage == Stage.ESCALATED:
            people |= desk
        return people - {due.worker_id}

    @staticmethod
    def sees(user: User, ids: Iterable[uuid.UUID], *, risk: bool) -> set[uuid.UUID]:
        """Which of these openings somebody sees now: those of files that they work on. All of them press."""
        files = visible_cases(user, Section.WORK).values("pk")
        rows = BreakGlass.objects.filter(pk__in=list(ids), case__in=files)
        return set(rows.values_list("pk", flat=True))

    @staticmethod
    def lines(user: User, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, About]:
        """Those of these openings that somebody sees, as a list names them; the list goes on the trail."""
        seen = Openings.sees(user, ids, risk=False)
        found = list(BreakGlass.objects.filter(pk__in=seen).select_related("case").order_by("pk"))
        if found:
            user.acts_with(Capability.READ_FILE)
            detail = {"rows": len(found), "ids": [str(one.case_id) for one in found]}
            record(Kind.FILE_LISTED, Thing(type="page", id="due:list"), detail=detail)
        return {
            one.pk: About(
                title=_("This file was opened in an emergency"),
                number=one.case.number,
                url=reverse("cases:emergency", args=[one.case.number, one.pk]),
                shows_risk=True,
            )
            for one in found
        }

    @staticmethod
    def step(code: str) -> str:
        return _("To be reviewed")
