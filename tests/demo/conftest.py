"""A small demonstration, loaded once for this folder into a clone of its own, by the role that loads it."""

from contextlib import contextmanager

import pytest
from django.db import connection, connections

from audit.context import acting, system
from config.demo import load

from .. import ground

CASES = 30


@pytest.fixture(scope="session")
def demo_database(django_db_setup, clones, django_db_blocker):
    """The name of a database with thirty files, loaded once."""
    name = clones.new()
    with django_db_blocker.unblock(), at(name), ground.connected("loader"):
        make_room()
        load.load(load.Wanted(cases=CASES), say=lambda words: None)
    yield name
    clones.drop(name)


@pytest.fixture
def demo(demo_database, django_db_blocker):
    """The test works in the demonstration's database, as the site. It may read; what it writes stays."""
    with django_db_blocker.unblock(), at(demo_database):
        yield demo_database


@contextmanager
def at(name):
    connections.close_all()
    before = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connections.close_all()
        connection.settings_dict["NAME"] = before


def make_room():
    """The suite has agencies of the same names."""
    with acting(system("demo")), connection.cursor() as cursor:
        cursor.execute("UPDATE accounts_agency SET code = 'SUITE-' || code")


@pytest.fixture
def everything(demo):
    """`everything(sql)`: rows as the loader sees them, past every policy."""

    def ask(sql, params=()):
        with ground.connected("loader"), connection.cursor() as cursor:
            cursor.execute(sql, params)
            return cursor.fetchall()

    return ask
