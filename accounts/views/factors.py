"""One's own second factors: an app or a security key added, one of them removed."""

import base64
import uuid
from typing import Any

import segno
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from .. import actions, factors, security_keys
from ..actions.factors import check_not_last
from ..forms.factors import AppForm, KeyForm
from ..models import Factor, User
from ..paper import in_groups
from ..refusals import NotFound, NotNow
from ..stepup import fresh
from ..vault import ensure_key, seal, unseal
from .doors import attempt

SECRET, STATE = "app_secret", "key_made"
PLACE = "session.app_secret"


@sensitive_post_parameters()
@login_required
@fresh
@require_http_methods(["GET", "POST"])
def app_new(request: HttpRequest) -> HttpResponse:
    """The secret is shown until a code proves that the app has it. Meanwhile it waits sealed in the session."""
    user: Any = request.user
    secret = _waiting(request, user)
    form = AppForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        step = factors.step_of(secret, form.cleaned_data["code"])
        if step is None:
            form.add_error(
                "code", _("This is not the code that the app should show now. Is its clock right?")
            )
        elif attempt(form, lambda: actions.add_app(person=user, secret=secret, step=step,
                                                label=form.cleaned_data["label"], by=user)):  # fmt: skip
            request.session.pop(SECRET, None)
            messages.success(request, _("From now on you may sign in with a code of this app."))
            return redirect("account_own")
    square = _square(factors.address(secret, user))
    context = {"form": form, "secret": in_groups(secret).replace("-", " "), **square}
    return render(request, "account/app.html", context)


def _waiting(request: HttpRequest, user: User) -> str:
    subject = factors.subject_of(user.pk)
    ensure_key(subject)
    kept = request.session.get(SECRET)
    if kept:
        opened: str = unseal(base64.b64decode(kept), subject=subject, place=PLACE, row=user.pk)
        return opened
    secret = factors.new_secret()
    sealed = seal(secret, subject=subject, place=PLACE, row=user.pk) or b""
    request.session[SECRET] = base64.b64encode(sealed).decode()
    return secret


def _square(text: str) -> dict[str, Any]:
    """The dark modules of a QR code as one path of SVG, with the margin that readers need."""
    rows = list(segno.make(text, micro=False, error="m").matrix_iter(scale=1, border=4))
    path = " ".join(f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return {"path": path, "size": len(rows)}


@login_required
@fresh
@require_http_methods(["GET", "POST"])
def key_new(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    origin = security_keys.origin_of(request)
    form = KeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        key = _checked(request, form, origin)
        if key and attempt(
            form, lambda: actions.add_key(person=user, key=key, label=form.cleaned_data["label"], by=user)
        ):
            messages.success(request, _("From now on you may sign in with this security key."))
            return redirect("account_own")
    held = Factor.objects.live().filter(person=user, kind=Factor.Kind.KEY).order_by("pk")
    keys = [security_keys.Held.of(factors.opened(one)) for one in held]
    options, request.session[STATE] = security_keys.ask_new(origin, user.pk.bytes, keys)
    return render(request, "account/key.html", {"form": form, "options": options})


def _checked(request: HttpRequest, form: KeyForm, origin: str) -> security_keys.Held | None:
    try:
        return security_keys.check_new(origin, request.session.pop(STATE, None), form.cleaned_data["answer"])
    except security_keys.NoSeparateKey:
        form.add_error(
            None,
            _(
                "This key is kept in a computer or telephone, or copied to other devices. Whoever sits there could use "
                "it. Take a separate key that is plugged in or held to the computer."
            ),
        )
    except security_keys.DoesNotFit:
        form.add_error(None, _("The key gave no answer that fits. Try again, and touch it when it blinks."))
    return None


@login_required
@fresh
@require_http_methods(["GET", "POST"])
def factor_remove(request: HttpRequest, factor_id: uuid.UUID) -> HttpResponse:
    user: Any = request.user
    found = Factor.objects.live().filter(person=user, pk=factor_id).first()
    if found is None:
        raise NotFound
    try:
        if request.method == "POST":
            person = actions.remove_factor(factor=found, by=user)
            update_session_auth_hash(request, person)
            messages.success(request, _("It is removed. Every other session of yours has ended."))
            return redirect("account_own")
        check_not_last(found)
    except NotNow as refusal:
        messages.warning(request, str(refusal.sentence))
        return redirect("account_own")
    context = {
        "title": _("Remove a second factor"),
        "label": _("Remove it"),
        "caption": found.label or found.get_kind_display(),
        "danger": True,
        "cancel_url": reverse("account_own"),
        "consequences": [
            _("Nobody signs in with it any more."),
            _("Every other session of yours ends, and each computer asks you again."),
        ],
    }
    return render(request, "place/confirm.html", context)
