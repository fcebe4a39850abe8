"""Read-only list and detail of files. The rest of the API follows."""

from typing import Any

from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.roles import Capability
from audit.kinds import Kind
from audit.record import Thing, record

from .. import queries
from ..access import check_may, open_case, visible_cases
from .serializers import CaseSerializer


@api_view(["GET"])
def case_list(request: Request) -> Response:
    """Files within reach, newest first, 50 a page; `next` is the key of the next page or null."""
    check_may(request.user, Capability.READ_FILE)
    page = queries.page_of(visible_cases(request.user), after=request.query_params.get("after", ""))
    record(
        Kind.FILE_LISTED,
        Thing(type="page", id="api_case_list"),
        detail={"ids": [str(c.pk) for c in page.rows]},
    )
    body: dict[str, Any] = {
        "next": page.next_key or None,
        "results": CaseSerializer(page.rows, many=True).data,
    }
    return Response(body)


@api_view(["GET"])
def case_detail(request: Request, number: str) -> Response:
    opened = open_case(request.user, number, page="api")
    return Response(CaseSerializer(opened.case).data)
