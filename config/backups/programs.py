"""PostgreSQL's own pg_dump and pg_restore, of a version that fits the server."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.db import connection

from .troubles import Trouble


def find(name: str, version: int) -> str:
    """The program of the server's own version, else a newer one. Older ones cannot read it."""
    found: dict[int, str] = {}
    for path in _candidates(name):
        asked = subprocess.run([path, "--version"], capture_output=True, text=True, check=False)
        number = re.search(r"\(PostgreSQL\) (\d+)", asked.stdout)
        if number and int(number[1]) >= version:
            found.setdefault(int(number[1]), str(path))
    if not found:
        raise Trouble(
            f"{name} of PostgreSQL {version} or newer was not found on this machine. "
            f"Install it: apt-get install postgresql-client-{version}"
        )
    return found[min(found)]


def _candidates(name: str) -> Iterator[Path]:
    for pattern in ("usr/lib/postgresql/*/bin", "usr/pgsql-*/bin", "opt/homebrew/opt/postgresql@*/bin"):
        yield from (folder / name for folder in Path("/").glob(pattern) if (folder / name).is_file())
    if on_path := shutil.which(name):
        yield Path(on_path)


def environment(password: str) -> dict[str, str]:
    """The password goes by the environment: a command line can be read by everybody on the machine."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "PGPASSWORD": password}


def where(name: str = "") -> dict[str, Any]:
    """How this process reaches its database (or the one called `name`), as psycopg and libpq write it."""
    here = connection.settings_dict
    return {
        "host": here["HOST"],
        "port": here["PORT"],
        "user": here["USER"],
        "password": here["PASSWORD"],
        "dbname": name or here["NAME"],
    }


def words(place: dict[str, Any]) -> list[str]:
    """The same as options of pg_dump and pg_restore."""
    options = {"--host": "host", "--port": "port", "--username": "user", "--dbname": "dbname"}
    return [f"{option}={place[key]}" for option, key in options.items() if place[key]]
