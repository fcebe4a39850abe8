"""Standing in (ស្តីទី): a colleague holds an approving post beside whoever has it, from one day until another.

Nobody loses anything by it, and nobody approves their own request through it: what is decided by a second person is
decided by another person, whichever post they hold.
"""

import datetime

from django.db import connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.kinds import Kind
from audit.record import record

from ..about import person_thing
from ..access import check_runs_place, post_for, speak
from ..models import Membership, User
from ..models.agencies import STANDS_IN_AT_MOST
from ..refusals import NotFound, NotNow, Refused
from ..roles import CAN_BE_STOOD_IN_FOR, Capability
from ..standing import could_stand_in, is_over


@transaction.atomic
def let_stand_in(
    *,
    post: Membership,
    person: User,
    starts_on: datetime.date,
    ends_on: datetime.date,
    by: User,
    reason: str = "",
) -> Membership:
    """Let a colleague of the same agency stand in for the holder of `post`, who goes on holding it."""
    check_gives(by, post, reason=reason)
    with (
        connection.cursor() as cursor
    ):  # one at a time: two overlapping ones must not both be looked at before
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"stands in {post.pk}"])
    _check_days(post, starts_on, ends_on)
    _check_person(post, person, by=by)
    over = post.stand_ins.filter(
        starts_on__lte=ends_on, ends_on__gte=Greatest(F("starts_on"), Value(starts_on))
    ).select_related("person")
    if other := over.order_by("starts_on", "pk").first():
        raise NotNow(
            _("%(who)s stands in for this post in these days already. End that first, or choose other days.")
            % {"who": other.person.name}
        )
    membership = Membership(
        person=person,
        agency_id=post.agency_id,
        role=post.role,
        starts_on=starts_on,
        ends_on=ends_on,
        stands_in_for=post,
        reason=reason.strip(),
    )
    membership.save(force_insert=True)
    record(Kind.STAND_IN_GIVEN, person_thing(person), detail=_of(membership))
    return membership


def check_gives(by: User, post: Membership, *, reason: str | None = None) -> None:
    """Refuse whoever neither holds this post nor runs the place. An administrator says why."""
    if post.person_id != by.pk:
        check_runs_place(by)
        if reason is not None and not reason.strip():
            raise NotNow(_("Say why, in a sentence that a colleague will understand."))
    elif own := next((one for one in by.rights.posts if one.id == post.pk), None):
        speak(by, own)
    if post.stands_in_for_id is not None:
        raise Refused(
            _("Whoever stands in does not pass it on. Ask the holder of the post."), code="stand-in-chain"
        )
    if post.role not in CAN_BE_STOOD_IN_FOR:
        raise Refused(_("Nobody stands in for this post: it approves nothing."), code="stand-in-post")
    if not Membership.objects.live().filter(pk=post.pk).exists():
        raise Refused(
            _("This post is not held now, so nobody can stand in for it."), code="stand-in-not-held"
        )


def _check_days(post: Membership, starts_on: datetime.date, ends_on: datetime.date) -> None:
    if starts_on < timezone.localdate():
        raise NotNow(_("The first day must not be in the past."))
    if ends_on < starts_on:
        raise NotNow(_("The last day must not be before the first."))
    if ends_on - starts_on >= STANDS_IN_AT_MOST:
        raise NotNow(_("Somebody stands in for 60 days at most."))
    if post.ends_on is not None and ends_on > post.ends_on:
        raise NotNow(_("The post itself ends before that day."))


def _check_person(post: Membership, person: User, *, by: User) -> None:
    if person.pk == by.pk:
        raise Refused(_("You cannot give a role to yourself. Ask another administrator."), code="own-role")
    if not could_stand_in(post).filter(pk=person.pk).exists():
        raise NotNow(_("Choose a colleague of the same agency who does not hold this post already."))


@transaction.atomic
def end_stand_in(*, membership: Membership, by: User) -> Membership:
    """End it at once: by whom somebody stands in for, by the stand-in, or by an administrator."""
    check_ends(by, membership)
    locked: Membership = (
        Membership.objects.select_for_update(of=("self",)).select_related("person").get(pk=membership.pk)
    )
    if is_over(locked):
        raise NotNow(_("This has ended already."))
    _ended(locked)
    return locked


def check_ends(by: User, membership: Membership) -> None:
    if membership.stands_in_for is None:
        raise NotFound
    if by.pk not in (membership.person_id, membership.stands_in_for.person_id):
        if not by.may(Capability.MANAGE_PLACE):
            raise NotFound
        speak(by, post_for(by, Capability.MANAGE_PLACE))


@transaction.atomic
def end_stand_ins_of(*, post: Membership, last: datetime.date, by: User | None) -> None:
    """Nobody stands in for a post beyond its own last day."""
    rows = post.stand_ins.select_for_update(of=("self",)).select_related("person").filter(ends_on__gt=last)
    for membership in rows.order_by("pk"):
        _ended(membership, last)


def _ended(membership: Membership, last: datetime.date | None = None) -> None:
    today = timezone.localdate()
    last = last or today - datetime.timedelta(days=1)
    membership.ends_on = max(last, membership.starts_on - datetime.timedelta(days=1))
    membership.save(update_fields=["ends_on"])
    record(Kind.STAND_IN_ENDED, person_thing(membership.person), fields=["ends_on"], detail=_of(membership))


def _of(membership: Membership) -> dict[str, str]:
    return {
        "membership": str(membership.pk),
        "role": membership.role,
        "agency": membership.agency.code,
        "from": membership.starts_on.isoformat(),
        "until": membership.ends_on.isoformat() if membership.ends_on else "",
    }
