"""Plans and closures that the ministry decides on, because the office that owns the file has nobody else who can.

The only head asked for it, or the office has no head, or it is an organisation's file. The database holds the same
(migrations 0009 and 0011, `cases_for_ministry`).
"""

from typing import TYPE_CHECKING

from django.db import connection
from django.db.models import BooleanField, Exists, F, Func, OuterRef, Q

from accounts.models import Membership
from accounts.roles import CAPABILITIES, Capability, Role

from .models import Case, Exclusion
from .models.case import CaseQuerySet
from .states import Status

if TYPE_CHECKING:
    from django.db.models import QuerySet

#: Who approves a closure in an office of their own.
APPROVERS = tuple(role for role in Role if Capability.APPROVE_CLOSURE in CAPABILITIES[role])

#: Where a file waits for such a decision.
WAITING = (Status.PLANNING, Status.CLOSURE_REVIEW)


def is_for_ministry(case: Case) -> bool:
    """Whether nobody of the owner's office could decide on this file, beside whoever brought it there. Of a file for
    named people only neither the office nor the ministry knows: the people named for it decide."""
    if case.status not in WAITING or case.named_only:
        return False
    people = _approvers(case).exclude(person=case.status_by_id).values_list("person_id", flat=True)
    return all(_is_kept_from(case, person) for person in set(people))


def _approvers(case: Case) -> "QuerySet[Membership]":
    return Membership.objects.live().filter(agency=case.agency_id, role__in=APPROVERS)


def _is_kept_from(case: Case, person: object) -> bool:
    """By an exclusion. Asked of the database: whoever is kept away sees no row that says so."""
    homes = list(Membership.objects.live().filter(person=person).values_list("agency_id", flat=True))
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s = ANY(actor_barred(%s, %s::uuid[]))", [case.pk, person, homes])
        return bool(cursor.fetchone()[0])


def for_ministry(files: CaseQuerySet) -> CaseQuerySet:
    """Those of some files on which the ministry decides.

    The database is asked only about those that can be: with no other head at the office, or with somebody who is kept
    away. Asked about every file of the country that waits, it would take a second.
    """
    other = Membership.objects.live().filter(agency=OuterRef("agency"), role__in=APPROVERS)
    nobody_else = ~Exists(other.exclude(person=OuterRef("status_by")))
    kept_away = Q(pk__in=Exclusion.objects.filter(ended_at=None).values("case"))
    waiting = files.filter(status__in=WAITING, named_only=False)
    possible = list(waiting.filter(nobody_else | kept_away).order_by().values_list("pk", flat=True))
    asked = Func(F("pk"), function="cases_for_ministry", output_field=BooleanField())
    found: CaseQuerySet = files.filter(pk__in=possible).alias(above=asked).filter(above=True)
    return found
