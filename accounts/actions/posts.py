"""Roles of people: given from a day on, ended with a last day. The rows stay."""

import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from audit.kinds import Kind
from audit.record import record

from ..about import check_somebody_stays, lock_administrators, person_thing
from ..access import check_manages, people_within
from ..models import Agency, Membership, User
from ..refusals import NotNow, Refused
from ..roles import Role
from .standing import end_stand_ins_of


@transaction.atomic
def start_membership(
    *, person: User, agency: Agency, role: str, by: User | None, starts_on: datetime.date | None = None
) -> Membership:
    """Give somebody a role at an agency. Nobody gives one to themselves; the head of an office gives it to people
    of the own office, or to somebody who has never had any."""
    check_manages(by, agency_id=agency.pk, role=role)
    if by is not None and by.pk == person.pk:
        raise Refused(_("You cannot give a role to yourself. Ask another administrator."), code="own-role")
    if by is not None and not _is_within(by, person):
        raise Refused(
            _("This person has a role that you do not look after. Ask an administrator."),
            code="person-elsewhere",
        )
    membership = Membership(
        person=person, agency=agency, role=Role(role), starts_on=starts_on or timezone.localdate()
    )
    _check_once(membership)
    membership.save(force_insert=True)
    record(Kind.MEMBERSHIP_STARTED, person_thing(person), detail=_of(membership))
    return membership


def _check_once(membership: Membership) -> None:
    """The same role twice at one agency: to end one of them would end nothing. The database refuses it as well."""
    if membership.stands_in_for_id is not None:
        return
    other = membership.same_role().order_by("starts_on", "pk").first()
    if other is not None:
        raise NotNow(
            _(
                "This person has this role there already, from %(day)s on. Choose other days, or end that one first."
            )
            % {"day": date_format(other.starts_on, "DATE_FORMAT")}
        )


def _is_within(by: User, person: User) -> bool:
    is_known = people_within(by).filter(pk=person.pk).exists()
    return is_known or not Membership.objects.filter(person=person).exists()


@transaction.atomic
def end_membership(
    *,
    membership: Membership,
    by: User | None,
    ends_on: datetime.date | None = None,
    at_once: bool = False,
) -> Membership:
    """End a role with a last day (today, unless another is given), or at once: the last day was yesterday. The row
    stays. What has ended is not ended again: by another last day it would come back without having been given."""
    check_manages(by, agency_id=membership.agency_id, role=membership.role)
    if membership.role == Role.ADMINISTRATOR:
        lock_administrators(by)
    membership = Membership.objects.select_for_update(of=("self",)).get(pk=membership.pk)
    last = _last_day(membership, ends_on, at_once=at_once)
    _check_only_shorter(membership, last, by=by)
    is_longer = membership.ends_on is not None and last > membership.ends_on
    membership.ends_on = last
    if is_longer:
        _check_once(membership)
    membership.save(update_fields=["ends_on"])
    if membership.role == Role.ADMINISTRATOR and by is not None:
        check_somebody_stays()
    end_stand_ins_of(post=membership, last=last, by=by)
    record(Kind.MEMBERSHIP_ENDED, person_thing(membership.person), fields=["ends_on"], detail=_of(membership))
    return membership


def _last_day(membership: Membership, given: datetime.date | None, *, at_once: bool) -> datetime.date:
    """At once is yesterday; for a role that has not begun, the day before it would."""
    today = timezone.localdate()
    if not at_once:
        return given or today
    return max(today, membership.starts_on) - datetime.timedelta(days=1)


def _check_only_shorter(membership: Membership, last: datetime.date, *, by: User | None) -> None:
    before = membership.ends_on
    if before is not None and before < timezone.localdate():
        raise Refused(_("This role has ended. Give it anew."), code="role-ended")
    if membership.stands_in_for_id and before is not None and last > before:
        raise Refused(_("Who stands in is given anew, not prolonged."), code="stand-in-longer")
    if by is not None and by.pk == membership.person_id and before is not None and last > before:
        raise Refused(_("You cannot give a role to yourself. Ask another administrator."), code="own-role")


def _of(membership: Membership) -> dict[str, str]:
    return {"membership": str(membership.pk), "role": membership.role, "agency": membership.agency.code}
