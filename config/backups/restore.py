"""Brings a backup back: into a database of its own first, checked there, and only then put in the old one's place.

Whatever goes wrong before that moment leaves the running database as it was.
"""

import contextlib
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.utils import timezone
from psycopg import sql

from . import checks, database, keys, manifest, programs
from .sealed import Broken, unsealed
from .troubles import Trouble

PREPARE = Path(settings.BASE_DIR) / "config" / "local" / "database.sql"
PATIENCE = 5  # seconds
ROOM = "postgres"  # the cluster's own database, from which others are made and renamed


@dataclass(frozen=True)
class Done:
    rows: int
    opened: dict[str, int]
    #: Where the database that stood here before is now; "" where there was none.
    before: str = ""


def restore(dump: Path, *, replace: bool = False, drill: bool = False) -> Done:
    """The backup in the place of this server's database; with `drill`, only as a trial beside it."""
    key = keys.backup_key()
    page = manifest.read(dump, key)
    refuse_other_keys(page)
    manifest.check_whole(dump, page)
    name = str(programs.where()["dbname"])
    with _room() as room:
        _refuse_other_server(room, page)
        if not drill:
            _refuse_to_write_over(room, name, replace=replace)
        fresh = f"{name}_{'drill' if drill else 'restoring'}"
        _drop(room, fresh)
        try:
            _make(room, fresh)
            _load(dump, key, fresh, page)
            done = checks.everything(fresh, page)
            if drill:
                return done
            checks.begin_anew(fresh, page)
            return Done(done.rows, done.opened, _put_in_place(room, name, fresh))
        except BaseException:
            _drop(room, fresh)
            raise
        finally:
            if drill:
                _drop(room, fresh)


def refuse_other_keys(page: dict[str, Any]) -> None:
    """Before anything is done: without these keys the restored rows could never be read."""
    used = {"INDEX_KEY", *(f"VAULT_KEYS {name}" for name in page["keys_in_use"])}
    names = keys.missing({name: mark for name, mark in page["keys"].items() if name in used})
    if names:
        raise Trouble(
            f"This server has other keys than the one that the backup was made on: {', '.join(names)}. What they "
            "sealed could not be read here. Nothing was touched. Put the keys.json that belongs to this backup "
            "where KARPEA_SECRETS points, then try again."
        )


@contextlib.contextmanager
def _room() -> Iterator[database.Session]:
    with psycopg.connect(**programs.where(ROOM), autocommit=True) as session:
        (may,) = session.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() or (
            False,
        )
        if not may:
            raise Trouble("Restoring is done by the cluster's administrator (KARPEA_ROLE=admin).")
        yield session


def _refuse_other_server(room: database.Session, page: dict[str, Any]) -> None:
    if database.version(room) < page["server"]:
        raise Trouble(
            f"The backup was made by PostgreSQL {page['server']}, and this server is {database.version(room)}: "
            "an older one cannot take it. Nothing was touched."
        )


def _refuse_to_write_over(room: database.Session, name: str, *, replace: bool) -> None:
    if not _exists(room, name):
        return
    with psycopg.connect(**programs.where(name)) as session:
        tables = len(session.execute(database.TABLES).fetchall())
    if tables and not replace:
        raise Trouble(
            f"The database {name} holds {tables} tables. A restore puts the backup in its place, and what was done "
            "since then is gone from the site. If you mean that: --replace (the old one stays under another name)."
        )
    _refuse_while_used(room, name)


def _refuse_while_used(room: database.Session, name: str) -> None:
    query = (
        "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid() "
        "AND backend_type = 'client backend'"
    )
    for _try in range(PATIENCE * 10):  # a process that has just ended leaves its session for a moment
        (used,) = room.execute(query, [name]).fetchone() or (0,)
        if not used:
            return
        time.sleep(0.1)
    raise Trouble(
        f"{used} connections still work with the database {name}. Stop web, worker, beat and backup first."
    )


def _exists(room: database.Session, name: str) -> bool:
    return room.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def _drop(room: database.Session, name: str) -> None:
    room.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _make(room: database.Session, name: str) -> None:
    room.execute(
        sql.SQL("CREATE DATABASE {} OWNER karpea_owner TEMPLATE template0 ENCODING 'UTF8'").format(
            sql.Identifier(name)
        )
    )
    with psycopg.connect(**programs.where(name), autocommit=True) as session:
        session.execute(PREPARE.read_bytes())


def _load(dump: Path, key: bytes, name: str, page: dict[str, Any]) -> None:
    place = programs.where(name)
    command = [
        programs.find("pg_restore", page["server"]), *programs.words(place), "--no-password",
        "--single-transaction", "--exit-on-error",
    ]  # fmt: skip
    with (
        dump.open("rb") as source,
        subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=programs.environment(place["password"]),
        ) as process,
    ):
        assert process.stdin is not None and process.stderr is not None  # noqa: S101, PT018  pipes were asked for
        try:
            for piece in unsealed(source, key):
                process.stdin.write(piece)
            process.stdin.close()
        except Broken as problem:
            process.kill()
            raise Trouble(f"{problem} Nothing was touched.") from None
        except BrokenPipeError:
            pass  # it has ended by itself, and says why
        said = process.stderr.read().decode(errors="replace").strip()
    if process.returncode:
        # Its own words name tables and never rows, except where a row was refused: so the first line alone.
        raise Trouble(f"pg_restore stopped: {(said.splitlines() or ['it left no message'])[0]}")


def _put_in_place(room: database.Session, name: str, fresh: str) -> str:
    before = ""
    if _exists(room, name):
        before = f"{name}_before_{timezone.now():%Y%m%dt%H%M%S}"
        _rename(room, name, before)
    _rename(room, fresh, name)
    return before


def _rename(room: database.Session, name: str, to: str) -> None:
    room.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(name), sql.Identifier(to)))
