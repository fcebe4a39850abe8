"""The doors of a session: signed in, locked and unlocked, signed out."""

import uuid
from typing import Any
from urllib.parse import urlencode

from allauth.account.views import LoginView, LogoutView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from .. import actions, door, locked
from ..actions.sessions import check_may_end_sessions
from ..roles import Capability
from ..stepup import ConfirmForm, fresh
from ..tries import UNLOCK, Try
from .doors import needs, person_or_404

_login, _logout = LoginView.as_view(), LogoutView.as_view()
#: In the address of the sign-in page: somebody else than whose session is locked here.
OTHER = "other"


def sign_in(request: HttpRequest) -> Any:
    """Where a session is locked, everything that wants somebody signed in leads to its lock page first."""
    if request.method == "GET" and door.LOCKED in request.session and OTHER not in request.GET:
        return redirect(f"{reverse('account_unlock')}?{urlencode(request.GET.dict())}")
    return _login(request)


def sign_out(request: HttpRequest) -> Any:
    """The browser forgets what it kept of our pages. Not its cookies: the language, and what says that a second
    factor was shown here today, are meant to outlive it and open nothing alone."""
    person = locked.person_of(request)
    response = _logout(request)
    if request.method == "POST":
        # allauth signs out whoever is signed in; a locked session, and half a sign-in, are somebody's as well.
        if person is not None:
            locked.end(request, person, why="")
        logout(request)
        response["Clear-Site-Data"] = '"cache", "storage"'
    return response


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def unlock(request: HttpRequest) -> HttpResponse:
    """The lock page. The password of whoever's session it is brings them back to their page and their text."""
    person = locked.person_of(request)
    where = next_page(request)
    if person is None:
        return redirect(f"{reverse('account_login')}?{urlencode({'next': where})}")
    form = ConfirmForm(request.POST or None, person=person, why="UNLOCK")
    if request.method == "POST" and form.is_valid():
        locked.unlock(request, person)
        request.let_in = Try(UNLOCK, str(person.pk), "")  # type: ignore[attr-defined]
        return HttpResponseRedirect(where, status=303)
    context = {
        "form": form,
        "name": person.name,
        "next": where,
        "hours": settings.SESSION_LOCKED_SECONDS // 3600,
        "other": f"{reverse('account_login')}?{urlencode({OTHER: 1})}",
    }
    return render(request, "account/locked.html", context)


def next_page(request: HttpRequest) -> str:
    """The page to come back to, when it is one of ours."""
    path = request.POST.get("next") or request.GET.get("next", "")
    return path if path.startswith("/") and url_has_allowed_host_and_scheme(path, None) else "/"


@login_required
@require_http_methods(["GET", "POST"])
@needs(Capability.MANAGE_PEOPLE)
@fresh
def end_all(request: HttpRequest, person_id: uuid.UUID) -> HttpResponse:
    """Every session of somebody who is looked after; their account stays open."""
    found = person_or_404(request, person_id)
    user: Any = request.user
    check_may_end_sessions(user, found)
    back = reverse("place:person", args=[found.pk])
    if request.method == "POST":
        actions.end_sessions_of(person=found, by=user)
        messages.success(request, _("Every session of this person has ended."))
        return redirect(back)
    context = {
        "title": _("End every session"),
        "label": _("End them all"),
        "caption": found.name,
        "cancel_url": back,
        "danger": True,
        "consequences": [
            _("This person is signed out everywhere at once, and may sign in again."),
            _("What they typed and did not send is kept for them."),
        ],
    }
    return render(request, "place/confirm.html", context)
