"""Tokens that rest on one's own word: looked at, accepted, declined, ended. The text is shown once, to them alone."""

import datetime
import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import actions, offers, queries
from accounts.models import Token
from accounts.refusals import NotFound, NotNow
from accounts.stepup import fresh

from .. import drafts

#: How long a new token waits for the one look that whoever accepted it takes at it.
WAITS = datetime.timedelta(minutes=10)
TEXT = "token"


def _mine(request: HttpRequest, pk: uuid.UUID) -> Token:
    user: Any = request.user
    found = queries.own_token(user, pk)
    if found is None:
        raise NotFound
    return found


@login_required
@require_safe
def mine(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """One of one's own. Its text only the first time after it was accepted."""
    user: Any = request.user
    found = _mine(request, pk)
    kept = drafts.carried(user, request.path)
    text = "".join(kept.data.get(TEXT, ())) if kept else ""
    if kept and request.method == "GET":
        drafts.forget(ids=kept.ids, by=user)
    context = {"token": found, "line": offers.line(found, url=""), "rows": offers.rows(found), "text": text}
    return render(request, "tokens/mine.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@fresh
def accept(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    user: Any = request.user
    found = _mine(request, pk)
    back = reverse("tokens:mine", args=[pk])
    if request.method == "POST":
        try:
            _token, text = actions.accept_token(token=found, by=user)
        except NotNow as closed:
            messages.warning(request, str(closed.sentence))
        else:
            drafts.carry(user=user, path=back, data={TEXT: [text]}, keep_for=WAITS)
        return redirect(back)
    lines = [
        _("The token is made and shown to you once. It is kept nowhere."),
        _("Whoever has it sees and does what you may, under your name or that of your program."),
        _("You answer for it. You can end it at “My account” at any time."),
    ]
    return _ask(request, found, _("Accept this token?"), _("Accept the token"), lines)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@fresh
def end(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Decline an offer; end a token."""
    user: Any = request.user
    found = _mine(request, pk)
    if request.method == "POST":
        try:
            actions.revoke_token(token=found, by=user)
        except NotNow as closed:
            messages.warning(request, str(closed.sentence))
        else:
            messages.success(request, _("It is over. No program is let in with it."))
        return redirect("tokens:mine", pk=pk)
    lines = [_("No program is let in with it, from now on."), _("An administrator can offer you a new one.")]
    if found.accepted_at:
        return _ask(request, found, _("End this token?"), _("End the token"), lines, danger=True)
    return _ask(request, found, _("Decline this token?"), _("Decline the token"), lines, danger=True)


def _ask(
    request: HttpRequest, found: Token, title: str, label: str, lines: list[str], *, danger: bool = False
) -> HttpResponse:
    context = {
        "token": found,
        "title": title,
        "label": label,
        "cancel_url": reverse("tokens:mine", args=[found.pk]),
        "consequences": lines,
        "danger": danger,
        "has_main_form": True,
    }
    return render(request, "tokens/revoke.html", context)
