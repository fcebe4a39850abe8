"""How forms are drawn: Django's renderer with our templates and our marks for hints, errors and labels.

A page writes `{{ form.name.as_field_group }}`. What a field needs beyond Django is set on the field:
`width`, `inline`, `option_hints`, `reveals`, `divider_before`, `prefix_text`, `suffix_text`, `sometimes_needed` (not
required, yet not marked as optional: its hint says when it is needed).
"""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting

_KINDS = (
    ("choices", (forms.RadioSelect, forms.CheckboxSelectMultiple)),
    ("checkbox", (forms.CheckboxInput,)),
    ("boxes", (forms.MultiWidget,)),
    ("textarea", (forms.Textarea,)),
    ("select", (forms.Select,)),
    ("file", (forms.FileInput,)),
    ("password", (forms.PasswordInput,)),
)
#: The box of a three-part date that an error is about, by the error's code; else the first.
_BOXES = {"month": 1, "year": 2, "too_early": 2, "era": 2}
_CLASSES = {
    "textarea": "govuk-textarea",
    "select": "govuk-select",
    "file": "k-file",
    "password": "govuk-input govuk-input--width-20",
    "input": "govuk-input",
}


class Drawn(BoundField):
    """A field that knows how it is drawn and where an error link has to lead."""

    @property
    def kind(self) -> str:
        for kind, widgets in _KINDS:
            if isinstance(self.field.widget, widgets):
                return kind
        return "input"

    @property
    def is_set(self) -> bool:
        """Several boxes or choices under one question: the question is a legend, not a label."""
        return self.kind in ("choices", "boxes")

    @property
    def first_id(self) -> str:
        """Where the error summary leads: the first box or choice, or the box of the date that is wrong."""
        if not self.is_set:
            return str(self.id_for_label or self.auto_id)
        codes = [error.code or "" for error in self.errors.as_data()]
        box = _BOXES.get(codes[0].removesuffix("_missing"), 0) if codes and self.kind == "boxes" else 0
        return f"{self.auto_id}_{box}"

    @property
    def limit(self) -> int | None:
        """The number of characters to count down from, for long text."""
        return getattr(self.field, "max_length", None) if self.kind == "textarea" else None

    @property
    def aria_describedby(self) -> str | None:
        given = super().aria_describedby
        if given is None or not self.limit:
            return given
        return f"{given} {self.auto_id}-info".strip()

    @property
    def options(self) -> Iterator[dict[str, Any]]:
        """Radios or check boxes with what belongs to each: hint, divider, questions it reveals."""
        hints = getattr(self.field, "option_hints", {})
        reveals = getattr(self.field, "reveals", {})
        divider = getattr(self.field, "divider_before", None)
        for option in self.subwidgets:
            value = str(option.data["value"])
            if not value and self.field.widget.input_type == "radio":
                continue  # the empty choice of a model field is not a radio
            yield {
                **option.data,
                "id": option.data["attrs"]["id"],
                "hint": hints.get(value),
                "divider": value == divider,
                "reveals": [self.form[name] for name in reveals.get(value, ())],
            }

    def build_widget_attrs(self, attrs: dict[str, Any], widget: Any = None) -> dict[str, Any]:
        attrs = super().build_widget_attrs(attrs, widget)
        # Limits are told in words by the field (never cut silently), and the summary names what is missing.
        attrs["maxlength"] = attrs["required"] = False
        classes = [_CLASSES.get(self.kind, ""), (widget or self.field.widget).attrs.get("class", "")]
        if width := getattr(self.field, "width", None):
            classes.append(f"govuk-input--width-{width}")
        if self.limit:
            classes.append("govuk-js-character-count")
        if any(classes):
            attrs["class"] = " ".join(filter(None, classes))
        return attrs


class Renderer(TemplatesSetting):
    """Wired by FORM_RENDERER. Forms are drawn field by field; there is no `{{ form }}` on our pages."""

    bound_field_class = Drawn
