"""Excel files of the trail, and what stands in their way: formulas, signs that XML does not know, too many rows."""

import datetime as dt
import io
import uuid
import zipfile

import pytest
from django.db import connection

from audit.export import STORED
from audit.kinds import Kind
from audit.record import Happening, Thing, record
from desk import workbook
from desk.cells import is_harmless
from desk.writing import BLOCK

from .taken import ask, busy, download, sheet
from .test_exports import PAYLOADS


@pytest.fixture
def taken(auditor, work, mine):
    """`taken(**filter)`: (title, heading, rows) of a workbook, from the button to the open file."""

    def take(**chosen):
        assert ask(auditor, "TRAIL", "XLSX", **chosen).status_code == 303
        work()
        export = mine()[-1]
        assert export.status == "READY", export.why
        response, body = download(auditor, export)
        assert response["Content-Type"].endswith("spreadsheetml.sheet")
        found = sheet(body)
        assert len(found[2]) == export.rows
        return (*found, body)

    return take


def test_a_workbook_holds_what_the_filter_shows(taken, people, as_, outside):
    busy(people, as_, 2 * BLOCK + 7, happening=Happening(on=dt.date(2026, 1, 2)))
    title, heading, rows, body = taken(kind="FILE_READ")
    assert (title, heading) == ("Trail", [column.name for column in STORED])
    stored = outside("SELECT id::text, object_label FROM audit_event WHERE kind = 'FILE_READ' ORDER BY seq")
    assert [(row["event_id"], row["object_label"]) for row in rows] == stored
    assert rows[0]["happened_on"] == dt.date(2026, 1, 2)
    assert isinstance(rows[0]["time_phnom_penh"], dt.datetime)
    assert (rows[0]["province"], rows[0]["layout"], rows[0]["done_by"]) == (1, 1, "")
    xml = zipfile.ZipFile(io.BytesIO(body)).read("xl/worksheets/sheet1.xml").decode()
    assert 'ySplit="1"' in xml
    assert 'state="frozen"' in xml
    assert "<f>" not in xml


@pytest.mark.asvs("1.2.10")
def test_no_cell_is_a_formula(taken, people, as_):
    for payload in PAYLOADS:
        with as_(people.officer_bmc), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('app.actor_name', %s, true)", [payload])
            record(
                Kind.FILE_READ,
                Thing(type="case", id=payload, label=payload),
                happening=Happening(source=payload),
            )
    _title, _heading, rows, _body = taken(kind="FILE_READ")
    assert len(rows) == len(PAYLOADS)
    for row, payload in zip(rows, PAYLOADS, strict=True):
        for name in ("object_id", "object_label", "actor_name", "source"):
            # A line break inside a cell is one sign to XML, whatever it was.
            assert row[name].replace("\r\n", "\n") == "'" + payload.replace("\r", "\n"), name


@pytest.mark.parametrize(
    ("odd", "read"),
    [
        ("\x01\x02\x0bno\x1fsigns", "nosigns"),
        ("\x02123\x05", "123"),
        ("\x02=1+1\x05", "'=1+1"),
        ("a\\b\\", "a\\b\\"),
        ("<c>&amp;</c>]]>", "<c>&amp;</c>]]>"),
        ("two\nlines, ខ្មែរ 🐘", "two\nlines, ខ្មែរ 🐘"),
        ("\ufffe\uffff.", "."),
    ],
)
def test_odd_signs_break_no_workbook(taken, people, as_, odd, read):
    """Beside rows without them: what is found in one row of a block is mended in that block."""
    busy(people, as_, 3)
    with as_(people.officer_bmc):
        record(Kind.FILE_READ, Thing(type="case", id=odd, label=odd))
    busy(people, as_, 3)
    _title, _heading, rows, _body = taken(kind="FILE_READ")
    assert (rows[3]["object_id"], rows[3]["object_label"]) == (read, read)
    assert {row["object_id"] for row in rows if row is not rows[3]} == {""}
    assert rows[3]["province"] == ""


def test_a_cell_holds_no_more_than_excel_takes(taken, people, as_):
    with as_(people.officer_bmc):
        record(Kind.FILE_READ, Thing(type="case"), detail={"long": "x" * 40_000})
    _title, _heading, (row,), _body = taken(kind="FILE_READ")
    assert len(row["detail"]) == workbook.MOST_SIGNS
    assert row["detail"].endswith("…")


def test_more_rows_than_a_sheet_holds_are_refused_with_a_sentence(
    auditor, people, as_, work, mine, monkeypatch
):
    monkeypatch.setattr("desk.exports.MOST_ROWS", 2)
    busy(people, as_, 3)
    ask(auditor, "TRAIL", "XLSX", kind="FILE_READ")
    ask(auditor, "TRAIL", "CSV", kind="FILE_READ")
    work(2)
    assert [(export.status, export.why, export.tries) for export in mine()] == [
        ("FAILED", "TOO_LONG", 1),
        ("READY", "", 1),
    ]
    assert "An Excel sheet holds 1,048,575 lines" in auditor.get("/exports/").content.decode()


def test_one_odd_row_leaves_the_others_of_its_block_as_they_are():
    """The rows of a block become the same XML together, one by one, and beside a row that is read cell by cell."""
    lines = [
        "1\x1f\x042\x05\x1fa & b\x1f\n",
        "2\x1f\x04\x05\x1f«ក»\x1fx\n",
        "3\x1f\x043\x05\x1f=1+1\x1fa\\tb\n",
    ]
    block, kinds = [line.encode() for line in lines], [0, 4, 0, 0]
    one, two, odd = (workbook._row(line, kinds) for line in block)
    assert b"'=1+1" in odd
    assert workbook._as_xml(block[:2], kinds) == one + two
    assert workbook._as_xml(block, kinds) == one + two + odd


def test_nearly_every_block_is_taken_as_it_is():
    """Cells like ours send nobody looking; each way to begin a formula does."""
    plain = (
        f'{uuid.uuid4()},2026-01-02T07:00:00+07:00,BMC-2026-00417-7,"{{""a"": ""b"", ""n"": 7}}",ខ្មែរ (ក)\n'
    )
    assert is_harmless(plain.encode() * 100)
    assert is_harmless("x,«ខ្មែរ» «ក»,“a” – b - c,a\u00a0b, \u200bខ,d = e | 5 %,y\n".encode())
    for payload in PAYLOADS:
        if not payload.startswith("\n"):
            for cell in (payload, f'"{payload}"'):
                assert not is_harmless((plain + f"x,{cell},y\n" + plain).encode()), repr(payload)
