"""Provinces whose files one person sees beside those of their team."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from .. import actions
from ..forms.place import OwnRightForm
from ..models import ProvincePersonRight
from ..places import name_with_unit
from ..refusals import NotFound
from ..roles import Capability
from ..stepup import fresh
from .doors import attempt, needs, person_or_404, refill


@login_required
@require_http_methods(["GET", "POST"])
@needs(Capability.MANAGE_PLACE)
@fresh
def own_right_new(request: HttpRequest, person_id: uuid.UUID) -> HttpResponse:
    person = person_or_404(request, person_id)
    live = ProvincePersonRight.objects.live().filter(user=person)
    form = refill(request, OwnRightForm, held=frozenset(live.values_list("content_object_id", flat=True)))
    if request.method == "POST" and form.is_valid():
        give = lambda: actions.give_own_right(  # noqa: E731
            person=person,
            province=form.cleaned_data["province"],
            reason=form.cleaned_data["reason"],
            valid_until=form.valid_until(),
            by=request.user,
        )
        if attempt(form, give):
            messages.success(request, _("The province right is given."))
            return redirect("place:person", person.pk)
    lines = [
        _(
            "This person alone sees the files of the province, in the parts that the kind of their agency may see."
        ),
        _("Give the right to the agency instead where the whole team needs it."),
    ]
    context = {
        "form": form,
        "title": _("Give a province right"),
        "label": _("Give this right"),
        "lines": lines,
    }
    back = reverse("place:person", args=[person.pk])
    return render(request, "place/form.html", {**context, "caption": person.name, "back": back})


@login_required
@require_http_methods(["GET", "POST"])
@needs(Capability.MANAGE_PLACE)
@fresh
def own_right_end(request: HttpRequest, person_id: uuid.UUID, right_id: uuid.UUID) -> HttpResponse:
    person = person_or_404(request, person_id)
    rights = ProvincePersonRight.objects.live().filter(user=person, pk=right_id)
    right = rights.select_related("content_object", "user").first()
    if right is None:
        raise NotFound
    if request.method == "POST":
        actions.end_own_right(right=right, by=request.user)
        messages.success(request, _("The province right has ended."))
        return redirect("place:person", person.pk)
    context = {
        "title": _("End a province right"),
        "label": _("End the right"),
        "caption": f"{person.name} – {name_with_unit(right.content_object)}",
        "consequences": [
            _("From their next click on, this person no longer sees the files of this province by it.")
        ],
        "danger": True,
        "cancel_url": reverse("place:person", args=[person.pk]),
    }
    return render(request, "place/confirm.html", context)
