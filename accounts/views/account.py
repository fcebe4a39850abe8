"""One's own account: a slip with which a password is chosen, the password, the other sessions."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from audit.sentences import sentence
from audit.words import Words

from .. import actions, offers, queries, sittings
from .. import happened as happening
from ..forms.own import PasswordForm, SlipForm
from ..held import FEW, own_factors
from ..middleware import address_of
from ..models import Sitting
from ..refusals import NotFound
from ..roles import Capability
from ..tries import PASSWORD, SLIP, Try, record_failure


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def slip(request: HttpRequest) -> HttpResponse:
    """Choose a password with the code of a slip. A name that nobody has, a wrong code and a slip that is used, too
    old or of a closed account get the same answer."""
    form = SlipForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            used = actions.use_slip(sign_in_name=data["login"], code=data["code"], password=data["password1"])
        except ValidationError as refused:  # told to whoever holds the slip alone, which is not used up
            form.add_error("password1", refused)
            return render(request, "account/slip.html", {"form": form})
        if used:
            request.let_in = Try(SLIP, data["login"], address_of(request))  # type: ignore[attr-defined]
            messages.success(request, _("Your password is set. Sign in with it now."))
            return redirect("account_login")
        record_failure(data["login"], why="SLIP")
        form.add_error(
            None,
            _(
                "This name and this code do not open anything together. Check both. A slip works once, for 7 days; "
                "a newer one ends it. If it does not help, ask for a new slip."
            ),
        )
    return render(request, "account/slip.html", {"form": form})


@sensitive_post_parameters()
@login_required
@require_http_methods(["GET", "POST"])
def own(request: HttpRequest) -> HttpResponse:
    """Change the own password. Every other session of the account ends with the old one."""
    user: Any = request.user
    form = PasswordForm(request.POST or None, person=user)
    if request.method == "POST" and form.is_valid():
        actions.change_password(person=user, password=form.cleaned_data["password1"], by=user)
        update_session_auth_hash(request, user)
        request.let_in = Try(PASSWORD, str(user.pk), "")  # type: ignore[attr-defined]
        messages.success(request, _("Your password is changed. Other sessions of yours have ended."))
        return redirect("account_own")
    context = {
        "form": form,
        "factors": own_factors(user),
        "few": FEW,
        "sessions": sittings.own(request, user),
        "tokens": [
            offers.line(one, url=reverse("tokens:mine", args=[one.pk])) for one in queries.own_tokens(user)
        ],
    }
    return render(request, "account/own.html", context | {"hands_out": user.may(Capability.HAND_OUT_FACTORS)})


@login_required
@require_safe
def happened(request: HttpRequest) -> HttpResponse:
    """What others and they themselves did to their account lately."""
    user: Any = request.user
    words = Words()
    rows = [
        {"event": one, "sentence": sentence(one, words)}
        for one in happening.events(user, timezone.now() - happening.SHOWN_FOR)
    ]
    return render(request, "account/happened.html", {"rows": rows, "days": happening.SHOWN_FOR.days})


@login_required
@require_POST
def sessions(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    actions.end_other_sessions(person=user, by=user)
    update_session_auth_hash(request, user)
    messages.success(request, _("Your other sessions have ended. This one goes on."))
    return redirect("account_own")


@login_required
@require_POST
def session_end(request: HttpRequest, sitting_id: uuid.UUID) -> HttpResponse:
    user: Any = request.user
    found = Sitting.objects.filter(person=user, pk=sitting_id).first()
    if found is None or found.session_key == request.session.session_key:
        raise NotFound
    actions.end_session(sitting=found, by=user)
    messages.success(request, _("That session has ended."))
    return redirect("account_own")
