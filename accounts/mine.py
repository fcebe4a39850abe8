"""What somebody may do, and why: the capabilities by post, the reach by province, and what other apps add."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from . import sections
from .access import province_principal
from .models import Agency, Membership, ProvinceAgencyRight, ProvincePersonRight, SectionRule, User
from .places import name_with_unit
from .places import provinces as all_provinces
from .queries import SOON
from .roles import CAPABILITIES, SENTENCES, Capability, Role


@dataclass(frozen=True)
class May:
    """What somebody may do by just these posts, each of which contains all of it."""

    posts: list[Membership]
    sentences: list[str]


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
        "may": _may(posts),
        "reaches": _reaches(user),
        "rights_ending": _rights_ending(user),
        "own_provinces": _own_rights(user),
        "grants": import_string(settings.GRANTS_OF)(user),
    }


def _may(posts: list[Membership]) -> list[May]:
    """By the posts that contain it, not by capability: whoever heads three offices reads each sentence once."""
    found: dict[tuple[Any, ...], May] = {}
    for one in Capability:
        holding = [post for post in posts if one in CAPABILITIES[Role(post.role)]]
        if holding:
            may = found.setdefault(tuple(post.pk for post in holding), May(holding, []))
            may.sentences.append(str(SENTENCES[one]))
    return list(found.values())


def posts_ending(user: User) -> list[Membership]:
    """Posts of one's own whose last day comes within the month, the next first. No query where there is none."""
    until = timezone.localdate() + SOON
    ending = [post.id for post in user.rights.posts if post.ends_on is not None and post.ends_on <= until]
    if not ending:
        return []
    found = Membership.objects.filter(pk__in=ending).select_related("agency", "stands_in_for__person")
    return list(found.order_by("ends_on", "pk"))


def _rights_ending(user: User) -> list[tuple[Agency, ProvinceAgencyRight]]:
    """Rights of one's own agencies on provinces that end within the month."""
    agencies = {
        a.group_id: a for a in Agency.objects.filter(pk__in=user.rights.agencies).order_by("code", "pk")
    }
    found = ProvinceAgencyRight.objects.live().filter(
        group__in=agencies, valid_until__lt=timezone.now() + SOON
    )
    rows = found.select_related("content_object").order_by("valid_until", "pk")
    return [(agencies[right.group_id], right) for right in rows]


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
