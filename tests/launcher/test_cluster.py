"""A real cluster, made and stopped here: its roles, its locks, its mark."""

import json
import os
import shutil
import socket

import psycopg
import pytest

from config.local import cluster as clusters
from config.local import environment, folders, keys, programs, servers, valkey
from config.local.say import Trouble


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    """A state folder as a clone in that place would have it (as root it lies under /var/lib)."""
    folder = folders.state_folder(tmp_path_factory.mktemp("clone"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def cluster(state):
    with pytest.MonkeyPatch.context() as patch:
        for name in (*environment.ROLES, "REDIS_URL"):
            patch.delenv(name, raising=False)
        made = clusters.at(state, "test")
        servers.up(made)
        yield made
        servers.down(made)


def connect(cluster, role, database=clusters.DATABASE, **more):
    return psycopg.connect(
        host=str(cluster.sockets), port=clusters.PORT, dbname=database, user=role,
        password=cluster.passwords[role], autocommit=True, **more,
    )  # fmt: skip


def value(connection, query):
    return connection.execute(query).fetchone()[0]


def test_it_knows_khmer_letters_and_utc(cluster):
    with connect(cluster, "karpea_web") as web:
        assert value(web, "SHOW server_encoding") == "UTF8"
        assert value(web, "SHOW timezone") == "UTC"
        assert value(web, "SHOW data_checksums") == "on"
        assert value(web, "SELECT similarity('សុខា', 'សុខ')") > 0.3


def test_no_network_port_and_no_entry_without_password(cluster):
    with connect(cluster, "karpea_web") as web:
        assert value(web, "SHOW listen_addresses") == ""
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(host=str(cluster.sockets), dbname="karpea", user="karpea_web", password="x" * 48)
    assert cluster.sockets.stat().st_mode & 0o777 == 0o700
    assert (cluster.folder / "passwords.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("role", ["karpea_web", "karpea_worker"])
def test_the_site_can_make_nothing(cluster, role):
    with connect(cluster, role) as site:
        for query in ("CREATE TABLE t (x int)", "CREATE TEMP TABLE t (x int)", "SET ROLE karpea_owner"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                site.execute(query)
        flags = "SELECT rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole FROM pg_roles"
        assert value(site, f"{flags} WHERE rolname = current_user") is False


def test_the_migrator_makes_tables_and_hands_functions_over(cluster):
    as_owner = {"options": "-c role=karpea_owner"}
    with connect(cluster, "karpea_migrator", **as_owner) as migrator:
        migrator.execute("CREATE TABLE made (x int)")
        for role in ("karpea_rules", "karpea_audit"):
            migrator.execute("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'")
            migrator.execute(f"ALTER FUNCTION f() OWNER TO {role}")
            migrator.execute("DROP FUNCTION f()")
        owner = "SELECT relowner::regrole::text FROM pg_class WHERE relname = 'made'"
        assert value(migrator, owner) == "karpea_owner"
        migrator.execute("DROP TABLE made")


def test_the_owner_gains_nothing_by_the_policies_of_its_functions(cluster):
    """FORCE would be worth little if a policy for karpea_rules opened the rows to the owner."""
    with connect(cluster, "karpea_migrator", options="-c role=karpea_owner") as migrator:
        migrator.execute("CREATE TABLE walled (x int)")
        migrator.execute("INSERT INTO walled VALUES (1)")
        migrator.execute("ALTER TABLE walled ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
        migrator.execute("CREATE POLICY p ON walled FOR SELECT TO karpea_rules USING (true)")
        assert value(migrator, "SELECT count(*) FROM walled") == 0
        migrator.execute("DROP TABLE walled")


def test_a_database_of_the_suite_starts_prepared(cluster):
    with connect(cluster, "karpea_migrator", "postgres", options="-c role=karpea_owner") as migrator:
        migrator.execute("CREATE DATABASE test_made")
        try:
            with connect(cluster, "karpea_web", "test_made") as web:
                assert value(web, "SELECT cardinality(show_trgm('ការពារ'))") > 0
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    web.execute("CREATE TABLE t (x int)")
        finally:
            migrator.execute("DROP DATABASE test_made")


def test_keys_are_made_once_and_survive_a_restart(cluster):
    before = json.loads((cluster.folder / "secrets.json").read_text())
    assert set(before) == {"SECRET_KEY", "VAULT_KEYS", "INDEX_KEY"}
    servers.down(cluster)
    assert not clusters.running(cluster)
    assert not valkey.running(cluster)
    servers.up(cluster)
    assert json.loads((cluster.folder / "secrets.json").read_text()) == before
    with connect(cluster, "karpea_web") as web:
        assert value(web, "SELECT current_user") == "karpea_web"


def test_what_a_power_cut_leaves_behind_is_not_taken_for_a_server(cluster):
    """A process id that now belongs to somebody else, and sockets that nobody listens at."""
    servers.down(cluster)
    for name in (f".s.PGSQL.{clusters.PORT}", "valkey.sock"):
        with socket.socket(socket.AF_UNIX) as dead:
            dead.bind(str(cluster.sockets / name))
    (cluster.data / "postmaster.pid").write_text(f"{os.getppid()}\n{cluster.data}\n")
    (valkey.data(cluster) / "valkey.pid").write_text(str(os.getppid()))
    assert not clusters.running(cluster)
    assert not valkey.running(cluster)
    for path in (cluster.data / "postmaster.pid", *cluster.sockets.iterdir()):
        if cluster.person:
            os.chown(path, cluster.person.uid, cluster.person.gid)
    servers.up(cluster)
    with connect(cluster, "karpea_web") as web:
        assert value(web, "SELECT current_user") == "karpea_web"


def test_roles_can_be_run_again_without_passwords(cluster):
    """As the compose set-up does after an upgrade: nobody loses a password."""
    with servers.connect(cluster, "postgres") as admin:
        admin.execute((servers.HERE / "roles.sql").read_text())
    with connect(cluster, "karpea_worker") as worker:
        assert value(worker, "SELECT current_user") == "karpea_worker"


def test_it_stays_up_while_somebody_else_uses_it(cluster):
    one, other = servers.use(cluster), servers.use(cluster)
    servers.give_back(cluster, one)
    assert clusters.running(cluster)
    servers.give_back(cluster, other)
    assert not clusters.running(cluster)
    servers.up(cluster)


def test_data_of_another_version_is_not_touched(cluster):
    found = programs.Programs(cluster.folder, 99)
    with pytest.raises(Trouble, match="was made by PostgreSQL"):
        clusters.start(cluster, found)


def test_only_a_marked_cluster_is_deleted(state):
    foreign = clusters.at(state, "main")
    foreign.data.mkdir(parents=True)
    (foreign.data / "precious").touch()
    with pytest.raises(Trouble, match="carries no mark"):
        clusters.delete(foreign)
    assert (foreign.data / "precious").exists()
    (foreign.folder / clusters.MARKER).touch()
    clusters.delete(foreign)
    assert not foreign.folder.exists()


@pytest.mark.parametrize(
    ("output", "words"),
    [
        ("FATAL:  could not write lock file: No space left on device", "the disk is full"),
        ("FATAL:  could not map anonymous shared memory: Cannot allocate memory", "not enough memory"),
        ("LOG:  x\nFATAL:  data directory has wrong ownership\n", "data directory has wrong ownership"),
    ],
)
def test_postgresql_s_own_reason_is_told(output, words):
    told = clusters.reason_of(output, "PostgreSQL did not start")
    assert words in told
    assert "\n" not in told


def test_half_an_own_database_is_refused():
    with pytest.raises(Trouble, match="DATABASE_URL_WORKER"):
        environment.given({"DATABASE_URL_WEB": "postgresql://x"})
    whole = dict.fromkeys(environment.ROLES, "postgresql://x")
    assert environment.given(whole)
    assert not environment.given({**whole, environment.MADE_HERE: "/somewhere"})
    assert not environment.given({})


def test_no_password_needs_quoting(tmp_path):
    made = keys.passwords(tmp_path / "passwords.json")
    assert all(len(word) == 48 and word.isalnum() for word in made.values())
    assert keys.passwords(tmp_path / "passwords.json") == made
