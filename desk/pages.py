"""How a page gets back what was typed on it before a language switch, an ended session or a stale form."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from accounts.refusals import NotNow

from . import drafts


def refill(request: HttpRequest, form_class: Any, **kwargs: Any) -> Any:
    """A form: bound to the POST; or unbound with what was kept as initial text; or empty.

    The text is kept until the page has been sent (desk/middleware.py), however often it is looked at.
    """
    if request.method == "POST":
        form = form_class(request.POST, **kwargs)
    else:
        form = form_class(**kwargs)
        kept = drafts.carried(request.user, request.path)
        if kept:
            form.initial = {**form.initial, **_initial(form, kept.data)}
            say_kept(request, kept)
    request.page_form = form  # type: ignore[attr-defined]
    return form


def is_done(form: Any, act: Callable[[], Any]) -> bool:
    """Do it; where it is not open now, the sentence why stands on the form."""
    try:
        act()
    except NotNow as no:
        form.add_error(None, str(no.sentence))
        return False
    return True


def say_kept(request: HttpRequest, kept: drafts.Carried) -> None:
    """Say it on the page, and let its form tell which drafts are on it (`{% once %}`)."""
    request.kept = kept  # type: ignore[attr-defined]
    if kept.is_worth_saying:
        request.kept_text = _("We kept what you typed.")  # type: ignore[attr-defined]


def _initial(form: Any, kept: dict[str, list[str]]) -> dict[str, Any]:
    """Widget by widget, so that several choices and three-part dates come back as they were.

    What is not there was emptied. Hidden fields belong to the record as it stands now.
    """
    data = QueryDict(mutable=True)
    for name, values in kept.items():
        data.setlist(name, values)
    return {
        name: field.widget.value_from_datadict(data, {}, form.add_prefix(name))
        for name, field in form.fields.items()
        if not field.widget.is_hidden
    }


@dataclass(frozen=True)
class Typed:
    """One answer as text, for a page that cannot draw its form."""

    label: str
    text: str


def typed_on(form: Any) -> list[Typed]:
    """What stands in a form, field by field, in the words of the page."""
    return [Typed(str(field.label), text) for field in form.visible_fields() if (text := _as_text(field))]


def _as_text(field: Any) -> str:
    value = field.value()
    values = list(value) if isinstance(value, list | tuple) else [value]
    if isinstance(field.field, forms.ChoiceField):
        labels = {str(code): str(label) for code, label in _flat(field.field.choices)}
        return ", ".join(labels.get(str(one), str(one)) for one in values if one)
    if isinstance(field.field.widget, forms.MultiWidget):
        parts = value if isinstance(value, list) else field.field.widget.decompress(value)
        return " ".join(str(part) for part in parts if part)
    if isinstance(value, bool):
        return _("Yes") if value else ""
    return str(value or "").strip()


def _flat(choices: Any) -> list[tuple[Any, Any]]:
    pairs: list[tuple[Any, Any]] = []
    for code, label in choices:
        pairs += label if isinstance(label, list | tuple) else [(code, label)]
    return pairs
