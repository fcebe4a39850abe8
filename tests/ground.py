"""The databases of the suite: one template with places, codes and people, and clones of it.

The template is built as the real roles build a real database (migrator, then loader), named by what went into it,
and kept in the suite's own cluster, so that only a change of models or data pays for it again. Every
process of the suite works in a clone; a test that commits takes a clone of its own.
"""

import contextlib
import hashlib
import os
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from django.core.management import call_command, get_commands
from django.db import connection, connections

from config.settings import database

ROOT = Path(__file__).resolve().parent.parent
TEMPLATE, CLONE = "karpea_tpl_", "karpea_test_"
#: Files that a template does not depend on: they are edited all day long.
NOT_IN_TEMPLATE = {
    "views.py",
    "urls.py",
    "forms.py",
    "forms",
    "queries.py",
    "tasks.py",
    "sentences.py",
    "export.py",
}


def conninfo(role: str, name: str) -> dict[str, str]:
    """How psycopg connects as a role of the suite's cluster."""
    given = database(os.environ[f"DATABASE_URL_{role.upper()}"])
    return {
        "host": given["HOST"],
        "port": given["PORT"],
        "user": given["USER"],
        "password": given["PASSWORD"],
        "dbname": name,
    }


def keeper() -> psycopg.Connection[Any]:
    """A session that makes and drops databases, as the owner."""
    made = psycopg.connect(**conninfo("migrator", "karpea"), autocommit=True)
    made.execute("SET ROLE karpea_owner")
    return made


@contextlib.contextmanager
def connected(role: str, name: str | None = None) -> Iterator[None]:
    """Django's connection as another role, in another database; never inside a transaction."""
    before = dict(connection.settings_dict)
    connections.close_all()
    options = {"options": "-c role=karpea_owner"} if role == "migrator" else {}
    given = database(os.environ[f"DATABASE_URL_{role.upper()}"])
    connection.settings_dict.update(
        USER=given["USER"], PASSWORD=given["PASSWORD"], NAME=name or before["NAME"], OPTIONS=options
    )
    try:
        yield
    finally:
        connections.close_all()
        connection.settings_dict.update(before)


def fingerprint() -> str:
    """Changes with everything that a template is made of."""
    apps = ("audit", "accounts", "desk", "cases", "referrals", "reports")
    files = [p for app in apps for p in (ROOT / app).rglob("*") if p.suffix in {".py", ".csv"}]
    files = [p for p in files if not NOT_IN_TEMPLATE & set(p.relative_to(ROOT).parts)]
    files += [ROOT / "tests/ground.py", ROOT / "tests/people.py", ROOT / "requirements/base.txt"]
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


def exists(session: psycopg.Connection[Any], name: str) -> bool:
    return session.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


def create(session: psycopg.Connection[Any], name: str, template: str = "template1") -> None:
    """A database with the rights of a real one, which CREATE DATABASE does not copy (config/local/database.sql)."""
    session.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    session.execute(f"REVOKE ALL ON DATABASE {name} FROM PUBLIC")
    session.execute(
        f"GRANT CONNECT ON DATABASE {name} TO karpea_migrator, karpea_web, karpea_worker, karpea_sealer, "
        f"karpea_loader, karpea_backup"
    )


def drop(session: psycopg.Connection[Any], name: str) -> None:
    """Drop a database; one that a late thread still uses is left for the next run's `sweep`."""
    for _try in range(20):
        try:
            session.execute(f"DROP DATABASE IF EXISTS {name}")
            return
        except psycopg.errors.ObjectInUse:
            time.sleep(0.05)


def sweep(session: psycopg.Connection[Any], keep: str) -> None:
    """Drop what runs that ended badly left, and templates nobody uses; each run holds a lock on its own."""
    rows = session.execute("SELECT datname FROM pg_database WHERE datname ~ '^karpea_(tpl|test)_'").fetchall()
    for (name,) in rows:
        owner = name if name.startswith(TEMPLATE) else "_".join(name.split("_")[:3])
        if (
            name == keep
            or not session.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [owner]).fetchone()[0]
        ):
            continue
        with contextlib.suppress(psycopg.Error):
            session.execute(f"DROP DATABASE IF EXISTS {name}")
        session.execute("SELECT pg_advisory_unlock(hashtext(%s))", [owner])


def ready_template(session: psycopg.Connection[Any]) -> str:
    """The template's name, built if it is not there yet; this session holds it until it closes."""
    name = f"{TEMPLATE}{fingerprint()}"
    session.execute("SELECT pg_advisory_lock_shared(hashtext(%s))", [name])
    if not exists(session, name):
        session.execute("SELECT pg_advisory_lock(hashtext('karpea building'))")
        try:
            if not exists(session, name):
                sweep(session, keep=name)
                build(session, name)
        finally:
            session.execute("SELECT pg_advisory_unlock(hashtext('karpea building'))")
    return name


def build(session: psycopg.Connection[Any], name: str) -> None:
    """Under another name until it is whole: a build that fails leaves nothing that looks ready."""
    building = f"{name}_new"
    drop(session, building)
    create(session, building)
    with connected("migrator", building):
        call_command("migrate", verbosity=0, interactive=False)
        open_time()
    with connected("loader", building):
        fill()
    session.execute(f"ALTER DATABASE {building} RENAME TO {name}")


def open_time() -> None:
    """A place for `earlier` (fill): what was due does not move for anybody of the site, and tests let time pass."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA tests")
        cursor.execute("GRANT USAGE ON SCHEMA tests TO karpea_web, karpea_worker, karpea_loader")
        cursor.execute("GRANT CREATE ON SCHEMA tests TO karpea_loader")


def fill() -> None:
    """What every test finds: places, code lists, rules of sections, people."""
    from . import people

    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION tests.earlier(much interval) RETURNS void LANGUAGE sql SECURITY DEFINER AS $body$ "
            "UPDATE public.desk_due SET since = since - much, remind_at = remind_at - much, due_at = due_at - much, "
            "escalate_at = escalate_at - much, next_at = next_at - much $body$"
        )
    silent = {"stdout": open(os.devnull, "w")}  # noqa: SIM115, PTH123  closed with the process
    with contextlib.closing(silent["stdout"]):
        call_command("load_places", **silent)
        call_command("load_codes", **silent)
        if "load_rules" in get_commands():
            call_command("load_rules", **silent)
        call_command("load_release_levels", **silent)
        call_command("load_deadlines", **silent)
        people.load()


class Clones:
    """The clones of one process, and the session that keeps them from being swept."""

    def __init__(self) -> None:
        self.session = keeper()
        self.owner = f"{CLONE}{uuid.uuid4().hex[:10]}"
        self.session.execute("SELECT pg_advisory_lock(hashtext(%s))", [self.owner])
        self.template = ready_template(self.session)
        self.made = 0

    def new(self) -> str:
        self.made += 1
        name = f"{self.owner}_{self.made}"
        create(self.session, name, self.template)
        return name

    def drop(self, name: str) -> None:
        try:
            drop(self.session, name)
        except psycopg.OperationalError:  # the server was killed and came back (tests/torture)
            self.session = keeper()
            drop(self.session, name)

    def close(self) -> None:
        self.session.close()
