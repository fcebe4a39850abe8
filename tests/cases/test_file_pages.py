"""A file in the browser: who sees what of it, notes, moves, identity, search, and what each leaves on the trail."""

import html
import re

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import gettext

from accounts import codes
from accounts.models import Place
from accounts.refusals import NotNow
from cases import actions, queries
from cases.models import Case, Note
from tests.factories import make_case

MOVE = {"happened_on_day": "", "source": "", "done_by": ""}


@pytest.fixture
def case(people):
    return make_case(by=people.officer_bmc, full=True)


def _alike(response, number):
    """The page without what differs between any two answers: its key, and the number that was asked for."""
    body = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", response.content.decode())
    return body.replace(number, "#")


def url(name, case, *more):
    return reverse(f"cases:{name}", args=[case.number, *more])


def test_the_file_opens_for_its_province_and_is_the_same_404_as_none_for_another(
    people, case, client_of, events
):
    here, there = client_of(people.officer_bmc), client_of(people.officer_btb)
    assert here.get(url("detail", case)).status_code == 200
    hidden = there.get(url("detail", case))
    missing = there.get(reverse("cases:detail", args=["BMC-2026-99999-9"]))
    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert _alike(hidden, case.number) == _alike(missing, "BMC-2026-99999-9")
    assert [e[2] for e in events("FILE_READ")] == [str(people.officer_bmc.pk)]
    assert [e[2] for e in events("REFUSED")] == [str(people.officer_btb.pk)] * 2


@pytest.mark.asvs("14.2.6", "16.3.2")
def test_the_identity_is_shown_on_request_and_the_showing_is_on_the_trail(people, case, client_of, events):
    client = client_of(people.officer_bmc)
    assert "Sok Sreyneang" not in client.get(url("detail", case)).content.decode()
    shown = client.post(url("identity", case))
    assert "Sok Sreyneang" in shown.content.decode()
    assert shown["Cache-Control"] == "no-store, private"
    assert len(events("IDENTITY_READ")) == 1


def test_a_reviewer_reads_the_file_but_not_the_identity(people, case, client_of):
    client = client_of(people.reviewer)
    body = client.get(url("detail", case)).content.decode()
    assert case.number in body
    refused = client.post(url("identity", case))
    assert refused.status_code == 403
    assert "Sok Sreyneang" not in body + refused.content.decode()


def test_a_note_says_when_who_and_how(people, case, client_of, as_, events):
    client = client_of(people.officer_bmc)
    note = {
        "text": "បានជួបនៅមណ្ឌល",
        "happened_on_day": "៣",
        "happened_on_month": "2",
        "happened_on_year": "2026",
        "done_by": "COMMUNE_COMMITTEE",
        "source": "PHONE",
    }
    assert client.post(url("note", case), note)["Location"] == url("detail", case)
    assert "បានជួបនៅមណ្ឌល" in client.get(url("detail", case)).content.decode()
    with as_(people.officer_bmc):
        kept = Note.objects.get()
        assert (str(kept.happened_on), kept.precision, kept.done_by, kept.source) == (
            "2026-02-03",
            "DAY",
            "COMMUNE_COMMITTEE",
            "PHONE",
        )
        assert "ជួប".encode() not in bytes(kept.text_sealed)
    assert len(events("NOTE_ADDED")) == 1


def test_a_note_that_cannot_be_is_refused_and_its_text_stays(people, case, client_of, as_):
    client = client_of(people.officer_bmc)
    answer = client.post(url("note", case), {"text": "រឿង", "happened_on_year": "2090"})
    assert "រឿង" in answer.content.decode()
    assert "govuk-error-message" in answer.content.decode()
    with as_(people.officer_bmc):
        assert not Note.objects.exists()


def test_one_legal_move_and_one_that_is_not_open(people, case, client_of, as_):
    client = client_of(people.officer_bmc)
    done = client.post(url("move", case, "start_screening"), MOVE | {"version": case.version})
    assert done["Location"] == url("detail", case)
    closed = client.post(url("move", case, "follow_up"), MOVE | {"version": case.version + 1})
    assert closed.status_code == 200
    assert closed.context["is_closed"] is True
    assert closed.context["form"].errors
    with as_(people.officer_bmc):
        case.refresh_from_db()
        assert case.status == "SCREENING"


def test_an_older_form_is_refused_and_its_words_are_kept(people, case, client_of, as_):
    first, second = client_of(people.officer_bmc), client_of(people.officer_bmc_2)
    first.post(url("move", case, "start_screening"), MOVE | {"version": case.version})
    late = second.post(
        url("move", case, "find_no_indicators"), MOVE | {"version": case.version, "reason": "មិនមានសូចនាករ"}
    )
    assert late.status_code == 409
    assert "មិនមានសូចនាករ" in second.get(url("move", case, "find_no_indicators")).content.decode()
    with as_(people.officer_bmc):
        case.refresh_from_db()
        assert (case.status, case.version) == ("SCREENING", 2)


def test_search_finds_names_numbers_and_nothing_of_another_province(people, case, client_of, events):
    here, there = client_of(people.officer_bmc), client_of(people.officer_btb)
    find = reverse("cases:find")
    for question in (
        "សុខ ស្រីនាង",
        "sok  SREYNEANG",
        "Sreyneang Sok",
        "012-345-678",
        "+855 12 345 678",
        case.number.lower(),
        case.number.replace("-", ""),
    ):
        assert case.number in here.post(find, {"question": question}).content.decode(), question
        assert f"/files/{case.number}/" not in there.post(find, {"question": question}).content.decode()
    searched = events("FILE_SEARCHED")
    assert len(searched) == 14
    assert "ស្រីនាង" not in str(searched)


def test_the_list_costs_the_same_with_one_and_with_many(people, client_of, case):
    client = client_of(people.officer_bmc)
    client.get(reverse("cases:list"))  # code lists are read once a process
    counts = []
    for _round in range(2):
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse("cases:list"))
        counts.append(len(captured))
        for _more in range(3):
            make_case(by=people.officer_bmc)
    assert counts[0] == counts[1]


def test_a_list_tells_files_apart_by_their_word_where_the_notes_are_open(people, client_of, case):
    """The file word is part of the notes: a committee that sees the summary alone does not read it."""
    bare = make_case(by=people.officer_bmc, alias="រទេះក្រហម")
    for name, sees in (("officer_bmc", True), ("reviewer", True), ("committee", False)):
        body = client_of(getattr(people, name)).get(reverse("cases:list")).content.decode()
        assert bare.number in body
        assert ("រទេះក្រហម" in body) == sees, name


def test_pages_of_the_list_lead_on_and_back(people, client_of, case, monkeypatch):
    """Three pages of two: on by "Next", back by "Previous", and every file once."""
    monkeypatch.setattr(queries, "PAGE", 2)
    numbers = [case.number, *(make_case(by=people.officer_bmc).number for _more in range(4))][::-1]
    client, address, seen = client_of(people.officer_bmc), reverse("cases:list"), []

    def look(query):
        body = client.get(address + query).content.decode()
        led = {rel: html.unescape(url) for rel, url in re.findall(r'rel="(prev|next)" href="([^"]*)"', body)}
        return (
            re.findall(r">(BMC-\d{4}-\d{5}-\d)<", body),
            led,
            re.search(r"<p>(\d+ \D+ \d+ \D+ \d+)", body)[1],
        )

    pages, query = [], ""
    while query is not None:
        rows, led, told = look(query)
        pages.append(rows)
        seen.append(told)
        query = led.get("next")
    assert pages == [numbers[:2], numbers[2:4], numbers[4:]]
    assert [re.findall(r"\d+", told) for told in seen] == [["1", "2", "5"], ["3", "4", "5"], ["5", "5", "5"]]
    back, led, told = look(led["prev"])
    assert back == numbers[2:4]
    assert re.findall(r"\d+", told) == ["3", "4", "5"]
    assert look(led["next"])[0] == numbers[4:]
    first, led, _told = look(led["prev"])
    assert first == numbers[:2]
    assert "prev" not in led


def test_the_summary_shows_what_its_label_says_and_no_more(people, client_of, as_):
    """Number, province, owner, sex, age band, form, status: of an organisation's file the department sees no more."""
    with as_(people.officer_bmc):
        commune = Place.objects.filter(level="COMMUNE", province=1).order_by("pk").first()
        home = Place.objects.filter(level="DISTRICT", province=1).order_by("pk").last()
    more = {"commune": commune, "district": commune.parent, "home_district": home, "risk_level": "HIGH"}
    case = make_case(by=people.ngo_hope, full=True, **more)
    here, owner = client_of(people.officer_bmc), client_of(people.ngo_hope)
    address = reverse("api_case_detail", args=[case.number])
    closed = dict.fromkeys(("risk_level", "channel", "reported_on", "reported_precision"))
    for client, sees in ((owner, True), (here, False)):
        page = client.get(url("detail", case)).content.decode()
        assert case.number in page
        for words in (commune.name_km, home.name_km, gettext("High"), codes.label("CHANNEL", case.channel)):
            assert (words in page) == sees, words
        assert (case.number in client.get(reverse("cases:list"), {"risk": "HIGH"}).content.decode()) == sees
        told = client.get(address).json()
        assert (closed.items() <= told.items()) == (not sees)
        assert (told["person"]["nationality"] is None) == (not sees)
        assert told["person"]["sex"]
        listed = client.get(reverse("api_case_list")).json()["results"]
        assert [row["risk_level"] for row in listed if row["number"] == case.number] == [
            "HIGH" if sees else None
        ]
    row = re.search(rf"{case.number}.*?</tr>", here.get(reverse("cases:list")).content.decode(), re.DOTALL)[0]
    assert gettext("High") not in row
    assert codes.label("FORM", case.form) in here.get(url("detail", case)).content.decode()


@pytest.mark.parametrize("number", ["a\x00b", "x" * 500, "🙂", "\u202eBMC"])
def test_a_guessed_number_is_not_found(people, client_of, number, db):
    assert client_of(people.officer_bmc).get(reverse("cases:detail", args=[number])).status_code == 404


def test_the_api_reads_by_the_same_rule(people, case, client_of):
    here, there = client_of(people.officer_bmc), client_of(people.officer_btb)
    listed = here.get(reverse("api_case_list")).json()["results"]
    assert [row["number"] for row in listed] == [case.number]
    assert there.get(reverse("api_case_list")).json()["results"] == []
    assert here.get(reverse("api_case_detail", args=[case.number])).json()["person"]["is_child"] == "YES"
    assert there.get(reverse("api_case_detail", args=[case.number])).status_code == 404
    assert client_of(None).get(reverse("api_case_list")).status_code == 401


def test_a_closure_asks_for_a_reason_of_the_list(people, client_of, as_):
    """Proposed with the request, shown to whoever decides, changed by them, and gone once the file is open again."""
    case = make_case(by=people.officer_bmc, full=True, status="FOLLOW_UP")
    officer, head = client_of(people.officer_bmc), client_of(people.head_bmc)
    given = MOVE | {"reason": "ជីវភាពមានស្ថិរភាព", "version": case.version}
    for wrong in ("", "NO_SUCH_CODE"):
        answer = officer.post(url("move", case, "ask_closure"), given | {"closure": wrong})
        assert (answer.status_code, "closure" in answer.context["form"].errors) == (200, True)
    assert officer.post(url("move", case, "ask_closure"), given | {"closure": "OTHER"}).status_code == 302
    asked = head.get(url("move", case, "close")).context["form"]
    assert asked["closure"].value() == "OTHER"
    given |= {"version": case.version + 1, "closure": "NO_SUPPORT_NEEDED"}
    assert head.post(url("move", case, "close"), given).status_code == 302
    said = codes.label("CLOSURE", "NO_SUPPORT_NEEDED")
    assert said in officer.get(url("detail", case)).content.decode()
    with as_(people.officer_bmc):
        kept = Case.history.filter(id=case.pk).order_by("history_id")
        assert [(row.closure, row.layout) for row in kept][-2:] == [("OTHER", 3), ("NO_SUPPORT_NEEDED", 3)]
        with pytest.raises(NotNow):
            actions.move(case=case, verb="ASK_CLOSURE", by=people.officer_bmc, reason="x", closure="")
        again = actions.move(case=case, verb="REOPEN", by=people.officer_bmc, reason="came back")
        assert again.closure == ""
        with pytest.raises(IntegrityError, match="closure_of_a_file"), transaction.atomic():
            Case.objects.filter(pk=case.pk).update(closure="OTHER")
