"""Exports of the trail: what the filter shows, exactly; for the maker alone; whole or not at all."""

import datetime as dt
import hashlib
import json
import stat
import uuid

import pytest
from django.db import connection
from django.db.models import F
from django.test import override_settings

from accounts.models import Membership
from audit.export import COLUMNS, STORED
from audit.kinds import Kind
from audit.record import Happening, Thing, record
from desk import exports
from desk.models import Export
from tests import ground
from tests.factories import make_case, make_referral
from tests.people import SPACE

from .taken import URL, busy, download, table
from .taken import ask as ask_for

NAMES = [column.name for column in STORED]


def ask(client, shape="CSV", **chosen):
    return ask_for(client, "TRAIL", shape, **chosen)


# --- from the button to the file ----------------------------------------------------------------------------


def test_a_csv_holds_what_the_filter_shows(auditor, people, as_, work, mine, outside, events):
    busy(people, as_, 7, happening=Happening(on=dt.date(2026, 1, 2), precision="MONTH", done_by="COLLEAGUE"))
    assert ask(auditor, kind="FILE_READ", since="01/01/2026").status_code == 303
    (waiting,) = mine()
    assert (waiting.status, waiting.rows) == ("WAITING", None)
    work()
    (export,) = mine()
    assert (export.status, export.rows, export.tries) == ("READY", 7, 1)
    response, body = download(auditor, export)
    assert hashlib.sha256(body).hexdigest() == export.sha256
    assert len(body) == export.bytes
    rows = table(body)
    assert list(rows[0]) == NAMES
    stored = outside(
        "SELECT id::text, encode(content_hash, 'hex') FROM audit_event WHERE kind = 'FILE_READ' ORDER BY seq"
    )
    assert [(row["event_id"], row["content_hash"]) for row in rows] == stored
    one = rows[0]
    assert one["actor_id"] == str(people.officer_bmc.pk)
    assert (one["actor_name"], one["agency"], one["role"]) == (
        "មនុស្ស officer_bmc",
        "DOSVY-BMC",
        "PROVINCIAL_OFFICER",
    )
    assert (one["happened_on"], one["precision"], one["done_by"]) == ("2026-01-02", "MONTH", "COLLEAGUE")
    utc, local = (dt.datetime.fromisoformat(one[name]) for name in ("time_utc", "time_phnom_penh"))
    assert utc == local
    assert local.utcoffset() == dt.timedelta(hours=7)
    assert response["Content-Disposition"] == f'attachment; filename="trail-{dt.date.today():%Y-%m-%d}.csv"'  # noqa: DTZ011
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]


def test_json_lines_hold_the_exact_values(auditor, people, as_, work, mine, outside):
    odd = 'a "quoted" \\ back\\slash,\n=1+1 \u2028 ខ្មែរ 🐘 \x01'
    with as_(people.officer_bmc):
        record(
            Kind.FILE_READ,
            Thing(type="case", label=odd),
            fields=["status", "risk"],
            detail={"odd": odd, "n": 7},
        )
    ask(auditor, "JSONL", kind="FILE_READ")
    work()
    (export,) = mine()
    _response, body = download(auditor, export)
    assert body.endswith(b"}\n")
    (one,) = [json.loads(line) for line in body.decode().split("\n")[:-1]]
    assert list(one) == NAMES
    assert one["object_label"] == odd
    assert one["detail"] == {"odd": odd, "n": 7}
    assert one["fields"] == ["risk", "status"]
    assert one["case_id"] is None
    assert outside("SELECT encode(content_hash, 'hex') FROM audit_event WHERE kind = 'FILE_READ'") == [
        (one["content_hash"],)
    ]


def test_the_export_is_on_the_trail(auditor, people, as_, work, mine, events):
    busy(people, as_, 2)
    ask(auditor, kind="FILE_READ", person=str(people.officer_bmc.pk))
    work()
    (export,) = mine()
    download(auditor, export)
    told = {
        "kind": "TRAIL",
        "shape": "CSV",
        "filters": {"kind": "FILE_READ", "person": str(people.officer_bmc.pk)},
    }
    me = str(people.auditor.pk)
    assert [(e[2], e[4]) for e in events("EXPORT_ASKED")] == [(me, told)]
    assert [(e[2], e[4]) for e in events("EXPORT_MADE")] == [
        (me, {**told, "rows": 2, "sha256": export.sha256})
    ]
    assert [(e[2], e[4]) for e in events("EXPORT_TAKEN")] == [(me, {**told, "sha256": export.sha256})]


def test_an_export_of_nothing_is_a_file_with_a_heading(auditor, work, mine):
    ask(auditor, kind="CODES_LOADED", since="1/1/2199")
    work()
    (export,) = mine()
    assert (export.status, export.rows) == ("READY", 0)
    assert table(download(auditor, export)[1]) == []


def test_the_files_of_one_person_are_made_one_after_the_other(auditor, work, mine):
    ask(auditor)
    ask(auditor, "JSONL")
    work(2)
    assert [export.status for export in mine()] == ["READY", "READY"]


# --- spreadsheets -------------------------------------------------------------------------------------------

PAYLOADS = [
    lead + start + "cmd|' /C calc'!A0"
    for lead in ("", " ", "\t", "\r", "\n", "\u00a0", "\u3000", "  \t ")
    for start in ("=", "+", "-", "@", "＝", "＋", "－", "＠")
]


@pytest.mark.asvs("1.2.10")
def test_no_cell_is_a_formula(auditor, people, as_, work, mine):
    """Every payload in every column that a person or a client can write into."""
    for payload in PAYLOADS:
        with as_(people.officer_bmc), connection.cursor() as cursor:
            for name in ("request", "agency", "role", "actor_name"):
                cursor.execute("SELECT set_config(%s, %s, true)", [f"app.{name}", payload])
            record(
                Kind.FILE_READ,
                Thing(type=payload, id=payload, label=payload),
                fields=[payload],
                detail={payload: payload},
                happening=Happening(done_by=payload, source=payload),
            )
    ask(auditor, kind="FILE_READ")
    work()
    (export,) = mine()
    rows = table(download(auditor, export)[1])
    assert len(rows) == len(PAYLOADS) == 64
    for row, payload in zip(rows, PAYLOADS, strict=True):
        for name, cell in row.items():
            assert not cell.strip("\t\r\n \u00a0\u3000").startswith(tuple("=+-@＝＋－＠")), (name, cell)
            assert not cell.startswith(("\t", "\r", "\n")), (name, cell)
        for name in ("request", "object_id", "object_label", "fields", "done_by", "source", "actor_name"):
            assert row[name] == "'" + payload


def test_harmless_text_stays_as_it_is(auditor, people, as_, work, mine):
    with as_(people.officer_bmc):
        record(Kind.FILE_READ, Thing(type="case", id="a=b", label="BMC-2026-00417-7"))
    ask(auditor, kind="FILE_READ")
    work()
    (export,) = mine()
    (row,) = table(download(auditor, export)[1])
    assert (row["object_id"], row["object_label"]) == ("a=b", "BMC-2026-00417-7")


# --- what people read beside the codes (more in tests/audit/test_told.py) -----------------------------------


@pytest.mark.parametrize(("language", "named"), [("en", "Agency NGO-HOPE"), ("km", "ស្ថាប័ន NGO-HOPE")])
def test_words_are_in_the_language_of_who_asked(auditor, people, work, mine, language, named):
    """A referral carries the number of its file, the agency its name, the event its sentence."""
    case = make_case(by=people.officer_bmc, full=True)
    make_referral(case, status="ACCEPTED")
    auditor.cookies["django_language"] = language
    ask(auditor, kind="REFERRAL_MOVED", agency=str(uuid.uuid5(SPACE, "NGO-HOPE")), sentences="1")
    work()
    (export,) = mine()
    (row,) = table(download(auditor, export)[1])
    assert list(row) == [column.name for column in COLUMNS]
    assert (row["object_label"], row["file_number"]) == ("", case.number)
    assert (row["agency"], row["agency_name"]) == ("NGO-HOPE", named)
    english = f"Person ngo_hope accepted the referral of case file {case.number}."
    assert (row["sentence"] == english) is (language == "en")
    assert case.number in row["sentence"]


# --- for the maker alone ------------------------------------------------------------------------------------


def test_somebody_elses_file_is_not_there(auditor, client_of, people, work, mine, outside, events):
    ask(auditor)
    work()
    (export,) = mine()
    other = client_of(people.administrator)
    address = f"{URL}{export.pk}/file/"
    assert outside("SELECT status FROM desk_export WHERE id = %s", [export.pk]) == [("READY",)]
    there, missing = other.get(address), other.get(f"{URL}{uuid.uuid4()}/file/")
    assert there.status_code == missing.status_code == 404
    assert str(export.pk) not in other.get(URL).content.decode()
    assert events("EXPORT_TAKEN") == []
    assert len(events("REFUSED")) == 2


def test_the_second_wall_hides_it_too(auditor, people, work, mine, rows, as_):
    ask(auditor)
    assert len(mine()) == 1
    assert rows(people.auditor, "SELECT count(*) FROM desk_export") == [(1,)]
    assert rows(people.administrator, "SELECT count(*) FROM desk_export") == [(0,)]
    with as_(people.administrator):
        assert Export.objects.update(maker=people.administrator) == 0


@pytest.mark.parametrize("name", ["officer_bmc", "ngo_hope", "committee", "analyst", "nobody"])
def test_who_may_not_export_is_refused(client_of, people, outside, name):
    client = client_of(getattr(people, name))
    assert client.get(URL).status_code == 403
    assert ask(client).status_code == 403
    assert outside("SELECT count(*) FROM desk_export") == [(0,)]


@pytest.mark.asvs("8.3.3")
def test_the_worker_has_the_makers_rights_not_its_own(auditor, people, as_, work, mine, events):
    """A role that ends between asking and making: no file, and the trail says why not."""
    busy(people, as_, 3)
    ask(auditor)
    with as_(people.administrator):
        Membership.objects.filter(person=people.auditor).update(ends_on=F("starts_on"))
    work(4)
    (export,) = mine()
    assert export.status == "FAILED"
    assert not exports.file_of(export.pk).exists()
    assert [event[1] for event in events("EXPORT_MADE")] == ["FAILED"]


def test_a_ready_file_needs_the_role_still(auditor, people, as_, work, mine):
    ask(auditor)
    work()
    (export,) = mine()
    with as_(people.administrator):
        Membership.objects.filter(person=people.auditor).update(ends_on=F("starts_on"))
    assert auditor.get(f"{URL}{export.pk}/file/").status_code == 403


def test_a_file_closes_when_its_maker_sees_something_else(client_of, people, as_, work, fresh_db, hire):
    """Made with the sight of one post; the same person with another one asks anew."""
    make_case(by=people.officer_bmc, full=True)
    client = client_of(people.head_bmc)
    client.cookies["django_language"] = "en"
    assert client.post(URL, {"export": "FILES", "shape": "CSV", "once": uuid.uuid4().hex}).status_code == 303
    work()
    with as_(people.head_bmc):
        export = Export.objects.get()
    assert len(table(download(client, export)[1])) == export.rows == 1
    hire(people.head_bmc, "MOSVY", "MINISTRY_REVIEWER")
    response = client.get(f"{URL}{export.pk}/file/")
    assert response.status_code == 410
    assert "This file is closed to you now" in response.content.decode()


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("head_bmc", {"FILES", "REFERRALS"}),
        ("reviewer", {"FILES", "REFERRALS"}),
        ("shelter", {"FILES", "REFERRALS"}),
        ("auditor", {"TRAIL"}),
        ("administrator", {"TRAIL"}),
        ("officer_bmc", set()),
        ("ngo_hope", set()),
        ("desk_1", set()),
        ("committee", set()),
        ("analyst", set()),
    ],
)
def test_who_may_ask_for_which(client_of, people, as_, fresh_db, name, kinds):
    """Rows of files go to nobody who only watches or counts; the trail to nobody who works on files."""
    make_referral(make_case(by=people.officer_bmc, full=True), status="APPROVED", to="SHELTER-BMC")
    person = getattr(people, name)
    client = client_of(person)
    for kind in ("FILES", "REFERRALS", "TRAIL"):
        assert client.post(URL, {"export": kind, "shape": "XLSX", "once": uuid.uuid4().hex}).status_code == (
            303 if kind in kinds else 403
        ), kind
    with as_(person):
        assert set(Export.objects.values_list("kind", flat=True)) == kinds
    for page, kind in (("/files/", "FILES"), ("/referrals/", "REFERRALS"), ("/trail/", "TRAIL")):
        response = client.get(page)
        drawn = f'name="export" value="{kind}"' in response.content.decode()
        has_rows = name != "shelter" or kind != "FILES"
        assert drawn is (kind in kinds and has_rows), page


# --- kept for a day -----------------------------------------------------------------------------------------


@pytest.mark.asvs("5.3.2")
def test_the_file_is_for_us_alone_and_named_by_nothing(auditor, work, mine):
    ask(auditor)
    work()
    (export,) = mine()
    path = exports.file_of(export.pk)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [each.name for each in path.parent.iterdir()] == [str(export.pk)]


def test_after_a_day_it_is_deleted_and_the_page_says_so(auditor, people, as_, work, mine):
    ask(auditor)
    work()
    (export,) = mine()
    assert export.expires_at - export.made_at == dt.timedelta(hours=24)
    with as_(people.auditor):
        Export.objects.update(expires_at=F("made_at"))
    response = auditor.get(f"{URL}{export.pk}/file/")
    assert response.status_code == 410
    assert "This file has been deleted" in response.content.decode()
    work()
    assert not exports.file_of(export.pk).exists()
    assert "Deleted after 24 hours" in auditor.get(URL).content.decode()


def test_only_our_own_old_files_are_deleted(auditor, work, mine):
    ask(auditor)
    work()
    (export,) = mine()
    folder = exports.file_of(export.pk).parent
    (folder / "keep.txt").write_text("somebody put this here")
    (folder / f"{uuid.uuid4()}.part").write_text("a killed worker left this")
    work()
    assert sorted(each.name for each in folder.iterdir()) == sorted([str(export.pk), "keep.txt"])


# --- when something fails -----------------------------------------------------------------------------------


def test_a_full_or_closed_disk_is_tried_three_times_then_told(auditor, work, mine, tmp_path, events):
    (tmp_path / "files").write_text("a file where the folder should be")
    ask(auditor)
    work()
    assert [(e.status, e.tries) for e in mine()] == [("WAITING", 1)]
    work(3)
    assert [(e.status, e.tries) for e in mine()] == [("FAILED", 3)]
    assert "It could not be made." in auditor.get(URL).content.decode()
    assert [event[1] for event in events("EXPORT_MADE")] == ["FAILED"]
    assert auditor.get(f"{URL}{mine()[0].pk}/file/").status_code == 404


def test_a_part_never_looks_whole(auditor, people, as_, work, mine):
    """An exporter that writes less than it counted leaves no file."""
    with override_settings(EXPORTERS={"TRAIL": "tests.desk.short.Short"}):
        ask(auditor)
        work(4)
        (export,) = mine()
    assert export.status == "FAILED"
    assert not exports.file_of(export.pk).exists()


def test_a_worker_that_died_is_followed_by_another(auditor, people, as_, work, mine):
    """ "Being made" without a lock on the row: its maker is gone."""
    ask(auditor)
    with as_(people.auditor):
        Export.objects.update(status="MAKING", tries=1)
    work()
    assert [(e.status, e.tries) for e in mine()] == [("READY", 2)]


def test_its_page_says_how_far_it_is_and_that_it_was_cut_off(auditor, people, as_, mine, fresh_db):
    import psycopg

    ask(auditor)
    with as_(people.auditor):
        Export.objects.update(status="MAKING", tries=2, total=4000, done=1000)
    (export,) = mine()
    with psycopg.connect(**ground.conninfo("loader", connection.settings_dict["NAME"])) as maker:
        maker.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"export {export.pk}"])
        body = auditor.get(URL).content.decode()
        assert '<progress class="k-progress" max="100" value="25"' in body
        assert "1,000 of 4,000" in body
        assert "It was cut off before and is made anew, try 2 of 3." in body
    body = auditor.get(URL).content.decode()
    assert "<progress" not in body
    assert "It was cut off. The next worker begins anew, you need not ask again." in body


def test_one_that_is_being_made_is_claimed_by_nobody_else(auditor, people, as_, work, mine):
    """Its maker holds no row, so that progress can be written; the lock is another."""
    import psycopg

    ask(auditor)
    with as_(people.auditor):
        Export.objects.update(status="MAKING", tries=1)
    (export,) = mine()
    with psycopg.connect(**ground.conninfo("loader", connection.settings_dict["NAME"])) as other:
        other.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"export {export.pk}"])
        work()
        assert [(e.status, e.tries) for e in mine()] == [("MAKING", 1)]
    work()
    assert [(e.status, e.tries) for e in mine()] == [("READY", 2)]


def test_one_that_kills_every_worker_comes_to_an_end(auditor, people, as_, work, mine):
    ask(auditor)
    with as_(people.auditor):
        Export.objects.update(status="MAKING", tries=3)
    work()
    assert [e.status for e in mine()] == ["FAILED"]


def test_what_another_worker_is_making_is_left_alone(auditor, work, mine):
    import psycopg

    ask(auditor)
    (export,) = mine()
    with psycopg.connect(**ground.conninfo("loader", connection.settings_dict["NAME"])) as other:
        other.execute("SELECT 1 FROM desk_export WHERE id = %s FOR UPDATE", [export.pk])
        work()
        assert [(e.status, e.tries) for e in mine()] == [("WAITING", 0)]
    work()
    assert [e.status for e in mine()] == ["READY"]


@pytest.mark.parametrize(
    "sent",
    [
        {"export": "EVERYTHING", "shape": "CSV"},
        {"export": "TRAIL", "shape": "XLS"},
        {"export": "TRAIL"},
        {},
        {"export": "TRAIL", "shape": "CSV", "since": "32/13/2026"},
        {"export": "TRAIL", "shape": "CSV", "person": "x' OR 1=1 --"},
        {"export": "TRAIL", "shape": "CSV", "record": "\x00"},
    ],
)
def test_a_form_that_nobody_drew_asks_for_nothing(auditor, mine, sent):
    response = auditor.post(URL, sent)
    assert response.status_code == 200
    assert "The export was not asked for" in response.content.decode()
    assert mine() == []


def test_the_same_form_twice_asks_once(auditor, mine):
    sent = {"export": "TRAIL", "shape": "CSV", "once": uuid.uuid4().hex}
    assert auditor.post(URL, sent).status_code == 303
    assert auditor.post(URL, sent).status_code in (302, 303)
    assert len(mine()) == 1


def test_the_page_of_a_late_export_says_that_it_waits(auditor, people, as_, mine):
    ask(auditor)
    with as_(people.auditor):
        Export.objects.update(asked_at=F("asked_at") - dt.timedelta(minutes=2))
    body = auditor.get(URL).content.decode()
    assert "does not answer at the moment" in body
    assert "1 file is not ready yet." in body


def test_the_page_says_what_each_file_holds(auditor, people, django_assert_num_queries):
    person = str(people.officer_bmc.pk)
    auditor.get(URL)
    ask(auditor, person=person, kind="FILE_READ")
    body = auditor.get(URL).content.decode()
    assert "Who: Person officer_bmc · What was done: Opened a file" in body
    ask(auditor, since="1/2/2026")
    assert "First day: 1 February 2026" in auditor.get(URL).content.decode()


@pytest.mark.journey
def test_the_open_page_shows_by_itself_that_a_file_is_ready(browser_page, people, as_, work):
    """With JavaScript the list looks again; without, "Look again" does."""
    busy(people, as_, 1)
    page = browser_page(people.auditor, lang="en")
    page.goto("/trail/")
    page.click("button[name=shape][value=CSV]")
    page.wait_for_selector(".k-tag--wait")
    work()
    page.wait_for_selector(".k-tag--done")
    with page.expect_download() as download:
        page.click("a[download]")
    assert download.value.suggested_filename.startswith("trail-")
