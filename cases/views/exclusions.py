"""Keeping somebody away from a file, a conflict of one's own, and the review of both."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.roles import Capability
from accounts.stepup import fresh
from audit.kinds import Kind
from audit.record import Thing, record
from desk.pages import is_done, refill

from ..access import check_may, open_case
from ..exclusions import access, actions, queries, vault, words
from ..forms.exclusions import ConflictForm, KeepAwayForm, ReviewForm
from ..models import Exclusion

Review = Exclusion.Review


@login_required
@require_http_methods(["GET", "POST"])
def keep_away(request: HttpRequest, number: str) -> HttpResponse:
    """A colleague or an agency must not see this file: from now on, and without being told."""
    case = open_case(request.user, number, page="keep-away").case
    access.check_keeps_away(request.user, case)
    form = refill(request, KeepAwayForm, by=request.user)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        given = {"reason": told["reason"], "words": told["words"]}
        if is_done(form, lambda: actions.keep_away(case=case, who=form.who(), by=request.user, **given)):
            messages.success(request, _("They do not see this file any more. Somebody else reviews it."))
            return redirect("cases:detail", number=number)
    return render(
        request, "cases/exclusions/keep_away.html", {"case": case, "form": form, "has_main_form": True}
    )


@login_required
@require_http_methods(["GET", "POST"])
def conflict(request: HttpRequest, number: str) -> HttpResponse:
    """Somebody must not see this file themselves: the last page of it that they see."""
    case = open_case(request.user, number, page="conflict").case
    form = refill(request, ConflictForm)
    if request.method == "POST" and form.is_valid():
        told = {"reason": form.cleaned_data["reason"], "words": form.cleaned_data["words"]}
        if is_done(form, lambda: actions.declare_conflict(case=case, by=request.user, **told)):
            messages.success(request, _("The file is closed to you from now on. Thank you for saying it."))
            return redirect("cases:list")
    return render(
        request, "cases/exclusions/conflict.html", {"case": case, "form": form, "has_main_form": True}
    )


@login_required
@require_safe
def exclusions(request: HttpRequest) -> HttpResponse:
    """What waits for this reviewer."""
    check_may(request.user, Capability.REVIEW_EXCLUSIONS)
    rows = queries.to_review(request.user)
    detail = {"ids": [str(row.case_id) for row in rows]}
    record(Kind.EXCLUSIONS_LISTED, Thing(type="page", id="cases:exclusions"), detail=detail)
    return render(request, "cases/exclusions/list.html", {"rows": [words.line(row) for row in rows]})


@login_required
@fresh
@require_http_methods(["GET", "POST"])
def exclusion(request: HttpRequest, exclusion_id: uuid.UUID) -> HttpResponse:
    """One exclusion with its words, and the decision on it."""
    check_may(request.user, Capability.REVIEW_EXCLUSIONS)
    found = access.open_exclusion(request.user, exclusion_id)
    may_uphold = found.review == Review.WAITING
    form = refill(request, ReviewForm, may_uphold=may_uphold)
    if request.method == "POST" and form.is_valid():
        act = actions.lift if form.cleaned_data["outcome"] == Review.LIFTED else actions.uphold
        if is_done(form, lambda: act(exclusion=found, words=form.cleaned_data["words"], by=request.user)):
            messages.success(request, _("Your decision is saved."))
            return redirect("cases:exclusions")
    context = {
        "exclusion": found,
        "rows": words.rows(found, vault.words(found), vault.review(found)),
        "form": form,
        "has_main_form": True,
    }
    return render(request, "cases/exclusions/review.html", context)
