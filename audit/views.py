"""The trail in the browser, for auditors and administrators. Reading it is an act of its own, on the trail."""

import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from . import queries
from .filters import Filters
from .forms import TrailForm
from .kinds import Kind, Result
from .models import Event
from .record import Thing, record
from .sentences import happened, sentence
from .words import Words

_TONES: dict[str, str] = {Result.OK: "done", Result.REFUSED: "warn", Result.FAILED: "stop"}


class MayNotRead(PermissionDenied):
    """Only READ_TRAIL opens the trail; this refusal is on it too (accounts/middleware.py)."""

    code = "capability:READ_TRAIL"


@dataclass(frozen=True)
class Line:
    """An event as a line of the list."""

    event: Event
    record: str
    page: str
    sentence: str
    happened: str
    agency: str
    role: str
    result: str
    tone: str


@login_required
@require_GET
def trail(request: HttpRequest) -> HttpResponse:
    _check(request, "READ_TRAIL")
    words = Words()
    form = TrailForm(request.GET, words=words)
    context: dict[str, Any] = {"form": form, "may_export": _may(request, "EXPORT_TRAIL")}
    if form.is_valid():
        filters = form.filters()
        page = queries.page_of_trail(queries.readable(request.user), filters, _place(request))
        record(
            Kind.TRAIL_READ,
            Thing(type="trail"),
            detail={"filters": filters.codes(), "rows": len(page.events), "first": page.first},
        )
        words.numbers = queries.numbers_of(page.events)
        context |= {
            "page": page,
            "lines": [_line(event, words) for event in page.events],
            "chosen": _chosen(form, filters),
            "codes": filters.codes(),
            "newer_url": _address(filters, page.newer),
            "older_url": _address(filters, page.older),
        }
    return render(request, "audit/trail.html", context)


@login_required
@require_GET
def event(request: HttpRequest, event_id: uuid.UUID) -> HttpResponse:
    """One event with every column, as it is kept."""
    _check(request, "READ_TRAIL")
    found = queries.event_with_id(queries.readable(request.user), event_id)
    if found is None:
        raise Http404
    record(Kind.TRAIL_READ, Thing(type="event", id=str(found.pk)), detail={"rows": 1})
    words = Words()
    words.numbers = queries.numbers_of([found])
    context = {"line": _line(found, words), "rows": _rows(found, words), "stored": _stored(found)}
    return render(request, "audit/event.html", context)


def _may(request: HttpRequest, capability: str) -> bool:
    """Whether this person may; the trail knows no more of a person than this one question."""
    user: Any = request.user
    return bool(user.may(capability))


def _check(request: HttpRequest, capability: str) -> None:
    user: Any = request.user
    if not user.acts_with(capability):
        raise MayNotRead


def _place(request: HttpRequest) -> queries.Place:
    first = request.GET.get("first", "1")
    return queries.Place(
        older_than=request.GET.get("older_than", ""),
        newer_than=request.GET.get("newer_than", ""),
        first=int(first) if first.isascii() and first.isdigit() and len(first) < 10 else 1,
    )


def _address(filters: Filters, place: queries.Place | None) -> str:
    """The address of a page, or nothing. Of codes and ids alone."""
    if place is None:
        return ""
    parts = {"older_than": place.older_than, "newer_than": place.newer_than}
    if place.first > 1:
        parts["first"] = str(place.first)
    return _query({**filters.codes(), **parts})


def _query(parts: dict[str, str]) -> str:
    query = QueryDict(mutable=True)
    query.update({name: value for name, value in parts.items() if value})
    return f"?{query.urlencode()}"


def _line(event: Event, words: Words) -> Line:
    return Line(
        event=event,
        record=words.record(event),
        page=words.page(event),
        sentence=sentence(event, words),
        happened=happened(event, words),
        agency=words.agency(event),
        role=words.role(event),
        result=_result(event.result),
        tone=_TONES.get(event.result, "plain"),
    )


def _result(code: str) -> str:
    return str(Result(code).label) if code in Result.values else code


def _chosen(form: TrailForm, filters: Filters) -> list[dict[str, str]]:
    """What is chosen, each with the list without it."""
    codes = filters.codes()
    return [
        {"label": label, "url": _query({one: code for one, code in codes.items() if one != name})}
        for name, label in form.told().items()
    ]


def _rows(event: Event, words: Words) -> list[dict[str, Any]]:
    """The event for people."""
    return [
        {"key": _("Who"), "value": words.who(event)},
        {"key": _("Agency"), "value": words.agency(event)},
        {"key": _("Role"), "value": words.role(event)},
        {"key": _("From where"), "value": event.ip or ""},
        {
            "key": _("Which record"),
            "value": "\n".join(filter(None, (words.record(event), words.page(event)))),
        },
        {"key": _("Province of the record"), "value": _province(event, words)},
        {"key": _("Happened, done by, known by"), "value": happened(event, words)},
    ]


def _province(event: Event, words: Words) -> str:
    return words.label("province", event.province) if event.province else ""


def _stored(event: Event) -> list[tuple[str, str]]:
    """Every column as it is stored, by its name in the exports."""
    return [
        ("event_id", str(event.pk)),
        ("seq", str(event.seq)),
        ("time_utc", event.at.isoformat()),
        ("kind", event.kind),
        ("result", event.result),
        ("actor_id", event.actor),
        ("actor_name", event.actor_name),
        ("agency", event.actor_agency),
        ("role", event.actor_role),
        ("request", event.request_id),
        ("object_type", event.object_type),
        ("object_id", event.object_id),
        ("object_label", event.object_label),
        ("case_id", str(event.case_id or "")),
        ("fields", ", ".join(event.fields)),
        *((f"detail.{name}", str(value)) for name, value in sorted(event.detail.items())),
        ("layout", str(event.layout)),
        ("content_hash", bytes(event.content_hash).hex()),
    ]
