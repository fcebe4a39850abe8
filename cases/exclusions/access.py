"""Who sees an exclusion, who reviews it, and whether enough people are left when somebody is kept away.

Whoever is kept away sees nothing of it. The database holds the same rules (migration 0006).
"""

import json
import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Agency, Membership, User
from accounts.refusals import NotFound, NotNow, Refused
from accounts.roles import CAPABILITIES, Capability, Role
from accounts.sections import Section
from audit.kinds import Kind
from audit.record import Thing, record, while_sending

from ..access import check_works_on, sights_of, visible_cases
from ..models import Case, Exclusion

if TYPE_CHECKING:
    from audit.guarded import GuardedQuerySet as Rows

#: Heads review for their own office; these beyond it.
BEYOND = frozenset({Role.MINISTRY_REVIEWER, Role.NATIONAL_DESK})
#: What of a file somebody works on who says who must not see it, and who decides on that. No emergency opens it.
ALL_OF_IT = (Section.WORK, Section.REFERRALS)
READERS = [role for role in Role if Capability.READ_FILE in CAPABILITIES[role]]
REVIEWERS = [role for role in Role if Capability.REVIEW_EXCLUSIONS in CAPABILITIES[role]]


def visible(user: User) -> "Rows":
    """Exclusions from files of which this person may keep somebody away or reviews that, their own, and those that came
    to them at the national desk. Whoever works on a file by a referral, a share or an emergency is not told whom it is
    hidden from: a friend of theirs would hear of it."""
    rule = Q(made_by=user)
    if user.may(Capability.ADD_NOTE) or user.may(Capability.REVIEW_EXCLUSIONS):
        rule |= Q(case__in=visible_cases(user, *ALL_OF_IT).order_by().values("pk"))
    if user.may(Capability.NAMED_DESK):
        rule |= Q(at_desk=True)
    rows: Rows = Exclusion.objects.filter(rule)
    return rows.exclude(case__in=sorted(user.rights.barred)) if user.rights.barred else rows


def reviewable(user: User) -> "Rows":
    """Those that this person may review: never their own, and the head's office alone."""
    if not user.may(Capability.REVIEW_EXCLUSIONS):
        return Exclusion.objects.none()
    rows = visible(user).filter(ended_at=None).exclude(made_by=user)
    if user.rights.roles & BEYOND:
        return rows
    offices = [post.agency_id for post in user.rights.posts if post.contains(Capability.REVIEW_EXCLUSIONS)]
    return rows.filter(case__in=visible_cases(user).filter(agency__in=offices).order_by().values("pk"))


def thing(exclusion: Exclusion) -> Thing:
    """How the trail names it: by its file."""
    return Thing(type="exclusion", id=str(exclusion.pk), label=exclusion.number, case_id=exclusion.case_id)


def open_exclusion(user: User, exclusion_id: uuid.UUID) -> Exclusion:
    """One that this person may review, and the look on the trail. Hidden and missing are the same NotFound."""
    rows = reviewable(user).select_related("person", "agency", "made_by", "reviewed_by")
    exclusion: Exclusion | None = rows.filter(pk=exclusion_id).first()
    if exclusion is None:
        raise NotFound()
    user.acts_with(Capability.REVIEW_EXCLUSIONS)
    record(Kind.EXCLUSION_READ, thing(exclusion), detail=while_sending())
    return exclusion


# --- whether somebody is left ---


def one_at_a_time(case_id: uuid.UUID) -> None:
    """Two who keep each other away at the same moment: the second sees what the first has done."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"exclusions of {case_id}"])


def keeps_away(user: User, sights: Iterable[Section]) -> bool:
    """Whether this person may say who must not see a file: who works on all of it, not whom it was opened to by a
    referral, a share of parts or an emergency. The database asks the same (migration 0006)."""
    needed = Section.WORK | Section.REFERRALS
    return user.may(Capability.ADD_NOTE) and any(held & needed == needed for held in sights)


def check_keeps_away(user: User, case: Case) -> None:
    check_works_on(user, case, Capability.ADD_NOTE)
    if not keeps_away(user, sights_of(user, case)):
        raise Refused(
            _("This file was opened to you for something else: ask its owner to keep somebody away."),
            code="section:REFERRALS",
            label=case.number,
        )


def check_leaves_somebody(case: Case, who: User | Agency, *, by: User) -> None:
    """Refuse what would leave a file without anybody who looks after it, or itself without anybody to review it."""
    if isinstance(who, Agency) and who.pk == case.agency_id:
        raise NotNow(
            _(
                "This agency owns the file, and nobody would be left to work on it. Hand it to another one first."
            )
        )
    if isinstance(who, Agency) and str(who.pk) in by.rights.homes:
        raise NotNow(_("This is an agency of your own: you would be kept away with it."))
    gone = {who.pk} if isinstance(who, User) else _members(Q(agency=who))
    # A file for named people is looked after by its maker and the national desk, and reviewed by the desk alone:
    # neither the office nor the ministry knows of it.
    if case.named_only:
        if not desk_left(case, without=gone | {by.pk}):
            raise NotNow(
                _(
                    "Nobody of the national desk would be left who sees this file and could review this. Let another "
                    "person be appointed to the desk first."
                )
            )
        return
    office = _members(Q(agency=case.agency_id, role__in=READERS)) - gone
    if not office - kept_from(case.pk, office):
        raise NotNow(
            _("Nobody of the agency that owns the file would be left. Hand it to another agency first.")
        )
    others = _members(Q(role__in=BEYOND) | Q(agency=case.agency_id, role__in=REVIEWERS)) - gone - {by.pk}
    if not others - kept_from(case.pk, others):
        raise NotNow(_("Nobody would be left who could review this. Speak with the ministry first."))


def check_desk_remains(case: Case, *, by: User) -> None:
    """The last person of the national desk who sees a file for named people only does not leave it to nobody."""
    if case.named_only and by.may(Capability.NAMED_DESK) and not desk_left(case, without={by.pk}):
        raise NotNow(
            _(
                "You are the last person of the national desk who can look after this file. Let another person be "
                "appointed to the desk first, then say this again. Until then leave the file alone."
            )
        )


def check_desk_reviews(case: Case) -> None:
    """Before a file becomes named-only: the national desk alone reviews from then on who is kept away from it."""
    makers = Exclusion.objects.filter(case=case, ended_at=None).values_list("made_by_id", flat=True)
    if not all(desk_left(case, without={maker}) for maker in set(makers)):
        raise NotNow(
            _(
                "Somebody is kept away from this file, and nobody of the national desk is left who could review that. "
                "Let another person be appointed to the desk first."
            )
        )


def desk_left(case: Case, *, without: set[uuid.UUID]) -> set[uuid.UUID]:
    """Who of the national desk nothing keeps away from a file. The database holds the same (migration 0012)."""
    people = _members(Q(role=Role.NATIONAL_DESK)) - without
    return people - kept_from(case.pk, people)


def kept_from(case_id: uuid.UUID, people: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Whom of these the exclusions of a file keep away. Asked of the database: not everybody who works on a file is
    told who is kept away from it, and whoever is, sees no row that says so."""
    homes: dict[uuid.UUID, list[uuid.UUID]] = {one: [] for one in people}
    posts = Membership.objects.live().filter(person__in=list(homes)).order_by("pk")
    for person, agency in posts.values_list("person_id", "agency_id"):
        homes[person].append(agency)
    asked = [
        {"person": str(person), "agencies": [str(one) for one in agencies]}
        for person, agencies in homes.items()
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.person FROM jsonb_to_recordset(%s::jsonb) AS p(person uuid, agencies jsonb) WHERE %s = "
            "ANY(actor_barred(p.person, ARRAY(SELECT jsonb_array_elements_text(p.agencies)::uuid)))",
            [json.dumps(asked), case_id],
        )
        return {person for (person,) in cursor.fetchall()}


def _members(rule: Q) -> set[uuid.UUID]:
    found: Any = Membership.objects.live().filter(rule).values_list("person_id", flat=True)
    return set(found)
