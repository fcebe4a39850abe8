"""Forms of reports: the words of a monthly table, which counts somebody wants, and how small ones are told."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.fields import CleanText, PlainForm, WholeNumber
from accounts.roles import CAPABILITIES, Capability, Role

from .states import Treatment

NO_NAMES = _("Write no names, no phone numbers and no case numbers: the table leaves your office.")
_ALL = [("", _("All"))]


class WordsForm(PlainForm):
    """`version` is the table as it was shown: an older one is refused (Stale)."""

    remarks = CleanText(
        label=_("Remarks"), max_length=4000, multiline=True, required=False, help_text=NO_NAMES
    )
    explanation = CleanText(
        label=_("Why does the month open with another figure than the last one closed with?"),
        max_length=2000, multiline=True, required=False,
        help_text=_("Needed before the table is handed over."),
    )  # fmt: skip
    version = forms.IntegerField(widget=forms.HiddenInput)
    field_order = ["explanation", "remarks", "version"]
    mark_optional = True

    def __init__(self, *args: Any, explains: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not explains:
            del self.fields["explanation"]


class VersionForm(PlainForm):
    """An act that asks nothing: only on which table, as it was shown."""

    version = forms.IntegerField(widget=forms.HiddenInput)


class CorrectForm(VersionForm):
    reason = CleanText(
        label=_("Why is the signed table corrected?"), max_length=2000, multiline=True, help_text=NO_NAMES
    )
    field_order = ["reason", "version"]


class CountsForm(PlainForm):
    """Which counts. Sent by GET: codes alone."""

    by = forms.ChoiceField(
        label=_("Count by"),
        choices=[("province", _("Province")), ("form", _("Form of exploitation")), ("month", _("Month"))],
        required=False,
    )
    period = forms.ChoiceField(label=_("Period"), required=False)
    province = forms.ChoiceField(label=_("Province"), required=False)
    form = forms.ChoiceField(label=_("Form of exploitation"), required=False)
    level = forms.ChoiceField(label=_("Told as"), required=False)

    def __init__(
        self,
        *args: Any,
        periods: list[Any],
        provinces: list[Any],
        form_choices: list[Any],
        levels: list[Any],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = {
            "period": periods,
            "province": _ALL + provinces,
            "form": _ALL + form_choices,
            "level": levels,
        }
        for name, pairs in choices.items():
            self.fields[name].choices = pairs  # type: ignore[attr-defined]


class LevelForm(PlainForm):
    """How small counts are told at one level of disclosure. `seen` is what stood there when the page was made."""

    treatment = forms.ChoiceField(
        label=_("Small counts"), choices=Treatment.choices, widget=forms.RadioSelect
    )
    smallest = WholeNumber(
        label=_("Smallest count"),
        min_value=1,
        max_value=1000,
        help_text=_("A count from 1 up to one less than this is small. 1 means that none is."),
    )
    rounding = WholeNumber(
        label=_("Rounded to"),
        min_value=1,
        max_value=1000,
        help_text=_("Only where small counts are held back: all others are rounded to this. 1 means exact."),
    )
    whole_years = forms.BooleanField(
        label=_("Whole years only"),
        required=False,
        help_text=_(
            "A month after their end and without filters. Where small counts are held back, leave it on."
        ),
    )
    roles = forms.MultipleChoiceField(
        label=_("Own level of"),
        choices=[(role.value, role.label) for role in Role if Capability.SEE_COUNTS in CAPABILITIES[role]],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_(
            "Who is shown counts at this level. A role that no level names reads what the public may."
        ),
    )
    reason = CleanText(
        label=_("Why is it changed, or on which decision does it rest?"),
        max_length=300,
        help_text=_("For example the decision of the committee, with its date. It stays in the history."),
    )
    confirmed = forms.BooleanField(
        label=_("Confirmed"),
        required=False,
        help_text=_("The committee has decided on this level. Without the mark it is a proposal."),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput, max_length=40)
