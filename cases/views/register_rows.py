"""Rows of a register: what is wrong with them, whom they are like; and the sample to start from."""

import csv
import io

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ..models import Register
from ..register import queries, sample
from ..register.access import check_imports
from ..register.reading import BOM
from .register import _read, of_register

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@login_required
@require_safe
@of_register
def problems(request: HttpRequest, register: Register) -> HttpResponse:
    """Row by row, with what stands there as long as it is kept."""
    page = Paginator(queries.wrong_rows(register), queries.SHOWN).get_page(request.GET.get("page"))
    plan = queries.plan_of(register)
    rows = queries.shown_problems(register, page.object_list, plan)
    _read(register, len(rows))
    context = {"register": register, "page": page, "rows": rows, "has_values": queries.has_rows(register)}
    return render(request, "cases/registers/problems.html", context)


@login_required
@require_safe
@of_register
def problems_file(request: HttpRequest, register: Register) -> HttpResponse:
    """Row number, column and sentence, to be corrected beside the register itself. Never what is written there."""
    made = io.StringIO(newline="")
    writer = csv.writer(made)
    writer.writerow([_("Row"), _("Column"), _("What is wrong")])
    for number, column, sentence in queries.problem_lines(register, queries.plan_of(register)):
        writer.writerow([number, column, sentence])
    return _download(BOM + made.getvalue().encode(), "text/csv; charset=utf-8", "problems.csv")


def _download(body: bytes, content_type: str, name: str) -> HttpResponse:
    response = HttpResponse(body, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store, private"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@login_required
@require_safe
@of_register
def alike(request: HttpRequest, register: Register) -> HttpResponse:
    """Rows that may be somebody who has a file, or who stands in the register twice."""
    page = Paginator(queries.alike_rows(register), queries.SHOWN).get_page(request.GET.get("page"))
    rows = queries.shown_alike(register, page.object_list, queries.plan_of(register), request.user)
    _read(register, len(rows))
    return render(request, "cases/registers/alike.html", {"register": register, "page": page, "rows": rows})


@login_required
@require_safe
def sample_file(request: HttpRequest) -> HttpResponse:
    check_imports(request.user)
    return _download(sample.workbook(), XLSX, "register.xlsx")
