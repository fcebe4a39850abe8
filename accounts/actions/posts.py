"""Roles of people: given from a day on, ended with a last day. The rows stay."""

import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.kinds import Kind
from audit.record import record

from ..about import check_somebody_stays, lock_administrators, person_thing
from ..access import check_manages
from ..models import Agency, Membership, User
from ..refusals import Refused
from ..roles import Role


@transaction.atomic
def start_membership(
    *, person: User, agency: Agency, role: str, by: User | None, starts_on: datetime.date | None = None
) -> Membership:
    """Give somebody a role at an agency. Nobody gives one to themselves."""
    check_manages(by, agency_id=agency.pk, role=role)
    if by is not None and by.pk == person.pk:
        raise Refused(_("You cannot give a role to yourself. Ask another administrator."), code="own-role")
    membership = Membership(
        person=person, agency=agency, role=Role(role), starts_on=starts_on or timezone.localdate()
    )
    membership.save(force_insert=True)
    record(Kind.MEMBERSHIP_STARTED, person_thing(person), detail=_of(membership))
    return membership


@transaction.atomic
def end_membership(
    *,
    membership: Membership,
    by: User | None,
    ends_on: datetime.date | None = None,
    at_once: bool = False,
) -> Membership:
    """End a role with a last day (today, unless another is given), or at once: the last day was yesterday. The row
    stays. A last day may be changed as long as the role has not ended."""
    check_manages(by, agency_id=membership.agency_id, role=membership.role)
    if membership.role == Role.ADMINISTRATOR:
        lock_administrators(by)
    membership = Membership.objects.select_for_update(of=("self",)).get(pk=membership.pk)
    today = timezone.localdate()
    membership.ends_on = today - datetime.timedelta(days=1) if at_once else ends_on or today
    if at_once and membership.starts_on > today:
        membership.ends_on = membership.starts_on - datetime.timedelta(days=1)
    membership.save(update_fields=["ends_on"])
    if membership.role == Role.ADMINISTRATOR and by is not None:
        check_somebody_stays()
    record(Kind.MEMBERSHIP_ENDED, person_thing(membership.person), fields=["ends_on"], detail=_of(membership))
    return membership


def _of(membership: Membership) -> dict[str, str]:
    return {"membership": str(membership.pk), "role": membership.role, "agency": membership.agency.code}
