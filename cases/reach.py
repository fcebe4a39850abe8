"""By what else than a province somebody sees files, in numbers, for the page "what may I do, and why"."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import agency_principal, person_principal
from accounts.models import User
from accounts.roles import Capability
from accounts.sections import EVERYTHING

from .access import live_scope
from .models import BreakGlass


@dataclass(frozen=True)
class Held:
    """So many files by one way, the first of which ends when. No file is named here."""

    how: str
    number: int
    ends: Any


def grants_of(user: User) -> list[Held]:
    if not user.may(Capability.READ_FILE):
        return []
    scope = live_scope(user)
    teams = [agency_principal(agency) for agency in user.rights.agencies]
    emergencies = BreakGlass.objects.filter(person=user, ended_at=None, until__gt=timezone.now()).values(
        "case"
    )
    by_name = scope.filter(principal=person_principal(user.pk))
    ways = (
        (_("Shared with you by name, or named-only files of yours"), by_name.exclude(case__in=emergencies)),
        (_("Opened by you in an emergency"), by_name.filter(case__in=emergencies)),
        # What an agency owns it sees whole; by a referral never so: nobody else moves the file.
        (_("Referred to your agency"), scope.filter(principal__in=teams).exclude(sections=int(EVERYTHING))),
    )
    found = [(how, rows.aggregate(n=Count("case", distinct=True), ends=Min("until"))) for how, rows in ways]
    return [Held(how, told["n"], told["ends"]) for how, told in found if told["n"]]
