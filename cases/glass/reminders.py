"""The review of an emergency opening as a deadline: who is told, and how it goes up (settings.DUE_KINDS)."""

import datetime
import uuid
from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
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
from ..exclusions.access import kept_from
from ..models import BreakGlass, Case
from ..worker.access import heads_of

REVIEW = "REVIEW"
NOTICE = "NOTICE"
#: What nobody has read by so long after its end is no news any more.
FORGOTTEN = datetime.timedelta(days=30)


def began(glass: BreakGlass, case: Case) -> None:
    """Told at once, like danger; and due to be reviewed from now on. So is the head of the opener's own office told, of
    the opening alone."""
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
    if glass.agency_id != case.agency_id and heads_of(glass.agency_id, without=glass.person_id):
        _tell_own_office(glass, case)


def _tell_own_office(glass: BreakGlass, case: Case) -> None:
    """Whoever opens files in emergencies answers to their head, who may see nothing of the file."""
    clocks.start(
        clocks.Clock(
            kind=What.OPENED,
            thing_id=glass.pk,
            case_id=case.pk,
            step=NOTICE,
            occurrence=1,
            province_id=glass.agency.province_id or case.province_id,
            agency_id=glass.agency_id,
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
        """At once the workers and heads of the office that owns the file, and the ministry where it has no head who
        sees it; overdue the ministry, long overdue the national desk. Never who opened it."""
        heads = staff.team[due.agency_id, Capability.APPROVE_CLOSURE]
        people = set(staff.team[due.agency_id, Openings.capability]) | set(heads)
        ministry, desk = staff.beyond[Role.MINISTRY_REVIEWER], staff.beyond[Role.NATIONAL_DESK]
        if stage != Stage.DUE or not heads - {due.worker_id} - _kept_from(due, heads):
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


class OfColleagues:
    """For the head of an office: somebody of theirs opened a file in an emergency. Who and when, and no more: nothing
    here names the file. Read is done."""

    capability = Capability.APPROVE_CLOSURE
    ends_when_read = True

    @staticmethod
    def wanted(staff: Any, due: Due, stage: Stage) -> set[uuid.UUID]:
        heads: set[uuid.UUID] = set(staff.team[due.agency_id, OfColleagues.capability])
        return heads - {due.worker_id} - _kept_from(due, heads)

    @staticmethod
    def sees(user: User, ids: Iterable[uuid.UUID], *, risk: bool) -> set[uuid.UUID]:
        """Which of these are of an office that this person leads. All of them press."""
        return set(_of_my_office(user, ids).values_list("thing_id", flat=True))

    @staticmethod
    def lines(user: User, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, About]:
        return {
            due.thing_id: About(
                title=_(
                    "%(name)s of your office opened a case file in an emergency, %(when)s. Speak with them."
                )
                % {
                    "name": due.worker.name,
                    "when": date_format(timezone.localtime(due.since), "DATETIME_FORMAT"),
                },
                number="",
                url="",
                shows_risk=False,
            )
            for due in _of_my_office(user, ids).select_related("worker").order_by("pk")
        }

    @staticmethod
    def look_again() -> None:
        """What nobody has read for so long ends by itself (desk/reminders/sweep.py)."""
        old = Due.objects.filter(kind=What.OPENED, done_at=None, due_at__lt=timezone.now() - FORGOTTEN)
        old.update(done_at=timezone.now(), next_at=None)

    @staticmethod
    def step(code: str) -> str:
        return _("To be known")


def _of_my_office(user: User, ids: Iterable[uuid.UUID]) -> Any:
    leads = [post.agency_id for post in user.rights.posts if post.contains(OfColleagues.capability)]
    rows = Due.objects.filter(kind=What.OPENED, thing_id__in=list(ids), agency__in=leads)
    return rows.exclude(worker=user).exclude(case_id__in=sorted(user.rights.barred))


def _kept_from(due: Due, people: set[uuid.UUID]) -> set[uuid.UUID]:
    return kept_from(due.case_id, people) if due.case_id else set()
