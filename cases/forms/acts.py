"""Forms of the acts on a file: a note, a move, a search."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fields import CleanText, NameText, PartialDate, PlainForm, ThreePartDate
from audit.record import Happening

from ..lifecycle import Move
from .fields import code_select


class HappeningForm(PlainForm):
    """When something was really done, by whom, and how that is known."""

    mark_optional = True
    happened_on = ThreePartDate(
        label=_("When did it happen?"),
        precision="YEAR",
        latest=timezone.localdate,
        required=False,
        help_text=_("Leave empty if it is happening now."),
    )
    done_by = code_select("DONE_BY", _("Who did it?"), required=False)
    source = code_select("SOURCE", _("How is it known?"), required=False)

    def happening(self) -> Happening:
        date: PartialDate | None = self.cleaned_data.get("happened_on")
        return Happening(
            on=date.on if date else None,
            precision=date.precision if date else "DAY",
            done_by=self.cleaned_data.get("done_by", ""),
            source=self.cleaned_data.get("source", ""),
        )


class NoteForm(HappeningForm):
    text = CleanText(label=_("What happened?"), max_length=10000, multiline=True)
    field_order = ["text", "happened_on", "done_by", "source"]


class MoveForm(HappeningForm):
    """`version` is the file as it was shown: an older one is refused (Stale). `step` says what it asks for."""

    closure = code_select("CLOSURE", _("Why is the file closed?"), required=False)
    reason = CleanText(label=_("Why?"), max_length=4000, multiline=True, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)
    field_order = ["closure", "reason", "happened_on", "done_by", "source", "version"]

    def __init__(self, *args: Any, step: Move, says_why: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._ask(step)
        if not says_why:
            self.fields["reason"].required = False
            self.fields["reason"].widget = forms.HiddenInput()

    def _ask(self, step: Move) -> None:
        if step.coded:
            self.fields["reason"].label = _("Say more in your own words")
            self.fields["closure"].required = True
            self.fields["closure"].error_messages["required"] = _(
                "Choose from the list why the file is closed."
            )
        else:
            del self.fields["closure"]
        self.fields["reason"].required = step.reason
        self.fields["reason"].error_messages["required"] = _(
            "Say why, in a sentence that a colleague will understand."
        )


class FindForm(PlainForm):
    """Search by name or number; sent by POST, so that no name stands in an address or a log."""

    question = NameText(
        label=_("Name, case number, document number or phone"),
        max_length=150,
        help_text=_(
            "A name as it is written in Khmer or in Latin letters. Khmer and Latin digits both work."
        ),
    )
