"""Who opens a file in an emergency, who reviews it, and the guarded way to one opening."""

import uuid

from django.db.models import Max
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.access import Post
from accounts.models import User
from accounts.refusals import NotFound, NotNow, Refused
from accounts.roles import Capability, Role
from accounts.sections import EVERYTHING, Section

from ..access import Opened, check_may, sections_of, visible_cases
from ..models import BreakGlass, Case, CasePersonGrant

#: What an emergency opens: all of the file, and to add to it. Never its moving.
OPENS = EVERYTHING & ~Section.MOVE


def check_may_open(user: User) -> None:
    check_may(user, Capability.BREAK_GLASS, _("Your role does not include opening files in an emergency."))


def within_reach(user: User, number: str) -> Case | None:
    """The file with this number where this person sees all of it already: no emergency is needed."""
    case: Case | None = visible_cases(user).filter(number=number).first()
    return case if case and sections_of(user, case) & OPENS == OPENS else None


def check_not_open(user: User, number: str) -> None:
    """Refuse a second opening while one is open: it ends when it ends, and can be followed by another. Asked of the
    sight, not of the opening: what named people alone may see by now gets the answer of a number that opens nothing."""
    held = CasePersonGrant.objects.live().filter(user=user, content_object__number=number)
    until = held.filter(because__startswith="break-glass:").aggregate(until=Max("valid_until"))["until"]
    if until is not None:
        end = date_format(timezone.localtime(until), "DATETIME_FORMAT")
        raise NotNow(
            _(
                "This file is open to you in an emergency already, until %(end)s. If the danger lasts longer, open it "
                "again after that."
            )
            % {"end": end}
        )


def unreviewed(user: User) -> bool:
    """Whether an opening of their own still waits for its review."""
    return bool(BreakGlass.objects.filter(person=user, reviewed_at=None).exists())


def reviewing_post(user: User, case: Case) -> Post | None:
    """As what somebody reviews emergency openings of this file: the head of the office that owns it, else the
    ministry, else the national desk."""
    for post in user.rights.posts:
        if post.contains(Capability.REVIEW_EMERGENCY) and (
            post.role != Role.PROVINCIAL_HEAD or post.agency_id == case.agency_id
        ):
            return post
    return None


def may_review(user: User, glass: BreakGlass, opened: Opened) -> bool:
    return (
        glass.reviewed_at is None
        and glass.person_id != user.pk
        and opened.shows(Section.WORK)
        and reviewing_post(user, opened.case) is not None
    )


def may_stop(user: User, glass: BreakGlass, opened: Opened) -> bool:
    """Whether this person may end an opening that is open: whoever reviews it, before their review and after it."""
    return (
        glass.is_open(timezone.now())
        and glass.person_id != user.pk
        and opened.shows(Section.WORK)
        and reviewing_post(user, opened.case) is not None
    )


def opening_of(opened: Opened, glass_id: uuid.UUID) -> BreakGlass:
    """One emergency opening of a file, for whoever works on it."""
    rows = BreakGlass.objects.select_related("person", "agency", "reviewed_by")
    glass: BreakGlass | None = rows.filter(pk=glass_id, case=opened.case).first()
    if glass is None or not opened.shows(Section.WORK):
        raise NotFound(label=opened.case.number)
    return glass


def check_reviews(user: User, glass: BreakGlass, opened: Opened) -> None:
    if glass.person_id == user.pk:
        raise Refused(
            _("Nobody reviews what they opened themselves."), code="own-emergency", label=opened.case.number
        )
    post = reviewing_post(user, opened.case)
    if post is None or not opened.shows(Section.WORK):
        raise Refused(
            _("It is reviewed by the head of the office that owns the file, or by the ministry."),
            code=f"capability:{Capability.REVIEW_EMERGENCY}",
            label=opened.case.number,
        )
    user.acts_with(Capability.REVIEW_EMERGENCY, near=post.agency_id)
