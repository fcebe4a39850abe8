"""Whoever probes learns nothing: what is hidden and what does not exist are one, in every place where an id, a number
or a filter can be sent."""

import json
import re
import uuid

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.answers import Answer
from tests.browsing import sign_in_by_form
from tests.factories import add_note, make_case, make_referral
from tests.people import PASSWORD

pytestmark = pytest.mark.django_db

MISSING = "BMC-2026-99999-9"
VARIES = re.compile(
    r"[A-Za-z0-9_:-]{60,}|[0-9a-f]{32}|[0-9a-f]{8}-[0-9a-f-]{27}|nonce-[^'\"]+|\d\d:\d\d(:\d\d)?"
)


def shape(answer, *own):
    """An answer without what is new in each: tokens, ids of requests, times; and without what was asked for."""
    body = VARIES.sub("*", answer.content.decode())
    for word in own:
        body = body.replace(str(word), "*")
    return answer.status_code, body


def send(client, where, body):
    headers = {"idempotency-key": uuid.uuid4().hex, "if-match": '"1"'}
    return client.post(where, body, content_type="application/json", headers=headers)


@pytest.fixture
def elsewhere(people):
    """A file of Battambang, everything in it, that nobody of Banteay Meanchey sees; and one for named people only."""
    found = make_case(by=people.officer_btb, full=True)
    add_note(found, by=people.officer_btb)
    make_referral(found, status="ACCEPTED", to="NGO-HOPE", by=people.officer_btb)
    make_case(by=people.officer_btb, full=True, official_involved=Answer.YES)
    return found


# --- ids and numbers ----------------------------------------------------------------------------------------


NUMBERED = [
    ("GET", "cases:detail"), ("GET", "cases:note"), ("POST", "cases:note"), ("GET", "cases:sight"),
    ("POST", "cases:keep_away"), ("POST", "cases:conflict"), ("POST", "cases:hand_over"),
    ("GET", "api_case_detail"), ("GET", "api_case_victim"), ("GET", "api_case_notes"), ("POST", "api_case_notes"),
    ("GET", "api_case_moves"), ("POST", "api_case_moves"), ("POST", "api_case_referrals"),
]  # fmt: skip


@pytest.mark.asvs("8.2.2", "8.3.1")
def test_a_guessed_number_costs_and_answers_the_same_whether_it_exists(people, elsewhere, client_of):
    """The same words, and the same questions to the database one after the other: what takes as long cannot be told by
    the clock."""
    client = client_of(people.officer_bmc, raise_request_exception=False)

    def asked(method, view, number):
        where = reverse(view, args=[number])
        with CaptureQueriesContext(connection) as told:
            if method == "GET":
                answer = client.get(where)
            elif view.startswith("api_"):
                answer = send(client, where, {"text": "x", "verb": "ASSESS"})
            else:
                answer = client.post(where, {"text": "x"})
        return *shape(answer, number), [re.sub(r"'[^']*'|\d+", "*", query["sql"]) for query in told]

    different = []
    for method, view in NUMBERED:
        asked(method, view, MISSING)  # what is read once for all is read
        hidden, missing = asked(method, view, elsewhere.number), asked(method, view, MISSING)
        if hidden[0] != 404 or hidden != missing:
            different.append((method, view, hidden, missing))
    assert not different, different[0]


@pytest.mark.asvs("8.2.2", "2.2.1")
def test_an_id_of_something_hidden_in_a_body_is_refused_like_one_of_nothing(
    people, elsewhere, client_of, rows
):
    """Where a form or a program names another record: an agency, a colleague, a consent."""
    own = make_case(by=people.officer_bmc, full=True, status="PRESUMED")
    client = client_of(people.officer_bmc)
    packet = {
        "reason": "SHELTER", "urgency": "HIGH", "services": ["SHELTER"], "summary": "Needs a bed.",
        "basis": "CONSENT", "parts": ["FACTS"], "consent_on": "2026-01-04",
    }  # fmt: skip
    hidden = rows(people.officer_btb, "SELECT id FROM referrals_referral")[0][0]
    for view, body, name, ids in (
        ("api_case_referrals", packet, "to", [hidden, elsewhere.pk, people.officer_btb.pk]),
        ("api_case_worker", {}, "to", [people.officer_btb.pk, people.ngo_hope.pk, elsewhere.pk]),
    ):
        where = reverse(view, args=[own.number])
        nothing = shape(send(client, where, body | {name: str(uuid.uuid4())}))
        assert nothing[0] in (400, 409, 422), nothing
        for one in ids:
            assert shape(send(client, where, body | {name: str(one)})) == nothing, (view, one)
    assert rows(people.officer_bmc, "SELECT count(*) FROM referrals_referral") == [(0,)]
    assert rows(people.officer_bmc, "SELECT worker_id FROM cases_case") == [(people.officer_bmc.pk,)]


# --- filters, orderings, pages ------------------------------------------------------------------------------


LISTS = [
    "/", "/files/", "/files/?status=REPORTED", "/files/?risk=HIGH", "/files/?province=2", "/files/?worker=NOBODY",
    "/referrals/", "/due/", "/files/registers/", "/files/emergency/", "/account/rights/", "/monthly/",
    "/api/v1/cases/", "/api/v1/cases/?province=2", "/api/v1/cases/?status=REPORTED&risk=HIGH",
    "/api/v1/referrals/", "/api/v1/reports/",
]  # fmt: skip


@pytest.mark.asvs("8.2.2")
def test_every_list_reads_the_same_whether_hidden_files_exist_or_not(people, client_of):
    client = client_of(people.officer_bmc)
    make_case(by=people.officer_bmc, full=True)

    def told():
        return {where: shape(client.get(where)) for where in LISTS}

    told()
    before = told()
    assert [where for where in LISTS if before[where][0] != 200] == []
    hidden = make_case(by=people.officer_btb, full=True)
    make_referral(hidden, status="ACCEPTED", to="NGO-HOPE", by=people.officer_btb)
    make_case(
        by=people.officer_bmc_2, full=True, official_involved=Answer.YES
    )  # the own office, named people only
    after = told()
    assert [where for where in LISTS if before[where] != after[where]] == []
    other = client_of(people.officer_btb).get("/files/").content.decode()
    assert hidden.number in other, "and it is there for whom it is"


@pytest.mark.asvs("2.2.1")
def test_what_no_filter_knows_is_refused_and_sorts_nothing(people, elsewhere, client_of):
    client = client_of(people.officer_bmc)
    make_case(by=people.officer_bmc)
    plain = json.loads(client.get("/api/v1/cases/").content)
    for query in ("ordering=official_involved", "ordering=victim__identity__sealed", f"number={elsewhere.number}",
                  "victim__sex=FEMALE", "search=Sreyneang", "agency_id__gt=0", "limit=1000000"):  # fmt: skip
        refused = client.get(f"/api/v1/cases/?{query}")
        assert refused.status_code == 400, query
        assert elsewhere.number not in refused.content.decode().replace(query, "")
        # A page ignores what it does not know: nothing is filtered or sorted by it.
        assert shape(client.get(f"/files/?{query}"), query.replace("=", "%3D")) is not None
        assert len(client.get(f"/files/?{query}").context["rows"]) == len(plain["results"])
    for wrong in ("status=x", "province=99", "worker=" + str(people.officer_btb.pk)):
        assert client.get(f"/api/v1/cases/?{wrong}").status_code == 400
    # A key of a page that was made from a hidden file opens no more than any other.
    key = f"{elsewhere.created_at.isoformat()}_{elsewhere.pk}"
    found = client.get("/api/v1/cases/", {"after": key})
    assert {row["number"] for row in found.json()["results"]} <= {row["number"] for row in plain["results"]}


# --- sessions -----------------------------------------------------------------------------------------------


@pytest.mark.asvs("7.2.4")
def test_a_session_that_somebody_else_prepared_opens_nothing_after_the_sign_in(people):
    """Fixation: the attacker's key stands in the victim's browser before and between both pages of signing in."""
    attacker = Client()
    attacker.get("/sign-in/")
    attacker.post("/sign-in/", {"login": "officer_btb", "password": "wrong on purpose"})
    prepared = {name: morsel.value for name, morsel in attacker.cookies.items()}
    victim = Client()
    for name in ("sessionid", "csrftoken"):
        victim.cookies[name] = prepared.get(name, "a" * 32)
    fixed = victim.cookies["sessionid"].value
    assert sign_in_by_form(victim, "officer_bmc", PASSWORD).status_code == 302
    assert victim.get("/").status_code == 200
    assert victim.cookies["sessionid"].value != fixed
    attacker.cookies["sessionid"] = fixed
    assert attacker.get("/").status_code == 302
    # Halfway: the key of the first page is not that of the session which the second one opens.
    between = Client()
    between.post("/sign-in/", {"login": "head_bmc", "password": PASSWORD})
    half = between.cookies["sessionid"].value
    sign_in_by_form(between, "head_bmc", PASSWORD)
    assert between.get("/").status_code == 200
    assert between.cookies["sessionid"].value != half
    attacker.cookies["sessionid"] = half
    assert attacker.get("/").status_code == 302
