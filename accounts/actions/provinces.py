"""Which provinces a team, or one person alone, sees."""

import datetime
from dataclasses import replace

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.kinds import Kind
from audit.record import Thing, record

from ..about import agency_thing, person_thing
from ..access import check_runs_place
from ..models import Agency, Province, ProvinceAgencyRight, ProvincePersonRight, User
from ..models.rights import VIEW_PROVINCE
from ..refusals import NotNow, Refused

#: A right of one person is an exception: it ends within a year, and is given anew if it is still needed.
LONGEST = datetime.timedelta(days=366)


@transaction.atomic
def give_province_right(
    *,
    agency: Agency,
    province: Province,
    reason: str,
    by: User | None,
    valid_until: datetime.datetime | None = None,
) -> ProvinceAgencyRight:
    """Let an agency's whole team see the files of a province, in the sections that its kind may see."""
    check_runs_place(by)
    right: ProvinceAgencyRight = ProvinceAgencyRight.give(
        VIEW_PROVINCE,
        group=agency.group,
        content_object_id=province.pk,
        granted_by=by,
        reason=reason,
        valid_until=valid_until,
    )
    record(Kind.RIGHT_GIVEN, agency_thing(agency, province), detail={"right": right.pk, "until": valid_until})
    return right


@transaction.atomic
def end_province_right(*, right: ProvinceAgencyRight, by: User | None) -> ProvinceAgencyRight:
    """End a province right now. The row stays, with its end."""
    check_runs_place(by)
    right.valid_until = timezone.now()
    right.save(update_fields=["valid_until"])
    agency = Agency.objects.get(group_id=right.group_id)
    record(
        Kind.RIGHT_ENDED,
        agency_thing(agency, right.content_object),
        fields=["valid_until"],
        detail={"right": right.pk},
    )
    return right


@transaction.atomic
def give_own_right(
    *, person: User, province: Province, reason: str, valid_until: datetime.datetime, by: User
) -> ProvincePersonRight:
    """Let one person see the files of a province, in the sections that the kinds of their agencies may see there.

    Raises Refused for oneself; NotNow for whoever reads no files, and for more than a year.
    """
    check_runs_place(by)
    if person.pk == by.pk:
        raise Refused(_("Nobody gives a right to themselves. Another administrator does."), code="own-right")
    if not person.rights.agencies:
        raise NotNow(_("This person has no role that reads case files."))
    if valid_until > timezone.now() + LONGEST:
        raise NotNow(_("A right of one person ends within a year."))
    right: ProvincePersonRight = ProvincePersonRight.give(
        VIEW_PROVINCE,
        user=person,
        content_object_id=province.pk,
        granted_by=by,
        reason=reason,
        valid_until=valid_until,
    )
    record(Kind.RIGHT_GIVEN, _thing(person, province.pk), detail={"right": right.pk, "until": valid_until})
    return right


@transaction.atomic
def end_own_right(*, right: ProvincePersonRight, by: User) -> ProvincePersonRight:
    """End the right of one person on a province now. The row stays, with its end."""
    check_runs_place(by)
    right.valid_until = timezone.now()
    right.save(update_fields=["valid_until"])
    record(
        Kind.RIGHT_ENDED,
        _thing(right.user, right.content_object_id),
        fields=["valid_until"],
        detail={"right": right.pk},
    )
    return right


def _thing(person: User, province: int) -> Thing:
    return replace(person_thing(person), province=province)
