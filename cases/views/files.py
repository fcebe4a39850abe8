"""The list of files, one file, its identity, a note, a move."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.refusals import NotFound, NotNow, Refused
from accounts.roles import Capability
from accounts.sections import NOTHING, Section
from audit.kinds import Kind
from audit.record import Thing, record
from desk.pages import refill, typed_on

from .. import above, actions, lifecycle, queries, reminders, vault, words
from ..access import Opened, check_may, open_case, says_why, sections_of_each, thing
from ..exclusions import queries as away
from ..exclusions import words as away_words
from ..exclusions.access import keeps_away
from ..forms.acts import MoveForm, NoteForm
from ..forms.filters import FileFilter
from ..models import Case
from ..worker import access as workers


@login_required
@require_safe
def file_list(request: HttpRequest) -> HttpResponse:
    """Files within reach, newest first."""
    check_may(request.user, Capability.READ_FILE)
    form = FileFilter(request.GET or None)
    chosen = form.cleaned_data if form.is_bound and form.is_valid() else {}
    codes = {k: v for k, v in chosen.items() if v}
    page = queries.page_for(
        request.user,
        codes,
        after=request.GET.get("after", ""),
        before=request.GET.get("before", ""),
        start=_number(request.GET.get("from")),
    )
    record(
        Kind.FILE_LISTED,
        Thing(type="page", id="cases:list"),
        detail={"filter": codes, "ids": [str(c.pk) for c in page.rows]},
    )
    rows = file_rows(request.user, page.rows)
    context = {
        "page": page,
        "rows": rows,
        "form": form,
        "chosen": form.chosen(request.GET),
        "may_export": request.user.may(Capability.EXPORT_FILES),
        "codes": codes,
        "may_break_glass": request.user.may(Capability.BREAK_GLASS),
    }
    return render(request, "cases/list.html", context)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else 1


def file_rows(user: User, cases: list[Case]) -> list[dict[str, Any]]:
    """Lines of a list, each with no more than its sections open to this person."""
    sections = sections_of_each(user, cases)
    words_of = vault.aliases(c for c in cases if sections.get(c.pk, NOTHING) & Section.NOTES)
    return [_file_row(case, sections.get(case.pk, NOTHING), words_of.get(case.pk, "")) for case in cases]


def _file_row(case: Case, sections: Section, alias: str) -> dict[str, Any]:
    """Every value ready: a template that looks things up fifty times is what a list costs."""
    risk = bool(sections & Section.RISK)
    return {
        "number": case.number,
        "url": reverse("cases:detail", args=[case.number]),
        "tone": words.TONES[case.status],
        "status": str(case.get_status_display()),
        "named_only": case.named_only,
        "risk_level": words.RISK_LEVELS[case.risk_level] if risk else 0,
        "risk": str(case.get_risk_level_display()) if risk else "",
        "person": words.person_line(case) or ("" if alias else "–"),
        "alias": alias,
        "province": case.province.name,
        "owner": case.agency.name,
        "made": words.day(timezone.localdate(case.created_at)),
    }


@login_required
@require_safe
def file_detail(request: HttpRequest, number: str) -> HttpResponse:
    opened = open_case(request.user, number)
    return render(request, "cases/detail.html", detail_context(request, opened))


def detail_context(request: HttpRequest, opened: Opened, identity: Any = None) -> dict[str, Any]:
    case, found = opened.case, queries.contents(opened)
    events, facts = queries.events(opened), opened.shows(Section.FACTS)
    started_as = found["victim"].child_at_start if found["victim"] else ""
    case.victim_shown = found["victim"]
    if found["victim"]:
        case.victim = found["victim"]  # else the title asks for it once more
    choices = lifecycle.available(case, request.user, opened.sections)
    return {
        "opened": opened,
        "case": case,
        "title": words.title(case),
        "tone": words.TONES[case.status],
        "risk_level": words.RISK_LEVELS[case.risk_level],
        "risk_label": case.get_risk_level_display() if opened.shows(Section.RISK) else "",
        "report_rows": words.report_rows(case, facts=facts),
        "person_rows": words.compact(words.person_rows(found["victim"], facts=facts)),
        "fact_rows": words.compact(words.fact_rows(found["facts"], found["answers"], started_as)),
        "consent_rows": words.consent_rows(found["consents"]),
        "risk": found["risks"][0] if found["risks"] else None,
        "risk_reasons": vault.reasons(found["risks"][0]) if found["risks"] else "",
        "summary": vault.summary(case) if facts else "",
        "alias": vault.alias(found["victim"]) if found["victim"] and opened.shows(Section.NOTES) else "",
        "has_identity": found["has_identity"],
        "sees_identity": opened.shows(Section.IDENTITY),
        "identity_rows": identity,
        "may_note": opened.shows(Section.WORK)
        and opened.shows(Section.NOTES)
        and request.user.may(Capability.ADD_NOTE),
        "may_refer": opened.shows(Section.WORK)
        and opened.shows(Section.REFERRALS)
        and request.user.may(Capability.REFER),
        "may_see_sight": opened.shows(Section.WORK),
        **_worker(request.user, opened),
        "moves": [c for c in choices if c.is_open],
        "closed_moves": [c for c in choices if not c.is_open],
        "is_above": opened.shows(Section.WORK) and above.is_for_ministry(case),
        "deadlines": reminders.of_file(opened),
        "timeline": words.timeline(queries.notes(opened), events, queries.names_in(events)),
        **_exclusions(request.user, opened),
        "panels": [import_string(path)(request.user, opened) for path in settings.CASE_PANELS],
    }


def _worker(user: User, opened: Opened) -> dict[str, Any]:
    """Who works on the file, told to those who work on it too."""
    if not opened.shows(Section.WORK):
        return {"worker": "", "may_hand_over": False}
    owns = user.may(Capability.MOVE_FILE) and opened.shows(Section.MOVE)
    return {"worker": opened.case.worker.name, "may_hand_over": owns and workers.is_giver(user, opened.case)}


def _exclusions(user: User, opened: Opened) -> dict[str, Any]:
    """Who is kept away, for those who work on the file."""
    if not opened.shows(Section.WORK):
        return {"kept_away": [], "may_keep_away": False}
    mine = away.ids_to_review(user, opened.case)
    rows = [{**away_words.line(row), "may_review": row.pk in mine} for row in away.of_file(opened)]
    return {"kept_away": rows, "may_keep_away": keeps_away(user, opened.sights)}


@login_required
@require_http_methods(["GET", "POST"])
def identity(request: HttpRequest, number: str) -> HttpResponse:
    """Show the identity, once, on the trail, by POST. Opened as an address (a language switch), it is the file."""
    if request.method == "GET":
        return redirect("cases:detail", number=number)
    opened = open_case(request.user, number, page="identity")
    if not opened.shows(Section.IDENTITY):
        raise Refused(
            _("The identity of this person is not open to you."), code="section:IDENTITY", label=number
        )
    if not hasattr(opened.case, "identity"):
        raise NotFound(label=number)
    record(Kind.IDENTITY_READ, thing(opened.case))
    rows = words.identity_rows(vault.reveal(opened.case.identity))
    return render(request, "cases/detail.html", detail_context(request, opened, rows))


@login_required
@require_http_methods(["GET", "POST"])
def add_note(request: HttpRequest, number: str) -> HttpResponse:
    opened = open_case(request.user, number, page="note")
    actions.check_works_on(request.user, opened.case, Capability.ADD_NOTE)
    form = refill(request, NoteForm)
    if request.method == "POST" and form.is_valid():
        actions.add_note(
            case=opened.case, text=form.cleaned_data["text"], happening=form.happening(), by=request.user
        )
        messages.success(request, _("The note is saved."))
        return redirect("cases:detail", number=number)
    return render(request, "cases/note.html", {"case": opened.case, "form": form, "has_main_form": True})


@login_required
@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, number: str, verb: str) -> HttpResponse:
    """One move of the table, with its consequences said before."""
    opened = open_case(request.user, number, page="move")
    step = lifecycle.BY_VERB.get(verb.upper().replace("-", "_"))
    if step is None:
        raise NotFound(label=number)
    capability = actions.check_moves(request.user, opened.case, step)
    initial = {"version": opened.case.version, "closure": opened.case.closure}
    has_words = says_why(request.user, opened.case, capability)
    form = refill(request, MoveForm, step=step, says_why=has_words, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            moved = actions.move(
                case=opened.case,
                verb=step.verb,
                reason=form.cleaned_data["reason"],
                closure=form.cleaned_data.get("closure", ""),
                version=form.cleaned_data["version"],
                happening=form.happening(),
                by=request.user,
            )
        except NotNow as closed:
            form.add_error(None, str(closed.sentence))
        else:
            messages.success(
                request, _("The file is now: %(status)s.") % {"status": moved.get_status_display()}
            )
            return redirect("cases:detail", number=number)
    why_not = lifecycle.why_not(opened.case, step, request.user)
    # Also where it was sent all the same: the sentence alone, and what was typed.
    is_closed = bool(why_not)
    context = {
        "case": opened.case,
        "step": step,
        "form": form,
        "why_not": why_not,
        "is_closed": is_closed,
        "has_main_form": not is_closed,
        "kept": typed_on(form) if is_closed and (form.is_bound or hasattr(request, "kept")) else [],
        "may_note": request.user.may(Capability.ADD_NOTE),
        "says_why": has_words,
        "is_above": capability == Capability.APPROVE_FOR_OFFICE,
    }
    return render(request, "cases/move.html", context)
