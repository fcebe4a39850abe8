"""What a person holds now: capabilities, agencies, provinces, and the principals the row rule asks for.

The database computes the same on its own in `begin_actor` (the second wall); a test holds the two equal.
"""

import datetime
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.context import current_actor, require_actor, speak_for

from .models.agencies import Membership
from .models.rights import ProvinceAgencyRight, ProvincePersonRight, SectionRule
from .refusals import Refused
from .roles import CAPABILITIES, GIVES, SHEET_BY_EQUALS, Capability, Role, capabilities_of
from .sections import Section

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from .models import User

NAMED_DESK = "named-desk"
#: How the principal of a right on a province begins.
PROVINCE = "province:"


@dataclass(frozen=True)
class Post:
    """One live membership: a role at an agency, one's own or that of somebody for whom one stands in."""

    id: uuid.UUID
    agency_id: uuid.UUID
    role: Role
    stands_in: bool = False
    ends_on: datetime.date | None = None

    def contains(self, capability: Capability) -> bool:
        return capability in CAPABILITIES[self.role]


@dataclass(frozen=True)
class Rights:
    """Sight (agencies and all below) comes from the posts that read files; the rest is of every live post."""

    posts: tuple[Post, ...]  # one's own first, of these the longest held
    capabilities: frozenset[Capability]
    roles: frozenset[str]
    agencies: tuple[str, ...]  # ids as text
    agency_kinds: frozenset[str]
    provinces: frozenset[int]  # every province somebody holds a right on
    open_provinces: frozenset[int]  # those whose files are all seen at least in summary
    principals: frozenset[str]
    barred: frozenset[uuid.UUID]  # files that they are kept away from, whatever else they hold
    held: frozenset[tuple[int, str]]  # their rights on provinces: (province, kind of agency it speaks with)
    rules: Mapping[
        str, Mapping[str, int]
    ]  # what these open: sections by own kind and by that of who opened a file

    def opened(self, *sections: Section) -> dict[frozenset[str], list[int]]:
        """Which files their province rights open every one of `sections` of (of none: anything at all): provinces by
        the kinds of agency that opened the files there. Never a file for named people only."""
        found: dict[frozenset[str], list[int]] = {}
        for province, kind in sorted(self.held):
            rules = self.rules.get(kind, {}).items()
            kinds = frozenset(of for of, opens in rules if opens and all(opens & one for one in sections))
            if kinds:
                found.setdefault(kinds, []).append(province)
        return found

    @property
    def homes(self) -> tuple[str, ...]:
        """Every agency this person works for, to be shown; it gives no sight of anything."""
        return tuple(dict.fromkeys(str(post.agency_id) for post in self.posts))


_NONE: frozenset[Any] = frozenset()
NO_RIGHTS = Rights((), _NONE, _NONE, (), _NONE, _NONE, _NONE, _NONE, _NONE, _NONE, {})


def person_principal(person_id: object) -> str:
    return f"person:{person_id}"


def agency_principal(agency_id: object) -> str:
    return f"agency:{agency_id}"


def province_principal(province_id: int, kind: str) -> str:
    return f"{PROVINCE}{province_id}:{kind}"


def rights_of(user: "User") -> Rights:
    """The rights of a person, read once while they act. Somebody inactive or without a live role has none."""
    actor = current_actor()
    memo = actor.memo if actor else {}
    key = ("rights", user.pk)
    if key not in memo:
        memo[key] = _compute(user)
    rights: Rights = memo[key]
    return rights


def post_for(user: "User", capability: Capability, *, near: uuid.UUID | None = None) -> Post:
    """For which of their memberships somebody does an act: one that contains it, at the agency `near` if any
    does, else the longest held. The agency of a note or a step and that of its event are the same by this.
    """
    able = [post for post in user.rights.posts if post.contains(capability)]
    if not able:
        raise Refused(_("Your role does not include this."), code=f"capability:{capability}")
    return min(able, key=lambda post: post.agency_id != near)


def acts_with(user: "User", capability: Capability, *, near: uuid.UUID | None = None) -> bool:
    """Whether this person may. What follows is on the trail under the membership that contains it."""
    if capability not in user.rights.capabilities:
        return False
    speak(user, post_for(user, capability, near=near))
    return True


def speak(user: "User", post: Post) -> None:
    """Name this membership of the actor on the trail. Whoever has one alone speaks for it already."""
    actor = current_actor()
    if actor and actor.id == str(user.pk) and len(user.rights.posts) > 1:
        speak_for(post.id)


def _compute(user: "User") -> Rights:
    # The same order as in `begin_actor`, which names the first on the trail.
    found = Membership.objects.live().filter(person=user).select_related("agency")
    live = sorted(found.order_by("starts_on", "agency__code", "role", "pk"), key=_stands_in)
    if not user.is_active or not live:
        return NO_RIGHTS
    roles = frozenset(m.role for m in live)
    # A post that only watches or counts gives no sight of any file, whatever its agency holds.
    agencies = {m.agency_id: m.agency for m in live if Capability.READ_FILE in CAPABILITIES[Role(m.role)]}
    kinds = frozenset(a.kind for a in agencies.values())
    held = _province_rights(user, agencies, kinds) if agencies else set()
    rules = _rules()
    full = {kind for kind, opens in rules.items() if all(of & Section.SUMMARY for of in opens.values())}
    principals = {person_principal(user.pk), *(agency_principal(a) for a in agencies)} if agencies else set()
    principals |= {province_principal(province, kind) for province, kind in held}
    if Role.NATIONAL_DESK in roles:
        principals.add(NAMED_DESK)
    return Rights(
        posts=tuple(Post(m.pk, m.agency_id, Role(m.role), _stands_in(m), m.ends_on) for m in live),
        capabilities=capabilities_of(sorted(roles)),
        roles=roles,
        agencies=tuple(str(a) for a in agencies),
        agency_kinds=kinds,
        provinces=frozenset(province for province, _kind in held),
        open_provinces=frozenset(province for province, kind in held if kind in full),
        principals=frozenset(principals),
        barred=_barred(user, {m.agency_id for m in live}),
        held=frozenset(held),
        rules=rules,
    )


def _stands_in(membership: Membership) -> bool:
    return membership.stands_in_for_id is not None


def _barred(user: "User", homes: set[uuid.UUID]) -> frozenset[uuid.UUID]:
    """Asked of the database: whoever is kept away sees no row that says so."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT unnest(actor_barred(%s, %s))", [user.pk, sorted(homes)])
        return frozenset(row[0] for row in cursor.fetchall())


def _province_rights(user: "User", agencies: dict[Any, Any], kinds: frozenset[str]) -> set[tuple[int, str]]:
    """(province, kind of agency) pairs: a team's right speaks with its own kind, a person's with all of theirs."""
    groups = {a.group_id: a.kind for a in agencies.values()}
    held = {
        (province, groups[group])
        for province, group in ProvinceAgencyRight.objects.live()
        .filter(group__in=list(groups))
        .values_list("content_object_id", "group_id")
    }
    own = ProvincePersonRight.objects.live().filter(user=user).values_list("content_object_id", flat=True)
    return held | {(province, kind) for province in own for kind in kinds}


def _rules() -> dict[str, dict[str, int]]:
    """What a province right opens. A kind of agency of which every rule opens the summary sees every file there."""
    rules: dict[str, dict[str, int]] = {}
    for kind, opened_by, sections in SectionRule.objects.values_list(
        "viewer_kind", "opened_by_kind", "sections"
    ):
        rules.setdefault(kind, {})[opened_by] = sections
    return rules


# --- running the place: who looks after whom ---


def runs_place(user: "User") -> bool:
    return Capability.MANAGE_PLACE in user.rights.capabilities


def managed_agencies(user: "User") -> frozenset[uuid.UUID]:
    """The agencies whose people somebody looks after, for whoever does not look after all of them."""
    return frozenset(p.agency_id for p in user.rights.posts if p.contains(Capability.MANAGE_PEOPLE))


def roles_to_give(user: "User", agency_id: uuid.UUID) -> list[Role]:
    """Which roles this person may give, and end, at an agency (accounts/roles.py: GIVES)."""
    near = [p for p in user.rights.posts if runs_place(user) or p.agency_id == agency_id]
    given = frozenset[Role]().union(*(GIVES.get(p.role, frozenset()) for p in near))
    return [role for role in Role if role in given]


def people_within(user: "User") -> "QuerySet[User]":
    """The members of staff whom somebody may see on the pages of people: all, or those of the own office, who
    worked there ever. Names of people elsewhere are out of a head's sight."""
    from .models import User  # the models name this module

    if not user.may(Capability.MANAGE_PEOPLE):
        return User.objects.none()
    if runs_place(user):
        return User.objects.all()
    here = Membership.objects.filter(agency__in=managed_agencies(user), person=OuterRef("pk"))
    return User.objects.filter(Exists(here))


def is_whole(user: "User", person: "User") -> bool:
    """Whether all that an account opens is this person's to look after: every role it has, now or later, is one
    they may give. Else a head could shut out, or rename, somebody of another office who also works here."""
    if runs_place(user):
        return True
    today = timezone.localdate()
    posts = Membership.objects.filter(Q(ends_on=None) | Q(ends_on__gte=today), person=person)
    return all(Role(post.role) in roles_to_give(user, post.agency_id) for post in posts)


def check_runs_place(by: "User | None") -> None:
    """Refuse whoever neither runs the place nor, where nobody is named, is a part of the system."""
    allowed = require_actor().is_system if by is None else by.acts_with(Capability.MANAGE_PLACE)
    if not allowed:
        raise Refused(_("Only an administrator does this."), code=f"capability:{Capability.MANAGE_PLACE}")


def check_manages(by: "User | None", *, agency_id: uuid.UUID, role: str) -> None:
    """Refuse whoever may not give or end this role there."""
    if by is None:
        check_runs_place(by)
    elif not by.acts_with(Capability.MANAGE_PEOPLE, near=agency_id):
        raise Refused(_("Your role does not include this."), code=f"capability:{Capability.MANAGE_PEOPLE}")
    elif Role(role) not in roles_to_give(by, agency_id):
        raise Refused(
            _("You may not give or end this role there. Ask an administrator."), code="role-to-give"
        )


def check_manages_account(by: "User | None", person: "User") -> None:
    """Refuse whoever may not change the account of this person as a whole."""
    if by is None:
        check_runs_place(by)
        return
    if not by.acts_with(Capability.MANAGE_PEOPLE):
        raise Refused(_("Your role does not include this."), code=f"capability:{Capability.MANAGE_PEOPLE}")
    if not people_within(by).filter(pk=person.pk).exists() or not is_whole(by, person):
        raise Refused(
            _("This person has a role that you do not look after. Ask an administrator."),
            code="whole-account",
        )


# --- handing out code sheets ---


def colleagues_of(user: "User") -> "QuerySet[User]":
    """The people of now, or of soon, at the agencies where somebody hands out sheets; never they themselves."""
    from .models import User  # the models name this module

    here = {p.agency_id for p in user.rights.posts if p.contains(Capability.HAND_OUT_FACTORS)}
    not_over = Q(ends_on=None) | Q(ends_on__gte=timezone.localdate())
    there = Membership.objects.filter(not_over, agency__in=here, person=OuterRef("pk"))
    return User.objects.filter(Exists(there)).exclude(pk=user.pk)


def above(user: "User") -> Q:
    """The people with a post of weight that is not `user`'s as well, for a query over people."""
    not_over = Q(ends_on=None) | Q(ends_on__gte=timezone.localdate())
    beyond = Membership.objects.filter(not_over, role__in=SHEET_BY_EQUALS, person=OuterRef("pk"))
    for post in user.rights.posts:
        beyond = beyond.exclude(agency=post.agency_id, role=post.role)
    return Q(Exists(beyond))


def helped_by(user: "User") -> "QuerySet[User]":
    """For whom somebody may print a code sheet, as far as their posts go."""
    from .models import User  # the models name this module

    if user.may(Capability.HAND_OUT_FACTORS) and runs_place(user):
        return User.objects.exclude(pk=user.pk)
    return colleagues_of(user)


def check_hands_out(by: "User | None", person: "User") -> None:
    """Refuse whoever is no colleague of this person and does not run the place; and a subordinate."""
    if by is None:
        check_runs_place(by)
        return
    if not by.acts_with(Capability.HAND_OUT_FACTORS):
        raise Refused(_("Your role does not include this."), code=f"capability:{Capability.HAND_OUT_FACTORS}")
    if not helped_by(by).filter(pk=person.pk).exists():
        raise Refused(
            _("Code sheets are printed by a colleague of the same office, or an administrator."),
            code="no-colleague",
        )
    if not runs_place(by) and helped_by(by).filter(above(by), pk=person.pk).exists():
        raise Refused(
            _(
                "For this person an administrator prints the code sheet, or somebody with the same role at the same "
                "agency."
            ),
            code="sheet-above",
        )
