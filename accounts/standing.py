"""Questions about who stands in for whom."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Greatest
from django.utils import timezone

from .models import Membership, User
from .roles import CAN_BE_STOOD_IN_FOR


@dataclass(frozen=True)
class OwnPost:
    """A post that somebody holds today; who stands in for it now or soon; whether a colleague could."""

    post: Membership
    stand_ins: list[Membership]
    can_be: bool
    has_colleagues: bool


def own_posts(user: User) -> list[OwnPost]:
    """Every live membership of one's own, the posts of others that one stands in for at the end."""
    found = Membership.objects.live().filter(person=user).select_related("agency", "stands_in_for__person")
    posts = sorted(found.order_by("starts_on", "agency__code", "pk"), key=_last)
    return [_own(post) for post in posts]


def _last(post: Membership) -> bool:
    return post.stands_in_for_id is not None


def _own(post: Membership) -> OwnPost:
    can_be = post.stands_in_for_id is None and post.role in CAN_BE_STOOD_IN_FOR
    theirs = stand_ins_of(post) if can_be else []
    return OwnPost(post, theirs, can_be, can_be and could_stand_in(post).exists())


def stand_ins_of(post: Membership) -> list[Membership]:
    """Who stands in for a post now or soon."""
    found = post.stand_ins.filter(ends_on__gte=Greatest(F("starts_on"), Value(timezone.localdate())))
    found = found.select_related("person", "agency")
    return list(found.order_by("starts_on", "pk"))


def own_post(user: User, pk: uuid.UUID) -> Membership | None:
    found: Membership | None = (
        Membership.objects.live().filter(person=user, pk=pk).select_related("agency", "person").first()
    )
    return found


def standing_in_of(user: User, pk: uuid.UUID, *, everybody: bool) -> Membership | None:
    """A stand-in that this person may end: their own, that for a post of theirs, or any for who runs the place."""
    rows = Membership.objects.filter(pk=pk, stands_in_for__isnull=False)
    if not everybody:
        rows = rows.filter(Q(person=user) | Q(stands_in_for__person=user))
    found: Membership | None = rows.select_related("agency", "person", "stands_in_for__person").first()
    return found


def could_stand_in(post: Membership) -> Any:
    """The colleagues of now at the same agency, by a post of their own, who do not hold the same post."""
    here = Membership.objects.live().filter(agency=post.agency_id, person=OuterRef("pk"), stands_in_for=None)
    return (
        User.objects.filter(Exists(here))
        .exclude(Exists(here.filter(role=post.role)))
        .exclude(pk=post.person_id)
        .order_by("full_name_km", "pk")
    )


def is_over(membership: Membership) -> bool:
    """Ended, or taken back before it began."""
    last = membership.ends_on
    return last is not None and last < max(membership.starts_on, timezone.localdate())
