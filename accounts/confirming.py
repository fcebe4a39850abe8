"""Roles, and rights on provinces, are confirmed once a year by whoever looks after them: is this still right?

What nobody confirms does not end by itself (ADR 0019); it stands on the list, and on the page of who uses the place,
until somebody does.
"""

import datetime
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from .access import runs_place
from .models import Agency, Membership, ProvinceAgencyRight, User
from .queries import posts_within
from .roles import GIVES, Capability, Role

if TYPE_CHECKING:
    from .guard import RightQuerySet
    from .models.agencies import MembershipQuerySet

YEAR = datetime.timedelta(days=365)
#: So long before the year is over it stands on the list.
BEFORE = datetime.timedelta(days=30)
#: So many at once: more would be confirmed without being looked at.
SHOWN = 25


@dataclass(frozen=True)
class Team:
    """An agency, how many rights on provinces its team has that wait, and since when the oldest does."""

    agency: Agency
    provinces: int
    since: datetime.date


def roles_due(user: User, *, agency: str = "") -> "MembershipQuerySet":
    """Live roles that this person may confirm and whose year is over or nearly so, the oldest first, as `since`. Never
    their own; whoever stands in for another is not among them, as that ends within 60 days."""
    given = Q()
    if runs_place(user):
        given = Q(role__in=[role.value for role in Role])
    else:
        for post in user.rights.posts:
            if roles := GIVES.get(post.role):
                given |= Q(agency_id=post.agency_id, role__in=sorted(roles))
    found = posts_within(user).live().filter(given, stands_in_for=None).exclude(person=user)
    if agency:
        found = found.filter(agency_id=agency)
    found = found.annotate(since=Coalesce("confirmed_on", "starts_on"))
    waiting: MembershipQuerySet = found.filter(since__lte=timezone.localdate() - (YEAR - BEFORE))
    return waiting.select_related("person", "agency").order_by("since", "agency__code", "pk")


def rights_due(user: User) -> "RightQuerySet":
    """Live rights on provinces whose year is over or nearly so; for whoever runs the place."""
    since = Coalesce("confirmed_on", TruncDate("valid_from"))
    found: RightQuerySet = ProvinceAgencyRight.objects.live().annotate(since=since)
    waiting = found.filter(since__lte=timezone.localdate() - (YEAR - BEFORE))
    return waiting if runs_place(user) else waiting.none()


def teams_due(user: User) -> list[Team]:
    """Those rights, told by agency, the oldest first: whoever confirms looks at an agency, not at each province."""
    rows = list(rights_due(user).order_by("since", "pk").values_list("group_id", "since"))
    number = Counter(group for group, _since in rows)
    oldest: dict[Any, datetime.date] = {}
    for group, since in rows:
        oldest.setdefault(group, since)
    agencies = Agency.objects.filter(group_id__in=number, is_active=True).order_by("code", "pk")
    found = [Team(one, number[one.group_id], oldest[one.group_id]) for one in agencies]
    return sorted(found, key=lambda team: team.since)


def is_late(since: datetime.date) -> bool:
    return since < timezone.localdate() - YEAR


def how_many(user: User) -> int:
    """What waits for this person's confirmation; 0 for whoever confirms nothing."""
    if not user.may(Capability.MANAGE_PEOPLE):
        return 0
    return roles_due(user).count() + len(teams_due(user))


def late_by_agency() -> list[tuple[Agency, int]]:
    """How many roles at each agency nobody confirmed for more than a year, the most first; past whoever asks."""
    found = Membership.objects.live().filter(stands_in_for=None)
    late = found.annotate(since=Coalesce("confirmed_on", "starts_on")).filter(
        since__lt=timezone.localdate() - YEAR
    )
    number = Counter(late.order_by().values_list("agency_id", flat=True))
    agencies = Agency.objects.filter(pk__in=number).order_by("code", "pk")
    return sorted(((one, number[one.pk]) for one in agencies), key=lambda row: -row[1])
