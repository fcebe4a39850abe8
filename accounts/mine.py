"""What somebody may do, and why: the capabilities by post, the reach by province, and what other apps add."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from . import sections
from .access import province_principal
from .models import Agency, Membership, ProvincePersonRight, SectionRule, User
from .places import name_with_unit
from .places import provinces as all_provinces
from .roles import CAPABILITIES, SENTENCES, Capability, Role


@dataclass(frozen=True)
class May:
    """One thing that somebody may do, and the posts that contain it."""

    sentence: str
    posts: list[Membership]


@dataclass(frozen=True)
class Reach:
    """The provinces that somebody sees by one kind of agency, and what of files opened by whom that shows."""

    kind: str
    provinces: str
    opens: list[tuple[str, list[str]]]


def why(user: User) -> dict[str, Any]:
    found = Membership.objects.live().filter(person=user).select_related("agency", "stands_in_for__person")
    posts = list(found.order_by("starts_on", "agency__code", "pk"))
    return {
        "may": [
            May(str(SENTENCES[one]), holding)
            for one in Capability
            if (holding := [post for post in posts if one in CAPABILITIES[Role(post.role)]])
        ],
        "reaches": _reaches(user),
        "own_provinces": _own_rights(user),
        "grants": import_string(settings.GRANTS_OF)(user),
    }


def _reaches(user: User) -> list[Reach]:
    names = {one.pk: name_with_unit(one) for one in all_provinces()}
    held: dict[str, list[str]] = defaultdict(list)
    for kind in sorted(user.rights.agency_kinds):
        held[kind] = [
            name for pk, name in names.items() if province_principal(pk, kind) in user.rights.principals
        ]
    return [
        Reach(str(Agency.Kind(kind).label), _told(places, len(names)), _opens(kind))
        for kind, places in held.items()
        if places
    ]


def _told(places: list[str], every: int) -> str:
    return _("All 25 provinces") if len(places) == every else ", ".join(places)


def _opens(kind: str) -> list[tuple[str, list[str]]]:
    """Kinds of openers of whose files a province right shows the same, together; and what it shows."""
    found: dict[int, list[str]] = defaultdict(list)
    rules = SectionRule.objects.filter(viewer_kind=kind).order_by("opened_by_kind", "pk")
    for rule in rules:
        found[rule.sections].append(str(rule.get_opened_by_kind_display()))
    return [
        (", ".join(openers), [str(sections.LABELS[one]) for one in sections.of(number)])
        for number, openers in found.items()
    ]


def _own_rights(user: User) -> list[ProvincePersonRight]:
    found = ProvincePersonRight.objects.live().filter(user=user).select_related("content_object")
    return list(found.order_by("content_object_id", "pk"))
