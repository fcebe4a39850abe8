"""Read-only list and detail of files. The rest of the API follows."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.refusals import BadParameter
from accounts.roles import Capability
from audit.kinds import Kind
from audit.record import Thing, record

from .. import queries
from ..access import check_may, open_case, sections_of_each, visible_cases
from ..models import Case
from .serializers import CaseSerializer


@api_view(["GET"])
def case_list(request: Request) -> Response:
    """Files within reach, newest first, 50 a page; `next` is the key of the next page or null."""
    check_may(request.user, Capability.READ_FILE)
    after = request.query_params.get("after", "")
    if after and not queries.is_key(after):
        raise BadParameter(_("“after” is not the key of a page. Take it from “next” of the page before."))
    page = queries.page_of(visible_cases(request.user), after=after)
    record(
        Kind.FILE_LISTED,
        Thing(type="page", id="api_case_list"),
        detail={"ids": [str(c.pk) for c in page.rows]},
    )
    body: dict[str, Any] = {
        "next": page.next_key or None,
        "results": _told(request, page.rows),
    }
    return Response(body)


@api_view(["GET"])
def case_detail(request: Request, number: str) -> Response:
    opened = open_case(request.user, number, page="api")
    return Response(_told(request, [opened.case])[0])


def _told(request: Request, cases: list[Case]) -> list[dict[str, Any]]:
    context = {"sections": sections_of_each(request.user, cases)}
    told: list[dict[str, Any]] = CaseSerializer(cases, many=True, context=context).data
    return told
