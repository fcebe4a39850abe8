"""The list of monthly tables, one table with its words, its acts, the files behind a figure, and its files."""

import datetime
import hashlib
import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.refusals import NotFound, NotNow
from accounts.roles import Capability
from audit.kinds import Kind
from audit.record import Thing, record
from cases.models import Case
from cases.queries import page_of
from cases.views.files import file_rows
from desk.pages import refill
from desk.reminders.models import What
from desk.reminders.queries import ends_of

from .. import actions, lifecycle, paper, queries, spreadsheets, vault, words
from ..access import agencies_of, check_may_list, check_prepares, open_table
from ..forms import CorrectForm, VersionForm, WordsForm
from ..lifecycle import Verb
from ..models import MonthlyTable
from ..states import Status

SHOWN = 200
SHAPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


@login_required
@require_safe
def tables(request: HttpRequest) -> HttpResponse:
    """The tables within reach, newest first."""
    check_may_list(request.user)
    rows = list(queries.listed(request.user)[:SHOWN])
    return render(request, "reports/tables.html", {"rows": table_rows(rows)})


def table_rows(rows: list[MonthlyTable]) -> list[dict[str, Any]]:
    return [
        {
            "url": reverse("reports:table", args=[row.pk]),
            "month": words.month_of(row),
            "province": row.province.name,
            "edition": row.edition,
            "tone": words.TONES[row.status],
            "status": str(row.get_status_display()),
            "open_end": row.open_end,
        }
        for row in rows
    ]


@login_required
@require_http_methods(["GET", "POST"])
def table(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The table and, while it is being prepared, its words."""
    found = open_table(request.user, pk)
    said = vault.words_of(found)
    if request.method == "POST":
        check_prepares(request.user, found, Capability.PREPARE_REPORT)
    writes = found.status == Status.DRAFT and found.agency_id in agencies_of(request.user)
    explains = found.needs_explanation or bool(said["explanation"])
    initial = {**said, "version": found.version}
    form = refill(request, WordsForm, explains=explains, initial=initial)
    if request.method == "POST" and form.is_valid() and _kept(request, found, form):
        return redirect("reports:table", pk=pk)
    context = {**_context(request.user, found, said), "form": form if writes or form.errors else None}
    return render(request, "reports/table.html", {**context, "has_main_form": writes})


def _kept(request: HttpRequest, found: MonthlyTable, form: WordsForm) -> bool:
    """Save the words, or hand the table over with them. False with a sentence on the form where it is not open."""
    hands_over = request.POST.get("do") == "prepare"
    act = actions.prepare if hands_over else actions.write
    given = {name: form.cleaned_data.get(name, "") for name in ("remarks", "explanation")}
    try:
        act(table=found, version=form.cleaned_data["version"], by=request.user, **given)
    except NotNow as closed:
        form.add_error("explanation" if "explanation" in form.fields else None, str(closed.sentence))
        return False
    said = _("The table is handed over for the signature.") if hands_over else _("Your remarks are saved.")
    messages.success(request, said)
    return True


def _context(user: User, found: MonthlyTable, said: dict[str, str]) -> dict[str, Any]:
    own = found.agency_id in agencies_of(user)
    may = lifecycle.available(found, user) if own else {}
    newer = queries.newer_edition(found, user)
    sheet = words.sheet(found, {} if own and found.status == Status.DRAFT else said)
    return {
        "table": found,
        "sheet": sheet,
        "tables": [(title, f"{first}:{end}") for title, first, end in sheet.groups],
        "tone": words.TONES[found.status],
        "may_sign": may.get(Verb.SIGN) == "",
        "why_not_sign": may.get(Verb.SIGN, ""),
        "may_send_back": may.get(Verb.SEND_BACK) == "",
        "may_correct": own and found.status == Status.SIGNED and newer is None,
        "newer": newer,
        "shapes": [("pdf", "PDF"), ("xlsx", "Excel"), ("csv", "CSV")],
    }


def _act(
    request: HttpRequest, pk: uuid.UUID, act: Any, page: dict[str, Any], form_class: Any = VersionForm
) -> HttpResponse:
    """One act that is confirmed on a page of its own."""
    found = open_table(request.user, pk, page=page["name"])
    check_prepares(request.user, found, page["capability"])
    form = refill(request, form_class, initial={"version": found.version})
    if request.method == "POST" and form.is_valid():
        try:
            moved = act(table=found, by=request.user, **form.cleaned_data)
        except NotNow as closed:
            form.add_error(None, str(closed.sentence))
        else:
            messages.success(request, page["said"])
            return redirect("reports:table", pk=moved.pk)
    context = {
        **page, "table": found, "form": form, "cancel_url": reverse("reports:table", args=[pk]),
        "month": words.month_of(found), "has_main_form": True,
    }  # fmt: skip
    return render(request, "reports/act.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def sign(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    page = {
        "name": "sign",
        "capability": Capability.SIGN_REPORT,
        "title": Verb.SIGN.label,
        "label": _("Sign"),
        "consequences": [
            _("Your name and this moment stand under the table."),
            _("Nothing in it changes any more; a mistake is corrected by a new edition."),
            _("The ministry can read it."),
        ],
        "said": _("The monthly table is signed."),
    }
    return _act(request, pk, actions.sign, page)


@login_required
@require_http_methods(["GET", "POST"])
def send_back(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    page = {
        "name": "send_back",
        "capability": Capability.PREPARE_REPORT,
        "title": Verb.SEND_BACK.label,
        "label": _("Give back"),
        "consequences": [_("The table can be written on again and is handed over anew.")],
        "said": _("The monthly table can be changed again."),
    }
    return _act(request, pk, actions.send_back, page)


@login_required
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    page = {
        "name": "correct",
        "capability": Capability.PREPARE_REPORT,
        "title": Verb.CORRECT.label,
        "label": _("Begin the new edition"),
        "consequences": [
            _("The month is counted anew, and the new edition says what differs."),
            _("The signed edition stays as it is, and is marked as replaced when the new one is signed."),
        ],
        "said": _("The new edition is there to be prepared."),
    }
    return _act(request, pk, actions.correct, page, CorrectForm)


def with_deadlines(user: User, cases: list[Case]) -> list[dict[str, Any]]:
    """Lines of a list, each with the end of its next step where there is one."""
    ends = ends_of(What.CASE, [case.pk for case in cases]) if cases else {}
    now = timezone.now()
    return [
        row | {"due": due, "is_late": due is not None and due <= now}
        for row, case in zip(file_rows(user, cases), cases, strict=True)
        for due in (ends.get(case.pk),)
    ]


@login_required
@require_safe
def files(request: HttpRequest, pk: uuid.UUID, key: str) -> HttpResponse:
    """The files behind one figure, as far as the person may see each of them."""
    found = open_table(request.user, pk, page="files")
    label, meaning = words.heading_of(key)
    if not label:
        raise NotFound()
    agency = next((a for a in found.figures if a["id"] == request.GET.get("agency", "")), None)
    behind = queries.files_of(found, request.user, key, agency["id"] if agency else "")
    page = page_of(behind, after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    ids = [str(case.pk) for case in page.rows]
    record(Kind.FILE_LISTED, Thing(type="page", id="reports:files"), detail={"table": str(pk), "ids": ids})
    context = {
        "table": found, "label": label, "meaning": meaning, "page": page, "month": words.month_of(found),
        "rows": with_deadlines(request.user, page.rows), "agency": words.name_of(agency) if agency else "",
        "province": found.province.name,
    }  # fmt: skip
    return render(request, "reports/files.html", context)


@login_required
@require_safe
def take(request: HttpRequest, pk: uuid.UUID, shape: str) -> HttpResponse:
    """The table to print, or as a file for a spreadsheet; which file it was stands on the trail."""
    if shape not in SHAPES:
        raise NotFound()
    found = open_table(request.user, pk, page=shape)
    sheet = words.sheet(found, vault.words_of(found))
    makers = {
        "pdf": lambda: paper.pdf(found, sheet),
        "xlsx": lambda: spreadsheets.as_xlsx(sheet),
        "csv": lambda: spreadsheets.as_csv(sheet),
    }
    content = makers[shape]()
    actions.take(
        table=found, shape=shape.upper(), fingerprint=hashlib.sha256(content).hexdigest(), by=request.user
    )
    response = HttpResponse(content, content_type=SHAPES[shape])
    response["Content-Disposition"] = f'attachment; filename="{_file_name(found, shape)}"'
    response["Cache-Control"] = "no-store, private"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _file_name(found: MonthlyTable, shape: str) -> str:
    month: datetime.date = found.month
    return f"{found.agency.code}-{month:%Y-%m}-edition-{found.edition}.{shape}"
