"""Why somebody sees a file themselves: for those who read it and do not work on it, and are told of nobody else."""

import datetime
from dataclasses import dataclass

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.access import NAMED_DESK, PROVINCE
from accounts.models import Agency, ProvinceAgencyRight, ProvincePersonRight, User
from accounts.sections import Section

from ..access import live_scope
from ..models import BreakGlass, Case
from .words import sections


@dataclass(frozen=True)
class Way:
    """One way on which somebody sees a file: why, since when and by whom it was given, what it shows, until when."""

    why: str
    given: str
    shows: list[str]
    until: datetime.datetime | None


def ways(case: Case, user: User) -> list[Way]:
    rows = live_scope(user).filter(case=case).order_by("principal", "until", "pk")
    found = []
    for row in rows:
        shows = sections(Section(row.sections))
        if row.principal.startswith(PROVINCE):
            given = _rights(case, user, row.principal.rsplit(":", 1)[1])
            found += [Way(why, told, shows, until) for why, told, until in given]
        else:
            found.append(Way(_why(case, user, row), "", shows, row.until))
    return found


def _rights(case: Case, user: User, kind: str) -> list[tuple[str, str, datetime.datetime | None]]:
    """The rights on the file's province that speak with this kind of agency."""
    agencies = {a.group_id: a for a in Agency.objects.filter(pk__in=user.rights.agencies, kind=kind)}
    teams = ProvinceAgencyRight.objects.live().filter(content_object=case.province_id, group__in=agencies)
    alone = ProvincePersonRight.objects.live().filter(content_object=case.province_id, user=user)
    told = {"province": case.province.name}
    found = [
        (_("%(agency)s has a right on %(province)s") % {**told, "agency": agencies[one.group_id].name}, one)
        for one in teams.order_by("valid_from", "pk")
    ]
    found += [(_("You have a right of your own on %(province)s") % told, one) for one in alone.order_by("pk")]
    return [(why, given(one), one.valid_until) for why, one in found]


def given(right: ProvinceAgencyRight | ProvincePersonRight) -> str:
    """Since when there is a right, and on what it rests."""
    day = date_format(timezone.localtime(right.valid_from), "DATE_FORMAT")
    return _("Since %(day)s: %(reason)s") % {"day": day, "reason": right.reason}


def _why(case: Case, user: User, row: object) -> str:
    principal = row.principal
    if principal == NAMED_DESK:
        return _("You work at the national desk for named-only files")
    if principal.startswith("agency:"):
        if principal.endswith(str(case.agency_id)):
            return _("Your agency owns the file")
        return _("The file was referred to your agency")
    if BreakGlass.objects.filter(case=case, person=user, ended_at=None, until__gt=timezone.now()).exists():
        return _("You opened it in an emergency")
    return _("It is shared with you by name, or you work on it")
