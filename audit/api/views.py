"""The trail for programs, with the filter of its page. Reading it is on it."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from .. import queries
from ..forms import TrailForm
from ..kinds import Kind
from ..record import Thing, record
from ..sentences import sentence
from ..views import MayNotRead
from ..words import Words

_FILTERS = ("since", "until", "person", "agency", "province", "kind", "record", "result")


class BadFilter(Exception):
    """A filter that the trail does not have, or a value that it does not take, by the field."""

    code = "invalid"
    http_status = 400

    def __init__(self, errors: list[dict[str, str]] | None = None) -> None:
        super().__init__("filter")
        self.errors = errors or []
        self.sentence = _("The filter does not fit. Nothing was looked up.")


class EventSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    at = serializers.DateTimeField()
    kind = serializers.CharField()
    result = serializers.CharField()
    actor = serializers.CharField()
    actor_name = serializers.CharField()
    agency = serializers.CharField(source="actor_agency", allow_blank=True)
    role = serializers.CharField(source="actor_role", allow_blank=True)
    ip = serializers.CharField(allow_null=True)
    request = serializers.CharField(source="request_id", allow_blank=True)
    object_type = serializers.CharField(allow_blank=True)
    object_id = serializers.CharField(allow_blank=True)
    object_label = serializers.CharField(allow_blank=True)
    case_id = serializers.UUIDField(allow_null=True)
    fields_changed = serializers.ListField(source="fields", child=serializers.CharField())
    detail = serializers.JSONField()
    sentence = serializers.CharField()


class TrailSerializer(serializers.Serializer):
    next = serializers.CharField(allow_null=True)
    results = EventSerializer(many=True)


class Trail(APIView):
    @extend_schema(
        operation_id="trail",
        summary=gettext_lazy("The trail, newest first, 50 lines at a time"),
        parameters=[
            OpenApiParameter("after", str, description="“next” of the page before."),
            *(OpenApiParameter(name, str) for name in _FILTERS),
        ],
        responses=TrailSerializer,
    )
    def get(self, request: Request) -> Response:
        if not request.user.acts_with("READ_TRAIL"):
            raise MayNotRead
        _check_known(request)
        words = Words()
        form = TrailForm(request.GET, words=words)
        if not form.is_valid():
            raise BadFilter(
                [
                    {"pointer": f"/{name}", "detail": str(one)}
                    for name, all_ in form.errors.items()
                    for one in all_
                ]
            )
        filters = form.filters()
        place = queries.Place(older_than=request.GET.get("after", ""))
        page = queries.page_of_trail(queries.readable(request.user), filters, place)
        detail = {"filters": filters.codes(), "rows": len(page.events), "first": page.first}
        record(Kind.TRAIL_READ, Thing(type="trail"), detail=detail)
        words.numbers = queries.numbers_of(page.events)
        body = {
            "next": page.older.older_than if page.older else None,
            "results": [_told(event, words) for event in page.events],
        }
        return Response(TrailSerializer(body).data)


def _told(event: Any, words: Words) -> Any:
    event.sentence = sentence(event, words)
    return event


def _check_known(request: Request) -> None:
    query, after = request.GET, request.GET.get("after", "")
    known = set(query) <= {"after", *_FILTERS} and all(len(query.getlist(name)) == 1 for name in query)
    if not known or (after and not queries.is_key(after)):
        raise BadFilter
