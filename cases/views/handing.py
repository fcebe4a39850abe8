"""Handing a begun case file to a colleague, now or when one's own role has ended."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from desk import heirs
from desk.models import Draft
from desk.pages import is_done, refill

from ..forms.drafts import LATER, NOW, HandDraftForm
from .intake import of_draft


@login_required
@require_http_methods(["GET", "POST"])
@of_draft
def hand_over(request: HttpRequest, draft: Draft) -> HttpResponse:
    people = {str(one.pk): one for one in heirs.takers(request.user)}
    initial = {"to": str(draft.heir_id or ""), "when": LATER if draft.heir_id else None}
    form = refill(request, HandDraftForm, people=list(people.values()), initial=initial)
    if request.method == "POST" and form.is_valid():
        to, is_now = people.get(form.cleaned_data["to"]), form.cleaned_data["when"] == NOW
        if is_done(form, lambda: _hand(request, draft, to, is_now)):
            return redirect("reports:my_work") if is_now else redirect("cases:draft", draft_id=draft.pk)
    return render(request, "cases/intake/hand.html", {"draft": draft, "form": form, "people": people})


def _hand(request: HttpRequest, draft: Draft, to: Any, is_now: bool) -> None:
    if is_now:
        heirs.hand_over(draft_id=draft.pk, to=to, by=request.user)
        messages.success(request, _("The draft is handed to %(name)s.") % {"name": to.name})
        return
    heirs.name_heir(draft_id=draft.pk, heir=to, by=request.user)
    if to:
        told = _("%(name)s goes on with the draft when your role has ended.") % {"name": to.name}
    else:
        told = _("Nobody else goes on with the draft.")
    messages.success(request, told)
