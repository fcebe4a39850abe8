"""Which roles and rights are confirmed, by ticks in a list."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ..confirming import Team
from ..fields import PlainForm
from ..models import Membership
from .people import PeopleFilter


class ConfirmForm(PlainForm):
    """`roles` and `teams` are those on the list; the template draws each in its row."""

    roles = forms.TypedMultipleChoiceField(coerce=uuid.UUID, required=False)
    teams = forms.TypedMultipleChoiceField(coerce=uuid.UUID, required=False)

    def __init__(self, *args: Any, roles: list[Membership], teams: list[Team], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._set("roles", [str(post.pk) for post in roles])
        self._set("teams", [str(team.agency.pk) for team in teams])

    def _set(self, name: str, keys: list[str]) -> None:
        field: Any = self.fields[name]
        field.choices = [(key, key) for key in keys]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not data.get("roles") and not data.get("teams"):
            raise forms.ValidationError(_("Tick at least one line that is still right."))
        return data


class AgencyForm(PeopleFilter):
    """One agency at a time, by its id in the address."""

    role = None
    state = None
