"""The text of a cell as an answer: words of lists in either language, places, dates and ages as people write them."""

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from django.utils import translation

from accounts import codes
from accounts.fields import ascii_digits
from accounts.models import Place, Province

from ..answers import AgeBasis, ConsentAnswer, RiskLevel, Sex
from ..forms.intake import SECTIONS
from ..models import Consent
from .columns import BY_NAME, plain

KEPT_SECONDS = 600

# --- words of lists -------------------------------------------------------------------------------------------

_YES_NO = {
    "YES": "y|yes|true|1|បាទ|ចាស|មាន|ត្រូវ|x|✓|agreed",
    "NO": "n|no|false|0|ទេ|គ្មាន|អត់|មិនមាន",
    "NOT_KNOWN": "unknown|not known|មិនដឹង|មិនស្គាល់|n/a",
    "UNSURE": "unsure|not sure|maybe|មិនប្រាកដ",
}
#: What people write beside the labels of the choices; HTCDS prs_Gender among them.
_ALSO: dict[str, dict[str, str]] = {
    "sex": {
        "FEMALE": "f|female|woman|girl|ស្រី|ស្ត្រី|នារី|ក្មេងស្រី|Feminine",
        "MALE": "m|male|man|boy|ប្រុស|បុរស|ក្មេងប្រុស|Masculine",
        "OTHER": "other|x|TransgenderFeminine|TransgenderMasculine|NonConforming",
        "NOT_KNOWN": "u|unknown|NonSpecifiedUnknown|មិនស្គាល់",
    },
    "risk_level": {"HIGH": "high|ខ្ពស់", "MEDIUM": "medium|mid|មធ្យម", "LOW": "low|ទាប"},
    "consent": {
        "GIVEN": "given|yes|y|true|agreed|យល់ព្រម|បាទ|ចាស",
        "REFUSED": "refused|no|n|false|មិនយល់ព្រម|បដិសេធ",
    },
    "document_kind": {"NID": "nid|id card|អត្តសញ្ញាណប័ណ្ណ", "PASSPORT": "passport|លិខិតឆ្លងដែន"},
}
_CLASSES = {
    "sex": Sex, "risk_level": RiskLevel, "consent": ConsentAnswer, "consent_how": Consent.How, "age_basis": AgeBasis,
}  # fmt: skip


def _choices(name: str) -> list[tuple[str, str]]:
    """Code and label of the choices of a question, each in both languages."""
    found = []
    form_field = next(form.base_fields[name] for form in SECTIONS if name in form.base_fields)
    for language in ("en", "km"):
        with translation.override(language):
            found += [(str(code), str(label)) for code, label in form_field.choices if code]  # type: ignore[attr-defined]
    return found


def _of_entry(entry: codes.Entry) -> Iterable[str]:
    """How a code of a list may be written: by code, by either label, by its name in another system."""
    yield entry.code
    yield entry.label_km
    yield entry.label_en
    for name, value in entry.mapping.items():
        if name.startswith(("htcds", "iso")):
            yield from value if isinstance(value, list) else [str(value)]


def _add(words: dict[str, str], written: Iterable[tuple[str, str]]) -> None:
    """Add words; one that means two codes means nothing (HTCDS has one word for several of ours)."""
    seen: dict[str, set[str]] = {}
    for text, code in written:
        if plain(text):
            seen.setdefault(plain(text), set()).add(code)
    for text, meant in seen.items():
        if len(meant) == 1:
            words.setdefault(text, next(iter(meant)))


@cache
def _choice_words(name: str) -> dict[str, str]:
    pairs = _choices(name)
    words = {plain(code): code for code, _label in pairs}
    _add(words, ((label, code) for code, label in pairs))
    offered = {code for code, _label in pairs}
    also = _ALSO.get(name, _YES_NO if "YES" in offered else {})
    _add(words, ((one, code) for code, text in also.items() if code in offered for one in text.split("|")))
    return words


def _code_words(code_list: str) -> dict[str, str]:
    entries = [
        entry for entry in codes.entries(code_list).values()
        if not entry.is_heading and not entry.extra.get("derived")
    ]  # fmt: skip
    words = {plain(entry.code): entry.code for entry in entries}
    # The broader entry owns its own labels before a narrower one is asked.
    _add(words, ((text, e.code) for e in entries for text in (e.label_km, e.label_en)))
    broad = [entry for entry in entries if not entry.parent]
    _add(words, ((text, e.code) for e in broad for text in _of_entry(e)))
    _add(words, ((text, e.code) for e in entries for text in _of_entry(e)))
    return words


def words_of(name: str) -> dict[str, str]:
    """Every word that a column's list knows, as its code."""
    column = BY_NAME[name]
    return _code_words(column.code_list) if column.code_list else _choice_words(name)


# --- places ---------------------------------------------------------------------------------------------------

_UNITS = re.compile(
    "^(ខេត្ត|រាជធានី|ស្រុក|ក្រុង|ខណ្ឌ|ឃុំ|សង្កាត់|khan|krong|srok|khum|sangkat)|"
    "(province|district|municipality|city|commune|capital|khan|krong|srok|sangkat)$"
)


def _bare(text: str) -> str:
    """A place's name without the word for its kind; a name that is nothing else stays."""
    return _UNITS.sub("", text) or text


@dataclass
class Places:
    """Every province, district and commune by its names and codes; read once for a whole register."""

    provinces: dict[int, Province] = field(default_factory=dict)
    by_code: dict[str, Place] = field(default_factory=dict)
    #: (level, inside, name) -> codes; inside is "", the code of a province or of a district.
    names: dict[tuple[str, str, str], set[str]] = field(default_factory=dict)
    province_names: dict[str, set[str]] = field(default_factory=dict)

    @classmethod
    def read(cls) -> "Places":
        """As they stand; read anew every ten minutes, because they change by a new edition only."""
        return _places(int(time.monotonic() // KEPT_SECONDS))

    @classmethod
    def _read(cls) -> "Places":
        found = cls()
        for province in Province.objects.order_by("pk"):
            found.provinces[province.pk] = province
            written = (province.name_km, province.name_en, province.letters, province.iso, *province.aliases)
            for text in {plain(one) for one in written} | {_bare(plain(one)) for one in written}:
                found.province_names.setdefault(text, set()).add(province.code)
            for text in (province.code, str(province.pk)):
                found.province_names.setdefault(text, set()).add(province.code)
        for place in Place.objects.exclude(level=Place.Level.VILLAGE).order_by("pk"):
            found.by_code[place.pk] = place
            for text in {f(plain(name)) for f in (_bare, str) for name in (place.name_km, place.name_en)}:
                for inside in {"", place.pk[:2], place.parent_id or ""}:
                    found.names.setdefault((place.level, inside, text), set()).add(place.pk)
        return found

    def province(self, text: str) -> set[str]:
        return self._of(self.province_names, text)

    def place(self, level: str, text: str, inside: str) -> set[str]:
        """Codes of the places that this may mean, within a province or district ("" for the country)."""
        code = ascii_digits(text).strip()
        if code in self.by_code and self.by_code[code].level == level:
            return {code} if code.startswith(inside) else set()
        for one in (plain(text), _bare(plain(text))):
            if found := self.names.get((level, inside, one)):
                return found
        return set()

    @staticmethod
    def _of(names: dict[str, set[str]], text: str) -> set[str]:
        return names.get(plain(text)) or names.get(_bare(plain(text))) or set()


@lru_cache(maxsize=1)
def _places(_turn: int) -> Places:
    return Places._read()


# --- dates and ages -------------------------------------------------------------------------------------------

_MONTHS_EN = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_MONTHS_KM = ["មករា", "កុម្ភៈ", "មីនា", "មេសា", "ឧសភា", "មិថុនា", "កក្កដា", "សីហា", "កញ្ញា", "តុលា", "វិច្ឆិកា", "ធ្នូ"]
_MONTHS: dict[str, int] = {
    **{name: i for i, name in enumerate(_MONTHS_EN, 1)},
    **{name[:3]: i for i, name in enumerate(_MONTHS_EN, 1)},
    **{name: i for i, name in enumerate(_MONTHS_KM, 1)},
    "sept": 9,
    "កុម្ភះ": 2,
}
_DATE_WORDS = re.compile("ថ្ងៃទី|ថ្ងៃ|ខែ|ឆ្នាំ|គ\\.ស\\.?")
_PARTED = re.compile(r"[\s/.,\-\u2013]+")
#: Day first, as Cambodia writes; a time of day behind it is put aside.
_ISO = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ].*)?$")


def date_parts(text: str) -> tuple[str, str, str] | None:
    """Day, month and year as typed into three boxes (missing ones empty); None for what is no date."""
    text = ascii_digits(text).strip().lower()
    if iso := _ISO.match(text):
        return iso[3], iso[2], iso[1]
    text = re.sub(r"\s+\d{1,2}:\d{2}(:\d{2})?(\s*[ap]m)?$", "", text)
    parts = [part for part in _PARTED.split(_DATE_WORDS.sub(" ", text)) if part]
    parts = [str(_MONTHS.get(part, part)) for part in parts]
    if not 1 <= len(parts) <= 3 or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    if len(parts) == 3 and len(parts[0]) == 4:
        parts.reverse()
    if len(parts) == 2 and len(parts[0]) == 4:
        parts.reverse()
    day, month, year = ["", "", *parts][-3:]
    if len(day) > 2 or len(month) > 2:
        return None
    return day, month, year


_AGE_WORDS = re.compile(
    "ឆ្នាំ|អាយុ|years? old|years?|yrs?\\.?|y/o|ប្រហែល|ប្រមាណ|about|approx\\.?|circa|ca\\.|~|\\bold\\b"
)
_UNDER = re.compile(r"^(?:<|under|below|ក្រោម|តិចជាង)\s*(\d{1,3})$")
_OVER = re.compile(r"^(?:(?:>|over|above|លើស|លើ)\s*(\d{1,3})|(\d{1,3})\s*\+)$")
_BETWEEN = re.compile(r"^(\d{1,3})\s*(?:-|\u2013|to|ដល់|or|ឬ)\s*(\d{1,3})$")


def age_range(text: str) -> tuple[str, str] | None:
    """Youngest and oldest as typed; None for what is no age. Under 18 is at most 17; over 18 is 19 or more."""
    text = _AGE_WORDS.sub(" ", ascii_digits(text).strip().lower()).strip()
    if re.fullmatch(r"\d{1,3}", text):
        return text, text
    if found := _BETWEEN.match(text):
        return found[1], found[2]
    if found := _UNDER.match(text):
        return "", str(max(int(found[1]) - 1, 0))
    if found := _OVER.match(text):
        return (str(int(found[1]) + 1) if found[1] else found[2]), ""
    return None


# --- text -----------------------------------------------------------------------------------------------------

_KHMER = re.compile("[\u1780-\u17ff]")
_NO_NAME = re.compile(r"[;\[\]{}<>\\|=+*&^%$#@!~_?/0-9]")
_FORMULA_ERROR = re.compile(r"^#(ERROR|REF!|DIV/0!|VALUE!|NAME\?|N/A|NUM!|NULL!)", re.IGNORECASE)


def is_khmer(text: str) -> bool:
    return bool(_KHMER.search(text))


def is_no_name(text: str) -> bool:
    """Latin letters with signs between, as text of the old Khmer fonts looks in any other."""
    return bool(_NO_NAME.search(text))


def is_formula_error(text: str) -> bool:
    return bool(_FORMULA_ERROR.match(text.strip()))


def several(text: str) -> list[str]:
    """The parts of a cell with several answers."""
    return [part.strip() for part in re.split(r"[;,\n|]+|\s/\s", text) if part.strip()]


def given(value: Any) -> str:
    return str(value or "").strip()
