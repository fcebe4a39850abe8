"""The drill: data, backup, wipe, restore, and everything is there as it was; and when it must be refused."""

import contextlib
import io
import itertools
import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, connections
from django.test import Client, override_settings

from accounts.vault import CannotOpen
from audit.context import acting, system
from cases import vault
from cases.models import Identity
from config.backups import checks, manifest
from config.backups.sealed import Broken, seal, unsealed
from tests import ground, world
from tests.browsing import mark
from tests.factories import make_referral

from .conftest import KEY

NUMBERS = itertools.count(1)
pytestmark = pytest.mark.usefixtures("backup_key", "swept")
COUNTS = """SELECT (SELECT count(*) FROM cases_case), (SELECT count(*) FROM audit_event),
    (SELECT count(*) FROM cases_note)"""


@contextlib.contextmanager
def at(name):
    connections.close_all()
    before = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connections.close_all()
        connection.settings_dict["NAME"] = before


@pytest.fixture(scope="session")
def once(django_db_setup, clones, django_db_blocker, tmp_path_factory, _client_programs):
    """Something of everything, by real acts, and one backup of it: made once for this folder."""
    name, folder = clones.new(), tmp_path_factory.mktemp("backups")
    with django_db_blocker.unblock(), at(name), pytest.MonkeyPatch.context() as patch:
        filled = world.build()
        make_referral(filled.other, to="NGO-RIVER", by=filled.people.officer_btb, justification="x")
        filled.session = sign_in(filled.people.officer_bmc)
        patch.setenv("KARPEA_BACKUP_KEY", KEY)
        with ground.connected("backup"), override_settings(ROLE="backup"):
            call_command("backup", to=folder, stdout=io.StringIO())
    yield SimpleNamespace(name=name, filled=filled, folder=folder)
    clones.drop(name)


def sign_in(person):
    with acting(system("sign-in")):
        client = Client()
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        return mark(client, person)


@pytest.fixture
def fresh_db(once, clones, django_db_blocker):
    """As elsewhere, a database of the test's own; here with that in it."""
    name = f"{clones.owner}_drill_{next(NUMBERS)}"
    ground.create(clones.session, name, once.name)
    with django_db_blocker.unblock(), at(name):
        yield name
    clones.drop(name)


@pytest.fixture
def filled(once):
    return once.filled


@pytest.fixture
def made(once, fresh_db, tmp_path):
    """The dump, for this test to spoil."""
    (dump,) = manifest.dumps(Path(shutil.copytree(once.folder, tmp_path / "backups")))
    return dump


def restored(as_role, dump, **options):
    said = io.StringIO()
    with as_role("admin"):
        call_command("restore", str(dump), stdout=said, **options)
    connections.close_all()
    return said.getvalue()


def wipe(beyond, name):
    beyond(f"DROP DATABASE {name} WITH (FORCE)", name="postgres")


def databases(beyond, name):
    found = beyond("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [name], name="postgres")
    return {one for (one,) in found}


def test_what_was_backed_up_comes_back_whole(made, filled, fresh_db, as_role, beyond, as_, people, client_of):
    before = beyond(COUNTS)
    assert beyond("SELECT count(*) FROM django_session")[0][0] > 0
    wipe(beyond, fresh_db)
    said = restored(as_role, made)
    assert "the trail, walls and triggers are as they were" in said
    ((cases, events, notes),) = before
    # The restore itself is one more line of the trail.
    assert beyond(COUNTS) == [(cases, events + 1, notes)]
    with as_(people.officer_bmc):
        identity = Identity.objects.get(case=filled.own)
        assert vault.reveal(identity)["name_km"]
    assert beyond("SELECT kind, actor FROM audit_event ORDER BY seq DESC LIMIT 1") == [
        ("BACKUP_RESTORED", "system:restore")
    ]
    assert filled.session.get("/files/").status_code == 302, (
        "whoever was signed in when it was made signs in anew"
    )
    assert client_of(people.auditor).get("/trail/").status_code == 200


def test_the_walls_stand_after_a_restore(made, filled, fresh_db, as_role, beyond, rows, people):
    wipe(beyond, fresh_db)
    restored(as_role, made)
    seen = rows(people.officer_bmc, "SELECT id FROM cases_case")
    assert (filled.own.pk,) in seen
    assert (filled.other.pk,) not in seen, "a file of another province"
    for statement in (
        "DELETE FROM audit_event",
        "UPDATE audit_event SET actor = 'x'",
        "TRUNCATE audit_event",
    ):
        with pytest.raises(Exception, match="append-only"):
            beyond(statement)


def test_something_sealed_of_every_column_was_there_to_open(made, as_role):
    with as_role("admin"):
        opened = checks.open_one_of_each()
    assert len(opened) >= 10
    assert [place for place, number in opened.items() if not number] == []


def test_a_drill_touches_nothing(made, fresh_db, as_role, beyond):
    before = beyond(COUNTS)
    said = restored(as_role, made, drill=True)
    assert "A drill" in said
    assert beyond(COUNTS) == before
    assert databases(beyond, fresh_db) == {fresh_db}


def test_a_database_with_data_is_not_written_over_unless_told(made, fresh_db, as_role, beyond):
    with pytest.raises(CommandError, match="--replace"):
        restored(as_role, made)
    assert databases(beyond, fresh_db) == {fresh_db}
    said = restored(as_role, made, replace=True)
    (old,) = databases(beyond, fresh_db) - {fresh_db}
    assert old in said
    assert beyond("SELECT count(*) FROM audit_event WHERE kind = 'BACKUP_RESTORED'", name=old) == [(0,)]


def test_while_the_site_runs_it_is_not_replaced(made, fresh_db, as_role, beyond):
    import psycopg

    from tests import ground

    with (
        psycopg.connect(**ground.conninfo("web", fresh_db)),
        pytest.raises(CommandError, match="Stop web, worker"),
    ):
        restored(as_role, made, replace=True)
    assert databases(beyond, fresh_db) == {fresh_db}


def other(key):
    """A key of the right shape that is another."""
    return key[:-8] + key[-8:].swapcase()


@pytest.mark.parametrize("which", ["VAULT_KEYS k1", "INDEX_KEY"])
def test_on_other_keys_it_refuses_before_it_begins(made, fresh_db, as_role, beyond, settings, which):
    """The failure that matters: rows that come back and can never be read again."""
    changed = (
        {"INDEX_KEY": other(settings.INDEX_KEY)}
        if which == "INDEX_KEY"
        else {"VAULT_KEYS": {"k1": other(settings.VAULT_KEYS["k1"])}}
    )
    wipe(beyond, fresh_db)
    with override_settings(**changed), pytest.raises(CommandError, match=f"other keys .* made on: {which}"):
        restored(as_role, made)
    assert databases(beyond, fresh_db) == set()


def test_another_backup_key_is_refused(made, as_role, monkeypatch):
    import base64

    monkeypatch.setenv("KARPEA_BACKUP_KEY", base64.b64encode(bytes(range(40, 72))).decode())
    with pytest.raises(CommandError, match="backup key of this server is not the one"):
        restored(as_role, made, drill=True)


def test_a_cut_dump_is_refused(made, fresh_db, as_role, beyond):
    with made.open("r+b") as file:
        file.truncate(made.stat().st_size - 1000)
    with pytest.raises(CommandError, match="is not whole"):
        restored(as_role, made, replace=True)
    assert databases(beyond, fresh_db) == {fresh_db}


def test_a_changed_dump_is_refused(made, as_role):
    body = bytearray(made.read_bytes())
    body[len(body) // 2] ^= 1
    made.write_bytes(body)
    with pytest.raises(CommandError, match="was changed after it was made"):
        restored(as_role, made, drill=True)


def test_a_page_that_promises_other_rows_is_refused(made, as_role, backup_key, fresh_db, beyond):
    """What differs after loading is found, and the trial is thrown away."""
    page = json.loads(manifest.page_of(made).read_text())
    page["rows"]["cases_note"] += 1
    manifest.write(manifest.page_of(made), page, backup_key)
    with pytest.raises(CommandError, match=r"in its rows: .*cases_note"):
        restored(as_role, made, replace=True)
    assert databases(beyond, fresh_db) == {fresh_db}


@pytest.mark.parametrize("kind", ["triggers", "walls", "policies", "rights"])
def test_a_missing_guard_is_found(made, as_role, backup_key, kind):
    page = json.loads(manifest.page_of(made).read_text())
    page["guards"][kind].append("cases_case.something_more")
    manifest.write(manifest.page_of(made), page, backup_key)
    with pytest.raises(CommandError, match=f"in its {kind}: cases_case.something_more"):
        restored(as_role, made, drill=True)


def test_a_page_changed_by_hand_is_refused(made, as_role):
    path = manifest.page_of(made)
    path.write_text(path.read_text().replace('"events": ', '"events": 1'))
    with pytest.raises(CommandError, match="its page was changed"):
        restored(as_role, made, drill=True)


def test_a_dump_without_its_page_is_refused(made, as_role, tmp_path):
    alone = shutil.copy(made, tmp_path / made.name)
    with pytest.raises(CommandError, match="there is no karpea-"):
        restored(as_role, alone, drill=True)


def test_nothing_of_a_person_stands_in_a_backup_in_clear(made, filled):
    body, page = made.read_bytes(), manifest.page_of(made).read_text()
    assert b"PGDMP" not in body, "a dump of PostgreSQL begins so"
    for word in ("officer.bmc", str(filled.own.number), str(filled.own.pk), "postgresql://"):
        assert word.encode() not in body
        assert word not in page


def test_only_the_right_role_makes_and_restores(made, folder):
    with pytest.raises(CommandError, match="role backup"):
        call_command("backup", to=folder)
    with pytest.raises(CommandError, match="administrator"):
        call_command("restore", str(made))


def test_a_key_that_does_not_belong_to_a_row_is_no_proof(made, as_role, settings):
    """The check really opens: with other keys it does not pass."""
    with (
        override_settings(VAULT_KEYS={"k1": other(settings.VAULT_KEYS["k1"])}),
        as_role("admin"),
        pytest.raises((CannotOpen, Exception), match="opens with the keys"),
    ):
        checks.open_one_of_each()


@pytest.mark.parametrize("size", [0, 1, 1024 * 1024, 1024 * 1024 + 1])
def test_a_sealed_stream_opens_whole_or_not_at_all(size, backup_key):
    plain, sealed = bytes(i % 251 for i in range(size)), io.BytesIO()
    seal(io.BytesIO(plain), sealed, backup_key)
    assert b"".join(unsealed(io.BytesIO(sealed.getvalue()), backup_key)) == plain
    for damaged in (
        sealed.getvalue()[:-1],
        sealed.getvalue() + b"x",
        sealed.getvalue()[: 24 + 1024 * 1024 + 15],
    ):
        if damaged != sealed.getvalue():
            with pytest.raises(Broken):
                list(unsealed(io.BytesIO(damaged), backup_key))
