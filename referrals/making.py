"""The records of a referral, made of a packet: complete, not yet stored (actions.py stores them)."""

import datetime
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from accounts.models import Agency, User
from accounts.sections import Section
from cases.models import Case, Consent

from . import vault
from .lifecycle import Verb
from .models import Referral, ReferralService, ReferralStep
from .states import Basis

#: Copied from the file whenever a referral is sent in.
COPIED = ("sex", "age_min", "age_max", "is_child", "nationality", "language", "needs_interpreter")


@dataclass(frozen=True)
class Packet:
    """What is asked of whom, on what it rests, and what opens upon acceptance.

    With `basis` CONSENT the day and the way in which the person agreed to this recipient must be there; with
    EMERGENCY (to save life) the justification.
    """

    to: Agency
    services: tuple[str, ...]
    reason: str
    urgency: str
    sections: Section
    summary: str
    basis: str = Basis.CONSENT
    consent_on: datetime.date | None = None
    consent_how: str = ""
    justification: str = ""


def new_referral(case: Case, *, from_agency_id: uuid.UUID) -> Referral:
    return Referral(case=case, status_since=timezone.now(), from_agency_id=from_agency_id)


def fill(referral: Referral, case: Case, packet: Packet, *, consent: Consent | None, by: User) -> None:
    """The packet's columns; and of the file the few facts that the receiving agency needs in order to answer: no
    number, no name, no place below province."""
    victim = case.victim
    referral.province_id = case.province_id
    referral.risk_level = case.risk_level
    for name in COPIED:
        setattr(referral, name, getattr(victim, name))
    referral.to_agency = packet.to
    referral.reason, referral.urgency = packet.reason, packet.urgency
    referral.sections = int(packet.sections)
    referral.submitted_by, referral.submitted_at = by, timezone.now()
    referral.basis = packet.basis
    referral.consent, referral.consent_on, referral.consent_how = consent, None, ""
    if packet.basis == Basis.CONSENT:
        referral.consent_on, referral.consent_how = packet.consent_on, packet.consent_how


def seal(referral: Referral, packet: Packet) -> None:
    vault.seal_packet(referral, summary=packet.summary, justification=packet.justification)


def services(referral: Referral, packet: Packet) -> Iterable[ReferralService]:
    return [ReferralService(referral=referral, code=code) for code in dict.fromkeys(packet.services)]


def step(
    referral: Referral, verb: Verb, *, by: User, agency_id: uuid.UUID, reason: str = "", words: str = ""
) -> ReferralStep:
    made = ReferralStep(
        referral=referral,
        case_id=referral.case_id,
        verb=verb,
        status=referral.status,
        reason=reason,
        by=by,
        agency_id=agency_id,
        recorded_at=referral.status_since,
    )
    vault.seal_words(made, words.strip())
    return made


def told(referral: Referral, packet: Packet) -> dict[str, Any]:
    """How the trail tells of a packet."""
    return {
        "to_agency": packet.to.code,
        "services": len(set(packet.services)),
        "basis": referral.basis,
        "sections": referral.sections,
    }


def told_move(verb: Verb, before: str, after: str, reason: str) -> dict[str, Any]:
    """How the trail tells of a move."""
    return {"verb": verb, "from": before, "to": after, **({"reason": reason} if reason else {})}
