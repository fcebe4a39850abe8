"""What programs write goes through the acts of the pages: the same rules, told by the field."""

import json
import uuid

import pytest
from django.urls import reverse
from django.utils.translation import gettext, override

from cases.states import Status
from tests.factories import make_case, make_referral

pytestmark = pytest.mark.django_db
JSON = "application/json"


def post(client, where, body, *, version=None, language="en"):
    client.cookies["django_language"] = language
    headers = {"idempotency-key": uuid.uuid4().hex}
    if version is not None:
        headers["if-match"] = version if isinstance(version, str) else f'"{version}"'
    return client.post(where, body, content_type=JSON, headers=headers)


def pointers(answer):
    assert answer["Content-Type"] == "application/problem+json"
    return [error["pointer"] for error in answer.json()["errors"]]


@pytest.fixture
def officer(people, client_of):
    return client_of(people.officer_bmc)


# --- a new file ---

WHOLE = {
    "official_involved": "NO",
    "channel": "HOTLINE_117",
    "province": "1",
    "alias": "blue bag",
    "reported_on": "2026-01",
    "sex": "FEMALE",
    "age_min": 16,
    "age_max": 17,
    "forms_of": ["LAB.FISH", "LAB.DOM"],
    "name_latin": "Sok Sreyneang",
    "birth_date": "2009",
    "risk_level": "HIGH",
    "consent": "GIVEN",
    "consent_on": "2026-01-02",
    "consent_how": "GUARDIAN",
}


def test_a_file_is_made_from_one_request(officer, outside, events):
    answer = post(officer, reverse("api_case_list"), WHOLE)
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert (told["status"], told["version"], told["named_only"]) == ("REPORTED", 1, False)
    read = officer.get(answer["Location"]).json()
    assert read["number"] == told["number"]
    assert (read["reported_on"], read["reported_precision"]) == ("2026-01-01", "MONTH")
    assert read["person"]["age_min"] == 16
    assert read["risk_level"] == "HIGH"
    assert [event[3] for event in events("FILE_OPENED")] == [told["number"]]
    assert outside("SELECT count(*) FROM cases_identity") == [(1,)]
    assert "Sreyneang" not in json.dumps([told, read])


def test_an_official_who_could_be_involved_makes_it_named_only(officer, people, client_of):
    answer = post(officer, reverse("api_case_list"), WHOLE | {"official_involved": "UNSURE"})
    assert answer.json()["named_only"] is True
    assert client_of(people.officer_bmc_2).get(answer["Location"]).status_code == 404


def test_a_refused_consent_keeps_no_identity(officer, outside):
    refused = {k: v for k, v in WHOLE.items() if k not in ("consent_on", "consent_how")} | {
        "consent": "REFUSED"
    }
    assert post(officer, reverse("api_case_list"), refused).status_code == 201
    assert outside("SELECT count(*) FROM cases_identity") == [(0,)]


@pytest.mark.asvs("2.2.1", "2.2.2", "15.3.3")
@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"channel": "PIGEON"}, ["/channel"]),
        ({"province": "2"}, ["/province"]),
        ({"alias": 3}, ["/alias"]),
        ({"age_min": "16"}, ["/age_min"]),
        ({"age_min": True}, ["/age_min"]),
        ({"age_max": 121}, ["/age_max"]),
        ({"reported_on": "02/01/2026"}, ["/reported_on"]),
        ({"consent_on": "2026-01"}, ["/consent_on"]),
        ({"forms_of": "LAB.FISH"}, ["/forms_of"]),
        ({"forms_of": ["LAB.FISH", "LAB.FISH"]}, ["/forms_of"]),
        ({"is_child": "NO"}, ["/is_child"]),
        ({"secret": "x"}, ["/secret"]),
        ({"<b>": "x"}, [""]),
        ({"alias": "\ud800"}, ["/alias"]),
        ({"alias": "a\x00b"}, ["/alias"]),
    ],
)
def test_what_does_not_fit_is_told_by_its_field_and_never_repeated(officer, outside, change, where):
    answer = post(officer, reverse("api_case_list"), json.dumps(WHOLE | change))
    assert answer.status_code == 400
    assert pointers(answer) == where
    for value in change.values():
        if isinstance(value, str) and len(value) > 2:
            assert value not in answer.content.decode()
    assert outside("SELECT count(*) FROM cases_case") == [(0,)]


@pytest.mark.parametrize("body", ["[]", "null", "3", '"x"', "{", "", '{"a": 1e999}', "[" * 90_000])
def test_what_is_no_object_is_refused(officer, body):
    assert post(officer, reverse("api_case_list"), body).status_code == 400


@pytest.mark.parametrize("language", ["km", "en"])
def test_an_error_is_in_the_language_of_the_request(officer, language):
    answer = post(officer, reverse("api_case_list"), {**WHOLE, "alias": " "}, language=language)
    with override(language):
        assert answer.json()["title"] == gettext("Bad request")
        assert answer.json()["errors"][0]["detail"] == gettext("This field is required.")
    assert answer["Content-Language"] == language


def test_the_language_is_taken_from_accept_language_where_no_cookie_says(officer):
    told = officer.get(reverse("api_case_list"), {"after": "x"}, headers={"accept-language": "en"}).json()
    assert told["title"] == "Bad request"
    told = officer.get(reverse("api_case_list"), {"after": "x"}, headers={"accept-language": "fr"}).json()
    with override("km"):
        assert told["title"] == gettext("Bad request")


# --- a step ---


def test_a_step_needs_the_version_that_stands(officer, people):
    case = make_case(by=people.officer_bmc)
    where, body = reverse("api_case_moves", args=[case.number]), {"verb": "START_SCREENING"}
    assert post(officer, where, body).status_code == 428
    assert post(officer, where, body, version="x").status_code == 400
    assert post(officer, where, body, version='W/"1"').status_code == 200  # as compression leaves it
    late = post(officer, where, {"verb": "PRESUME"}, version=1)
    assert late.status_code == 412
    told = late.json()
    assert (told["sent_version"], told["current_version"]) == (1, 2)
    assert told["changed"] == ["status", "status_by", "status_since"] or "status" in told["changed"]
    assert officer.get(reverse("api_case_detail", args=[case.number]))["ETag"] == '"2"'


def test_a_step_that_is_not_open_says_why(officer, people):
    case = make_case(by=people.officer_bmc)
    where = reverse("api_case_moves", args=[case.number])
    found = {one["verb"]: one for one in officer.get(where).json()["results"]}
    assert found["PRESUME"]["is_open"] is True
    assert found["ASSESS"]["is_open"] is False
    assert found["ASSESS"]["why_not"]
    answer = post(officer, where, {"verb": "ASSESS"}, version=1)
    assert (answer.status_code, answer.json()["code"]) == (409, "not_now")
    assert pointers(post(officer, where, {"verb": "FLY"}, version=1)) == ["/verb"]
    assert pointers(post(officer, where, {}, version=1)) == ["/verb"]
    assert pointers(post(officer, where, {"verb": "REOPEN"}, version=1)) == ["/reason"]


@pytest.mark.asvs("8.2.3")
def test_notes_stand_where_the_section_is_open_alone(people, client_of, officer):
    case = make_case(by=people.officer_bmc)
    where = reverse("api_case_notes", args=[case.number])
    sent = {"text": "Seen at the shelter", "happened_on": "2026-01", "source": "SEEN"}
    made = post(officer, where, sent)
    assert made.status_code == 201, made.content
    read = officer.get(where).json()["results"]
    assert [(one["text"], one["happened_on"], one["precision"]) for one in read] == [
        ("Seen at the shelter", "2026-01-01", "MONTH")
    ]
    committee = client_of(people.committee)
    assert committee.get(where).status_code == 403
    assert client_of(people.officer_btb).get(where).status_code == 404
    assert "shelter" not in committee.get(where).content.decode()


# --- what is closed ---


@pytest.mark.asvs("8.2.3", "15.3.1")
def test_closed_sections_are_null_for_the_victim_too(people, client_of):
    case = make_case(by=people.officer_bmc, full=True)
    where = reverse("api_case_victim", args=[case.number])
    seen = client_of(people.officer_bmc).get(where).json()
    closed = client_of(people.committee).get(where).json()
    assert (seen["sex"], seen["nationality"]) == ("FEMALE", "KHM")
    assert (closed["sex"], closed["nationality"], closed["language"]) == ("FEMALE", None, None)
    assert "Sreyneang" not in json.dumps(seen)


# --- referrals ---


def packet(people, **more):
    from accounts.models import Agency

    return {
        "to": str(Agency.objects.get(code="NGO-HOPE").pk),
        "services": ["SHEL.EM"],
        "reason": "ADDITIONAL_SERVICES",
        "urgency": "HIGH",
        "summary": "Needs a bed tonight.",
        "parts": ["NOTES", "RISK"],
        "identity": "NO",
        "consent": "GIVEN",
        "consent_how": "SPOKEN",
        "consent_on": "2026-01-03",
        **more,
    }


def test_a_referral_goes_its_way_through_programs(people, client_of, officer, as_, events):
    case = make_case(by=people.officer_bmc, full=True, status=Status.PRESUMED)
    with as_(people.officer_bmc):
        body = packet(people)
    asked = post(officer, reverse("api_case_referrals", args=[case.number]), body)
    assert asked.status_code == 201, asked.content
    where = asked["Location"]
    reviewer, hope = client_of(people.reviewer), client_of(people.ngo_hope)
    assert hope.get(where).status_code == 404
    assert [one["id"] for one in reviewer.get(reverse("api_referral_list")).json()["results"]] == [
        asked.json()["id"]
    ]
    approved = post(reviewer, f"{where}moves/", {"verb": "APPROVE"}, version=asked["ETag"])
    assert (approved.status_code, approved.json()["status"]) == (200, "APPROVED")
    read = hope.get(where).json()
    assert (read["summary"], read["number"], read["opens"]) == (
        "Needs a bed tonight.",
        None,
        ["SUMMARY", "RISK", "NOTES"],
    )
    inbox = hope.get(reverse("api_referral_list"), {"show": "inbox"}).json()["results"]
    assert [one["id"] for one in inbox] == [asked.json()["id"]]
    late = post(hope, f"{where}moves/", {"verb": "ACCEPT"}, version=asked["ETag"])
    assert late.status_code == 412
    accepted = post(hope, f"{where}moves/", {"verb": "ACCEPT"}, version=approved["ETag"])
    assert accepted.json()["status"] == "ACCEPTED"
    assert hope.get(reverse("api_case_detail", args=[case.number])).status_code == 200
    assert [event[4]["verb"] for event in events("REFERRAL_MOVED")] == ["APPROVE", "ACCEPT"]


def test_without_consent_nothing_is_sent(people, officer, as_, outside):
    case = make_case(by=people.officer_bmc, full=True)
    with as_(people.officer_bmc):
        body = packet(people, consent="REFUSED")
    answer = post(officer, reverse("api_case_referrals", args=[case.number]), body)
    assert pointers(answer) == ["/consent"]
    assert outside("SELECT count(*) FROM referrals_referral") == [(0,)]


def test_a_returned_referral_is_sent_in_again(people, client_of, as_):
    case = make_case(by=people.officer_bmc, full=True)
    returned = make_referral(case, status="RETURNED", to="NGO-HOPE")
    officer = client_of(people.officer_bmc)
    with as_(people.officer_bmc):
        body = packet(people)
    where = reverse("api_referral_again", args=[returned.pk])
    assert post(officer, where, body).status_code == 428
    again = post(officer, where, body, version=returned.version)
    assert again.json()["status"] == "SUBMITTED", again.content


def test_a_step_of_a_referral_asks_for_its_reason(people, client_of):
    referral = make_referral(make_case(by=people.officer_bmc, full=True), status="APPROVED", to="NGO-HOPE")
    where, hope = reverse("api_referral_moves", args=[referral.pk]), client_of(people.ngo_hope)
    moves = {one["verb"]: one for one in hope.get(where).json()["results"]}
    assert set(moves) == {"ACCEPT", "DECLINE"}
    assert moves["DECLINE"]["reasons"] == "DECLINE_REASON"
    wrong = post(hope, where, {"verb": "DECLINE"}, version=referral.version)
    assert sorted(pointers(wrong)) == ["/reason", "/words"]
    assert post(hope, where, {"verb": "APPROVE"}, version=referral.version).status_code == 403


def test_what_has_closed_to_an_agency_is_null(people, client_of):
    case = make_case(by=people.officer_bmc, full=True)
    declined = make_referral(case, status="DECLINED", to="NGO-HOPE")
    hope = client_of(people.ngo_hope)
    read = hope.get(reverse("api_referral", args=[declined.pk])).json()
    assert (read["status"], read["summary"], read["sex"], read["services"]) == ("DECLINED", None, None, None)
    listed = hope.get(reverse("api_referral_list")).json()["results"]
    assert [(one["id"], one["sex"], one["urgency"]) for one in listed] == [(str(declined.pk), None, None)]


# --- lists ---


def test_a_filter_that_is_misspelt_shows_nothing(officer, people):
    make_case(by=people.officer_bmc)
    where = reverse("api_case_list")
    assert officer.get(where, {"statsu": "REPORTED"}).status_code == 400
    assert officer.get(where, {"status": "FLYING"}).status_code == 400
    assert officer.get(f"{where}?status=REPORTED&status=CLOSED").status_code == 400
    assert len(officer.get(where, {"status": "REPORTED", "province": "1"}).json()["results"]) == 1
    assert officer.get(where, {"status": "CLOSED"}).json()["results"] == []


def test_pages_of_referrals_follow_one_another(people, client_of, monkeypatch):
    monkeypatch.setattr("referrals.api.views.PAGE", 2)
    case = make_case(by=people.officer_bmc, full=True)
    made = {str(make_referral(case, to=to).pk) for to in ("NGO-HOPE", "NGO-RIVER", "SHELTER-BMC")}
    officer, where = client_of(people.officer_bmc), reverse("api_referral_list")
    first = officer.get(where).json()
    second = officer.get(where, {"after": first["next"]}).json()
    assert (len(first["results"]), len(second["results"]), second["next"]) == (2, 1, None)
    assert {one["id"] for one in first["results"] + second["results"]} == made


def test_code_lists_are_kept_by_the_program(officer):
    where = reverse("api_codes", args=["SERVICE"])
    first = officer.get(where)
    assert "private" in first["Cache-Control"]
    assert {"code", "label_km", "label_en"} <= set(first.json()["results"][0])
    again = officer.get(where, headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert (
        officer.get(reverse("api_codes", args=["FORM"]), headers={"if-none-match": first["ETag"]}).status_code
        == 200
    )


def test_the_trail_is_read_in_pages_and_on_itself(people, client_of, events):
    make_case(by=people.officer_bmc)
    auditor, where = client_of(people.auditor), reverse("api_trail")
    told = auditor.get(where, {"kind": "FILE_OPENED"}).json()
    assert [(one["kind"], one["actor"]) for one in told["results"]] == [
        ("FILE_OPENED", str(people.officer_bmc.pk))
    ]
    assert told["results"][0]["sentence"]
    assert events("TRAIL_READ")[-1][4]["filters"] == {"kind": "FILE_OPENED"}
    assert auditor.get(where, {"kind": "DANCING"}).status_code == 400
    assert auditor.get(where, {"after": "x"}).status_code == 400
    assert client_of(people.officer_bmc).get(where).status_code == 403
