"""Levels of disclosure: how small counts are told and to whom, for whoever runs the place."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import changes
from accounts.about import stamp
from accounts.access import check_runs_place
from accounts.refusals import NotFound, NotNow
from accounts.roles import Role
from accounts.stepup import fresh
from desk.pages import refill

from .. import actions
from ..forms import LevelForm
from ..models import ReleaseLevel
from ..states import Treatment


@login_required
@require_safe
def levels(request: HttpRequest) -> HttpResponse:
    """Every level, the strictest first."""
    check_runs_place(request.user)
    rows = [
        {
            "level": one,
            "roles": [Role(role).label for role in one.roles],
            "exact": one.treatment == Treatment.EXACT,
        }
        for one in ReleaseLevel.objects.order_by("code", "pk")
    ]
    return render(request, "reports/levels.html", {"rows": rows})


@login_required
@require_http_methods(["GET", "POST"])
@fresh
def level(request: HttpRequest, code: str) -> HttpResponse:
    """One level, to be changed with a reason; its history below."""
    check_runs_place(request.user)
    found = ReleaseLevel.objects.filter(code=code).first()
    if found is None:
        raise NotFound
    # What was the reason last time is none for this time.
    shown = {name: getattr(found, name) for name in actions.LEVEL_FIELDS} | {"reason": ""}
    form = refill(request, LevelForm, initial={**shown, "seen": stamp(found, actions.LEVEL_FIELDS)})
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        try:
            actions.change_level(level=found, seen=values.pop("seen"), values=values, by=request.user)
        except NotNow as closed:
            form.add_error(None, str(closed.sentence))
        else:
            messages.success(request, _("The level is changed. Counts are told by it from the next page on."))
            return redirect("reports:levels")
    context = {
        "form": form,
        "title": _("Change a level of disclosure"),
        "caption": f"{found.code} – {found.get_code_display()}",
        "label": _("Save"),
        "lines": [_("Earlier editions and downloads stay as they were told.")],
        "back": reverse("reports:levels"),
        "changes": changes.of(found),
    }
    return render(request, "place/form.html", context)
