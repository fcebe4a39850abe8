"""Agencies, and the provinces whose files their teams see."""

import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from .. import actions, changes, queries
from ..about import stamp
from ..actions.agencies import FIELDS
from ..forms.place import AgencyForm, NewAgencyForm, RightsForm
from ..models import Agency, ProvinceAgencyRight
from ..places import name_with_unit
from ..refusals import NotFound
from ..roles import Capability
from ..stepup import fresh
from .doors import agency_or_404, attempt, needs, refill


@login_required
@require_safe
@needs(Capability.MANAGE_PLACE)
def agencies(request: HttpRequest) -> HttpResponse:
    found = Agency.objects.select_related("province").order_by("code", "pk")
    page = Paginator(found, queries.PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "place/agencies.html", {"page": page})


@login_required
@require_safe
@needs(Capability.MANAGE_PLACE)
def agency(request: HttpRequest, agency_id: uuid.UUID) -> HttpResponse:
    found = agency_or_404(agency_id)
    edit = reverse("place:agency_change", args=[found.pk])
    yes_no = {True: _("Yes"), False: _("No")}
    rows = [
        {"key": _("Kind"), "value": found.get_kind_display()},
        {"key": _("Name in Khmer"), "value": found.name_km, "url": edit},
        {"key": _("Name in English"), "value": found.name_en, "url": edit},
        {"key": _("Province"), "value": _place(found), "url": edit},
        {"key": _("Takes referrals"), "value": yes_no[found.takes_referrals], "url": edit},
        {"key": _("Active"), "value": yes_no[found.is_active], "url": edit},
    ]
    context = {
        "agency": found,
        "rows": rows,
        "rights": [_right(right) for right in queries.rights_of_agency(found)],
        "changes": changes.of(found),
    }
    return render(request, "place/agency.html", context)


def _place(agency: Agency) -> str:
    return name_with_unit(agency.province) if agency.province else _("The whole country")


def _right(right: ProvinceAgencyRight) -> dict[str, Any]:
    live = right.valid_until is None or right.valid_until > timezone.now()
    return {"right": right, "live": live, "province": name_with_unit(right.content_object)}


@login_required
@require_http_methods(["GET", "POST"])
@needs(Capability.MANAGE_PLACE)
@fresh
def agency_new(request: HttpRequest) -> HttpResponse:
    form = refill(request, NewAgencyForm)
    if request.method == "POST" and form.is_valid():
        made = attempt(form, lambda: actions.add_agency(**form.cleaned_data, by=request.user))
        if made:
            messages.success(request, _("The agency is added. It sees no province until you give it one."))
            return redirect("place:agency", made.pk)
    context = {"form": form, "title": _("Add an agency"), "label": _("Add this agency")}
    return render(request, "place/form.html", {**context, "back": reverse("place:agencies")})


@login_required
@require_http_methods(["GET", "POST"])
@needs(Capability.MANAGE_PLACE)
@fresh
def agency_change(request: HttpRequest, agency_id: uuid.UUID) -> HttpResponse:
    found = agency_or_404(agency_id)
    shown = {name: getattr(found, name) for name in FIELDS}
    shown |= {"province": str(found.province_id or ""), "seen": stamp(found, FIELDS)}
    form = refill(request, AgencyForm, initial=shown)
    change = lambda: actions.change_agency(agency=found, **form.cleaned_data, by=request.user)  # noqa: E731
    if request.method == "POST" and form.is_valid() and attempt(form, change):
        messages.success(request, _("The agency is changed."))
        return redirect("place:agency", found.pk)
    context = {"form": form, "title": _("Change an agency"), "label": _("Save"), "caption": found.code}
    return render(request, "place/form.html", {**context, "back": reverse("place:agency", args=[found.pk])})


@login_required
@require_http_methods(["GET", "POST"])
@needs(Capability.MANAGE_PLACE)
@fresh
def right_new(request: HttpRequest, agency_id: uuid.UUID) -> HttpResponse:
    """One right or as many as are ticked: a national agency gets its 25 in one form, each with its own event."""
    found = agency_or_404(agency_id)
    live = ProvinceAgencyRight.objects.live().filter(group=found.group_id)
    held = frozenset(live.values_list("content_object_id", flat=True))
    form = refill(request, RightsForm, held=held)
    if request.method == "POST" and form.is_valid():
        chosen, reason = form.cleaned_data["provinces"], form.cleaned_data["reason"]
        for province in chosen:
            actions.give_province_right(
                agency=found,
                province=province,
                reason=reason,
                valid_until=form.valid_until(),
                by=request.user,
            )
        told = ngettext(
            "%(number)s province right is given.", "%(number)s province rights are given.", len(chosen)
        )
        messages.success(request, told % {"number": len(chosen)})
        return redirect("place:agency", found.pk)
    context = {
        "form": form,
        "title": _("Give province rights"),
        "label": _("Give these rights"),
        "caption": found.name,
        "lines": [
            _(
                "Everybody who works for this agency sees the files of these provinces, in the parts that its kind "
                "may see."
            )
        ],
        "back": reverse("place:agency", args=[found.pk]),
    }
    return render(request, "place/form.html", context)


@login_required
@require_http_methods(["GET", "POST"])
@needs(Capability.MANAGE_PLACE)
@fresh
def right_end(request: HttpRequest, agency_id: uuid.UUID, right_id: uuid.UUID) -> HttpResponse:
    found = agency_or_404(agency_id)
    right = (
        ProvinceAgencyRight.objects.live()
        .filter(group=found.group_id, pk=right_id)
        .select_related("content_object")
        .first()
    )
    if right is None:
        raise NotFound
    if request.method == "POST":
        actions.end_province_right(right=right, by=request.user)
        messages.success(request, _("The province right has ended."))
        return redirect("place:agency", found.pk)
    context = {
        "title": _("End a province right"),
        "label": _("End the right"),
        "caption": f"{found.name} – {name_with_unit(right.content_object)}",
        "consequences": [
            _("From their next click on, this agency's people no longer see the files of this province."),
            _("What they see by a referral or because they opened a file themselves stays."),
        ],
        "danger": True,
        "cancel_url": reverse("place:agency", args=[found.pk]),
    }
    return render(request, "place/confirm.html", context)
