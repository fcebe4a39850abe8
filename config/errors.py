"""Answers when something does not work: calm pages in both languages that say what to do next."""

import logging
import sys
from collections.abc import Callable
from typing import Any

from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.urls import reverse

from accounts.limits import TooMany
from accounts.refusals import Refused, Stale
from desk import drafts
from desk.pages import typed_on

from .pages import keep_typed, local_path
from .problems import problem

log = logging.getLogger("karpea.request")

#: Statuses that an exception may ask for with an attribute `http_status`.
ASKED = frozenset({404, 409, 413, 429, 503})
#: What stands in a form's address, and the page that shows that record.
RECORDS = {"number": "cases:detail", "pk": "referrals:detail"}


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def page(request: HttpRequest, status: int, **context: Any) -> HttpResponse:
    """The page of a status. Without a database it is drawn without asking anything of it."""
    if _is_api(request):
        return problem(status, context.get("sentence", ""))
    if status >= 500:
        return _plain(request, status)
    return render(request, f"errors/{status}.html", context, status=status)


def _plain(request: HttpRequest, status: int) -> HttpResponse:
    """No session, no database, no context processor: what failed may be any of them."""
    context = {"number": getattr(request, "id", "")}
    try:
        context["css"] = staticfiles_storage.url("karpea.css")
    except ValueError:  # the static files were not collected: the page is readable without
        log.warning("karpea.css is not among the collected files")
    return HttpResponse(get_template(f"errors/{status}.html").render(context), status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return page(request, 413)
    return page(request, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Inside somebody's reach, but not theirs to do. A refusal brings the sentence that says why."""
    sentence = exception.sentence if isinstance(exception, Refused) else ""
    return page(request, 403, sentence=sentence)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The same page for what does not exist and what is hidden."""
    return page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Called while the exception is being handled: a database that is away is a 503, the rest a 500."""
    gone = isinstance(sys.exc_info()[1], OperationalError | InterfaceError)
    response = page(request, 503 if gone else 500)
    if gone:
        response["Retry-After"] = "30"
    return response


def too_many(request: HttpRequest, refused: TooMany) -> HttpResponse:
    """A limit was reached: how long to wait, for people and for programs."""
    response = page(request, 429, sentence=refused.sentence)
    response["Retry-After"] = str(refused.wait)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Nearly always a page that stood open while somebody signed in: its text is kept for whoever opened it."""
    kept = keep_typed(request)
    context = {
        "kept": kept,
        "is_mine": request.user.is_authenticated and kept == request.user.pk,
        "path": local_path(request),
    }
    return render(request, "errors/csrf.html", context, status=403)


def not_that_way(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """A page instead of a blank one where an address is opened in a way it does not have."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if response.status_code != 405 or response.content:
            return response
        answer = page(request, 405)
        answer["Allow"] = response["Allow"]
        return answer

    return middleware


class AnswersMiddleware:
    """Turns what views raise into our pages, after the view's savepoint is rolled back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        status = 409 if isinstance(exception, Stale) else getattr(exception, "http_status", None)
        if status not in ASKED:
            return None
        if isinstance(exception, Stale):
            return self._stale(request, exception)
        return page(request, status, sentence=getattr(exception, "sentence", ""))

    def _stale(self, request: HttpRequest, exception: Stale) -> HttpResponse:
        """The loser's text waits as a private draft on the same page, over the record as it stands now."""
        if _is_api(request):
            return page(request, 409)
        data = dict(request.POST.lists())
        kept = drafts.carry(user=request.user, path=request.path, data=data)
        form = getattr(request, "page_form", None)
        return page(
            request,
            409,
            path=request.path,
            kept=kept is not None,
            typed=typed_on(form) if form is not None else [],
            record_url=_record_of(request),
            sent=exception.sent,
            now=exception.now,
        )


def _record_of(request: HttpRequest) -> str:
    """The page of the record that a form changes, by what stands in the form's address."""
    match = request.resolver_match
    given = match.kwargs if match else {}
    found = next(((name, given[key]) for key, name in RECORDS.items() if key in given), None)
    return reverse(found[0], args=[found[1]]) if found else ""
