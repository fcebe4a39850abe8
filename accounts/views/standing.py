"""What one may do and why, and letting a colleague stand in."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from .. import actions, queries, standing
from ..access import runs_place
from ..actions.standing import check_gives
from ..forms.standing import StandInForm
from ..mine import why
from ..models import Membership
from ..refusals import NotFound, NotNow
from ..roles import Capability
from ..stepup import fresh
from .doors import attempt, needs, person_or_404, refill


@login_required
@require_safe
def rights(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    return render(request, "account/rights.html", {"posts": standing.own_posts(user), **why(user)})


@login_required
@require_http_methods(["GET", "POST"])
@fresh
def stand_in(request: HttpRequest, post_id: uuid.UUID) -> HttpResponse:
    """The holder of a post lets a colleague stand in."""
    post = standing.own_post(request.user, post_id)  # type: ignore[arg-type]
    if post is None:
        raise NotFound
    return _give(request, post, back=reverse("account_rights"))


@login_required
@require_http_methods(["GET", "POST"])
@needs(Capability.MANAGE_PLACE)
@fresh
def stand_in_for(request: HttpRequest, person_id: uuid.UUID, post_id: uuid.UUID) -> HttpResponse:
    """An administrator does it for somebody who is away, and says why."""
    person = person_or_404(request, person_id)
    posts: Any = queries.posts_within(request.user).filter(person=person, pk=post_id)  # type: ignore[arg-type]
    post = posts.select_related("agency", "person").first()
    if post is None:
        raise NotFound
    return _give(request, post, back=reverse("place:person", args=[person.pk]))


def _give(request: HttpRequest, post: Membership, *, back: str) -> HttpResponse:
    user: Any = request.user
    check_gives(user, post)
    form = refill(request, StandInForm, post=post, by=user)
    if request.method == "POST" and form.is_valid():
        given = lambda: actions.let_stand_in(post=post, by=user, **form.cleaned_data)  # noqa: E731
        try:
            done = attempt(form, given)
        except NotNow as refusal:
            form.add_error(None, str(refusal.sentence))
        else:
            if done:
                messages.success(request, _("It is recorded who stands in. It counts from the first day on."))
                return redirect(back)
    lines = [
        _("Whoever stands in may do all that the post may, and the trail says each time that they stood in."),
        _("The holder goes on holding the post. Nobody approves what they asked for themselves."),
    ]
    context = {
        "form": form,
        "title": _("Let somebody stand in"),
        "label": _("Let them stand in"),
        "caption": f"{post.get_role_display()}, {post.agency.name} – {post.person.name}",
        "lines": lines,
        "back": back,
    }
    return render(request, "place/form.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def stand_in_end(request: HttpRequest, post_id: uuid.UUID) -> HttpResponse:
    """By whom somebody stands in for, by the stand-in, or by an administrator; at once."""
    user: Any = request.user
    found = standing.standing_in_of(user, post_id, everybody=runs_place(user))
    if found is None or found.stands_in_for is None:
        raise NotFound
    is_own = user.pk in (found.person_id, found.stands_in_for.person_id)
    back = reverse("account_rights") if is_own else reverse("place:person", args=[found.person_id])
    if standing.is_over(found):
        messages.warning(request, _("This has ended already."))
        return redirect(back)
    if request.method == "POST":
        actions.end_stand_in(membership=found, by=user)
        messages.success(request, _("It has ended. It counts from the next click on."))
        return redirect(back)
    context = {
        "title": _("End the standing in?"),
        "caption": f"{found.person.name} – {found.get_role_display()}, {found.agency.name}",
        "consequences": [_("%(who)s can do nothing of this post any more.") % {"who": found.person.name}],
        "label": _("End it"),
        "danger": True,
        "cancel_url": back,
    }
    return render(request, "place/confirm.html", context)
