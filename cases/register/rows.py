"""One row of a register as an intake, or everything that is wrong with it.

A row goes through the very forms that the intake's pages are made of (cases/forms/intake.py) and through what two of
their pages can contradict (cases/across.py): what a person cannot make by hand, a register cannot make either.
"""

import datetime
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.fields import CleanText, PartialDate, PlainForm
from accounts.models import User
from accounts.vault import blind

from ..across import contradictions
from ..forms.intake import SECTIONS, ReportForm
from ..intake import made_of
from ..making import Intake
from ..opening import may_open_in
from ..text import search_name, visible
from .columns import BY_NAME, LISTED, plain
from .plan import Line, Plan
from .values import (
    Places,
    age_range,
    date_parts,
    is_formula_error,
    is_khmer,
    is_no_name,
    several,
    words_of,
)
from .wrong import ACROSS, Wrong, code_of

Problem = tuple[str, int | None, str]


class KeptForm(PlainForm):
    """What a register says beyond the intake's questions: kept as the file's first note."""

    status = CleanText(max_length=1000, required=False, multiline=True)
    old_number = CleanText(max_length=100, required=False)
    remarks = CleanText(max_length=4000, required=False, multiline=True)


@dataclass
class Checked:
    """A row as far as it could be read. `problems` are (column, position, code); without any there is an intake."""

    line: Line
    problems: list[Problem]
    intake: Intake | None
    content: bytes
    khmer: bytes | None = None
    latin: bytes | None = None


@dataclass
class _Reading:
    """What is known of a row while it is read: the text of each column, and the answers as they would be typed."""

    line: Line
    texts: dict[str, str]
    typed: dict[str, list[str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    #: From which column an answer came, where that has another name.
    source: dict[str, str] = field(default_factory=dict)


class Checker:
    """Reads the rows of one register for one person. Lists and places are read once."""

    def __init__(self, plan: Plan, *, by: User, asked_on: datetime.date) -> None:
        self.plan, self.asked_on = plan, asked_on
        self.places = Places.read()
        self.words = {
            name: words_of(name) for name, c in BY_NAME.items() if c.kind in LISTED and c.kind != "PLACE"
        }
        self.own = {name: dict(words) for name, words in plan.words.items()}
        provinces = may_open_in(by)
        self.forms: list[Any] = [form({}, provinces=provinces) for form in SECTIONS] + [KeptForm({})]
        for form in self.forms:
            for name, one in form.fields.items():
                if isinstance(one, forms.ChoiceField):
                    self._fix_choices(name, one, provinces)

    def _fix_choices(self, name: str, one: Any, provinces: frozenset[int] | None) -> None:
        """The choices of a question as a set: walking through lists costs more than everything else."""
        if name == "province":
            allowed = {str(pk) for pk in self.places.provinces if provinces is None or pk in provinces}
        elif name in ("district", "commune", "home_district", "fact_district"):
            allowed = set(self.places.by_code)
        else:
            allowed = {str(code) for code, _label in one.choices}
        one.valid_value = allowed.__contains__

    # --- the whole row ----------------------------------------------------------------------------------------

    def check(self, line: Line) -> Checked:
        texts = {name: line.cell(at) for at, name in self.plan.columns.items()}
        row = _Reading(line, {name: text for name, text in texts.items() if text.strip()})
        self._check_cells(row)
        for name in list(row.texts):
            self._answer(row, name)
        self._names(row)
        self._places(row)
        self._where_empty(row)
        clean, on = self._clean(row)
        told = {name: visible(text) for name, text in sorted(row.texts.items())}
        content = blind(json.dumps(told, ensure_ascii=False, sort_keys=True), column="register")
        if row.problems:
            return Checked(line, row.problems, None, content)
        intake = self._intake(clean, on)
        khmer, latin = (
            blind(name, column="name") if name else None
            for name in (search_name(str(clean.get(f) or "")) for f in ("name_km", "name_latin"))
        )
        return Checked(line, [], intake, content, khmer, latin)

    def _problem(self, row: _Reading, name: str, code: str) -> None:
        column = row.source.get(name, name)
        problem = (column, self.plan.position_of(column), str(code))
        if problem not in row.problems:
            row.problems.append(problem)

    def _check_cells(self, row: _Reading) -> None:
        """What is wrong with a cell whatever it is about. Its text is then not looked at further."""
        for at in row.line.merged:
            if at in self.plan.columns:
                self._problem(row, self.plan.columns[at], Wrong.MERGED)
        for name, text in list(row.texts.items()):
            if is_formula_error(text):
                self._problem(row, name, Wrong.FORMULA_ERROR)
                del row.texts[name]
        if any(cell.strip() for cell in row.line.cells[len(self.plan.headings) :]):
            row.problems.append(("", len(self.plan.headings), str(Wrong.BEYOND_HEADINGS)))

    # --- one column -------------------------------------------------------------------------------------------

    def _answer(self, row: _Reading, name: str) -> None:
        kind, text = BY_NAME[name].kind, row.texts[name]
        if kind == "DATE":
            self._date(row, name, text)
        elif kind == "AGE":
            self._age(row, name, text)
        elif kind == "AGE_ONE":
            found = age_range(text)
            row.typed[name] = [(found[0] or found[1]) if found else text]
        elif kind in ("CHOICE", "CODE"):
            code = self.meaning(name, text)
            if code is None:
                self._problem(row, name, Wrong.UNKNOWN_VALUE)
            elif code:
                row.typed[name] = [code]
        elif kind == "CODES":
            self._codes(row, name, text)
        elif kind in ("TEXT", "LONG"):
            row.typed[name] = [text]

    def meaning(self, name: str, text: str) -> str | None:
        """The code of a word; "" where somebody said to leave it empty; None where nobody knows it."""
        key = plain(text)
        own = self.own.get(name, {})
        return own[key] if key in own else self.words[name].get(key)

    def _codes(self, row: _Reading, name: str, text: str) -> None:
        """The whole cell first: some labels hold a comma."""
        whole = self.meaning(name, text)
        found = [whole] if whole is not None else [self.meaning(name, part) for part in several(text)]
        if None in found:
            self._problem(row, name, Wrong.UNKNOWN_VALUE)
            return
        row.typed[name] = list(dict.fromkeys(code for code in found if code))

    def _date(self, row: _Reading, name: str, text: str) -> None:
        parts = date_parts(text)
        if parts is None:
            self._problem(row, name, Wrong.DATE_UNREADABLE)
            return
        for box, part in zip(("day", "month", "year"), parts, strict=True):
            row.typed[f"{name}_{box}"] = [part]

    def _age(self, row: _Reading, name: str, text: str) -> None:
        found = age_range(text)
        if found is None:
            self._problem(row, name, Wrong.AGE_UNREADABLE)
            return
        for one, part in zip(("age_min", "age_max"), found, strict=True):
            if one not in row.texts:
                row.typed[one], row.source[one] = [part], name

    def _names(self, row: _Reading) -> None:
        """Family name first, as names are said here. A name in one column goes where its script belongs."""
        texts = row.texts
        parts = [texts[name] for name in ("family_name", "given_name") if name in texts]
        whole = texts.get("name") or " ".join(parts)
        origin = "name" if "name" in texts else "family_name" if "family_name" in texts else "given_name"
        if whole:
            target = "name_km" if is_khmer(whole) else "name_latin"
            if target not in texts:
                row.typed[target], row.source[target] = [whole], origin
        for name in ("name_km", "name_latin", "other_names"):
            if name in texts:
                row.typed[name] = [texts[name]]
            written = "".join(row.typed.get(name, ()))
            if name == "name_km" and written and not is_khmer(written):
                self._problem(row, name, Wrong.NOT_KHMER)
            elif written and not is_khmer(written) and is_no_name(written):
                self._problem(row, name, Wrong.NOT_A_NAME)

    # --- places -----------------------------------------------------------------------------------------------

    def _places(self, row: _Reading) -> None:
        code = self._province(row, "province")
        if not code and "province" not in row.texts and self.plan.province:
            code = f"{int(self.plan.province):02d}"
        if code:
            row.typed["province"] = [str(int(code))]
        district = self._place(row, "district", "DISTRICT", code)
        self._place(row, "commune", "COMMUNE", district or code)
        for name, of in (("home_district", "home_province"), ("fact_district", "fact_province")):
            self._place(row, name, "DISTRICT", self._province(row, of) or "")

    def _province(self, row: _Reading, name: str) -> str:
        text = row.texts.get(name, "")
        if not text:
            return ""
        own = self.own.get(name, {}).get(plain(text))
        found = {own} if own else self.places.province(text)
        if own == "":
            return ""
        if len(found) != 1:
            self._problem(row, name, Wrong.UNKNOWN_PLACE)
            return ""
        return f"{int(next(iter(found))):02d}"

    def _place(self, row: _Reading, name: str, level: str, inside: str) -> str:
        text = row.texts.get(name, "")
        if not text:
            return ""
        own = self.own.get(name, {}).get(plain(text))
        if own == "":
            return ""
        found = {own} if own else self.places.place(level, text, inside)
        if len(found) == 1:
            row.typed[name] = [next(iter(found))]
            return next(iter(found))
        if found:
            self._problem(row, name, Wrong.AMBIGUOUS_PLACE)
        else:
            elsewhere = inside and self.places.place(level, text, "")
            self._problem(row, name, Wrong.OTHER_PLACE if elsewhere else Wrong.UNKNOWN_PLACE)
        return ""

    # --- what is empty, and what the forms say ----------------------------------------------------------------

    def _where_empty(self, row: _Reading) -> None:
        """What was said once for every row that does not say it itself."""
        typed = row.typed
        if "channel" not in row.texts and self.plan.channel:
            typed["channel"] = [self.plan.channel]
        if not typed.get("official_involved") or typed["official_involved"] == ["NOT_KNOWN"]:
            typed["official_involved"] = [self.plan.official_involved]
        if "alias" not in row.texts:
            typed["alias"] = [self._alias(row.line)]

    def _alias(self, line: Line) -> str:
        return _("Register of %(day)s, row %(row)s") % {
            "day": date_format(self.asked_on, "SHORT_DATE_FORMAT"), "row": line.number,
        }  # fmt: skip

    def _clean(self, row: _Reading) -> tuple[dict[str, Any], datetime.date]:
        """The answers of every form; their errors become problems of the row."""
        data: MultiValueDict[str, str] = MultiValueDict(row.typed)
        told = {name for name, _at, _code in row.problems}
        clean: dict[str, Any] = {}
        on = timezone.localdate()
        for form in self.forms:
            form.data, form.on, form._errors = data, on, None
            form.full_clean()
            for name, errors in form.errors.as_data().items():
                # What could not be read is missing only because of that.
                if row.source.get(name, name) not in told:
                    for error in errors:
                        self._problem(row, name, code_of(name, error))
            clean |= form.cleaned_data
            if isinstance(form, ReportForm) and isinstance(clean.get("reported_on"), PartialDate):
                on = clean["reported_on"].on
        for name, _sentence in contradictions(clean, on):
            self._problem(row, name, ACROSS[name])
        return clean, on

    def _intake(self, clean: Mapping[str, Any], on: datetime.date) -> Intake:
        places = self.places
        return made_of(
            dict(clean),
            on=on,
            province_of=lambda pk: places.provinces.get(int(pk)) if pk else None,
            place_of=lambda code: places.by_code.get(code or ""),
            note=_note(clean),
        )


def _note(clean: Mapping[str, Any]) -> str:
    """What the register says beyond the intake, for whoever takes the file over."""
    parts = [
        (_("Number in the register: %(text)s"), clean.get("old_number")),
        (_("State in the register: %(text)s"), clean.get("status")),
        (_("Remarks in the register: %(text)s"), clean.get("remarks")),
    ]
    return "\n".join(sentence % {"text": text} for sentence, text in parts if text)
