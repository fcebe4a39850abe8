"""What is due, one's own reminders, and for the administrator the deadlines behind them."""

import uuid

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.refusals import NotFound, NotNow, Refused
from accounts.roles import Capability

from ..pages import is_done, refill
from . import actions, mailbox, queries, words
from .forms import HolidayForm, MailboxForm, PolicyForm
from .models import DeadlinePolicy, Holiday

TABS = ("mine", "office")


def _check_reads(user: User) -> None:
    if not user.acts_with(Capability.READ_FILE):
        raise Refused(_("Your role does not include this."), code=f"capability:{Capability.READ_FILE}")


@login_required
@require_safe
def due_list(request: HttpRequest) -> HttpResponse:
    """Unread reminders first, then everything that is due: one's own, or the office's."""
    _check_reads(request.user)
    chosen = request.GET.get("show", "")
    chosen = chosen if chosen in TABS else "mine"
    rows = queries.mine(request.user) if chosen == "mine" else queries.of_office(request.user)
    told = queries.lines(request.user, [notice.due for notice in queries.notices(request.user)])
    context = {
        "chosen": chosen,
        "told": told,
        "page": queries.page_of(request.user, rows, request.GET.get("page", "1")),
        "has_mail": bool(mailbox.address_of(request.user)),
    }
    return render(request, "due/list.html", context)


@login_required
@require_POST
def read(request: HttpRequest) -> HttpResponse:
    """Mark the reminders that stood on the page as read."""
    _check_reads(request.user)
    ids = [found for text in request.POST.getlist("due")[:500] if (found := _as_id(text))]
    actions.mark_read(due_ids=ids, by=request.user)
    return HttpResponseRedirect(reverse("due:list"), status=303)


def _as_id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


@login_required
@require_http_methods(["GET", "POST"])
def mail(request: HttpRequest) -> HttpResponse:
    """One's own address for reminders."""
    _check_reads(request.user)
    form = refill(request, MailboxForm, initial={"address": mailbox.address_of(request.user)})
    if request.method == "POST" and form.is_valid():
        actions.set_mailbox(address=form.cleaned_data["address"], by=request.user)
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(reverse("due:list"), status=303)
    return render(request, "due/mail.html", {"form": form, "has_main_form": True})


@login_required
@require_safe
def policies(request: HttpRequest) -> HttpResponse:
    actions.check_sets_deadlines(request.user)
    rows = [{"policy": one, "told": words.told(one)} for one in queries.policies()]
    return render(request, "due/policies.html", {"rows": rows})


@login_required
@require_http_methods(["GET", "POST"])
def policy(request: HttpRequest, policy_id: uuid.UUID) -> HttpResponse:
    actions.check_sets_deadlines(request.user)
    found = DeadlinePolicy.objects.filter(pk=policy_id).first()
    if found is None:
        raise NotFound
    initial = {name: getattr(found, name) for name in (*actions.POLICY_FIELDS, "version")}
    form = refill(request, PolicyForm, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        try:
            actions.change_policy(policy=found, version=values.pop("version"), values=values, by=request.user)
        except NotNow as no:
            form.add_error(None, str(no.sentence))
        else:
            messages.success(request, _("Saved. Steps that begin from now on follow it."))
            return HttpResponseRedirect(reverse("due:policies"), status=303)
    context = {"policy": found, "told": words.told(found), "form": form, "has_main_form": True}
    return render(request, "due/policy.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def holidays(request: HttpRequest) -> HttpResponse:
    """The calendar from this year on, and a form for one more day."""
    actions.check_sets_deadlines(request.user)
    form = refill(request, HolidayForm)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in actions.HOLIDAY_FIELDS}
        if is_done(form, lambda: actions.add_holiday(**values, by=request.user)):
            messages.success(request, _("Saved. Steps that begin from now on follow it."))
            return HttpResponseRedirect(reverse("due:holidays"), status=303)
    this_year = timezone.localdate().replace(month=1, day=1)
    rows = queries.holidays(this_year)
    context = {
        "rows": rows,
        "form": form,
        "next_year": this_year.year + 1,
        "is_short": not any(row.on.year > this_year.year for row in rows),
        "has_main_form": True,
    }
    return render(request, "due/holidays.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def holiday(request: HttpRequest, holiday_id: uuid.UUID) -> HttpResponse:
    actions.check_sets_deadlines(request.user)
    found = Holiday.objects.filter(pk=holiday_id).first()
    if found is None:
        raise NotFound
    if request.method == "POST" and "remove" in request.POST:
        actions.remove_holiday(holiday=found, by=request.user)
        messages.success(request, _("The day is no holiday any more."))
        return HttpResponseRedirect(reverse("due:holidays"), status=303)
    initial = {name: getattr(found, name) for name in (*actions.HOLIDAY_FIELDS, "version")}
    form = refill(request, HolidayForm, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        version = values.pop("version")
        if is_done(
            form,
            lambda: actions.change_holiday(holiday=found, version=version, values=values, by=request.user),
        ):
            messages.success(request, _("Saved. Steps that begin from now on follow it."))
            return HttpResponseRedirect(reverse("due:holidays"), status=303)
    return render(request, "due/holiday.html", {"holiday": found, "form": form, "has_main_form": True})


@login_required
@require_safe
def deliveries(request: HttpRequest) -> HttpResponse:
    """Whether messages reach people: states and counts, nothing of any file."""
    actions.check_sets_deadlines(request.user)
    context = {
        "page": queries.deliveries(request.GET.get("page", "1")),
        "counts": words.delivery_tiles(queries.delivery_counts()),
        "unheard": queries.unheard(),
        "is_on": settings.MAIL_IS_ON,
    }
    return render(request, "due/deliveries.html", context)
