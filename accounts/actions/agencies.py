"""Agencies."""

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import ngettext

from audit.kinds import Kind
from audit.record import record

from ..about import agency_thing, changed, check_somebody_stays, check_stamp, lock_administrators
from ..access import check_runs_place
from ..models import Agency, Province, User
from ..refusals import NotNow

#: What the form of an agency changes. Its short name and kind stay: trail, scopes and rules refer to them.
FIELDS = ("name_km", "name_en", "province", "takes_referrals", "is_active")


@transaction.atomic
def add_agency(
    *,
    code: str,
    kind: str,
    name_km: str,
    name_en: str,
    by: User | None,
    province: Province | None = None,
    takes_referrals: bool = False,
    is_demo: bool = False,
) -> Agency:
    """A new agency with the group that holds its team's rights (nobody is ever a member of that group)."""
    check_runs_place(by)
    agency = Agency(
        code=code,
        kind=kind,
        name_km=name_km,
        name_en=name_en,
        province=province,
        group=Group.objects.create(name=f"agency:{code}"),
        takes_referrals=takes_referrals,
        is_demo=is_demo,
    )
    agency.save(force_insert=True)
    record(Kind.AGENCY_ADDED, agency_thing(agency), detail={"kind": kind})
    return agency


@transaction.atomic
def change_agency(
    *,
    agency: Agency,
    name_km: str,
    name_en: str,
    province: Province | None,
    takes_referrals: bool,
    is_active: bool,
    by: User,
    seen: str | None = None,
) -> Agency:
    """Change an agency. One that is no longer active gives its people no rights, from their next request on."""
    check_runs_place(by)
    lock_administrators(by)
    agency = Agency.objects.select_for_update(of=("self",)).get(pk=agency.pk)
    check_stamp(agency, FIELDS, seen)
    if agency.is_active and not is_active:
        _check_owns_nothing_open(agency)
    names = changed(
        agency,
        {
            "name_km": name_km,
            "name_en": name_en,
            "province": province,
            "takes_referrals": takes_referrals,
            "is_active": is_active,
        },
    )
    if names:
        agency.save(update_fields=names)
        check_somebody_stays()
        record(Kind.AGENCY_CHANGED, agency_thing(agency), fields=names)
    return agency


def _check_owns_nothing_open(agency: Agency) -> None:
    """Files are not handed from agency to agency: their colleagues finish them first."""
    number = import_string(settings.OPEN_FILES_OF_AGENCY)(agency)
    if number:
        told = ngettext(
            "%(number)s open case file belongs to this agency. It can be switched off when that one is closed.",
            "%(number)s open case files belong to this agency. It can be switched off when all are closed.",
            number,
        )
        raise NotNow(told % {"number": number})
