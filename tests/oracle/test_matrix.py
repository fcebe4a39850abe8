"""Who stands in a special relation to one file x every address of a file: one exact answer each, from matrix.csv.

tests/contracts/urls.py holds the same for people and roles as such. Here: by a referral at each of its stages, by a
share, in an emergency before, during and after, kept away, named later, with an ended post. An address of a file
without a row fails. After a change that is meant, write the table anew with KARPEA_WRITE_MATRIX=1, and read every line.
"""

import csv
import os
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts import actions as people_actions
from accounts.models import Membership
from audit.context import acting
from cases.glass import actions as glass_actions
from cases.sight import actions as sight_actions
from tests.contracts.addresses import patterns
from tests.factories import keep_away, make_case, make_referral
from tests.people import read

from .asking import signed_in

TABLE = Path(__file__).with_name("matrix.csv")
#: What else stands in the address of a file. What needs a record of its own stands in tests/contracts/urls.py alone.
MORE = {"verb": "START_SCREENING"}
OF_OTHERS = {"cases:emergency", "cases:share_end"}


def made(opener="officer_btb", **more):
    return make_case(by=read().__dict__[opener], identity={"name_km": "សុខ មករា"}, **more)


def referred(status):
    case = made("officer_bmc")
    make_referral(case, status=status)
    return case


def barred(who, opener="officer_bmc", **more):
    case = made(opener, **more)
    keep_away(case, who if who.isupper() else read().__dict__[who], by=read().__dict__[opener])
    return case


def emergency(*, over):
    case, person = made(), read().police_bmc
    with acting(person.as_actor()):
        reason = "He stands at her door, she calls us."
        glass = glass_actions.break_glass(number=case.number, why="DANGER", reason=reason, hours=1, by=person)
        if over:
            glass_actions.end_emergency(glass=glass, by=person)
    return case


def named_later():
    case, person = made("officer_bmc"), read().officer_bmc
    with acting(person.as_actor()):
        sight_actions.name_only(
            case=case, why="OTHER", words="They are involved.", keep=[person.pk], by=person
        )
    return case


def ended_post():
    case, people = made("officer_bmc"), read()
    with acting(people.administrator.as_actor()):
        post = Membership.objects.get(person=people.officer_bmc_2)
        people_actions.end_membership(membership=post, by=people.administrator, at_once=True)
    return case


#: Column: who asks, and how the file came to stand so to them. `ended_post` is the last: it ends somebody's post.
STANDS = {
    "stranger": (None, lambda: made("officer_bmc")),
    "disabled": (None, lambda: made("officer_bmc")),
    "owner": ("officer_bmc", lambda: made("officer_bmc")),
    "head of the office": ("head_bmc", lambda: made("officer_bmc")),
    "another province": ("officer_btb", lambda: made("officer_bmc")),
    "police of the province": ("police_bmc", lambda: made("officer_bmc")),
    "referral before": ("ngo_hope", lambda: made("officer_bmc")),
    "referral asked": ("ngo_hope", lambda: referred("SUBMITTED")),
    "referral sent": ("ngo_hope", lambda: referred("APPROVED")),
    "referral accepted": ("ngo_hope", lambda: referred("ACCEPTED")),
    "referral declined": ("ngo_hope", lambda: referred("DECLINED")),
    "referral completed": ("ngo_hope", lambda: referred("COMPLETED")),
    "referral withdrawn": ("ngo_hope", lambda: referred("WITHDRAWN")),
    "kept away": ("head_bmc", lambda: barred("head_bmc")),
    "agency kept away": ("reviewer", lambda: barred("MOSVY")),
    "ministry": ("reviewer", lambda: made("officer_bmc")),
    "emergency before": ("police_bmc", made),
    "emergency during": ("police_bmc", lambda: emergency(over=False)),
    "emergency after": ("police_bmc", lambda: emergency(over=True)),
    "named later, kept": ("officer_bmc", named_later),
    "named later, colleague": ("officer_bmc_2", named_later),
    "named later, desk": ("desk_1", named_later),
    "auditor": ("auditor", lambda: made("officer_bmc")),
    "analyst": ("analyst", lambda: made("officer_bmc")),
    "ended post": ("officer_bmc_2", ended_post),
}


def addresses():
    """{name of an address of a file: its other parts}."""
    found = {}
    for view in patterns():
        for more in ({}, MORE):
            try:
                reverse(view, kwargs={"number": "BMC-2026-00001-1", **more})
            except Exception:  # noqa: BLE001, S112  another kind of address
                continue
            found[view] = more
    return {view: more for view, more in sorted(found.items()) if view not in OF_OTHERS}


class Undone(Exception):
    """Takes back whatever an address did."""


def asked(client, method, where):
    try:
        with transaction.atomic():
            answer = client.get(where) if method == "GET" else client.post(where, {})
            raise Undone
    except Undone:
        return str(answer.status_code)


def column(who, case, refused):
    """Methods that are not there for the owner are not there for anybody (config/errors.py): they are asked once."""
    client = signed_in(read().__dict__[who]) if who else Client()
    client.raise_request_exception = False
    return {
        (view, method): asked(client, method, reverse(view, kwargs={"number": case.number, **more}))
        for view, more in addresses().items()
        for method in ("GET", "POST")
        if (view, method) not in refused
    }


@pytest.mark.asvs("8.2.1", "8.2.2", "8.4.1")
def test_every_address_of_a_file_answers_as_the_table_says(fresh_db):
    owner = column("officer_bmc", made("officer_bmc"), ())
    refused = {cell for cell, status in owner.items() if status == "405"}
    found = {cell: {} for cell in owner if cell not in refused}
    for name, (who, make) in STANDS.items():
        for cell, status in column(who, make(), refused).items():
            found[cell][name] = status
    if os.environ.get("KARPEA_WRITE_MATRIX"):
        with TABLE.open("w", newline="") as file:
            table = csv.writer(file, lineterminator="\n")
            table.writerow(["address", "method", *STANDS])
            table.writerows([*cell, *found[cell].values()] for cell in found)
    with TABLE.open(newline="") as file:
        rows = {(row.pop("address"), row.pop("method")): row for row in csv.DictReader(file)}
    assert set(rows) == set(found), "an address without a row, or a row without an address"
    wrong = [
        f"{method} {view}: {name} got {status}, the table says {rows[view, method][name]}"
        for (view, method), row in found.items()
        for name, status in row.items()
        if rows[view, method].get(name) != status
    ]
    assert not wrong, "\n".join(wrong)
