"""The yearly word that a role, or a right on provinces, is still right (accounts/confirming.py)."""

import uuid
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.kinds import Kind
from audit.record import record

from ..about import agency_thing, person_thing
from ..access import check_manages, check_runs_place
from ..confirming import rights_due
from ..models import Agency, Membership, User
from ..refusals import NotNow, Refused


@transaction.atomic
def confirm(*, roles: Iterable[uuid.UUID], teams: Iterable[uuid.UUID] = (), by: User) -> int:
    """Confirm these roles, and the rights on provinces of these agencies. How many were confirmed: what somebody else
    confirmed today already is not confirmed twice. All of them or none."""
    confirmed = sum(_role(pk, by=by) for pk in sorted(set(roles)))
    return confirmed + sum(_team(pk, by=by) for pk in sorted(set(teams)))


def _role(pk: uuid.UUID, *, by: User) -> bool:
    found = Membership.objects.live().select_related("person", "agency").filter(pk=pk, stands_in_for=None)
    membership = found.first()
    if membership is None:
        raise NotNow(_("One of these roles has ended meanwhile. Look at the list again."))
    check_manages(by, agency_id=membership.agency_id, role=membership.role)
    if membership.person_id == by.pk:
        raise Refused(_("Nobody confirms a role of their own. Somebody else does."), code="own-role")
    # Locked only now: the database locks no row for whoever may not change it.
    today = timezone.localdate()
    if found.select_for_update(of=("self",)).get().confirmed_on == today:
        return False
    membership.confirmed_on = today
    membership.save(update_fields=["confirmed_on"])
    detail = {"membership": str(membership.pk), "role": membership.role, "agency": membership.agency.code}
    record(Kind.MEMBERSHIP_CONFIRMED, person_thing(membership.person), fields=["confirmed_on"], detail=detail)
    return True


def _team(pk: uuid.UUID, *, by: User) -> bool:
    """The rights of an agency together: one event, and in it how many."""
    check_runs_place(by)
    agency = Agency.objects.get(pk=pk)
    rows = list(rights_due(by).filter(group=agency.group_id).select_for_update(of=("self",)).order_by("pk"))
    for right in rows:
        right.confirmed_on = timezone.localdate()
        right.save(update_fields=["confirmed_on"])
    if rows:
        record(
            Kind.RIGHT_CONFIRMED, agency_thing(agency), fields=["confirmed_on"], detail={"number": len(rows)}
        )
    return bool(rows)
