"""Who calls the interface for programs. The framework reads this before its own views exist."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import SAFE_METHODS, IsAuthenticated
from rest_framework.request import Request

from accounts.models import Token
from accounts.refusals import Refused


class ByToken(BaseAuthentication):
    """A program with a token. Who it is was found out before anybody acted (accounts/middleware.py)."""

    def authenticate(self, request: Request) -> tuple[Any, Token] | None:
        if not request.headers.get("Authorization"):
            return None
        token = getattr(request._request, "token", None)
        if token is None:
            raise AuthenticationFailed
        return token.person, token

    def authenticate_header(self, request: Request) -> str:
        """Whoever is not known gets 401, which the framework gives for a scheme with a name."""
        return "Bearer"


class Session(SessionAuthentication):
    """Whoever is signed in on the site."""

    def authenticate_header(self, request: Request) -> str:
        return "Session"

    def enforce_csrf(self, request: Request) -> None:
        """Asked only of what an address does: anything else is a 405, which needs no token."""
        view = request.parser_context["view"]
        if getattr(view, request.method.lower(), None) is None:
            return
        try:
            super().enforce_csrf(request)
        except PermissionDenied as failed:
            raise Refused(_("Send the token against forgery with it."), code="csrf") from failed


class MayCall(IsAuthenticated):
    """Somebody; and with a token that only reads, nothing is written."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not super().has_permission(request, view):
            return False
        reads_only = isinstance(request.auth, Token) and request.auth.scope == Token.Scope.READ
        does = getattr(view, request.method.lower(), None) is not None
        if reads_only and does and request.method not in SAFE_METHODS:
            raise Refused(_("This token only reads. Ask for one that writes."), code="token:READ")
        return True
