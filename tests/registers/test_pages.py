"""The pages of a register, as somebody of a provincial office uses them."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import gettext as _

from cases.models import Register
from cases.register import reading
from tests.browsing import hidden

from .made import as_csv, as_xlsx, import_register, make_register, now, parts, read

URL = "/files/registers/"
ROWS = [
    ("Name", "ភេទ", "Age", "=Sum"),
    ("Sok Makara", "F", "16", ""),
    ("Keo Dara", "what", "17", ""),
    ("Ly Pisey", "M", "many", ""),
]
pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(client_of, people):
    return client_of(people.officer_bmc)


def send(client, data, name="register.csv"):
    return client.post(URL, {"file": SimpleUploadedFile(name, data)})


def words(answer):
    return answer.content.decode()


def test_from_a_spreadsheet_to_files(officer, people, as_):
    """Every page in turn, each sent as a browser sends it."""
    answer = send(officer, as_xlsx(ROWS), "register.xlsx")
    assert answer.status_code == 302
    page = officer.get(answer["Location"])
    assert "Sok Makara" in words(page)
    columns = {f"column_{at}": name for at, name in enumerate(["name", "sex", "age", ""])}
    form = {**columns, "official_involved": "NO", "province": "1", "channel": "HOTLINE_117", **hidden(page)}
    answer = officer.post(answer["Location"], form)
    assert answer["Location"].endswith("/words/")
    page = officer.get(answer["Location"])
    assert "what" in words(page)
    answer = officer.post(answer["Location"], {"word_sex_0": "MALE", **hidden(page)})
    assert answer.status_code == 302
    with as_(people.officer_bmc):
        register = Register.objects.get()
    assert register.status == "CHECKING"
    assert "<progress" in words(officer.get(answer["Location"]))
    parts(register, people.officer_bmc)
    page = officer.get(answer["Location"])
    assert "Sok Makara" in words(page)
    answer = officer.post(f"{URL}{register.pk}/import/", hidden(page))
    assert answer.status_code == 302
    assert parts(register, people.officer_bmc).imported == 2
    page = words(officer.get(answer["Location"]))
    assert "Sok Makara" not in page


def test_a_file_that_is_none_is_told_on_the_page(officer, outside):
    for name, data, code in (
        ("a.png", b"x", "KIND"),
        ("a.xlsx", b"x", "NOT_A_SHEET"),
        ("a.csv", b"\xff\xfe\xff", "ENCODING"),
    ):
        answer = send(officer, data, name)
        assert answer.status_code == 200
        assert str(reading.SENTENCES[code]) in words(answer)
    answer = officer.post(URL, {})
    assert str(_("Choose a file.")) in words(answer)
    assert outside("SELECT count(*) FROM cases_register") == [(0,)]


@pytest.mark.asvs("5.3.1")
def test_an_upload_never_touches_the_disk(settings):
    from django.core.files.uploadhandler import TemporaryFileUploadHandler, load_handler

    handlers = [load_handler(path, None) for path in settings.FILE_UPLOAD_HANDLERS]
    assert not any(isinstance(one, TemporaryFileUploadHandler) for one in handlers)


@pytest.mark.asvs("5.2.1")
def test_what_is_too_big_is_let_pass_and_told(officer):
    answer = send(officer, b"x" * (reading.BIGGEST + 100_000))
    assert str(reading.SENTENCES["BIG_FILE"]) in words(answer)


def test_one_thing_is_read_from_one_column_only(officer, people, as_):
    answer = send(officer, as_csv(ROWS))
    form = {"column_0": "name", "column_1": "name", "official_involved": "NO", "province": "1"}
    page = words(officer.post(answer["Location"], form))
    assert (
        _("Column %(letters)s is said to be the same. A thing is read from one column only.")
        % {"letters": "A"}
        in page
    )
    assert _("No column says so: choose what counts for every row.") in page


def test_whether_an_official_is_involved_must_be_said(officer):
    answer = send(officer, as_csv(ROWS))
    page = officer.post(answer["Location"], {"column_0": "name", "province": "1", "channel": "HOTLINE_117"})
    assert page.status_code == 200
    assert 'href="#id_official_involved_0"' in words(page)


def test_the_problems_are_shown_with_what_stands_there_and_downloaded_without(officer, people):
    register = make_register(people.officer_bmc, ROWS)
    page = words(officer.get(f"{URL}{register.pk}/problems/"))
    assert "many" in page
    assert "B: ភេទ" in page
    body = officer.get(f"{URL}{register.pk}/problems/file/").content
    assert body.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(body[3:].decode(), newline="")))
    assert [line[:2] for line in lines[1:]] == [["3", "B: ភេទ"], ["4", "C: Age"]]
    for value in ("what", "many", "Dara"):
        assert value not in body.decode()


def test_in_either_language(officer, people):
    from cases.register.wrong import Wrong

    register = make_register(people.officer_bmc, ROWS)
    from django.utils import translation

    for language in ("km", "en"):
        officer.cookies["django_language"] = language
        page = words(officer.get(f"{URL}{register.pk}/problems/"))
        with translation.override(language):
            assert str(Wrong.AGE_UNREADABLE.label) in page


def test_seeing_rows_is_on_the_trail(officer, people, events):
    register = make_register(people.officer_bmc, ROWS)
    officer.get(f"{URL}{register.pk}/problems/")
    assert events("REGISTER_READ")[-1][4] == {"rows": 2}


def test_taking_back_asks_first(officer, people):
    register = import_register(people.officer_bmc, ROWS)
    page = officer.get(f"{URL}{register.pk}/take-back/")
    assert page.status_code == 200
    officer.post(f"{URL}{register.pk}/take-back/", hidden(page))
    assert parts(register, people.officer_bmc).status == "UNDONE"


def test_a_register_that_was_not_imported_can_be_deleted(officer, people, outside):
    register = make_register(people.officer_bmc, ROWS)
    page = officer.get(f"{URL}{register.pk}/delete/")
    assert officer.post(f"{URL}{register.pk}/delete/", hidden(page)).status_code == 302
    assert now(register, people.officer_bmc).status == "DROPPED"
    assert outside("SELECT count(*) FROM cases_registerpart") == [(0,)]


def test_the_headings_can_stand_elsewhere(officer, people, as_):
    rows = [("a", "b"), ("Name", "Sex"), ("Sok Makara", "F")]
    answer = send(officer, as_csv([("Age", "Sex"), *rows[1:]]))
    register_url = answer["Location"].removesuffix("columns/")
    officer.post(f"{register_url}headings/", {"row": "2"})
    with as_(people.officer_bmc):
        assert Register.objects.get().rows == 1
    assert "A: Name" in words(officer.get(answer["Location"]))


@pytest.mark.parametrize("language", ["km", "en"])
def test_the_sample_is_understood_by_the_import_itself(officer, people, language):
    officer.cookies["django_language"] = language
    data = officer.get(f"{URL}sample/").content
    register = make_register(people.officer_bmc, read(data, "register.xlsx"))
    assert (register.rows, register.good, register.wrong) == (2, 2, 0)
