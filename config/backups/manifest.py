"""The page that goes with a backup: what it holds, which keys it needs, and a seal on both."""

import hashlib
import hmac
import json
import os
from pathlib import Path
from typing import Any

from .troubles import Trouble

FORMAT = 1
DUMP, PAGE = ".dump.sealed", ".json"
PREFIX = "karpea-"


def page_of(dump: Path) -> Path:
    return dump.with_name(dump.name.removesuffix(DUMP) + PAGE)


def dumps(folder: Path) -> list[Path]:
    """Every whole backup of a folder, the newest first; names begin with the time (UTC)."""
    found = sorted(folder.glob(f"{PREFIX}*{DUMP}"), key=lambda path: path.name, reverse=True)
    return [path for path in found if page_of(path).is_file()]


def newest(folder: Path) -> Path:
    found = dumps(folder)
    if not found:
        raise Trouble(f"There is no backup in {folder}.")
    return found[0]


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _seal_of(page: dict[str, Any], key: bytes) -> str:
    told = {name: value for name, value in page.items() if name != "seal"}
    text = json.dumps(told, sort_keys=True, ensure_ascii=False)
    return hmac.new(key, b"manifest" + text.encode(), hashlib.sha256).hexdigest()


def write(path: Path, page: dict[str, Any], key: bytes) -> None:
    """Whole or not at all: the page is what makes a dump a backup."""
    page = {"format": FORMAT, **page}
    page["seal"] = _seal_of(page, key)
    fresh = path.with_suffix(".part")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(page, file, indent=1, ensure_ascii=False)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def read(dump: Path, key: bytes) -> dict[str, Any]:
    """The page of a dump, or why not: changed, sealed with another key, or of a dump that is not whole."""
    try:
        page: dict[str, Any] = json.loads(page_of(dump).read_text(encoding="utf-8"))
    except OSError:
        raise Trouble(
            f"Beside {dump.name} there is no {page_of(dump).name}; without it nobody knows what is in it."
        ) from None
    except ValueError:
        raise Trouble(f"{page_of(dump).name} is no page of a backup.") from None
    if page.get("format") != FORMAT:
        raise Trouble("This backup was made by another version of Karpea. Restore it with that version.")
    if not hmac.compare_digest(str(page.get("seal")), _seal_of(page, key)):
        raise Trouble(
            "The backup key of this server is not the one that this backup was made with, or its page was "
            "changed. Nothing was touched. Put the key that belongs to it into KARPEA_BACKUP_KEY."
        )
    return page


def check_whole(dump: Path, page: dict[str, Any]) -> None:
    size = dump.stat().st_size
    if size != page["bytes"]:
        raise Trouble(
            f"{dump.name} is not whole: {size} bytes of {page['bytes']}. Nothing was touched. Take another copy of it."
        )
    if digest(dump) != page["sha256"]:
        raise Trouble(
            f"{dump.name} was changed after it was made. Nothing was touched. Take another copy of it."
        )
