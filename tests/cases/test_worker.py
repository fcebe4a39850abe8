"""Who works on a file: handed over by its worker or head, to a colleague who may; in both walls, with its reminders."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from accounts.refusals import NotNow, Refused, Stale
from audit.context import acting
from cases import access
from cases.models import Case
from cases.queries import listed
from cases.sight import actions as sight
from cases.worker import actions
from cases.worker.access import TAKERS, may_hand_over, takers
from tests.factories import keep_away, make_case
from tests.people import PEOPLE

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(people):
    return make_case(by=people.officer_bmc, full=True)


def hand(people, case, by, to, **more):
    with acting(getattr(people, by).as_actor()):
        return actions.hand_over(case=case, to=getattr(people, to), by=getattr(people, by), **more)


def worker_of(outside, case):
    ((worker,),) = outside("SELECT worker_id FROM cases_case WHERE id = %s", [case.pk])
    return worker


def test_whoever_makes_it_works_on_it_and_hands_it_on_with_its_reminders(people, case, outside, events):
    assert worker_of(outside, case) == people.officer_bmc.pk
    hand(people, case, "officer_bmc", "officer_bmc_2", note="She comes on Monday.")
    assert worker_of(outside, case) == people.officer_bmc_2.pk
    due = "SELECT DISTINCT worker_id FROM desk_due WHERE case_id = %s AND done_at IS NULL"
    assert outside(due, [case.pk]) == [(people.officer_bmc_2.pk,)]
    ((_kind, _result, actor, label, detail),) = events("FILE_HANDED_OVER")
    assert (actor, label) == (str(people.officer_bmc.pk), case.number)
    assert detail == {"from": str(people.officer_bmc.pk), "to": str(people.officer_bmc_2.pk)}
    assert len(events("NOTE_ADDED")) == 1
    ((kept,),) = outside(
        "SELECT count(*) FROM cases_historicalcase WHERE id = %s AND worker_id = %s",
        [case.pk, people.officer_bmc_2.pk],
    )
    assert kept == 1
    with acting(people.officer_bmc_2.as_actor()):
        assert listed(people.officer_bmc_2, {"worker": "MINE"}).get().pk == case.pk
    with acting(people.officer_bmc.as_actor()):
        assert not listed(people.officer_bmc, {"worker": "MINE"}).exists()
        assert listed(people.officer_bmc, {"worker": "OFFICE"}).get().pk == case.pk


def test_who_may_hand_it_over_and_to_whom(people, case, outside):
    """The page and the database agree for everybody, each asked alone."""
    able = {"officer_bmc", "head_bmc"}
    for name in PEOPLE:
        person = getattr(people, name)
        with acting(person.as_actor()):
            assert may_hand_over(person, case) == (name in able), name
            if name not in (*able, "administrator"):
                assert _bare(case, people.officer_bmc_2) == 0, name
    with acting(people.officer_bmc.as_actor()):
        offered = {one.sign_in_name for one in takers(case)}
        assert offered == {"officer_bmc_2", "head_bmc"}
        for name in PEOPLE:
            if name not in offered and name != "officer_bmc":
                assert _bare(case, getattr(people, name)) == 0, name
                with pytest.raises(NotNow):
                    actions.hand_over(case=case, to=getattr(people, name), by=people.officer_bmc)
        with pytest.raises(NotNow):
            actions.hand_over(case=case, to=people.officer_bmc, by=people.officer_bmc)
    with pytest.raises(Refused):
        hand(people, case, "officer_bmc_2", "officer_bmc_2")
    assert worker_of(outside, case) == people.officer_bmc.pk
    hand(people, case, "head_bmc", "officer_bmc_2")
    assert worker_of(outside, case) == people.officer_bmc_2.pk


def _bare(case, to):
    """What the database does by itself; taken back."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM cases_hand_over(ARRAY[%s]::uuid[], NULL, NULL, %s, '{}')", [case.pk, to.pk]
        )
        (done,) = cursor.fetchone()
        transaction.set_rollback(True)
    return done


def test_an_office_without_a_head_helps_itself(people):
    case = make_case(by=people.ngo_hope, full=True)
    with pytest.raises(Refused):
        hand(people, case, "ngo_river", "ngo_hope_2")
    hand(people, case, "ngo_hope_2", "ngo_hope_2")


def test_the_column_is_changed_by_nothing_else(people, case):
    with acting(people.officer_bmc.as_actor()), pytest.raises(DatabaseError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(worker=people.officer_bmc_2)


def test_twice_at_once_the_second_is_told(people, case):
    hand(people, case, "officer_bmc", "officer_bmc_2", version=case.version)
    with pytest.raises(Stale):
        hand(people, case, "head_bmc", "head_bmc", version=case.version)


def test_not_to_somebody_who_is_kept_away(people, case):
    keep_away(case, people.officer_bmc_2, by=people.officer_bmc)
    with acting(people.officer_bmc.as_actor()):
        assert [one.sign_in_name for one in takers(case)] == ["head_bmc"]
        assert _bare(case, people.officer_bmc_2) == 0
    with pytest.raises(NotNow):
        hand(people, case, "officer_bmc", "officer_bmc_2")


def test_roles_that_move_files_are_the_same_in_the_database():
    import importlib

    migration = importlib.import_module("cases.migrations.0008_who_works_on_a_file")
    assert set(TAKERS) == {name.strip(" '") for name in migration.TAKERS.strip("()").split(",")}


def test_half_way_nothing_has_changed(people, case, outside, monkeypatch):
    def full(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(actions, "record_many", full)
    with pytest.raises(RuntimeError), transaction.atomic():
        hand(people, case, "officer_bmc", "officer_bmc_2", note="x")
    assert worker_of(outside, case) == people.officer_bmc.pk
    assert outside("SELECT count(*) FROM cases_note WHERE case_id = %s", [case.pk]) == [(0,)]


def test_a_named_only_file_goes_to_the_desk_and_the_givers_sight_ends(people, outside):
    hidden = make_case(by=people.officer_bmc, full=True, official_involved="UNSURE")
    with acting(people.officer_bmc.as_actor()):
        assert takers(hidden) == []
        with pytest.raises(NotNow):
            actions.hand_over(case=hidden, to=people.officer_bmc_2, by=people.officer_bmc)
    for name in ("head_bmc", "administrator"):
        with acting(getattr(people, name).as_actor()):
            assert _bare(hidden, people.desk_1) == 0, name
    hand(people, hidden, "officer_bmc", "desk_1")
    with acting(people.officer_bmc.as_actor()):
        assert not access.visible_cases(people.officer_bmc).filter(pk=hidden.pk).exists()
        assert not Case.objects.filter(pk=hidden.pk).exists()
    with acting(people.desk_2.as_actor()):
        assert access.visible_cases(people.desk_2).filter(pk=hidden.pk).exists()


def test_a_file_that_becomes_named_only_goes_to_who_keeps_it(people, case, outside):
    with acting(people.officer_bmc_2.as_actor()):
        sight.name_only(
            case=case,
            why="OFFICIAL",
            words="It is so.",
            keep=[people.officer_bmc_2.pk],
            by=people.officer_bmc_2,
        )
    assert worker_of(outside, case) == people.officer_bmc_2.pk
    due = "SELECT DISTINCT worker_id FROM desk_due WHERE case_id = %s AND kind = 'CASE' AND done_at IS NULL"
    assert outside(due, [case.pk]) == [(people.officer_bmc_2.pk,)]


def test_one_that_nobody_keeps_stands_with_the_desk_as_without_a_worker(people, case):
    with acting(people.officer_bmc_2.as_actor()):
        sight.name_only(case=case, why="OFFICIAL", words="It is so.", keep=[], by=people.officer_bmc_2)
    for name, found in (("desk_1", {case.pk}), ("officer_bmc", set()), ("head_bmc", set())):
        person = getattr(people, name)
        with acting(person.as_actor()):
            rows = listed(person, {"worker": "NOBODY"})
            assert set(rows.values_list("pk", flat=True)) == found, name


def test_the_page_tells_hands_over_and_refuses(people, client_of, case):
    where = reverse("cases:hand_over", args=[case.number])
    client = client_of(people.officer_bmc)
    page = client.get(where).content.decode()
    assert people.officer_bmc_2.name in page
    assert people.ngo_hope.name not in page
    sent = {"to": str(people.officer_bmc_2.pk), "note": "", "version": case.version}
    assert client.post(where, {**sent, "to": str(people.ngo_hope.pk)}).status_code == 200
    assert client.post(where, sent).status_code == 302
    detail = client.get(reverse("cases:detail", args=[case.number])).content.decode()
    assert people.officer_bmc_2.name in detail
    assert client.get(where).status_code == 403
    assert client_of(people.ngo_hope).get(where).status_code == 404
    listed_for = client_of(people.officer_bmc_2).get(reverse("cases:list"), {"worker": "MINE"})
    assert case.number in listed_for.content.decode()


def test_files_of_one_person_are_handed_over_together(people, as_, outside, events):
    mine = [make_case(by=people.officer_bmc) for _ in range(3)]
    hidden = make_case(by=people.officer_bmc, full=True, official_involved="UNSURE")
    barred = make_case(by=people.officer_bmc)
    keep_away(barred, people.officer_bmc_2, by=people.officer_bmc)
    agency = mine[0].agency
    for name, done in (("officer_btb", 0), ("officer_bmc_2", 0), ("head_bmc", 3), ("head_bmc", 0)):
        with as_(getattr(people, name)):
            given = actions.hand_over_all(
                person=people.officer_bmc, agency=agency, to=people.officer_bmc_2, by=getattr(people, name)
            )
        assert given == done, name
    assert {label for _k, _r, _a, label, _d in events("FILE_HANDED_OVER")} == {c.number for c in mine}
    assert worker_of(outside, hidden) == worker_of(outside, barred) == people.officer_bmc.pk
