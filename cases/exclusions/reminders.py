"""An exclusion is reviewed in time, by somebody else (settings.DUE_KINDS)."""

import uuid
from collections.abc import Iterable

from django.db import connection
from django.urls import reverse

from accounts.models import User
from accounts.roles import Capability
from audit.kinds import Kind
from audit.record import Thing, record
from desk.reminders import clocks
from desk.reminders.models import What
from desk.reminders.words import About

from ..models import Exclusion
from .access import reviewable

Review = Exclusion.Review
#: The one step: from the making until somebody has reviewed it.
WAITING = Review.WAITING


def made(exclusion: Exclusion) -> None:
    """The owning office reviews it; where nobody there can, the sweep turns to the national desk."""
    case = exclusion.case
    clocks.start(
        clocks.Clock(
            kind=What.EXCLUDED,
            thing_id=exclusion.pk,
            case_id=case.pk,
            step=WAITING,
            occurrence=1,
            province_id=case.province_id,
            agency_id=case.agency_id,
            worker_id=None,
            named_only=case.named_only,
        )
    )


def reviewed(exclusion: Exclusion) -> None:
    clocks.stop(What.EXCLUDED, exclusion.pk)


class Exclusions:
    """Wired to the reminders by the setting DUE_KINDS."""

    capability = Capability.REVIEW_EXCLUSIONS
    #: The system's own control, like the review of an emergency: three days late it goes to the ministry, of a file for
    #: named people only to the national desk, without any law that confirms its days. Never to its maker, nor to
    #: whoever is kept away (`sees`).
    goes_up = True

    @staticmethod
    def look_again() -> None:
        """An office whose last reviewer has left, or is kept away by now, reviews nothing: what waits there comes to
        the national desk, and is told anew (desk/reminders/sweep.py)."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT cases_exclusions_look_again()")

    @staticmethod
    def sees(user: User, ids: Iterable[uuid.UUID], *, risk: bool) -> set[uuid.UUID]:
        """Which of these somebody may review now. There is no risk in them."""
        rows = reviewable(user).filter(pk__in=list(ids), review=WAITING)
        return set(rows.values_list("pk", flat=True))

    @staticmethod
    def lines(user: User, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, About]:
        """Those that somebody may review, by the number of the file; the list goes on the trail."""
        rows = list(reviewable(user).filter(pk__in=list(ids), review=WAITING).order_by("pk"))
        if rows:
            user.acts_with(Capability.REVIEW_EXCLUSIONS)
            detail = {"rows": len(rows), "ids": [str(one.case_id) for one in rows]}
            record(Kind.EXCLUSIONS_LISTED, Thing(type="page", id="due:list"), detail=detail)
        return {
            one.pk: About(
                title="",
                number=one.number,
                url=reverse("cases:exclusion", args=[one.pk]),
                shows_risk=False,
            )
            for one in rows
        }

    @staticmethod
    def step(code: str) -> str:
        return str(Review(code).label) if code in Review else code
