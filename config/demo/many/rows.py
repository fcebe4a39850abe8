"""The records of one file, as cases.actions.open_file and move would leave them, not yet in the database.

tests/demo/test_many.py holds them equal to what the actions write.
"""

import datetime
import hashlib
import secrets
import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from accounts.models import Agency, SubjectKey, User
from accounts.vault import seal_under, wrapped_key
from cases import numbers, vault
from cases.actions import Intake
from cases.answers import Answer, ConsentAnswer, RiskLevel
from cases.models import (
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
from cases.states import Status

_VICTIM = (
    "sex", "age_min", "age_max", "age_basis", "is_child", "child_at_start", "turns_18_in", "nationality",
    "language", "needs_interpreter", "home_district",
)  # fmt: skip
_FACTS = (
    "country", "place_type", "started_on", "started_precision", "ended_on", "ended_precision",
    "recruiter_relation",
)  # fmt: skip
_CASE = (
    "province", "district", "commune", "official_involved", "channel", "reported_on", "reported_precision",
    "risk_level",
)  # fmt: skip
#: In this order: what a row refers to stands before it.
TABLES: tuple[type[Model], ...] = (
    Case, SubjectKey, Victim, Identity, IdentityKey, Facts, FactAnswer, RiskAssessment, Consent,
)  # fmt: skip


class Keys:
    """Ids and data keys of this load's files, made again from a secret that ends with the process."""

    def __init__(self) -> None:
        self._secret = secrets.token_bytes(32)

    def _of(self, what: str, index: int, size: int) -> bytes:
        return hashlib.blake2b(f"{what} {index}".encode(), key=self._secret, digest_size=size).digest()

    def case(self, index: int) -> uuid.UUID:
        return uuid.UUID(bytes=self._of("case", index, 16), version=4)

    def file(self, index: int) -> bytes:
        return self._of("file", index, 32)

    def person(self, index: int) -> bytes:
        return self._of("person", index, 32)


@dataclass(frozen=True)
class Opening:
    """Who opens which file when, for which agency, under which number."""

    index: int
    intake: Intake
    by: User
    agency: Agency
    at: datetime.datetime
    counter: int

    @property
    def number(self) -> str:
        province, year = self.intake.province, self.at.year
        digits = f"{province.pk:02d}{year}{self.counter:05d}"
        return f"{province.letters}-{year}-{self.counter:05d}-{numbers.check_digit(digits)}"


def _copied(intake: Intake, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(intake, name) for name in names}


def opened(one: Opening, keys: Keys) -> dict[type[Model], list[Any]]:
    """The records of a new file by their model."""
    intake, case = one.intake, _case(one, keys)
    file = keys.file(one.index)
    victim = Victim(case=case, **_copied(intake, _VICTIM))
    victim.alias_sealed = seal_under(file, intake.alias, place="cases_victim.alias", row=victim.pk)
    facts = Facts(case=case, district=intake.fact_district, **_copied(intake, _FACTS))
    if intake.account:
        facts.account_sealed = seal_under(file, intake.account, place="cases_facts.account", row=facts.pk)
    chosen = {"FORM": intake.forms, "ACT": intake.acts, "MEANS": intake.means, "CONTROL": intake.controls}
    return {
        Case: [case],
        SubjectKey: _keys(case, one, keys),
        Victim: [victim],
        Facts: [facts],
        FactAnswer: [
            FactAnswer(case=case, list=name, code=code)
            for name, codes in chosen.items()
            for code in dict.fromkeys(codes)
        ],
        RiskAssessment: _risk(case, one, file),
        Consent: _consent(case, one),
        **_identity(case, one, keys),
    }


def _case(one: Opening, keys: Keys) -> Case:
    intake, file = one.intake, keys.file(one.index)
    case = Case(
        id=keys.case(one.index),
        number=one.number,
        status=Status.REPORTED,
        status_since=one.at,
        status_by=one.by,
        agency=one.agency,
        agency_kind=one.agency.kind,
        opened_by=one.by,
        named_only=intake.official_involved in (Answer.YES, Answer.UNSURE),
        form=intake.forms[0] if intake.forms else "",
        created_at=one.at,
        updated_at=one.at,
        **_copied(intake, _CASE),
    )
    if intake.summary:
        case.summary_sealed = seal_under(file, intake.summary, place="cases_case.summary", row=case.pk)
    return case


def _keys(case: Case, one: Opening, keys: Keys) -> list[Any]:
    file = wrapped_key(vault.file_key(case.pk), keys.file(one.index))
    person = wrapped_key(vault.person_key(case.pk), keys.person(one.index))
    file.created_at = person.created_at = one.at
    return [file, person]


def _identity(case: Case, one: Opening, keys: Keys) -> dict[type[Model], list[Any]]:
    values = {
        name: one.intake.identity[name] for name in vault.IDENTITY_FIELDS if one.intake.identity.get(name)
    }
    if not values or one.intake.consent == ConsentAnswer.REFUSED:
        return {}
    identity = Identity(case=case)
    identity.sealed = seal_under(
        keys.person(one.index), values, place="cases_identity.sealed", row=identity.pk
    )
    found = sorted(vault.search_keys(values))
    return {
        Identity: [identity],
        IdentityKey: [IdentityKey(case=case, kind=kind, key=key) for kind, key in found],
    }


def _risk(case: Case, one: Opening, file: bytes) -> list[Any]:
    intake = one.intake
    nothing = intake.risk_level == RiskLevel.NOT_ASSESSED and intake.danger_now == Answer.NOT_ASKED
    if nothing and not intake.risk_reasons:
        return []
    risk = RiskAssessment(
        case=case, level=intake.risk_level, danger_now=intake.danger_now, by=one.by, recorded_at=one.at
    )
    if intake.risk_reasons:
        risk.reasons_sealed = seal_under(
            file, intake.risk_reasons, place="cases_riskassessment.reasons", row=risk.pk
        )
    return [risk]


def _consent(case: Case, one: Opening) -> list[Any]:
    intake = one.intake
    if not intake.consent:
        return []
    given = intake.consent == ConsentAnswer.GIVEN
    return [
        Consent(
            case=case,
            purpose="STORE_DATA",
            answer=intake.consent,
            given_on=(intake.consent_on or one.at.date()) if given else intake.consent_on,
            how=intake.consent_how,
            by=one.by,
            recorded_at=one.at,
        )
    ]


def noted(
    case_id: uuid.UUID, file: bytes, text: str, *, about: str, by: User, agency_id: uuid.UUID,
    at: datetime.datetime,
) -> Note:  # fmt: skip
    note = Note(case_id=case_id, about=about, by=by, agency_id=agency_id, recorded_at=at)
    note.text_sealed = seal_under(file, text, place="cases_note.text", row=note.pk)
    return note
