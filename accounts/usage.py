"""Who uses the place: counts from the trail of the last 30 days, and accounts that somebody should look at."""

import datetime
from dataclasses import dataclass

from django.db.models import Count, Max, Q
from django.utils import timezone

from audit.kinds import Kind
from audit.models import Event

from .models import Agency, Membership, User
from .queries import idle, without_role

DAYS = 30
#: So many names at most; the number says how many there are.
SHOWN = 50


@dataclass(frozen=True)
class Use:
    """One agency: how many people it has, how many of them signed in, and what they did."""

    agency: Agency
    people: int
    signed_in: int
    sign_ins: int
    opened: int
    last: datetime.datetime | None


def by_agency() -> list[Use]:
    """Every active agency, also those of which nobody came: that is what the page is for."""
    since = timezone.now() - datetime.timedelta(days=DAYS)
    kinds = (Kind.SIGN_IN, Kind.FILE_OPENED)
    counted = {
        row["actor_agency_id"]: row
        for row in Event.objects.filter(at__gte=since, kind__in=kinds)
        .order_by()
        .values("actor_agency_id")
        .annotate(
            sign_ins=Count("pk", filter=Q(kind=Kind.SIGN_IN)),
            signed_in=Count("actor", filter=Q(kind=Kind.SIGN_IN), distinct=True),
            opened=Count("pk", filter=Q(kind=Kind.FILE_OPENED)),
            last=Max("at", filter=Q(kind=Kind.SIGN_IN)),
        )
    }
    staff = dict(
        Membership.objects.live()
        .order_by()
        .values_list("agency")
        .annotate(number=Count("person", distinct=True))
    )
    return [
        _use(agency, staff.get(agency.pk, 0), counted.get(agency.pk, {}))
        for agency in Agency.objects.filter(is_active=True).order_by("code", "pk")
    ]


def _use(agency: Agency, people: int, counted: dict[str, int]) -> Use:
    return Use(
        agency,
        people,
        counted.get("signed_in", 0),
        counted.get("sign_ins", 0),
        counted.get("opened", 0),
        counted.get("last"),  # type: ignore[arg-type]
    )


def idle_people() -> tuple[int, list[User]]:
    """Who may sign in and has not for 60 days: how many, and the first of them."""
    found = User.objects.filter(idle()).order_by("last_login", "full_name_km", "pk")
    return found.count(), list(found[:SHOWN])


def people_without_role() -> tuple[int, list[User]]:
    """Who may sign in though every role has ended: how many, and the first of them."""
    found = User.objects.filter(without_role()).order_by("full_name_km", "pk")
    return found.count(), list(found[:SHOWN])
