"""Who is signed in to the interface for programs. The framework reads this before its own views exist."""

from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request

from accounts.refusals import Refused


class Session(SessionAuthentication):
    """Whoever is signed in on the site. Who is not gets 401, which the framework gives for a scheme with a name."""

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
