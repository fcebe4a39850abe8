"""`python3 config/new_secrets.py FOLDER`: makes every key and password of a new installation, each in a file.

Any Python 3 runs it: it needs nothing installed and no other file of ours. It never writes over a file.
The folder is open to its owner alone. The files inside are readable, because each container runs as another
account; a container is given only the files that its service names in docker-compose.yml.
"""

import base64
import json
import os
import secrets
import sys
from pathlib import Path

HOST, DATABASE = "postgres", "karpea"
ADMIN = "karpea_admin"
ROLES = {
    "web": "karpea_web",
    "worker": "karpea_worker",
    "migrator": "karpea_migrator",
    "loader": "karpea_loader",
    "backup": "karpea_backup",
}


def key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def password() -> str:
    """Hexadecimal, so that it stands unquoted in an address."""
    return secrets.token_hex(24)


def address(role: str, word: str) -> str:
    return f"postgresql://{role}:{word}@{HOST}:5432/{DATABASE}"


def made() -> dict[str, str]:
    """Every file by its name, with what stands in it."""
    admin, broker = password(), password()
    keys = {"SECRET_KEY": secrets.token_urlsafe(48), "VAULT_KEYS": {"k1": key()}, "INDEX_KEY": key()}
    files = {
        "keys.json": json.dumps(keys, indent=1),
        "backup_key": key(),
        "postgres_password": admin,
        "database_url_admin": address(ADMIN, admin),
        "redis.conf": f"requirepass {broker}",
        "redis_url": f"redis://:{broker}@redis:6379/0",
        "metrics_token": secrets.token_urlsafe(36),
        "mail": "",  # how reminders are mailed; written in by hand (docs/reminders.md)
    }
    files |= {f"database_url_{name}": address(role, password()) for name, role in ROLES.items()}
    return files


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        sys.stderr.write("Say into which folder: python3 config/new_secrets.py secrets\n")
        return 2
    folder = Path(arguments[0])
    if folder.exists() and any(folder.iterdir()):
        sys.stderr.write(
            f"{folder} holds something already, and keys are never written over: whoever loses a key loses what "
            "it sealed. Name a new folder.\n"
        )
        return 1
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    files = made()
    for name, text in files.items():
        handle = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o444)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text + "\n")
        (folder / name).chmod(0o444)
    sys.stdout.write(
        f"{len(files)} files in {folder}. Copy keys.json and backup_key to a place outside this server now, in a "
        "sealed envelope or a safe: a backup is worth nothing without both.\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
