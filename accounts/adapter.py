"""allauth's doors as this place needs them: nobody signs up, everything that happens is on the trail."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.context import become, require_actor
from audit.kinds import Kind
from audit.record import Thing, record

from . import door, sittings
from .door import SINCE
from .happened import told
from .held import told_since
from .tries import SIGN_IN, Try, record_failure


def _news(user: Any, shown: door.Shown | None, address: str) -> list[str]:
    """What somebody should know about their account since they signed in last."""
    since = shown.before if shown else None
    return [*told_since(user, since), *told(user, since, address=address)] if since else []


class Adapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "username_password_mismatch": _(
            "This sign-in name and this password do not fit together. Check both."
        )
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return reverse("reports:my_work")

    def get_login_stages(self) -> list[str]:
        return ["accounts.stages.SecondFactor"]

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        super().authentication_failed(request, **credentials)
        record_failure(credentials.get("username", ""), why="PASSWORD")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Any:
        """The right password of a closed account is answered as a wrong one: nobody learns that a stolen one fits."""
        user = super().authenticate(request, **credentials)
        if user is None or user.is_active:
            return user
        record_failure(user.sign_in_name, why="CLOSED")
        return None

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        """Closed between the two pages."""
        record_failure(user.sign_in_name, why="CLOSED")
        return redirect("account_login")

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        response = super().post_login(request, user, **kwargs)
        request.session.pop(door.LOCKED, None)
        request.session[SINCE] = int(timezone.now().timestamp())
        sittings.begin(request, user)
        shown = door.shown(request, user)
        if shown:
            request.session[door.MARK] = str(user.pk)
        outer = require_actor()
        request.let_in = Try(SIGN_IN, user.sign_in_name, outer.ip)
        with become(user.as_actor(request_id=outer.request_id, ip=outer.ip)):
            record(Kind.SIGN_IN, Thing(type="session"), detail={"factor": shown.kind if shown else ""})
            for sentence in _news(user, shown, outer.ip):
                messages.warning(request, sentence)
        return response

    def logout(self, request: HttpRequest) -> None:
        if request.user.is_authenticated:
            record(Kind.SIGN_OUT, Thing(type="session"))
        super().logout(request)
