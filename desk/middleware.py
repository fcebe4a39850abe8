"""One effect however often a form is sent: the idempotency key, in the transaction of what it does.

Also keeps what somebody typed when their session ended or another's began, and forgets it once it was sent.
"""

import re
from collections.abc import Callable

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.http import urlencode
from django.utils.module_loading import import_string

from . import answered, drafts, typed
from .models import Once

FIELD = "once"
KEY = re.compile(r"^[A-Za-z0-9-]{8,64}\Z")
#: Posts that are not a page's form: they answer for themselves, signed in or not.
NOT_A_PAGE = (
    "/quick-exit/",
    "/language/",
    "/lock/",
    "/stay/",
    "/policy-report/",
    "/sign-out/",
    "/sign-in/",
    "/health/",
    "/static/",
)


class OnceMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST" or request.path.startswith(NOT_A_PAGE):
            return self.get_response(request)
        if request.path.startswith(answered.PROGRAMS):
            return answered.once(request, self.get_response)
        if not request.user.is_authenticated:
            return _keep_typed(request) or self.get_response(request)
        if typed.is_of_another(request):
            answer: HttpResponse = import_string(settings.CSRF_FAILURE_VIEW)(request)
            return answer
        key = request.POST.get(FIELD) or request.headers.get("Idempotency-Key", "")
        # An address with a NUL leads nowhere, and could not be stored.
        is_keyed = KEY.match(key) and "\x00" not in request.path
        response = self._once(request, key) if is_keyed else self.get_response(request)
        if _was_sent(request, response):
            drafts.forget(ids=request.POST.getlist(drafts.BEFORE), by=request.user)
        return response

    def _once(self, request: HttpRequest, key: str) -> HttpResponse:
        """A second sending waits for the first (unique key) and gets its answer again."""
        try:
            with transaction.atomic():
                row = Once.objects.create(person=request.user, key=key, path=request.path[:200])
        except IntegrityError:
            row = Once.objects.filter(person=request.user, key=key).first()
            if row and row.location and row.path == request.path[:200]:
                return HttpResponseRedirect(row.location)
            return self.get_response(request)
        response = self.get_response(request)
        if 300 <= response.status_code < 400:
            Once.objects.filter(pk=row.pk).update(
                status=response.status_code, location=response["Location"][:300]
            )
        elif response.status_code < 500:
            Once.objects.filter(pk=row.pk).delete()  # nothing happened: the same form may be sent again
        return response


def _was_sent(request: HttpRequest, response: HttpResponse) -> bool:
    """The page led on, or it answered on itself and found nothing wrong (a search)."""
    form = getattr(request, "page_form", None)
    answered = response.status_code == 200 and form is not None and form.is_bound and not form.errors
    return answered or 300 <= response.status_code < 400


def _keep_typed(request: HttpRequest) -> HttpResponse | None:
    """The session ended while somebody typed: keep it for them, sealed, and ask them to sign in."""
    if typed.keep(request, path=request.path) is None:
        return None
    sign_in = resolve_url(settings.LOGIN_URL)
    return HttpResponseRedirect(f"{sign_in}?{urlencode({'next': request.path, 'kept': '1'})}")
