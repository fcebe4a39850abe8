"""What other sites send, parameters from where they do not belong, and what a browser reports."""

import json

import pytest
from django.test import Client
from django.urls import reverse

from config.policy_report import LONGEST
from tests.browsing import hidden
from tests.factories import make_case
from tests.people import PASSWORD
from tests.production.test_logs import lines  # noqa: F401  a fixture

pytestmark = pytest.mark.django_db
LINK = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
FRAME = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}
SCRIPT = {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "script"}
FETCH = {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Dest": "empty"}


@pytest.mark.asvs("3.5.8")
@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_site_may_lead_here_and_nothing_else(people, client_of, events, site):
    client, case = client_of(people.officer_bmc), make_case(by=people.officer_bmc)
    page, api = reverse("cases:detail", args=[case.number]), reverse("api_case_detail", args=[case.number])
    elsewhere = {"Sec-Fetch-Site": site}
    assert client.get(page, headers=elsewhere | LINK).status_code == 200
    reads = len(events("FILE_READ"))
    for how in (FRAME, SCRIPT, FETCH, {}):
        for where in (page, api):
            assert client.get(where, headers=elsewhere | how).status_code == 403
    for where in (reverse("quick_exit"), reverse("lock"), reverse("language"), reverse("account_login")):
        assert client.post(where, headers=elsewhere | LINK).status_code == 403
    assert len(events("FILE_READ")) == reads
    for own in ("same-origin", "none"):
        assert client.get(page, headers={"Sec-Fetch-Site": own} | LINK).status_code == 200


@pytest.mark.asvs("3.4.7")
def test_what_the_policy_stopped_is_a_line_without_an_address(client, lines, settings, people):  # noqa: F811
    case = make_case(by=people.officer_bmc)
    report = {
        "document-uri": f"https://karpea.example/files/{case.number}/?q=Sreyneang",
        "effective-directive": "script-src-elem",
        "blocked-uri": "https://evil.example/Sreyneang.js",
        "script-sample": "Sreyneang",
    }
    (where,) = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]["report-uri"]

    def send(body):
        body = body if isinstance(body, str) else json.dumps(body)
        before = len([one for one in lines() if one["event"] == "policy"])
        assert client.post(where, body, content_type="application/csp-report").status_code == 204
        return [one for one in lines() if one["event"] == "policy"][before:]

    (line,) = send({"csp-report": report})
    assert (line["rule"], line["route"], line["stopped"]) == ("script-src", "cases:detail", "address")
    assert case.number not in json.dumps(line)
    assert "Sreyneang" not in json.dumps(line)
    assert "evil" not in json.dumps(line)
    (line,) = send({"csp-report": {"violated-directive": "x\ny z", "blocked-uri": "inline"}})
    assert (line["rule"], line["route"], line["stopped"]) == ("other", "none", "inline")
    for nonsense in ("", "[]", "{", '{"csp-report": 3}', "[" * 5000, '"' + "x" * LONGEST + '"'):
        assert send(nonsense) == []


@pytest.mark.asvs("15.3.7")
def test_a_parameter_from_elsewhere_or_twice_changes_nothing(client, people, events):
    given = f"login=officer_bmc&password={PASSWORD.replace(' ', '+')}"
    assert client.post(f"/sign-in/?{given}", {}).status_code == 200
    assert events("SIGN_IN_FAILED") == []
    # Of two names the same one is counted, tried and put on the trail.
    twice = {"login": ["head_bmc", "officer_bmc"], "password": "not the password"}
    statuses = [Client().post("/sign-in/", twice, REMOTE_ADDR="192.0.2.9").status_code for _try in range(6)]
    assert statuses == [200] * 5 + [429]
    assert {event[3] for event in events("SIGN_IN_FAILED")} == {"officer_bmc"}
    assert (
        Client().post("/sign-in/", twice | {"login": "head_bmc"}, REMOTE_ADDR="192.0.2.9").status_code == 200
    )


@pytest.mark.asvs("15.3.3")
def test_fields_that_a_form_does_not_have_are_not_taken(people, client_of, outside):
    case = make_case(by=people.officer_bmc)
    client = client_of(people.officer_bmc)
    page = client.get(reverse("cases:detail", args=[case.number]))

    sent = {
        **hidden(page), "text": "Seen", "source": "SEEN", "happened_on_day": "3", "happened_on_month": "2",
        "happened_on_year": "2026", "done_by": "COMMUNE_COMMITTEE", "status": "CLOSED", "province": "2",
        "author": str(people.head_bmc.pk), "created_by": str(people.head_bmc.pk), "is_named_only": "on",
        "id": "00000000-0000-0000-0000-000000000001", "case": "00000000-0000-0000-0000-000000000001",
    }  # fmt: skip
    client.post(reverse("cases:note", args=[case.number]), sent)
    assert outside("SELECT status, province_id FROM cases_case") == [(case.status, case.province_id)]
    ((note, author),) = outside("SELECT id::text, by_id FROM cases_note")
    assert note != sent["id"]
    assert author == people.officer_bmc.pk


@pytest.mark.asvs("3.7.2")
@pytest.mark.parametrize(
    "where", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:x"]
)
def test_nobody_is_led_to_another_site(people, client_of, where):
    client = client_of(people.officer_bmc)
    for name in ("account_login", "account_factor"):
        answer = client.get(reverse(name), {"next": where})
        assert answer["Location"].startswith("/")
        assert "evil" not in answer["Location"].split("?")[0]
    answer = client.get("//evil.example/files")
    assert answer.status_code in (301, 302, 404)
    assert not answer.get("Location", "/").startswith(("//", "http"))


def test_a_host_that_is_not_ours_gets_nothing(people, client_of, settings):
    settings.ALLOWED_HOSTS = ["karpea.example"]
    client = client_of(people.officer_bmc)
    for headers in ({"Host": "evil.example"}, {"Host": "evil.example:80@karpea.example"}):
        assert client.get("/", headers=headers).status_code == 400
    assert (
        client.get("/", headers={"Host": "karpea.example", "X-Forwarded-Host": "evil.example"}).status_code
        == 200
    )


@pytest.mark.asvs("1.3.11")
def test_no_line_is_added_to_a_message(people, client_of, outside):
    client = client_of(people.officer_bmc)
    for typed in ("me@example.org\nBcc: you@example.org", "me@example.org\r\n\r\nText", "a@b.org, c@d.org"):
        assert client.post("/due/mail/", {"address": typed}).status_code == 200
    assert outside("SELECT count(*) FROM desk_mailbox WHERE address_sealed IS NOT NULL") == [(0,)]


@pytest.mark.asvs("5.2.4")
def test_registers_are_limited_for_each_person(people, client_of, settings):
    from datetime import timedelta

    settings.LIMITED_ACTS = settings.LIMITED_ACTS | {"cases:registers": (2, timedelta(hours=1))}
    client = client_of(people.officer_bmc)
    assert [client.post(reverse("cases:registers")).status_code for _time in range(3)] == [200, 200, 429]
    assert client_of(people.officer_bmc_2).post(reverse("cases:registers")).status_code == 200
