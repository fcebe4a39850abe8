"""Every kind of event is a whole sentence in both languages."""

import datetime as dt
import uuid

import pytest
from django.utils import translation

from audit.kinds import Kind, Precision
from audit.models import Event
from audit.sentences import SENTENCES, happened, sentence
from audit.words import SYSTEM, Words
from tests.factories import make_case

AT = dt.datetime(2026, 11, 22, 1, 30, tzinfo=dt.UTC)


def event(kind, **values):
    plain = {
        "id": uuid.uuid4(), "seq": 1, "at": AT, "kind": kind, "result": "OK", "actor": "", "actor_name": "សុខ ដារ៉ា",
        "actor_agency": "DOSVY-BMC", "actor_role": "AUDITOR", "object_type": "case", "object_id": "",
        "object_label": "BMC-2026-00417-7", "fields": [], "detail": {}, "happened_on": None, "precision": "DAY",
        "done_by": "", "source": "",
    }  # fmt: skip
    return Event(**{**plain, **values})


@pytest.fixture
def words(people, as_):
    with as_(people.auditor):
        yield Words()


def test_every_kind_has_one():
    assert set(Kind) == set(SENTENCES)


@pytest.mark.parametrize("language", ["km", "en"])
@pytest.mark.parametrize("kind", Kind)
def test_a_sentence_is_whole(words, kind, language):
    """Also of an event whose detail another version wrote: nothing is left out and nothing breaks."""
    with translation.override(language):
        for detail in (
            {},
            {"rows": 3, "ids": ["a"], "from": "GONE", "to": "GONE", "until": "never", "status": 999},
        ):
            text = sentence(event(kind, detail=detail), words)
            assert "%" not in text
            assert text.endswith("។" if language == "km" else ".")
            if kind not in (Kind.SIGN_IN_FAILED, Kind.FACTOR_FAILED):
                assert "សុខ ដារ៉ា" in text


def test_an_unknown_kind_is_shown_as_it_stands(words):
    assert sentence(event("FROM_THE_FUTURE"), words) == "សុខ ដារ៉ា: FROM_THE_FUTURE"


def test_a_move_names_its_states_in_the_readers_language(words):
    moved = event(Kind.FILE_MOVED, detail={"verb": "PRESUME", "from": "SCREENING", "to": "PRESUMED"})
    with translation.override("en"):
        assert sentence(moved, words) == (
            "សុខ ដារ៉ា moved case file BMC-2026-00417-7 from “Screening” to “Presumed victim”."
        )


def test_a_person_is_named_in_the_readers_script(words, people):
    read = event(Kind.FILE_READ, actor=str(people.officer_bmc.pk))
    with translation.override("en"):
        assert sentence(read, words) == "Person officer_bmc opened case file BMC-2026-00417-7."


def test_the_parts_of_the_system_have_names(words):
    from audit.context import SYSTEM_NAMES

    assert {f"system:{name}" for name in SYSTEM_NAMES} == set(SYSTEM)
    with translation.override("en"):
        assert sentence(event(Kind.CODES_LOADED, actor="system:migration"), words) == (
            "The set-up of the database loaded the code lists."
        )


def test_access_names_whom_it_was_given_to(words, people):
    given = event(
        Kind.ACCESS_GRANTED,
        detail={"to": f"person:{people.shelter.pk}", "until": "2026-12-01T00:00:00+00:00"},
    )
    with translation.override("en"):
        assert "gave Person shelter access to case file BMC-2026-00417-7 until 1 December 2026." in sentence(
            given, words
        )


@pytest.mark.parametrize(
    ("precision", "said"),
    [
        (Precision.DAY, "Happened: 3 November 2026"),
        (Precision.ABOUT, "Happened: about 3 November 2026"),
        (Precision.MONTH, "Happened: November 2026"),
        (Precision.YEAR, "Happened: 2026"),
    ],
)
def test_when_it_really_happened(words, precision, said):
    with translation.override("en"):
        note = event(Kind.NOTE_ADDED, happened_on=dt.date(2026, 11, 3), precision=precision)
        assert happened(note, words) == said


def test_what_happened_on_the_same_day_needs_no_second_date(words):
    """22 November in Cambodia is still the 21st in Greenwich for seven hours."""
    late = dt.datetime(2026, 11, 21, 20, 0, tzinfo=dt.UTC)
    assert happened(event(Kind.NOTE_ADDED, at=late, happened_on=dt.date(2026, 11, 22)), words) == ""


def test_who_did_it_and_how_it_is_known(words):
    with translation.override("en"):
        note = event(Kind.NOTE_ADDED, done_by="COLLEAGUE", source="PHONE")
        assert happened(note, words) == "Done by: A colleague · Known by: By phone"


# --- one sentence for each thing that people do -------------------------------------------------------------


@pytest.mark.parametrize("language", ["km", "en"])
def test_each_move_of_a_referral_is_told_as_what_it_is(words, language):
    from referrals.lifecycle import Verb

    with translation.override(language):
        told = {
            verb: sentence(event(Kind.REFERRAL_MOVED, detail={"verb": verb, "to": "ACCEPTED"}), words)
            for verb in (*Verb, "FROM_THE_FUTURE")
        }
    assert len(set(told.values())) == len(told), told
    if language == "en":
        assert told[Verb.APPROVE] == (
            "សុខ ដារ៉ា approved the referral of case file BMC-2026-00417-7 and sent it to the agency."
        )
        assert told["FROM_THE_FUTURE"].endswith("to “Accepted”.")


@pytest.mark.parametrize("language", ["km", "en"])
def test_an_export_says_what_it_holds_and_how(words, language):
    for kind in (Kind.EXPORT_ASKED, Kind.EXPORT_MADE, Kind.EXPORT_TAKEN):
        for shape, name in (("CSV", "CSV"), ("JSONL", "JSON Lines")):
            with translation.override(language):
                text = sentence(event(kind, detail={"kind": "TRAIL", "shape": shape, "rows": 2}), words)
                assert str(translation.gettext("Trail")) in text
                assert name in text


def test_each_read_of_one_act_says_for_what(people, client_of, outside, words):
    """A note: its form, the sending, the act, the file again. No two lines are the same, and each read is there."""
    case = make_case(by=people.officer_bmc)
    client, where = client_of(people.officer_bmc), f"/files/{case.number}/note/"
    client.get(where)
    answer = client.post(where, {"text": "ok", "when": "NOW"}, follow=True)
    assert answer.status_code == 200
    assert client.post(where, {}).status_code == 200, "a form with errors is a read as well"
    done = list(Event.objects.filter(case_id=case.pk).order_by("seq"))
    with translation.override("en"):
        told = [sentence(one, words).removeprefix("Person officer_bmc ") for one in done]
    number = case.number
    assert told == [
        f"made case file {number}.",
        f"opened the form for a note in case file {number}.",
        f"sent the form for a note in case file {number}.",
        f"added a note to case file {number}.",
        f"opened case file {number}.",
        f"sent the form for a note in case file {number}.",
    ]


@pytest.mark.parametrize("language", ["km", "en"])
def test_pages_of_a_referral_are_told_apart(words, language):
    pages = [("referral", False), *((p, s) for p in ("edit", "accept", "send_back") for s in (False, True))]
    with translation.override(language):
        told = {
            sentence(event(Kind.REFERRAL_READ, detail={"page": page, "sent": sent}), words)
            for page, sent in pages
        }
    assert len(told) == len(pages)
