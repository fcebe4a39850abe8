"""Everybody who sees a file, and why: the scope of the file joined with who works where today."""

import datetime
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from accounts.access import NAMED_DESK
from accounts.models import Agency, Membership, Province, ProvinceAgencyRight, ProvincePersonRight, User
from accounts.roles import Role
from accounts.sections import Section

from ..models import BreakGlass, Case, NamedStep
from .access import READERS


@dataclass(frozen=True)
class Row:
    """One line of a file's scope, with the grant that it follows from."""

    principal: str
    sections: Section
    until: datetime.datetime | None
    because: str
    giver: uuid.UUID | None
    reason: str
    since: datetime.datetime | None

    @property
    def kind(self) -> str:
        """What gives the sight: DESK, PROVINCE, AGENCY or PERSON."""
        return "DESK" if self.principal == NAMED_DESK else self.principal.partition(":")[0].upper()

    @property
    def key(self) -> str:
        return self.principal.partition(":")[2]


@dataclass(frozen=True)
class Group:
    """The people of one agency in one role who see a file by one line; `names` is for those who may be named."""

    agency: Agency
    role: Role
    number: int
    names: tuple[str, ...] = ()


@dataclass
class Sight:
    """One line of a file's scope, and the people who see the file by it now."""

    row: Row
    people: frozenset[uuid.UUID] = frozenset()
    groups: list[Group] = field(default_factory=list)
    agency: Agency | None = None
    person: User | None = None
    province: Province | None = None
    agency_kind: str = ""
    rights: list[tuple[Agency, ProvinceAgencyRight]] = field(default_factory=list)
    giver: "Giver | None" = None


@dataclass(frozen=True)
class Giver:
    """Who gave something: by name to those of the same office, else as an agency and a role."""

    name: str
    agency: Agency | None
    role: Role | None


def scope_of(case: Case) -> list[Row]:
    """The scope of a file as it stands now; empty for whoever does not work on it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT principal, sections, until, because, giver, reason, since FROM cases_who_sees(%s)",
            [case.pk],
        )
        return [
            Row(principal, Section(sections), until, because or "", giver, reason or "", since)
            for principal, sections, until, because, giver, reason, since in cursor.fetchall()
            if until is None or until > timezone.now()
        ]


class Staff:
    """Who works where today, for the lines of one file: people who read files, and the rights on its province."""

    def __init__(self, reader: User, province_id: int, rows: list[Row]) -> None:
        self.own = set(reader.rights.homes)
        teams = ProvinceAgencyRight.objects.live().filter(content_object=province_id)
        agencies = {a.group_id: a for a in Agency.objects.filter(group__in=teams.values("group"))}
        self.teams = {str(one.pk): one.kind for one in agencies.values()}
        #: On what the rights of these teams rest, by kind of agency.
        self.rights = sorted(
            ((agencies[one.group_id], one) for one in teams if one.group_id in agencies),
            key=lambda pair: (pair[0].code, pair[1].valid_from),
        )
        alone = ProvincePersonRight.objects.live().filter(content_object=province_id)
        self.alone = {str(pk) for pk in alone.values_list("user_id", flat=True)}
        self.by_agency: dict[str, list[Membership]] = defaultdict(list)
        self.by_person: dict[str, list[Membership]] = defaultdict(list)
        self.desk: list[Membership] = []
        for post in self._posts(rows):
            self.by_agency[str(post.agency_id)].append(post)
            self.by_person[str(post.person_id)].append(post)
            if post.role == Role.NATIONAL_DESK:
                self.desk.append(post)

    def _posts(self, rows: list[Row]) -> list[Membership]:
        """The live posts of everybody who can stand behind one of these lines, the longest held first."""
        agencies = {row.key for row in rows if row.kind == "AGENCY"} | set(self.teams)
        people = {str(one) for row in rows for one in _people_of(row)} | self.alone
        posts = Membership.objects.live().filter(
            Q(agency__in=agencies) | Q(person__in=people) | Q(role=Role.NATIONAL_DESK), role__in=READERS
        )
        found = posts.select_related("person", "agency").order_by("starts_on", "agency__code", "role", "pk")
        return list(found)

    def posts_of(self, row: Row) -> list[Membership]:
        """The posts by which people are behind this line."""
        if row.kind == "DESK":
            return self.desk
        if row.kind == "AGENCY":
            return self.by_agency[row.key]
        if row.kind == "PERSON":
            return self.by_person[row.key]
        kind = row.key.partition(":")[2]
        found = [
            post for team, of in sorted(self.teams.items()) if of == kind for post in self.by_agency[team]
        ]
        known = {post.pk for post in found}
        alone = [post for one in sorted(self.alone) for post in self.by_person[one]]
        return found + [post for post in alone if post.agency.kind == kind and post.pk not in known]

    def groups(self, posts: Iterable[Membership], *, named: bool) -> list[Group]:
        """By agency and role: names in the own office and of whoever is named for the file, else how many."""
        posts = list(posts)
        numbers = Counter((post.agency_id, post.role) for post in posts)
        first = {(post.agency_id, post.role): post for post in reversed(posts)}
        return [
            Group(
                post.agency,
                Role(post.role),
                numbers[key],
                tuple(sorted({one.person.name for one in posts if (one.agency_id, one.role) == key}))
                if named or str(post.agency_id) in self.own
                else (),
            )
            for key, post in sorted(first.items(), key=lambda item: (item[1].agency.code, item[1].role))
        ]

    def giver(self, person: User | None) -> Giver | None:
        if person is None:
            return None
        posts = self.by_person[str(person.pk)]
        if not posts:
            return Giver("", None, None)
        shown = any(str(post.agency_id) in self.own for post in posts)
        return Giver(person.name if shown else "", posts[0].agency, Role(posts[0].role))


def who_sees(case: Case, reader: User) -> list[Sight]:
    """Every line of the file's scope with the people behind it, in the order of a page."""
    rows = scope_of(case)
    staff = Staff(reader, case.province_id, rows)
    people = User.objects.in_bulk({one for row in rows for one in _people_of(row)})
    agencies = Agency.objects.in_bulk({uuid.UUID(row.key) for row in rows if row.kind == "AGENCY"})
    found = []
    for row in rows:
        posts = staff.posts_of(row)
        sight = Sight(row, frozenset(post.person_id for post in posts))
        sight.groups = staff.groups(posts, named=row.kind == "PERSON")
        sight.giver = staff.giver(people.get(row.giver) if row.giver else None)
        if row.kind == "AGENCY":
            sight.agency = agencies.get(uuid.UUID(row.key))
        elif row.kind == "PERSON":
            sight.person = people.get(uuid.UUID(row.key))
        elif row.kind == "PROVINCE":
            sight.province, sight.agency_kind = case.province, row.key.partition(":")[2]
            sight.rights = [pair for pair in staff.rights if pair[0].kind == sight.agency_kind]
        found.append(sight)
    return sorted(found, key=lambda one: _order(one, case))


def _people_of(row: Row) -> set[uuid.UUID]:
    return {one for one in (row.giver, uuid.UUID(row.key) if row.kind == "PERSON" else None) if one}


def _order(sight: Sight, case: Case) -> tuple[Any, ...]:
    """The owner, those of the province, agencies, people, the desk."""
    is_owner = sight.row.kind == "AGENCY" and sight.row.key == str(case.agency_id) and not sight.row.because
    places = ["PROVINCE", "AGENCY", "PERSON", "DESK"]
    return (not is_owner, places.index(sight.row.kind), sight.row.principal, sight.row.because)


def emergencies(case: Case) -> list[BreakGlass]:
    """Every emergency opening of a file, the latest first."""
    rows = BreakGlass.objects.filter(case=case).select_related("agency", "person")
    return list(rows.order_by("-opened_at", "pk"))


def steps(case: Case) -> list[NamedStep]:
    """How a file came to be for named people only, or not any more, the latest first."""
    return list(
        NamedStep.objects.filter(case=case).select_related("by", "agency").order_by("-recorded_at", "pk")
    )
