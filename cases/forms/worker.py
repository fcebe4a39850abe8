"""To whom a file is handed over. Nothing here saves."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.fields import CleanText, Offered, PlainForm
from accounts.models import User

from .fields import EMPTY

DESK = "DESK"


class HandOverForm(PlainForm):
    """`version` is the file as it was shown: an older one is refused (Stale)."""

    to = Offered(
        label=_("Who works on the file from now on?"), error_messages={"required": _("Choose a person.")}
    )
    note = CleanText(
        label=_("What should they know?"),
        max_length=4000,
        multiline=True,
        required=False,
        help_text=_("Becomes a note of the file. Optional."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, people: list[User], desk: bool, may_note: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(one.pk), one.name) for one in people]
        if desk:
            choices.append((DESK, str(_("The national desk"))))
        self.fields["to"].choices = [*EMPTY, *choices]  # type: ignore[attr-defined]
        if not may_note:
            del self.fields["note"]
