"""Whose files these are: those of one person, and those whose worker is not there any more."""

import uuid
from dataclasses import dataclass

from django.db import connection
from django.db.models import Exists, OuterRef, Q

from accounts.models import Agency, Membership, User
from accounts.roles import Capability, Role

from ..models import CasePersonGrant, NamedStep
from ..models.case import CaseQuerySet
from ..states import ENDED
from .access import TAKERS

MINE, OFFICE, NOBODY = "MINE", "OFFICE", "NOBODY"


def of(files: CaseQuerySet, user: User, whose: str) -> CaseQuerySet:
    """Those of these files that somebody works on themselves, that their office owns, or that nobody works on."""
    if whose == MINE:
        return files.filter(worker=user)
    rule = Q(agency__in=user.rights.agencies)
    if user.may(Capability.NAMED_DESK):
        rule |= Q(named_only=True)
    found: CaseQuerySet = files.filter(rule)
    return without_worker(found) if whose == NOBODY else found


def without_worker(files: CaseQuerySet) -> CaseQuerySet:
    """Files that are open and whose worker does not work where they belong any more. One for named people only may be
    worked on by somebody of another agency."""
    live = Membership.objects.live().filter(person=OuterRef("worker"), role__in=TAKERS)
    marked = NamedStep.objects.filter(case=OuterRef("pk"), act=NamedStep.Act.MARKED)
    named = CasePersonGrant.objects.live().filter(content_object=OuterRef("pk"), user=OuterRef("worker"))
    is_left_out = Exists(marked) & ~Exists(named) & ~Exists(live.filter(role=Role.NATIONAL_DESK))
    found: CaseQuerySet = files.open().filter(
        (Q(named_only=False) & ~Exists(live.filter(agency=OuterRef("agency"))))
        | (Q(named_only=True) & (~Exists(live) | is_left_out))
    )
    return found


@dataclass(frozen=True)
class Left:
    """Open files of somebody who does not work at the agency any more: a number alone."""

    person: User
    agency: Agency
    files: int


def left() -> list[Left]:
    """For whoever runs the place, or heads an office: the files that nobody works on, without named-only ones."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT person, agency, files FROM cases_without_worker(%s)", [sorted(ENDED)])
        rows = cursor.fetchall()
    people = User.objects.in_bulk([person for person, _agency, _files in rows])
    agencies = Agency.objects.in_bulk([agency for _person, agency, _files in rows])
    found = [Left(people[person], agencies[agency], files) for person, agency, files in rows]
    return sorted(found, key=lambda one: (one.agency.name, one.person.name, str(one.person.pk)))


def open_at(agency: Agency) -> int:
    """How many open files an agency owns, for the administrator who would close it; without named-only ones."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT cases_open_at(%s, %s)", [agency.pk, sorted(ENDED)])
        (number,) = cursor.fetchone()
    return int(number)


def held_by(person: User) -> dict[uuid.UUID, int]:
    """How many open files somebody works on at each agency that the reader looks after, without named-only ones."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT agency, files FROM cases_held_by(%s, %s)", [person.pk, sorted(ENDED)])
        return dict(cursor.fetchall())
