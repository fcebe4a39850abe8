"""What people upload: every kind of file as rows of text, and every kind of harm as one sentence."""

import io
import zipfile

import pytest
import xlsxwriter

from cases.register import columns, reading

from .made import as_csv, as_xlsx, read, upload_of

ROWS = [("ឈ្មោះ", "Age"), ("សុខ មករា", "១៧"), ("", ""), ("កែវ ដារ៉ា", "16")]
NAMES = "urn:oasis:names:tc:opendocument:xmlns"
#: As LibreOffice writes one: a million empty rows at the end are one element.
ODS = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f'<office:document-content xmlns:office="{NAMES}:office:1.0" xmlns:table="{NAMES}:table:1.0" '
    f'xmlns:text="{NAMES}:text:1.0" office:version="1.2"><office:body><office:spreadsheet>'
    '<table:table table:name="one">ROWS<table:table-row table:number-rows-repeated="1048000">'
    '<table:table-cell table:number-columns-repeated="1024"/></table:table-row></table:table>'
    "</office:spreadsheet></office:body></office:document-content>"
)
MANIFEST = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f'<manifest:manifest xmlns:manifest="{NAMES}:manifest:1.0"><manifest:file-entry manifest:full-path="/" '
    'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/></manifest:manifest>'
)


def as_ods(rows):
    def cell(text):
        return (
            f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
            if text
            else "<table:table-cell/>"
        )

    body = "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("content.xml", ODS.replace("ROWS", body))
        packed.writestr("META-INF/manifest.xml", MANIFEST)
    return made.getvalue()


FILES = {
    "xlsx": ("r.xlsx", as_xlsx(ROWS)),
    "ods": ("r.ods", as_ods(ROWS)),
    "csv with a mark": ("r.csv", as_csv(ROWS)),
    "csv without": ("r.CSV", as_csv(ROWS, "utf-8")),
    "csv of utf-16": ("r.csv", as_csv(ROWS, "utf-16")),
    "semicolons": ("r.csv", as_csv(ROWS, delimiter=";")),
    "tabs": ("r.csv", as_csv(ROWS, "utf-16", "\t")),
}


@pytest.mark.parametrize("name", FILES)
def test_every_kind_of_file_gives_the_same_rows(name):
    """Empty rows are left out, the others keep the number that the spreadsheet shows."""
    filename, data = FILES[name]
    assert read(data, filename).rows == [
        (1, ["ឈ្មោះ", "Age"]),
        (2, ["សុខ មករា", "១៧"]),
        (4, ["កែវ ដារ៉ា", "16"]),
    ]


def bomb():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * (reading_limit() + 1))
    return made.getvalue()


def reading_limit():
    from cases.register.reader import UNPACKED

    return UNPACKED


def far_corner():
    """Two cells, at the two ends of the world: laid out in full they would fill half a terabyte."""
    return as_xlsx([("a",)], lambda _book, sheet: sheet.write(1_048_575, 16_383, "b"))


def lying():
    """A zip whose directory says that it is small."""
    made = bytearray(bomb())
    at = made.rindex(b"PK\x01\x02")
    made[at + 24 : at + 28] = (10).to_bytes(4, "little")
    return bytes(made)


HARM = {
    "a picture": ("r.png", b"x", "KIND"),
    "no name": ("r", b"x", "KIND"),
    "text in a spreadsheet's name": ("r.xlsx", b"name,age\n", "NOT_A_SHEET"),
    "a spreadsheet in a text's name": ("r.csv", as_xlsx(ROWS), "NOT_A_SHEET"),
    "old letters": ("r.csv", "ឈ្មោះ,âge".encode().replace(b"\xe1\x9e", b"\xff"), "ENCODING"),
    "nothing": ("r.csv", b"", "EMPTY"),
    "empty cells": ("r.csv", b",,,\n,,\n", "EMPTY"),
    "an empty sheet": ("r.xlsx", as_xlsx([]), "EMPTY"),
    "too wide": ("r.csv", as_csv([["x"] * 101]), "TOO_WIDE"),
    "too long": ("r.csv", b"x\n" * 50_051, "TOO_LONG"),
    "a bomb": ("r.xlsx", bomb(), "TOO_BIG"),
    "a bomb that lies": ("r.xlsx", lying(), "NOT_A_SHEET"),
    "the end of the world": ("r.xlsx", far_corner(), "TOO_BIG"),
}


@pytest.mark.asvs("5.2.2", "5.2.3")
@pytest.mark.parametrize("name", HARM)
def test_what_is_no_register_is_told_in_a_sentence(name):
    filename, data, code = HARM[name]
    with pytest.raises(reading.CannotRead) as why:
        reading.read(upload_of(data, filename))
    assert why.value.code == code
    assert str(why.value.sentence)


@pytest.mark.asvs("5.2.1")
def test_a_file_that_is_too_big_is_not_opened():
    upload = upload_of(b"x", "r.xlsx")
    upload.size = reading.BIGGEST + 1
    with pytest.raises(reading.CannotRead, match="BIG_FILE"):
        reading.read(upload)


def test_only_the_first_filled_visible_sheet_is_read_and_the_others_are_told():
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made, {"in_memory": True})
    book.add_worksheet("empty")
    hidden = book.add_worksheet("hidden")
    hidden.write(0, 0, "secret")
    hidden.hide()
    for name in ("one", "two"):
        book.add_worksheet(name).write(0, 0, name)
    book.close()
    sheet = read(made.getvalue(), "r.xlsx")
    assert (sheet.name, sheet.rows, sheet.others) == ("one", [(1, ["one"])], 1)


def test_the_headings_are_found_under_a_title():
    rows = [
        (1, ["Register of 2025", "", "of the office"]),
        (3, ["No", "Name", "Sex", "Age"]),
        (4, ["1", "x", "F", "2"]),
    ]
    assert columns.heading_row(rows) == 3


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("prs_Birthdate", "birth_date"),
        ("PRS_GENDER", "sex"),
        ("vic_TypeOfExploitation", "forms_of"),
        ("cas_Status", "status"),
        ("ភេទ", "sex"),
        (" ថ្ងៃខែឆ្នាំ\u200bកំណើត ", "birth_date"),
        ("Date of Birth", "birth_date"),
        ("Nonsense", ""),
    ],
)
def test_headings_are_known_in_three_languages(heading, column):
    assert columns.guess(heading) == column


def test_no_heading_means_two_things():
    """Within one register the first column of a name wins; a heading itself never stands for two."""
    seen = {}
    for column in columns.COLUMNS:
        for heading in column.headings:
            assert seen.setdefault(columns.plain(heading), column.name) == column.name, heading


@pytest.mark.asvs("1.5.1")
@pytest.mark.parametrize("part", ["xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"])
def test_an_entity_of_a_workbook_opens_nothing(tmp_path, part):
    """Neither a file of the server nor a word that grows without end comes out of it."""
    secret = tmp_path / "secret.txt"
    secret.write_text("of the server")
    inner, outer = '<!ENTITY inner "grown">', '<!ENTITY outer "&inner;&inner;">'
    doctype = f'<!DOCTYPE x [{inner}{outer}<!ENTITY e SYSTEM "{secret.as_uri()}">]>'
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(as_xlsx(ROWS))) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode()
            if name == part:
                head, rest = text.split("?>", 1)
                text = f"{head}?>{doctype}" + rest.replace("<t>", "<t>&e;&outer;", 1).replace(
                    "<v>", "<v>&e;", 1
                )
            new.writestr(name, text)
    assert b"ENTITY" in made.getvalue()
    try:
        said = str(reading.read(upload_of(made.getvalue(), "r.xlsx")).__dict__)
    except reading.CannotRead as refused:
        said = refused.code
    assert "of the server" not in said
    assert "grown" not in said
