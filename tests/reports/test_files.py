"""The table on paper and as files: the same figures, numbers as numbers, and nothing typed is ever run."""

import csv
import io
import json

import pytest
import typst
from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from python_calamine import CalamineWorkbook

from audit.context import acting, system
from reports import actions, months, paper, spreadsheets, vault, words
from reports.access import visible_tables
from tests.factories import make_case, make_table

pytestmark = pytest.mark.django_db
LAST = months.last_over(timezone.localdate())
NASTY = '=HYPERLINK("x")\n#panic("run") $x$ @label *bold* </script>'


@pytest.fixture
def signed(people):
    make_table("DOSVY-BMC", months.before(LAST), status="SIGNED")
    return make_table("DOSVY-BMC", LAST, status="SIGNED", remarks=NASTY)


def sheet_for(person, table, language="km"):
    with acting(person.as_actor()), translation.override(language):
        found = visible_tables(person).select_related("prepared_by", "signed_by").get(pk=table.pk)
        return found, words.sheet(found, vault.words_of(found))


@pytest.mark.parametrize(("language", "said"), [("km", "តារាងប្រចាំខែ"), ("en", "Monthly table")])
def test_paper_holds_the_table_in_khmer_and_english(people, signed, language, said):
    found, sheet = sheet_for(people.reviewer, signed, language)
    assert said in sheet.title
    with translation.override(language):
        made = paper.pdf(found, sheet)
        data = paper._data(found, sheet)
    assert made.startswith(b"%PDF-")
    assert b"NotoSansKhmer" in made, "the letters are in the file: no machine needs to have them"
    assert data["unsigned"] == ""
    assert dict(data["sheet"]["words"])[data["sheet"]["words"][-1][0]] == NASTY
    assert paper.pdf(found, sheet) == paper.pdf(found, sheet), "the same table is the same file"


@pytest.mark.asvs("1.2.1", "1.3.7")
def test_what_was_typed_is_printed_and_never_run(people, signed):
    """The template is asked for its own headings: words of people are in none, and nothing of them was carried out."""
    found, sheet = sheet_for(people.reviewer, signed)
    data = json.dumps(paper._data(found, sheet), ensure_ascii=False)
    fonts = [str(folder) for folder in settings.PRINT_FONTS if folder.is_dir()]
    asked = typst.query(
        str(paper.TEMPLATE), "heading", sys_inputs={"data": data}, font_paths=fonts, ignore_system_fonts=True
    )
    headings = json.loads(asked)
    assert len(headings) >= 6
    assert "panic" not in json.dumps(headings)


def test_a_draft_says_so_on_paper(people):
    table = make_table("DOSVY-BMC", LAST)
    found, sheet = sheet_for(people.officer_bmc, table)
    assert paper._data(found, sheet)["unsigned"] != ""


def test_excel_holds_numbers_as_numbers_and_text_as_text(people, signed):
    _found, sheet = sheet_for(people.reviewer, signed, "en")
    with translation.override("en"):
        rows = (
            CalamineWorkbook.from_filelike(io.BytesIO(spreadsheets.as_xlsx(sheet)))
            .get_sheet_by_index(0)
            .to_python()
        )
    heads = next(row for row in rows if row[0] == "Agency")
    whole = next(row for row in rows if row[0] == "The whole province")
    line = dict(zip(heads, whole, strict=True))
    assert line["Open at the start"] == 0.0
    assert isinstance(line["Open at the end"], float)
    assert line["Services"] == "begins later"
    assert next(row[1] for row in rows if row[0] == "Remarks") == NASTY


@pytest.mark.asvs("1.2.10")
def test_csv_has_its_mark_and_no_formula(people, signed):
    _found, sheet = sheet_for(people.reviewer, signed, "en")
    with translation.override("en"):
        content = spreadsheets.as_csv(sheet)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert next(row[1] for row in rows if row and row[0] == "Remarks") == f"'{NASTY}"


def test_every_form_holds_the_figures_of_the_page(people, client_of):
    make_case(by=people.officer_bmc, full=True)
    make_case(by=people.police_bmc)
    with acting(system("report")):
        agency = make_table("DOSVY-BMC", LAST).agency
        table = actions._counted(agency, months.first_of(timezone.localdate()), edition=1)
    with translation.override("en"), acting(people.officer_bmc.as_actor()):
        sheet = words.sheet(table, {})
        rows = list(csv.reader(io.StringIO(spreadsheets.as_csv(sheet).decode("utf-8-sig"), newline="")))
    whole = [cell.value for cell in sheet.lines[-1].cells[:7]]
    assert whole == [0, 2, 0, 0, 0, 0, 2]
    assert [int(n) for n in next(row for row in rows if row and row[0] == "The whole province")[1:8]] == whole
    persons = next(part for part in sheet.parts if part.id == "persons")
    assert {line.label: [c.value for c in line.cells] for line in persons.lines}["Girls"] == [1, 1]


@pytest.mark.asvs("5.4.1", "5.4.2")
@pytest.mark.parametrize("shape", ["pdf", "xlsx", "csv"])
def test_a_download_is_on_the_trail_and_named_without_a_person(people, client_of, events, signed, shape):
    response = client_of(people.reviewer).get(reverse("reports:take", args=[signed.pk, shape]))
    assert response.status_code == 200
    assert (
        response["Content-Disposition"] == f'attachment; filename="DOSVY-BMC-{LAST:%Y-%m}-edition-1.{shape}"'
    )
    assert response["Cache-Control"] == "no-store, private"
    ((_kind, _result, actor, _label, detail),) = events("TABLE_TAKEN")
    assert (actor, detail["shape"]) == (str(people.reviewer.pk), shape.upper())
