"""The code of conduct: read and accepted by everybody, edited as a new version by administrators."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from .. import actions, conduct
from ..forms.conduct import AcceptForm, ConductForm
from ..refusals import NotFound, NotNow
from ..roles import Capability
from ..stepup import fresh
from .doors import attempt, needs, refill
from .sessions import next_page


@login_required
@require_http_methods(["GET", "POST"])
def own(request: HttpRequest) -> HttpResponse:
    """The version in force, to accept or to read again."""
    user: Any = request.user
    text, where = conduct.newest(), next_page(request)
    if text is None:
        raise NotFound
    form = AcceptForm(request.POST or None, initial={"version": text.version, "next": where})
    if request.method == "POST" and form.is_valid():
        try:
            actions.accept_conduct(person=user, version=form.cleaned_data["version"], by=user)
        except NotNow as refusal:
            messages.warning(request, str(refusal.sentence))
            return redirect("account_conduct")
        return HttpResponseRedirect(where, status=303)
    context = {"text": text, "form": form, "is_due": user.conduct_due, "accepted": conduct.accepted_by(user)}
    return render(request, "account/conduct.html", context)


@login_required
@require_http_methods(["GET", "POST"])
@needs(Capability.MANAGE_PLACE)
@fresh
def versions(request: HttpRequest) -> HttpResponse:
    """What is there, and a form that begins with the words in force."""
    newest = conduct.newest()
    shown = {"text_km": newest.text_km, "text_en": newest.text_en} if newest else {}
    form = refill(request, ConductForm, initial=shown)
    if request.method == "POST" and form.is_valid():
        publish = lambda: actions.publish_conduct(**form.cleaned_data, by=request.user)  # noqa: E731
        if attempt(form, publish):
            messages.success(
                request, _("The new version is published. Everybody meets it at their next click.")
            )
            return redirect("place:conduct")
    return render(request, "place/conduct.html", {"form": form, "versions": conduct.versions()})
