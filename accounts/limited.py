"""The limits around every request: on tries at a door, and on how often programs ask.

Counted before the request's transaction begins, so that a try counts whatever becomes of the request; forgiven after
it has ended well.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve, reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from audit.context import acting
from audit.kinds import Kind, Result
from audit.record import Thing, record

from . import browsers, locked, stages, stepup, tries
from .about import person_thing
from .limits import Count, Rate, TooMany, address_as_counted, key, take
from .middleware import FOR_PROGRAMS, ITS_PAGE, actor_of, address_of, is_somebody
from .models import User
from .tries import Try

MINUTE = timedelta(minutes=1)
#: Where something is tried, and as what it is counted.
DOORS = {
    "account_login": tries.SIGN_IN,
    "account_slip": tries.SLIP,
    "account_own": tries.PASSWORD,
    "account_factor": tries.FACTOR,
    "account_unlock": tries.UNLOCK,
}


class LimitsMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.doors = {reverse(name): door for name, door in DOORS.items()}
        self.acts = {reverse(name): name for name in settings.LIMITED_ACTS}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(FOR_PROGRAMS) and request.path != ITS_PAGE:
            return self._for_programs(request)
        one = self._try(request)
        try:
            if one is not None:
                tries.count(one)
            self._count_act(request)
        except TooMany as refused:
            return _refuse(request, refused, one)
        response = self.get_response(request)
        # Set by what let somebody in: the last step of a sign-in need not be at the door of the first.
        let_in: Try | None = getattr(request, "let_in", None)
        if let_in is not None and response.status_code < 400:
            _forgive(request, response, let_in)
        return response

    def _try(self, request: HttpRequest) -> Try | None:
        if request.method != "POST":
            return None
        if stepup.FIELD in request.POST and is_somebody(request):
            return Try(tries.PASSWORD, str(request.user.pk), "")
        door = self.doors.get(request.path)
        if door in tries.OF_ONE_PERSON:
            person_id = _person_id(request, door)
            return Try(door, person_id, "") if person_id else None
        name = request.POST.get("login", "") if door else ""
        if not door or not name.strip():
            return None
        browser = browsers.known(request, name) if door == tries.SIGN_IN else ""
        return Try(door, name, address_of(request), browser)

    def _count_act(self, request: HttpRequest) -> None:
        """An act of somebody signed in that could be tried on many records. Raises TooMany."""
        name = self.acts.get(request.path) if request.method == "POST" else None
        if name is None or not is_somebody(request):
            return
        counted = take(key("act", name, str(request.user.pk)), Rate(*settings.LIMITED_ACTS[name]))
        if not counted.is_allowed:
            words = tries.sentence(counted.wait)
            raise TooMany(words, wait=counted.wait, code="limit:act", is_news=counted.is_news)

    def _for_programs(self, request: HttpRequest) -> HttpResponse:
        if not is_somebody(request):
            response = self.get_response(request)
            return _count_wrong_token(request) or response
        told = []
        for what, id_, rate in _asks(request):
            counted = take(key("api", what, id_), rate)
            told.append((what, rate, counted))
            if not counted.is_allowed:
                return _told(_refuse(request, _too_often(what, rate, counted)), told)
        return _told(self.get_response(request), told)


def _forgive(request: HttpRequest, response: HttpResponse, let_in: Try) -> None:
    if let_in.door != tries.SIGN_IN:
        tries.forgive(let_in)
        return
    tries.forgive(replace(let_in, browser=browsers.known(request, let_in.name)))
    browsers.remember(request, response, let_in.name)


def _person_id(request: HttpRequest, door: str) -> str:
    """Whose password or factor is tried at a door behind the first; nothing where nobody stands there."""
    if door == tries.PASSWORD:
        return str(request.user.pk) if request.user.is_authenticated else ""
    if door == tries.FACTOR:
        return stages.person_id(request)
    person = locked.person_of(request)
    return str(person.pk) if person else ""


def _asks(request: HttpRequest) -> list[tuple[str, str, Rate]]:
    """By what a program's requests are counted: its token, and its person with all their tokens and sessions."""
    amount = settings.API_PER_MINUTE
    token = getattr(request, "token", None)
    own = [("token", str(token.pk), Rate(amount, MINUTE))] if token else []
    return [*own, ("person", str(request.user.pk), Rate(2 * amount, MINUTE))]


def _too_often(what: str, rate: Rate, counted: Count) -> TooMany:
    sentence = _("No more than %(amount)s requests a minute. Ask again in %(wait)s s.") % {
        "amount": rate.amount,
        "wait": counted.wait,
    }
    return TooMany(sentence, wait=counted.wait, code=f"limit:{what}", is_news=counted.is_news)


def _told(response: HttpResponse, told: list[tuple[str, Rate, Count]]) -> HttpResponse:
    """How much is left, as draft-ietf-httpapi-ratelimit-headers says it."""
    seconds = int(MINUTE.total_seconds())
    response["RateLimit-Policy"] = ", ".join(f'"{what}";q={r.amount};w={seconds}' for what, r, _c in told)
    response["RateLimit"] = ", ".join(f'"{what}";r={c.left};t={c.resets}' for what, _r, c in told)
    return response


def _count_wrong_token(request: HttpRequest) -> HttpResponse | None:
    """Nobody guesses a token; whoever tries without end is told so, and the trail once an hour."""
    if not request.headers.get("Authorization"):
        return None
    rate = tries.from_an_address()
    counted = take(key("token", address_as_counted(address_of(request))), rate)
    if counted.is_allowed:
        return None
    sentence = tries.sentence(counted.wait)
    refused = TooMany(sentence, wait=counted.wait, code="limit:address", is_news=counted.is_news)
    return _refuse(request, refused)


def _refuse(request: HttpRequest, refused: TooMany, one: Try | None = None) -> HttpResponse:
    """The answer 429 in the actor's own transaction, and the first of many on the trail."""
    with suppress(Resolver404):
        request.resolver_match = resolve(request.path_info)
    with acting(actor_of(request)):
        if refused.is_news:
            _put_on_trail(request, refused, one)
        response: HttpResponse = import_string(settings.TOO_MANY)(request, refused)
    return response


def _put_on_trail(request: HttpRequest, refused: TooMany, one: Try | None) -> None:
    if is_somebody(request):
        match = request.resolver_match
        about = Thing(type="page", id=match.view_name if match else "")
        record(Kind.REFUSED, about, result=Result.REFUSED, detail={"status": 429, "rule": refused.code})
    elif one is not None and one.door == tries.FACTOR:
        person = User.objects.get(pk=one.name)
        record(Kind.FACTOR_FAILED, person_thing(person), result=Result.REFUSED, detail={"why": "LIMIT"})
    elif one is not None and one.door == tries.UNLOCK:
        tries.record_failure(User.objects.get(pk=one.name).sign_in_name, why="LIMIT")
    elif one is None or refused.code == "limit:address":
        tries.record_flood()
    else:
        tries.record_failure(one.name, why="LIMIT")
