"""Forms about deadlines: one's own mailbox, a rule, a holiday. They translate and validate; actions write."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.fields import CleanText, PlainForm, ThreePartDate, WholeNumber

from .models import DeadlinePolicy


class MailboxForm(PlainForm):
    """An address, or an empty box for none."""

    address = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        max_length=200,
        error_messages={"invalid": _("Write an address like name@example.org.")},
        help_text=_("Leave empty to be reminded on this site alone."),
    )


class PolicyForm(PlainForm):
    amount = WholeNumber(label=_("How long"), min_value=1, max_value=1000)
    unit = forms.ChoiceField(label=_("Counted in"), choices=DeadlinePolicy.Unit.choices)
    remind_before = WholeNumber(
        label=_("First reminder before the end"),
        min_value=0,
        max_value=1000,
        help_text=_("In the same unit. 0 means: when the time is over."),
    )
    escalate_after = WholeNumber(
        label=_("Told to the ministry after the end"),
        min_value=0,
        max_value=1000,
        required=False,
        help_text=_("In the same unit. Empty means never. Only a confirmed deadline leaves the province."),
    )
    mode = forms.ChoiceField(label=_("What it does"), choices=DeadlinePolicy.Mode.choices)
    legal_ref = CleanText(
        label=_("Rests on"),
        max_length=200,
        required=False,
        help_text=_("The law, circular or decision, with its date. Needed to confirm it."),
    )
    confirmed = forms.BooleanField(label=_("The committee has confirmed this deadline"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("confirmed") and not data.get("legal_ref"):
            self.add_error("legal_ref", _("Write what a confirmed deadline rests on."))
        if (data.get("remind_before") or 0) > (data.get("amount") or 0) > 0:
            self.add_error("remind_before", _("The first reminder cannot come before the beginning."))
        return data


class HolidayForm(PlainForm):
    on = ThreePartDate(label=_("Day"), precision="DAY")
    name_km = CleanText(label=_("Name in Khmer"), max_length=150)
    name_en = CleanText(label=_("Name in English"), max_length=150)
    source = CleanText(
        label=_("Where this is known from"),
        max_length=200,
        required=False,
        help_text=_("For example the sub-decree of that year."),
    )
    confirmed = forms.BooleanField(label=_("Confirmed by that source"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
