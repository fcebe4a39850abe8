"""Pages of referrals: translate in, one action, translate out."""

import datetime
import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import User
from accounts.refusals import NotNow
from accounts.roles import Capability
from accounts.sections import Section
from audit.kinds import Kind
from audit.record import Thing, record
from cases.access import check_may, open_case
from cases.answers import Answer
from cases.words import RISK_LEVELS
from cases.words import title as file_title
from desk import drafts
from desk.pages import refill

from . import actions, lifecycle, needs, queries, vault, words
from .access import Opened, is_named_only, open_referral
from .forms import TYPED, ActForm, ReferralForm, as_filled_in, first_answers
from .lifecycle import BY_VERB, Verb
from .models import Referral
from .states import Basis, Side, Status

#: How long words that came too late are shown on the page of their referral.
_TO_COPY = datetime.timedelta(days=1)
_SAID = {
    Verb.APPROVE: gettext_lazy("The referral is approved and sent."),
    Verb.SEND_BACK: gettext_lazy("The referral is returned to the sender."),
    Verb.ACCEPT: gettext_lazy(
        "The referral is accepted. The agreed parts of the case file are open to you now."
    ),
    Verb.DECLINE: gettext_lazy("The referral is declined. The sender sees your reason."),
    Verb.START_SERVICE: gettext_lazy("It is recorded that services have begun."),
    Verb.COMPLETE: gettext_lazy("It is recorded that services are completed."),
    Verb.WITHDRAW: gettext_lazy("The referral is withdrawn."),
}
#: The last part of each act's address, which is its name too.
ADDRESSES = {
    Verb.APPROVE: "approve",
    Verb.SEND_BACK: "return",
    Verb.ACCEPT: "accept",
    Verb.DECLINE: "decline",
    Verb.START_SERVICE: "start",
    Verb.COMPLETE: "complete",
    Verb.WITHDRAW: "withdraw",
}
_ENDS_SOMETHING = (Verb.DECLINE, Verb.WITHDRAW)
#: What rests on the person's consent being enough.
_GOES_ON = (Verb.APPROVE, Verb.ACCEPT)
#: What mostly comes next, drawn as the button.
_FIRST = (Verb.APPROVE, Verb.RESUBMIT, Verb.ACCEPT, Verb.START_SERVICE, Verb.COMPLETE)


@login_required
@require_safe
def referral_list(request: HttpRequest) -> HttpResponse:
    user: User = request.user
    check_may(user, Capability.READ_FILE)
    chosen = queries.tab_of(user, request.GET.get("show", ""))
    page = queries.page_of(user, chosen.rows(user), request.GET.get("page", ""))
    _listed(chosen.key, page.object_list)
    return render(
        request,
        "referrals/list.html",
        {
            "page": page,
            "chosen": chosen.key,
            "caption": chosen.label,
            "tabs": queries.tabs_of(user),
            "may_export": user.may(Capability.EXPORT_FILES),
            "codes": {"show": chosen.key},
        },
    )


@login_required
@require_safe
def review(request: HttpRequest) -> HttpResponse:
    check_may(request.user, Capability.REVIEW_REFERRAL)
    rows, number = queries.review_queue(request.user), request.GET.get("page", "")
    page = queries.page_of(request.user, rows, number, words.waiting_line)
    _listed("review", page.object_list)
    return render(request, "referrals/review.html", {"page": page})


def _listed(which: str, rows: list[words.Line]) -> None:
    detail = {"list": which, "rows": len(rows), "ids": [row.id for row in rows]}
    record(Kind.REFERRAL_LISTED, Thing(type="referral"), detail=detail)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, number: str) -> HttpResponse:
    case = open_case(request.user, number, page="refer").case
    actions.check_may_refer(case, request.user)
    form = refill(
        request,
        ReferralForm,
        receivers=queries.receivers(request.user, case),
        initial=first_answers(case.risk_level),
    )
    if request.method == "POST" and form.is_valid():
        try:
            referral = actions.submit(case=case, packet=form.packet(), by=request.user)
        except NotNow as closed:
            form.add_error(None, str(closed.sentence))
        else:
            messages.success(
                request, _("The referral is sent in. The ministry reviews it before the agency sees it.")
            )
            return redirect("referrals:detail", pk=referral.pk)
    context = {
        "case": case,
        "title": file_title(case),
        "is_child": case.victim.is_child == Answer.YES,
        "form": form,
        "has_main_form": True,
    }
    return render(request, "referrals/form.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Change a returned referral and send it in again."""
    opened = open_referral(request.user, pk, page="edit")
    lifecycle.check_side(opened.sides, BY_VERB[Verb.RESUBMIT])
    referral, case = opened.referral, opened.referral.case
    if request.method != "POST" and referral.status != Status.RETURNED:
        return _too_late(request, opened)
    form = refill(
        request,
        ReferralForm,
        receivers=queries.receivers(request.user, case),
        initial=as_filled_in(referral),
    )
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        try:
            actions.resubmit(referral=referral, packet=form.packet(), by=request.user, version=version)
        except NotNow as closed:
            form.add_error(None, str(closed.sentence))
        else:
            messages.success(request, _("The referral is sent in again."))
            return redirect("referrals:detail", pk=pk)
    if request.method == "POST" and _has_moved_on(referral, BY_VERB[Verb.RESUBMIT]):
        return _too_late(request, opened)
    context = {
        "case": case,
        "title": file_title(case),
        "is_child": case.victim.is_child == Answer.YES,
        "form": form,
        "has_main_form": True,
        "referral": referral,
        "returned": words.last(Verb.SEND_BACK, referral, queries.steps(opened)),
    }
    return render(request, "referrals/form.html", context)


@login_required
@require_safe
def detail(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    told = _told(request.user, open_referral(request.user, pk))
    kept = drafts.carried(request.user, request.path)
    # In a form of its own, so that a change of the language keeps it too.
    typed = [
        {"name": name, "label": TYPED[name], "text": text}
        for name, (text, *_more) in (kept.data if kept else {}).items()
        if name in TYPED and text.strip()
    ]
    return render(request, "referrals/detail.html", {**told, "typed": typed, "has_main_form": bool(typed)})


def _told(user: User, opened: Opened) -> dict[str, Any]:
    referral = opened.referral
    choices = lifecycle.available(referral, user, opened.sides)
    is_open = queries.facts_are_open(opened) and vault.has_key(referral)
    return {
        "referral": referral,
        "case": opened.case,
        "title": _("Person"),
        "tone": words.TONES[referral.status],
        "from_queue": user.may(Capability.REVIEW_REFERRAL),
        "asked_rows": words.agency_rows(referral),
        "is_closed_to_reader": not is_open,
        "moves": [_drawn(choice, referral.pk) for choice in choices],
        "timeline": words.timeline(referral, queries.steps(opened)),
        **(_packet(opened) if is_open else {}),
    }


def _packet(opened: Opened) -> dict[str, Any]:
    """What of the page tells of the person: for nobody to whom the packet has closed."""
    referral = opened.referral
    reviews = Side.MINISTRY in opened.sides and referral.status == Status.SUBMITTED
    asked = [service.code for service in referral.services.all()]
    return {
        "title": words.person(referral) or _("Person"),
        "risk_level": RISK_LEVELS[referral.risk_level],
        "is_emergency": referral.basis == Basis.EMERGENCY,
        "asked_rows": words.asked_rows(referral),
        "person_rows": words.person_rows(referral),
        "summary": vault.summary(referral),
        "basis_rows": words.basis_rows(referral),
        "child_alone": words.child_alone(referral),
        "justification": vault.justification(referral),
        "opens_title": words.opens_title(referral),
        "opens": words.opens(referral),
        "beyond": words.section_labels(needs.beyond(asked, Section(referral.sections))) if reviews else [],
    }


def _drawn(choice: lifecycle.Choice, pk: uuid.UUID) -> dict[str, Any]:
    verb = choice.move.verb
    url = reverse(f"referrals:{ADDRESSES.get(verb, 'edit')}", args=[pk])
    return {"label": verb.label, "url": url, "why": choice.why_not or None, "is_first": verb in _FIRST}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def act(request: HttpRequest, pk: uuid.UUID, verb: Verb) -> HttpResponse:
    """One move: what follows from it, a reason where it needs one, and then the action."""
    move = BY_VERB[verb]
    opened = open_referral(request.user, pk, page=verb.lower())
    lifecycle.check_side(opened.sides, move)
    referral = opened.referral
    if request.method != "POST":
        choice = next(
            (c for c in lifecycle.available(referral, request.user, opened.sides) if c.move is move), None
        )
        if choice is None or not choice.is_open:
            return _too_late(request, opened, choice.why_not if choice else "")
    form = refill(request, ActForm, move=move, initial={"version": referral.version})
    if request.method == "POST" and form.is_valid():
        try:
            _do(move, opened, form.cleaned_data, request.user)
        except NotNow as closed:
            form.add_error(None, str(closed.sentence))
        else:
            messages.success(request, _SAID[verb])
            return redirect("referrals:detail", pk=pk)
    if request.method == "POST" and _has_moved_on(referral, move):
        return _too_late(request, opened)
    named_only = verb == Verb.ACCEPT and is_named_only(referral)
    context = {
        "referral": referral,
        "form": form,
        "verb_label": verb.label,
        "is_emergency": referral.basis == Basis.EMERGENCY,
        "case": opened.case,
        "person": words.person(referral),
        "services": words.services(referral),
        "consequences": words.consequences(verb, referral, named_only=named_only),
        "child_alone": words.child_alone(referral) if verb in _GOES_ON else "",
        "danger": verb in _ENDS_SOMETHING,
        "has_main_form": True,
    }
    return render(request, "referrals/act.html", context)


def _do(move: lifecycle.Move, opened: Opened, data: dict[str, Any], user: User) -> None:
    given = {"referral": opened.referral, "by": user, "version": data["version"]}
    if move.reasons:
        given["reason"] = data["reason"]
    given["feedback" if move.verb == Verb.COMPLETE else "words"] = data["words"]
    getattr(actions, move.verb.lower())(**given)


def _has_moved_on(referral: Referral, move: lifecycle.Move) -> bool:
    """Whether somebody else was faster: no form can do this any more, however it is filled in."""
    referral.refresh_from_db(fields=["status"])
    return referral.status not in move.sources


def _too_late(request: HttpRequest, opened: Opened, sentence: str = "") -> HttpResponse:
    """Back to the referral, with what stands; what was typed waits there a day for its owner, to be copied."""
    address = reverse("referrals:detail", args=[opened.referral.pk])
    kept = None if request.method == "POST" else drafts.carried(request.user, request.path)
    sent = kept.data if kept else dict(request.POST.lists())
    typed = {name: values for name, values in sent.items() if name in TYPED and any(values)}
    if typed:
        drafts.carry(user=request.user, path=address, data=typed, keep_for=_TO_COPY)
    if kept:
        drafts.forget(ids=kept.ids, by=request.user)
    messages.warning(request, sentence or str(lifecycle.STANDS[Status(opened.referral.status)]))
    return redirect(address)
