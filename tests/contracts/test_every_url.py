"""Every address x every person: one exact status, from the table in urls.py. An address without a row fails."""

import pytest
from django.db import transaction
from django.test import Client

from tests.world import build

from .addresses import address, patterns, records
from .urls import ROWS, WHO


def test_every_address_has_a_row():
    missing = set(patterns()) - {row.view for row in ROWS}
    assert not missing, f"{sorted(missing)} have no row in tests/contracts/urls.py: say who gets what there."
    gone = {row.view for row in ROWS} - set(patterns())
    assert not gone, f"{sorted(gone)} stand in tests/contracts/urls.py and no longer exist: take them out."


def test_every_row_names_everybody():
    for row in ROWS:
        for method in ("GET", "POST"):
            lost = [name for name, status in row.expected(method).items() if status is None]
            assert not lost, f"{row.name} {method} says nothing of {lost}."


class Undone(Exception):
    """Takes back whatever an address did."""


def ask(client, method, where):
    """The status, and nothing left behind."""
    try:
        with transaction.atomic():
            status = client.get(where).status_code if method == "GET" else client.post(where, {}).status_code
            raise Undone
    except Undone:
        return status


@pytest.fixture
def signed_in(client_of, people):
    def client(name):
        if name in ("stranger", "disabled"):
            return Client(raise_request_exception=False)  # who may not sign in is a stranger
        return client_of(getattr(people, name), raise_request_exception=False)

    return client


#: Their POST signs somebody out, or gives their session another key; tests/config and tests/accounts hold them.
ENDS_THE_SESSION = {"quick_exit", "lock", "account_logout", "account_sessions"}


def methods(row, name):
    """A method that is refused to everybody is refused before anything else: two people are enough to ask it."""
    for method in ("GET", "POST"):
        if method == "POST" and row.view in ENDS_THE_SESSION:
            continue
        if row.cell(method) != 405 or name in ("officer_bmc", "stranger"):
            yield method


@pytest.mark.asvs("8.2.1")
@pytest.mark.django_db
@pytest.mark.parametrize("name", WHO)
def test_everybody_gets_what_the_table_says(signed_in, outside, name):
    world = build()
    event_id = outside("SELECT id FROM audit_event WHERE kind = 'FILE_OPENED' ORDER BY seq LIMIT 1")[0][0]
    known, client, found = records(world, event_id), signed_in(name), []
    for row in ROWS:
        for method in methods(row, name):
            expected, got = row.expected(method)[name], ask(client, method, address(row, known))
            if got != expected:
                found.append(f"{method} {row.name}: {name} got {got}, the table says {expected}.")
    assert not found, "\n" + "\n".join(found)
