"""Tokens for programs: offered, listed, taken back, revoked. For administrators, who never see the text of one."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import actions, offers, queries
from accounts.models import Token
from accounts.refusals import NotFound, NotNow, Refused
from accounts.roles import Capability
from accounts.stepup import fresh

from ..pages import refill
from .forms import RevokeForm, TokenForm


def _check(request: HttpRequest) -> None:
    if not request.user.acts_with(Capability.GIVE_TOKENS):
        raise Refused(_("Your role does not include this."), code=f"capability:{Capability.GIVE_TOKENS}")


def _of(pk: uuid.UUID) -> Token:
    found = queries.token_given(pk)
    if found is None:
        raise NotFound()
    return found


@login_required
@require_safe
def token_list(request: HttpRequest) -> HttpResponse:
    _check(request)
    rows = [offers.line(one, url=reverse("tokens:token", args=[one.pk])) for one in queries.tokens_given()]
    return render(request, "tokens/list.html", {"rows": rows})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@fresh
def new(request: HttpRequest) -> HttpResponse:
    _check(request)
    form = refill(request, TokenForm, memberships=queries.may_answer_for_token(request.user))
    if request.method == "POST" and form.is_valid():
        given = actions.offer_token(**form.chosen(), by=request.user)
        name = given.answers.name
        messages.success(
            request, _("The token is offered. %(name)s accepts it at “My account”.") % {"name": name}
        )
        return redirect("tokens:token", pk=given.pk)
    return render(request, "tokens/new.html", {"form": form, "has_main_form": True})


@login_required
@require_safe
def token(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    _check(request)
    found = _of(pk)
    context = {"token": found, "line": offers.line(found, url=""), "rows": offers.rows(found)}
    return render(request, "tokens/token.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@fresh
def revoke(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    _check(request)
    found = _of(pk)
    form = refill(request, RevokeForm)
    if request.method == "POST" and form.is_valid():
        try:
            actions.revoke_token(token=found, by=request.user)
        except NotNow as closed:
            messages.warning(request, str(closed.sentence))
        else:
            messages.success(request, _("The token is revoked. Programs that use it are let in no more."))
        return redirect("tokens:token", pk=pk)
    context = {
        "token": found,
        "form": form,
        "title": _("Revoke this token?"),
        "label": _("Revoke the token"),
        "cancel_url": reverse("tokens:token", args=[pk]),
        "consequences": [
            _("Programs that use it are let in no more, from now on."),
            _("It cannot be taken back. A new token can be offered."),
        ],
        "danger": True,
        "has_main_form": True,
    }
    return render(request, "tokens/revoke.html", context)
