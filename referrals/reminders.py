"""Deadlines of referrals: the receiving agency owes an answer from the sending on (settings.DUE_KINDS)."""

import datetime
import uuid
from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Capability
from audit.kinds import Kind
from audit.record import Thing, record
from cases.access import visible_cases
from desk.reminders import clocks
from desk.reminders.models import What
from desk.reminders.words import About, duration

from .access import visible_referrals
from .models import Referral
from .states import Status, Urgency

#: The state in which the receiving agency's answer is awaited.
AWAITED = Status.APPROVED


def moved(referral: Referral) -> None:
    """The referral has come into another state."""
    clocks.stop(What.REFERRAL, referral.pk)
    if referral.status != AWAITED:
        return
    clocks.start(clock(referral, named_only=referral.case.named_only))


def clock(referral: Referral, *, named_only: bool) -> clocks.Clock:
    """The time in which the receiving agency answers."""
    return clocks.Clock(
        kind=What.REFERRAL,
        thing_id=referral.pk,
        case_id=referral.case_id,
        step=AWAITED,
        occurrence=referral.version,
        province_id=referral.province_id,
        agency_id=referral.to_agency_id,
        worker_id=referral.submitted_by_id,
        level=referral.urgency,
        named_only=named_only,
    )


def answer_due(urgency: str, since: datetime.datetime) -> datetime.datetime | None:
    """When an answer is due that is asked for at `since`: by the table of deadlines, its working days and holidays."""
    return clocks.due_by(What.REFERRAL, AWAITED, since, level=urgency)


def urgency_words(urgency: str) -> str:
    """How urgent, and how soon an answer is due by the table of deadlines."""
    label, policy = str(Urgency(urgency).label), clocks.policy_for(What.REFERRAL, AWAITED, level=urgency)
    if policy is None:
        return label
    time = duration(policy.amount, policy.unit)
    return _("%(urgency)s: answer within %(time)s") % {"urgency": label, "time": time}


def urgencies() -> list[tuple[str, str]]:
    return [(urgency, urgency_words(urgency)) for urgency in Urgency]


class Answers:
    """Wired to the reminders by the setting DUE_KINDS."""

    capability = Capability.ANSWER_REFERRAL

    @staticmethod
    def sees(user: User, ids: Iterable[uuid.UUID], *, risk: bool) -> set[uuid.UUID]:
        """Which of these referrals somebody sees now. Their risk is told to everybody who does."""
        return set(visible_referrals(user).filter(pk__in=list(ids)).values_list("pk", flat=True))

    @staticmethod
    def lines(user: User, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, About]:
        """Those of these referrals that somebody sees, as a list names them; the list goes on the trail."""
        rows = visible_referrals(user).filter(pk__in=list(ids)).select_related("to_agency").order_by("pk")
        found = list(rows.defer("summary_sealed", "justification_sealed"))
        if found:
            user.acts_with(Capability.READ_FILE)
            detail = {"rows": len(found), "ids": [str(one.pk) for one in found]}
            record(Kind.REFERRAL_LISTED, Thing(type="page", id="due:list"), detail=detail)
        files = visible_cases(user).filter(pk__in=[one.case_id for one in found])
        numbers = dict(files.values_list("pk", "number"))
        return {
            one.pk: About(
                title=_("Referral to %(agency)s") % {"agency": one.to_agency.name},
                number=numbers.get(one.case_id, ""),
                url=reverse("referrals:detail", args=[one.pk]),
                shows_risk=True,
            )
            for one in found
        }

    @staticmethod
    def step(code: str) -> str:
        return str(Status(code).label) if code in Status else code
