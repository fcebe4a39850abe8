"""The frame around every page, and the few pages that belong to no app: language, quick exit, help."""

import math
import uuid
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render, resolve_url
from django.template.loader import get_template
from django.urls import NoReverseMatch, reverse
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import locked
from accounts.models import Agency
from accounts.roles import Capability
from audit.context import current_actor
from audit.kinds import Kind
from audit.record import Thing, record
from cases.access import IN_EMERGENCY
from desk import typed
from desk.reminders.queries import unread

#: What stands in the navigation: the page, its name, and what somebody must be able to do to see it (one of several).
NAV = (
    ("reports:my_work", _("My work"), None),
    ("cases:list", _("Case files"), Capability.READ_FILE),
    ("cases:find", _("New case file"), Capability.OPEN_FILE),
    ("due:list", _("What is due"), Capability.READ_FILE),
    ("referrals:list", pgettext_lazy("navigation", "Referrals"), Capability.READ_FILE),
    ("referrals:review", _("To review"), Capability.REVIEW_REFERRAL),
    ("cases:exclusions", pgettext_lazy("navigation", "Exclusions"), Capability.REVIEW_EXCLUSIONS),
    ("reports:tables", _("Monthly tables"), (Capability.PREPARE_REPORT, Capability.READ_REPORTS)),
    ("reports:counts", pgettext_lazy("navigation", "Counts"), Capability.SEE_COUNTS),
    ("place:people", pgettext_lazy("navigation", "People"), Capability.MANAGE_PEOPLE),
    ("place:home", pgettext_lazy("navigation", "Administration"), Capability.MANAGE_PLACE),
    ("audit:trail", _("Trail"), Capability.READ_TRAIL),
    ("desk:exports", _("Exports"), (Capability.EXPORT_FILES, Capability.EXPORT_TRAIL)),
    ("due:policies", _("Deadlines"), Capability.SET_DEADLINES),
    ("tokens:list", _("Tokens"), Capability.GIVE_TOKENS),
)


def chrome(request: HttpRequest) -> dict[str, Any]:
    """What base.html draws around every page. Errors are drawn with it too, so it asks for little."""
    lang = translation.get_language() or settings.LANGUAGE_CODE
    return {
        "lang": lang,
        "other_lang": next(pair for pair in settings.LANGUAGES if pair[0] != lang),
        "here": request.get_full_path(),
        "printed_at": timezone.localtime(),
        "help_line": getattr(settings, "HELP_LINE", ""),
        "is_demo": settings.DEMO,
        "idle_seconds": settings.SESSION_IDLE_SECONDS,
        "idle_minutes": settings.SESSION_IDLE_SECONDS // 60,
        **_person(request),
        **_emergency(),
    }


def _person(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    if current_actor() is None or user is None or not user.is_authenticated:
        return {"me": None, "nav": []}
    rights = user.rights
    return {
        "me": user,
        "my_agencies": list(Agency.objects.filter(pk__in=rights.homes).order_by("code", "pk")),
        "nav": _navigation(request, rights.capabilities),
        "unread": unread(user) if Capability.READ_FILE in rights.capabilities else None,
    }


def _emergency() -> dict[str, Any]:
    """The emergency in which somebody sees the file of this page (cases.access.emergency), and what is left of it."""
    actor = current_actor()
    found = actor.memo.get(IN_EMERGENCY) if actor else None
    if found is None or not found.is_open(timezone.now()):
        return {"emergency": None}
    left = (found.until - timezone.now()).total_seconds()
    return {"emergency": found, "emergency_minutes": max(1, math.ceil(left / 60))}


def _navigation(request: HttpRequest, held: frozenset[Capability]) -> list[dict[str, Any]]:
    """What this person may open. A page that is not there would take every page down with it: it is left out
    here, and a test fails on it."""
    match = request.resolver_match
    items = []
    for name, label, needs in NAV:
        if needs is None or not held.isdisjoint(needs if isinstance(needs, tuple) else (needs,)):
            with suppress(NoReverseMatch):
                here = bool(match and match.view_name == name)
                items.append({"label": label, "url": reverse(name), "current": here})
    return items


#: Here a program says its language itself (Accept-Language); the page that describes it is a page.
_PROGRAMS, _THEIR_PAGE = "/api/", "/api/v1/"


def _wanted(request: HttpRequest) -> str:
    cookie = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if request.path.startswith(_PROGRAMS) and request.path != _THEIR_PAGE and not cookie:
        return translation.get_language_from_request(request)
    return cookie


class LanguageMiddleware:
    """The language of the cookie, else Khmer. The browser's own wish is not asked: most are set to English."""

    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        wanted = _wanted(request)
        lang = wanted if wanted in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        with translation.override(lang):
            request.LANGUAGE_CODE = lang  # type: ignore[attr-defined]
            response: HttpResponse = self.get_response(request)
        response.headers.setdefault("Content-Language", lang)
        return response


def local_path(request: HttpRequest) -> str:
    """The page somebody came from, with its filters, when it is one of ours; the first page otherwise."""
    path = request.POST.get("_path", "")
    return path if path.startswith("/") and url_has_allowed_host_and_scheme(path, None) else "/"


def keep_typed(request: HttpRequest, *, passing: bool = False) -> uuid.UUID | None:
    """Keep what stands in the page's form for whoever opened it, for when that page opens again."""
    return typed.keep(request, path=urlsplit(local_path(request)).path, passing=passing)


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """The same page in the other language, with what was typed."""
    path, kept = local_path(request), keep_typed(request, passing=True)
    if kept and not request.user.is_authenticated:  # the session is over: sign in, then the page again
        path = f"{resolve_url(settings.LOGIN_URL)}?{urlencode({'next': path, 'kept': '1'})}"
    response = HttpResponseRedirect(path, status=303)
    if (wanted := request.POST.get("language", "")) in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            wanted,
            max_age=365 * 24 * 3600,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite=settings.LANGUAGE_COOKIE_SAMESITE,
        )
    return response


def _leave(request: HttpRequest) -> None:
    """Keep what was typed, say so on the trail, end the session. It may have ended before the page's clock did."""
    keep_typed(request)
    if request.user.is_authenticated:
        record(Kind.QUICK_EXIT, Thing(type="session"))
    logout(request)


@csrf_exempt  # an old form must never stop somebody from leaving; at worst a stranger signs them out
def quick_exit(request: HttpRequest) -> HttpResponse:
    """Away at once, to a page that says nothing of us. Opened as an address (a reload), it only goes there."""
    response = HttpResponseRedirect(reverse("quiet"), status=303)
    if request.method == "POST":
        _leave(request)
        response["Clear-Site-Data"] = '"cache"'
    return response


@csrf_exempt
@require_POST
def lock(request: HttpRequest) -> HttpResponse:
    """The page's own clock ran out: the session is locked now, not when the next request would find it old."""
    keep_typed(request)
    if request.user.is_authenticated:
        locked.lock(request)
    return HttpResponse(status=204)


@require_http_methods(["GET", "POST"])
def stay(request: HttpRequest) -> HttpResponse:
    """POST: somebody is typing in a long form, the session counts as used. GET: the page's key, for a page that
    stood open while its owner signed in again elsewhere. 401 says that the session is over."""
    if not request.user.is_authenticated:
        return HttpResponse(status=401)
    if request.method == "GET":
        return JsonResponse({"token": get_token(request)})
    return HttpResponse(status=204)


@require_GET
@transaction.non_atomic_requests
def quiet(request: HttpRequest) -> HttpResponse:
    """A plain table of measures, without session, name or mark of this system; kept by the browser."""
    response = HttpResponse(get_template("quiet.html").render())
    response["Cache-Control"] = "public, max-age=86400"
    return response


@require_GET
def help_page(request: HttpRequest) -> HttpResponse:
    return render(request, "account/help.html")
