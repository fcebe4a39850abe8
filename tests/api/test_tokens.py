"""A token opens the interface for programs to one person's eyes, and nothing else; who ends its person ends it."""

import datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import actions, tokens
from accounts.models import User
from accounts.refusals import NotNow, Refused
from audit.context import become
from tests.factories import give_token, make_case

pytestmark = pytest.mark.django_db
MONTH = datetime.timedelta(days=30)


@pytest.fixture
def give(people):
    """`give(person, **more)`: a token resting on their membership, and its text."""

    def given(person, *, scope="WRITE", lasts=MONTH, program="", by=people.administrator):
        return give_token(person, by=by, scope=scope, lasts=lasts, program=program)

    return given


@pytest.fixture
def program():
    """`program(text)`: a client that brings a token and no cookie."""

    def made(text, **more):
        return Client(headers={"authorization": f"Bearer {text}"}, raise_request_exception=False, **more)

    return made


def listed(client):
    answer = client.get(reverse("api_case_list"))
    return answer.status_code, [row["number"] for row in answer.json().get("results", [])]


@pytest.mark.asvs("8.2.1", "8.2.2", "8.3.3")
def test_it_sees_what_its_person_sees_and_no_more(people, give, program):
    own, other = make_case(by=people.officer_bmc), make_case(by=people.officer_btb)
    _token, text = give(people.officer_bmc)
    client = program(text)
    assert listed(client) == (200, [own.number])
    assert client.get(reverse("api_case_detail", args=[other.number])).status_code == 404
    assert client.get(reverse("api_trail")).status_code == 403


def test_it_never_opens_a_page(people, give, program, client_of):
    make_case(by=people.officer_bmc)
    client = program(give(people.officer_bmc)[1])
    for page in ("cases:list", "reports:my_work", "api_operations"):
        answer = client.get(reverse(page))
        assert (answer.status_code, "sign-in" in answer["Location"]) == (302, True), page
    assert "sessionid" not in client.cookies
    assert client_of(people.officer_bmc).get(reverse("api_operations")).status_code == 200


def test_it_goes_before_whoever_is_signed_in_here(people, give, sign_in, program):
    own, other = make_case(by=people.officer_bmc), make_case(by=people.officer_btb)
    client = sign_in(program(give(people.officer_bmc)[1]), people.officer_btb)
    assert listed(client) == (200, [own.number])
    wrong = sign_in(program("karpea_" + "x" * 43), people.officer_btb)
    assert listed(wrong)[0] == 401
    assert listed(sign_in(Client(), people.officer_btb)) == (200, [other.number])


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer x", "Token karpea_x", "Bearer karpea_" + "a" * 43, "Bearer \x00", "Basic YTpi"],
)
def test_what_is_no_token_of_ours_is_nobody(people, header):
    answer = Client(headers={"authorization": header}).get(reverse("api_case_list"))
    assert answer.status_code == 401


def end_by_revoking(people, token):
    actions.revoke_token(token=token, by=people.administrator)


def end_it_oneself(people, token):
    with become(people.officer_bmc.as_actor()):
        actions.revoke_token(token=token, by=people.officer_bmc)


def end_its_role(people, token):
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    actions.end_membership(membership=token.membership, by=people.administrator, ends_on=yesterday)


def close_its_account(people, token):
    User.objects.filter(pk=token.person_id).update(is_active=False)


def close_the_account_of_who_answers(people, token):
    User.objects.filter(pk=token.membership.person_id).update(is_active=False)


def close_its_agency(people, token):
    type(token.membership.agency).objects.filter(pk=token.membership.agency_id).update(is_active=False)


@pytest.mark.parametrize("program_name", ["", "Register of the office"])
@pytest.mark.parametrize(
    "end",
    [
        end_by_revoking,
        end_its_role,
        close_its_account,
        close_the_account_of_who_answers,
        close_its_agency,
        end_it_oneself,
    ],
)
def test_it_ends_at_once_with_what_it_rests_on(people, give, program, events, as_, end, program_name):
    make_case(by=people.officer_bmc)
    token, text = give(people.officer_bmc, program=program_name)
    client = program(text)
    assert listed(client)[0] == 200
    with as_(people.administrator):
        end(people, token)
    assert listed(client)[0] == 401
    kind, result, _actor, label, detail = events("SIGN_IN_FAILED")[-1]
    assert (kind, result, label) == ("SIGN_IN_FAILED", "REFUSED", token.person.sign_in_name)
    assert detail == {"why": "TOKEN", "token": str(token.pk)}


def test_it_ends_on_its_last_day(people, give, program):
    client = program(give(people.officer_bmc)[1])
    assert listed(client)[0] == 200
    with time_machine.travel(timezone.now() + MONTH, tick=False):
        assert listed(client)[0] == 401


def test_the_trail_names_person_and_token(people, give, program, events):
    case = make_case(by=people.officer_bmc)
    token, text = give(people.officer_bmc)
    client = program(text)
    client.get(reverse("api_case_detail", args=[case.number]))
    client.get(reverse("api_case_detail", args=["BMC-2026-99999-9"]))
    read, refused = events("FILE_READ")[-1], events("REFUSED")[-1]
    assert read[2] == refused[2] == str(people.officer_bmc.pk)
    assert read[4]["by_token"] == refused[4]["by_token"] == str(token.pk)


def test_a_program_acts_under_its_own_name_with_its_agencys_role(people, give, program, events):
    case = make_case(by=people.officer_bmc)
    token, text = give(people.officer_bmc, program="Register of the office")
    assert token.is_of_program
    assert token.answers == people.officer_bmc
    assert listed(program(text)) == (200, [case.number])
    assert events("FILE_LISTED")[-1][2] == str(token.person_id) != str(people.officer_bmc.pk)


def test_one_that_only_reads_writes_nothing(people, give, program):
    case = make_case(by=people.officer_bmc)
    where = reverse("api_case_notes", args=[case.number])
    client = program(give(people.officer_bmc, scope="READ")[1])
    assert client.get(where).status_code == 200
    sent = {
        "data": {"text": "x"},
        "content_type": "application/json",
        "headers": {"idempotency-key": "k" * 12},
    }
    assert client.post(where, **sent).status_code == 403
    assert client.get(where).json()["results"] == []
    writer = program(give(people.officer_bmc)[1])
    assert writer.post(where, **sent).status_code == 201
    assert len(client.get(where).json()["results"]) == 1


def test_it_needs_no_token_against_forgery_where_a_session_does(people, give, program, sign_in):
    case = make_case(by=people.officer_bmc)
    where = reverse("api_case_notes", args=[case.number])
    sent = {
        "data": {"text": "x"},
        "content_type": "application/json",
        "headers": {"idempotency-key": "k" * 12},
    }
    session = sign_in(Client(enforce_csrf_checks=True), people.officer_bmc)
    assert session.post(where, **sent).status_code == 403
    assert (
        program(give(people.officer_bmc)[1], enforce_csrf_checks=True).post(where, **sent).status_code == 201
    )


@pytest.mark.asvs("11.5.1")
def test_only_its_digest_is_kept(people, give, outside):
    token, text = give(people.officer_bmc)
    kept = outside(
        "SELECT t::text FROM accounts_token t UNION ALL SELECT h::text FROM accounts_historicaltoken h"
    )
    assert len(kept) == 3, "offered, accepted"
    assert text not in str(kept)
    assert text.removeprefix("karpea_") not in str(kept)
    assert bytes(token.digest) == tokens.digest(text)
    assert len(text) > 43


def test_its_day_of_use_is_noted_once(people, give, program, outside):
    _token, text = give(people.officer_bmc)
    client = program(text)
    for _time in range(2):
        client.get(reverse("api_case_list"))
    assert outside("SELECT last_used_on FROM accounts_token") == [(timezone.localdate(),)]
    assert outside("SELECT count(*) FROM accounts_historicaltoken") == [(2,)], "offered, accepted"


def test_nobody_but_an_administrator_gives_one_and_none_to_themselves(people, give):
    with pytest.raises(Refused):
        give(people.officer_bmc_2, by=people.officer_bmc)
    with pytest.raises(Refused):
        give(people.administrator)
    with pytest.raises(NotNow):
        give(people.officer_bmc, lasts=datetime.timedelta(days=400))
    with pytest.raises(NotNow):
        give(people.officer_bmc, lasts=-MONTH)
