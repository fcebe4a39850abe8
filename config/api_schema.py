"""The interface for programs in the words of OpenAPI 3.1, drawn from what answers it.

Bodies come from the forms of the pages (accounts/api/bodies.py), with the code lists as they stand today.
"""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema

from accounts.api.bodies import Body, schema_of

#: These change a record that others may have changed since it was read.
OF_A_VERSION = frozenset({"move", "move_referral", "refer_again"})
PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "detail"],
                "properties": {"pointer": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
        "sent_version": {"type": "integer"},
        "current_version": {"type": "integer"},
        "changed": {"type": "array", "items": {"type": "string"}},
    },
}


class Operation(AutoSchema):
    def get_tags(self) -> list[str]:
        return [self.path.removeprefix("/api/v1/").split("/")[0]]

    def get_auth(self) -> list[dict[str, Any]]:
        return [{"token": []}]

    def get_description(self) -> str:
        """The summary says it; docstrings are for whoever reads the source."""
        return ""


class BodyExtension(OpenApiSerializerExtension):
    target_class = Body
    match_subclasses = True

    def get_name(self, auto_schema: AutoSchema, direction: str) -> str:
        return str(self.target.__class__.__name__)

    def map_serializer(self, auto_schema: AutoSchema, direction: str) -> dict[str, Any]:
        return schema_of(type(self.target))


def tell_the_rest(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """What holds for every operation: errors, keys, versions, how to sign in."""
    parts = result.setdefault("components", {})
    parts.setdefault("schemas", {})["Problem"] = PROBLEM
    parts["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
    wrong = {
        "description": _("An error, in the language of Accept-Language."),
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    for path in result["paths"].values():
        for method, operation in path.items():
            operation["responses"] |= {"4XX": wrong, "429": {**wrong, **_too_many()}}
            for status, answer in operation["responses"].items():
                if status.startswith("2"):
                    answer.setdefault("headers", {}).update(_how_many_are_left())
            for parameter in operation.get("parameters", []):
                parameter.setdefault("schema", {}).setdefault("type", "string")
            if method == "post":
                operation.setdefault("parameters", []).extend(_headers(operation["operationId"]))
    return result


def _too_many() -> dict[str, Any]:
    """The limit, as it stands here (settings.API_PER_MINUTE)."""
    told = _("Too many requests: a token has %(amount)s a minute, a person with all tokens twice as many.")
    wait = {"description": _("Seconds to wait."), "schema": {"type": "integer"}}
    return {"description": told % {"amount": settings.API_PER_MINUTE}, "headers": {"Retry-After": wait}}


def _how_many_are_left() -> dict[str, Any]:
    text = {"type": "string"}
    return {
        "RateLimit-Policy": {"description": _("How many requests in how many seconds."), "schema": text},
        "RateLimit": {
            "description": _("How many are left, and in how many seconds all are back."),
            "schema": text,
        },
    }


def _headers(operation: str) -> list[dict[str, Any]]:
    key = {"type": "string", "pattern": "^[A-Za-z0-9_-]{8,64}$"}
    headers = [{"in": "header", "name": "Idempotency-Key", "required": True, "schema": key}]
    if operation in OF_A_VERSION:
        tag = {"type": "string", "pattern": '^"[0-9]{1,9}"$'}
        headers.append({"in": "header", "name": "If-Match", "required": True, "schema": tag})
    return headers


def description() -> dict[str, Any]:
    """The whole description, in the language of now."""
    found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return found
