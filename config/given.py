"""What the environment gives: values, or files that hold them, and a sentence where one is missing or weak.

Only the standard library, so that it can be asked before anything else is loaded.
"""

import base64
import binascii
import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

KEY_BYTES = 32
#: Shorter, or made of fewer different signs, was typed by a person and not made by a machine.
SECRET_SIGNS, SECRET_VARIETY = 50, 12
PASSWORD_SIGNS = 16


def given(name: str, default: str = "") -> str:
    """The variable, or what stands in the file that NAME_FILE names (a secret of the containers)."""
    path = os.environ.get(f"{name}_FILE")
    if name in os.environ or not path:
        return os.environ.get(name, default)
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as problem:
        raise ImproperlyConfigured(
            f"{name}_FILE names {path}, which cannot be read: {problem.strerror}."
        ) from None


def need(name: str) -> str:
    """The variable's value, or a sentence for whoever starts the process."""
    found = given(name)
    if not found:
        raise ImproperlyConfigured(
            f"{name} is not set. `make run` and `make test` set it; by hand: "
            f'eval "$(python3 config/local env)". docs/settings.md lists every variable.'
        )
    return found


def database(url: str) -> dict[str, Any]:
    """A Django database from postgresql://role:password@host:port/name?host=/socket/folder."""
    parts = urlsplit(url)
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.get("host", parts.hostname or ""),
        "PORT": query.get("port", str(parts.port or "")),
        "ATOMIC_REQUESTS": True,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {},
    }


def secrets(path: str) -> dict[str, Any]:
    """The file of keys, refused where a key is missing or is none."""
    try:
        found: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as problem:
        raise ImproperlyConfigured(
            f"KARPEA_SECRETS names {path}, which cannot be read: {problem.strerror}."
        ) from None
    except ValueError:
        raise ImproperlyConfigured(f"KARPEA_SECRETS names {path}, which is no JSON.") from None
    text = str(found.get("SECRET_KEY", ""))
    if len(text) < SECRET_SIGNS or len(set(text)) < SECRET_VARIETY:
        raise ImproperlyConfigured(
            f"SECRET_KEY in {path} is missing or weak: at least {SECRET_SIGNS} signs made at random. {_MAKE}"
        )
    vault = found.get("VAULT_KEYS")
    if not isinstance(vault, dict) or not vault:
        raise ImproperlyConfigured(f"VAULT_KEYS in {path} names no key. {_MAKE}")
    for name, key in {**vault, "INDEX_KEY": found.get("INDEX_KEY")}.items():
        if not is_key(key):
            raise ImproperlyConfigured(
                f"The key {name} in {path} is not {KEY_BYTES} bytes made at random, in base64. {_MAKE}"
            )
    return found


_MAKE = "New ones: python3 config/new_secrets.py FOLDER (docs/install.md)."


def is_key(text: object) -> bool:
    try:
        key = base64.b64decode(str(text), validate=True)
    except (binascii.Error, ValueError):
        return False
    return len(key) == KEY_BYTES and len(set(key)) > SECRET_VARIETY


def refuse_weak_password(role: str, found: dict[str, Any]) -> None:
    """Over a network, a password that somebody could guess stops the start; a socket has its folder's rights."""
    if not found["HOST"] or found["HOST"].startswith("/"):
        return
    if len(found["PASSWORD"]) < PASSWORD_SIGNS or found["PASSWORD"] == found["USER"]:
        raise ImproperlyConfigured(
            f"The password in DATABASE_URL_{role.upper()} is missing or weak: at least {PASSWORD_SIGNS} signs "
            f"made at random. {_MAKE}"
        )
