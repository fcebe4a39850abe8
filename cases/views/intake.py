"""The intake in the browser: task list, pages, one field at a time, check answers, receipt."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.refusals import NotFound
from accounts.roles import Capability
from accounts.sections import Section
from desk import drafts
from desk.models import Draft

from .. import actions, intake, review, tabs
from ..access import check_may, open_case
from ..forms.intake import BY_KEY, SECTIONS, SectionForm
from .find import SEARCHED

SEARCH_HOLDS = 60 * 60  # seconds for which one search allows a new file


def of_draft(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Hand the view its own draft. A draft that has become a file leads to that file, from whichever page.

    What changes a draft takes it one at a time, so that two tabs cannot make two files of it.
    """

    @wraps(view)
    def opened(request: HttpRequest, draft_id: uuid.UUID, **kwargs: Any) -> HttpResponse:
        drafted = Draft.objects.filter(pk=draft_id, owner=request.user, kind=Draft.Kind.INTAKE)
        draft = (drafted.select_for_update() if request.method == "POST" else drafted).first()
        if draft is None:
            raise NotFound()
        number = intake.number_of(drafts.read(draft))
        return _made(request, number) if number else view(request, draft, **kwargs)

    return opened


def _made(request: HttpRequest, number: str) -> HttpResponse:
    """What was typed into an old page of it is not lost silently: it belongs into the file."""
    page = request.resolver_match.url_name if request.resolver_match else ""
    if page == "draft_field":
        return JsonResponse({"error": _("The file is made. Add what is new to it as a note.")}, status=400)
    if page == "draft_section" and request.method == "POST":
        messages.warning(request, _("The file is made. Add what is new to it as a note."))
    return redirect("cases:receipt", number=number)


@login_required
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """A new draft, after a search. Opened as an address (after signing in again), it leads to the search."""
    if request.method == "GET":
        return redirect("cases:find")
    check_may(request.user, Capability.OPEN_FILE, _("Your role does not include making case files."))
    searched = request.session.get(SEARCHED, 0)
    if timezone.now().timestamp() - searched > SEARCH_HOLDS:
        messages.warning(request, _("Search first: the person may have a file already."))
        return redirect("cases:find")
    draft = drafts.start(by=request.user, kind=Draft.Kind.INTAKE, data=intake.first_draft(request.user))
    return redirect("cases:draft_section", draft_id=draft.pk, section=SECTIONS[0].key)


@login_required
@require_safe
@of_draft
def task_list(request: HttpRequest, draft: Draft) -> HttpResponse:
    typed = drafts.read(draft)
    first_answered = bool(typed.get("official_involved"))
    words = {
        "DONE": _("Done"),
        "STARTED": _("To correct"),
        "TODO": _("Not started"),
        "LATER": _("After the first"),
    }
    tasks = []
    for task in intake.tasks(typed, request.user):
        later = not first_answered and task.form is not SECTIONS[0]
        state = "LATER" if later else task.state
        url = "" if later else reverse("cases:draft_section", args=[draft.pk, task.form.key])
        tasks.append(
            {
                "title": task.form.title,
                "hint": task.form.hint,
                "status": state,
                "status_text": words[state],
                "url": url,
            }
        )
    return render(request, "cases/intake/tasks.html", {"draft": draft, "groups": [{"tasks": tasks}]})


@login_required
@require_http_methods(["GET", "POST"])
@of_draft
def section(request: HttpRequest, draft: Draft, section: str) -> HttpResponse:
    """One page. What was typed is kept whether it is right or not; only then it is checked."""
    form_class = BY_KEY.get(section)
    if form_class is None:
        raise NotFound()
    posted = dict(request.POST.lists()) if request.method == "POST" else None
    kept = _keep(request, draft, form_class, posted)
    is_checked = posted is not None or kept.contested or request.GET.get("check")
    form = _form(form_class, kept, request.user) if is_checked else None
    if posted is not None and not kept.contested and ("to_list" in posted or (form and form.is_valid())):
        return redirect(_next(request, draft, form_class))
    given = tabs.Given.of(kept.draft, form_class, kept.typed)
    context = {
        "draft": draft,
        "form": form or intake.page(form_class, kept.typed, request.user),
        "section": form_class,
        "given": given,
        "position": SECTIONS.index(form_class) + 1,
        "of": len(SECTIONS),
        "has_main_form": True,
    }
    return render(request, "cases/intake/section.html", context)


def _keep(
    request: HttpRequest, draft: Draft, form_class: Any, posted: dict[str, list[str]] | None
) -> tabs.Kept:
    """Keep what is sent, or what was on this page before a language switch or an ended session."""
    if posted is not None:
        return tabs.keep(draft, form_class, posted, by=request.user)
    carried = drafts.carried(request.user, request.path)
    if carried is None:
        return tabs.Kept(draft, drafts.read(draft))
    # Only a page that says what it was given tells what was emptied on it.
    kept = tabs.keep(draft, form_class, carried.data, by=request.user, whole=tabs.GIVEN in carried.data)
    if not kept.contested:
        drafts.forget(ids=carried.ids, by=request.user)
    return kept


def _form(form_class: Any, kept: tabs.Kept, by: User) -> SectionForm:
    """The page with all that is wrong on it: by itself, with other pages, and with what another tab saved."""
    form = intake.checked(kept.shown, by)[1][form_class.key]
    stands = form_class(intake.as_data(kept.typed))
    stands.full_clean()
    for name in kept.contested:
        form.add_error(name, review.changed_elsewhere(stands, name))
    return form


def _next(request: HttpRequest, draft: Draft, form_class: Any) -> str:
    if "to_list" in request.POST:
        return reverse("cases:draft", args=[draft.pk])
    after = SECTIONS.index(form_class) + 1
    if request.GET.get("check") or after == len(SECTIONS):
        return reverse("cases:draft_check", args=[draft.pk])
    return reverse("cases:draft_section", args=[draft.pk, SECTIONS[after].key])


@login_required
@require_POST
@of_draft
def save_field(request: HttpRequest, draft: Draft) -> JsonResponse:
    """One field as it is left. Answers with the time it was kept."""
    name = request.POST.get("field", "")
    if name not in intake.INPUTS:
        return JsonResponse({"error": _("This field does not belong to the page.")}, status=400)
    given, field = tabs.Given.read(request.GET.get(tabs.GIVEN, "")), intake.INPUTS[name]
    if given and given.newer(drafts.read(draft), field):
        return JsonResponse({"error": _("This was changed in another tab meanwhile.")}, status=400)
    values = [value[:20_000] for value in request.POST.getlist("value")]
    drafts.keep(
        draft_id=draft.pk, changes={name: values} | tabs.written(field, given, draft), by=request.user
    )
    return JsonResponse({"saved_at": date_format(timezone.localtime(), "TIME_FORMAT")})


@login_required
@require_http_methods(["GET", "POST"])
@of_draft
def check(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Check answers, then make the file: one submit button that names the act."""
    ready, forms = intake.checked(drafts.read(draft), request.user)
    if request.method == "POST" and ready is not None:
        case = actions.open_file(intake=ready, by=request.user)
        drafts.finish(draft_id=draft.pk, left={intake.NUMBER: [case.number]}, by=request.user)
        return redirect("cases:receipt", number=case.number)
    context = {
        "draft": draft,
        "groups": review.groups(draft, forms),
        "left_out": review.left_out(forms),
        "problems": review.problems(draft, forms),
        "intake": ready,
        "has_main_form": False,
    }
    return render(request, "cases/intake/check.html", context)


@login_required
@require_http_methods(["GET", "POST"])
@of_draft
def drop(request: HttpRequest, draft: Draft) -> HttpResponse:
    if request.method == "POST":
        drafts.drop(draft_id=draft.pk, by=request.user)
        messages.success(request, _("The draft is deleted."))
        return redirect("reports:my_work")
    context = {
        "draft": draft,
        "has_main_form": True,
        "lines": [_("Everything typed into this draft is deleted.")],
    }
    return render(request, "cases/intake/drop.html", context)


@login_required
@require_safe
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    opened = open_case(request.user, number, page="receipt")
    context = {
        "case": opened.case,
        "is_high": opened.shows(Section.RISK) and opened.case.risk_level == "HIGH",
    }
    return render(request, "cases/intake/receipt.html", context)
