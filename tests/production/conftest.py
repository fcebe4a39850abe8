"""A backup of this test's own database, and the roles that make and restore one."""

import base64
import contextlib
import os
import urllib.parse
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from django.test import override_settings

from config.backups import database, programs
from config.backups.troubles import Trouble
from tests import ground

KEY = base64.b64encode(bytes(range(7, 39))).decode()


@pytest.fixture(scope="session")
def _client_programs(clones):
    """pg_dump of the server's version; a machine without it skips the drill, continuous integration fails."""
    try:
        programs.find("pg_dump", database.version(clones.session))
    except Trouble as missing:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(str(missing))


@pytest.fixture
def backup_key(monkeypatch, _client_programs):
    monkeypatch.setenv("KARPEA_BACKUP_KEY", KEY)
    return base64.b64decode(KEY)


@pytest.fixture
def as_role(fresh_db):
    """`with as_role("backup")`: the settings of a process of that role, in this test's own database."""

    @contextlib.contextmanager
    def act(role):
        with ground.connected(role), override_settings(ROLE=role):
            yield

    return act


@pytest.fixture
def address_of(fresh_db):
    """The address of this test's own database for a process of a role."""

    def address(role, name=""):
        parts = urllib.parse.urlsplit(os.environ[f"DATABASE_URL_{role.upper()}"])
        return parts._replace(path=f"/{name or connection.settings_dict['NAME']}").geturl()

    return address


@pytest.fixture
def beyond(fresh_db):
    """`beyond(sql, database="")`: as the cluster's administrator, past everything."""

    def ask(query, params=(), *, name=""):
        place = ground.conninfo("admin", name or fresh_db)
        with psycopg.connect(**place, autocommit=True) as session:
            found = session.execute(query, params)
            return found.fetchall() if found.description else []

    return ask


@pytest.fixture
def swept(fresh_db, beyond):
    """Takes away what restores leave beside this test's database."""
    yield
    names = beyond(
        "SELECT datname FROM pg_database WHERE datname LIKE %s", [f"{fresh_db}\\_%"], name="postgres"
    )
    for (name,) in names:
        beyond(f"DROP DATABASE {name} WITH (FORCE)", name="postgres")


@pytest.fixture
def folder(tmp_path):
    return Path(tmp_path) / "backups"
