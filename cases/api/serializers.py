"""A file as programs read it: codes, never labels; no identity.

`context["sections"]` gives what the reader may see of each file, by its id (cases.access.sections_of_each). What
is closed is null.
"""

from typing import Any

from rest_framework import serializers

from accounts.sections import NOTHING, Section

from ..models import Case, Victim


class PersonSerializer(serializers.ModelSerializer):
    sex = serializers.CharField()
    is_child = serializers.CharField()
    nationality = serializers.CharField(allow_null=True)

    class Meta:
        model = Victim
        fields = ["sex", "age_min", "age_max", "is_child", "nationality"]
        read_only_fields = fields


#: What each section opens; without it the value is null.
OPENED_BY = {
    "risk_level": Section.RISK,
    "worker": Section.WORK,
    "closure": Section.FACTS,
    "channel": Section.FACTS,
    "reported_on": Section.FACTS,
    "reported_precision": Section.FACTS,
    "nationality": Section.FACTS,
    "language": Section.FACTS,
    "needs_interpreter": Section.FACTS,
    "home_district": Section.FACTS,
    "child_at_start": Section.FACTS,
}


def close(told: dict[str, Any], sections: Section) -> dict[str, Any]:
    """The same with null for what these sections do not open."""
    closed = [name for name, section in OPENED_BY.items() if name in told and not sections & section]
    return {**told, **dict.fromkeys(closed)}


class CaseSerializer(serializers.ModelSerializer):
    status = serializers.CharField()
    province = serializers.CharField(source="province.code")
    agency = serializers.CharField(source="agency.code")
    worker = serializers.UUIDField(source="worker_id", allow_null=True)
    closure = serializers.CharField(allow_blank=True, allow_null=True)
    channel = serializers.CharField(allow_null=True)
    reported_on = serializers.DateField(allow_null=True)
    reported_precision = serializers.CharField(allow_null=True)
    form = serializers.CharField(allow_blank=True)
    risk_level = serializers.CharField(allow_null=True)
    person = PersonSerializer(source="victim", default=None, allow_null=True)

    class Meta:
        model = Case
        fields = [
            "number",
            "status",
            "status_since",
            "closure",
            "province",
            "agency",
            "worker",
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
        if told["person"]:
            told["person"] = close(told["person"], sections)
        return close(told, sections)


class CasesSerializer(serializers.Serializer):
    next = serializers.CharField(allow_null=True)
    results = CaseSerializer(many=True)


class VictimSerializer(serializers.ModelSerializer):
    """The person without anything that says who it is."""

    sex = serializers.CharField()
    age_basis = serializers.CharField()
    is_child = serializers.CharField()
    child_at_start = serializers.CharField(allow_null=True)
    nationality = serializers.CharField(allow_null=True)
    language = serializers.CharField(allow_null=True)
    needs_interpreter = serializers.CharField(allow_null=True)
    home_district = serializers.CharField(source="home_district_id", allow_null=True)

    class Meta:
        model = Victim
        fields = [
            "sex",
            "age_min",
            "age_max",
            "age_basis",
            "is_child",
            "child_at_start",
            "nationality",
            "language",
            "needs_interpreter",
            "home_district",
        ]
        read_only_fields = fields


class NoteSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    text = serializers.CharField()
    about = serializers.CharField()
    happened_on = serializers.DateField(allow_null=True)
    precision = serializers.CharField()
    done_by = serializers.CharField(allow_blank=True)
    source = serializers.CharField(allow_blank=True)
    by = serializers.UUIDField(source="by_id")
    agency = serializers.CharField(source="agency.code")
    recorded_at = serializers.DateTimeField()


class NotesSerializer(serializers.Serializer):
    results = NoteSerializer(many=True)


class NoteMadeSerializer(serializers.Serializer):
    """Without the text: an answer is kept for a week, to be given again."""

    id = serializers.UUIDField()
    number = serializers.CharField(source="case.number")
    recorded_at = serializers.DateTimeField()


class WorkerSerializer(serializers.Serializer):
    """Who works on a file, and to whom its reader can hand it."""

    worker = serializers.UUIDField(source="worker_id")
    takers = serializers.ListField(child=serializers.UUIDField())


class MoveSerializer(serializers.Serializer):
    verb = serializers.CharField(source="move.verb")
    label = serializers.CharField(source="move.verb.label")
    to = serializers.CharField(source="move.target")
    is_open = serializers.BooleanField()
    why_not = serializers.CharField(allow_blank=True)
    needs_reason = serializers.BooleanField(source="move.reason")
    needs_closure = serializers.BooleanField(source="move.coded")


class MovesSerializer(serializers.Serializer):
    results = MoveSerializer(many=True)


class WhereItStandsSerializer(serializers.Serializer):
    """What a change answers: no more than where the file stands now."""

    number = serializers.CharField()
    status = serializers.CharField()
    status_since = serializers.DateTimeField()
    named_only = serializers.BooleanField()
    version = serializers.IntegerField()
