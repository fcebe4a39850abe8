"""What a program says beside its body: the version it knows, the key of what it sends, the page it wants."""

import hashlib
import json
import re
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from ..refusals import BadParameter

_KEY = re.compile(r"^[A-Za-z0-9_-]{8,64}\Z")
#: Compression makes a tag weak on its way; it still names the version.
_TAG = re.compile(r'^(?:W/)?"(\d{1,9})"\Z', re.ASCII)


class NoVersion(Exception):
    """A change without the version that it is a change of."""

    code = "version"
    http_status = 428


def check_key(request: Request) -> None:
    """Whatever is sent carries a key, so that a lost answer can be asked for again (desk/answered.py)."""
    if not _KEY.match(request.headers.get("Idempotency-Key", "")):
        raise BadParameter(
            _(
                "Send an Idempotency-Key of 8 to 64 letters, digits and hyphens, a new one for each new request."
            )
        )


def version_known(request: Request) -> int:
    """The version in `If-Match`. Raises NoVersion where there is none."""
    given = request.headers.get("If-Match", "")
    if not given:
        raise NoVersion
    match = _TAG.match(given)
    if match is None:
        raise BadParameter(
            _("“If-Match” is not the ETag of a record. Take it from the answer that showed it.")
        )
    return int(match[1])


def tagged(response: Response, version: int) -> Response:
    response["ETag"] = f'"{version}"'
    return response


def unless_known(request: Request, response: Response, version: int) -> Response:
    """The record with its tag; 304 without it for a program that has this version. The look is on the trail."""
    tag = f'"{version}"'
    known = [one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "").split(",")]
    return tagged(Response(status=304) if tag in known else response, version)


def kept_by_the_client(request: Request, body: Any, seconds: int) -> Response:
    """An answer that holds nothing of anybody: kept for a while by the program itself, and not sent twice."""
    tag = hashlib.sha256(json.dumps(body, sort_keys=True, default=str).encode()).hexdigest()[:20]
    known = request.headers.get("If-None-Match", "")
    response = Response(status=304) if tag in known else Response(body)
    response["ETag"], response["Cache-Control"] = f'"{tag}"', f"private, max-age={seconds}"
    response["Vary"] = "Accept-Language, Authorization, Cookie"
    return response


def choice_asked(request: Request, name: str, allowed: dict[str, Any], default: str) -> str:
    """One of a few words in the query. Raises BadParameter for any other."""
    given: str = request.query_params.get(name, default)
    if given not in allowed:
        raise BadParameter(
            _("“%(name)s” must be one of: %(words)s.") % {"name": name, "words": ", ".join(allowed)}
        )
    return given


def check_known(request: Request | HttpRequest, *names: str) -> None:
    """Refuse a filter that does not exist: a misspelt one would show everything."""
    query = request.GET
    if not set(query) <= set(names) or any(len(query.getlist(name)) > 1 for name in query):
        raise BadParameter(
            _("Only these can be asked for, each once: %(words)s.") % {"words": ", ".join(names)}
        )
