"""A program that gets no answer asks again, fifty times at once if it must: one record, one answer."""

import json
import threading
import uuid

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from tests.factories import make_case

WORDS = "បានជួបនៅមណ្ឌល"


def post(client, where, body, *, key=None, **headers):
    given = {"idempotency-key": key or uuid.uuid4().hex, **headers}
    return client.post(where, body, content_type="application/json", headers=given)


@pytest.fixture
def case(people):
    return make_case(by=people.officer_bmc, full=True)


@pytest.fixture
def officer(people, client_of):
    return client_of(people.officer_bmc)


@pytest.mark.usefixtures("fresh_db")
def test_fifty_retries_at_once_make_one_record(people, client_of, case, outside):
    where, key, answers = reverse("api_case_notes", args=[case.number]), uuid.uuid4().hex, []
    clients = [client_of(people.officer_bmc) for _retry in range(50)]

    def send(client):
        try:
            answers.append(post(client, where, {"text": WORDS}, key=key))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {answer.status_code for answer in answers} == {201}
    assert len(answers) == 50
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotent-Replayed" in answer for answer in answers) == 49
    assert outside("SELECT count(*) FROM cases_note WHERE about = 'NOTE'") == [(1,)]
    assert outside("SELECT count(*) FROM audit_event WHERE kind = 'NOTE_ADDED'") == [(1,)]


@pytest.mark.django_db
def test_the_first_answer_comes_again_with_its_headers(officer, case):
    where, key = reverse("api_case_moves", args=[case.number]), uuid.uuid4().hex
    first, second = (
        post(officer, where, {"verb": "PRESUME"}, key=key, **{"if-match": '"1"'}) for _i in range(2)
    )
    assert (first.status_code, second.status_code) == (200, 200)
    assert first.content == second.content
    assert first["ETag"] == second["ETag"] == '"2"'
    assert first["Content-Type"] == second["Content-Type"]


@pytest.mark.django_db
@pytest.mark.parametrize("other", ["body", "address"])
def test_the_same_key_with_another_request_is_refused(people, officer, case, outside, other):
    where, key = reverse("api_case_notes", args=[case.number]), uuid.uuid4().hex
    post(officer, where, {"text": WORDS}, key=key)
    if other == "body":
        answer = post(officer, where, {"text": "another"}, key=key)
    else:
        elsewhere = make_case(by=people.officer_bmc)
        answer = post(officer, reverse("api_case_notes", args=[elsewhere.number]), {"text": WORDS}, key=key)
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert outside("SELECT count(*) FROM cases_note WHERE about = 'NOTE'") == [(1,)]


@pytest.mark.django_db
def test_a_key_is_one_persons_own(people, client_of, case, outside):
    where, key = reverse("api_case_notes", args=[case.number]), uuid.uuid4().hex
    for person in (people.officer_bmc, people.officer_bmc_2):
        assert post(client_of(person), where, {"text": WORDS}, key=key).status_code == 201
    assert outside("SELECT count(*) FROM cases_note WHERE about = 'NOTE'") == [(2,)]


@pytest.mark.django_db
def test_what_was_refused_did_nothing_and_its_key_may_come_again(officer, case, outside):
    where, key = reverse("api_case_notes", args=[case.number]), uuid.uuid4().hex
    assert post(officer, where, {"text": " "}, key=key).status_code == 400
    assert post(officer, where, {"text": WORDS}, key=key).status_code == 201
    assert outside("SELECT count(*) FROM cases_note WHERE about = 'NOTE'") == [(1,)]


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "short", "x" * 65, "with space here", "ខ្មែរខ្មែរ"])
def test_without_a_key_that_fits_nothing_is_written(officer, case, outside, key):
    answer = officer.post(
        reverse("api_case_notes", args=[case.number]),
        {"text": WORDS},
        content_type="application/json",
        headers={"idempotency-key": key.encode().decode("latin-1")},
    )
    assert answer.status_code == 400
    assert outside("SELECT count(*) FROM cases_note WHERE about = 'NOTE'") == [(0,)]


@pytest.mark.django_db
def test_what_is_kept_of_an_answer_names_nobody(people, officer, case, rows):
    post(officer, reverse("api_case_notes", args=[case.number]), {"text": WORDS})
    ((kept, body),) = rows(people.officer_bmc, "SELECT o::text, answer ->> 'body' FROM desk_once o")
    assert WORDS not in kept
    assert set(json.loads(body)) == {"id", "number", "recorded_at"}


@pytest.mark.django_db
def test_a_stranger_gets_no_answer_of_somebody_else(officer, case):
    where, key = reverse("api_case_notes", args=[case.number]), uuid.uuid4().hex
    assert post(officer, where, {"text": WORDS}, key=key).status_code == 201
    assert post(Client(), where, {"text": WORDS}, key=key).status_code == 401
