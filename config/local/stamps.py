"""Remembers from which inputs a step was last done, so that the next start can leave it out."""

import hashlib
from collections.abc import Iterable
from pathlib import Path


def of(paths: Iterable[Path], *texts: str) -> str:
    """Changes with any file's name or content. Missing files count as missing, not as an error."""
    digest = hashlib.sha256()
    for text in texts:
        digest.update(text.encode() + b"\0")
    for path in sorted(paths):
        content = path.read_bytes() if path.is_file() else b""
        digest.update(f"{path}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def current(stamp: Path, value: str) -> bool:
    try:
        return stamp.read_text() == value
    except OSError:
        return False


def write(stamp: Path, value: str) -> None:
    stamp.write_text(value)
