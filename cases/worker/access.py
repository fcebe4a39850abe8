"""Who hands a file over, and to whom. The database decides the same on its own (migration 0008, cases_hand_over)."""

import uuid

from django.utils.translation import gettext as _

from accounts.models import Membership, User
from accounts.refusals import Refused
from accounts.roles import CAPABILITIES, Capability, Role
from accounts.sections import Section

from ..access import check_may, holds
from ..exclusions.access import kept_from
from ..models import Case, CasePersonGrant

#: Roles whose members move files: nobody else works on one.
TAKERS = [role.value for role in Role if Capability.MOVE_FILE in CAPABILITIES[role]]
#: Who looks after an office and gives its files out.
HEADS = [Role.PROVINCIAL_HEAD.value]


def may_hand_over(user: User, case: Case) -> bool:
    """Its worker and its head; in an office without a head every colleague who owns it. A file for named people only
    is handed over by its worker and by the national desk."""
    return user.may(Capability.MOVE_FILE) and holds(user, case, Section.SUMMARY)[0] and is_giver(user, case)


def is_giver(user: User, case: Case) -> bool:
    """Whether somebody who owns this file is one of those who hand it over."""
    if case.named_only:
        return case.worker_id == user.pk or user.may(Capability.NAMED_DESK)
    if str(case.agency_id) not in user.rights.agencies:
        return False
    return (
        case.worker_id == user.pk
        or any(post.agency_id == case.agency_id and post.role in HEADS for post in user.rights.posts)
        or not heads_of(case.agency_id, without=case.worker_id)
    )


def check_hands_over(user: User, case: Case) -> None:
    check_may(user, Capability.MOVE_FILE, near=case.agency_id)
    if not may_hand_over(user, case):
        raise Refused(
            _("A file is handed over by its case worker or the head of its office."),
            code="hand-over",
            label=case.number,
        )


def heads_of(agency_id: uuid.UUID, *, without: uuid.UUID | None = None) -> list[User]:
    """The heads of an office today, the longest there first."""
    posts = Membership.objects.live().filter(agency=agency_id, role__in=HEADS)
    rows = posts.exclude(person=without) if without else posts
    return [post.person for post in rows.select_related("person").order_by("starts_on", "pk")]


def colleagues(agency_id: uuid.UUID, *, without: uuid.UUID | None = None) -> list[User]:
    """The people of an agency who move files today, in the order of a list."""
    posts = Membership.objects.live().filter(agency=agency_id, role__in=TAKERS)
    rows = User.objects.filter(pk__in=posts.values("person")).order_by("full_name_km", "pk")
    return list(rows.exclude(pk=without) if without else rows)


def takers(case: Case) -> list[User]:
    """To whom this file can be handed: colleagues of its office, or those who are named for it."""
    if not case.named_only:
        found = colleagues(case.agency_id, without=case.worker_id)
    else:
        named = CasePersonGrant.objects.live().filter(content_object=case)
        named = named.exclude(because__startswith="break-glass:")
        moves = int(Section.WORK | Section.MOVE)
        people = [one.user_id for one in named if one.sections & moves == moves]
        posts = Membership.objects.live().filter(person__in=people, role__in=TAKERS)
        rows = User.objects.filter(pk__in=posts.values("person"))
        found = list(rows.exclude(pk=case.worker_id).order_by("full_name_km", "pk"))
    gone = kept_from(case.pk, [one.pk for one in found])
    return [one for one in found if one.pk not in gone]


def desk(case: Case) -> User | None:
    """Who of the national desk takes a file for named people only: the longest there."""
    posts = Membership.objects.live().filter(role=Role.NATIONAL_DESK)
    rows = list(posts.exclude(person=case.worker_id).select_related("person").order_by("starts_on", "pk"))
    gone = kept_from(case.pk, {post.person_id for post in rows})
    return next((post.person for post in rows if post.person_id not in gone), None)
