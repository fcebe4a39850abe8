"""Who is told of a deadline: worked out when it is told, by who may see the file now.

First whose turn it is (memberships that are live today), then whether each of them sees the record: asked as that
person, so that both walls answer. A named-only file therefore reaches named people alone.
"""

import logging
import uuid
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db import DatabaseError
from django.db.models import Q
from django.utils.module_loading import import_string

from accounts.models import Membership, User
from accounts.roles import CAPABILITIES, Capability, Role
from audit.context import acting

from .models import Due, Level, Notice, Stage, What

log = logging.getLogger("karpea.reminders")
#: Beyond the province: told of a confirmed deadline that is long overdue, and of no other.
BEYOND = (Role.MINISTRY_REVIEWER, Role.NATIONAL_DESK)
HEAD = Role.PROVINCIAL_HEAD


def kind_of(what: str) -> Any:
    """What an app says of its deadlines: `capability`, `sees(user, ids, risk=)`, `lines(user, ids)`, `step(code)`."""
    return import_string(settings.DUE_KINDS[what])


class Staff:
    """Everybody whose turn it can be, for a batch of deadlines: three lists out of one query."""

    def __init__(self, dues: Iterable[Due]) -> None:
        dues = list(dues)
        self.team: dict[tuple[uuid.UUID, Capability], set[uuid.UUID]] = defaultdict(set)
        self.heads: dict[int, set[uuid.UUID]] = defaultdict(set)
        self.beyond: dict[Role, set[uuid.UUID]] = defaultdict(set)
        here = Q(agency__in={due.agency_id for due in dues})
        heads = Q(role=HEAD, agency__province__in={due.province_id for due in dues})
        rows = Membership.objects.live().filter(here | heads | Q(role__in=BEYOND)).order_by("pk")
        for person, agency, role, province in rows.values_list(
            "person_id", "agency_id", "role", "agency__province_id"
        ):
            for capability in CAPABILITIES[Role(role)]:
                self.team[agency, capability].add(person)
            if role == HEAD and province:
                self.heads[province].add(person)
            if role in BEYOND:
                self.beyond[Role(role)].add(person)

    def workers(self, due: Due) -> set[uuid.UUID]:
        """Who looks after it, or their whole team when that person is not there any more."""
        team = self.team[due.agency_id, kind_of(due.kind).capability]
        if due.kind == What.CASE and due.worker_id in team:
            return {due.worker_id}
        return team

    def wanted(self, due: Due, stage: Stage) -> set[uuid.UUID]:
        """Whom this stage is for, whether they see the file or not. A kind may have its own rule."""
        own = getattr(kind_of(due.kind), "wanted", None)
        if own is not None:
            chosen: set[uuid.UUID] = own(self, due, stage)
            return chosen
        people, heads = set(self.workers(due)), self.heads[due.province_id]
        if stage != Stage.DUE or due.level == Level.DANGER or not people:
            people |= heads
        if stage != Stage.DUE and due.worker_id:
            people.add(due.worker_id)  # of a referral: who asked for it
        if stage == Stage.ESCALATED:
            people |= self.beyond[Role.NATIONAL_DESK if due.named_only else Role.MINISTRY_REVIEWER]
        return people

    def stand_ins(self, due: Due) -> set[uuid.UUID]:
        """Where nobody whose turn it is sees it. Of a named-only file whose maker has moved on, and of an exclusion
        that the office cannot review itself: the national desk. Else the colleagues of whoever is kept away."""
        if due.named_only or due.kind == What.EXCLUDED:
            return self.beyond[Role.NATIONAL_DESK]
        return self.team[due.agency_id, kind_of(due.kind).capability]


def tell(stages: dict[Due, Stage]) -> dict[uuid.UUID, int]:
    """Write the notices of these deadlines. How many people were told of each, by its id."""
    staff = Staff(stages)
    told = _tell_each(stages, staff.wanted)
    deaf = {due: stage for due, stage in stages.items() if not told[due.pk]}
    for due_id, number in _tell_each(deaf, lambda due, _stage: staff.stand_ins(due)).items():
        told[due_id] += number
    return told


def _tell_each(stages: dict[Due, Stage], wanted: Any) -> dict[uuid.UUID, int]:
    by_person: dict[uuid.UUID, list[tuple[Due, Stage]]] = defaultdict(list)
    for due, stage in stages.items():
        for person_id in wanted(due, stage):
            by_person[person_id].append((due, stage))
    people = User.objects.in_bulk(sorted(by_person))
    told: dict[uuid.UUID, int] = defaultdict(int)
    for person_id in sorted(people):
        for due_id in _tell_one(people[person_id], by_person[person_id]):
            told[due_id] += 1
    return told


def _tell_one(person: User, items: list[tuple[Due, Stage]]) -> list[uuid.UUID]:
    """Acting as this person: the notices of what they see. Where the walls refuse, theirs alone is left out."""
    try:
        with acting(person.as_actor()):
            notices = _notices(person, items)
            Notice.objects.bulk_create(notices, ignore_conflicts=True)
    except DatabaseError:  # their sight ended while we looked; the others are told all the same
        log.warning("one person could not be told of their deadlines", exc_info=True)
        return []
    return [notice.due_id for notice in notices]


def _notices(person: User, items: list[tuple[Due, Stage]]) -> list[Notice]:
    if not person.may(Capability.READ_FILE):
        return []
    notices = []
    for what in {due.kind for due, _stage in items}:
        of_kind = [(due, stage) for due, stage in items if due.kind == what]
        danger = [due.thing_id for due, _stage in of_kind if due.level == Level.DANGER]
        seen = kind_of(what).sees(person, [due.thing_id for due, _stage in of_kind], risk=False)
        risky = kind_of(what).sees(person, danger, risk=True) if danger else set()
        notices += [
            Notice(person=person, due_id=due.pk, stage=stage, is_danger=due.thing_id in risky)
            for due, stage in of_kind
            if due.thing_id in seen and not _would_tell_of_risk(due, stage, risky)
        ]
    return notices


def _would_tell_of_risk(due: Due, stage: Stage, risky: set[uuid.UUID]) -> bool:
    """A first reminder within hours tells of the danger; who may not see the risk is told when the time is over."""
    return due.level == Level.DANGER and stage == Stage.DUE and due.thing_id not in risky
