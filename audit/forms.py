"""The filter of the trail. It writes nothing; a mistake is told by its field and keeps what was typed."""

import datetime as dt
import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from .filters import Filters, latin_digits, record_as_typed
from .kinds import Kind, Result
from .words import SYSTEM, Words

EARLIEST, LATEST = dt.date(1990, 1, 1), dt.date(2199, 12, 31)


class Day(forms.DateField):
    """A day in one box, typed in Khmer or Latin digits: 22/11/2026."""

    widget = forms.TextInput
    default_error_messages = {"invalid": _("Write day, month and year, for example 22/11/2026.")}

    def to_python(self, value: Any) -> dt.date | None:
        return super().to_python(latin_digits(value).strip() if isinstance(value, str) else value)

    def prepare_value(self, value: Any) -> Any:
        """An address holds 2026-11-22; the box shows it as people write it."""
        match = re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", value) if isinstance(value, str) else None
        return f"{match[3]}/{match[2]}/{match[1]}" if match else value

    def validate(self, value: Any) -> None:
        super().validate(value)
        if value and value.year > LATEST.year:
            raise ValidationError(
                _("Write the year of the international calendar, for example 2026, not of the Buddhist era.")
            )
        if value and value < EARLIEST:
            raise ValidationError(_("The trail does not reach back that far."))

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"autocomplete": "off"}


class Choice(forms.ChoiceField):
    default_error_messages = {"invalid_choice": _("Choose one from the list.")}


class TrailForm(forms.Form):
    """Drawn with GET: ids and codes only, so that an address holds no name."""

    since = Day(label=_("First day"), required=False, help_text=_("For example 22/11/2026"))
    until = Day(label=_("Last day"), required=False, help_text=_("For example 22/11/2026"))
    person = Choice(label=_("Who"), required=False)
    agency = Choice(label=_("Agency"), required=False)
    province = Choice(label=_("Province of the record"), required=False)
    kind = Choice(label=_("What was done"), required=False)
    record = forms.CharField(
        label=_("Number of the record"),
        required=False,
        max_length=64,
        help_text=_("For example BMC-2026-00417-7"),
        error_messages={"max_length": _("A number is not that long. Write 64 characters or fewer.")},
    )
    result = Choice(label=_("Result"), required=False)

    def __init__(self, data: Any, *, words: Words) -> None:
        super().__init__(data)
        anything = [("", _now("All"))]
        systems = [(actor, label()) for actor, label in SYSTEM.items()]
        offered = {
            "person": [
                *anything,
                (_now("Members of staff"), list(words.table("person").items())),
                (_now("The system itself"), systems),
            ],
            "agency": [*anything, *words.table("agency").items()],
            "province": [*anything, *words.table("province").items()],
            "kind": [*anything, *Kind.choices],
            "result": [*anything, *Result.choices],
        }
        for name, choices in offered.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        for day in ("since", "until"):
            self.fields[day].width = 10  # type: ignore[attr-defined]
        for check in self.fields["record"].validators:
            if getattr(check, "code", "") == "null_characters_not_allowed":
                check.message = _("This text holds a sign that cannot be stored. Type it again without it.")  # type: ignore[attr-defined]

    def clean_record(self) -> str:
        """Reading the trail is on it with its filter: nothing stands there that is not the label of a record."""
        typed = self.cleaned_data["record"]
        label = record_as_typed(typed) if typed else ""
        if label is None:
            raise ValidationError(
                _(
                    "Write a case number, the short name of an agency or a sign-in name. Nothing else is looked up."
                )
            )
        return label

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", _("The end must not be before the beginning."))
        return cleaned

    def filters(self) -> Filters:
        """What was chosen; only of a valid form."""
        chosen = self.cleaned_data
        return Filters(**{**chosen, "province": int(chosen["province"]) if chosen["province"] else None})

    def told(self) -> dict[str, str]:
        """What was chosen, in words, by the name of its field; only of a valid form."""
        return {name: f"{self.fields[name].label}: {self._shown(name)}" for name in self.filters().codes()}

    def _shown(self, name: str) -> str:
        """A chosen value as its list calls it."""
        value = self.cleaned_data[name]
        if isinstance(value, dt.date):
            return date_format(value, "DATE_FORMAT")
        for code, label in getattr(self.fields[name], "choices", []):
            for one, text in label if isinstance(label, list | tuple) else [(code, label)]:
                if str(one) == str(value):
                    return str(text)
        return str(value)
