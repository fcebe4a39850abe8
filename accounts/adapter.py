"""allauth's doors as this place needs them: nobody signs up, everything that happens is on the trail."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from audit.context import become, require_actor
from audit.kinds import Kind, Result
from audit.record import Thing, record


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
        return response

    def logout(self, request: HttpRequest) -> None:
        if request.user.is_authenticated:
            record(Kind.SIGN_OUT, Thing(type="session"))
        super().logout(request)
