"""Passwords that were stolen elsewhere and are tried first: looked up in a file, never asked of anybody outside.

The file is the operator's (docs/operations.md): one SHA-1 in capital letters a line, a count behind a colon or nothing,
in ascending order, as the lists of Have I Been Pwned come "ordered by hash". A line is found by halving: some thirty
reads, whether the file holds ten thousand lines or a thousand million.
"""

import hashlib
import os
import re
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

HASH = re.compile(rb"^[0-9A-F]{40}(:\d+)?\r?\n?$")


def is_stolen(password: str) -> bool:
    """Whether the file holds it; False where there is no file."""
    if not settings.STOLEN_PASSWORDS:
        return False
    digest = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper().encode()
    with Path(settings.STOLEN_PASSWORDS).open("rb") as lines:
        return _at_or_after(lines, digest)[:40] == digest


def _at_or_after(lines: IO[bytes], digest: bytes) -> bytes:
    """The first line that is not before `digest`; empty at the end."""
    low, high = 0, lines.seek(0, os.SEEK_END)
    while low < high:
        middle = (low + high) // 2
        line = _line(lines, middle)
        if line and line[:40] < digest:
            low = middle + 1
        else:
            high = middle
    return _line(lines, low)


def _line(lines: IO[bytes], at: int) -> bytes:
    """The first line that begins at this byte or after it."""
    lines.seek(max(at - 1, 0))
    if at:
        lines.readline()
    return lines.readline()


class StolenPasswordValidator:
    """Used by AUTH_PASSWORD_VALIDATORS."""

    def validate(self, password: str, user: Any = None) -> None:
        if is_stolen(password):
            raise ValidationError(self.get_help_text(), code="password_stolen")

    def get_help_text(self) -> str:
        return _(
            "This password stands in lists of passwords that were stolen elsewhere, and such are tried first. "
            "Choose one that you use nowhere else."
        )


@register
def check_file(**_kwargs: Any) -> list[CheckMessage]:
    """A list that cannot be read, or is not one, stops the start instead of letting everything pass."""
    if not settings.STOLEN_PASSWORDS:
        return []
    try:
        with Path(settings.STOLEN_PASSWORDS).open("rb") as lines:
            first = [lines.readline() for _number in range(1000)]
    except OSError as trouble:
        return [
            Error(f"KARPEA_STOLEN_PASSWORDS cannot be read: {type(trouble).__name__}.", id="accounts.E001")
        ]
    first = [line for line in first if line]
    if not first or not all(HASH.match(line) for line in first) or first != sorted(first):
        sentence = "KARPEA_STOLEN_PASSWORDS is not a list of SHA-1 in capital letters, one a line, in order."
        return [Error(sentence, id="accounts.E002")]
    return []
