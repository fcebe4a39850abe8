"""Who may see what is computed twice, in Python and in the database, and a third time here, from the personas.

`accounts.access.rights_of` and `begin_actor` must agree for everybody; `case_scope` and `visible_cases` must agree
with the plain rule written down below, which knows nothing of either.
"""

import pytest
from django.db import connection

from accounts.models import Agency
from accounts.roles import CAPABILITIES, Capability, Role
from accounts.sections import EVERYTHING, NOTHING, Section
from cases import access
from cases.answers import Answer
from tests.factories import keep_away, make_case, make_referral
from tests.people import AGENCIES, PEOPLE, rule

pytestmark = pytest.mark.django_db

SETTINGS = {
    "principals": "text[]",
    "provinces": "int[]",
    "roles": "text[]",
    "agencies": "uuid[]",
    "barred": "uuid[]",
}


def told(cursor, name):
    cursor.execute(f"SELECT NULLIF(current_setting('app.{name}', true), '')::{SETTINGS[name]}")
    return set(map(str, cursor.fetchone()[0] or []))


@pytest.mark.parametrize("name", PEOPLE)
def test_python_and_the_database_hold_the_same_rights(people, as_, name):
    person = getattr(people, name)
    with as_(person), connection.cursor() as cursor:
        rights = person.rights
        assert told(cursor, "principals") == rights.principals
        assert told(cursor, "provinces") == set(map(str, rights.open_provinces))
        assert told(cursor, "roles") == rights.roles
        assert told(cursor, "agencies") == set(rights.agencies)
        assert told(cursor, "barred") == rights.barred == set()


def test_both_know_who_is_kept_away(people, as_, hire):
    """A person by themselves and by every agency that they work for, also by a post that reads no file."""
    one, two = make_case(by=people.officer_bmc), make_case(by=people.officer_bmc)
    keep_away(one, people.ngo_hope, by=people.officer_bmc)
    keep_away(two, "NGO-HOPE", by=people.officer_bmc)
    hire(people.head_bmc, "NGO-HOPE", Role.AUDITOR)
    for name, files in (
        ("ngo_hope", {one, two}),
        ("ngo_hope_2", {two}),
        ("head_bmc", {two}),
        ("shelter", set()),
    ):
        person = getattr(people, name)
        with as_(person), connection.cursor() as cursor:
            assert person.rights.barred == {case.pk for case in files}, name
            assert told(cursor, "barred") == {str(case.pk) for case in files}, name


@pytest.mark.parametrize("role", [Role.ANALYST, Role.AUDITOR, Role.ADMINISTRATOR])
def test_a_post_that_reads_no_file_gives_no_sight(people, as_, hire, role):
    """Alone, and beside a post that does: what the watched agency holds stays out of both walls."""
    hire(people.nobody, "DOSVY-BMC", role)
    hire(people.ngo_river, "DOSVY-BMC", role)
    for name, agencies in (("nobody", []), ("ngo_river", ["NGO-RIVER"])):
        person = getattr(people, name)
        with as_(person), connection.cursor() as cursor:
            rights = person.rights
            ids = {str(a.pk) for a in Agency.objects.filter(code__in=agencies)}
            assert told(cursor, "agencies") == set(rights.agencies) == ids
            assert told(cursor, "principals") == rights.principals
            assert told(cursor, "provinces") == rights.open_provinces == set()
            assert not any(one.startswith("province:") for one in rights.principals)
            assert len(rights.homes) == len(agencies) + 1


def test_whatever_is_done_to_a_file_needs_a_post_that_reads_it():
    """Else an act would rest on an agency that gives no sight of its record."""
    of_no_file = {
        Capability.READ_FILE,
        Capability.READ_TRAIL,
        Capability.EXPORT_TRAIL,
        Capability.SEE_COUNTS,
        Capability.GIVE_TOKENS,
        Capability.HAND_OUT_FACTORS,
        Capability.MANAGE_PEOPLE,
        Capability.MANAGE_PLACE,
        Capability.SET_DEADLINES,
    }
    for role, held_by_it in CAPABILITIES.items():
        if held_by_it - of_no_file:
            assert Capability.READ_FILE in held_by_it, role


def test_who_left_or_may_not_sign_in_holds_nothing(people, as_):
    for name in ("former", "disabled", "nobody"):
        person = getattr(people, name)
        with as_(person):
            assert person.rights.principals == frozenset(), name
            assert person.rights.capabilities == frozenset(), name


def test_a_system_actor_holds_no_principal():
    from audit.context import acting, system

    with acting(system("reminder")), connection.cursor() as cursor:
        assert told(cursor, "principals") == set()
        assert told(cursor, "provinces") == set()


# --- the plain rule -----------------------------------------------------------------------------------------


def held(name):
    """(agency, role) pairs that count today."""
    persona = PEOPLE[name]
    if not persona.agency or persona.ends_on or not persona.is_active:
        return []
    return [(persona.agency, persona.role), *persona.also]


#: Rights of one person beside their agency's (tests/people.py).
PERSONAL = {"head_bmc": {22}}


def plain(name, case, opener):
    """What a persona sees of a file of province `case.province_id`, opened by `opener`; no grants."""
    mine = held(name)
    if {role for _agency, role in mine} <= {Role.ANALYST, Role.AUDITOR, Role.ADMINISTRATOR}:
        return NOTHING
    if case.named_only:
        desk = any(role == Role.NATIONAL_DESK for _agency, role in mine)
        return EVERYTHING if name == opener or desk else NOTHING
    seen = NOTHING
    opened_by = PEOPLE[opener].agency
    for agency, _role in mine:
        kind, _home, provinces, _takes = AGENCIES[agency]
        if agency == opened_by:
            seen |= EVERYTHING
        if case.province_id in {*provinces, *PERSONAL.get(name, ())}:
            seen |= rule(kind, AGENCIES[opened_by][0])
    return seen


OPENERS = ("officer_bmc", "officer_btb", "police_bmc", "ngo_hope", "ngo_river")


@pytest.mark.parametrize("opener", OPENERS)
@pytest.mark.parametrize("official", [Answer.NO, Answer.UNSURE])
def test_everybody_sees_what_the_plain_rule_says(people, as_, rows, opener, official):
    """In summary, section by section, by Django's rule and by the database's alone."""
    case = make_case(by=getattr(people, opener), full=True, official_involved=official)
    tables = {
        Section.SUMMARY: "victim",
        Section.IDENTITY: "identity",
        Section.FACTS: "facts",
        Section.RISK: "riskassessment",
        Section.CONSENT: "consent",
    }
    for name, person in vars(people).items():
        expected = plain(name, case, opener)
        with as_(person):
            reads = bool(held(name)) and person.may("READ_FILE")
            got = access.sections_of(person, case)
            assert got == (expected if reads else NOTHING), f"{name}: {got!r}, expected {expected!r}"
            listed = access.visible_cases(person).filter(pk=case.pk).exists()
            assert listed == (reads and bool(expected & Section.SUMMARY)), name
        for section, table in tables.items():
            seen = rows(person, f"SELECT count(*) FROM cases_{table} WHERE case_id = %s", [case.pk])[0][0]
            assert seen == int(bool(expected & section)), f"{name} sees {seen} of cases_{table}"
        seen = rows(person, "SELECT count(*) FROM cases_case WHERE id = %s", [case.pk])[0][0]
        assert seen == int(bool(expected)), f"{name} sees {seen} of cases_case"


def test_an_accepted_referral_adds_what_was_agreed_and_no_more(people, as_, rows):
    case = make_case(by=people.officer_bmc, full=True)
    agreed = Section.SUMMARY | Section.FACTS
    for status, to in (("SUBMITTED", "SHELTER-BMC"), ("APPROVED", "NGO-RIVER"), ("ACCEPTED", "NGO-HOPE")):
        make_referral(case, status=status, to=to, sections=agreed)
    expected = {"shelter": NOTHING, "ngo_river": NOTHING, "ngo_hope": agreed, "ngo_hope_2": agreed}
    for name, sections in expected.items():
        person = getattr(people, name)
        with as_(person):
            assert access.sections_of(person, case) == sections, name
        assert rows(person, "SELECT count(*) FROM cases_identity WHERE case_id = %s", [case.pk]) == [(0,)], (
            name
        )
        assert rows(person, "SELECT count(*) FROM cases_facts WHERE case_id = %s", [case.pk]) == [
            (int(bool(sections & Section.FACTS)),)
        ], name
