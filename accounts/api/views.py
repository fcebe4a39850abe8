"""Agencies and code lists for programs."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from .. import codes
from ..models import CodeList
from ..queries import agencies_taking_referrals
from ..refusals import NotFound, Refused
from ..roles import Capability
from .asking import check_known, kept_by_the_client

#: A list is edited a few times a year; a program that asks once a day is early enough.
KEPT = 24 * 3600


class AgencySerializer(serializers.Serializer):
    id = serializers.UUIDField()
    code = serializers.CharField()
    kind = serializers.CharField()
    name_km = serializers.CharField()
    name_en = serializers.CharField()
    province = serializers.CharField(source="province.code", allow_null=True, default=None)


class AgenciesSerializer(serializers.Serializer):
    results = AgencySerializer(many=True)


class ListNameSerializer(serializers.Serializer):
    list = serializers.CharField()
    label = serializers.CharField()


class ListNamesSerializer(serializers.Serializer):
    results = ListNameSerializer(many=True)


class CodeSerializer(serializers.Serializer):
    code = serializers.CharField()
    parent = serializers.CharField(allow_blank=True)
    label_km = serializers.CharField()
    label_en = serializers.CharField()
    valid_from = serializers.DateField(allow_null=True)
    valid_until = serializers.DateField(allow_null=True)
    confirmed = serializers.BooleanField()


class CodesSerializer(serializers.Serializer):
    list = serializers.CharField()
    results = CodeSerializer(many=True)


class AgencyList(APIView):
    @extend_schema(
        operation_id="agencies",
        summary=gettext_lazy("The agencies that take referrals"),
        responses=AgenciesSerializer,
    )
    def get(self, request: Request) -> Response:
        check_known(request)
        if not request.user.acts_with(Capability.READ_FILE):
            raise Refused(_("Your role does not include this."), code=f"capability:{Capability.READ_FILE}")
        return Response(AgenciesSerializer({"results": agencies_taking_referrals()}).data)


class CodeLists(APIView):
    @extend_schema(
        operation_id="code_lists",
        summary=gettext_lazy("The names of the code lists"),
        responses=ListNamesSerializer,
    )
    def get(self, request: Request) -> Response:
        check_known(request)
        names = [{"list": one.value, "label": str(one.label)} for one in CodeList]
        return kept_by_the_client(request, {"results": names}, KEPT)


class CodesOfList(APIView):
    @extend_schema(
        operation_id="codes",
        summary=gettext_lazy("The codes of one list, expired ones too"),
        parameters=[OpenApiParameter("name", str, "path", enum=list(CodeList.values))],
        responses=CodesSerializer,
    )
    def get(self, request: Request, name: str) -> Response:
        check_known(request)
        if name not in CodeList.values:
            raise NotFound()
        told = CodesSerializer({"list": name, "results": list(codes.entries(name).values())})
        return kept_by_the_client(request, told.data, KEPT)
