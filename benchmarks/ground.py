"""A database of its own with many files, in the suite's cluster: made by the loader, looked at as the site."""

import datetime
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from django.db import connection, connections, transaction

from accounts.models import User
from audit.context import acting, system
from config.demo import load, people
from config.demo.many import crowd
from config.settings import database
from tests import ground


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


@contextmanager
def many_files(clones: ground.Clones, cases: int) -> Iterator[str]:
    """The name of a database with so many invented files; dropped at the end."""
    name = clones.new()
    try:
        with at(name):
            with ground.connected("loader"):
                with load.clock(load.last_evening()), transaction.atomic():
                    _make_room()
                    people.make(since=datetime.date(2020, 1, 1), seed=7)
                with _environment(name):
                    rows = crowd.load(cases, seed=7, processes=os.cpu_count() or 1, say=say)
                say(f"{cases:,} files are {rows:,} rows.")
            with ground.connected("loader"), connection.cursor() as cursor:
                cursor.execute("ANALYZE")
            yield name
    finally:
        clones.drop(name)


@contextmanager
def at(name: str) -> Iterator[None]:
    connections.close_all()
    before = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connections.close_all()
        connection.settings_dict["NAME"] = before


@contextmanager
def _environment(name: str) -> Iterator[None]:
    """For the loader's processes, which read where they work from the environment."""
    given = {"KARPEA_ROLE": "loader", "DATABASE_URL_LOADER": os.environ["DATABASE_URL_LOADER"]}
    before = {key: os.environ.get(key, "") for key in given}
    address = urlsplit(given["DATABASE_URL_LOADER"])._replace(path=f"/{name}").geturl()
    os.environ.update(given, DATABASE_URL_LOADER=address)
    try:
        yield
    finally:
        os.environ.update(before)


def _make_room() -> None:
    """The suite's people stay; its agencies give up the names that the demonstration's have."""
    with acting(system("demo")), connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_agency SET code = 'SUITE-' || code")


@contextmanager
def past_the_walls(name: str) -> Iterator[str]:
    """The alias of a second connection, of a role that no policy holds: the base of every ratio of a wall."""
    role = database(os.environ["DATABASE_URL_LOADER"])
    connections.databases["loader"] = {
        **connection.settings_dict, "NAME": name, "USER": role["USER"], "PASSWORD": role["PASSWORD"],
    }  # fmt: skip
    try:
        yield "loader"
    finally:
        connections["loader"].close()
        del connections["loader"], connections.databases["loader"]


def person(name: str) -> User:
    with acting(system("demo")):
        return User.objects.get(sign_in_name=name)
