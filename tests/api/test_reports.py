"""Monthly tables for programs: what the pages show, to whom they show it, and nothing can be written."""

import datetime

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, override

from audit.context import acting, system
from reports import actions, figures, months, vault, words
from reports.access import visible_tables
from tests.factories import make_case, make_table

pytestmark = pytest.mark.django_db
LAST = months.last_over(timezone.localdate())
BEFORE = months.before(LAST)
LIST = "/api/v1/reports/"


@pytest.fixture
def tables(people):
    """A month that is signed and being corrected, one that is being prepared, and one of another department."""
    make_case(by=people.officer_bmc)
    signed = make_table("DOSVY-BMC", BEFORE, status="SIGNED", remarks="ឈឺពីរនាក់")
    draft = make_table("DOSVY-BMC", LAST, remarks="")
    elsewhere = make_table("DOSVY-BTB", LAST)
    with acting(people.head_bmc.as_actor()):
        again = actions.correct(table=signed, reason="One file was counted twice.", by=people.head_bmc)
    return {"signed": signed, "draft": draft, "elsewhere": elsewhere, "again": again}


def ids(client, **query):
    answer = client.get(LIST, query)
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


def detail(client, table, **headers):
    return client.get(reverse("api_report", args=[table.pk]), headers=headers)


@pytest.mark.parametrize("who", ["officer_bmc", "head_bmc", "officer_btb", "reviewer", "desk_reviewer"])
def test_list_and_table_are_those_of_the_pages(people, client_of, as_, tables, who):
    client, person = client_of(getattr(people, who)), getattr(people, who)
    with as_(person):
        own = {str(one.pk) for one in visible_tables(person)}
    assert set(ids(client)) == own
    for table in tables.values():
        page = client.get(reverse("reports:table", args=[table.pk])).status_code
        assert detail(client, table).status_code == page == (200 if str(table.pk) in own else 404)
    assert (str(tables["signed"].pk) in own) == (who != "officer_btb"), "both answers are among them"
    assert (str(tables["draft"].pk) in own) == (who in ("officer_bmc", "head_bmc"))


def test_whoever_has_no_tables_is_refused_and_nobody_writes(people, client_of, tables):
    answer = client_of(people.ngo_hope).get(LIST)
    assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")
    client = client_of(people.head_bmc)
    for method in (client.post, client.put, client.patch, client.delete):
        assert method(LIST).status_code == 405
        assert method(reverse("api_report", args=[tables["draft"].pk])).status_code == 405


def test_a_table_says_what_its_page_says(people, client_of, tables, as_):
    told = detail(client_of(people.head_bmc), tables["signed"]).json()
    with as_(people.head_bmc):
        row = visible_tables(people.head_bmc).get(pk=tables["signed"].pk)
        sheet = words.sheet(row, vault.words_of(row))
    assert told["remarks"] == "ឈឺពីរនាក់" == dict(sheet.words)[gettext("Remarks")]
    assert (told["status"], told["is_final"], told["edition"]) == ("SIGNED", True, 1)
    assert told["fingerprint"] == sheet.fingerprint != ""
    assert told["prepared_by"] == str(people.officer_bmc.pk) != told["signed_by"] == str(people.head_bmc.pk)
    assert [line["counts"] for line in told["rows"]] == [line["counts"] for line in row.figures]
    assert told["open_start"] + told["came_in"] - told["went_out"] == told["open_end"]
    again = detail(client_of(people.head_bmc), tables["again"]).json()
    assert again["replaces"] == told["id"]
    assert again["reason"] == "One file was counted twice."
    assert again["differences"] == [
        {"figure": key, "before": old, "now": now} for key, old, now in tables["again"].differs
    ]


def test_the_look_is_on_the_trail_and_a_known_version_is_not_sent_twice(people, client_of, tables, events):
    client = client_of(people.reviewer)
    first = detail(client, tables["signed"])
    known = detail(client, tables["signed"], **{"if-none-match": first["ETag"]})
    other = detail(client, tables["signed"], **{"if-none-match": '"99"'})
    assert (known.status_code, known.content, other.status_code) == (304, b"", 200)
    assert known["ETag"] == first["ETag"]
    assert [event[4] for event in events("TABLE_READ")] == [{"page": "api"}] * 3


def test_pages_follow_on_each_other(people, client_of, tables, monkeypatch):
    monkeypatch.setattr("reports.api.views.PAGE", 1)
    client = client_of(people.head_bmc)
    found, after = [], ""
    while after is not None:
        body = client.get(LIST, {"after": after} if after else {}).json()
        found += [row["id"] for row in body["results"]]
        after = body["next"]
    assert found == [str(tables[name].pk) for name in ("draft", "again", "signed")]


def test_filters_are_those_that_are_named(people, client_of, tables):
    client = client_of(people.head_bmc)
    here, there = (tables[name].province.code for name in ("signed", "elsewhere"))
    assert ids(client, month=f"{LAST:%Y-%m}") == [str(tables["draft"].pk)]
    assert ids(client, status="SIGNED", province=here) == [str(tables["signed"].pk)]
    assert ids(client, province=there) == []
    wrong = [
        {"month": "2026-13"},
        {"month": "May"},
        {"status": "signed"},
        {"province": "BMC"},
        {"after": "x"},
        {"year": "1"},
    ]
    for query in wrong:
        assert client.get(LIST, query).status_code == 400, query


@pytest.mark.parametrize("language", ["km", "en"])
def test_what_the_figures_mean_is_told_in_the_readers_language(people, client_of, tables, language):
    client = client_of(people.officer_bmc)
    answer = client.get("/api/v1/reports/definitions/", headers={"accept-language": language})
    told = {one["figure"]: one for one in answer.json()["results"]}
    with acting(system("report")):
        counted = {
            row.key for row in figures.rows(1, timezone.now() - datetime.timedelta(days=1), timezone.now())
        }
    assert counted
    for key in counted:
        what, _colon, code = key.partition(":")
        assert key in told or code in told[what]["codes"], key
    with override(language):
        assert told["OPEN_END"]["label"] == str(words.BY_KEY["OPEN_END"].label)
    again = client.get(
        "/api/v1/reports/definitions/", headers={"accept-language": language, "if-none-match": answer["ETag"]}
    )
    assert again.status_code == 304
