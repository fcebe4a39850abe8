"""Codes and answers of keys, at the door and on one's own page."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from ..fields import CleanText, PlainForm, ascii_digits
from ..security_keys import LONGEST


class Answer(forms.CharField):
    """What the browser got from a security key, put there by static/src/js/key.js."""

    def __init__(self) -> None:
        super().__init__(required=False, max_length=LONGEST, widget=forms.HiddenInput)


class SecondForm(PlainForm):
    code = CleanText(
        label=_("Code"),
        max_length=20,
        required=False,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    answer = Answer()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not data.get("code") and not data.get("answer"):
            self.add_error("code", _now("Write the code."))
        return data


class Labelled(PlainForm):
    label = CleanText(
        label=_("How you recognise it"),
        max_length=40,
        required=False,
        help_text=_("For example “blue key” or “my telephone”. Only you see it."),
    )


class AppForm(Labelled):
    code = CleanText(
        label=_("Code that the app shows now"),
        max_length=20,
        help_text=_("Six digits."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )
    field_order = ("code", "label")

    def clean_code(self) -> str:
        return "".join(sign for sign in ascii_digits(self.cleaned_data["code"]) if sign.isdigit())


class KeyForm(Labelled):
    answer = Answer()

    def clean_answer(self) -> str:
        answer: str = self.cleaned_data["answer"]
        if not answer:
            raise forms.ValidationError(_now("No key was asked. Press the button below and touch the key."))
        return answer
