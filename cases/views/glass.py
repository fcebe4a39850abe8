"""Opening a file in an emergency, ending that, reviewing it."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from accounts.refusals import NotFound, NotNow
from accounts.stepup import fresh
from desk.pages import is_done, refill

from .. import vault
from ..access import Opened, emergency, open_case
from ..forms.sight import GlassForm, ReviewForm
from ..glass import access, actions
from ..models import BreakGlass

PAGE = "emergency"


@login_required
@require_http_methods(["GET", "POST"])
@fresh
def break_glass(request: HttpRequest) -> HttpResponse:
    """A number that is typed. Whatever the cause, a number that opens nothing gets one and the same answer."""
    access.check_may_open(request.user)
    form = refill(request, GlassForm)
    if request.method == "POST" and form.is_valid():
        number = form.cleaned_data["number"]
        if access.within_reach(request.user, number):
            messages.info(request, _("You see this file already."))
            return redirect("cases:detail", number=number)
        if _break(request, form, number):
            return redirect("cases:detail", number=number)
    return render(request, "cases/glass/open.html", {"form": form, "has_main_form": True})


def _break(request: HttpRequest, form: GlassForm, number: str) -> bool:
    data = form.cleaned_data
    try:
        glass = actions.break_glass(
            number=number, why=data["why"], reason=data["reason"], hours=int(data["hours"]), by=request.user
        )
    except NotNow as no:
        form.add_error(None, str(no.sentence))
        return False
    if glass is None:
        form.add_error(
            None,
            _(
                "No file can be opened with this number. Check it with whoever told it to you. If somebody is in "
                "danger, call the office that works on it, or the police."
            ),
        )
    return glass is not None


@login_required
@require_POST
def end_emergency(request: HttpRequest, number: str) -> HttpResponse:
    opened = open_case(request.user, number, page=PAGE)
    glass = emergency(request.user, opened.case.pk)
    if glass is None:
        raise NotFound(label=number)
    actions.end_emergency(glass=glass, by=request.user)
    messages.success(request, _("Your emergency opening of the file has ended."))
    return redirect("cases:list")


@login_required
@require_http_methods(["GET", "POST"])
def review(request: HttpRequest, number: str, glass_id: uuid.UUID) -> HttpResponse:
    """What was done in an emergency and why; for whoever reviews it, the form."""
    opened = open_case(request.user, number, page=PAGE)
    glass = access.opening_of(opened, glass_id)
    if request.method == "POST" and "stop" in request.POST:
        return _stop(request, opened, glass)
    form = refill(request, ReviewForm) if access.may_review(request.user, glass, opened) else None
    if request.method == "POST":
        access.check_reviews(request.user, glass, opened)
        if form is not None and form.is_valid() and _reviewed(request, form, opened, glass):
            messages.success(request, _("Your review is saved."))
            return redirect("cases:sight", number=number)
    return render(request, "cases/glass/review.html", _told(request.user, opened, glass, form))


def _reviewed(request: HttpRequest, form: Any, opened: Opened, glass: BreakGlass) -> bool:
    found = {"outcome": form.cleaned_data["outcome"], "words": form.cleaned_data["words"]}
    return is_done(form, lambda: actions.review(glass=glass, opened=opened, by=request.user, **found))


def _stop(request: HttpRequest, opened: Opened, glass: BreakGlass) -> HttpResponse:
    """End somebody else's opening that is still open; the review of it stays where it is."""
    try:
        actions.stop_emergency(glass=glass, opened=opened, by=request.user)
        messages.success(request, _("The emergency opening has ended: the file is closed to them."))
    except NotNow as over:
        messages.info(request, str(over.sentence))
    return redirect("cases:emergency", number=opened.case.number, glass_id=glass.pk)


def _told(user: User, opened: Opened, glass: BreakGlass, form: Any) -> dict[str, Any]:
    named = access.may_review(user, glass, opened) or str(glass.agency_id) in user.rights.homes
    return {
        "case": opened.case,
        "glass": glass,
        "form": form,
        "has_main_form": form is not None,
        "who": glass.person.name if named else "",
        "reason": vault.emergency_reason(glass) if named else "",
        "found": vault.review_words(glass) if glass.reviewed_at else "",
        "may_stop": access.may_stop(user, glass, opened),
        "back": reverse("cases:sight", args=[opened.case.number]),
    }
