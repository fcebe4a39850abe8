"""Everything that can be done to a file. Each: keyword-only, `by=`, one transaction, one event of its own."""

import datetime
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import post_for
from accounts.models import Agency, Place, Province, User
from accounts.refusals import NotNow, Refused
from accounts.roles import Capability
from accounts.sections import Section
from audit.kinds import Kind, Precision
from audit.record import NOW, Happening, record

from . import lifecycle, numbers, reminders, vault
from .access import check_may, check_moves, check_works_on, sections_of, thing
from .answers import AgeBasis, Answer, ConsentAnswer, RiskLevel, Sex
from .lifecycle import Verb
from .models import (
    Case,
    Consent,
    FactAnswer,
    Facts,
    Identity,
    IdentityKey,
    Note,
    RiskAssessment,
    Victim,
)
from .opening import agency_for
from .states import Status


@dataclass(frozen=True)
class Intake:
    """A new file as somebody told it. Only channel, province and alias must be there (domain notes, state 0)."""

    channel: str
    province: Province
    alias: str
    official_involved: str = Answer.NOT_KNOWN
    district: Place | None = None
    commune: Place | None = None
    reported_on: datetime.date | None = None
    reported_precision: str = Precision.DAY
    sex: str = Sex.NOT_ASKED
    age_min: int | None = None
    age_max: int | None = None
    age_basis: str = AgeBasis.NOT_ASKED
    is_child: str = Answer.NOT_ASKED
    child_at_start: str = Answer.NOT_ASKED
    turns_18_in: datetime.date | None = None
    nationality: str = ""
    language: str = ""
    needs_interpreter: str = Answer.NOT_ASKED
    home_district: Place | None = None
    identity: dict[str, Any] = field(default_factory=dict)
    forms: tuple[str, ...] = ()
    acts: tuple[str, ...] = ()
    means: tuple[str, ...] = ()
    controls: tuple[str, ...] = ()
    country: str = ""
    fact_district: Place | None = None
    place_type: str = ""
    started_on: datetime.date | None = None
    started_precision: str = Precision.UNKNOWN
    ended_on: datetime.date | None = None
    ended_precision: str = Precision.UNKNOWN
    recruiter_relation: str = ""
    account: str = ""
    risk_level: str = RiskLevel.NOT_ASSESSED
    danger_now: str = Answer.NOT_ASKED
    risk_reasons: str = ""
    consent: str = ""
    consent_on: datetime.date | None = None
    consent_how: str = ""
    summary: str = ""


@transaction.atomic
def open_file(*, intake: Intake, by: User) -> Case:
    """Make a file from an intake; returns it with its number.

    "Could an official be involved?" answered yes or unsure makes it named-only before anybody can list or
    count it: the scope is built from the first insert. A refused consent makes a file without identity.
    """
    check_may(by, Capability.OPEN_FILE, _("Your role does not include making case files."))
    agency = agency_for(by, intake.province)
    check_may(by, Capability.OPEN_FILE, near=agency.pk)
    now = timezone.now()
    case = Case(
        number=numbers.next_number(intake.province, timezone.localdate().year),
        status=Status.REPORTED,
        status_since=now,
        status_by=by,
        province=intake.province,
        district=intake.district,
        commune=intake.commune,
        agency=agency,
        agency_kind=agency.kind,
        opened_by=by,
        official_involved=intake.official_involved,
        named_only=intake.official_involved in (Answer.YES, Answer.UNSURE),
        channel=intake.channel,
        reported_on=intake.reported_on,
        reported_precision=intake.reported_precision,
        form=intake.forms[0] if intake.forms else "",
        risk_level=intake.risk_level,
        created_at=now,
        updated_at=now,
    )
    case.save(force_insert=True)
    vault.make_keys(case)
    if intake.summary:
        vault.seal_summary(case, intake.summary)
        case.save(update_fields=["summary_sealed"])
    _save_person(case, intake)
    _save_facts(case, intake)
    _save_risk(case, intake, by=by)
    _save_consent(case, intake, by=by)
    reminders.began(case)
    record(
        Kind.FILE_OPENED,
        thing(case),
        detail={"named_only": case.named_only, "identity": bool(intake.identity), "channel": case.channel},
        happening=Happening(on=intake.reported_on, precision=intake.reported_precision),
    )
    return case


def _save_person(case: Case, intake: Intake) -> None:
    victim = Victim(
        case=case,
        sex=intake.sex,
        age_min=intake.age_min,
        age_max=intake.age_max,
        age_basis=intake.age_basis,
        is_child=intake.is_child,
        child_at_start=intake.child_at_start,
        turns_18_in=intake.turns_18_in,
        nationality=intake.nationality,
        language=intake.language,
        needs_interpreter=intake.needs_interpreter,
        home_district=intake.home_district,
    )
    vault.seal_alias(victim, intake.alias)
    victim.save(force_insert=True)
    if intake.consent == ConsentAnswer.REFUSED or not any(intake.identity.values()):
        return
    identity = Identity(case=case)
    vault.seal_identity(identity, intake.identity)
    identity.save(force_insert=True)
    IdentityKey.objects.bulk_create(
        IdentityKey(case=case, kind=kind, key=key) for kind, key in sorted(vault.search_keys(intake.identity))
    )


def _save_facts(case: Case, intake: Intake) -> None:
    facts = Facts(
        case=case,
        country=intake.country,
        district=intake.fact_district,
        place_type=intake.place_type,
        started_on=intake.started_on,
        started_precision=intake.started_precision,
        ended_on=intake.ended_on,
        ended_precision=intake.ended_precision,
        recruiter_relation=intake.recruiter_relation,
    )
    vault.seal_account(facts, intake.account)
    facts.save(force_insert=True)
    chosen = {"FORM": intake.forms, "ACT": intake.acts, "MEANS": intake.means, "CONTROL": intake.controls}
    FactAnswer.objects.bulk_create(
        FactAnswer(case=case, list=name, code=code)
        for name, codes in chosen.items()
        for code in dict.fromkeys(codes)
    )


def _save_risk(case: Case, intake: Intake, *, by: User) -> None:
    nothing = intake.risk_level == RiskLevel.NOT_ASSESSED and intake.danger_now == Answer.NOT_ASKED
    if nothing and not intake.risk_reasons:
        return
    risk = RiskAssessment(
        case=case, level=intake.risk_level, danger_now=intake.danger_now, by=by, recorded_at=timezone.now()
    )
    vault.seal_reasons(risk, intake.risk_reasons)
    risk.save(force_insert=True)


def _save_consent(case: Case, intake: Intake, *, by: User) -> None:
    if not intake.consent:  # not asked: no answer is made up
        return
    given = intake.consent == ConsentAnswer.GIVEN
    Consent(
        case=case,
        purpose="STORE_DATA",
        answer=intake.consent,
        given_on=(intake.consent_on or timezone.localdate()) if given else intake.consent_on,
        how=intake.consent_how,
        by=by,
        recorded_at=timezone.now(),
    ).save(force_insert=True)


@transaction.atomic
def add_note(
    *, case: Case, text: str, by: User, happening: Happening = NOW, about: str = Note.About.NOTE
) -> Note:
    """Write down what has happened. Never blocked by the file's state."""
    check_works_on(by, case, Capability.ADD_NOTE)
    _check_notes_open(by, case)
    note = _note(case, text, by=by, happening=happening, about=about, capability=Capability.ADD_NOTE)
    record(Kind.NOTE_ADDED, thing(case), detail={"note": note.pk, "about": about}, happening=happening)
    return note


def _check_notes_open(by: User, case: Case) -> None:
    """Words are kept as a note: somebody to whom the notes are closed could not even seal them."""
    if not sections_of(by, case) & Section.NOTES:
        raise Refused(
            _("The notes of this file are not open to you. Ask its owner to refer it to your agency."),
            code="section:NOTES",
            label=case.number,
        )


def _note(
    case: Case, text: str, *, by: User, happening: Happening, about: str, capability: Capability
) -> Note:
    """A note of whoever acts with `capability`, for the agency that the event names too."""
    note = Note(
        case=case,
        about=about,
        happened_on=happening.on,
        precision=happening.precision,
        done_by=happening.done_by,
        source=happening.source,
        by=by,
        agency_id=post_for(by, capability, near=case.agency_id).agency_id,
        recorded_at=timezone.now(),
    )
    vault.seal_note(note, text)
    note.save(force_insert=True)
    return note


@transaction.atomic
def move(
    *,
    case: Case,
    verb: str,
    by: User,
    version: int | None = None,
    reason: str = "",
    happening: Happening = NOW,
) -> Case:
    """Make one move of the table. Raises NotNow (not open, or a reason is missing) or Stale."""
    step = lifecycle.BY_VERB[Verb(verb)]
    check_moves(by, case, step)
    if step.reason and not reason.strip():
        raise NotNow(_("Say why, in a sentence that a colleague will understand."))
    if reason.strip():
        _check_notes_open(by, case)
    before = case.status
    moved = lifecycle.advance(case, step, by=by, version=version)
    reminders.moved(moved)
    if reason.strip():
        _note(
            moved,
            reason,
            by=by,
            happening=happening,
            about=Note.About.MOVE,
            capability=step.capability,
        )
    record(
        Kind.FILE_MOVED,
        thing(moved),
        fields=["status"],
        detail={"verb": step.verb, "from": before, "to": moved.status},
        happening=happening,
    )
    return moved


@transaction.atomic
def record_consent(
    *,
    case: Case,
    purpose: str,
    answer: str,
    by: User,
    recipient: Agency | None = None,
    given_on: datetime.date | None = None,
    how: str = "",
) -> Consent:
    """Write down what the person answered for one purpose and, for sharing, one recipient."""
    check_works_on(by, case, Capability.ADD_NOTE)
    consent = Consent(
        case=case,
        purpose=purpose,
        answer=answer,
        recipient=recipient,
        given_on=given_on,
        how=how,
        by=by,
        recorded_at=timezone.now(),
    )
    consent.save(force_insert=True)
    record(
        Kind.CONSENT_RECORDED,
        thing(case),
        detail={"purpose": purpose, "answer": answer, "to": recipient.code if recipient else ""},
        happening=Happening(on=given_on),
    )
    return consent
