"""What of a referral is sealed, and at which place: all under the referral's own key (accounts/vault.py)."""

import uuid

from accounts.vault import Subject, fetch_keys, seal, unseal
from accounts.vault import make_key as make
from audit.context import require_actor

from .models import Referral, ReferralStep


def key(referral_id: uuid.UUID) -> Subject:
    return Subject("REFERRAL", referral_id)


def make_key(referral: Referral) -> None:
    make(key(referral.pk))


def hold_key(referral: Referral) -> None:
    """Read the key now: an act that ends the actor's sight still seals its own words afterwards."""
    fetch_keys(key(referral.pk))


def seal_packet(referral: Referral, *, summary: str, justification: str) -> None:
    subject, row = key(referral.pk), referral.pk
    referral.summary_sealed = seal(summary, subject=subject, place="referrals_referral.summary", row=row)
    referral.justification_sealed = seal(
        justification or None, subject=subject, place="referrals_referral.justification", row=row
    )


def summary(referral: Referral) -> str | None:
    """The packet's words; None for somebody from whom its key is kept (declined, withdrawn, 30 days over)."""
    return _open(referral, referral.summary_sealed, "referrals_referral.summary", referral.pk)


def justification(referral: Referral) -> str | None:
    return _open(referral, referral.justification_sealed, "referrals_referral.justification", referral.pk)


def seal_words(step: ReferralStep, text: str) -> None:
    subject = key(step.referral_id)
    step.words_sealed = seal(text or None, subject=subject, place="referrals_referralstep.words", row=step.pk)


def words(step: ReferralStep, referral: Referral) -> str | None:
    return _open(referral, step.words_sealed, "referrals_referralstep.words", step.pk)


def _open(referral: Referral, blob: bytes | memoryview | None, place: str, row: uuid.UUID) -> str | None:
    if not has_key(referral):
        return None
    return str(unseal(blob, subject=key(referral.pk), place=place, row=row) or "")


def has_key(referral: Referral) -> bool:
    """Whether the packet's words are open to whoever acts. A sealed value that does not open still raises."""
    subject = key(referral.pk)
    fetch_keys(subject)
    return subject in require_actor().memo.get("vault", {})
