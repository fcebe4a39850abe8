"""What can be done to a file: each act whole with its event and its history, or not at all."""

import datetime

import pytest
from django.utils import timezone

from accounts.refusals import Refused
from accounts.sections import Section
from audit.kinds import Precision
from audit.record import Happening
from cases import access, actions, vault
from cases.lifecycle import BY_VERB, Verb
from cases.models import Case, Consent, Note
from cases.sight import actions as sight
from tests.factories import IntakeFactory, make_case

pytestmark = pytest.mark.django_db
RECORDS = ("case", "victim", "identity", "facts", "factanswer", "riskassessment", "consent", "note")


@pytest.fixture
def case(people):
    return make_case(by=people.officer_bmc, full=True)


def counts(outside):
    """How many records, history rows and events there are."""
    found = {name: outside(f"SELECT count(*) FROM cases_{name}")[0][0] for name in RECORDS}
    found |= {f"h {name}": outside(f"SELECT count(*) FROM cases_historical{name}")[0][0] for name in RECORDS}
    return found | {"events": outside("SELECT count(*) FROM audit_event")[0][0]}


def change(before, after):
    return {name: after[name] - before[name] for name in before if after[name] != before[name]}


def test_every_record_of_a_new_file_has_its_first_row_of_history(people, outside):
    before = counts(outside)
    make_case(by=people.officer_bmc, full=True)
    grown = change(before, counts(outside))
    for name in RECORDS:
        assert grown.get(f"h {name}", 0) >= grown.get(name, 0), name
    kinds = outside("SELECT DISTINCT history_type, history_actor FROM cases_historicalvictim")
    assert kinds == [("+", str(people.officer_bmc.pk))]


def test_a_note_is_one_record_one_history_row_one_event(people, as_, case, outside):
    before = counts(outside)
    day = datetime.date(2026, 1, 5)
    happened = Happening(on=day, precision=Precision.ABOUT, done_by="COLLEAGUE", source="PHONE")
    with as_(people.officer_bmc_2):
        note = actions.add_note(case=case, text="កំណត់ត្រា", by=people.officer_bmc_2, happening=happened)
        assert vault.note_text(note) == "កំណត់ត្រា"
    assert change(before, counts(outside)) == {"note": 1, "h note": 1, "events": 1}
    row = outside(
        "SELECT kind, happened_on, precision, done_by, source, actor, case_id FROM audit_event "
        "ORDER BY seq DESC LIMIT 1"
    )[0]
    officer = str(people.officer_bmc_2.pk)
    assert row == ("NOTE_ADDED", day, "ABOUT", "COLLEAGUE", "PHONE", officer, case.pk)


@pytest.mark.asvs("8.2.2", "8.3.1")
def test_to_read_by_one_way_and_to_work_by_another_is_not_to_write(people, as_):
    """Of an organisation's file the ministry adds to the summary; a share opens the notes, to be read. The database
    asks for both in one, and so does the sentence: nobody comes to an error."""
    case = make_case(by=people.ngo_hope, full=True)
    until = timezone.localdate() + datetime.timedelta(days=5)
    notes = Section.SUMMARY | Section.FACTS | Section.NOTES
    with as_(people.ngo_hope):
        sight.share(
            case=case, to=people.identifier, sections=notes, until=until, reason="HELP", by=people.ngo_hope
        )
    with as_(people.identifier):
        assert access.sections_of(people.identifier, case) & Section.WORK
        with pytest.raises(Refused) as no:
            actions.add_note(case=case, text="x", by=people.identifier)
        assert no.value.code == "section:WORK"
        with pytest.raises(Refused) as no:
            access.check_moves(people.identifier, case, BY_VERB[Verb.IDENTIFY])
        assert no.value.code == "section:MOVE"
        with pytest.raises(Refused) as no:
            actions.record_consent(case=case, purpose="STATISTICS", answer="GIVEN", by=people.identifier)
        assert no.value.code == "section:CONSENT"


def test_a_move_is_one_event_and_its_reason_a_note(people, as_, case, outside):
    with as_(people.officer_bmc):
        actions.move(case=case, verb="START_SCREENING", by=people.officer_bmc)
        before = counts(outside)
        actions.move(case=case, verb="FIND_NO_INDICATORS", by=people.officer_bmc, reason="មិនមានសូចនាករ")
    assert change(before, counts(outside)) == {"note": 1, "h note": 1, "h case": 1, "events": 1}
    states = outside("SELECT status FROM cases_historicalcase WHERE id = %s ORDER BY history_id", [case.pk])
    assert [status for (status,) in states][-1] == "NO_INDICATORS"


def test_a_consent_is_added_never_changed(people, as_, case, outside):
    before = counts(outside)
    with as_(people.officer_bmc):
        for answer, day in (("GIVEN", datetime.date(2026, 2, 1)), ("WITHDRAWN", None)):
            actions.record_consent(
                case=case, purpose="PHOTO", answer=answer, given_on=day, by=people.officer_bmc
            )
    assert change(before, counts(outside)) == {"consent": 2, "h consent": 2, "events": 2}


def test_what_was_written_down_is_never_changed(people, as_, case):
    from django.db import ProgrammingError, transaction

    with as_(people.officer_bmc):
        actions.add_note(case=case, text="x", by=people.officer_bmc)
        for model, field in ((Note, {"about": "MOVE"}), (Consent, {"answer": "GIVEN"})):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                model.objects.update(**field)


class TrailIsFull(Exception):
    pass


ACTS = {
    "open_file": lambda case, by: actions.open_file(intake=IntakeFactory(full=True), by=by),
    "open_files": lambda case, by: actions.open_files(intakes=[IntakeFactory(), IntakeFactory()], by=by),
    "add_note": lambda case, by: actions.add_note(case=case, text="x", by=by),
    "move": lambda case, by: actions.move(case=case, verb="START_SCREENING", by=by),
    "record_consent": lambda case, by: actions.record_consent(
        case=case, purpose="PHOTO", answer="NOT_YET", by=by
    ),
}


@pytest.mark.asvs("2.3.3", "16.5.3")
@pytest.mark.parametrize("name", ACTS)
def test_without_its_event_nothing_happens(people, as_, case, outside, monkeypatch, name):
    def full(*args, **kwargs):
        raise TrailIsFull

    before, officer = counts(outside), people.officer_bmc
    monkeypatch.setattr(actions, "record", full)
    monkeypatch.setattr(actions, "record_many", full)
    with as_(officer), pytest.raises(TrailIsFull):
        ACTS[name](case, officer)
    assert counts(outside) == before


def test_every_action_of_this_file_is_tried_here():
    from tests.contracts.test_every_action import ACTIONS

    named = {node.name for module, node in ACTIONS if module.name == "cases/actions.py"}
    assert named == set(ACTS), "Add the new action to ACTS: without its event it must leave nothing."


@pytest.mark.parametrize(
    "name", ["officer_btb", "police_bmc", "committee", "shelter", "auditor", "former", "nobody"]
)
def test_who_does_not_work_on_a_file_adds_nothing(people, as_, case, outside, name):
    before, person = counts(outside), getattr(people, name)
    with as_(person), pytest.raises(Refused):
        actions.add_note(case=case, text="x", by=person)
    assert counts(outside) == before


@pytest.mark.asvs("16.2.5")
def test_no_event_carries_words_of_a_person(people, as_, case, outside):
    """Codes, ids and counts: `detail` is read by auditors who may not read the file."""
    with as_(people.officer_bmc):
        actions.add_note(case=case, text="ស្រីនាង ទូរស័ព្ទ 012345678", by=people.officer_bmc)
        actions.move(case=case, verb="PRESUME", by=people.officer_bmc, reason="ស្រីនាង")
    trail = str(outside("SELECT e::text FROM audit_event e"))
    for word in ("ស្រីនាង", "012345678", "Sreyneang", "ផ្កា"):
        assert word not in trail


@pytest.mark.asvs("15.4.2")
def test_two_officers_one_file_the_second_is_told(people, as_, case):
    from accounts.refusals import Stale

    with as_(people.officer_bmc):
        actions.move(case=case, verb="START_SCREENING", by=people.officer_bmc, version=case.version)
    with as_(people.officer_bmc_2), pytest.raises(Stale):
        actions.move(case=case, verb="PRESUME", by=people.officer_bmc_2, version=case.version)
    with as_(people.officer_bmc):
        assert Case.objects.get(pk=case.pk).status == "SCREENING"
