"""A request's id, its line in the log, and the headers every answer carries."""

import re
import secrets
import time
from collections.abc import Callable

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from . import metrics

Answer = Callable[[HttpRequest], HttpResponse]
log = structlog.get_logger("karpea.access")
_GIVEN = re.compile(r"^[A-Za-z0-9-]{8,64}\Z")
#: Asked all day long by machines: no line each.
QUIET = ("/static/", "/health/", "/metrics")


def request_id(get_response: Answer) -> Answer:
    """Take the proxy's request id, or make one; bind it to the log and answer with it. One line of log follows:
    which page by its name, never by its address, which holds numbers of files."""

    def middleware(request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request.id = given if _GIVEN.match(given) else secrets.token_hex(8)  # type: ignore[attr-defined]
        if settings.PROXY:
            _from_proxy(request)
        begun = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request.id):  # type: ignore[attr-defined]
            response = get_response(request)
            _tell(request, response, time.perf_counter() - begun)
        response["X-Request-ID"] = request.id  # type: ignore[attr-defined]
        return response

    return middleware


def _from_proxy(request: HttpRequest) -> None:
    """The last entry is the one that our own proxy wrote; those before it are what the visitor claims."""
    claimed = request.META.pop("HTTP_X_FORWARDED_FOR", "")
    last = claimed.rsplit(",", 1)[-1].strip()
    if re.fullmatch(r"[0-9a-fA-F.:]{3,45}", last):
        request.META["REMOTE_ADDR"] = last


def _tell(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    if request.path_info.startswith(QUIET):
        return
    match = getattr(request, "resolver_match", None)
    route = (match.view_name or "unnamed") if match else "none"
    method = request.method if request.method in metrics.METHODS else "other"
    log.info("request", method=method, route=route, status=response.status_code, ms=round(seconds * 1000, 1))
    metrics.count_request(method, route, response.status_code, seconds)


def headers(get_response: Answer) -> Answer:
    """Nothing of a person's data stays in a shared computer's cache."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store, private"
        response["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), interest-cohort=()"
        response["Cross-Origin-Resource-Policy"] = "same-origin"
        return response

    return middleware
