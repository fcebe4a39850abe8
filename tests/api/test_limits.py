"""How often programs may ask: counted by token and by person, told in every answer, refused as a problem."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from tests.accounts.test_limits import later
from tests.factories import give_token

pytestmark = pytest.mark.django_db
WHERE = "/api/v1/codes/"


@pytest.fixture
def program(people):
    """`program(person)`: a client with a new token of theirs, and the token."""

    def made(person):
        token, text = give_token(person, by=people.administrator, scope="READ")
        return Client(headers={"authorization": f"Bearer {text}", "accept-language": "en"}), token

    return made


def asked(client, times):
    return [client.get(WHERE).status_code for _time in range(times)]


@pytest.mark.asvs("2.4.1")
def test_a_token_has_so_many_a_minute_and_every_answer_says_how_many_are_left(
    people, program, settings, events
):
    settings.API_PER_MINUTE = 3
    client, token = program(people.officer_bmc)
    answers = [client.get(WHERE) for _time in range(3)]
    assert [one["RateLimit-Policy"] for one in answers] == ['"token";q=3;w=60, "person";q=6;w=60'] * 3
    assert [re.findall(r'"token";r=(\d)', one["RateLimit"]) for one in answers] == [["2"], ["1"], ["0"]]
    refused = [client.get(WHERE) for _time in range(4)]
    assert {one.status_code for one in refused} == {429}
    assert {one["Content-Type"] for one in refused} == {"application/problem+json"}
    first = refused[0]
    assert 18 <= int(first["Retry-After"]) <= 20
    assert (
        first.json()["detail"] == f"No more than 3 requests a minute. Ask again in {first['Retry-After']} s."
    )
    assert "r=0" in first["RateLimit"]
    (event,) = events("REFUSED")
    assert event[4] == {"status": 429, "rule": "limit:token", "by_token": str(token.pk)}
    later(seconds=21)
    assert asked(client, 2) == [200, 429], "one comes back every twenty seconds"


def test_tokens_and_sessions_of_one_person_count_together(people, program, settings, client_of):
    settings.API_PER_MINUTE = 2
    for _token in range(2):
        assert asked(program(people.officer_bmc)[0], 2) == [200, 200]
    assert asked(program(people.officer_bmc)[0], 1) == [429]
    session = client_of(people.officer_bmc)
    answer = session.get(WHERE, headers={"accept-language": "km"})
    assert (answer.status_code, answer["Content-Language"]) == (429, "km")
    assert session.get("/files/").status_code == 200, "pages are not counted"
    assert session.get("/api/v1/").status_code == 200, "nor is the page that describes it"
    assert asked(program(people.officer_btb)[0], 1) == [200]


def test_wrong_tokens_flood_until_they_are_told_and_good_ones_from_there_go_on(
    people, program, settings, events
):
    settings.TRIES_FROM_AN_ADDRESS = (3, settings.TRIES_FROM_AN_ADDRESS[1])
    wrong = Client(headers={"authorization": "Bearer karpea_" + "x" * 43})
    assert asked(wrong, 6) == [401] * 3 + [429] * 3
    assert asked(program(people.officer_bmc)[0], 2) == [200, 200]
    assert [event[4]["why"] for event in events("SIGN_IN_FAILED")] == ["FLOOD"]


def test_it_is_described(people, client_of):
    told = client_of(people.officer_bmc).get(reverse("api_description")).json()
    for methods in told["paths"].values():
        for operation in methods.values():
            assert operation["responses"]["429"]["headers"].keys() == {"Retry-After"}
            done = next(one for status, one in operation["responses"].items() if status.startswith("2"))
            assert {"RateLimit", "RateLimit-Policy"} <= done["headers"].keys()
