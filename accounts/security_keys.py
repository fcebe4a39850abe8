"""Security keys (WebAuthn) as second factors: asked for, checked, and refused where they are no separate thing.

At a PC that an office shares, a passkey kept in the PC opens for whoever sits there, and one that its maker copies
to other devices is no longer one thing in one hand. Both are refused; a key on the key ring is what is wanted.
"""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest
from fido2.cose import UnsupportedKey
from fido2.server import Fido2Server
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorAttachment,
    AuthenticatorData,
    PublicKeyCredentialRpEntity,
    PublicKeyCredentialUserEntity,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

#: The longest answer of a browser that is read: an attestation with its certificates is under 8 kB.
LONGEST = 16_000
#: How a key that is plugged in or held to the machine says it speaks. "hybrid" is a telephone, "internal" the PC.
SEPARATE = frozenset({"usb", "nfc", "ble", "smart-card"})
#: The password was given before, so the key only has to be there and be touched.
TOUCH = UserVerificationRequirement.DISCOURAGED


class NoSeparateKey(Exception):
    """Kept in the computer, or copied to other devices."""


class DoesNotFit(Exception):
    """Not an answer to what was asked here."""


@dataclass(frozen=True)
class Held:
    """A key as the vault holds it: its public half, with the id by which it knows itself."""

    credential: AttestedCredentialData

    @property
    def id(self) -> bytes:
        return self.credential.credential_id

    def as_data(self) -> str:
        return base64.b64encode(bytes(self.credential)).decode()

    @classmethod
    def of(cls, data: str) -> "Held":
        return cls(AttestedCredentialData(base64.b64decode(data)))


@dataclass(frozen=True)
class Signed:
    id: bytes
    counter: int


def origin_of(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"


def _server(origin: str) -> Fido2Server:
    """One host is one place for keys; only pages of exactly this address may ask them."""
    place = PublicKeyCredentialRpEntity(id=urlsplit(origin).hostname or "", name="Karpea")
    return Fido2Server(place, verify_origin=lambda given: given == origin)


def ask_new(origin: str, person_id: bytes, held: Sequence[Held]) -> tuple[str, Any]:
    """What the browser is told to make a new key, and what to remember. The key learns no name of anybody."""
    options, state = _server(origin).register_begin(
        PublicKeyCredentialUserEntity(id=person_id, name="Karpea", display_name="Karpea"),
        [key.credential for key in held],
        resident_key_requirement=ResidentKeyRequirement.DISCOURAGED,
        user_verification=TOUCH,
        authenticator_attachment=AuthenticatorAttachment.CROSS_PLATFORM,
    )
    return json.dumps(dict(options)), state


def check_new(origin: str, state: Any, answer: str) -> Held:
    """The new key. Raises NoSeparateKey, or DoesNotFit."""
    data = _fitting(lambda: _server(origin).register_complete(state, _read(answer)))
    credential = data.credential_data
    if credential is None or isinstance(credential.public_key, UnsupportedKey):
        raise DoesNotFit
    _check_separate(data, _read(answer))
    return Held(credential)


def _check_separate(data: AuthenticatorData, answer: dict[str, Any]) -> None:
    """What a key says of itself, and the browser of it. A browser can be made to lie about this, but only by whoever
    then weakens their own account."""
    said = answer.get("response", {}).get("transports") or []
    in_the_pc = answer.get("authenticatorAttachment") == AuthenticatorAttachment.PLATFORM
    elsewhere = bool(said) and not SEPARATE & set(said)
    if data.flags & AuthenticatorData.FLAG.BE or in_the_pc or elsewhere:
        raise NoSeparateKey


def ask_signature(origin: str, held: Sequence[Held]) -> tuple[str, Any]:
    options, state = _server(origin).authenticate_begin([key.credential for key in held], TOUCH)
    return json.dumps(dict(options)), state


def check_signature(origin: str, state: Any, held: Sequence[Held], answer: str) -> Signed | None:
    """The key that signed, or None whatever is wrong."""
    try:
        given = _read(answer)
        key = _fitting(
            lambda: _server(origin).authenticate_complete(state, [one.credential for one in held], given)
        )
        data = AuthenticationResponse.from_dict(given).response.authenticator_data
    except DoesNotFit:
        return None
    if data.flags & AuthenticatorData.FLAG.BE:
        return None
    return Signed(key.credential_id, data.counter)


def _read(answer: str) -> dict[str, Any]:
    if len(answer) > LONGEST:
        raise DoesNotFit
    found = _fitting(lambda: json.loads(answer))
    if not isinstance(found, dict):
        raise DoesNotFit
    return found


def _fitting(act: Callable[[], Any]) -> Any:
    try:
        return act()
    except Exception as wrong:  # whatever a made-up answer makes the libraries raise, it does not fit
        raise DoesNotFit from wrong
