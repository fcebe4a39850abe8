"""The demonstration is whole, true to the rules, and dated as if it had really happened."""

from collections import Counter
from itertools import pairwise

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from accounts.models import Province, User
from audit.context import acting, system
from cases import numbers
from cases.access import visible_cases
from cases.answers import Answer
from cases.models import Case, Facts, Victim
from cases.states import Status
from config.demo import paths, people
from referrals.access import visible_referrals
from referrals.states import Status as Asked

from .. import ground
from .conftest import CASES


@pytest.fixture
def loader(demo):
    with ground.connected("loader"), acting(system("demo")):
        yield


def test_every_province_and_every_state_that_a_move_leads_to(everything):
    assert everything("SELECT count(*), count(DISTINCT province_id) FROM cases_case") == [(CASES, 25)]
    states = {state for (state,) in everything("SELECT DISTINCT status FROM cases_case")}
    assert states == set(Status) - {Status.DUPLICATE}


def test_referrals_in_every_state(everything):
    assert {s for (s,) in everything("SELECT DISTINCT status FROM referrals_referral")} == set(Asked)


def test_files_of_departments_organisations_and_police_and_some_named_only(everything):
    kinds = {kind for (kind,) in everything("SELECT DISTINCT agency_kind FROM cases_case")}
    assert {"DEPARTMENT", "NGO", "POLICE"} <= kinds
    assert everything("SELECT count(*) FROM cases_case WHERE named_only")[0][0] >= 1


@pytest.mark.usefixtures("loader")
def test_every_number_is_the_provinces_own_checks_and_counts_up():
    by_counter = {}
    for case in Case.objects.select_related("province").order_by("created_at", "pk"):
        letters, year, counter, check = case.number.split("-")
        assert letters == case.province.letters
        assert int(year) == timezone.localtime(case.created_at).year
        assert int(check) == numbers.check_digit(f"{case.province_id:02d}{year}{counter}")
        by_counter.setdefault((letters, year), []).append(int(counter))
    assert all(given == list(range(1, len(given) + 1)) for given in by_counter.values())


@pytest.mark.usefixtures("loader")
def test_every_row_keeps_the_rules_of_its_model():
    checked = 0
    for model in apps.get_models():
        if (
            model._meta.app_label not in {"cases", "referrals", "accounts"}
            or "histor" in model.__name__.lower()
        ):
            continue
        if model._meta.model_name in {
            "place",
            "code",
            "province",
            "casecounter",
            "casecount",
            "subjectkey",
            "grantedfile",
            "grantedcount",
        }:
            continue
        for row in model.objects.all():
            try:
                row.clean_fields(exclude=_not_typed(row))
                row.validate_constraints()
            except ValidationError as trouble:
                pytest.fail(f"{row!r}: {trouble}")
            checked += 1
    assert checked > CASES * 5


def _not_typed(row):
    """What no form fills and the database holds itself: ciphertext, references, what is null by the table's rules."""
    return [
        field.name
        for field in row._meta.fields
        if field.is_relation
        or field.get_internal_type() == "BinaryField"
        or getattr(row, field.attname) is None
    ]


@pytest.mark.usefixtures("loader")
def test_places_lie_in_the_province_of_the_file():
    for case in Case.objects.select_related("district", "commune").order_by("pk"):
        assert case.district.province_id == case.province_id
        assert case.commune is None or case.commune.parent_id == case.district_id


@pytest.mark.usefixtures("loader")
def test_ages_and_dates_do_not_contradict_each_other():
    facts = {one.case_id: one for one in Facts.objects.all()}
    for victim in Victim.objects.select_related("case").order_by("pk"):
        assert (victim.is_child == Answer.YES) == (victim.age_min < 18)
        assert victim.is_child != Answer.YES or victim.child_at_start == Answer.YES
        case, fact = victim.case, facts[victim.case_id]
        assert fact.started_on <= (fact.ended_on or fact.started_on) <= case.reported_on
        assert case.reported_on <= timezone.localtime(case.created_at).date()
        if victim.turns_18_in and victim.is_child == Answer.YES:
            assert victim.turns_18_in >= timezone.localtime(case.created_at).date().replace(day=1)


def test_the_trail_agrees_with_the_files(everything):
    """Whoever opened a file is who the trail says, at that time; each move is there once, in order."""
    assert everything(
        "SELECT count(*) FROM cases_case c JOIN audit_event e ON e.case_id = c.id AND e.kind = 'FILE_OPENED' "
        "WHERE e.actor = c.opened_by_id::text AND e.at = c.created_at"
    ) == [(CASES,)]
    assert everything(
        "SELECT count(*) FROM cases_case c JOIN cases_historicalcase h ON h.id = c.id AND h.history_type = '+' "
        "WHERE h.history_date = c.created_at AND h.history_user_id = c.opened_by_id"
    ) == [(CASES,)]
    moves = everything(
        "SELECT case_id, at, detail FROM audit_event WHERE kind = 'FILE_MOVED' ORDER BY case_id, at"
    )
    assert len(moves) >= sum(len(ways[0]) for ways in paths.PATHS.values()) - CASES
    assert all(a[1] < b[1] for a, b in pairwise(moves) if a[0] == b[0])
    rows = everything(
        "SELECT min(at), max(at) FROM audit_event WHERE actor <> 'system:migration' AND kind ~ '^FILE'"
    )
    assert rows[0][1] < timezone.now()
    assert (rows[0][1] - rows[0][0]).days > 60


def test_nobody_but_people_acts_on_files(everything):
    actors = Counter(
        everything(
            "SELECT COALESCE(u.sign_in_name, e.actor) FROM audit_event e LEFT JOIN accounts_user u "
            "ON u.id::text = e.actor WHERE e.case_id IS NOT NULL"
        )
    )
    assert not any(name.startswith("system:") for (name,) in actors)
    assert {("identify.moi",), ("reviewer.mosvy",)} <= set(actors)


@pytest.mark.parametrize("wall", ["first", "second"])
def test_an_officer_sees_the_files_of_the_own_province_and_no_other(demo, everything, wall):
    """What each officer sees, by either wall alone, against what the plain rows say."""
    plain = everything("SELECT number, province_id, named_only, opened_by_id::text FROM cases_case")
    with ground.connected("loader" if wall == "first" else "web"):
        with acting(system("demo")):
            officers = list(User.objects.filter(sign_in_name__startswith="officer.").order_by("pk"))
            provinces = {p.letters.lower(): p.pk for p in Province.objects.all()}
        for officer in officers:
            here = provinces[officer.sign_in_name.partition(".")[2]]
            wanted = {
                n for n, at, hidden, by in plain if at == here and (not hidden or by == str(officer.pk))
            }
            assert wanted, "every province has a file"
            assert _seen(officer, wall) == wanted


@pytest.mark.parametrize("name", ["former.bmc", "blocked.bmc", "analyst.ncct", "auditor.ncct", "admin.ncct"])
def test_who_has_no_files_sees_none(demo, name):
    with acting(system("demo")):
        person = User.objects.get(sign_in_name=name)
    assert _seen(person, "first") == set()
    with acting(person.as_actor()):
        assert not visible_referrals(person).exists()


def test_an_organisation_sees_its_own_files_and_what_it_accepted(demo, everything):
    allowed = {
        number
        for (number,) in everything(
            "SELECT c.number FROM cases_case c JOIN accounts_agency a ON a.code = 'LOTUS' WHERE c.agency_id = a.id "
            "UNION SELECT c.number FROM cases_case c JOIN referrals_referral r ON r.case_id = c.id "
            "JOIN accounts_agency a ON a.code = 'LOTUS' AND a.id = r.to_agency_id WHERE r.answered_at IS NOT NULL"
        )
    }
    with acting(system("demo")):
        worker = User.objects.get(sign_in_name="worker.lotus")
    assert _seen(worker, "first") <= allowed
    assert _seen(worker, "second") <= allowed


def _seen(person, wall):
    with acting(person.as_actor()):
        if wall == "first":
            return set(visible_cases(person).values_list("number", flat=True))
        with connection.cursor() as cursor:
            cursor.execute("SELECT number FROM cases_case")
            return {number for (number,) in cursor.fetchall()}


def test_sixty_people_at_work(everything):
    names = {
        name for (name,) in everything("SELECT sign_in_name FROM accounts_user WHERE sign_in_name ~ '[.]'")
    }
    letters = [code for (code,) in everything("SELECT letters FROM accounts_province ORDER BY id")]
    assert names == {one.name for one in people.personas(letters)}
    assert len(names) == 60
