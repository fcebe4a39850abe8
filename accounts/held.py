"""Questions about second factors: what somebody has, and what others did with it meanwhile."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from .actions.factors import check_not_last
from .models import Factor, User
from .refusals import NotNow

#: So few codes left: time to ask for the next sheet.
FEW = 5


@dataclass(frozen=True)
class Row:
    """One factor on its owner's page; `why_not` it cannot be removed."""

    factor: Factor
    left: int
    why_not: str

    @property
    def is_sheet(self) -> bool:
        return self.factor.kind == Factor.Kind.SHEET


def own_factors(person: User) -> list[Row]:
    left = Count("codes", filter=Q(codes__used_at=None))
    found = Factor.objects.live().filter(person=person).annotate(left=left).select_related("maker")
    return [Row(factor, factor.left, _why_not(factor)) for factor in found.newest_first()]


def _why_not(factor: Factor) -> str:
    try:
        check_not_last(factor)
    except NotNow as refusal:
        return str(refusal.sentence)
    return ""


def has_factor(person: User) -> bool:
    """Whether somebody has a second factor, as far as the reader may know."""
    return Factor.objects.live().filter(person=person).exists()


def told_since(person: User, since: datetime.datetime) -> list[str]:
    """What others did with somebody's factors since they signed in last, as sentences for them."""
    told = sheets_printed_since(person, since)
    revoked = (
        Factor.objects.filter(person=person, ended_at__gt=since, ender__isnull=False)
        .exclude(ender=person)
        .exclude(kind=Factor.Kind.SHEET)
    )
    if one := revoked.select_related("ender").newest_first().first():
        told.append(
            _("On %(when)s %(who)s revoked your second factors. Add your app or your key again.")
            % {"when": _day(one.ended_at), "who": _name(one.ender)}
        )
    return told


def sheets_printed_since(person: User, since: datetime.datetime) -> list[str]:
    """Told at the next sign-in; to whoever is signed in already, at once on their first page."""
    others = Factor.objects.filter(person=person, kind=Factor.Kind.SHEET).exclude(maker=person)
    return [
        _(
            "On %(when)s %(who)s printed a new code sheet for you. If you did not get it, tell your head at once."
        )
        % {"when": _day(one.created_at), "who": _name(one.maker)}
        for one in others.filter(created_at__gt=since).select_related("maker").newest_first()
    ]


def _day(at: Any) -> str:
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")


def _name(person: User | None) -> str:
    return person.name if person else _("the operator of the server")
