"""Passwords and keys made at random on the first start, kept in files only their owner can read."""

import base64
import json
import os
import secrets
from pathlib import Path

ADMIN = "karpea_admin"
LOGINS = (
    "karpea_migrator",
    "karpea_web",
    "karpea_worker",
    "karpea_sealer",
    "karpea_loader",
    "karpea_backup",
)


def write_private(path: Path, text: str) -> None:
    """The file never exists with other rights than 0600, and never half written."""
    fresh = path.with_name(path.name + ".new")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def passwords(path: Path) -> dict[str, str]:
    """Hexadecimal, so that they stand unquoted in a URL."""
    if not path.exists():
        write_private(path, json.dumps({name: secrets.token_hex(24) for name in (ADMIN, *LOGINS)}, indent=1))
    found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return found


def application_keys(path: Path) -> Path:
    """The keys of the application itself. Losing this file loses what was encrypted with it."""
    if not path.exists():

        def key() -> str:
            return base64.b64encode(secrets.token_bytes(32)).decode()

        made = {
            "SECRET_KEY": secrets.token_urlsafe(48),
            "VAULT_KEYS": {"k1": key()},
            "INDEX_KEY": key(),
        }
        write_private(path, json.dumps(made, indent=1))
    return path
