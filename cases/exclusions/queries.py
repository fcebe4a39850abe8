"""Questions about exclusions that are already scoped to somebody (access.py)."""

import uuid
from typing import Any

from django.db.models import Case as First
from django.db.models import IntegerField, Q, Value, When

from accounts.models import Agency, Membership, User
from desk.reminders import queries as deadlines
from desk.reminders.models import What

from ..access import Opened
from ..models import Case, Exclusion
from .access import reviewable, visible

#: So many at once; beyond that somebody has to begin.
SHOWN = 200


def of_file(opened: Opened) -> list[Exclusion]:
    """Who is kept away from an open file now, for whoever works on it; the newest first."""
    rows = visible(opened.user).filter(case=opened.case, ended_at=None)
    return list(_told(rows).order_by("-made_at", "pk"))


def to_review(user: User) -> list[Any]:
    """What waits for this reviewer, the longest waiting first, each with when it is due."""
    rows = list(
        _told(reviewable(user).filter(review=Exclusion.Review.WAITING)).order_by("made_at", "pk")[:SHOWN]
    )
    ends = deadlines.ends_of(What.EXCLUDED, [one.pk for one in rows])
    for row in rows:
        row.due_at = ends.get(row.pk)
    return rows


def ids_to_review(user: User, case: Case) -> set[uuid.UUID]:
    """Which of a file's exclusions this person may decide on: before their review, or to lift them later."""
    return set(reviewable(user).filter(case=case).values_list("pk", flat=True))


def agencies_away(case: Case) -> set[uuid.UUID]:
    """Agencies that are kept away from a file, as far as whoever asks may know."""
    rows = Exclusion.objects.filter(case=case, ended_at=None).exclude(agency=None)
    return set(rows.values_list("agency_id", flat=True))


def _told(rows: Any) -> Any:
    return rows.select_related("person", "agency", "made_by")


# --- whom to name ---


def colleagues(user: User) -> list[User]:
    """Who works at an agency of this person today."""
    here = Membership.objects.live().filter(agency__in=user.rights.homes).values("person_id")
    return list(User.objects.filter(pk__in=here).exclude(pk=user.pk).order_by("full_name_km", "pk"))


def other_agencies(user: User) -> list[Agency]:
    found = Agency.objects.filter(is_active=True).exclude(pk__in=user.rights.homes)
    own_kind = First(
        When(kind=Agency.Kind.POLICE, then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    return list(found.order_by(own_kind, "code", "pk"))


def called(text: str) -> list[User]:
    """Members of staff with exactly this name, in either script, or this sign-in name."""
    same = (
        Q(sign_in_name__iexact=text)
        | Q(full_name_km=text)
        | Q(full_name_latin__iexact=text, full_name_latin__gt="")
    )
    return list(User.objects.filter(same, is_active=True).order_by("pk")[:3])
