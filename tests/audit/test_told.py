"""Sentences told by shapes in the database are word for word those of the trail's own page."""

import csv
import io
import json

import pytest
from django.utils import translation

from audit.context import acting, system
from audit.export import Trail
from audit.kinds import Kind, Result
from audit.models import Event
from audit.queries import numbers_of
from audit.record import Thing, record
from audit.sentences import sentence
from audit.words import Words
from desk import writing
from referrals.access import thing as referral_thing
from tests.factories import make_case, make_referral

pytestmark = pytest.mark.django_db


def one_of_everything(people, as_, referral):
    """An event of each kind, with and without the details that its sentence rests on, in the file and outside it."""
    details = (
        {},
        {"rows": 1, "why": "CLOSED", "status": 404, "page": "note", "from": "REPORTED", "to": "SCREENING",
         "purpose": "REFERRAL", "answer": "GIVEN", "verb": "ACCEPT", "kind": "TRAIL", "shape": "CSV", "role": "AUDITOR",
         "agency": "OFFICE", "named_only": True},
        {"ids": ["a", "b"], "why": "LIMIT", "status": 409, "page": "accept", "sent": True, "named_only": False,
         "to": f"agency:{referral.to_agency_id}", "until": "2026-12-01T00:00:00+00:00", "verb": "GONE"},
    )  # fmt: skip
    things = (
        referral_thing(referral),
        Thing(type="page", id="cases:detail"),
        Thing(type="person", id=str(people.shelter.pk), label="shelter", province=2),
        Thing(type="agency", id=str(referral.to_agency_id), label="NGO-HOPE", province=1),
    )
    for person in (people.officer_bmc, people.desk_reviewer):
        with as_(person):
            for kind in Kind:
                for thing in things:
                    for detail in details:
                        record(kind, thing, detail=detail, fields=["status"] * len(detail))
    with acting(system("sign-in")):
        record(Kind.SIGN_IN_FAILED, Thing(type="session"), result=Result.REFUSED, detail={"why": "PASSWORD"})


@pytest.fixture
def written(people, as_):
    """`written(shape, language)`: an export of everything, as an auditor gets it."""

    def export(shape, language):
        file = io.BytesIO()
        write = {"CSV": writing.write_csv, "JSONL": writing.write_json_lines}[shape]
        with as_(people.auditor), translation.override(language):
            number = write(Trail({"sentences": "1"}, people.auditor).rows(), file, lambda _rows: None)
        return number, file.getvalue()

    return export


@pytest.mark.parametrize("language", ["km", "en"])
def test_every_sentence_is_the_one_of_the_page(people, as_, written, language):
    one_of_everything(people, as_, make_referral(make_case(by=people.officer_bmc, full=True)))
    number, body = written("JSONL", language)
    rows = {row["event_id"]: row for row in map(json.loads, body.splitlines())}
    with as_(people.auditor), translation.override(language):
        words, found = Words(), list(Event.objects.all())
        words.numbers = numbers_of(found)
        assert len(found) == len(rows) == number > 500
        assert list(rows) == [
            str(event.pk) for event in sorted(found, key=lambda event: (event.at, event.seq))
        ]
        for event in found:
            row = rows[str(event.pk)]
            assert row["sentence"] == sentence(event, words), (event.kind, event.detail)
            assert row["agency_name"] == words.agency(event)
            about_staff = event.object_type in ("person", "agency")
            assert row["file_number"] == ("" if about_staff else words.record(event))


@pytest.mark.asvs("1.2.10")
def test_a_name_that_is_a_formula_is_none_in_a_spreadsheet(people, as_, written):
    from accounts.models import Agency, User

    with as_(people.administrator):
        User.objects.filter(pk=people.officer_bmc.pk).update(full_name_latin="=1+1")
        Agency.objects.filter(code="DOSVY-BMC").update(name_en="@SUM(A1)")
    case = make_case(by=people.officer_bmc)
    with as_(people.officer_bmc):
        record(Kind.FILE_READ, Thing(type="case", label="+CMD", case_id=case.pk))
    _number, body = written("CSV", "en")
    last = list(csv.DictReader(io.StringIO(body[3:].decode(), newline="")))[-1]
    assert last["sentence"] == "'=1+1 opened case file +CMD."
    assert (last["agency_name"], last["file_number"]) == ("'@SUM(A1)", "'+CMD")
