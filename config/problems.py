"""Errors as machines read them (RFC 9457), in the language of the request."""

from typing import Any

from django.http import Http404, JsonResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from accounts.refusals import NotNow, Stale

#: By the status: what it is called, and what is said where the error brings no sentence of its own.
TOLD: dict[int, tuple[Promise, Promise]] = {
    400: (_("Bad request"), _("The request cannot be understood.")),
    401: (_("Not signed in"), _("Sign in first.")),
    403: (_("Not allowed"), _("Your role does not include this.")),
    404: (_("Not found"), _("This does not exist, or it is out of your reach.")),
    405: (_("Not in this way"), _("This address does not know this method.")),
    406: (_("Not in this form"), _("Answers are given as JSON only.")),
    409: (_("Changed by somebody else"), _("Somebody else has changed this meanwhile. Read it again first.")),
    412: (_("Changed by somebody else"), _("Somebody else has changed this meanwhile. Read it again first.")),
    413: (_("Too large"), _("This is more than can be taken at once.")),
    415: (_("Not in this form"), _("Send JSON.")),
    422: (_("Not the same request"), _("This key was sent with another request.")),
    428: (
        _("Without a version"),
        _("Send “If-Match” with the ETag of the record as you read it, so that no change of others is lost."),
    ),
    429: (_("Too many requests"), _("Wait a few minutes, then try again.")),
    500: (_("Error of the system"), _("Nothing was saved. Try again later.")),
    503: (_("Not available"), _("Try again in half a minute.")),
}


def _body(status: int, sentence: object = "", **more: Any) -> dict[str, Any]:
    title, detail = TOLD.get(status, TOLD[500 if status >= 500 else 400])
    return {
        "type": "about:blank",
        "title": str(title),
        "status": status,
        "detail": str(sentence or detail),
        **more,
    }


def problem(status: int, sentence: object = "", **more: Any) -> JsonResponse:
    """An error that never reached a view of the interface, or was not raised by one."""
    return JsonResponse(
        _body(status, sentence, **more), status=status, content_type="application/problem+json"
    )


def api_problem(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Django REST framework's errors in the shape of RFC 9457; the rest goes on to `server_error`."""
    # Caught here, it never reaches the middleware that keeps it for the trail.
    context["request"]._request.refusal = exc
    status, more = _asked_for(exc)
    if status in TOLD and not isinstance(exc, Http404):
        set_rollback()
        response: Response | None = Response(status=status)
    else:
        response = exception_handler(exc, context)
    if response is None:
        return None
    # The framework's own words are for programmers: what a refusal of ours says, or what belongs to the status.
    response.data = _body(response.status_code, getattr(exc, "sentence", "")) | more
    response.content_type = "application/problem+json"
    return response


def _asked_for(exc: Exception) -> tuple[int | None, dict[str, Any]]:
    """The status that an error of ours asks for, and what it says beside its sentence. Never what was sent."""
    if isinstance(exc, Stale):
        return 412, {"sent_version": exc.sent, "current_version": exc.now, "changed": exc.fields}
    if isinstance(exc, NotNow):
        return 409, {"title": str(_("Not possible now")), "code": "not_now"}
    errors = getattr(exc, "errors", None)
    return getattr(exc, "http_status", None), {"errors": errors} if errors else {}
