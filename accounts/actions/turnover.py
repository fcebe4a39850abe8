"""Somebody leaves, or is away for long: what they work on goes to colleagues, in the same act that ends their sight."""

import datetime
import uuid
from collections.abc import Mapping

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from audit.kinds import Kind
from audit.record import record

from ..about import person_thing
from ..access import people_within
from ..models import Agency, Membership, User
from ..refusals import NotNow, Refused
from ..roles import CAPABILITIES, Capability, Role
from ..turnover import teams_of
from .people import disable_person
from .posts import end_membership

#: For each agency who takes the files; without one they stay, or fall to its head where the post ends.
Takers = Mapping[uuid.UUID, User]
#: Roles by which somebody goes on working on files.
MOVERS = [role.value for role in Role if Capability.MOVE_FILE in CAPABILITIES[role]]


@transaction.atomic
def hand_work_over(*, person: User, takers: Takers, by: User) -> int:
    """Hand over what somebody works on, while their access stays. How many files."""
    if not takers:
        raise NotNow(_("Choose a colleague who takes the files."))
    return _handed(person, takers, by=by, falls=False)


@transaction.atomic
def end_post(
    *,
    membership: Membership,
    takers: Takers,
    by: User,
    ends_on: datetime.date | None = None,
    at_once: bool = False,
) -> int:
    """End a role and hand over what its person works on there. What nobody takes falls to the head of the office when
    the role ends at once; with a last day it stays with its worker until then. Begun case files go to whom their writer
    chose. How many files changed hands."""
    ended = end_membership(membership=membership, by=by, ends_on=ends_on, at_once=at_once)
    handed = _handed(ended.person, takers, by=by, falls=at_once, only=ended.agency_id)
    import_string(settings.DRAFTS_FALL)()
    return handed


@transaction.atomic
def close_account(*, person: User, takers: Takers, by: User) -> int:
    """Close an account and hand over what its person works on, at every agency. How many files."""
    closed = disable_person(person=person, by=by)
    handed = _handed(closed, takers, by=by, falls=True)
    import_string(settings.DRAFTS_FALL)()
    import_string(settings.FORGET_TYPED)(closed)
    return handed


def _handed(person: User, takers: Takers, *, by: User, falls: bool, only: uuid.UUID | None = None) -> int:
    if not by.acts_with(Capability.MANAGE_PEOPLE) or not people_within(by).filter(pk=person.pk).exists():
        raise Refused(_("Your role does not include this."), code=f"capability:{Capability.MANAGE_PEOPLE}")
    hand_over = import_string(settings.HAND_WORK_OVER)
    teams = {team.agency.pk: team for team in teams_of(person, only=only)}
    if not set(takers) <= set(teams):
        raise NotNow(_("These files have changed hands meanwhile. Look at the page again."))
    handed = 0
    for pk, team in teams.items():
        given = 0
        for to in _in_turn(takers.get(pk), team.agency, person, falls=falls):
            if to.pk not in {one.pk for one in team.colleagues}:
                raise NotNow(
                    _("%(name)s cannot take these files now. Choose somebody else.") % {"name": to.name}
                )
            given += hand_over(person=person, agency=team.agency, to=to, by=by)
        if given:
            detail = {"agency": team.agency.code, "number": given}
            record(Kind.WORK_HANDED_OVER, person_thing(person), detail=detail)
        handed += given
    return handed


def _in_turn(chosen: User | None, agency: Agency, person: User, *, falls: bool) -> list[User]:
    """Who is asked to take them: whoever was chosen, then the head of the office for what is left (files from which
    the first is kept away). Nobody where the person goes on working there with another role."""
    found = [chosen] if chosen else []
    there = Membership.objects.live().filter(agency=agency)
    if falls and not there.filter(person=person, role__in=MOVERS).exists():
        heads = there.filter(role=Role.PROVINCIAL_HEAD).exclude(person=person)
        head = heads.select_related("person").order_by("starts_on", "pk").first()
        if head is not None and head.person_id != getattr(chosen, "pk", None):
            found.append(head.person)
    return found
