"""Everything that can be done to a referral. Each: keyword-only, `by=`, one transaction, one event of its own."""

import uuid
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import codes
from accounts.access import post_for
from accounts.models import User
from accounts.models.codes import CodeList
from accounts.refusals import NotNow, Refused
from accounts.roles import Capability
from accounts.sections import Section
from audit.kinds import Kind
from audit.record import record
from cases import access as files
from cases.actions import record_consent
from cases.answers import ConsentAnswer
from cases.models import Case, Consent
from cases.states import ENDED as ENDED_FILES

from . import lifecycle, making, reminders, vault
from .access import case_of, is_named_only, thing
from .lifecycle import BY_VERB, Verb
from .making import Packet
from .models import Referral, ReferralService
from .states import AFTER_COMPLETION, ENDED, Basis, Side, Urgency

#: What may be agreed to be opened. Referrals of the same file to others never travel with this one.
OFFERED = (
    Section.SUMMARY
    | Section.FACTS
    | Section.RISK
    | Section.CONSENT
    | Section.NOTES
    | Section.WORK
    | Section.IDENTITY
)
_WRITTEN = (
    *("to_agency", "reason", "urgency", "sections", "submitted_by", "submitted_at", "province", "risk_level"),
    *("basis", "consent", "consent_on", "consent_how", "justification_sealed", "summary_sealed"),
    *making.COPIED,
)


@transaction.atomic
def submit(*, case: Case, packet: Packet, by: User) -> Referral:
    """Ask the ministry to refer this file to an agency; records the person's consent for that agency.

    Raises Refused where `by` may not refer this file, NotNow (and nothing is written) without consent.
    """
    check_may_refer(case, by)
    _check_packet(case, packet, by)
    referral = making.new_referral(case, from_agency_id=_home(case, by))
    making.fill(referral, case, packet, consent=_rest(case, packet, by), by=by)
    referral.save(force_insert=True)
    vault.make_key(referral)
    making.seal(referral, packet)
    referral.save(update_fields=["summary_sealed", "justification_sealed"])
    _replace_services(referral, packet)
    making.step(referral, Verb.SUBMIT, by=by, agency_id=referral.from_agency_id).save(force_insert=True)
    record(Kind.REFERRAL_SUBMITTED, thing(referral), detail=making.told(referral, packet))
    return referral


@transaction.atomic
def resubmit(*, referral: Referral, packet: Packet, by: User, version: int | None = None) -> Referral:
    """Send a returned referral in again, written anew. Records a consent again: the recipient may be another."""
    move = BY_VERB[Verb.RESUBMIT]
    locked = lifecycle.lock(referral, move, by=by, version=version)
    case = locked.case
    check_may_refer(case, by)
    _check_packet(case, packet, by, but=locked.pk)
    before = locked.status
    making.fill(locked, case, packet, consent=_rest(case, packet, by), by=by)
    making.seal(locked, packet)
    _replace_services(locked, packet)
    moved = lifecycle.settle(locked, move, **{name: getattr(locked, name) for name in _WRITTEN})
    told = making.told(moved, packet)
    return _moved(moved, Verb.RESUBMIT, before, by=by, agency_id=moved.from_agency_id, more=told)


@transaction.atomic
def approve(*, referral: Referral, by: User, version: int | None = None, words: str = "") -> Referral:
    """The ministry agrees: from now on the receiving agency sees the packet, and nothing of the file."""
    now = timezone.now()
    return _advance(referral, Verb.APPROVE, by=by, version=version, words=words, sent_by=by, sent_at=now)


@transaction.atomic
def send_back(
    *, referral: Referral, reason: str, words: str, by: User, version: int | None = None
) -> Referral:
    """The ministry does not agree yet: back to the sender, with a reason and words."""
    return _advance(referral, Verb.SEND_BACK, by=by, version=version, reason=reason, words=words)


@transaction.atomic
def accept(*, referral: Referral, by: User, version: int | None = None, words: str = "") -> Referral:
    """The receiving agency accepts: the agreed sections of the file open to it (of a named-only file, to `by`)."""
    moved = _advance(
        referral, Verb.ACCEPT, by=by, version=version, words=words, answered_by=by, answered_at=timezone.now()
    )
    files.grant(
        case_id=moved.case_id,
        to=by if is_named_only(moved) else moved.to_agency,
        sections=Section(moved.sections),
        until=None,
        reason="REFERRAL_ACCEPTED",
        because=moved.because,
        by=by,
    )
    return moved


@transaction.atomic
def decline(*, referral: Referral, reason: str, words: str, by: User, version: int | None = None) -> Referral:
    """The receiving agency does not accept; the packet's words close to it."""
    return _advance(
        referral,
        Verb.DECLINE,
        by=by,
        version=version,
        reason=reason,
        words=words,
        answered_by=by,
        answered_at=timezone.now(),
    )


@transaction.atomic
def start_service(*, referral: Referral, by: User, version: int | None = None, words: str = "") -> Referral:
    """The first service has begun."""
    return _advance(referral, Verb.START_SERVICE, by=by, version=version, words=words)


@transaction.atomic
def complete(*, referral: Referral, feedback: str, by: User, version: int | None = None) -> Referral:
    """Services are over, with feedback for the sender. Sight of the file ends in 30 days."""
    lifecycle.lock(referral, BY_VERB[Verb.COMPLETE], by=by, version=version)
    case = case_of(by, referral)
    if case is None:
        raise Refused(
            _("Only who sees the file under this referral can complete it."), code="section:SUMMARY"
        )
    until = timezone.now() + AFTER_COMPLETION
    moved = _advance(referral, Verb.COMPLETE, by=by, version=version, words=feedback, access_until=until)
    named_only = is_named_only(moved)
    files.revoke(case=case, because=moved.because, by=by)
    files.grant(
        case_id=case.pk,
        to=by if named_only else moved.to_agency,
        sections=Section(moved.sections),
        until=until,
        reason="REFERRAL_COMPLETED",
        because=moved.because,
        by=by,
    )
    return moved


@transaction.atomic
def withdraw(*, referral: Referral, words: str, by: User, version: int | None = None) -> Referral:
    """The sender takes it back, whatever was answered; the receiving agency's sight of the file ends now."""
    moved = _advance(referral, Verb.WITHDRAW, by=by, version=version, words=words)
    if moved.answered_at:
        files.revoke(case=moved.case, because=moved.because, by=by)
    return moved


@transaction.atomic
def take_back_open(*, case: Case, by: User, to: uuid.UUID | None = None) -> int:
    """Take back every referral of the file that is under way, because fewer may see it from now on (setting
    BEFORE_SIGHT_ENDS); of one agency, which can come back to it, only what it has not accepted. Whoever closes the file
    does it, whoever had asked. How many.

    What the agency reads of it does not say why.
    """
    move = BY_VERB[Verb.WITHDRAW]
    speaks = move.capability if by.may(move.capability) else Capability.READ_FILE
    rows = Referral.objects.select_for_update().filter(case=case, status__in=sorted(move.sources))
    found = list(rows.filter(to_agency=to, answered_at=None) if to else rows)
    for referral in sorted(found, key=lambda one: one.pk):
        vault.hold_key(referral)
        before, agency_id = (
            referral.status,
            post_for(by, speaks, near=referral.from_agency_id).agency_id,
        )
        moved = lifecycle.settle(referral, move)
        words = _("The sender has taken this referral back.")
        _moved(moved, Verb.WITHDRAW, before, by=by, agency_id=agency_id, words=words)
        if moved.answered_at:
            files.revoke(case=case, because=moved.because, by=by)
    return len(found)


def _advance(
    referral: Referral,
    verb: Verb,
    *,
    by: User,
    version: int | None,
    reason: str = "",
    words: str = "",
    **changes: Any,
) -> Referral:
    move = BY_VERB[verb]
    vault.hold_key(referral)
    locked = lifecycle.lock(referral, move, by=by, version=version)
    if move.reasons and reason not in codes.labels(move.reasons):
        raise NotNow(_("Choose a reason from the list."))
    if move.words and not words.strip():
        raise NotNow(_("Say why, in a sentence that a colleague will understand."))
    before = locked.status
    moved = lifecycle.settle(locked, move, **changes)
    agency_id = moved.to_agency_id if move.side == Side.RECEIVER else _own_agency(moved, move, by)
    return _moved(moved, verb, before, by=by, agency_id=agency_id, reason=reason, words=words)


def _own_agency(referral: Referral, move: lifecycle.Move, by: User) -> uuid.UUID:
    """For which of their agencies somebody acts: the sender's own, else the first in which they may."""
    return post_for(by, move.capability, near=referral.from_agency_id).agency_id


def _moved(
    referral: Referral,
    verb: Verb,
    before: str,
    *,
    by: User,
    agency_id: uuid.UUID,
    reason: str = "",
    words: str = "",
    more: dict[str, Any] | None = None,
) -> Referral:
    """The step that sender and receiver read, and the event of the trail."""
    by.acts_with(BY_VERB[verb].capability, near=agency_id)
    reminders.moved(referral)
    step = making.step(referral, verb, by=by, agency_id=agency_id, reason=reason, words=words)
    step.save(force_insert=True)
    detail = {**(more or {}), **making.told_move(verb, before, referral.status, reason)}
    record(Kind.REFERRAL_MOVED, thing(referral), fields=["status"], detail=detail)
    return referral


def check_may_refer(case: Case, by: User) -> None:
    """Refuse where this person sees the file but may not refer it: it was opened to them for something else."""
    files.check_works_on(by, case, Capability.REFER)
    if not any(held & Section.REFERRALS and held & Section.WORK for held in files.sights_of(by, case)):
        raise Refused(
            _("This file was opened to you by a referral: ask its owner to refer it on."),
            code="section:REFERRALS",
            label=case.number,
        )


def _check_packet(case: Case, packet: Packet, by: User, *, but: uuid.UUID | None = None) -> None:
    """Every rule of a referral's content, whoever fills it in (form, demonstration, later the API)."""
    if case.status in ENDED_FILES:
        raise NotNow(_("This file has ended. Reopen it before you refer it."))
    own = {str(case.agency_id), *by.rights.homes}
    if not packet.to.is_active or not packet.to.takes_referrals or str(packet.to.pk) in own:
        raise NotNow(_("Choose another agency, one that takes referrals."))
    if not packet.services or not set(packet.services) <= set(codes.labels(CodeList.SERVICE)):
        raise NotNow(_("Choose at least one service."))
    if packet.reason not in codes.labels(CodeList.REFERRAL_REASON) or packet.urgency not in Urgency:
        raise NotNow(_("Choose a reason and an urgency from the lists."))
    if packet.sections & ~OFFERED or not packet.sections & Section.SUMMARY:
        raise NotNow(_("Choose the parts of the file from the list."))
    if not packet.summary.strip():
        raise NotNow(_("Write in a few sentences what the agency needs to know."))
    _check_basis(packet)
    same = Referral.objects.filter(case=case, to_agency=packet.to).exclude(pk=but).exclude(status__in=ENDED)
    if same.exists():
        raise NotNow(_("This file is already being referred to this agency."))


def _check_basis(packet: Packet) -> None:
    if packet.basis == Basis.EMERGENCY:
        if not packet.justification.strip():
            raise NotNow(_("Write why life is in danger and consent could not be asked."))
        if packet.urgency != Urgency.HIGH:
            raise NotNow(_("An emergency to save life is of high urgency."))
        return
    if packet.basis != Basis.CONSENT or packet.consent_on is None or packet.consent_how not in Consent.How:
        raise NotNow(_("Without the person's recorded consent to this agency nothing is sent."))
    if packet.consent_on > timezone.localdate():
        raise NotNow(_("The day of the consent must be today or in the past."))


def _home(case: Case, by: User) -> uuid.UUID:
    """For which agency `by` refers: the file's own where they work there."""
    return post_for(by, Capability.REFER, near=case.agency_id).agency_id


def _rest(case: Case, packet: Packet, by: User) -> Consent | None:
    """The consent on which the referral rests, recorded; none in an emergency."""
    if packet.basis != Basis.CONSENT:
        return None
    return record_consent(
        case=case,
        purpose="REFERRAL",
        answer=ConsentAnswer.GIVEN,
        recipient=packet.to,
        given_on=packet.consent_on,
        how=packet.consent_how,
        by=by,
    )


def _replace_services(referral: Referral, packet: Packet) -> None:
    ReferralService.objects.filter(referral=referral).delete()
    ReferralService.objects.bulk_create(making.services(referral, packet))
