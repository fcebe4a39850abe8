"""The vault: AES-256-GCM with a key per subject, wrapped by a key that lives outside the database.

A sealed value is `version | nonce (12) | ciphertext`, bound to table, column and row: moved elsewhere it
does not open. None stays None; '' and 0-like values come back as they went in. A wrong key or place raises.
"""

import base64
import hashlib
import hmac
import json
import os
import uuid
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import connection

from audit.context import require_actor

from .models.keys import SubjectKey

VERSION = b"\x01"
NONCE_BYTES = 12


class CannotOpen(Exception):
    """A sealed value did not open: wrong key, wrong place, or somebody changed it."""


@dataclass(frozen=True)
class Subject:
    """Whose key seals a value: SubjectKey.Kind and the subject's id."""

    kind: str
    id: uuid.UUID


def wrapping_key_name() -> str:
    """The newest wrapping key: the last one named in the secrets."""
    return str(list(settings.VAULT_KEYS)[-1])


def _wrapping_key(name: str) -> AESGCM:
    try:
        return AESGCM(base64.b64decode(settings.VAULT_KEYS[name]))
    except KeyError:
        raise CannotOpen(f"The wrapping key {name!r} is not among the secrets of this server.") from None


def _bound(*parts: object) -> bytes:
    return "|".join(str(p) for p in parts).encode()


def make_key(subject: Subject) -> None:
    """Make and store the data key of a new subject. Raises IntegrityError where one exists."""
    row, data_key = _new_key(subject)
    row.save(force_insert=True)
    _remember_made(subject, data_key)


def prepare_keys(*subjects: Subject) -> list[SubjectKey]:
    """Make the data keys of new subjects and seal with them at once. Whoever calls stores the rows in the same
    transaction, as soon as the wall lets them in; without them what was sealed never opens again."""
    rows = []
    for subject in subjects:
        row, data_key = _new_key(subject)
        _remember_made(subject, data_key)
        rows.append(row)
    return rows


def ensure_key(subject: Subject) -> None:
    """Make the key where there is none; of two who make it at once, one waits and then uses the other's."""
    fetch_keys(subject)
    if subject not in _memo():
        row, _data_key = _new_key(subject)
        SubjectKey.objects.bulk_create([row], ignore_conflicts=True)
        row = SubjectKey.objects.get(kind=subject.kind, subject=subject.id)
        _remember_made(subject, _unwrap(row, subject))


def _new_key(subject: Subject) -> tuple[SubjectKey, bytes]:
    name = wrapping_key_name()
    data_key, nonce = AESGCM.generate_key(256), os.urandom(NONCE_BYTES)
    wrapped = nonce + _wrapping_key(name).encrypt(nonce, data_key, _bound("key", subject.kind, subject.id))
    return SubjectKey(kind=subject.kind, subject=subject.id, wrapped=wrapped, wrapped_by=name), data_key


def _remember_made(subject: Subject, data_key: bytes) -> None:
    """With the savepoint it was made in: when that is over, the row may be gone with it."""
    here = tuple(connection.savepoint_ids)
    _memo()[subject] = data_key
    _made()[subject] = here
    require_actor().memo["vault here"] = here


def _memo() -> dict[Subject, bytes]:
    memo: dict[Subject, bytes] = require_actor().memo.setdefault("vault", {})
    return memo


def _made() -> dict[Subject, tuple[str | None, ...]]:
    """The keys made while this actor acts, each with the savepoints that were open."""
    made: dict[Subject, tuple[str | None, ...]] = require_actor().memo.setdefault("vault made", {})
    return made


def _forget_unsure() -> None:
    """A key whose savepoint has ended was either kept or rolled back: only the database knows."""
    here = tuple(connection.savepoint_ids)
    if require_actor().memo.get("vault here") == here:
        return  # nothing has ended since the newest key was made, or since this was asked last
    require_actor().memo["vault here"] = here
    for subject, then in _made().items():
        if here[: len(then)] != then:
            _made()[subject] = tuple(
                a for a, b in takewhile(lambda pair: pair[0] == pair[1], zip(here, then, strict=False))
            )
            _memo().pop(subject, None)


def fetch_keys(*subjects: Subject) -> None:
    """Read several keys with one query, for a page that opens several values."""
    _forget_unsure()
    missing = [s for s in subjects if s not in _memo()]
    if not missing:
        return
    rows = SubjectKey.objects.filter(subject__in=[s.id for s in missing]).order_by("pk")
    wanted = set(missing)
    for row in rows:
        subject = Subject(row.kind, row.subject)
        if subject in wanted:
            _memo()[subject] = _unwrap(row, subject)


def _unwrap(row: SubjectKey, subject: Subject) -> bytes:
    blob = bytes(row.wrapped)
    try:
        return _wrapping_key(row.wrapped_by).decrypt(
            blob[:NONCE_BYTES], blob[NONCE_BYTES:], _bound("key", subject.kind, subject.id)
        )
    except InvalidTag:
        raise CannotOpen("The key of this record does not open with this server's wrapping key.") from None


def _key(subject: Subject) -> bytes:
    fetch_keys(subject)
    try:
        return _memo()[subject]
    except KeyError:
        raise CannotOpen("The key of this record is out of reach or was erased.") from None


def seal(value: Any, *, subject: Subject, place: str, row: uuid.UUID) -> bytes | None:
    """Seal a JSON-able value for `place` ("table.column") and `row`."""
    if value is None:
        return None
    nonce = os.urandom(NONCE_BYTES)
    plain = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    return VERSION + nonce + AESGCM(_key(subject)).encrypt(nonce, plain, _bound(place, row))


def unseal(blob: bytes | memoryview | None, *, subject: Subject, place: str, row: uuid.UUID) -> Any:
    """The value again, or CannotOpen."""
    if blob is None:
        return None
    blob = bytes(blob)
    if blob[:1] != VERSION:
        raise CannotOpen("This value was sealed by a version that this server does not know.")
    nonce, sealed = blob[1 : 1 + NONCE_BYTES], blob[1 + NONCE_BYTES :]
    try:
        return json.loads(AESGCM(_key(subject)).decrypt(nonce, sealed, _bound(place, row)))
    except InvalidTag:
        raise CannotOpen("This value was changed or moved after it was sealed.") from None


def blind(text: str, *, column: str) -> bytes:
    """The keyed index of a normalised text: equal texts give equal bytes, nothing else can be read from it."""
    key = hmac.new(base64.b64decode(settings.INDEX_KEY), column.encode(), hashlib.sha256).digest()
    return hmac.new(key, text.encode(), hashlib.sha256).digest()[:16]
