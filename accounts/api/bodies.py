"""What a program sends, checked by the form of the page: the same rules and the same sentences.

JSON is turned into what a browser would have posted, after its shape was held against the form's fields. What is
wrong is told by the field (RFC 6901 pointer) and never repeats what was sent.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from ..fields import CleanText, ThreePartDate
from .asking import check_key

Typed = dict[str, list[str]]
Errors = list[dict[str, str]]
WHOLE_DAY = r"^[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"
PART_OF_A_DATE = r"^[12][0-9]{3}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?$"
#: A whole number in a body; larger ones mean nothing in any form.
LARGEST = 2**31 - 1


class Invalid(Exception):
    """What was sent does not fit, field by field."""

    code = "invalid"
    http_status = 400

    def __init__(self, errors: Errors) -> None:
        super().__init__("invalid")
        self.errors = errors
        self.sentence = _("Some fields do not fit. Each is told below.")


class Body(serializers.BaseSerializer):
    """A body whose fields are those of the forms in `checked_by`, without `leave_out` and with `more` of its own.

    `names` gives the codes of a field to what the form calls them.
    """

    checked_by: ClassVar[tuple[type[forms.Form], ...]] = ()
    more: ClassVar[Mapping[str, forms.Field]] = {}
    leave_out: ClassVar[tuple[str, ...]] = ()
    names: ClassVar[Mapping[str, Mapping[str, str]]] = {}

    @classmethod
    def fields_sent(cls) -> dict[str, forms.Field]:
        found: dict[str, forms.Field] = dict(cls.more)
        for form in cls.checked_by:
            found |= {name: one for name, one in form.base_fields.items() if name not in cls.leave_out}
        return found


def read(request: Request, body: type[Body]) -> Typed:
    """The body as a browser would have posted it. Raises Invalid, and BadParameter without an idempotency key."""
    check_key(request)
    sent = _object_in(request)
    errors: Errors = []
    typed: Typed = {}
    fields = body.fields_sent()
    for name in sent:
        if name not in fields:
            errors.append(_error(_pointer(name), _("This field is not known here.")))
    for name, field in fields.items():
        try:
            if name in sent:
                typed |= _as_posted(name, field, sent[name], body.names.get(name))
            elif field.required and name in body.more:
                errors.append(_error(_pointer(name), _("This field must be there.")))
        except _WrongShape as wrong:
            errors.append(_error(_pointer(name), str(wrong)))
    if errors:
        raise Invalid(errors)
    return typed


def _object_in(request: Request) -> dict[str, Any]:
    try:
        sent = request.data
    except RecursionError:  # a list in a list in a list, thousands deep
        sent = None
    if not isinstance(sent, dict):
        raise Invalid([_error("", _("Send one object in JSON."))])
    return sent


def as_data(typed: Typed, **more: object) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, values in typed.items():
        data.setlist(name, values)
    for name, value in more.items():
        data[name] = str(value)
    return data


def check(form: Any) -> Any:
    """The form, clean; or Invalid with what it says."""
    if not form.is_valid():
        raise Invalid(errors_of([form]))
    return form


def errors_of(found: Iterable[Any]) -> Errors:
    return [
        _error("" if name == "__all__" else _pointer(name), str(sentence))
        for form in found
        for name, sentences in form.errors.items()
        for sentence in sentences
    ]


def _error(pointer: str, sentence: str) -> dict[str, str]:
    return {"pointer": pointer, "detail": sentence}


def _pointer(name: object) -> str:
    """Of a field that nobody knows only that it is there: its name is something that was sent."""
    text = str(name)
    return f"/{text}" if re.fullmatch(r"[a-z_]{1,40}", text) else ""


class _WrongShape(ValueError):
    """A value that is nothing a form could have posted, with the sentence why."""


def _as_posted(name: str, field: forms.Field, value: Any, names: Mapping[str, str] | None) -> Typed:
    """One value as the inputs of its field. Raises _WrongShape."""
    if isinstance(field, ThreePartDate):
        return _date(name, field, value)
    if isinstance(field, forms.MultipleChoiceField):
        return {name: _several(value, names)}
    if isinstance(field, forms.IntegerField):
        return {name: [_number(value)]}
    return {name: [_text(field, value)]}


def _date(name: str, field: ThreePartDate, value: Any) -> Typed:
    pattern = WHOLE_DAY if field.precision == "DAY" else PART_OF_A_DATE
    if not isinstance(value, str) or not re.match(pattern[:-1] + r"\Z", value):
        raise _WrongShape(_("Write a date as 2026-03-27, or as much of it as is known and allowed here."))
    boxes = zip(("_year", "_month", "_day"), value.split("-"), strict=False)
    return {name + box: [part] for box, part in boxes}


def _several(value: Any, names: Mapping[str, str] | None) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(one, str) and is_text(one) for one in value):
        raise _WrongShape(_("Send a list of codes."))
    if len(set(value)) < len(value) or (names is not None and not set(value) <= set(names)):
        raise _WrongShape(_("Choose from the list, each once."))
    return [names[one] for one in value] if names else value


def _number(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > LARGEST:
        raise _WrongShape(_("Write a whole number, for example 3."))
    return str(value)


def _text(field: forms.Field, value: Any) -> str:
    if not isinstance(value, str) or not is_text(value):
        raise _WrongShape(_("Send text."))
    # Where the form fills in its choices itself, it decides on them too.
    codes = codes_of(field)
    if isinstance(field, forms.ChoiceField) and (value == "" or (codes and value not in codes)):
        raise _WrongShape(_("Choose one from the list."))
    return value


def is_text(value: str) -> bool:
    """Half a sign (a lone surrogate) is JSON, but no text."""
    return not any("\ud800" <= sign <= "\udfff" for sign in value)


def _flat(choices: Any) -> list[tuple[str, Any]]:
    """Every code of a choice but the empty one, without the headings they stand under."""
    found: list[tuple[str, Any]] = []
    for code, label in choices:
        found += (
            _flat(label) if isinstance(label, list | tuple) else [(str(code), label)] if code != "" else []
        )
    return found


def codes_of(field: forms.Field) -> list[str]:
    """The codes of a choice, for the description."""
    return [code for code, _label in _flat(getattr(field, "choices", []))]


def schema_of(body: type[Body]) -> dict[str, Any]:
    """The body in the words of OpenAPI, as it stands today: lists that people edit are in it."""
    fields = body.fields_sent()
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {name: _schema_of(one, body.names.get(name)) for name, one in fields.items()},
        "required": sorted(name for name, one in fields.items() if one.required),
    }


#: Above this a list is not written out: districts and communes, found by /codes/.
_WRITTEN_OUT = 60


def _schema_of(field: forms.Field, names: Mapping[str, str] | None) -> dict[str, Any]:
    told: dict[str, Any] = {"title": str(field.label or "")}
    if isinstance(field, ThreePartDate):
        return told | {"type": "string", "pattern": WHOLE_DAY if field.precision == "DAY" else PART_OF_A_DATE}
    codes = list(names) if names else codes_of(field)
    one: dict[str, Any] = {"type": "string"}
    if codes and len(codes) <= _WRITTEN_OUT:
        one["enum"] = codes
    if isinstance(field, forms.MultipleChoiceField):
        least = {"minItems": 1} if field.required else {}
        return told | {"type": "array", "items": one, "uniqueItems": True, **least}
    if isinstance(field, forms.IntegerField):
        least, most = getattr(field, "min_value", None), getattr(field, "max_value", None)
        bounds = {k: v for k, v in (("minimum", least), ("maximum", most)) if v is not None}
        return told | {"type": "integer", **bounds}
    if isinstance(field, CleanText) and field.max_length:
        one |= {"maxLength": field.max_length} | ({"minLength": 1} if field.required else {})
    return told | one
