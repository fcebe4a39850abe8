"""Search before create."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.roles import Capability
from audit.kinds import Kind
from audit.record import Thing, record
from desk.pages import refill

from .. import intake, queries
from ..access import check_may
from ..forms.acts import FindForm
from .files import file_rows

SEARCHED = "searched"


@login_required
@require_http_methods(["GET", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """A name or number, by POST. What was asked stands on the trail as keyed hashes, with the files found."""
    check_may(request.user, Capability.READ_FILE)
    form = refill(request, FindForm)
    found = None
    if request.method == "POST" and form.is_valid():
        found, keys = queries.find(request.user, form.cleaned_data["question"])
        request.session[SEARCHED] = int(timezone.now().timestamp())
        record(
            Kind.FILE_SEARCHED,
            Thing(type="page", id="cases:find"),
            detail={"terms": [key.hex() for key in keys], "ids": [str(c.pk) for c in found]},
        )
    context = {
        "form": form,
        "found": None if found is None else file_rows(request.user, found),
        "drafts": intake.unfinished(request.user),
        "may_open": request.user.may(Capability.OPEN_FILE),
        "may_import": request.user.may(Capability.IMPORT_REGISTER),
        "has_main_form": True,
    }
    return render(request, "cases/find.html", context)
