"""Registers in the browser: upload, match columns and words, see how far it is, import, take back."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.refusals import NotFound, NotNow
from audit.kinds import Kind
from audit.record import record
from desk.pages import refill

from ..forms.register import ColumnsForm, HeadingsForm, ImportForm, UploadForm, WordsForm
from ..models import Register
from ..opening import may_open_in
from ..register import actions, queries
from ..register.access import can_be_taken_back, check_imports, mine, thing
from ..register.plan import Plan, open_plan
from ..register.reading import BIGGEST, CannotRead, read
from ..register.states import WORKING, Status

TONES = {
    **dict.fromkeys(WORKING, "live"),
    Status.MATCHING: "wait",
    Status.CHECKED: "wait",
    Status.IMPORTED: "done",
    Status.UNDONE: "stop",
    Status.FAILED: "warn",
    Status.DROPPED: "stop",
}


def of_register(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Hand the view the person's own register. What is not open any more is said on the register's page."""

    @wraps(view)
    def opened(request: HttpRequest, register_id: uuid.UUID, **kwargs: Any) -> HttpResponse:
        check_imports(request.user)
        own = mine(request.user, register_id)
        try:
            return view(request, own, **kwargs)
        except NotNow as closed:
            messages.warning(request, str(closed.sentence))
            return _to(own)

    return opened


def _read(register: Register, rows: int) -> None:
    """Rows were shown as they are written: that is on the trail."""
    record(Kind.REGISTER_READ, thing(register), detail={"rows": rows})


def _to(register: Register) -> HttpResponse:
    return redirect("cases:register", register_id=register.pk)


@login_required
@require_http_methods(["GET", "POST"])
def registers(request: HttpRequest) -> HttpResponse:
    """The person's registers, and the form for another one."""
    check_imports(request.user)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST" and (register := _upload(request, form)):
        return redirect("cases:register_columns", register_id=register.pk)
    now = timezone.now()
    lines = [
        {"register": one, "tone": TONES[Status(one.status)], "is_old": one.expires_at <= now}
        for one in queries.registers(request.user)
    ]
    context = {"form": form, "lines": lines, "has_main_form": True}
    return render(request, "cases/registers/list.html", context)


def _upload(request: HttpRequest, form: UploadForm) -> Register | None:
    """The register of the file, or None with its error in the form."""
    if not request.FILES and int(request.META.get("CONTENT_LENGTH") or 0) > BIGGEST:
        form.errors["file"] = form.error_class([str(CannotRead("BIG_FILE").sentence)])
        return None
    if not form.is_valid():
        return None
    try:
        return actions.upload(sheet=read(form.cleaned_data["file"]), by=request.user)
    except CannotRead as why:
        form.add_error("file", str(why.sentence))
    return None


@login_required
@require_safe
@of_register
def register(request: HttpRequest, register: Register) -> HttpResponse:
    """How far it is, what was found, and what can be done now."""
    plan = queries.plan_of(register)
    status = Status(register.status)
    rows = queries.preview(register, plan, request.user) if plan and status == Status.CHECKED else []
    if rows:
        _read(register, len(rows))
    context = {
        "register": register,
        "plan": plan,
        "tone": TONES[status],
        "is_working": status in WORKING,
        "preview": rows,
        "counts": _counts(register),
        "problems": queries.problem_counts(register),
        "has_alike": register.alike and queries.alike_rows(register).exists(),
        "form": ImportForm(),
        "can_import": status == Status.CHECKED and (register.good or register.alike),
        "can_take_back": can_be_taken_back(register),
        "kept": queries.kept_files(register, request.user) if register.kept else [],
        "is_forgotten": plan is None,
        **_progress(register),
    }
    return render(request, "cases/registers/detail.html", context)


def _counts(register: Register) -> list[dict[str, Any]]:
    """Every row once: what it is before the import, what became of it afterwards."""
    problems = reverse("cases:register_problems", args=[register.pk]) if register.wrong else ""
    alike = reverse("cases:register_alike", args=[register.pk]) if register.alike else ""
    wrong = {"label": _("To be corrected"), "number": register.wrong, "url": problems}
    if register.status == Status.IMPORTING or not (register.finished_at or register.imported):
        return [
            {"label": _("Can be imported"), "number": register.good},
            {"label": _("May be a duplicate"), "number": register.alike, "url": alike},
            wrong,
            {"label": _("Imported before"), "number": register.already},
            {"label": _("Rows in all"), "number": register.rows},
        ]
    left = register.rows - register.imported - register.wrong
    found = [
        {"label": _("Made into a file"), "number": register.imported},
        {"label": _("Of these for named people only"), "number": register.named_only},
        {
            "label": _("Left out: possible duplicates, and what was imported before"),
            "number": left,
            "url": alike,
        },
        wrong,
        {"label": _("Rows in all"), "number": register.rows},
    ]
    if register.taken_back or register.kept:
        found[1:1] = [
            {"label": _("Of these taken back"), "number": register.taken_back},
            {"label": _("Of these not taken back"), "number": register.kept},
        ]
    return found


def _progress(register: Register) -> dict[str, int]:
    """Rows that the present step has done, of how many."""
    if register.status == Status.UNDOING:
        return {"done": register.taken_back + register.kept, "of": register.imported}
    done = register.position / register.parts if register.parts else 0
    return {"done": min(round(done * register.rows), register.rows), "of": register.rows}


@login_required
@require_http_methods(["GET", "POST"])
@of_register
def columns(request: HttpRequest, register: Register) -> HttpResponse:
    """What each column is. Nothing is made before the check."""
    plan = _open_for_matching(register)
    if plan is None:
        return _to(register)
    form = refill(
        request, ColumnsForm, plan=plan, provinces=may_open_in(request.user), initial=_said(plan, request)
    )
    if request.method == "POST" and form.is_valid():
        names = ("official_involved", "province", "channel")
        moved = actions.match(
            register=register,
            columns=form.columns,
            defaults={name: form.cleaned_data[name] for name in names},
            by=request.user,
        )
        return (
            redirect("cases:register_words", register_id=moved.pk)
            if moved.status == Status.MATCHING
            else _to(moved)
        )
    _read(register, min(len(plan.top), 3))
    context = {
        "register": register,
        "plan": plan,
        "form": form,
        "headings_form": HeadingsForm(plan=plan),
        "has_main_form": True,
    }
    return render(request, "cases/registers/columns.html", context)


def _said(plan: Plan, request: HttpRequest) -> dict[str, str]:
    """What was said before, else the only province there is to choose."""
    provinces = may_open_in(request.user) or ()
    only = str(next(iter(provinces))) if len(provinces) == 1 else ""
    said = {
        "official_involved": plan.official_involved,
        "channel": plan.channel,
        "province": plan.province or only,
    }
    return said | {f"column_{at}": name for at, name in plan.columns.items()}


def _open_for_matching(register: Register) -> Plan | None:
    if register.status not in (Status.MATCHING, Status.CHECKED) or not queries.has_rows(register):
        return None
    return open_plan(register) if register.plan_sealed else None


@login_required
@require_POST
@of_register
def headings(request: HttpRequest, register: Register) -> HttpResponse:
    """Take another row for the headings."""
    plan = _open_for_matching(register)
    if plan is None:
        return _to(register)
    form = HeadingsForm(request.POST, plan=plan)
    if form.is_valid():
        actions.move_headings(register=register, row=int(form.cleaned_data["row"]), by=request.user)
    else:
        messages.warning(request, _("Choose one of the first rows of the register."))
    return redirect("cases:register_columns", register_id=register.pk)


@login_required
@require_http_methods(["GET", "POST"])
@of_register
def words(request: HttpRequest, register: Register) -> HttpResponse:
    """Words that no list knows, each asked once."""
    plan = _open_for_matching(register)
    if plan is None or not plan.has_words_to_match:
        return _to(register)
    form = refill(request, WordsForm, plan=plan, provinces=may_open_in(request.user))
    if request.method == "POST" and form.is_valid():
        return _to(actions.match_words(register=register, words=form.words, by=request.user))
    _read(register, sum(len(own) for _title, own in form.groups))
    context = {"register": register, "form": form, "has_main_form": True}
    return render(request, "cases/registers/words.html", context)


@login_required
@require_POST
@of_register
def start_import(request: HttpRequest, register: Register) -> HttpResponse:
    form = ImportForm(request.POST)
    with_alike = form.is_valid() and form.cleaned_data["with_alike"] == "YES"
    actions.start_import(register=register, with_alike=with_alike, by=request.user)
    return _to(register)


@login_required
@require_POST
@of_register
def try_again(request: HttpRequest, register: Register) -> HttpResponse:
    actions.try_again(register=register, by=request.user)
    return _to(register)


@login_required
@require_http_methods(["GET", "POST"])
@of_register
def take_back(request: HttpRequest, register: Register) -> HttpResponse:
    """The consequences, then the act."""
    if request.method == "POST":
        actions.take_back(register=register, by=request.user)
        return _to(register)
    if not can_be_taken_back(register):
        return _to(register)
    lines = [
        _("Every file of this import on which nobody has worked since is marked as made in error."),
        _("Files on which somebody has worked stay as they are, and are listed with the reason."),
        _("The rows may be imported again afterwards."),
    ]
    context = {"register": register, "lines": lines, "has_main_form": True}
    return render(request, "cases/registers/take_back.html", context)


@login_required
@require_http_methods(["GET", "POST"])
@of_register
def drop(request: HttpRequest, register: Register) -> HttpResponse:
    if request.method == "POST":
        actions.drop(register=register, by=request.user)
        messages.success(request, _("The register is deleted."))
        return redirect("cases:registers")
    if register.status == Status.DROPPED:
        raise NotFound()
    lines = [_("Every row that you uploaded is deleted. No file has been made of it.")]
    context = {"register": register, "lines": lines, "has_main_form": True}
    return render(request, "cases/registers/drop.html", context)
