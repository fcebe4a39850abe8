"""A file as machines read it: codes, never labels; no identity.

`context["sections"]` gives what the reader may see of each file, by its id (cases.access.sections_of_each).
"""

from typing import Any

from rest_framework import serializers

from accounts.sections import NOTHING, Section

from ..models import Case, Victim


class PersonSerializer(serializers.ModelSerializer):
    class Meta:
        model = Victim
        fields = ["sex", "age_min", "age_max", "is_child", "nationality"]
        read_only_fields = fields


#: What each section opens; without it the value is null.
OPENED_BY = {
    "risk_level": Section.RISK,
    "channel": Section.FACTS,
    "reported_on": Section.FACTS,
    "reported_precision": Section.FACTS,
    "nationality": Section.FACTS,
}


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

    def to_representation(self, instance: Case) -> dict[str, Any]:
        told: dict[str, Any] = super().to_representation(instance)
        sections = self.context["sections"].get(instance.pk, NOTHING)
        closed = [name for name, section in OPENED_BY.items() if not sections & section]
        for part in (told, told["person"] or {}):
            part.update({name: None for name in closed if name in part})
        return told
