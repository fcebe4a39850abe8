"""One more role of a person; the end of one is views/turnover.py."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from .. import actions
from ..forms.people import PostForm
from ..refusals import Refused
from ..roles import Capability
from ..stepup import fresh
from .doors import attempt, needs, person_or_404, refill


@login_required
@require_http_methods(["GET", "POST"])
@needs(Capability.MANAGE_PEOPLE)
@fresh
def role_new(request: HttpRequest, person_id: uuid.UUID) -> HttpResponse:
    person = person_or_404(request, person_id)
    if person.pk == request.user.pk:
        raise Refused(_("You cannot give a role to yourself. Ask another administrator."), code="own-role")
    form = refill(request, PostForm, by=request.user)
    if request.method == "POST" and form.is_valid():
        given = lambda: actions.start_membership(person=person, **form.cleaned_data, by=request.user)  # noqa: E731
        if attempt(form, given):
            messages.success(request, _("The role is given. It counts from the next click on."))
            return redirect("place:person", person.pk)
    context = {"form": form, "title": _("Give a role"), "label": _("Give the role"), "caption": person.name}
    return render(request, "place/form.html", {**context, "back": reverse("place:person", args=[person.pk])})
