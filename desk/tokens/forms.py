"""What an administrator says of a new token. Nothing here saves."""

import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fields import CleanText, Offered, PlainForm
from accounts.models import Membership, Token
from accounts.roles import Role

DAYS = ((30, _("30 days")), (90, _("90 days")), (180, _("180 days")), (365, _("One year")))


class TokenForm(PlainForm):
    mark_optional = True
    membership = Offered(
        label=_("Who answers for it?"),
        help_text=_(
            "They accept it at “My account” within 7 days; the token is shown to them alone. "
            "When this person's role there ends, the token ends with it."
        ),
        error_messages={
            "required": _("Choose who answers for the token."),
            "invalid_choice": _("Choose one from the list."),
        },
    )
    program = CleanText(
        label=_("Name of the program, if it acts for the agency"),
        max_length=80,
        required=False,
        help_text=_(
            "The program then has the same role as this person and stands on the trail under its own name. "
            "Leave empty if it acts in the person's own name."
        ),
    )
    label = CleanText(
        label=_("What is it for?"),
        max_length=80,
        error_messages={"required": _("Say in a few words what the token is for.")},
    )
    scope = forms.ChoiceField(
        label=_("What may it do?"),
        choices=Token.Scope.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose what it may do."),
            "invalid_choice": _("Choose one from the list."),
        },
    )
    days = forms.TypedChoiceField(
        label=_("How long is it good for?"),
        choices=DAYS,
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose how long it is good for."),
            "invalid_choice": _("Choose one from the list."),
        },
    )

    def __init__(self, *args: Any, memberships: list[Membership], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.memberships = {str(one.pk): one for one in memberships}
        self.fields["membership"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose")),
            *((key, _who(one)) for key, one in self.memberships.items()),
        ]

    def chosen(self) -> dict[str, Any]:
        """What the action takes; only of a valid form."""
        data = self.cleaned_data
        return {
            "membership": self.memberships[data["membership"]],
            "program": data["program"],
            "label": data["label"],
            "scope": data["scope"],
            "expires_at": timezone.now() + datetime.timedelta(days=data["days"]),
        }


def _who(membership: Membership) -> str:
    role = Role(membership.role).label
    return f"{membership.person.name} – {role}, {membership.agency.name}"


class RevokeForm(PlainForm):
    """Nothing to fill in: the page asks once more."""
