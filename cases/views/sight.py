"""Who sees a file and why; showing it to somebody by name; making it visible to named people only."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Agency, Membership, User
from accounts.refusals import NotNow
from accounts.roles import Capability
from accounts.sections import Section
from accounts.stepup import fresh
from desk.pages import is_done, refill

from .. import vault
from ..access import Opened, open_case
from ..forms.sight import EVERYBODY, LiftForm, NamedForm, ShareAgencyForm, ShareForm, WhyForm
from ..sight import access, actions, queries, words
from ..sight import own as own_sight

PAGE = "sight"


@login_required
@require_safe
def sight(request: HttpRequest, number: str) -> HttpResponse:
    """Who sees this file, and why: the truth of the walls, joined with who works where today. Who reads the file and
    does not work on it is told why they see it themselves: who else looks after the person is not theirs to know."""
    opened = open_case(request.user, number, page=PAGE)
    case = opened.case
    if not opened.shows(Section.WORK):
        return render(
            request, "cases/sight/own.html", {"case": case, "ways": own_sight.ways(case, request.user)}
        )
    may = access.may_change(request.user, case)
    own = _own_people(request.user)
    asked = access.open_request(case)
    context = {
        "case": case,
        "lines": [words.line(one, case, may_end=may) for one in queries.who_sees(case, request.user)],
        "emergencies": [words.emergency(one, request.user, own) for one in queries.emergencies(case)],
        "steps": [words.step(one, own) for one in queries.steps(case)],
        "may_change": may,
        "sees_referrals": opened.shows(Section.REFERRALS),
        "may_lift": case.named_only and request.user.may(Capability.NAMED_DESK),
        "asked": asked,
    }
    return render(request, "cases/sight/page.html", context)


def _own_people(user: User) -> set[uuid.UUID]:
    """Everybody who has ever worked in an office of this person: they are called by name."""
    posts = Membership.objects.filter(agency__in=user.rights.homes)
    return {user.pk, *posts.values_list("person_id", flat=True)}


@login_required
@require_http_methods(["GET", "POST"])
@fresh
def share(request: HttpRequest, number: str) -> HttpResponse:
    """The agency first, then one of its people: nobody is looked for by name across the nation."""
    opened = open_case(request.user, number, page=PAGE)
    access.check_changes(request.user, opened.case)
    agency = _chosen_agency(request)
    if agency is None:
        return _choose_agency(request, opened)
    people = [one for one in access.members(agency.pk) if one.pk != request.user.pk]
    team = None if opened.case.named_only or not people else agency
    form = refill(request, ShareForm, people=people, team=team, holds=_to_give(opened, agency))
    if request.method == "POST" and form.is_valid() and _share(request, opened, form, people, agency):
        messages.success(request, _("The file is shared. It ends by itself after the day you chose."))
        return redirect("cases:sight", number=number)
    context = {
        "title": _("Share with %(agency)s") % {"agency": agency.name},
        "label": _("Share the file"),
        "lines": [] if people else [_("Nobody there reads case files now.")],
        "has_main_form": bool(people),
    }
    return _act_page(request, opened, form, context)


def _chosen_agency(request: HttpRequest) -> Agency | None:
    try:
        chosen = uuid.UUID(request.GET.get("agency", ""))
    except ValueError:
        return None
    return Agency.objects.filter(pk=chosen, is_active=True).first()


def _choose_agency(request: HttpRequest, opened: Opened) -> HttpResponse:
    agencies = list(Agency.objects.filter(is_active=True).order_by("kind", "name_km", "pk"))
    form = ShareAgencyForm(agencies=agencies)
    return render(request, "cases/sight/agency.html", {"case": opened.case, "form": form})


def _to_give(opened: Opened, agency: Agency) -> Any:
    """What the giver holds; the moving of the file only where it stays in the own office."""
    given = opened.sections
    return given if access.is_colleague(opened.user, agency) else given & ~Section.MOVE


def _share(request: HttpRequest, opened: Opened, form: Any, people: list[User], agency: Agency) -> bool:
    chosen = form.cleaned_data["to"]
    to: Any = agency if chosen == EVERYBODY else next(one for one in people if str(one.pk) == chosen)
    try:
        actions.share(
            case=opened.case,
            to=to,
            sections=form.sections(),
            until=form.cleaned_data["until"],
            reason=form.cleaned_data["reason"],
            by=request.user,
        )
    except NotNow as no:
        form.add_error(None, str(no.sentence))
        return False
    return True


@login_required
@require_http_methods(["GET", "POST"])
def share_end(request: HttpRequest, number: str, share_id: str) -> HttpResponse:
    opened = open_case(request.user, number, page=PAGE)
    access.check_changes(request.user, opened.case)
    if request.method == "POST":
        try:
            actions.end_share(case=opened.case, because=f"share:{share_id}", by=request.user)
            messages.success(request, _("They do not see the file any more."))
        except NotNow as no:
            messages.error(request, str(no.sentence))
        return redirect("cases:sight", number=number)
    context = {
        "title": _("End this share"),
        "label": _("End the share"),
        "lines": [_("From now on they see the file only if something else gives them sight of it.")],
    }
    return _act_page(request, opened, None, context)


@login_required
@require_http_methods(["GET", "POST"])
@fresh
def name_only(request: HttpRequest, number: str) -> HttpResponse:
    """The file closes to its office, its province and every agency at once."""
    opened = open_case(request.user, number, page=PAGE)
    access.check_changes(request.user, opened.case)
    people = access.keepers(opened.case, request.user)
    form = refill(
        request, NamedForm, people=people, me=request.user, initial={"keep": [str(request.user.pk)]}
    )
    if request.method == "POST" and form.is_valid():
        values = {"why": form.cleaned_data["why"], "words": form.cleaned_data["words"], "keep": form.kept()}
        if is_done(form, lambda: actions.name_only(case=opened.case, by=request.user, **values)):
            messages.success(request, _("The file is now visible to named people only."))
            keeps = request.user.pk in form.kept() or request.user.may(Capability.NAMED_DESK)
            return redirect("cases:sight", number=number) if keeps else redirect("cases:list")
    context = {
        "title": _("Make the file visible to named people only"),
        "label": _("Make it visible to named people only"),
        "danger": True,
        "lines": [
            _("Only the people whom you choose here and the national desk see it from now on."),
            _(
                "It disappears from every list, count and figure of the office, the province and the ministry."
            ),
            _(
                "Agencies to which it was referred stop seeing it, and referrals under way are taken back. Where help "
                "must go on, share it afterwards with one of their people by name."
            ),
            _("Only two people of the national desk, of two agencies, can take this back."),
        ],
    }
    return _act_page(request, opened, form, context)


@login_required
@require_http_methods(["GET", "POST"])
@fresh
def lift(request: HttpRequest, number: str) -> HttpResponse:
    """Ask to open a named-only file again; or, as the second person of the desk, decide."""
    opened = open_case(request.user, number, page=PAGE)
    actions.check_desk(by=request.user)
    asked = access.open_request(opened.case)
    if asked is None:
        form = refill(request, WhyForm)
        act: Any = actions.ask_lift
    else:
        form = refill(request, LiftForm, may_lift=access.may_second(request.user, asked))
        act = actions.lift if request.POST.get("decision") == "LIFT" else actions.decline_lift
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data["words"]
        if is_done(form, lambda: act(case=opened.case, words=told, by=request.user)):
            messages.success(request, _("It is written down, and the file stands as you decided."))
            return redirect("cases:list" if act == actions.lift else reverse("cases:sight", args=[number]))
    title = _("Open the file to its office and province again")
    lines = [_("It takes two people of the national desk, of two agencies: one asks, the other decides.")]
    if asked:
        lines = [
            _("%(agency)s asked for it: “%(words)s”")
            % {"agency": asked.agency.name, "words": vault.step_words(asked)}
        ]
        if not access.may_second(request.user, asked):
            lines.append(
                _(
                    "This needs a second person of the national desk, of another agency than the one that asked."
                )
            )
    return _act_page(
        request, opened, form, {"title": title, "label": _("Send") if asked else _("Ask"), "lines": lines}
    )


def _act_page(request: HttpRequest, opened: Opened, form: Any, context: dict[str, Any]) -> HttpResponse:
    context = {
        "case": opened.case,
        "form": form,
        "back": reverse("cases:sight", args=[opened.case.number]),
        "has_main_form": True,
        **context,
    }
    return render(request, "cases/sight/act.html", context)
