"""The filter of the list of files. Sent by GET: it holds codes, never a name."""

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.fields import PlainForm

from ..answers import RiskLevel
from ..states import Status
from ..worker.queries import MINE, NOBODY, OFFICE
from .fields import province_choices

_ALL = [("", _("All"))]


class FileFilter(PlainForm):
    worker = forms.ChoiceField(
        label=_("Case worker"),
        choices=[
            *_ALL,
            (MINE, _("My files")),
            (OFFICE, _("Files of my office")),
            (NOBODY, _("Without a case worker")),
        ],
        required=False,
    )
    status = forms.ChoiceField(label=_("Status"), choices=[*_ALL, *Status.choices], required=False)
    risk = forms.ChoiceField(label=_("Risk"), choices=[*_ALL, *RiskLevel.choices], required=False)
    province = forms.ChoiceField(
        label=_("Province"), choices=lambda: _ALL + province_choices()[1:], required=False
    )

    def chosen(self, query: QueryDict) -> list[dict[str, Any]]:
        """The filters in force, each with the address of the list without it."""
        if not self.is_bound or not self.is_valid():
            return []
        found = []
        for name, field in self.fields.items():
            value = self.cleaned_data.get(name)
            if value:
                label = dict(field.choices).get(value, value)  # type: ignore[attr-defined]
                rest = {k: v for k, v in query.items() if k in self.fields and k != name and v}
                found.append({"label": f"{field.label}: {label}", "url": f"?{urlencode(rest)}"})
        return found
