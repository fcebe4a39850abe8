"""How the trail names people and agencies, and the two guards that every change of theirs shares."""

import hashlib
import json
from typing import Any

from django.db.models import Model, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.record import Thing

from .models import Agency, Membership, Province, User
from .refusals import Refused, Stale
from .roles import Capability, Role


def person_thing(person: User) -> Thing:
    return Thing(type="person", id=str(person.pk), label=person.sign_in_name)


def agency_thing(agency: Agency, province: Province | None = None) -> Thing:
    return Thing(
        type="agency",
        id=str(agency.pk),
        label=agency.code,
        province=province.pk if province else agency.province_id,
    )


def stamp(record: Model, fields: tuple[str, ...]) -> str:
    """What stood in these fields, as a short mark for the form that changes them."""
    columns = {field.name: field.attname for field in record._meta.concrete_fields}
    values = [str(getattr(record, columns[name])) for name in fields]
    return hashlib.sha256(json.dumps(values).encode()).hexdigest()[:20]


def check_stamp(record: Model, fields: tuple[str, ...], given: str | None) -> None:
    """Refuse a save from a form that shows older values. None means the caller just read the record itself."""
    if given is not None and given != stamp(record, fields):
        raise Stale(sent=0, now=0)


def changed(record: Model, values: dict[str, Any]) -> list[str]:
    """Set these fields; the names of those that were something else."""
    names = [name for name, value in values.items() if getattr(record, name) != value]
    for name in names:
        setattr(record, name, values[name])
    return names


def lock_administrators(by: User | None) -> None:
    """One at a time: two administrators who end each other at once must not leave the place without any. Whoever
    waited may have lost the role meanwhile to the very person they wanted to end."""
    list(
        Membership.objects.filter(role=Role.ADMINISTRATOR)
        .select_for_update(of=("self",))
        .order_by("pk")
        .values_list("pk")
    )
    if by is not None and not Membership.objects.live().filter(person=by, role=Role.ADMINISTRATOR).exists():
        raise Refused(_("Only an administrator does this."), code=f"capability:{Capability.MANAGE_PLACE}")


def check_somebody_stays() -> None:
    """Refuse what would leave nobody to run the place: somebody whose role has no end must remain. Asked after the
    change, inside its transaction, with the administrators locked."""
    today = timezone.localdate()
    forever = Membership.objects.filter(
        Q(ends_on=None),
        role=Role.ADMINISTRATOR,
        starts_on__lte=today,
        person__is_active=True,
        agency__is_active=True,
    )
    if not forever.exists():
        raise Refused(
            _("This is the last administrator. Give somebody else this role first, without a last day."),
            code="last-administrator",
        )
