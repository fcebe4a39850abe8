"""To whom a begun case file goes, and when. Nothing here saves."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.fields import Offered, PlainForm
from accounts.models import User

NOW, LATER = "NOW", "LATER"


class HandDraftForm(PlainForm):
    to = Offered(label=_("Who goes on with it?"), required=False)
    when = forms.ChoiceField(
        label=_("When?"),
        choices=[
            (NOW, _("Now: you do not see it any more")),
            (LATER, _("When your role has ended or your account is closed")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose when.")},
    )

    def __init__(self, *args: Any, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("Nobody")), *((str(one.pk), one.name) for one in people)]
        self.fields["to"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("when") == NOW and not data.get("to") and "to" not in self.errors:
            self.add_error("to", _("Choose a person."))
        return data
