"""What the interface for programs answers when something is not as it should be: always the same shape."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext, override

from tests.factories import make_case

pytestmark = pytest.mark.django_db


def asked(client, method, where, language="en"):
    client.cookies["django_language"] = language
    answer = getattr(client, method)(where)
    assert answer["Content-Type"] == "application/problem+json", answer.content
    told = answer.json()
    assert list(told) == ["type", "title", "status", "detail"]
    assert told["status"] == answer.status_code
    assert told["title"]
    assert told["detail"]
    return answer.status_code, told["title"], told["detail"], answer


@pytest.mark.parametrize("language", ["km", "en"])
def test_each_error_is_told_in_the_language_of_the_request(people, client_of, language):
    case, where = make_case(by=people.officer_btb), reverse("api_case_list")
    officer, auditor = client_of(people.officer_bmc), client_of(people.auditor)
    found = [
        asked(Client(), "get", where, language)[:2],
        asked(officer, "get", f"{where}?after=tomorrow", language)[:2],
        asked(auditor, "get", where, language)[:2],
        asked(officer, "get", reverse("api_case_detail", args=[case.number]), language)[:2],
        asked(officer, "post", reverse("api_agencies"), language)[:2],
    ]
    names = ("Not signed in", "Bad request", "Not allowed", "Not found", "Not in this way")
    with override(language):
        assert found == [
            (status, gettext(name)) for status, name in zip((401, 400, 403, 404, 405), names, strict=True)
        ]


def test_who_is_not_signed_in_is_told_how(people):
    answer = asked(Client(), "get", reverse("api_case_list"))[3]
    assert answer["WWW-Authenticate"] == "Bearer"


def test_hidden_and_missing_are_told_alike_also_outside_the_addresses(people, client_of):
    case, officer = make_case(by=people.officer_btb), client_of(people.officer_bmc)
    hidden, missing, nowhere = (
        asked(officer, "get", f"/api/v1/{path}/")[2]
        for path in (f"cases/{case.number}", "cases/BTB-2026-99999-9", "nowhere")
    )
    assert hidden == missing == nowhere == "This does not exist, or it is out of your reach."


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_what_is_only_read_says_so_also_without_a_token(people, sign_in, method):
    """A client that checks for forgery, as a browser's does: the token is not what is wrong."""
    officer = sign_in(Client(enforce_csrf_checks=True), people.officer_bmc)
    status, _title, detail, answer = asked(officer, method, reverse("api_agencies"))
    assert (status, set(answer["Allow"].split(", "))) == (
        405,
        {"GET", "HEAD", "OPTIONS"},
    )  # in the order of a set
    assert "CSRF" not in detail


@pytest.mark.parametrize("after", ["x", "2026-01-01T00:00:00+00:00", "_", "2026-01-01_1", "\x00"])
def test_a_key_that_nobody_gave_out_is_no_first_page(people, client_of, after):
    case, officer = make_case(by=people.officer_bmc), client_of(people.officer_bmc)
    where = reverse("api_case_list")
    officer.cookies["django_language"] = "en"
    answer = officer.get(where, {"after": after})
    assert (answer.status_code, answer.json()["title"]) == (400, "Bad request")
    given = f"{case.created_at.isoformat()}_{case.pk}"
    assert officer.get(where, {"after": given}).json()["results"] == []
    assert len(officer.get(where).json()["results"]) == 1
