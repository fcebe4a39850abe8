"""Who may change who sees a file."""

import uuid

from django.utils.translation import gettext as _

from accounts.models import Agency, Membership, User
from accounts.refusals import Refused
from accounts.roles import CAPABILITIES, Capability, Role
from accounts.sections import Section

from ..access import check_may, holds
from ..exclusions.access import kept_from
from ..models import Case, CasePersonGrant, NamedStep

#: Roles whose members read files at all: nobody else can be shown one.
READERS = [role.value for role in Role if Capability.READ_FILE in CAPABILITIES[role]]


def may_change(user: User, case: Case) -> bool:
    """Whether this person owns the file: moves it, and may say who else sees it."""
    return user.may(Capability.MOVE_FILE) and holds(user, case, Section.SUMMARY)[0]


def check_changes(user: User, case: Case) -> None:
    check_may(user, Capability.MOVE_FILE, near=case.agency_id)
    if not holds(user, case, Section.SUMMARY)[0]:
        raise Refused(
            _("Who sees a file is decided by those who own it."), code="section:MOVE", label=case.number
        )


def members(agency_id: uuid.UUID) -> list[User]:
    """The people of an agency who read files today, in the order of a list."""
    posts = Membership.objects.live().filter(agency=agency_id, role__in=READERS)
    return list(User.objects.filter(pk__in=posts.values("person")).order_by("full_name_km", "pk"))


def is_colleague(user: User, to: Agency | User) -> bool:
    """Whether somebody, or an agency, belongs to an office of this person."""
    if isinstance(to, Agency):
        return str(to.pk) in user.rights.agencies
    return bool(Membership.objects.live().filter(person=to, agency__in=user.rights.agencies).exists())


def desk_agency(user: User, *, other_than: uuid.UUID | None = None) -> uuid.UUID | None:
    """For which agency of the national desk somebody acts: of two, one that did not ask."""
    return next(
        (
            post.agency_id
            for post in user.rights.posts
            if post.contains(Capability.NAMED_DESK) and post.agency_id != other_than
        ),
        None,
    )


def open_request(case: Case) -> NamedStep | None:
    """The request to open a named-only file again that waits for a second person."""
    rows = NamedStep.objects.filter(case=case).select_related("by", "agency")
    last: NamedStep | None = rows.order_by("-recorded_at", "-pk").first()
    return last if case.named_only and last and last.act == NamedStep.Act.LIFT_ASKED else None


def may_second(user: User, asked: NamedStep) -> bool:
    """Whether this person can be the second of the desk, from another agency than the one that asked."""
    return asked.by_id != user.pk and desk_agency(user, other_than=asked.agency_id) is not None


def desk_is_there() -> bool:
    """Whether anybody is at the national desk today."""
    return bool(Membership.objects.live().filter(role=Role.NATIONAL_DESK).exists())


def keepers(case: Case, by: User) -> list[User]:
    """Who can be chosen to keep a file that becomes named-only: oneself, colleagues, whoever was named for it."""
    own = {one.pk for agency in by.rights.agencies for one in members(uuid.UUID(agency))}
    named = (
        CasePersonGrant.objects.live().filter(content_object=case).exclude(because__startswith="break-glass:")
    )
    chosen = own | set(named.values_list("user_id", flat=True))
    rows = User.objects.filter(pk__in=chosen - kept_from(case.pk, chosen), is_active=True)
    return sorted(rows, key=lambda one: (one.pk != by.pk, one.name, str(one.pk)))
