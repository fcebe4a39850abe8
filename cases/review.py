"""Check answers: what was typed, page by page, with a way back to each page."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.fields import PartialDate
from desk.models import Draft

from .answers import ConsentAnswer
from .forms.intake import PersonForm, SectionForm
from .words import partial_date


def _url(draft: Draft, form: SectionForm) -> str:
    return reverse("cases:draft_section", args=[draft.pk, form.key]) + "?check=1"


def groups(draft: Draft, forms: dict[str, SectionForm]) -> list[dict[str, Any]]:
    """[{title, url, rows}] with one row a filled field."""
    dropped = set(_dropped(forms))
    return [
        {
            "title": form.title,
            "url": _url(draft, form),
            "rows": [
                {"key": field.label, "value": shown, "url": _url(draft, form)}
                for name, field in form.fields.items()
                if (shown := _told(form, name, is_dropped=name in dropped))
            ],
        }
        for form in forms.values()
    ]


def _told(form: SectionForm, name: str, *, is_dropped: bool = False) -> str:
    """One answer in words; a wrong one as it was typed."""
    field = form.fields[name]
    if name in form.errors:
        typed = field.widget.value_from_datadict(form.data, {}, name)
        boxes = typed if isinstance(typed, list) else [typed]
        shown = _shown(field, [box for box in boxes if box]) if any(boxes) else ""
    else:
        shown = _shown(field, form.cleaned_data.get(name))
    return _("%(answer)s (not kept)") % {"answer": shown} if shown and is_dropped else shown


def _dropped(forms: dict[str, SectionForm]) -> list[str]:
    """The fields whose answers do not come into the file: identity, where consent is refused."""
    refused = forms["consent"].cleaned_data.get("consent") == ConsentAnswer.REFUSED
    clean = forms["person"].cleaned_data
    return [name for name in PersonForm.IDENTITY if refused and clean.get(name)]


def left_out(forms: dict[str, SectionForm]) -> list[str]:
    """What is not kept, in sentences."""
    names = _dropped(forms)
    if not names:
        return []
    labels = pgettext("between parts of a file", "; ").join(
        str(forms["person"].fields[name].label) for name in names
    )
    told = [_("Consent is refused, so these answers are not kept: %(fields)s.") % {"fields": labels}]
    if "birth_date" in names:
        told.append(
            _("Of the date of birth the age stays, and the month of the 18th birthday if it is known.")
        )
    return told


def changed_elsewhere(form: SectionForm, name: str) -> str:
    """Said by a field that two tabs changed: `form` holds what the other tab saved."""
    stands = _told(form, name)
    if not stands:
        return _("This was emptied in another tab meanwhile. Send the page again to keep what stands here.")
    sentence = _(
        "This was changed in another tab meanwhile, to “%(answer)s”. Send the page again to keep what stands here."
    )
    return sentence % {"answer": stands.replace("\n", ", ")[:200]}


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
        return "\n".join(str(labels[one]) for one in chosen if one in labels)
    return "/".join(value) if isinstance(value, list) else str(value)


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
