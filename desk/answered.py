"""One effect however often a program sends it: the same key gets the first answer again, whole.

The key's row is written in the transaction of what it does. Of fifty that come at once one goes on, the others wait
for it at the unique key. What was refused did nothing, so its key may be used again.
"""

import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from accounts.vault import blind

from .models import Once

PROGRAMS = "/api/"
HEADER = "Idempotency-Key"
KEY = re.compile(r"^[A-Za-z0-9_-]{8,64}\Z")
#: Headers that belong to an answer.
_KEPT = ("Location", "ETag", "Content-Language")


def once(request: HttpRequest, get_response: Callable[[HttpRequest], HttpResponse]) -> HttpResponse:
    """Only for somebody, with a key that can be stored; the address itself asks for a key where one is missing."""
    key = request.headers.get(HEADER, "")
    if not request.user.is_authenticated or not KEY.match(key) or "\x00" in request.path:
        return get_response(request)
    digest = blind(f"{request.get_full_path()}\n{request.body.hex()}", column="once")
    try:
        with transaction.atomic():
            row = Once.objects.create(person=request.user, key=key, path=request.path[:200], digest=digest)
    except IntegrityError:
        first = Once.objects.filter(person=request.user, key=key).first()
        if first is None:
            return get_response(request)
        return _again(first, digest)
    response = get_response(request)
    if 200 <= response.status_code < 300:
        _keep(row, response)
    elif response.status_code < 500:
        Once.objects.filter(pk=row.pk).delete()
    return response


def _keep(row: Once, response: HttpResponse) -> None:
    answer: dict[str, Any] = {
        "body": response.content.decode(),
        "headers": {name: response[name] for name in _KEPT if name in response},
    }
    Once.objects.filter(pk=row.pk).update(
        status=response.status_code, location=response.get("Location", "")[:300], answer=answer
    )


def _again(first: Once, digest: bytes) -> HttpResponse:
    if bytes(first.digest) != digest or first.answer is None:
        sentence = _("This key was sent with another request. Make a new key for a new request.")
        response: HttpResponse = import_string(settings.API_PROBLEM)(422, sentence)
        return response
    return HttpResponse(
        first.answer["body"],
        status=first.status or 200,
        content_type="application/json",
        headers={**first.answer["headers"], "Idempotent-Replayed": "true"},
    )
