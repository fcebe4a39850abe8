"""Monthly tables for programs: the same rule and the same read on the trail as on the pages. Nothing is written."""

import datetime
import re
import uuid
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import places
from accounts.api import asking
from accounts.refusals import BadParameter

from .. import queries
from ..access import check_may_list, open_table
from ..states import Status
from . import serializers as told

PAGE = 50
#: What a figure means changes with a release.
KEPT = 3600
_MONTH = "20[0-9]{2}-(0[1-9]|1[0-2])"


class TableList(APIView):
    @extend_schema(
        operation_id="reports",
        summary=gettext_lazy("The monthly tables within reach, the newest month first, 50 at a time"),
        parameters=[
            OpenApiParameter("after", str, description="“next” of the page before."),
            OpenApiParameter("month", {"type": "string", "pattern": f"^{_MONTH}$"}),
            OpenApiParameter("province", str),
            OpenApiParameter("status", str, enum=list(Status.values)),
        ],
        responses=told.TablesSerializer,
    )
    def get(self, request: Request) -> Response:
        check_may_list(request.user)
        asking.check_known(request, "after", "month", "province", "status")
        found = queries.older_than(queries.listed(request.user, **_chosen(request)), _after(request))
        rows = list(found[: PAGE + 1])
        page = rows[:PAGE]
        body = {"next": queries.key_of(page[-1]) if len(rows) > PAGE else None, "results": page}
        return Response(told.TablesSerializer(body).data)


class TableDetail(APIView):
    @extend_schema(
        operation_id="report",
        summary=gettext_lazy(
            "One monthly table with its lines, its words and what differs from the edition before"
        ),
        responses=told.TableInFullSerializer,
    )
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        asking.check_known(request)
        table = open_table(request.user, pk, page="api")
        answer = Response(told.TableInFullSerializer(told.in_full(table)).data)
        return asking.unless_known(request, answer, table.version)


class Definitions(APIView):
    @extend_schema(
        operation_id="report_definitions",
        summary=gettext_lazy("What each figure of a monthly table means, in the language of Accept-Language"),
        responses=told.DefinitionsSerializer,
    )
    def get(self, request: Request) -> Response:
        asking.check_known(request)
        body = told.DefinitionsSerializer(told.definitions()).data
        return asking.kept_by_the_client(request, body, KEPT)


def _after(request: Request) -> str:
    after: str = request.query_params.get("after", "")
    if after and not queries.is_key(after):
        raise BadParameter(_("“after” is not the key of a page. Take it from “next” of the page before."))
    return after


def _chosen(request: Request) -> dict[str, Any]:
    """The filters that were given. A value that does not exist is refused, not shown as everything."""
    given = {
        name: request.query_params[name]
        for name in ("month", "province", "status")
        if name in request.query_params
    }
    if "month" in given:
        given["month"] = _month(given["month"])
    if "province" in given:
        known = {one.code: str(one.pk) for one in places.provinces()}
        asking.choice_asked(request, "province", known, "")
        given["province"] = known[given["province"]]
    if "status" in given:
        asking.choice_asked(request, "status", dict(Status.choices), "")
    return given


def _month(text: str) -> datetime.date:
    if not re.fullmatch(_MONTH, text, re.ASCII):
        raise BadParameter(_("Write a month as 2026-03."))
    return datetime.date.fromisoformat(f"{text}-01")
