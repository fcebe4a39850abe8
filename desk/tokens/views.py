"""Tokens for programs: given out, shown once, listed, revoked. For administrators."""

import datetime
import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import actions, queries
from accounts.models import Token
from accounts.refusals import NotFound, NotNow, Refused
from accounts.roles import Capability, Role
from accounts.stepup import fresh

from .. import drafts
from ..pages import refill
from .forms import RevokeForm, TokenForm

#: How long a new token waits for the one look that whoever gave it out takes at it.
WAITS = datetime.timedelta(minutes=10)
TEXT = "token"


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
    rows = [_line(one) for one in queries.tokens_given()]
    return render(request, "tokens/list.html", {"rows": rows})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@fresh
def new(request: HttpRequest) -> HttpResponse:
    _check(request)
    form = refill(request, TokenForm, memberships=queries.may_answer_for_token(request.user))
    if request.method == "POST" and form.is_valid():
        given, text = actions.issue_token(**form.chosen(), by=request.user)
        address = reverse("tokens:token", args=[given.pk])
        drafts.carry(user=request.user, path=address, data={TEXT: [text]}, keep_for=WAITS)
        return redirect(address)
    return render(request, "tokens/new.html", {"form": form, "has_main_form": True})


@login_required
@require_safe
def token(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One token. Its text only the first time, and only for whoever gave it out."""
    _check(request)
    found = _of(pk)
    kept = drafts.carried(request.user, request.path)
    text = "".join(kept.data.get(TEXT, ())) if kept else ""
    if kept and request.method == "GET":
        drafts.forget(ids=kept.ids, by=request.user)
    context = {"token": found, "line": _line(found), "rows": _rows(found), "text": text}
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
            _("It cannot be taken back. A new token can be given out."),
        ],
        "danger": True,
        "has_main_form": True,
    }
    return render(request, "tokens/revoke.html", context)


def _line(one: Token) -> dict[str, Any]:
    """A token as a line of the list."""
    state, tone = _state(one)
    return {
        "url": reverse("tokens:token", args=[one.pk]),
        "label": one.label,
        "person": one.person.name,
        "answers": one.answers.name if one.is_of_program else "",
        "agency": one.membership.agency.name,
        "role": str(Role(one.membership.role).label),
        "scope": one.get_scope_display(),
        "ends": one.expires_at,
        "used": one.last_used_on,
        "state": state,
        "tone": tone,
        "is_live": tone == "live",
    }


def _state(one: Token) -> tuple[str, str]:
    if one.revoked_at:
        return _("Revoked"), "stop"
    if one.is_over:
        return _("Ended"), "done"
    if not one.is_live:
        return _("Its person has no role there any more"), "stop"
    return _("In force"), "live"


def _rows(one: Token) -> list[dict[str, Any]]:
    line = _line(one)
    return [
        {"key": _("Acts as"), "value": line["person"]},
        {"key": _("Who answers for it"), "value": one.answers.name},
        {"key": _("Agency"), "value": line["agency"]},
        {"key": _("Role"), "value": line["role"]},
        {"key": _("What it may do"), "value": line["scope"]},
        {"key": _("Given out"), "value": date_format(one.issued_at, "DATE_FORMAT")},
        {"key": _("Ends"), "value": date_format(one.expires_at, "DATE_FORMAT")},
        {
            "key": _("Last used"),
            "value": date_format(one.last_used_on, "DATE_FORMAT") if one.last_used_on else _("Never"),
        },
        {"key": _("Its name on the trail"), "value": str(one.pk)},
    ]
