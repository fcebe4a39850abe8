"""The records of a new file, made of an intake: sealed, complete, not yet stored (actions.open_files stores them)."""

import datetime
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from accounts.models import Agency, Place, Province, User
from audit.kinds import Precision

from . import vault
from .answers import AgeBasis, Answer, ConsentAnswer, RiskLevel, Sex
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
    #: Words that become the file's first note: what a register says beyond the intake's questions.
    note: str = ""


@dataclass
class Made:
    """One file in all its records. Empty where the intake says nothing."""

    intake: Intake
    case: Case
    victim: Victim
    facts: Facts
    identity: list[Identity] = field(default_factory=list)
    identity_keys: list[IdentityKey] = field(default_factory=list)
    answers: list[FactAnswer] = field(default_factory=list)
    risks: list[RiskAssessment] = field(default_factory=list)
    consents: list[Consent] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def new_case(intake: Intake, *, pk: uuid.UUID, number: str, agency: Agency, by: User) -> Case:
    """The file itself. "Could an official be involved?" answered yes or unsure makes it named-only."""
    now = timezone.now()
    return Case(
        pk=pk,
        number=number,
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


def made_of(intake: Intake, case: Case, *, by: User, source: str = "") -> Made:
    """Everything of the file, sealed under its keys, which are made already (vault.prepare_keys)."""
    if intake.summary:
        vault.seal_summary(case, intake.summary)
    made = Made(intake, case, _victim(case, intake), _facts(case, intake))
    if intake.consent != ConsentAnswer.REFUSED and any(intake.identity.values()):
        identity = Identity(case=case)
        vault.seal_identity(identity, intake.identity)
        made.identity = [identity]
        made.identity_keys = [
            IdentityKey(case=case, kind=kind, key=key)
            for kind, key in sorted(vault.search_keys(intake.identity))
        ]
    chosen = {"FORM": intake.forms, "ACT": intake.acts, "MEANS": intake.means, "CONTROL": intake.controls}
    made.answers = [
        FactAnswer(case=case, list=name, code=code)
        for name, codes in chosen.items()
        for code in dict.fromkeys(codes)
    ]
    made.risks, made.consents = _risks(case, intake, by), _consents(case, intake, by)
    made.notes = _notes(case, intake, by, source)
    return made


def _victim(case: Case, intake: Intake) -> Victim:
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
    return victim


def _facts(case: Case, intake: Intake) -> Facts:
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
    return facts


def _risks(case: Case, intake: Intake, by: User) -> list[RiskAssessment]:
    nothing = intake.risk_level == RiskLevel.NOT_ASSESSED and intake.danger_now == Answer.NOT_ASKED
    if nothing and not intake.risk_reasons:
        return []
    risk = RiskAssessment(
        case=case, level=intake.risk_level, danger_now=intake.danger_now, by=by, recorded_at=timezone.now()
    )
    vault.seal_reasons(risk, intake.risk_reasons)
    return [risk]


def _consents(case: Case, intake: Intake, by: User) -> list[Consent]:
    if not intake.consent:  # not asked: no answer is made up
        return []
    given = intake.consent == ConsentAnswer.GIVEN
    return [
        Consent(
            case=case,
            purpose="STORE_DATA",
            answer=intake.consent,
            given_on=(intake.consent_on or timezone.localdate()) if given else intake.consent_on,
            how=intake.consent_how,
            by=by,
            recorded_at=timezone.now(),
        )
    ]


def told_consent(consent: Consent) -> dict[str, Any]:
    """How the trail tells of an answer."""
    to = consent.recipient.code if consent.recipient else ""
    return {"purpose": consent.purpose, "answer": consent.answer, "to": to}


def _notes(case: Case, intake: Intake, by: User, source: str) -> list[Note]:
    if not intake.note:
        return []
    note = Note(case=case, source=source, by=by, agency_id=case.agency_id, recorded_at=timezone.now())
    vault.seal_note(note, intake.note)
    return [note]


#: In the order in which they are stored: the scope comes with the file, the keys with the scope.
RECORDS: Sequence[tuple[str, Any]] = (
    ("identity", Identity),
    ("identity_keys", IdentityKey),
    ("answers", FactAnswer),
    ("risks", RiskAssessment),
    ("consents", Consent),
    ("notes", Note),
)


def store(made: Sequence[Made]) -> None:
    """Store the records of files whose rows and keys are there, one statement for each kind."""
    Victim.objects.bulk_create([one.victim for one in made])
    Facts.objects.bulk_create([one.facts for one in made])
    for name, model in RECORDS:
        rows = [row for one in made for row in getattr(one, name)]
        if rows:
            model.objects.bulk_create(rows)
