"""The description of the interface for programs: for programs as OpenAPI, for people as a page of ours."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api.asking import kept_by_the_client
from accounts.api.bodies import PART_OF_A_DATE, WHOLE_DAY

from .api_schema import description

DATES = (WHOLE_DAY, PART_OF_A_DATE)


class Description(APIView):
    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        return kept_by_the_client(request, description(), 0)


@dataclass(frozen=True)
class Field:
    """A part of a request, with what may stand there."""

    name: str
    title: str
    kind: str
    codes: list[str]
    is_required: bool


@dataclass(frozen=True)
class Operation:
    anchor: str
    method: str
    path: str
    summary: str
    parameters: list[Field]
    body: list[Field]
    answer: list[Field]
    status: str


@login_required
@require_safe
def operations(request: HttpRequest) -> HttpResponse:
    """Every operation on one page: drawn here, so that no script from elsewhere is needed."""
    told = description()
    found = [
        _operation(told, path, method, operation)
        for path, methods in told["paths"].items()
        for method, operation in methods.items()
    ]
    groups: dict[str, list[Operation]] = {}
    for one in found:
        groups.setdefault(one.path.removeprefix("/api/v1/").split("/")[0], []).append(one)
    return render(request, "api/operations.html", {"groups": list(groups.items())})


def _operation(told: dict[str, Any], path: str, method: str, operation: dict[str, Any]) -> Operation:
    status, answer = next((s, a) for s, a in operation["responses"].items() if s.startswith("2"))
    return Operation(
        anchor=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation.get("summary", ""),
        parameters=[
            _field(one["name"], one["schema"], one.get("required", False))
            for one in operation.get("parameters", [])
        ],
        body=_fields(told, operation.get("requestBody", {})),
        answer=_fields(told, answer),
        status=status,
    )


def _fields(told: dict[str, Any], holder: dict[str, Any]) -> list[Field]:
    """The fields of a JSON body or answer; of a list those of its entries."""
    schema = holder.get("content", {}).get("application/json", {}).get("schema", {})
    schema = _resolved(told, schema)
    entries = schema.get("properties", {}).get("results", {}).get("items")
    if entries:
        schema = _resolved(told, entries)
    needed = schema.get("required", [])
    return [_field(name, one, name in needed) for name, one in schema.get("properties", {}).items()]


def _resolved(told: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in schema:
        return schema
    found: dict[str, Any] = told["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    return found


def _field(name: str, schema: dict[str, Any], is_required: bool) -> Field:
    kind = schema.get("format") or schema.get("type", "object")
    if schema.get("pattern") in DATES:
        kind = "date"
    kinds = [one for one in (kind if isinstance(kind, list) else [kind]) if one != "null"]
    codes = schema.get("enum") or schema.get("items", {}).get("enum") or []
    return Field(name, str(schema.get("title", "")), ", ".join(kinds), codes, is_required)
