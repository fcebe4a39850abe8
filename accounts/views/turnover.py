"""What somebody holds, handed over: with the end of a role, with the closing of an account, or during a long leave."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from .. import actions, queries, turnover
from ..access import check_manages
from ..actions.people import check_may_close
from ..forms.people import EndForm
from ..forms.turnover import EndPostForm, HandOverForm, TakersForm
from ..models import Membership, User
from ..refusals import NotFound
from ..roles import Capability
from ..standing import is_over
from ..stepup import fresh
from .doors import attempt, needs, person_or_404, refill


@login_required
@require_http_methods(["GET", "POST"])
@needs(Capability.MANAGE_PEOPLE)
@fresh
def hand_over(request: HttpRequest, person_id: uuid.UUID) -> HttpResponse:
    """Everything that somebody holds, on one page; the files go to colleagues, the access stays."""
    person = person_or_404(request, person_id)
    teams = turnover.teams_of(person)
    form = refill(
        request, HandOverForm, teams=teams, nobody=_("They stay with %(name)s") % {"name": person.name}
    )
    if request.method == "POST" and form.is_valid():
        act = lambda: actions.hand_work_over(person=person, takers=form.takers(), by=request.user)  # noqa: E731
        if (handed := attempt(form, act)) is not None:
            messages.success(request, _told(handed))
            return redirect("place:person", person.pk)
    lines = [_("Account and roles stay as they are. Choose who goes on with the files.")]
    return _page(request, person, form, title=_("Hand work over"), label=_("Hand over"), lines=lines)


@login_required
@require_http_methods(["GET", "POST"])
@needs(Capability.MANAGE_PEOPLE)
@fresh
def role_end(request: HttpRequest, person_id: uuid.UUID, post_id: uuid.UUID) -> HttpResponse:
    person = person_or_404(request, person_id)
    posts = queries.posts_within(request.user).filter(person=person, pk=post_id)
    post = posts.select_related("agency").first()
    if post is None:
        raise NotFound
    check_manages(request.user, agency_id=post.agency_id, role=post.role)
    form = refill(
        request, EndPostForm, teams=turnover.teams_of(person, only=post.agency_id), nobody=_nobody()
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        act = lambda: actions.end_post(  # noqa: E731
            membership=post,
            takers=form.takers(),
            ends_on=data["ends_on"],
            at_once=data["when"] == EndForm.AT_ONCE,
            by=request.user,
        )
        if (handed := attempt(form, act)) is not None:
            messages.success(request, _("The end of the role is recorded.") + " " + _told(handed))
            return redirect("place:person", person.pk)
    caption = f"{person.name} – {post.get_role_display()}, {post.agency.name}"
    title, label, lines = _("End a role"), _("End the role"), _going_on(request.user, post)
    return _page(request, person, form, title=title, label=label, caption=caption, lines=lines, danger=True)


def _going_on(reader: Any, post: Membership) -> list[str]:
    """What the end of one role does not end, as far as the reader looks after it."""
    every = Membership.objects.filter(person=post.person_id).exclude(pk=post.pk)
    last = {one.pk for one in every if not is_over(one)}
    others = [one for one in queries.posts_of(reader, post.person) if one.pk in last]
    here = sorted(others, key=lambda one: one.agency_id != post.agency_id)
    lines = [
        _("This goes on: %(role)s, %(agency)s.") % {"role": one.get_role_display(), "agency": one.agency.name}
        for one in here
    ]
    if len(others) < len(last):
        lines.append(_("A role elsewhere that you do not look after goes on, too."))
    return lines or [_("This person has no other role: access to all case files ends with this one.")]


@login_required
@require_http_methods(["GET", "POST"])
@needs(Capability.MANAGE_PEOPLE)
@fresh
def person_disable(request: HttpRequest, person_id: uuid.UUID) -> HttpResponse:
    person = person_or_404(request, person_id)
    check_may_close(request.user, person)
    form = refill(request, TakersForm, teams=turnover.teams_of(person), nobody=_nobody())
    if request.method == "POST" and form.is_valid():
        act = lambda: actions.close_account(person=person, takers=form.takers(), by=request.user)  # noqa: E731
        if (handed := attempt(form, act)) is not None:
            messages.success(
                request, _("The account is closed. Every session of it has ended.") + " " + _told(handed)
            )
            return redirect("place:person", person.pk)
    lines = [
        _("%(name)s is signed out everywhere at once and cannot sign in any more.") % {"name": person.name},
        _("Text that was typed on pages and not sent is deleted."),
        _("Tokens of programs that act for them end for good."),
    ]
    title = _("Close the account")
    return _page(request, person, form, title=title, label=title, lines=lines, danger=True)


def _nobody() -> str:
    return _("Nobody: they go to the head of the office")


def _told(handed: int) -> str:
    if not handed:
        return _("No file changed hands.")
    told = ngettext("%(number)s file was handed over.", "%(number)s files were handed over.", handed)
    return told % {"number": handed}


def _page(request: HttpRequest, person: User, form: Any, **context: Any) -> HttpResponse:
    held = turnover.rows(person)
    context = {
        "caption": person.name,
        **context,
        "form": form,
        "person": person,
        "held": held,
        "back": reverse("place:person", args=[person.pk]),
        "can_send": bool(form.fields),
    }
    return render(request, "place/turnover.html", context)
