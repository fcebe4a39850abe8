"""Who sees which referral, and the guarded way to open one.

`visible_referrals(user)` is the one row rule; the database holds the same as policies (migration 0002). A
referral is seen by who sees the referrals of its file, and, once the ministry has sent it, by the members of
the receiving agency. Those see the packet: the file opens to them by accepting alone.
"""

import uuid
from dataclasses import dataclass

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from accounts.models import User
from accounts.refusals import NotFound
from accounts.roles import Capability
from accounts.sections import Section
from audit.kinds import Kind
from audit.record import Asked, Thing, record, while_sending
from cases.access import emergency, visible_cases
from cases.models import Case

from .models import Referral
from .models import ReferralQuerySet as Rows
from .states import Side


def agencies_where(user: User, capability: Capability) -> frozenset[uuid.UUID]:
    """Agencies in which a role of this person contains the capability."""
    return frozenset(post.agency_id for post in user.rights.posts if post.contains(capability))


def received(user: User) -> Q:
    """Referrals that the ministry has sent to an agency of this person."""
    return Q(to_agency__in=user.rights.agencies, sent_at__isnull=False)


def visible_referrals(user: User) -> Rows:
    """Referrals this person may see at all: through the file, or as a member of the receiving agency."""
    rows: Rows = Referral.objects.all()
    if not user.may(Capability.READ_FILE):
        return rows.none()
    file = visible_cases(user, Section.REFERRALS).filter(pk=OuterRef("case_id"))
    seen: Rows = rows.filter(Q(Exists(file)) | received(user))
    return seen.exclude(case__in=sorted(user.rights.barred)) if user.rights.barred else seen


def thing(referral: Referral) -> Thing:
    """How the trail names a referral: without a label, so that a list of acts tells nobody a case number."""
    return Thing(
        type="referral", id=str(referral.pk), case_id=referral.case_id, province=referral.province_id
    )


@dataclass(frozen=True)
class Opened:
    """A referral as somebody opened it: the row, the file where they see it, and on whose behalf they act.

    `through_file` is False for somebody who sees it only because it was sent to their agency.
    """

    referral: Referral
    case: Case | None
    through_file: bool
    sides: frozenset[Side]


def open_referral(user: User, referral_id: uuid.UUID, *, page: str = "referral") -> Opened:
    """The referral, and the read on the trail in the same transaction: no log row, no data.

    Raises NotFound for a hidden and for a missing id alike.
    """
    referral = (
        visible_referrals(user)
        .select_related("from_agency", "to_agency", "province", "submitted_by", "sent_by", "answered_by")
        .prefetch_related("services")
        .filter(pk=referral_id)
        .first()
    )
    if referral is None:
        raise NotFound(asked=Asked("referrals_refused_look", str(referral_id)))
    user.acts_with(Capability.READ_FILE, near=referral.to_agency_id)
    detail = {"page": page, "status": referral.status, **while_sending()}
    if emergency(user, referral.case_id):
        detail["emergency"] = True
    record(Kind.REFERRAL_READ, thing(referral), detail=detail)
    through_file = visible_cases(user, Section.REFERRALS).filter(pk=referral.case_id).exists()
    return Opened(referral, case_of(user, referral), through_file, sides_of(user, referral))


def case_of(user: User, referral: Referral) -> Case | None:
    """The referral's file, where this person sees it."""
    case: Case | None = visible_cases(user, Section.SUMMARY).filter(pk=referral.case_id).first()
    return case


def sides_of(user: User, referral: Referral) -> frozenset[Side]:
    """On whose behalf this person may act on the referral, whatever its state."""
    sides: set[Side] = set()
    if referral.sent_at and referral.to_agency_id in agencies_where(user, Capability.ANSWER_REFERRAL):
        sides.add(Side.RECEIVER)
    if user.may(Capability.REFER) or user.may(Capability.REVIEW_REFERRAL):
        sides |= _through_file(user, referral)
    return frozenset(sides)


def _through_file(user: User, referral: Referral) -> set[Side]:
    sides: set[Side] = set()
    case = visible_cases(user, Section.REFERRALS, Section.WORK).filter(pk=referral.case_id).first()
    if case is None:
        return sides
    if user.may(Capability.REVIEW_REFERRAL):
        sides.add(Side.MINISTRY)
    # The national desk stands in for the maker of a named-only file, who may have moved on.
    for_the_maker = case.named_only and user.may(Capability.NAMED_DESK)
    if for_the_maker or referral.from_agency_id in agencies_where(user, Capability.REFER):
        sides.add(Side.SENDER)
    return sides


def is_named_only(referral: Referral) -> bool:
    """Whether the file opens to named people only; asked by the receiving agency before it can see the file."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT referrals_named_only(%s)", [referral.pk])
        return bool(cursor.fetchone()[0])
