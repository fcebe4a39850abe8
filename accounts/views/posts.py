"""Roles of a person: one more, or the end of one."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from .. import actions, queries
from ..access import check_manages
from ..forms.people import EndForm, PostForm
from ..refusals import NotFound, Refused
from ..roles import Capability
from ..stepup import fresh
from .acts import leaving
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


@login_required
@require_http_methods(["GET", "POST"])
@needs(Capability.MANAGE_PEOPLE)
@fresh
def role_end(request: HttpRequest, person_id: uuid.UUID, post_id: uuid.UUID) -> HttpResponse:
    person = person_or_404(request, person_id)
    post = (
        queries.posts_within(request.user).filter(person=person, pk=post_id).select_related("agency").first()
    )
    if post is None:
        raise NotFound
    check_manages(request.user, agency_id=post.agency_id, role=post.role)
    form = refill(request, EndForm)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        at_once = data["when"] == EndForm.AT_ONCE
        ended = lambda: actions.end_membership(  # noqa: E731
            membership=post, ends_on=data["ends_on"], at_once=at_once, by=request.user
        )
        if attempt(form, ended):
            messages.success(request, _("The end of the role is recorded."))
            return redirect("place:person", person.pk)
    context = {
        "form": form,
        "title": _("End a role"),
        "label": _("End the role"),
        "caption": f"{person.name} – {post.get_role_display()}, {post.agency.name}",
        "lines": leaving(person),
        "danger": True,
        "back": reverse("place:person", args=[person.pk]),
    }
    return render(request, "place/form.html", context)
