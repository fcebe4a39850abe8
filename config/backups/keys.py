"""Which keys a backup needs, told by fingerprints: enough to compare, nothing to guess from."""

import base64
import hashlib
import hmac

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from ..given import is_key, need


def backup_key() -> bytes:
    """The key that seals backups. It is not among the keys of the application, and both are needed to restore."""
    text = need("KARPEA_BACKUP_KEY")
    if not is_key(text):
        raise ImproperlyConfigured("KARPEA_BACKUP_KEY is not 32 bytes made at random, in base64.")
    return base64.b64decode(text)


def fingerprint(key: bytes) -> str:
    return hmac.new(key, b"karpea fingerprint", hashlib.sha256).hexdigest()[:16]


def here() -> dict[str, str]:
    """The fingerprint of each key of this server, by name."""
    found = {f"VAULT_KEYS {name}": key for name, key in settings.VAULT_KEYS.items()}
    found["INDEX_KEY"] = settings.INDEX_KEY
    return {name: fingerprint(base64.b64decode(key)) for name, key in found.items()}


def missing(wanted: dict[str, str]) -> list[str]:
    """Names of the keys that the backup was made with and this server does not have, or has otherwise."""
    own = here()
    return [name for name, mark in wanted.items() if own.get(name) != mark]
