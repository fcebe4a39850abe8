"""Check answers: what was typed, page by page, with a way back to each page."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.fields import PartialDate
from desk.models import Draft

from .forms.intake import SectionForm
from .words import partial_date


def _url(draft: Draft, form: SectionForm) -> str:
    return reverse("cases:draft_section", args=[draft.pk, form.key]) + "?check=1"


def groups(draft: Draft, forms: dict[str, SectionForm]) -> list[dict[str, Any]]:
    """[{title, rows}] with one row a filled field."""
    found = []
    for form in forms.values():
        rows = []
        for name, field in form.fields.items():
            shown = _shown(field, getattr(form, "cleaned_data", {}).get(name))
            if shown:
                rows.append({"key": field.label, "value": shown, "url": _url(draft, form)})
        if not rows:
            rows.append({"key": _("No answer yet"), "value": "", "url": _url(draft, form)})
        found.append({"title": form.title, "rows": rows})
    return found


def _shown(field: Any, value: Any) -> str:
    """A cleaned value in the reader's words."""
    if value in (None, "", []):
        return ""
    if isinstance(value, PartialDate):
        return partial_date(value.on, value.precision)
    if hasattr(value, "isoformat"):
        return partial_date(value, "DAY")
    if hasattr(field, "choices"):
        labels = dict(_flat(field.choices))
        chosen = value if isinstance(value, list) else [value]
        return "\n".join(str(labels.get(one, one)) for one in chosen)
    return str(value)


def _flat(choices: Any) -> list[tuple[Any, Any]]:
    flat: list[tuple[Any, Any]] = []
    for value, label in choices:
        flat.extend(_flat(label) if isinstance(label, list | tuple) else [(value, label)])
    return flat


def problems(draft: Draft, forms: dict[str, SectionForm]) -> list[dict[str, Any]]:
    """What must be corrected before the file can be made: sentence and page."""
    return [
        {
            "text": f"{form.fields[name].label if name in form.fields else form.title}: {error}",
            "url": _url(draft, form),
        }
        for form in forms.values()
        for name, errors in form.errors.items()
        for error in errors
    ]
