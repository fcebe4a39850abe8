"""Makes one backup: everything of the database at one moment, sealed, with the page that says what is in it."""

import contextlib
import datetime
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from django.utils import timezone

from . import database, keys, manifest, programs
from .sealed import Broken, seal, unsealed
from .troubles import Trouble


def make(folder: Path) -> Path:
    """The new backup. A part of one never keeps the name of a whole one."""
    key = keys.backup_key()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    now = timezone.now().astimezone(datetime.UTC)
    dump = folder / f"{manifest.PREFIX}{now:%Y%m%dT%H%M%SZ}{manifest.DUMP}"
    part = dump.with_suffix(".part")
    try:
        with _one_moment() as (session, snapshot):
            page = _told(session)
            _dump(part, key, snapshot, database.version(session))
        _look_through(part, key)
        page |= {"made_at": now.isoformat(), "bytes": part.stat().st_size, "sha256": manifest.digest(part)}
        part.replace(dump)
    finally:
        part.unlink(missing_ok=True)
    manifest.write(manifest.page_of(dump), page, key)
    return dump


@contextlib.contextmanager
def _one_moment() -> Iterator[tuple[database.Session, str]]:
    """A session and the name of its snapshot: what is counted here is what the dump holds."""
    with psycopg.connect(**programs.where()) as session:
        session.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        (snapshot,) = session.execute("SELECT pg_export_snapshot()").fetchone() or ("",)
        yield session, snapshot


def _told(session: database.Session) -> dict[str, Any]:
    return {
        "server": database.version(session),
        "rows": database.rows(session),
        "guards": database.guards(session),
        "migrations": database.migrations(session),
        "trail": database.trail(session),
        "keys": keys.here(),
        "keys_in_use": database.keys_in_use(session),
        "backup_key": keys.fingerprint(keys.backup_key()),
    }


def _dump(part: Path, key: bytes, snapshot: str, version: int) -> None:
    place = programs.where()
    command = [
        programs.find("pg_dump", version), *programs.words(place), "--format=custom", "--compress=6",
        f"--snapshot={snapshot}", "--no-password", "--lock-wait-timeout=60s",
    ]  # fmt: skip
    with (
        os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as target,
        subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=programs.environment(place["password"]),
        ) as process,
    ):
        assert process.stdout is not None and process.stderr is not None  # noqa: S101, PT018  pipes were asked for
        seal(process.stdout, target, key)
        said = process.stderr.read().decode(errors="replace").strip()
        target.flush()
        os.fsync(target.fileno())
    if process.returncode:
        raise Trouble(f"pg_dump stopped: {(said.splitlines() or ['it left no message'])[0]}")


def _look_through(part: Path, key: bytes) -> None:
    """What was just written opens, to its end: a backup that nobody could read is found on the day it is made."""
    try:
        with part.open("rb") as file:
            for _piece in unsealed(file, key):
                pass
    except Broken as problem:
        raise Trouble(f"The backup was not written whole: {problem}") from None
