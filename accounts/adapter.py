"""allauth's doors as this place needs them: nobody signs up, everything that happens is on the trail."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from audit.context import become, require_actor
from audit.kinds import Kind, Result
from audit.record import Thing, record

#: Names the last person who signed in on this browser, so that text typed into an ended session is kept for them.
DESK_COOKIE = "desk"
DESK_SALT = "karpea.desk"


class Adapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return reverse("reports:my_work")

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        super().authentication_failed(request, **credentials)
        record(Kind.SIGN_IN_FAILED, Thing(type="session"), result=Result.REFUSED)

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        response = super().post_login(request, user, **kwargs)
        outer = require_actor()
        with become(user.as_actor(request_id=outer.request_id, ip=outer.ip)):
            record(Kind.SIGN_IN, Thing(type="session"))
        response.set_cookie(
            DESK_COOKIE,
            signing.dumps(str(user.pk), salt=DESK_SALT),
            max_age=12 * 60 * 60,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure(),
        )
        return response

    def logout(self, request: HttpRequest) -> None:
        if request.user.is_authenticated:
            record(Kind.SIGN_OUT, Thing(type="session"))
        super().logout(request)


def last_person(request: HttpRequest) -> str | None:
    """The id of whoever signed in last in this browser within half a day, from the signed cookie."""
    try:
        return str(signing.loads(request.COOKIES.get(DESK_COOKIE, ""), salt=DESK_SALT, max_age=12 * 60 * 60))
    except signing.BadSignature:
        return None
