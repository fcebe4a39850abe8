"""The first page of running the place, who uses it, and what nobody has confirmed yet."""

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.module_loading import import_string
from django.views.decorators.http import require_safe

from .. import confirming, queries, turnover, usage
from ..roles import Capability
from .doors import needs


@login_required
@require_safe
@needs(Capability.MANAGE_PLACE)
def home(request: HttpRequest) -> HttpResponse:
    return render(
        request,
        "place/home.html",
        {
            "desk_agencies": queries.desk_agencies(),
            "left": turnover.left(),
            "to_confirm": confirming.how_many(request.user),  # type: ignore[arg-type]
        },
    )


@login_required
@require_safe
@needs(Capability.MANAGE_PLACE)
def used(request: HttpRequest) -> HttpResponse:
    idle, idle_people = usage.idle_people()
    lost, lost_people = usage.people_without_role()
    context = {
        "days": usage.DAYS,
        "agencies": usage.by_agency(),
        "idle": idle,
        "idle_people": idle_people,
        "lost": lost,
        "lost_people": lost_people,
        "posts_ending": queries.posts_ending_soon(),
        "ending": queries.rights_ending_soon(),
        "own_ending": queries.own_rights_ending_soon(),
        "unconfirmed": confirming.late_by_agency(),
    }
    return render(request, "place/usage.html", context)


@login_required
@require_safe
@needs(Capability.MANAGE_PLACE)
def unconfirmed(request: HttpRequest) -> HttpResponse:
    tables = [table for path in settings.UNCONFIRMED for table in import_string(path)()]
    return render(request, "place/unconfirmed.html", {"tables": tables})
