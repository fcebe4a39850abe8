"""The actor's transaction around every view: who acts, both walls up, refusals and failures on the trail."""

import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import get_user
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.utils.http import urlencode
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from audit.context import acting, system
from audit.kinds import Kind, Result
from audit.record import Thing, record, record_refused_look

from . import conduct, door, forged, locked, sittings, tokens
from .door import SINCE

log = logging.getLogger("karpea.request")

#: Answered without a database: an operator's probe must not depend on it (live) or says so itself (ready).
OUTSIDE = ("/health/", "/static/", "/quiet/", "/metrics", "/policy-report/")
#: Seconds by which the page's own clock is first, so that it can send what was typed: it counts from the last key,
#: of which the server hears up to a minute later (static/src/js/idle.js) and notes every 30 seconds.
GRACE = 120
#: Open to whoever has not accepted the code of conduct yet, beside its own page.
ALWAYS_OPEN = ("account_logout", "language", "quick_exit", "lock", "stay", "help")
#: Where a token opens something. The page that describes it is a page, for people.
FOR_PROGRAMS, ITS_PAGE = "/api/", "/api/v1/"


#: Answers that are on the trail; and whatever the answer, a choice that was not offered.
REFUSED = (403, 404, 409, 412, 413)


class SecondFactorMiddleware:
    """A session without the mark of a second factor is nobody's, by whatever door somebody got it; and so is one that
    is locked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # As lazily as Django: a probe of an operator must not ask the database who it is.
        request.user = SimpleLazyObject(lambda: _whole(request))
        return self.get_response(request)


def _whole(request: HttpRequest) -> Any:
    if request.session.get(door.LOCKED):
        return AnonymousUser()
    user = get_user(request)
    if user.is_authenticated and not door.is_marked(request, user):
        return AnonymousUser()
    return user


class TokenMiddleware:
    """Who brings a token to the interface for programs acts as its person, whoever else is signed in here; a token
    that opens nothing is nobody. On pages a token is not looked at."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.new_session = import_string(f"{settings.SESSION_ENGINE}.SessionStore")

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.token = None  # type: ignore[attr-defined]
        header = request.headers.get("Authorization")
        if header and request.path.startswith(FOR_PROGRAMS) and request.path != ITS_PAGE:
            token = tokens.find(header, request_id=getattr(request, "id", ""), ip=address_of(request))
            request.token = token  # type: ignore[attr-defined]
            request.user = token.person if token else AnonymousUser()
            request.session = self.new_session()
        return self.get_response(request)


class ActorMiddleware:
    """Innermost but one. Opens the transaction, names the actor, and rolls back what answered 500.

    `ATOMIC_REQUESTS` is on as well: the view's own savepoint is gone before a refusal is written.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(OUTSIDE):
            return self.get_response(request)
        key = request.session.session_key
        _end_old_session(request)
        with acting(actor_of(request)):
            response = _conduct_first(request) or self.get_response(request)
            sittings.follow(request, key)
            if response.status_code >= 500:
                transaction.set_rollback(True)
            else:
                _trail_refusal(request, response)
        if response.status_code >= 500:
            _trail_failure(request)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Keep what a view raised: the view's savepoint is rolled back when the event is written."""
        request.refusal = exception  # type: ignore[attr-defined]


def actor_of(request: HttpRequest) -> Any:
    given = {"request_id": getattr(request, "id", ""), "ip": address_of(request)}
    if is_somebody(request):
        token = getattr(request, "token", None)
        sends, by_token = request.method == "POST", str(token.pk) if token else ""
        return request.user.as_actor(**given, sends=sends, token=by_token)
    actor = system("sign-in")
    return type(actor)(id=actor.id, **given)


def is_somebody(request: HttpRequest) -> bool:
    """Whether somebody is signed in. Django REST framework leaves None where nobody is."""
    return request.user is not None and request.user.is_authenticated


def address_of(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


def _end_old_session(request: HttpRequest) -> None:
    """A session left alone for `SESSION_IDLE_SECONDS` is locked, and one that began `SESSION_COOKIE_AGE` ago is over
    however busy it is; what was typed is kept by desk.drafts."""
    if not request.session.session_key:
        return
    person = request.user if request.user.is_authenticated else locked.person_of(request)
    if person is None:
        return
    now = int(timezone.now().timestamp())
    since = request.session.get(SINCE, now)
    seen = request.session.get(locked.SEEN, since)
    is_locked = door.LOCKED in request.session
    if not is_locked and now - seen > settings.SESSION_IDLE_SECONDS + GRACE:
        locked.lock(request, since=seen + settings.SESSION_IDLE_SECONDS)
        is_locked = True
    if why := locked.is_over(request, now):
        locked.end(request, person, why=why)
    elif not is_locked and (now - seen > 30 or locked.SEEN not in request.session):
        request.session.update({locked.SEEN: now, SINCE: since})


def _conduct_first(request: HttpRequest) -> HttpResponse | None:
    """Whoever has not accepted the newest code of conduct meets it before any page. A program's token goes on: the
    person who answers for it accepts on their own pages."""
    user: Any = request.user
    if not is_somebody(request) or not user.conduct_due or getattr(request, "token", None):
        return None
    page = reverse("account_conduct")
    if request.path in {page, *map(reverse, ALWAYS_OPEN)} or not conduct.is_due(user):
        return None
    if request.path.startswith(FOR_PROGRAMS) and request.path != ITS_PAGE:
        sentence = _("Accept the code of conduct first, on the pages for people.")
        problem: HttpResponse = import_string(settings.API_PROBLEM)(403, sentence)
        return problem
    if request.method == "POST":
        import_string(settings.FORM_KEEP)(request)
    return HttpResponseRedirect(f"{page}?{urlencode({'next': request.get_full_path()})}", status=303)


def _trail_refusal(request: HttpRequest, response: HttpResponse) -> None:
    """Somebody signed in was refused, asked for what they cannot see, or sent what no page had offered."""
    signed_in = is_somebody(request)
    match = getattr(request, "resolver_match", None)
    by_hand, status = forged.noted(), response.status_code
    if not signed_in or (status not in REFUSED and not by_hand):
        return
    if by_hand and status not in (403, 404):
        status = 400  # a page answers 200, with its sentence
    refusal = getattr(request, "refusal", None)
    if match is None and status == 404:
        return  # an address that does not exist is nobody's record
    page = match.view_name if match else ""
    detail = {"status": status, "rule": by_hand or getattr(refusal, "code", type(refusal).__name__)}
    if asked := getattr(refusal, "asked", None):
        record_refused_look(asked, page=page, detail=detail)
    else:
        about = Thing(type="page", id=page, label=getattr(refusal, "label", ""))
        record(Kind.REFUSED, about, result=Result.REFUSED, detail=detail)


def _trail_failure(request: HttpRequest) -> None:
    """In a transaction of its own: everything of the failed request has been rolled back."""
    match = getattr(request, "resolver_match", None)
    try:
        if connection.in_atomic_block and connection.needs_rollback:
            return
        with acting(actor_of(request)):
            record(Kind.FAILED, Thing(type="page", id=match.view_name if match else ""), result=Result.FAILED)
    except Exception:  # the database itself is away: the log is the last resort
        log.exception("failure could not be put on the trail")
