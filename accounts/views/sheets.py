"""Code sheets for colleagues: who may get one from me, and the page that prints it."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from .. import actions
from ..access import above, colleagues_of, helped_by, people_within, runs_place
from ..actions.factors import check_may_print_sheet, check_may_revoke
from ..models import User
from ..refusals import NotFound
from ..roles import Capability
from ..stepup import fresh
from .doors import needs, person_or_404


@login_required
@require_safe
@needs(Capability.HAND_OUT_FACTORS)
def colleagues(request: HttpRequest) -> HttpResponse:
    me = _me(request)
    people = colleagues_of(me).filter(is_active=True).order_by("full_name_km", "pk")
    if not runs_place(me):
        people = people.exclude(above(me))
    return render(request, "account/colleagues.html", {"people": people})


@login_required
@require_http_methods(["GET", "POST"])
@needs(Capability.HAND_OUT_FACTORS)
@fresh
def sheet(request: HttpRequest, person_id: uuid.UUID) -> HttpResponse:
    """POST prints the codes, shown this once. Opened as an address, it says what will happen."""
    me = _me(request)
    found = helped_by(me).filter(pk=person_id).first() or _myself(me, person_id)
    check_may_print_sheet(me, found)
    looks_after = people_within(me).filter(pk=found.pk).exists()
    back = reverse("place:person", args=[found.pk]) if looks_after else reverse("account_colleagues")
    if request.method == "POST":
        printed = actions.print_sheet(person=found, by=me)
        return render(request, "account/sheet.html", {"person": found, "printed": printed, "back": back})
    context = {
        "title": _("Print a code sheet"),
        "label": _("Print the sheet"),
        "caption": found.name,
        "cancel_url": back,
        "consequences": [
            _("Thirty codes are shown once, on a page to print. They are kept nowhere."),
            _("An older sheet of this person no longer works. Their password stays as it is."),
            _("Hand it over in person. Print nothing for somebody who asks by telephone or message."),
            _("This person is told that you printed it, and it is on the trail."),
        ],
    }
    return render(request, "place/confirm.html", context)


def _me(request: HttpRequest) -> Any:
    return request.user


def _myself(me: User, person_id: uuid.UUID) -> User:
    """Oneself is no secret: told that nobody prints for themselves. Anybody else out of reach is a 404."""
    if me.pk != person_id:
        raise NotFound
    return me


@login_required
@require_http_methods(["GET", "POST"])
@needs(Capability.MANAGE_PEOPLE)
@fresh
def revoke(request: HttpRequest, person_id: uuid.UUID) -> HttpResponse:
    found = person_or_404(request, person_id)
    check_may_revoke(_me(request), found)
    back = reverse("place:person", args=[found.pk])
    if request.method == "POST":
        actions.revoke_factors(person=found, by=_me(request))
        messages.success(request, _("The second factors are revoked. Now somebody prints a new code sheet."))
        return redirect(back)
    context = {
        "title": _("Revoke the second factors"),
        "label": _("Revoke them"),
        "caption": found.name,
        "danger": True,
        "cancel_url": back,
        "consequences": [
            _("Code sheet, apps and security keys of this person no longer work."),
            _("Every session of theirs ends. They sign in again with a new code sheet."),
            _("This person is told at the next sign-in, and it is on the trail."),
        ],
    }
    return render(request, "place/confirm.html", context)
