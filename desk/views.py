"""A person's own exports: asking for one, seeing how far it is, taking the file."""

import datetime
import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.models import User
from accounts.refusals import NotFound, Refused
from accounts.stepup import fresh_to_send

from . import exports as made
from .models import Export

SHOWN = 50
#: Longer than this in the queue means that no worker is running.
SOON = datetime.timedelta(minutes=1)
_TONES = {"WAITING": "wait", "MAKING": "live", "READY": "done", "FAILED": "warn"}
_FILES = {
    "CSV": ("csv", "text/csv; charset=utf-8"),
    "JSONL": ("jsonl", "application/x-ndjson"),
    "XLSX": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


@dataclass(frozen=True)
class Line:
    export: Export
    title: str
    told: list[str]
    tone: str
    is_expired: bool
    is_late: bool
    #: How far it is, while it is being made; and whether it was begun before.
    percent: int | None
    is_again: bool
    #: Its maker was killed; the next tick of a worker's clock takes it up.
    is_cut_off: bool


@login_required
@require_http_methods(["GET", "POST"])
@fresh_to_send
def exports(request: HttpRequest) -> HttpResponse:
    sources = made.open_to(request.user)
    if not sources:
        raise Refused(_("Your role does not include making exports."), code="capability:EXPORT")
    problems: list[str] = []
    if request.method == "POST":
        problems = _ask(request)
        if not problems:
            messages.success(request, _("Your export is in the queue. It is made apart from this page."))
            return HttpResponseRedirect(reverse("desk:exports"), status=303)
    lines = _lines(request.user)
    context = {
        "problems": problems,
        "lines": lines,
        "unfinished": sum(line.export.status in ("WAITING", "MAKING") for line in lines),
        "is_late": any(line.is_late for line in lines),
        "sources": [{"label": source.title, "url": reverse(source.page)} for source in sources],
        "tries": made.TRIES,
    }
    return render(request, "desk/exports.html", context)


def _ask(request: HttpRequest) -> list[str]:
    """Ask for what the form says; what is wrong with it, as sentences."""
    kind, shape = request.POST.get("export", ""), request.POST.get("shape", "")
    if kind not in settings.EXPORTERS or shape not in Export.Shape.values:
        return [_("This export does not exist. Open the page again and choose a format.")]
    try:
        chosen = made.exporter(kind).chosen(request.POST)
    except ValidationError as error:
        return error.messages
    made.ask(kind=kind, shape=shape, filters=chosen, by=request.user)
    return []


def _lines(user: User) -> list[Line]:
    rows = list(Export.objects.filter(maker=user).order_by("-asked_at", "pk")[:SHOWN])
    now = timezone.now()
    begun = [row.pk for row in rows if row.status == "MAKING"]
    made_now = made.being_made(begun) if begun else set()
    told = {}
    for kind in {row.kind for row in rows}:
        of_kind = [row for row in rows if row.kind == kind]
        said = made.exporter(kind).told([row.filters for row in of_kind])
        told |= {row.pk: words for row, words in zip(of_kind, said, strict=True)}
    return [
        Line(
            export=row,
            title=str(made.exporter(row.kind).title),
            told=told[row.pk],
            tone=_TONES.get(row.status, "plain"),
            is_expired=row.status == "READY" and row.expires_at <= now,
            is_late=row.status == "WAITING" and row.asked_at < now - SOON,
            percent=_percent(row) if row.pk in made_now else None,
            is_again=row.pk in made_now and row.tries > 1,
            is_cut_off=row.status == "MAKING" and row.pk not in made_now,
        )
        for row in rows
    ]


def _percent(row: Export) -> int | None:
    if row.total is None:
        return None
    return min(100, row.done * 100 // row.total) if row.total else 100


@login_required
@require_GET
def file(request: HttpRequest, export_id: uuid.UUID) -> Any:
    """The file, for whoever asked for it. Somebody else's and a missing one are the same 404."""
    export = Export.objects.filter(pk=export_id, maker=request.user, status=Export.Status.READY).first()
    if export is None:
        raise NotFound
    if not request.user.acts_with(made.exporter(export.kind).capability):
        raise Refused(_("Your role does not include making exports."), code="capability:EXPORT")
    if export.sight != made.sight_of(request.user):
        return render(request, "desk/gone.html", {"export": export, "is_closed": True}, status=410)
    if export.expires_at <= timezone.now():
        return render(request, "desk/gone.html", {"export": export}, status=410)
    try:
        opened = made.take(export=export, by=request.user)
    except FileNotFoundError:
        return render(request, "desk/gone.html", {"export": export}, status=410)
    suffix, content_type = _FILES[export.shape]
    name = f"{made.exporter(export.kind).stem}-{timezone.localdate(export.made_at):%Y-%m-%d}.{suffix}"
    response = FileResponse(opened, as_attachment=True, filename=name, content_type=content_type)
    response["Cache-Control"] = "no-store, private"
    response["X-Content-Type-Options"] = "nosniff"
    return response
