"""Questions about places: what lies in what, in which order, under which full name.

Sorting. No database collation sorts Khmer everywhere alike, so every place carries a key of its own whose plain
byte order is the order of the Khmer dictionary: consonants, then vowels, then subscripts; signs that do not
count decide only between otherwise equal words; numbers sort by their value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from khmerspell import khnormal

from .models import Place, Province
from .models.places import in_khmer

# --- sorting ----------------------------------------------------------------------------------------------------

_INVISIBLE = re.compile("[\u200b-\u200d\u2060\ufeff]")
_KHMER_DIGITS = str.maketrans("០១២៣៤៥៦៧៨៩", "0123456789")
_COENG = "\u17d2"
_SYLLABLE = re.compile("[\u1780-\u17b3](?:\u17d2[\u1780-\u17b3]|[\u17b4-\u17d3\u17dd])*")
_IGNORED_AT_FIRST = re.compile("[\u17c8-\u17d1\u17d3\u17dd]")

# Independent vowels stand where "អ + vowel" would stand.
_INDEPENDENT = str.maketrans(
    {
        "ឣ": "អ",
        "ឤ": "អា",
        "ឥ": "អិ",
        "ឦ": "អី",
        "ឧ": "អុ",
        "ឨ": "អុក",
        "ឩ": "អូ",
        "ឪ": "អូវ",
        "ឯ": "អែ",
        "ឰ": "អៃ",
        "ឱ": "អោ",
        "ឲ": "អោ",
        "ឳ": "អៅ",
    }
)
_CONSONANTS = [*"កខគឃងចឆជឈញដឋឌឍណតថទធនបផពភមយរឫឬលឭឮវឝឞសហឡអ"]
_VOWELS = [*"ាិីឹឺុូួើឿៀេែៃោៅ", "ុំ", "ំ", "ាំ", "ះ", "ិះ", "ុះ", "េះ", "ោះ"]
_SUBSCRIPTS = [_COENG + consonant for consonant in _CONSONANTS]
# One character per element, above every Latin letter. Space and separator are the two lowest printable characters.
_WEIGHT = {element: chr(0x100 + i) for i, element in enumerate(_CONSONANTS + _VOWELS + _SUBSCRIPTS)}
_ELEMENT = re.compile("|".join(sorted(_WEIGHT, key=len, reverse=True)) + "|[0-9]+|[ a-z]")
_SPACE, _SEPARATOR = "!", " "


def sort_key(text: str) -> str:
    """The key under which a Khmer (or mixed) name sorts by plain character order."""
    text = _SYLLABLE.sub(lambda found: _canonical(found[0]), _INVISIBLE.sub("", text))
    text = text.translate(_KHMER_DIGITS).translate(_INDEPENDENT).lower()
    ignored = "".join(_IGNORED_AT_FIRST.findall(text))
    first = "".join(_weigh(element) for element in _ELEMENT.findall(_IGNORED_AT_FIRST.sub("", text)))
    return f"{first}{_SEPARATOR}{ignored}" if ignored else first


@lru_cache(maxsize=8192)
def _canonical(syllable: str) -> str:
    """One order for signs that look the same in any order. Khmer gets by with a few thousand."""
    return str(khnormal(syllable))


def _weigh(element: str) -> str:
    if element == " ":
        return _SPACE
    return _WEIGHT.get(element) or (element.zfill(4) if element.isdecimal() else element)


# --- what lies in what ------------------------------------------------------------------------------------------


def provinces() -> QuerySet[Province]:
    """All provinces in their official order."""
    return Province.objects.order_by("pk")


def districts(province: Province | int) -> QuerySet[Place]:
    return _sorted(Place.objects.filter(province=province, level=Place.Level.DISTRICT))


def communes(district: Place | str) -> QuerySet[Place]:
    return _sorted(Place.objects.filter(parent=district, level=Place.Level.COMMUNE))


def villages(commune: Place | str) -> QuerySet[Place]:
    return _sorted(Place.objects.filter(parent=commune, level=Place.Level.VILLAGE))


def _sorted(places: QuerySet[Place]) -> QuerySet[Place]:
    return places.order_by("sort_key", "pk") if in_khmer() else places.order_by("name_en", "pk")


def contains(province_id: int, code: str) -> bool:
    """Whether there is a district, commune or village with this code in this province."""
    return Place.objects.filter(pk=code, province_id=province_id).exists()


# --- full names -------------------------------------------------------------------------------------------------

# Khmer puts the kind of place before the name, without a space; English puts it after.
_WITH_UNIT = {
    Place.Unit.SROK: _("%(name)s district"),
    Place.Unit.KRONG: _("%(name)s municipality"),
    Place.Unit.KHAN: _("Khan %(name)s"),
    Place.Unit.KHUM: _("%(name)s commune"),
    Place.Unit.SANGKAT: _("Sangkat %(name)s"),
    Place.Unit.PHUM: _("%(name)s village"),
}
_CAPITAL = "រាជធានី"
_VILLAGE_WORD = "ភូមិ"
_AS_PROVINCE = _("%(name)s province")
_AS_CAPITAL = pgettext_lazy("the capital", "%(name)s")


def name_with_unit(place: Province | Place) -> str:
    """ "ស្រុកមង្គលបូរី" or "Mangkul Bourei district"."""
    if isinstance(place, Province):
        template = _AS_CAPITAL if place.unit_km == _CAPITAL else _AS_PROVINCE
        return template % {"name": place.name}
    if place.name.startswith(_VILLAGE_WORD):  # a village that is called "village 3" needs no second "village"
        return place.name
    return _WITH_UNIT[Place.Unit(place.unit)] % {"name": place.name}


def path_label(code: str) -> str:
    """ "ភូមិ…, ឃុំ…, ស្រុក…, ខេត្ត…" of one place or province; the bare code where nothing is known."""
    return path_labels([code])[code]


def path_labels(codes: Iterable[str]) -> dict[str, str]:
    """Full names of many places at once: two queries, however many there are; one where all are provinces."""
    codes = set(codes)
    wanted = {part for code in codes for part in _path(code)}
    within = {part for part in wanted if len(part) > 2}
    known: dict[str, Province | Place] = {
        province.code: province for province in Province.objects.filter(code__in=wanted - within)
    }
    if within:
        known |= {place.code: place for place in Place.objects.filter(pk__in=within)}
    return {
        code: ", ".join(name_with_unit(known[part]) for part in _path(code) if part in known) or code
        for code in codes
    }


def _path(code: str) -> list[str]:
    """The code itself, then everything it lies in: village, commune, district, province."""
    return [code[:length] for length in (8, 6, 4, 2) if length <= len(code)]
