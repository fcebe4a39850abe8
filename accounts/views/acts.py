"""What is done to an account: made, renamed, given a slip, closed, opened again."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from .. import actions
from ..about import stamp
from ..access import check_manages_account
from ..actions.people import NAMES
from ..actions.slips import check_may_print
from ..forms.people import InviteForm, NamesForm
from ..models import User
from ..roles import Capability
from ..stepup import fresh
from .doors import attempt, needs, person_or_404, refill


@login_required
@require_http_methods(["GET", "POST"])
@needs(Capability.MANAGE_PEOPLE)
@fresh
def person_new(request: HttpRequest) -> HttpResponse:
    form = refill(request, InviteForm, by=request.user)
    if request.method == "POST" and form.is_valid():
        made = attempt(form, lambda: actions.invite(**form.cleaned_data, by=request.user))
        if made:
            messages.success(
                request, _("The account is made. Now print the slip and hand it over in person.")
            )
            return redirect("place:person", made.pk)
    context = {"form": form, "title": _("Add a person"), "label": _("Add this person")}
    return render(request, "place/form.html", {**context, "back": reverse("place:people")})


@login_required
@require_http_methods(["GET", "POST"])
@needs(Capability.MANAGE_PEOPLE)
@fresh
def person_names(request: HttpRequest, person_id: uuid.UUID) -> HttpResponse:
    found = person_or_404(request, person_id)
    check_manages_account(request.user, found)
    shown = {name: getattr(found, name) for name in NAMES} | {"seen": stamp(found, NAMES)}
    form = refill(request, NamesForm, person=found, initial=shown)
    save = lambda: actions.change_names(person=found, **form.cleaned_data, by=request.user)  # noqa: E731
    if request.method == "POST" and form.is_valid() and attempt(form, save):
        messages.success(request, _("The names are changed."))
        return redirect("place:person", found.pk)
    context = {"form": form, "title": _("Change the names"), "label": _("Save"), "caption": found.name}
    return render(request, "place/form.html", {**context, "back": reverse("place:person", args=[found.pk])})


@login_required
@require_http_methods(["GET", "POST"])
@needs(Capability.MANAGE_PEOPLE)
@fresh
def person_slip(request: HttpRequest, person_id: uuid.UUID) -> HttpResponse:
    """POST prints a new code, shown this once. Opened as an address, it says what will happen."""
    found = person_or_404(request, person_id)
    check_may_print(request.user, found)
    if request.method == "POST":
        printed = actions.print_slip(person=found, by=request.user)
        where = request.build_absolute_uri(reverse("account_slip"))
        return render(request, "place/slip.html", {"person": found, "printed": printed, "where": where})
    lines = [
        _("A code of twelve signs is shown once, on a page to print. It is kept nowhere."),
        _("An older slip of this person no longer works."),
        _("Hand it over in person. It is valid for 7 days."),
        _("Somebody else prints the code sheet for the second page of the sign-in: nobody alone has both."),
    ]
    if found.last_login:
        lines.append(_("With it, this person chooses a new password; the old one works until then."))
    return _confirm(request, found, _("Print a sign-in slip"), _("Print the slip"), lines)


@login_required
@require_http_methods(["GET", "POST"])
@needs(Capability.MANAGE_PEOPLE)
@fresh
def person_enable(request: HttpRequest, person_id: uuid.UUID) -> HttpResponse:
    found = person_or_404(request, person_id)
    check_manages_account(request.user, found)
    if request.method == "POST":
        actions.enable_person(person=found, by=request.user)
        messages.success(request, _("The account is open again."))
        return redirect("place:person", found.pk)
    lines = [
        _("%(name)s may sign in again with the password from before.") % {"name": found.name},
        _("The roles that have not ended give their rights again."),
    ]
    return _confirm(request, found, _("Open the account again"), _("Open the account again"), lines)


def _confirm(
    request: HttpRequest, person: User, title: str, label: str, lines: list[str], *, danger: bool = False
) -> HttpResponse:
    context = {
        "title": title,
        "label": label,
        "consequences": lines,
        "danger": danger,
        "cancel_url": reverse("place:person", args=[person.pk]),
        "caption": person.name,
    }
    return render(request, "place/confirm.html", context)
