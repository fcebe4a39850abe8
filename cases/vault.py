"""What of a file is sealed, under whose key, at which place. The vault itself is accounts/vault.py."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from accounts.models.keys import SubjectKey
from accounts.vault import Subject, blind, fetch_keys, seal, unseal
from accounts.vault import prepare_keys as prepare

from .models import BreakGlass, Case, Facts, Identity, IdentityKey, NamedStep, Note, RiskAssessment, Victim
from .text import search_name, search_number, search_words

IDENTITY_FIELDS = (
    "name_km",
    "name_latin",
    "other_names",
    "birth_date",
    "document_kind",
    "document_number",
    "phone",
    "safe_to_call",
    "address",
)
_NAMES = ("name_km", "name_latin", "other_names")
_NUMBERS = ("document_number", "phone")


def file_key(case_id: uuid.UUID) -> Subject:
    return Subject("FILE", case_id)


def person_key(case_id: uuid.UUID) -> Subject:
    return Subject("PERSON", case_id)


def prepare_keys(cases: Iterable[Case]) -> list[SubjectKey]:
    """Keys to seal new files with, before their rows are there; `store_keys` follows right after the rows."""
    return prepare(*(subject(case.pk) for case in cases for subject in (file_key, person_key)))


def store_keys(rows: list[SubjectKey]) -> None:
    SubjectKey.objects.bulk_create(rows)


def seal_summary(case: Case, text: str) -> None:
    case.summary_sealed = seal(
        text or None, subject=file_key(case.pk), place="cases_case.summary", row=case.pk
    )


def summary(case: Case) -> str:
    return (
        unseal(case.summary_sealed, subject=file_key(case.pk), place="cases_case.summary", row=case.pk) or ""
    )


def seal_alias(victim: Victim, text: str) -> None:
    subject = file_key(victim.case_id)
    victim.alias_sealed = seal(text or None, subject=subject, place="cases_victim.alias", row=victim.pk)


def alias(victim: Victim) -> str:
    subject = file_key(victim.case_id)
    return unseal(victim.alias_sealed, subject=subject, place="cases_victim.alias", row=victim.pk) or ""


def aliases(cases: Iterable[Case]) -> dict[uuid.UUID, str]:
    """The words to recognise these files by, their keys read at once. The caller knows that they are open."""
    found = list(cases)
    if found:
        fetch_keys(*(file_key(case.pk) for case in found))
    return {case.pk: alias(case.victim) for case in found}


def seal_account(facts: Facts, text: str) -> None:
    subject = file_key(facts.case_id)
    facts.account_sealed = seal(text or None, subject=subject, place="cases_facts.account", row=facts.pk)


def account(facts: Facts) -> str:
    subject = file_key(facts.case_id)
    return unseal(facts.account_sealed, subject=subject, place="cases_facts.account", row=facts.pk) or ""


def seal_reasons(risk: RiskAssessment, text: str) -> None:
    subject = file_key(risk.case_id)
    risk.reasons_sealed = seal(
        text or None, subject=subject, place="cases_riskassessment.reasons", row=risk.pk
    )


def reasons(risk: RiskAssessment) -> str:
    subject = file_key(risk.case_id)
    return (
        unseal(risk.reasons_sealed, subject=subject, place="cases_riskassessment.reasons", row=risk.pk) or ""
    )


def seal_note(note: Note, text: str) -> None:
    note.text_sealed = seal(text, subject=file_key(note.case_id), place="cases_note.text", row=note.pk)


def note_text(note: Note) -> str:
    return str(unseal(note.text_sealed, subject=file_key(note.case_id), place="cases_note.text", row=note.pk))


def seal_step(step: NamedStep, text: str) -> None:
    step.words_sealed = seal(text, subject=file_key(step.case_id), place="cases_namedstep.words", row=step.pk)


def step_words(step: NamedStep) -> str:
    found = unseal(
        step.words_sealed, subject=file_key(step.case_id), place="cases_namedstep.words", row=step.pk
    )
    return str(found or "")


def seal_emergency(glass: BreakGlass, text: str) -> None:
    subject = file_key(glass.case_id)
    glass.reason_sealed = seal(text, subject=subject, place="cases_breakglass.reason", row=glass.pk)


def emergency_reason(glass: BreakGlass) -> str:
    subject = file_key(glass.case_id)
    return unseal(glass.reason_sealed, subject=subject, place="cases_breakglass.reason", row=glass.pk) or ""


def seal_review(glass: BreakGlass, text: str) -> None:
    subject = file_key(glass.case_id)
    glass.review_sealed = seal(text, subject=subject, place="cases_breakglass.review", row=glass.pk)


def review_words(glass: BreakGlass) -> str:
    subject = file_key(glass.case_id)
    return unseal(glass.review_sealed, subject=subject, place="cases_breakglass.review", row=glass.pk) or ""


def seal_identity(identity: Identity, values: Mapping[str, Any]) -> None:
    kept = {name: values[name] for name in IDENTITY_FIELDS if values.get(name)}
    identity.sealed = seal(
        kept, subject=person_key(identity.case_id), place="cases_identity.sealed", row=identity.pk
    )


def reveal(identity: Identity) -> dict[str, Any]:
    """The identity in clear. The caller has put the read on the trail (IDENTITY_READ)."""
    subject = person_key(identity.case_id)
    values: dict[str, Any] = unseal(
        identity.sealed, subject=subject, place="cases_identity.sealed", row=identity.pk
    )
    return values


def search_keys(values: Mapping[str, Any]) -> set[tuple[str, bytes]]:
    """(kind, key) of every name and number of an identity."""
    keys: set[tuple[str, bytes]] = set()
    for name in _NAMES:
        for one in str(values.get(name) or "").split(","):
            if search_name(one):
                keys.add((IdentityKey.Kind.NAME, blind(search_name(one), column="name")))
            keys |= {(IdentityKey.Kind.WORD, blind(word, column="name")) for word in search_words(one)}
    for number in _NUMBERS:
        if search_number(str(values.get(number) or "")):
            keys.add((IdentityKey.Kind.NUMBER, blind(search_number(str(values[number])), column="number")))
    return keys


def question_keys(text: str) -> list[bytes]:
    """Keys that a search for `text` asks for: as a whole name, and as a number."""
    keys = [blind(search_name(text), column="name")] if search_name(text) else []
    if any(c.isdigit() for c in text) or "០" <= text[:1] <= "៩":
        keys.append(blind(search_number(text), column="number"))
    return keys


def word_keys(text: str) -> list[bytes]:
    """Keys of the single words of a name."""
    return [blind(word, column="name") for word in search_words(text)]
