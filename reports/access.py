"""Who may see which monthly table, and the guarded way to open one.

The department sees its own in every state; the ministry's reviewer sees those that are signed, of the provinces it
holds. The database holds the same rule (migration 0002).
"""

import uuid

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.refusals import NotFound, Refused
from accounts.roles import Capability, Role
from audit.kinds import Kind
from audit.record import Thing, record, while_sending

from .models import MonthlyTable, MonthlyTableQuerySet
from .states import FROZEN


def agencies_of(user: User) -> list[uuid.UUID]:
    """The departments for which this person prepares tables."""
    return [post.agency_id for post in user.rights.posts if post.contains(Capability.PREPARE_REPORT)]


def visible_tables(user: User) -> MonthlyTableQuerySet:
    rule = Q(agency__in=agencies_of(user))
    if user.may(Capability.READ_REPORTS):
        rule |= Q(status__in=sorted(FROZEN), province__in=sorted(user.rights.open_provinces))
    return MonthlyTable.objects.filter(rule).select_related("agency", "province")


def check_may_list(user: User) -> None:
    if not (user.acts_with(Capability.PREPARE_REPORT) or user.acts_with(Capability.READ_REPORTS)):
        raise Refused(_("Your role does not include the monthly tables."), code="capability:READ_REPORTS")


def thing(table: MonthlyTable) -> Thing:
    """How the trail names a monthly table."""
    label = f"{table.agency.code} {table.month:%Y-%m}/{table.edition}"
    return Thing(type="report", id=str(table.pk), label=label, province=table.province_id)


def open_table(user: User, pk: uuid.UUID, *, page: str = "table") -> MonthlyTable:
    """The table, and the look on the trail in the same transaction. Hidden and missing are the same NotFound."""
    table: MonthlyTable | None = (
        visible_tables(user).select_related("prepared_by", "signed_by", "replaces").filter(pk=pk).first()
    )
    if table is None:
        raise NotFound()
    if table.agency_id in agencies_of(user):
        user.acts_with(Capability.PREPARE_REPORT, near=table.agency_id)
    else:
        user.acts_with(Capability.READ_REPORTS)
    record(Kind.TABLE_READ, thing(table), detail={"page": page, **while_sending()})
    return table


def check_prepares(user: User, table: MonthlyTable, capability: Capability) -> None:
    """Refuse whoever may read the table but is not of its department, or not in that role there."""
    posts = [post for post in user.rights.posts if post.agency_id == table.agency_id]
    if not any(post.contains(capability) for post in posts):
        raise Refused(
            _("This is done in the department alone, by those whose role includes it."),
            code=f"capability:{capability}",
            label=thing(table).label,
        )
    user.acts_with(capability, near=table.agency_id)


#: Roles of which migration 0002 knows by name.
OF_DEPARTMENTS = (Role.PROVINCIAL_OFFICER, Role.PROVINCIAL_HEAD)
