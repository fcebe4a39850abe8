"""A referral as programs read it: codes, never labels; null where it tells of the person to nobody any more."""

from typing import Any

from rest_framework import serializers

from accounts.sections import Section, of

from .. import lifecycle, queries, vault
from ..access import Opened
from ..models import Referral


class ReferralSerializer(serializers.Serializer):
    id = serializers.UUIDField()
    number = serializers.CharField(allow_null=True)
    status = serializers.CharField()
    status_since = serializers.DateTimeField()
    from_agency = serializers.CharField(source="from_agency.code")
    to_agency = serializers.CharField(source="to_agency.code")
    sent_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()
    reason = serializers.CharField(allow_null=True)
    urgency = serializers.CharField(allow_null=True)
    services = serializers.ListField(child=serializers.CharField(), allow_null=True)
    province = serializers.CharField(allow_null=True)
    risk_level = serializers.CharField(allow_null=True)
    sex = serializers.CharField(allow_null=True)
    age_min = serializers.IntegerField(allow_null=True)
    age_max = serializers.IntegerField(allow_null=True)
    is_child = serializers.CharField(allow_null=True)


class ReferralsSerializer(serializers.Serializer):
    next = serializers.CharField(allow_null=True)
    results = ReferralSerializer(many=True)


class StepSerializer(serializers.Serializer):
    verb = serializers.CharField()
    status = serializers.CharField()
    reason = serializers.CharField(allow_blank=True)
    words = serializers.CharField(allow_blank=True, allow_null=True)
    by = serializers.UUIDField()
    agency = serializers.CharField()
    recorded_at = serializers.DateTimeField()


class ReferralMoveSerializer(serializers.Serializer):
    verb = serializers.CharField(source="move.verb")
    label = serializers.CharField(source="move.verb.label")
    to = serializers.CharField(source="move.target")
    is_open = serializers.BooleanField()
    why_not = serializers.CharField(allow_blank=True)
    reasons = serializers.CharField(source="move.reasons", allow_blank=True)
    needs_words = serializers.BooleanField(source="move.words")


class ReferralMovesSerializer(serializers.Serializer):
    results = ReferralMoveSerializer(many=True)


class ReferralInFullSerializer(ReferralSerializer):
    nationality = serializers.CharField(allow_null=True, allow_blank=True)
    language = serializers.CharField(allow_null=True, allow_blank=True)
    needs_interpreter = serializers.CharField(allow_null=True)
    basis = serializers.CharField(allow_null=True)
    consent_on = serializers.DateField(allow_null=True)
    consent_how = serializers.CharField(allow_null=True, allow_blank=True)
    opens = serializers.ListField(child=serializers.CharField(), allow_null=True)
    summary = serializers.CharField(allow_null=True, allow_blank=True)
    justification = serializers.CharField(allow_null=True, allow_blank=True)
    steps = StepSerializer(many=True)


class ReferralStandsSerializer(serializers.Serializer):
    """What a change answers: no more than where the referral stands now."""

    id = serializers.UUIDField()
    status = serializers.CharField()
    status_since = serializers.DateTimeField()
    version = serializers.IntegerField()


#: What tells of the person, told only while somebody has to do with them.
_OF_THE_PERSON = ("risk_level", "sex", "age_min", "age_max", "is_child", "reason", "urgency")
_IN_THE_PACKET = (
    *_OF_THE_PERSON,
    *("nationality", "language", "needs_interpreter", "basis", "consent_on", "consent_how"),
)


def row(one: queries.Seen) -> dict[str, Any]:
    """A referral of a list."""
    return _told(one.referral, one.number, is_open=one.is_open, names=_OF_THE_PERSON)


def in_full(opened: Opened) -> dict[str, Any]:
    """The page of a referral, with its steps."""
    referral = opened.referral
    is_open = queries.facts_are_open(opened) and vault.has_key(referral)
    number = opened.case.number if opened.case else ""
    return {
        **_told(referral, number, is_open=is_open, names=_IN_THE_PACKET),
        "opens": _names(Section(referral.sections)) if is_open else None,
        "summary": vault.summary(referral) if is_open else None,
        "justification": vault.justification(referral) if is_open else None,
        "steps": [
            {
                "verb": step.verb,
                "status": step.status,
                "reason": step.reason,
                "words": vault.words(step, referral) if step.words_sealed else "",
                "by": step.by_id,
                "agency": step.agency.code,
                "recorded_at": step.recorded_at,
            }
            for step in queries.steps(opened)
        ],
    }


def _told(referral: Referral, number: str, *, is_open: bool, names: tuple[str, ...]) -> dict[str, Any]:
    facts = {name: getattr(referral, name) if is_open else None for name in names}
    return {
        "id": referral.pk,
        "number": number or None,
        "status": referral.status,
        "status_since": referral.status_since,
        "from_agency": referral.from_agency,
        "to_agency": referral.to_agency,
        "sent_at": referral.sent_at,
        "version": referral.version,
        "services": sorted(s.code for s in referral.services.all()) if is_open else None,
        "province": referral.province.code if is_open else None,
        **facts,
    }


def _names(sections: Section) -> list[str]:
    return [str(section.name) for section in of(int(sections))]


def moves(opened: Opened, user: Any) -> dict[str, Any]:
    return {"results": lifecycle.available(opened.referral, user, opened.sides)}
