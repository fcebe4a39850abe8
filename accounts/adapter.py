"""allauth's doors as this place needs them: nobody signs up, everything that happens is on the trail."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from audit.context import become, require_actor
from audit.kinds import Kind, Result
from audit.record import Thing, record

from . import door
from .held import told_since
from .models import User
from .vault import blind

#: When somebody signed in, kept in their session (accounts/middleware.py ends it after SESSION_COOKIE_AGE).
SINCE = "since"


class TooManyTries(Exception):
    """The door is closed for some minutes: answered with the page 429, and on the trail (accounts/middleware.py).
    `person` where it is known whose door it is: the right password was given."""

    http_status = 429

    def __init__(self, person: User | None = None) -> None:
        super().__init__("too many tries")
        self.person = person


def record_failure(name: str, *, why: str) -> None:
    """A sign-in that did not succeed, on whom: the person, or for a name that nobody has its keyed hash. What was
    typed is never kept: some type their password there."""
    name = name.strip()
    known = User.objects.filter(sign_in_name__iexact=name).first() if "\x00" not in name else None
    detail = {"why": why}
    if known is None:
        detail["name"] = blind(name.casefold(), column="sign-in name").hex()
        thing = Thing(type="session")
    else:
        thing = Thing(type="person", id=str(known.pk), label=known.sign_in_name)
    record(Kind.SIGN_IN_FAILED, thing, result=Result.REFUSED, detail=detail)


class Adapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return reverse("reports:my_work")

    def get_login_stages(self) -> list[str]:
        return ["accounts.stages.SecondFactor"]

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError as too_many:  # allauth would answer 200, with a sentence in the form
            raise TooManyTries from too_many

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        super().authentication_failed(request, **credentials)
        record_failure(credentials.get("username", ""), why="PASSWORD")

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        """The right password of a closed account."""
        record_failure(user.sign_in_name, why="CLOSED")
        return super().respond_user_inactive(request, user)

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        response = super().post_login(request, user, **kwargs)
        request.session[SINCE] = int(timezone.now().timestamp())
        shown = door.shown(request, user)
        if shown:
            request.session[door.MARK] = str(user.pk)
        outer = require_actor()
        with become(user.as_actor(request_id=outer.request_id, ip=outer.ip)):
            record(Kind.SIGN_IN, Thing(type="session"), detail={"factor": shown.kind if shown else ""})
            for sentence in told_since(user, shown.before) if shown and shown.before else []:
                messages.warning(request, sentence)
        return response

    def logout(self, request: HttpRequest) -> None:
        if request.user.is_authenticated:
            record(Kind.SIGN_OUT, Thing(type="session"))
        super().logout(request)
