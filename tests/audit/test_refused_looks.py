"""Who asks for a record out of their reach learns nothing, and whoever watches over the record learns of it."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import make_case, make_referral

pytestmark = pytest.mark.django_db


@pytest.fixture
def looks(outside):
    """(page, label, file, status) of each refusal, oldest first."""

    def ask():
        return outside(
            "SELECT object_id, object_label, case_id, detail ->> 'status' FROM audit_event "
            "WHERE kind = 'REFUSED' ORDER BY seq"
        )

    return ask


def asked_twice(client, hidden, missing):
    """The answers to both, each with the statements it took."""
    client.get(missing)
    found = []
    for where in (hidden, missing):
        with CaptureQueriesContext(connection) as taken:
            answer = client.get(where)
        found.append((answer.status_code, len(answer.content), len(taken)))
    return found


@pytest.mark.parametrize("where", ["/files/{}/", "/api/v1/cases/{}/", "/files/{}/note/"])
def test_a_look_at_a_hidden_file_is_found_by_its_number(people, client_of, looks, where):
    case = make_case(by=people.officer_btb)
    client = client_of(people.officer_bmc)
    hidden, missing = asked_twice(client, where.format(case.number), where.format("BTB-2026-99999-9"))
    assert hidden == missing
    (_first, mine, nobodys) = looks()
    assert mine[1:] == (case.number, case.pk, "404")
    assert nobodys[1:] == ("", None, "404")
    auditor = client_of(people.auditor)
    shown = auditor.get("/trail/", {"record": case.number, "result": "REFUSED"}).context["lines"]
    assert [line.event.actor for line in shown] == [str(people.officer_bmc.pk)]


def test_a_look_at_a_hidden_referral_is_found_by_the_number_of_its_file(people, client_of, looks):
    case = make_case(by=people.officer_bmc, full=True)
    referral = make_referral(case)
    client = client_of(people.ngo_hope)
    hidden, missing = asked_twice(client, f"/referrals/{referral.pk}/", f"/referrals/{uuid.uuid4()}/")
    assert hidden == missing
    assert [look[1:] for look in looks()[1:]] == [("", case.pk, "404"), ("", None, "404")]
    shown = client_of(people.auditor).get("/trail/", {"record": case.number, "result": "REFUSED"})
    assert [line.record for line in shown.context["lines"]] == [case.number]


def test_what_is_no_number_is_not_kept(people, client_of, looks, outside):
    """An address may hold anything, also somebody's name."""
    client_of(people.officer_bmc).get("/files/Sok-Sreyneang/")
    assert looks() == [("cases:detail", "", None, "404")]
    assert outside("SELECT 1 FROM audit_event e WHERE e::text LIKE '%%Sreyneang%%'") == []


def test_a_number_that_was_searched_stands_there_as_a_keyed_hash(people, client_of, events):
    case = make_case(by=people.officer_bmc)
    client = client_of(people.officer_bmc)
    for typed in (case.number, case.number.lower().replace("-", ""), "BMC-2026-99999-9"):
        assert client.post("/files/find/", {"question": typed}).status_code == 200
    one, again, other = (event[4] for event in events("FILE_SEARCHED"))
    assert (one["ids"], other["ids"]) == ([str(case.pk)], [])
    assert one["terms"] == again["terms"] != other["terms"]
    assert [len(found["terms"]) for found in (one, other)] == [1, 1]
