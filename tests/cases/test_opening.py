"""Opening a file: what it makes, what a refused consent leaves out, and who sees a named-only one from when."""

import pytest
from django.db import connection

from accounts.refusals import Refused
from audit.kinds import Kind
from cases import access, actions
from cases.answers import Answer, ConsentAnswer
from cases.models import Case
from tests.factories import IntakeFactory, make_case

pytestmark = pytest.mark.django_db


def visible(as_, person):
    with as_(person):
        return set(access.visible_cases(person).values_list("number", flat=True))


def test_a_file_needs_only_channel_place_and_alias(people, as_, events):
    case = make_case(by=people.officer_bmc)
    assert case.status == "REPORTED"
    assert case.number.startswith("BMC-")
    assert case.version == 1
    assert case.agency.code == "DOSVY-BMC"
    assert not case.named_only
    (event,) = events(Kind.FILE_OPENED)
    assert event == ("FILE_OPENED", "OK", str(people.officer_bmc.pk), case.number, event[4])
    assert event[4] == {"channel": "HOTLINE_117", "identity": False, "named_only": False}


def test_opening_writes_exactly_one_event(people, events):
    before = len(events())
    make_case(by=people.officer_bmc, full=True)
    assert len(events()) == before + 1


def test_numbers_of_a_province_follow_each_other(people):
    first, second = make_case(by=people.officer_bmc), make_case(by=people.officer_bmc)
    other = make_case(by=people.officer_btb)
    assert int(second.number.split("-")[2]) == int(first.number.split("-")[2]) + 1
    assert other.number.startswith("BTB-")


def test_each_part_of_a_full_story_becomes_a_record(people, outside):
    case = make_case(by=people.officer_bmc, full=True)
    counts = {
        table: outside(f"SELECT count(*) FROM cases_{table} WHERE case_id = %s", [case.pk])[0][0]
        for table in ("victim", "identity", "facts", "factanswer", "riskassessment", "consent")
    }
    assert counts == {
        "victim": 1,
        "identity": 1,
        "facts": 1,
        "factanswer": 5,
        "riskassessment": 1,
        "consent": 1,
    }


# --- consent ------------------------------------------------------------------------------------------------


def test_refused_consent_makes_a_file_without_identity(people, outside):
    case = make_case(by=people.officer_bmc, full=True, consent=ConsentAnswer.REFUSED, consent_on=None)
    assert outside("SELECT count(*) FROM cases_victim WHERE case_id = %s", [case.pk]) == [(1,)]
    assert outside("SELECT count(*) FROM cases_identity WHERE case_id = %s", [case.pk]) == [(0,)]
    assert outside("SELECT count(*) FROM cases_identitykey WHERE case_id = %s", [case.pk]) == [(0,)]
    assert outside("SELECT answer FROM cases_consent WHERE case_id = %s", [case.pk]) == [("REFUSED",)]


def test_consent_not_yet_possible_keeps_what_was_told(people, outside):
    case = make_case(by=people.officer_bmc, full=True, consent=ConsentAnswer.NOT_YET, consent_on=None)
    assert outside("SELECT count(*) FROM cases_identity WHERE case_id = %s", [case.pk]) == [(1,)]


def test_no_name_stands_anywhere_in_clear(people, outside):
    make_case(by=people.officer_bmc, full=True)
    tables = outside(
        "SELECT relname FROM pg_class WHERE relname ~ '^(cases|audit)_' AND relkind IN ('r', 'p') "
        "AND NOT relispartition AND relname !~ '^cases_(casecount|granted)' ORDER BY relname"
    )
    for (table,) in tables:
        text = str(outside(f"SELECT t::text FROM {table} t"))
        assert "ស្រីនាង" not in text, f"{table} holds a name in clear: seal it (cases/vault.py)."
        assert "345678" not in text, f"{table} holds a phone number in clear: seal it (cases/vault.py)."
        assert "recruiter lives" not in text, f"{table} holds a narrative in clear: seal it (cases/vault.py)."


# --- named only ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("answer", [Answer.YES, Answer.UNSURE])
def test_a_file_about_an_official_is_seen_by_its_creator_and_the_desk_alone(people, as_, answer):
    case = make_case(by=people.officer_bmc, full=True, official_involved=answer)
    seeing = {name for name, person in vars(people).items() if case.number in visible(as_, person)}
    assert seeing == {"officer_bmc", "desk_1", "desk_2", "desk_reviewer"}


def test_a_colleague_finds_it_neither_in_lists_counts_nor_the_trail(people, as_, rows):
    open_one = make_case(by=people.officer_bmc, full=True)
    hidden = make_case(by=people.officer_bmc, full=True, official_involved=Answer.YES)
    colleague = people.officer_bmc_2
    assert visible(as_, colleague) == {open_one.number}
    assert rows(colleague, "SELECT number FROM cases_case") == [(open_one.number,)]
    assert rows(colleague, "SELECT count(*) FROM cases_historicalcase WHERE id = %s", [hidden.pk]) == [(0,)]
    assert rows(colleague, "SELECT count(*) FROM audit_event WHERE case_id = %s", [hidden.pk]) == [(0,)]
    assert rows(colleague, "SELECT count(*) FROM accounts_subjectkey WHERE subject = %s", [hidden.pk]) == [
        (0,)
    ]
    for table in ("victim", "identity", "identitykey", "facts", "factanswer", "riskassessment", "consent"):
        assert rows(colleague, f"SELECT count(*) FROM cases_{table} WHERE case_id = %s", [hidden.pk]) == [
            (0,)
        ], table


def test_not_even_the_ministry_and_the_committee_see_it(people, as_, rows):
    hidden = make_case(by=people.officer_bmc, official_involved=Answer.YES)
    for name in ("reviewer", "identifier", "committee", "head_bmc", "police_bmc", "auditor"):
        person = getattr(people, name)
        assert hidden.number not in visible(as_, person), name
        assert rows(person, "SELECT count(*) FROM cases_case WHERE id = %s", [hidden.pk]) == [(0,)], name


class Stop(Exception):
    """Ends an action in the middle."""


EVERYBODY = """
SELECT set_config('app.principals', array_agg(p)::text, true) FROM (
    SELECT 'person:' || id AS p FROM accounts_user UNION SELECT 'agency:' || id FROM accounts_agency
    UNION SELECT 'province:1:' || kind FROM accounts_agency UNION SELECT 'named-desk'
) principals
"""


def test_it_is_hidden_from_the_very_first_insert_on(people, as_, monkeypatch):
    """Right after the row of the file is in, before anything else is, its scope already names two alone."""
    seen = set()

    def look(keys):
        with connection.cursor() as cursor:
            cursor.execute(EVERYBODY)
            cursor.execute("SELECT principal FROM cases_casescope WHERE case_id = %s", [keys[0].subject])
            seen.update(principal for (principal,) in cursor.fetchall())
        raise Stop

    monkeypatch.setattr(actions.vault, "store_keys", look)
    officer = people.officer_bmc
    with pytest.raises(Stop), as_(officer):
        actions.open_file(intake=IntakeFactory(official_involved=Answer.YES), by=officer)
    assert seen == {"named-desk", f"person:{officer.pk}"}


# --- who may ------------------------------------------------------------------------------------------------


def test_nobody_makes_a_file_in_another_province(people, as_):
    from accounts.models import Province

    with as_(people.officer_bmc), pytest.raises(Refused) as refusal:
        actions.open_file(intake=IntakeFactory(province=Province.objects.get(pk=2)), by=people.officer_bmc)
    assert refusal.value.code == "province"


@pytest.mark.parametrize(
    "name", ["reviewer", "shelter", "committee", "auditor", "administrator", "former", "nobody"]
)
def test_who_may_not_make_files_is_refused_and_leaves_nothing(people, as_, name, outside):
    person = getattr(people, name)
    with as_(person), pytest.raises(Refused):
        actions.open_file(intake=IntakeFactory(), by=person)
    assert outside("SELECT count(*) FROM cases_case") == [(0,)]


def test_an_organisation_may_open_a_file_anywhere_and_the_department_sees_its_summary(people, as_):
    case = make_case(by=people.ngo_hope, full=True)
    assert case.number in visible(as_, people.officer_bmc)
    with as_(people.officer_bmc):
        assert not access.visible_cases(people.officer_bmc, access.Section.IDENTITY).exists()
        assert str(access.sections_of(people.officer_bmc, case)) == str(
            access.Section.SUMMARY | access.Section.REFERRALS
        )
    assert case.number not in visible(as_, people.ngo_river)
    assert case.number not in visible(as_, people.officer_btb)


def test_a_file_is_never_deleted_by_the_site(people, as_):
    from django.db import ProgrammingError, transaction

    case = make_case(by=people.officer_bmc)
    with as_(people.officer_bmc):
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            Case.objects.filter(pk=case.pk)._raw_delete("default")
        assert Case.objects.filter(pk=case.pk).exists()
