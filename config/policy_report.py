"""What browsers say that the content policy stopped: which rule, on which page, and what kind of thing.

No address is kept: it could hold the number of a file. It is one line of the log, for whoever looks after the site.
"""

import json
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.http.request import RawPostDataException
from django.urls import Resolver404, resolve
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

log = structlog.get_logger("karpea.policy")
LONGEST = 16 * 1024
#: What a report says in a word where it has no address to say.
WORDS = ("inline", "eval", "data", "blob", "self", "wasm-eval", "trusted-types-policy", "trusted-types-sink")


@csrf_exempt  # browsers send it by themselves, without a form; it changes nothing
@require_POST
@transaction.non_atomic_requests
def policy_report(request: HttpRequest) -> HttpResponse:
    said = _said(request)
    if said is not None:
        log.warning("policy", **said)
    return HttpResponse(status=204)


def _said(request: HttpRequest) -> dict[str, str] | None:
    """Only words of ours; None for what is no report."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > LONGEST:
        return None
    try:
        report: Any = json.loads(request.body)["csp-report"]
        rule = str(report.get("effective-directive") or report.get("violated-directive")).split()[0]
        return {"rule": _rule(rule), "route": _page(report), "stopped": _kind(report)}
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        RecursionError,
        RawPostDataException,
    ):
        return None


def _rule(name: str) -> str:
    known = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    plain = name.removesuffix("-elem").removesuffix("-attr")
    return plain if plain in known else "other"


def _page(report: dict[str, Any]) -> str:
    with suppress(Resolver404):
        return resolve(urlsplit(str(report.get("document-uri"))).path).view_name
    return "none"


def _kind(report: dict[str, Any]) -> str:
    blocked = str(report.get("blocked-uri"))
    return blocked if blocked in WORDS else "address"
