"""A stream sealed with AES-256-GCM in pieces, so that a backup is never on the disk in clear.

`magic | nonce prefix (7) | piece, piece, ...`. Each piece is bound to its place and to whether it is the last, so
that a cut, a swapped or a repeated piece does not open (the STREAM construction).
"""

import os
import struct
from collections.abc import Iterator
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

MAGIC = b"karpea-backup-1\n"
PIECE = 1024 * 1024
TAG = 16
PREFIX = 7


class Broken(Exception):
    """The file was cut, changed, or sealed with another key."""


def _nonce(prefix: bytes, number: int, *, last: bool) -> bytes:
    return prefix + struct.pack(">I?", number, last)


def _pieces(source: BinaryIO, size: int) -> Iterator[tuple[bytes, bool]]:
    """Each piece, and whether it is the last: known only once nothing follows."""
    piece = _full(source, size)
    while True:
        following = _full(source, size)
        yield piece, not following
        if not following:
            return
        piece = following


def _full(source: BinaryIO, size: int) -> bytes:
    """A pipe gives what it has; a piece is whole except at the end."""
    parts = []
    while size:
        part = source.read(size)
        if not part:
            break
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def seal(source: BinaryIO, target: BinaryIO, key: bytes) -> None:
    """Everything of `source`, sealed, into `target`."""
    prefix, cipher = os.urandom(PREFIX), AESGCM(key)
    target.write(MAGIC + prefix)
    target.writelines(
        cipher.encrypt(_nonce(prefix, number, last=last), piece, MAGIC)
        for number, (piece, last) in enumerate(_pieces(source, PIECE))
    )


def unsealed(source: BinaryIO, key: bytes) -> Iterator[bytes]:
    """The pieces again, or Broken. Whoever uses them must throw them away when this raises before its end."""
    if source.read(len(MAGIC)) != MAGIC:
        raise Broken("This file is no backup of Karpea, or its beginning was changed.")
    prefix, cipher = _full(source, PREFIX), AESGCM(key)
    for number, (piece, last) in enumerate(_pieces(source, PIECE + TAG)):
        try:
            yield cipher.decrypt(_nonce(prefix, number, last=last), piece, MAGIC)
        except (InvalidTag, ValueError):
            raise Broken(
                "The backup does not open with this backup key: another key, or the file was cut or changed."
            ) from None
