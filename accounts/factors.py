"""Codes of apps (RFC 6238) and what is sealed of a factor. Nothing here writes (accounts/actions/second.py does)."""

import base64
import hmac
import secrets
import uuid
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.hotp import HOTP
from django.utils import timezone

from .models import Factor, User
from .vault import Subject, ensure_key, seal, unseal

PLACE = "accounts_factor.sealed"
DIGITS, PERIOD = 6, 30
#: Steps before and after now that are taken as well: clocks of telephones go wrong by half a minute.
SKEW = 1


def new_secret() -> str:
    return base64.b32encode(secrets.token_bytes(20)).decode()


def step_now() -> int:
    return int(timezone.now().timestamp()) // PERIOD


def code_at(secret: str, step: int) -> str:
    # What every app computes by default; nothing rests on SHA-1 resisting collisions.
    machine = HOTP(base64.b32decode(secret), DIGITS, SHA1())  # noqa: S303
    return machine.generate(step).decode()


def step_of(secret: str, code: str) -> int | None:
    """The step whose code this is, of those that are taken now."""
    now = step_now()
    fits = [s for s in range(now - SKEW, now + SKEW + 1) if hmac.compare_digest(code_at(secret, s), code)]
    return max(fits, default=None)


def is_of_app(code: str) -> bool:
    """Six digits come from an app; everything else is looked for on the sheet."""
    return len(code) == DIGITS and code.isdigit()


def address(secret: str, person: User) -> str:
    """What the square on the page says to an app. The name of the person is not in it: telephones are seen."""
    return f"otpauth://totp/Karpea:{person.sign_in_name}?secret={secret}&issuer=Karpea"


def subject_of(person_id: uuid.UUID) -> Subject:
    return Subject("STAFF", person_id)


def seal_for(factor: Factor, value: Any) -> None:
    """Put the secret of a new factor under its person's key."""
    ensure_key(subject_of(factor.person_id))
    factor.sealed = seal(value, subject=subject_of(factor.person_id), place=PLACE, row=factor.pk)


def opened(factor: Factor) -> Any:
    return unseal(factor.sealed, subject=subject_of(factor.person_id), place=PLACE, row=factor.pk)
