"""The yearly list of roles and rights on provinces that somebody has to say are still right."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from .. import actions, confirming
from ..access import runs_place
from ..forms.confirming import AgencyForm, ConfirmForm
from ..roles import Capability
from ..stepup import fresh
from .doors import attempt, needs, refill


@login_required
@require_http_methods(["GET", "POST"])
@needs(Capability.MANAGE_PEOPLE)
@fresh
def confirm(request: HttpRequest) -> HttpResponse:
    """The oldest first, so many at a time; what is ticked is confirmed at once."""
    user: Any = request.user
    search = AgencyForm(request.GET or None, by=user)
    agency = search.cleaned_data["agency"] if search.is_bound and search.is_valid() else ""
    due = confirming.roles_due(user, agency=agency)
    roles, every_team = list(due[: confirming.SHOWN]), confirming.teams_due(user)
    teams = every_team[: confirming.SHOWN]
    form = refill(request, ConfirmForm, roles=roles, teams=teams)
    if request.method == "POST" and form.is_valid():
        act = lambda: actions.confirm(**form.cleaned_data, by=user)  # noqa: E731
        if (confirmed := attempt(form, act)) is not None:
            messages.success(request, _told(confirmed))
            return redirect(request.get_full_path())
    context = {
        "search": search,
        "chosen": [{"label": dict(search.fields["agency"].choices)[agency], "url": "?"}] if agency else [],
        "form": form,
        "total": due.count(),
        "roles": [(post, confirming.is_late(post.since)) for post in roles],
        "total_teams": len(every_team),
        "teams": [(team, confirming.is_late(team.since)) for team in teams],
        "runs_place": runs_place(user),
    }
    return render(request, "place/confirmation.html", context)


def _told(confirmed: int) -> str:
    if not confirmed:
        return _("Somebody confirmed these today already.")
    return ngettext("%(n)s line is confirmed.", "%(n)s lines are confirmed.", confirmed) % {"n": confirmed}
