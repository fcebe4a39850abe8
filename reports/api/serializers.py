"""A monthly table as programs read it: codes and counts, never labels; the words of figures are asked for apart."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from .. import figures, vault, words
from ..models import MonthlyTable


@extend_schema_field({"type": "string", "pattern": "^20[0-9]{2}-(0[1-9]|1[0-2])$"})
class Month(serializers.DateField):
    def __init__(self, **more: Any) -> None:
        super().__init__(format="%Y-%m", **more)


class TableSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    agency = serializers.CharField(source="agency.code")
    province = serializers.CharField(source="province.code")
    month = Month()
    edition = serializers.IntegerField()
    replaces = serializers.UUIDField(source="replaces_id", allow_null=True)
    status = serializers.CharField()
    is_final = serializers.BooleanField(source="is_frozen")
    definitions = serializers.CharField()
    cut = serializers.DateTimeField()
    open_start = serializers.IntegerField()
    came_in = serializers.IntegerField()
    went_out = serializers.IntegerField()
    open_end = serializers.IntegerField()
    prepared_at = serializers.DateTimeField(allow_null=True)
    signed_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()


class TablesSerializer(serializers.Serializer):
    next = serializers.CharField(allow_null=True)
    results = TableSerializer(many=True)


class AgencyFiguresSerializer(serializers.Serializer):
    """One line: an agency as it was called then, and its figures that are not zero."""

    agency = serializers.CharField(source="code")
    kind = serializers.CharField()
    called_km = serializers.CharField(source="name_km")
    called_en = serializers.CharField(source="name_en", allow_blank=True)
    staff = serializers.IntegerField(allow_null=True)
    counts = serializers.DictField(child=serializers.IntegerField())


class DifferenceSerializer(serializers.Serializer):
    figure = serializers.CharField()
    before = serializers.IntegerField()
    now = serializers.IntegerField()


class TableInFullSerializer(TableSerializer):
    closed_before = serializers.IntegerField(allow_null=True)
    rows = AgencyFiguresSerializer(source="figures", many=True)
    totals = serializers.DictField(child=serializers.IntegerField())
    differences = DifferenceSerializer(many=True)
    remarks = serializers.CharField(allow_blank=True)
    explanation = serializers.CharField(allow_blank=True)
    reason = serializers.CharField(allow_blank=True)
    prepared_by = serializers.UUIDField(source="prepared_by_id", allow_null=True)
    signed_by = serializers.UUIDField(source="signed_by_id", allow_null=True)
    fingerprint = serializers.CharField(allow_blank=True)


class FigureSerializer(serializers.Serializer):
    figure = serializers.CharField(source="key")
    label = serializers.CharField()
    meaning = serializers.CharField()
    has_records = serializers.BooleanField()
    codes = serializers.DictField(child=serializers.CharField())


class DefinitionsSerializer(serializers.Serializer):
    definitions = serializers.CharField()
    not_counted = serializers.CharField()
    results = FigureSerializer(many=True)


def in_full(table: MonthlyTable) -> MonthlyTable:
    """With what the page of a table shows beside its row: sums, what differs from the edition before, its words."""
    more = {
        "totals": figures.total(table.figures),
        "differences": [{"figure": key, "before": old, "now": now} for key, old, now in table.differs],
        **vault.words_of(table),
    }
    for name, value in more.items():
        setattr(table, name, value)
    return table


def definitions() -> dict[str, Any]:
    """What every figure means, in the language of now."""
    return {
        "definitions": figures.DEFINITIONS,
        "not_counted": str(words.NOT_COUNTED),
        "results": words.meanings(),
    }
