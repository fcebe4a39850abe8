"""Handing one file over to another case worker."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.refusals import NotNow
from accounts.roles import Capability
from accounts.sections import Section
from desk.pages import refill

from ..access import Opened, open_case, visible_cases
from ..forms.worker import DESK, HandOverForm
from ..worker import access, actions


@login_required
@require_http_methods(["GET", "POST"])
def hand_over(request: HttpRequest, number: str) -> HttpResponse:
    """The people of the list, one of them chosen, what they should know. The giver's own sight may end with it."""
    opened = open_case(request.user, number, page="worker")
    access.check_hands_over(request.user, opened.case)
    people = {str(one.pk): one for one in access.takers(opened.case)}
    desk = access.desk(opened.case) if opened.case.named_only else None
    form = _form(request, opened, list(people.values()), desk)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["to"]
        to = desk if chosen == DESK else people[chosen]
        if to and _handed(request, opened, form, to):
            seen = visible_cases(request.user).filter(pk=opened.case.pk).exists()
            return redirect("cases:detail", number=number) if seen else redirect("cases:list")
    context = {"case": opened.case, "form": form, "has_main_form": bool(people or desk)}
    return render(request, "cases/hand_over.html", context)


def _form(request: HttpRequest, opened: Opened, people: list[User], desk: User | None) -> Any:
    may_note = opened.shows(Section.NOTES) and request.user.may(Capability.ADD_NOTE)
    initial = {"version": opened.case.version}
    return refill(
        request, HandOverForm, people=people, desk=desk is not None, may_note=may_note, initial=initial
    )


def _handed(request: HttpRequest, opened: Opened, form: Any, to: User) -> bool:
    data = form.cleaned_data
    try:
        actions.hand_over(
            case=opened.case, to=to, by=request.user, version=data["version"], note=data.get("note", "")
        )
    except NotNow as closed:
        form.add_error(None, str(closed.sentence))
        return False
    messages.success(request, _("The file is handed over. Its reminders go to the new case worker."))
    return True
