"""Questions about people and agencies, for filters and lists."""

import datetime
import uuid
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Prefetch, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .access import managed_agencies, people_within, runs_place
from .models import (
    Agency,
    Code,
    CodeList,
    Membership,
    Province,
    ProvinceAgencyRight,
    ProvincePersonRight,
    SectionRule,
    Token,
    User,
)
from .roles import Role

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from .models.agencies import MembershipQuerySet


def people_choices() -> list[tuple[str, str]]:
    """(id, name) of every member of staff, for filters and sentences of the trail. Where two have one name, the
    agency stands with it; where that is the same as well, the sign-in name."""
    people = list(User.objects.order_by("full_name_km", "pk"))
    labels = {person.pk: person.name for person in people}
    if alike := _alike(labels):
        homes = _homes(alike)
        labels |= {pk: f"{labels[pk]} ({homes[pk]})" for pk in alike if pk in homes}
        names = {person.pk: person.sign_in_name for person in people}
        labels |= {pk: f"{labels[pk]} ({names[pk]})" for pk in _alike(labels)}
    return [(str(pk), label) for pk, label in labels.items()]


def _alike(labels: dict[Any, str]) -> list[Any]:
    times = Counter(labels.values())
    return [pk for pk, label in labels.items() if times[label] > 1]


def _homes(people: list[Any]) -> dict[Any, str]:
    """The agency that each has worked for the longest."""
    posts = Membership.objects.live().filter(person__in=people).select_related("agency")
    return {post.person_id: post.agency.name for post in posts.order_by("-starts_on", "-agency__code", "pk")}


def agency_choices() -> list[tuple[str, str]]:
    return [(str(a.pk), a.name) for a in Agency.objects.order_by("code", "pk")]


def province_choices() -> list[tuple[str, str]]:
    return [(str(p.pk), p.name) for p in Province.objects.order_by("pk")]


def agencies_taking_referrals() -> list[Agency]:
    takers = Agency.objects.filter(is_active=True, takes_referrals=True)
    return list(takers.select_related("province").order_by("code", "pk"))


def label_as_typed(text: str) -> str | None:
    """The short name of an agency or a sign-in name that exists, as the trail writes it; else None."""
    agency = Agency.objects.filter(code__iexact=text).order_by("code", "pk").first()
    if agency is not None:
        return agency.code
    person = User.objects.filter(sign_in_name__iexact=text).order_by("sign_in_name", "pk").first()
    return person.sign_in_name if person is not None else None


# --- running the place ---

PER_PAGE = 50
IDLE_AFTER = datetime.timedelta(days=60)
SOON = datetime.timedelta(days=30)


class State(models.TextChoices):
    """How an account stands, for the filter of the list."""

    ACTIVE = "ACTIVE", _("May sign in")
    IDLE = "IDLE", _("Not signed in for 60 days")
    NO_ROLE = "NO_ROLE", _("May sign in, without a role")
    CLOSED = "CLOSED", _("Closed")


def idle() -> Q:
    """Not signed in for long, or never since the account was made that long ago."""
    since = timezone.now() - IDLE_AFTER
    return Q(is_active=True) & (Q(last_login__lt=since) | Q(last_login=None, created_at__lt=since))


def people_of(
    user: User, *, agency: str = "", role: str = "", state: str = "", name: str = ""
) -> "QuerySet[User]":
    """The people within somebody's reach, with their roles there as `posts_now`."""
    found, posts = people_within(user), posts_within(user).live()
    here = posts.filter(person=OuterRef("pk"))
    if agency or role:
        wanted = {key: value for key, value in (("agency", agency), ("role", role)) if value}
        found = found.filter(Exists(here.filter(**wanted)))
    if state == State.ACTIVE:
        found = found.filter(is_active=True)
    elif state == State.IDLE:
        found = found.filter(idle())
    elif state == State.NO_ROLE:
        found = found.filter(without_role())
    elif state == State.CLOSED:
        found = found.filter(is_active=False)
    if name:
        found = found.filter(
            Q(sign_in_name__icontains=name)
            | Q(full_name_km__icontains=name)
            | Q(full_name_latin__icontains=name)
        )
    shown = posts.select_related("agency").order_by("starts_on", "agency__code", "pk")
    return found.prefetch_related(Prefetch("memberships", shown, to_attr="posts_now")).order_by(
        "full_name_km", "pk"
    )


def posts_within(user: User) -> "MembershipQuerySet":
    """Roles at the agencies whose people somebody looks after; those elsewhere are not theirs to see."""
    found: MembershipQuerySet = Membership.objects.all()
    return found if runs_place(user) else found.filter(agency__in=managed_agencies(user))


def without_role() -> Q:
    """May sign in, and has no live role any more."""
    return Q(is_active=True) & ~Exists(Membership.objects.live().filter(person=OuterRef("pk")))


def posts_of(user: User, person: User) -> list[Membership]:
    """Every role of a person that is within reach, the ones that give rights today first."""
    found = posts_within(user).filter(person=person).select_related("agency", "stands_in_for__person")
    return list(found.order_by(F("ends_on").desc(nulls_first=True), "-starts_on", "pk"))


def rights_of_agency(agency: Agency) -> list[ProvinceAgencyRight]:
    """Every province right of an agency's team, live and ended."""
    found = ProvinceAgencyRight.objects.filter(group=agency.group_id).select_related("content_object")
    return list(found.order_by("content_object_id", "-valid_from", "pk"))


def own_rights(person: User) -> list[ProvincePersonRight]:
    """Every right of one person on a province, live and ended, with who gave it."""
    found = ProvincePersonRight.objects.filter(user=person).select_related("content_object", "granted_by")
    return list(found.order_by("content_object_id", "-valid_from", "pk"))


def rights_ending_soon() -> list[tuple[Agency, ProvinceAgencyRight]]:
    until = timezone.now() + SOON
    found = ProvinceAgencyRight.objects.live().filter(valid_until__lt=until).select_related("content_object")
    agencies = {agency.group_id: agency for agency in Agency.objects.order_by("code", "pk")}
    return [
        (agencies[right.group_id], right)
        for right in found.order_by("valid_until", "pk")
        if right.group_id in agencies
    ]


def own_rights_ending_soon() -> list[ProvincePersonRight]:
    """Rights of one person on a province that end within the month."""
    found = ProvincePersonRight.objects.live().filter(valid_until__lt=timezone.now() + SOON)
    return list(found.select_related("content_object", "user").order_by("valid_until", "pk"))


def posts_ending_soon() -> list[Membership]:
    """Roles of today that end within the month, stand-ins among them."""
    found = Membership.objects.live().filter(ends_on__lte=timezone.localdate() + SOON)
    return list(found.select_related("person", "agency").order_by("ends_on", "pk"))


@dataclass(frozen=True)
class Waiting:
    """One thing that nobody has confirmed: what it is called, and where to confirm it ('' where no page does)."""

    label: str
    url: str


@dataclass(frozen=True)
class Unconfirmed:
    """What of one table still waits for somebody who knows. Other apps add theirs by the setting UNCONFIRMED."""

    title: str
    total: int
    rows: list[Waiting]


def unconfirmed_rules() -> list[Unconfirmed]:
    rules = list(SectionRule.objects.order_by("viewer_kind", "opened_by_kind", "pk"))
    rows = [
        Waiting(
            f"{rule.get_viewer_kind_display()} – {rule.get_opened_by_kind_display()}",
            reverse("place:rule", args=[rule.pk]),
        )
        for rule in rules
        if not rule.confirmed
    ]
    return [Unconfirmed(gettext("What a province right opens"), len(rules), rows)]


def unconfirmed_codes() -> list[Unconfirmed]:
    found = []
    entries = list(Code.objects.order_by("list", "rank", "code", "pk"))
    for code_list in CodeList:
        of_list = [entry for entry in entries if entry.list == code_list]
        rows = [
            Waiting(f"{entry.code} – {entry.label}", reverse("place:code", args=[entry.pk]))
            for entry in of_list
            if not entry.confirmed
        ]
        title = gettext("Code list: %(name)s") % {"name": code_list.label}
        found.append(Unconfirmed(title, len(of_list), rows))
    return found


def tokens_given() -> list[Token]:
    """Every token that was ever offered, the newest first, with whom each rests on. For administrators."""
    return list(Token.objects.told().newest_first())


def token_given(pk: uuid.UUID) -> Token | None:
    """One of them. None for whoever does not see tokens, as for one that is missing."""
    found: Token | None = Token.objects.told().filter(pk=pk).first()
    return found


def own_tokens(user: User) -> list[Token]:
    """Tokens, and offers of them, that rest on somebody's own word."""
    return list(Token.objects.told().filter(membership__person=user).newest_first())


def own_token(user: User, pk: uuid.UUID) -> Token | None:
    found: Token | None = Token.objects.told().filter(membership__person=user, pk=pk).first()
    return found


def may_answer_for_token(user: User) -> list[Membership]:
    """The live memberships on which `user` may rest a token: everybody's but their own, and no program's."""
    programs = Token.objects.exclude(membership__person=F("person")).order_by("pk").values("person")
    own = Membership.objects.live().filter(stands_in_for=None)  # a program outlives no stand-in
    live = own.exclude(person=user).exclude(person__in=programs)
    return list(
        live.select_related("person", "agency").order_by("agency__code", "person__full_name_km", "role", "pk")
    )


def desk_agencies() -> int:
    """People of how many agencies sit at the national desk today: opening a named-only file again takes two."""
    posts = Membership.objects.live().filter(role=Role.NATIONAL_DESK)
    return posts.order_by().values("agency").distinct().count()
