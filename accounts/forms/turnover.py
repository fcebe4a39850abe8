"""Who takes the files of somebody who leaves or is away."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from ..fields import Offered, PlainForm
from ..models import User
from ..turnover import Team
from .people import EndForm


class TakersForm(PlainForm):
    """One choice for each agency where somebody works on open files. `nobody` says what an empty one means."""

    def __init__(self, *args: Any, teams: list[Team], nobody: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.teams = teams
        for team in teams:
            told = ngettext(
                "Who takes %(number)s open case file at %(agency)s?",
                "Who takes %(number)s open case files at %(agency)s?",
                team.files,
            )
            choices = [("", nobody), *((str(one.pk), one.name) for one in team.colleagues)]
            field = Offered(
                label=told % {"number": team.files, "agency": team.agency.name},
                choices=choices,
                required=False,
            )
            field.told_as = "taker"
            self.fields[team.field] = field

    def takers(self) -> dict[uuid.UUID, User]:
        """Whom was chosen, by agency."""
        found = {}
        for team in self.teams:
            chosen = self.cleaned_data.get(team.field)
            if chosen:
                found[team.agency.pk] = next(one for one in team.colleagues if str(one.pk) == chosen)
        return found


class HandOverForm(TakersForm):
    """Long leave: access stays, so somebody must be chosen."""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not any(data.get(team.field) for team in self.teams):
            raise forms.ValidationError(_("Choose a colleague who takes the files."))
        return data


class EndPostForm(EndForm, TakersForm):
    """The end of a role, and who takes what its person works on there."""
