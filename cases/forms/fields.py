"""Choices of code lists and places for forms, in the reader's language when the form is made."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import codes, places
from accounts.models import Place, Province

Pairs = list[tuple[Any, Any]]
EMPTY: Pairs = [("", _("Choose"))]


def code_choices(name: str) -> Callable[[], Pairs]:
    return lambda: codes.choices(name)


def code_select(name: str, label: Any, **kwargs: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=lambda: EMPTY + codes.choices(name), **kwargs)


def code_checks(name: str, label: Any, **kwargs: Any) -> forms.MultipleChoiceField:
    kwargs.setdefault("required", False)
    return forms.MultipleChoiceField(
        label=label, choices=code_choices(name), widget=forms.CheckboxSelectMultiple, **kwargs
    )


def radios(choices: Any, label: Any, **kwargs: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect, **kwargs)


def nationality_choices() -> Pairs:
    return EMPTY + codes.choices("NATIONALITY")


def country_choices() -> Pairs:
    return EMPTY + codes.choices("COUNTRY")


def province_choices(only: frozenset[int] | None = None) -> Pairs:
    """Every province, or only some."""
    offered = [p for p in places.provinces() if only is None or p.pk in only]
    return EMPTY + [(str(p.pk), places.name_with_unit(p)) for p in offered]


def district_choices() -> Pairs:
    """Every district under its province, in the reader's order."""
    by_province: dict[int, Pairs] = {}
    for place in Place.objects.filter(level=Place.Level.DISTRICT).order_by("province", "sort_key", "pk"):
        by_province.setdefault(place.province_id, []).append((place.pk, places.name_with_unit(place)))
    return EMPTY + [(p.name, by_province.get(p.pk, [])) for p in places.provinces()]


def commune_choices(province_id: int | None) -> Pairs:
    """The communes of one province under their districts; none before a province is known."""
    if province_id is None:
        return list(EMPTY)
    names = {
        p.pk: places.name_with_unit(p)
        for p in Place.objects.filter(level=Place.Level.DISTRICT, province=province_id).order_by(
            "sort_key", "pk"
        )
    }
    by_district: dict[str, Pairs] = {code: [] for code in names}
    communes = Place.objects.filter(level=Place.Level.COMMUNE, province=province_id).order_by(
        "sort_key", "pk"
    )
    for place in communes:
        by_district.setdefault(place.parent_id or "", []).append((place.pk, places.name_with_unit(place)))
    return EMPTY + [(names.get(code, ""), pairs) for code, pairs in by_district.items()]


def province_of(value: str | None) -> Province | None:
    return Province.objects.filter(pk=value).first() if value and str(value).isdigit() else None


def place_of(value: str | None) -> Place | None:
    return Place.objects.filter(pk=value).first() if value else None
