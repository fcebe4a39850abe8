"""PostgreSQL and Valkey of this clone, up with roles and databases in place, or down."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from . import cluster as clusters
from . import environment, folders, keys, npm_postgres, programs, valkey
from .cluster import Cluster
from .folders import state_folder
from .programs import Programs
from .say import Trouble, line, step

if TYPE_CHECKING:
    import psycopg

HERE = Path(__file__).resolve().parent


def cluster_named(name: str) -> Cluster:
    return clusters.at(state_folder(), name)


def find_programs(state: Path) -> Programs:
    return programs.find(folders.server_person(), fetch=lambda: npm_postgres.folder(state))


def up(cluster: Cluster) -> None:
    """Safe to call at any time and by several at once: the second waits and finds all done."""
    clusters.prepare(cluster)
    with folders.only_one(cluster.folder / "lock"):
        if not environment.given() and not (clusters.running(cluster) and clusters.made(cluster)):
            start_postgresql(cluster)
        if not environment.own_valkey() and not valkey.running(cluster):
            with step("Starting Valkey"):
                valkey.start(cluster)
        keys.application_keys(cluster.folder / "secrets.json")


def fallen(cluster: Cluster) -> list[tuple[str, Path]]:
    """What of ours does not run any more, with the place of its last words."""
    found = []
    if not environment.given() and clusters.process(cluster) is None:
        found.append(("PostgreSQL", cluster.log))
    if not environment.own_valkey() and valkey.process(cluster) is None:
        found.append(("Valkey", valkey.data(cluster) / "valkey.log"))
    return found


def revive(cluster: Cluster) -> bool:
    """Start again what fell beside the running site, and say so. True where that did not succeed yet."""
    for name, log in (down_now := fallen(cluster)):
        line(f"{name} stopped and is started again (its words: {log}).")
    if not down_now:
        return False
    try:
        up(cluster)
    except Trouble as problem:  # what it left behind may need some seconds to go
        line(problem.english)
        return True
    return False


def start_postgresql(cluster: Cluster) -> None:
    found = find_programs(cluster.folder.parent)
    first = not clusters.made(cluster)
    with step(f"{'Making' if first else 'Starting'} PostgreSQL {found.version}"):
        if first:
            clusters.stop(cluster, found)  # one that was cut off before it was whole
            clusters.make(cluster, found)
        clusters.start(cluster, found)
        set_up(cluster)
    if first:
        keys.write_private(cluster.folder / clusters.MARKER, "")


def down(cluster: Cluster) -> None:
    if not cluster.folder.is_dir():
        return
    with folders.only_one(cluster.folder / "lock"):
        valkey.stop(cluster)
        if clusters.running(cluster):
            clusters.stop(cluster, find_programs(cluster.folder.parent))


def connect(cluster: Cluster, database: str) -> "psycopg.Connection":
    import psycopg

    return psycopg.connect(
        host=str(cluster.sockets),
        port=clusters.PORT,
        dbname=database,
        user=keys.ADMIN,
        password=cluster.passwords[keys.ADMIN],
        autocommit=True,
    )


def set_up(cluster: Cluster) -> None:
    """Roles, then template1 (the suite's databases are copies of it), then our database."""
    with connect(cluster, "postgres") as connection:
        for name in keys.LOGINS:
            connection.execute(
                "SELECT set_config(%s, %s, false)",
                [f"karpea.password_{name}", cluster.passwords[name]],
            )
        connection.execute((HERE / "roles.sql").read_text())
        # Only here, where the suite makes databases of its own.
        connection.execute("ALTER ROLE karpea_owner CREATEDB")
    prepare_database(cluster, "template1")
    with connect(cluster, "postgres") as connection:
        query = "SELECT 1 FROM pg_database WHERE datname = %s"
        if not connection.execute(query, [clusters.DATABASE]).fetchone():
            connection.execute(f"CREATE DATABASE {clusters.DATABASE} OWNER karpea_owner")
    prepare_database(cluster, clusters.DATABASE)


def prepare_database(cluster: Cluster, name: str) -> None:
    with connect(cluster, name) as connection:
        connection.execute((HERE / "database.sql").read_text())
        found = connection.execute("SELECT cardinality(show_trgm('ការពារ'))").fetchone()
        if not found or not found[0]:
            raise Trouble(
                "This PostgreSQL loses Khmer letters in searches, because the machine lacks the "
                "locale C.UTF-8. Install it (Debian: apt-get install locales), then: make reset"
            )


def use(cluster: Cluster) -> int:
    """Up, and counted as used by us until the returned handle is given back."""
    clusters.prepare(cluster)
    handle = os.open(cluster.folder / "users", os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(handle, fcntl.LOCK_SH)
    try:
        up(cluster)
    except BaseException:
        os.close(handle)
        raise
    return handle


def give_back(cluster: Cluster, handle: int) -> None:
    """Down when nobody else uses it and `env` has not asked to keep it."""
    try:
        if folders.held_alone(handle) and not kept(cluster).exists():
            down(cluster)
    finally:
        os.close(handle)


def kept(cluster: Cluster) -> Path:
    return cluster.folder / "kept-up"


@contextlib.contextmanager
def lent(cluster: Cluster) -> Iterator[dict[str, str]]:
    """The environment of a process that works with the services, which are up during the block."""
    handle = use(cluster)
    try:
        yield {**os.environ, **environment.of(cluster)}
    finally:
        give_back(cluster, handle)
