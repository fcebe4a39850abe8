"""How a page gets back what was typed on it before a language switch, an ended session or a stale form."""

from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from . import drafts


def typed_or_posted(request: HttpRequest) -> QueryDict | None:
    """The data to fill a page's form with: what is being posted, else what was kept for this page."""
    if request.method == "POST":
        return request.POST
    kept = drafts.take_carried(request.user, request.path)
    if kept is None:
        return None
    data = QueryDict(mutable=True)
    for name, values in kept.items():
        data.setlist(name, values)
    return data


def refill(request: HttpRequest, form_class: Any, **kwargs: Any) -> Any:
    """A form: bound to the POST; or unbound with what was kept as initial text; or empty."""
    if request.method == "POST":
        return form_class(request.POST, **kwargs)
    data = typed_or_posted(request)
    form = form_class(**kwargs)
    if data:
        request.kept_text = _("We kept what you typed.")  # type: ignore[attr-defined]
        form.initial = {**form.initial, **_initial(form, data)}
    return form


def _initial(form: Any, data: QueryDict) -> dict[str, Any]:
    """Widget by widget, so that several choices and three-part dates come back as they were."""
    return {
        name: field.widget.value_from_datadict(data, {}, form.add_prefix(name))
        for name, field in form.fields.items()
    }
