"""A database of its own with many files, in the suite's cluster: made by the loader, looked at as the site."""

import datetime
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from django.core.management import call_command
from django.db import connection, connections, transaction

from accounts.models import User
from audit.context import acting, system
from cases.models import Case
from config.demo import load, people
from config.demo.many import crowd
from config.settings import database
from tests import ground

from . import shapes, staff


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


@contextmanager
def many_files(clones: ground.Clones, cases: int, staff: int) -> Iterator[str]:
    """The name of a database with so many invented files; dropped at the end."""
    name = clones.new()
    try:
        _hire(name, staff)
        _fill(name, cases)
        shapes.prepare(name)
        yield name
    finally:
        clones.drop(name)


@contextmanager
def kept_files(clones: ground.Clones, size: str, cases: int, staff: int) -> Iterator[str]:
    """The same, in a database that stays: the next run finds it, brings its tables forward and adds files that are
    missing."""
    name = f"karpea_bench_{size}"
    # Under another name while anything is written to it: what was cut off is not taken for whole.
    filling = f"{name}_filling"
    ground.drop(clones.session, filling)
    if ground.exists(clones.session, name):
        clones.session.execute(f"ALTER DATABASE {name} RENAME TO {filling}")
    else:
        ground.create(clones.session, filling, clones.template)
        _hire(filling, staff)
    with at(filling), ground.connected("migrator"):
        call_command("migrate", verbosity=0, interactive=False)
    _fill(filling, cases)
    shapes.prepare(filling)
    clones.session.execute(f"ALTER DATABASE {filling} RENAME TO {name}")
    yield name


def _fill(name: str, cases: int) -> None:
    with at(name):
        with ground.connected("loader"), acting(system("demo")):
            hired, there = (
                User.objects.filter(sign_in_name=people.ADMINISTRATOR).exists(),
                Case.objects.count(),
            )
        if not hired:
            _hire(name)
        if there >= cases:
            say(f"{there:,} files are there already.")
            return
        with ground.connected("loader"):
            began = time.monotonic()
            with _environment(name):
                rows = crowd.load(cases - there, seed=7, processes=os.cpu_count() or 1, say=say, first=there)
            took = time.monotonic() - began
            say(f"{cases - there:,} files are {rows:,} rows, in {took:,.0f} s: {rows / took:,.0f} a second.")
        with ground.connected("loader"), connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _hire(name: str, number: int) -> None:
    """The people of the demonstration, and as many more as a country has."""
    with at(name), ground.connected("loader"), load.clock(load.last_evening()), transaction.atomic():
        _make_room()
        cast = people.make(since=datetime.date(2020, 1, 1), seed=7)
        staff.hire(cast, number)


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
