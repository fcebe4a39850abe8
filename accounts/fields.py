"""Fields that every form uses: text as people paste it, numbers and dates as people in Cambodia type them.

This module imports nothing of the project but where it notes what was forged, so that every app above may use it.
"""

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from . import forged

__all__ = [
    "CleanText",
    "DateBoxes",
    "NameText",
    "Offered",
    "PartialDate",
    "PlainForm",
    "SeveralOffered",
    "ThreePartDate",
    "WholeNumber",
    "ascii_digits",
]

_DIGITS = str.maketrans("០១២៣៤៥៦៧៨៩", "0123456789")
# Zero-width spaces and joiners, byte order mark: pasted from word processors, seen by nobody, and fatal to search.
# Direction marks: they can make a name read as another one.
_UNSEEN = re.compile("[\u200b-\u200d\u2060\ufeff\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_LINE_ENDS = re.compile("\r\n?|\u2028|\u2029")


def ascii_digits(text: str) -> str:
    """The same text with Khmer digits written 0 to 9."""
    return text.translate(_DIGITS)


class CleanText(forms.CharField):
    """Text without what nobody sees. Letters stay as typed: Khmer must not be normalised (it changes words)."""

    def __init__(self, *, max_length: int, multiline: bool = False, **kwargs: Any) -> None:
        self.multiline = multiline
        if multiline:
            kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 5}))
        super().__init__(max_length=max_length, **kwargs)
        for validator in self.validators:
            if isinstance(validator, MaxLengthValidator):
                validator.message = _(
                    "This is %(show_value)d characters long. Shorten it to %(limit_value)d or fewer."
                )
            elif validator.code == "null_characters_not_allowed":
                validator.message = _(
                    "This text holds a sign that cannot be stored. Type it again without it."
                )

    def to_python(self, value: Any) -> str:
        text = _LINE_ENDS.sub("\n", str(super().to_python(value) or ""))
        text = _CONTROL.sub("", _UNSEEN.sub("", text))
        return text.strip() if self.multiline else " ".join(text.split())


class NameText(CleanText):
    """A name, or a search for one. Khmer keyboards type a zero-width space where others have the space key, so
    between two letters it parts two words and stays as a space."""

    def to_python(self, value: Any) -> str:
        return super().to_python(value.replace("\u200b", " ") if isinstance(value, str) else value)


class WholeNumber(forms.IntegerField):
    """A number typed in Khmer or Latin digits, in a plain box (a spinner changes values by accident)."""

    widget = forms.TextInput
    default_error_messages = {"invalid": _("Write a whole number, for example 3.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for validator in self.validators:
            if validator.code == "min_value":
                validator.message = _("The number must be %(limit_value)s or more.")
            elif validator.code == "max_value":
                validator.message = _("The number must be %(limit_value)s or less.")

    def to_python(self, value: Any) -> int | None:
        return super().to_python(
            re.sub(r"[\s,]", "", ascii_digits(str(value))) if value is not None else None
        )

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"inputmode": "numeric"}


@dataclass(frozen=True)
class PartialDate:
    """A date as far as it is known: `on` is the first day of that month or year."""

    on: date
    precision: str  # DAY, MONTH or YEAR

    @property
    def first_day(self) -> date:
        """The earliest day that it can mean."""
        return self.on

    @property
    def last_day(self) -> date:
        """The latest day that it can mean."""
        if self.precision == "YEAR":
            return self.on.replace(month=12, day=31)
        if self.precision == "MONTH":
            return self.on.replace(day=calendar.monthrange(self.on.year, self.on.month)[1])
        return self.on


class DateBoxes(forms.MultiWidget):
    """Three plain boxes: day, month, year."""

    template_name = "django/forms/widgets/date_boxes.html"
    use_fieldset = True

    def __init__(self, *, birthday: bool = False) -> None:
        names = {"day": (_("Day"), 2), "month": (_("Month"), 2), "year": (_("Year"), 4)}
        super().__init__(
            {
                name: forms.TextInput(
                    {"label": label, "width": width, "autocomplete": f"bday-{name}" if birthday else ""}
                )
                for name, (label, width) in names.items()
            }
        )

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["invalid"] = "aria-invalid" in context["widget"]["attrs"]
        return context

    def decompress(self, value: Any) -> list[Any]:
        if isinstance(value, PartialDate):
            known = {"DAY": 3, "MONTH": 2, "YEAR": 1}[value.precision]
            parts = [value.on.year, value.on.month, value.on.day][:known]
            return [None] * (3 - known) + parts[::-1]
        return [value.day, value.month, value.year] if value else [None, None, None]


class ThreePartDate(forms.Field):
    """A date in three boxes. `precision` is the coarsest that is accepted: DAY, MONTH or YEAR.

    DAY gives a `date`, the others a `PartialDate`. `latest` and `earliest` are dates or functions.
    """

    widget = DateBoxes
    default_error_messages = {
        "required": _("Write the date."),
        "day_missing": _("Write the day too, with month and year."),
        "month_missing": _("Write the month too, from 1 to 12."),
        "year_missing": _("Write the year too, with four digits."),
        "day": _("The day must be a number from 1 to 31."),
        "month": _("The month must be a number from 1 to 12."),
        "year": _("The year must have four digits, for example 2026."),
        "too_early": _("The year must be 1850 or later."),
        "era": _("Write the year of the international calendar, for example 2026, not of the Buddhist era."),
        "no_such_day": _("This month has only %(days)d days."),
        "today": _("The date must be today or in the past."),
        "latest": _("The date must be %(date)s or earlier."),
        "earliest": _("The date must be %(date)s or later."),
        "between": _("The date must be between %(first)s and %(last)s."),
    }

    def __init__(
        self,
        *,
        precision: str = "DAY",
        latest: date | Callable[[], date] | None = None,
        earliest: date | Callable[[], date] | None = None,
        **kwargs: Any,
    ) -> None:
        self.precision, self.latest, self.earliest = precision, latest, earliest
        super().__init__(**kwargs)

    def clean(self, value: Any) -> date | PartialDate | None:
        boxes = [ascii_digits(str(part or "")).strip() for part in (value or [])]
        if not any(boxes):
            if self.required:
                raise self._refusal("required")
            return None
        day, month, year = (
            self._part(name, text) for name, text in zip(("day", "month", "year"), boxes, strict=True)
        )
        found = self._date(day, month, year)
        self._check_bounds(found)
        return found.on if self.precision == "DAY" else found

    def _part(self, name: str, text: str) -> int | None:
        if not text:
            return None
        if not re.fullmatch(r"[0-9]{4}" if name == "year" else r"[0-9]{1,2}", text):
            raise self._refusal(name)
        return int(text)

    def _date(self, day: int | None, month: int | None, year: int | None) -> PartialDate:
        if year is None:
            raise self._refusal("year_missing")
        if not 1850 <= year <= 2200:
            raise self._refusal("era" if year > 2200 else "too_early")
        if month is None:
            if self.precision != "YEAR" or day is not None:
                raise self._refusal("month_missing")
            return PartialDate(date(year, 1, 1), "YEAR")
        if not 1 <= month <= 12:
            raise self._refusal("month")
        if day is None:
            if self.precision == "DAY":
                raise self._refusal("day_missing")
            return PartialDate(date(year, month, 1), "MONTH")
        if not 1 <= day <= 31:
            raise self._refusal("day")
        days = calendar.monthrange(year, month)[1]
        if day > days:
            raise self._refusal("no_such_day", days=days)
        return PartialDate(date(year, month, day), "DAY")

    def _check_bounds(self, found: PartialDate) -> None:
        latest, earliest = (b() if callable(b) else b for b in (self.latest, self.earliest))
        if latest and found.on > latest:
            if latest == timezone.localdate():
                raise self._refusal("today")
            if earliest:
                raise self._refusal("between", first=date_format(earliest), last=date_format(latest))
            raise self._refusal("latest", date=date_format(latest))
        if earliest and found.last_day < earliest:
            raise self._refusal("earliest", date=date_format(earliest))

    def _refusal(self, code: str, **params: Any) -> ValidationError:
        return ValidationError(self.error_messages[code], code=code, params=params)


class Offered(forms.ChoiceField):
    """A choice of people, agencies, roles or posts. Who is offered depends on the reader, so that one which was not is
    on the trail (accounts/forged.py), by the name of the field or by `told_as`."""

    told_as = ""


class SeveralOffered(forms.MultipleChoiceField):
    """The same, several of them."""

    told_as = ""


class PlainForm(forms.Form):
    """A choice that is not on the list (a page that stood open too long, a changed address) is refused in a plain
    sentence. It never repeats what was sent. What nobody types (a hidden field) is nobody's mistake: the page is loaded
    anew."""

    def add_error(self, field: str | None, error: Any) -> None:
        super().add_error(field, error)
        found = self.fields.get(field or "")
        if isinstance(found, Offered | SeveralOffered):
            told = getattr(error, "error_list", ())
            if any(one.code == "invalid_choice" for one in told):
                forged.note(found.told_as or str(field))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if isinstance(field, forms.ChoiceField):
                field.error_messages |= dict.fromkeys(
                    ("invalid_choice", "invalid_list"), _("Choose one from the list.")
                )
            if field.widget.is_hidden:
                field.error_messages |= dict.fromkeys(
                    ("required", "invalid"),
                    _("A part of this page is missing. Load the page again, then repeat this."),
                )
