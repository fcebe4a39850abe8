"""Questions about people and agencies, for filters and lists."""

import uuid
from collections import Counter
from typing import Any

from django.db.models import F

from .models import Agency, Membership, Province, Token, User


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


def tokens_given() -> list[Token]:
    """Every token that was ever given out, the newest first, with whom each rests on. For administrators."""
    return list(Token.objects.told().newest_first())


def token_given(pk: uuid.UUID) -> Token | None:
    """One of them. None for whoever does not see tokens, as for one that is missing."""
    found: Token | None = Token.objects.told().filter(pk=pk).first()
    return found


def may_answer_for_token(user: User) -> list[Membership]:
    """The live memberships on which `user` may rest a token: everybody's but their own, and no program's."""
    programs = Token.objects.exclude(membership__person=F("person")).order_by("pk").values("person")
    live = Membership.objects.live().exclude(person=user).exclude(person__in=programs)
    return list(
        live.select_related("person", "agency").order_by("agency__code", "person__full_name_km", "role", "pk")
    )
