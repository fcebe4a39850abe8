"""Acts of weight ask for the password again when the last time is more than five minutes ago.

The page that asks stands at the address of the act itself. What had been sent travels through it sealed, under its
sender's key and bound to that address, and goes on when the password is right: nothing is kept in between, nothing is
lost, and each tab has its own. Programs with tokens are not asked: nobody sits there.
"""

import base64
import binascii
import functools
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from audit.kinds import Kind
from audit.record import Thing, record

from .door import SINCE
from .fields import PlainForm
from .models import User
from .tries import PASSWORD, Try, record_failure
from .vault import CannotOpen, Subject, ensure_key, seal, unseal

#: In a session: when its person last showed the password, in seconds.
CONFIRMED = "confirmed"
#: In what the page that asks sends. Nothing of it reaches the act.
FIELD, SENT = "confirm_password", "confirm_sent"
PLACE = "stepup.sent"


class ConfirmForm(PlainForm):
    """`why` says on the trail what a wrong password was for."""

    confirm_password = forms.CharField(
        label=_("Your password"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, person: User, why: str = "CONFIRM", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person, self.why = person, why

    def clean_confirm_password(self) -> str:
        typed: str = self.cleaned_data[FIELD]
        if not self.person.check_password(typed):
            record_failure(self.person.sign_in_name, why=self.why)
            raise forms.ValidationError(_now("This is not your password."))
        return typed


def is_fresh(request: HttpRequest) -> bool:
    """Whether this session's person signed in, unlocked it or confirmed within the last minutes."""
    shown = max(request.session.get(CONFIRMED, 0), request.session.get(SINCE, 0))
    return bool(timezone.now().timestamp() - shown <= settings.CONFIRMED_FOR.total_seconds())


def confirm(request: HttpRequest) -> None:
    request.session[CONFIRMED] = int(timezone.now().timestamp())


def fresh(view: Any) -> Any:
    """Asks for the password, whether the page is opened or sent."""
    return _guarded(view, ("GET", "HEAD", "POST"))


def fresh_to_send(view: Any) -> Any:
    """Asks when something is sent; the page itself opens."""
    return _guarded(view, ("POST",))


def _guarded(view: Any, methods: tuple[str, ...]) -> Any:
    @functools.wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = _ask(request) if request.method in methods and request.user.is_authenticated else None
        return answer or view(request, *args, **kwargs)

    asked.asks_again = methods  # type: ignore[attr-defined]
    return asked


def _ask(request: HttpRequest) -> HttpResponse | None:
    """The page that asks; None where the act may go on."""
    if getattr(request, "token", None):
        return None
    if FIELD not in request.POST:
        return None if is_fresh(request) else _page(request, None, _sealed(request))
    form = ConfirmForm(request.POST, person=request.user)
    if not form.is_valid():
        return _page(request, form, request.POST.get(SENT, ""))
    confirm(request)
    request.let_in = Try(PASSWORD, str(request.user.pk), "")  # type: ignore[attr-defined]
    record(Kind.CONFIRMED, Thing(type="session"))
    if not request.POST.get(SENT):
        return redirect(request.get_full_path())
    sent = _opened(request)
    if sent is None:
        return redirect(request.get_full_path())
    request.POST = sent  # type: ignore[assignment]
    return None


def _page(request: HttpRequest, form: ConfirmForm | None, sent: str) -> HttpResponse:
    if request.method == "POST" and form is None:
        import_string(settings.FORM_KEEP)(request)
    context = {
        "form": form or ConfirmForm(person=request.user),
        "sent": sent,
        "minutes": int(settings.CONFIRMED_FOR.total_seconds()) // 60,
    }
    return render(request, "account/confirm.html", context)


def _sealed(request: HttpRequest) -> str:
    """What was sent, for the same person at the same address alone."""
    if request.method != "POST":
        return ""
    subject = Subject("STAFF", request.user.pk)
    ensure_key(subject)
    data = {name: values for name, values in request.POST.lists() if name != "csrfmiddlewaretoken"}
    value = {"path": request.get_full_path(), "data": data}
    sealed = seal(value, subject=subject, place=PLACE, row=request.user.pk) or b""
    return base64.b64encode(sealed).decode()


def _opened(request: HttpRequest) -> QueryDict | None:
    subject = Subject("STAFF", request.user.pk)
    try:
        token = base64.b64decode(request.POST[SENT], validate=True)
        value = unseal(token, subject=subject, place=PLACE, row=request.user.pk)
    except (binascii.Error, ValueError, CannotOpen):
        return None
    if value["path"] != request.get_full_path():
        return None
    sent = QueryDict(mutable=True)
    for name, values in value["data"].items():
        sent.setlist(name, values)
    # Drafts that were kept while the password was asked are forgotten with the rest.
    sent.setlist("kept", request.POST.getlist("kept"))
    return sent
