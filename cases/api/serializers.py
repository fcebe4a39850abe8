"""A file as machines read it: codes, never labels; no identity."""

from rest_framework import serializers

from ..models import Case, Victim


class PersonSerializer(serializers.ModelSerializer):
    class Meta:
        model = Victim
        fields = ["sex", "age_min", "age_max", "is_child", "nationality"]
        read_only_fields = fields


class CaseSerializer(serializers.ModelSerializer):
    province = serializers.CharField(source="province.code")
    agency = serializers.CharField(source="agency.code")
    person = PersonSerializer(source="victim", default=None)

    class Meta:
        model = Case
        fields = [
            "number",
            "status",
            "status_since",
            "province",
            "agency",
            "named_only",
            "channel",
            "reported_on",
            "reported_precision",
            "form",
            "risk_level",
            "person",
            "version",
            "created_at",
        ]
        read_only_fields = fields
