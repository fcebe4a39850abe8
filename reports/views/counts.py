"""Counts of new files by province, form and month: a chart, the table of the same figures, and how they are told."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts import codes
from accounts.roles import Capability
from audit.kinds import Kind
from audit.record import Thing, record
from cases.access import check_may

from .. import counts as counting
from .. import disclosure
from ..forms import CountsForm
from ..states import Treatment


@login_required
@require_safe
def counts(request: HttpRequest) -> HttpResponse:
    check_may(request.user, Capability.SEE_COUNTS)
    levels = disclosure.levels_of(request.user)
    level = next((one for one in levels if one.code == request.GET.get("level")), levels[0])
    periods = counting.periods(level, counting.today())
    period = next((one for one in periods if one.key == request.GET.get("period")), periods[0])
    provinces = counting.provinces_of(request.user)
    # Another level offers other periods: what was asked for is filled in as it is told.
    given = {**request.GET.dict(), "period": period.key, "level": level.code}
    form = CountsForm(
        given,
        periods=[(one.key, one.label) for one in periods],
        provinces=[(str(p.pk), p.name) for p in provinces],
        form_choices=[(counting.NO_FORM, counting.form_label("")), *codes.labels("FORM").items()],
        levels=[(one.code, f"{one.code}: {one.get_code_display()}") for one in levels],
    )
    chosen = _chosen(form, level.treatment == Treatment.HIDE)
    found = counting.counted(counting.read(period), user=request.user, period=period, level=level, **chosen)
    detail = {**disclosure.parameters(level), "period": period.key, **{k: v for k, v in chosen.items() if v}}
    record(Kind.COUNTS_READ, Thing(type="page", id="reports:counts"), detail=detail)
    context = {
        "form": form, "counted": found, "level": level, "period": period, "by": chosen["by"],
        "lines": [(line.label, counting.as_text(line.shown)) for line in found.lines],
        "total": counting.as_text(found.told.total), "provinces": provinces, "cut": timezone.localtime(),
        "first": period.first, "last": period.last, "hides": level.treatment == Treatment.HIDE,
        "few": level.treatment == Treatment.FLAG, "says_few": found.told.is_marked,
        "province_name": dict(form.fields["province"].choices).get(str(chosen["province"] or ""), ""),  # type: ignore[attr-defined]
        "form_name": dict(form.fields["form"].choices).get(form["form"].value() or "", ""),  # type: ignore[attr-defined]
        "is_cut": bool(chosen["province"] or chosen["form"]),
    }  # fmt: skip
    return render(request, "reports/counts.html", context)


def _chosen(form: CountsForm, whole: bool) -> dict[str, Any]:
    """What is counted. Where small counts are held back, nothing is cut out: cuts give them back by subtraction."""
    data = form.cleaned_data if form.is_valid() else {}
    by = data.get("by") or "province"
    if whole:
        return {"by": by, "province": None, "form": ""}
    return {
        "by": by,
        "province": int(data["province"]) if data.get("province") else None,
        "form": data.get("form") or "",
    }
