"""Sight of a file ends in the database too, between one request and the next."""

import datetime
import threading
import time

import pytest
from django.db import DatabaseError, connection, connections
from django.utils import timezone

from accounts.sections import Section
from audit.context import acting, system
from cases import access
from referrals.models import Referral
from tests import ground
from tests.factories import answer, make_case, make_referral


@pytest.fixture
def case(fresh_db, people):
    return make_case(by=people.officer_bmc, full=True)


def seen(rows, person):
    """How many rows of a file, its person, its notes and its history somebody is shown."""
    tables = ("case", "victim", "note", "historicalcase")
    return [rows(person, f"SELECT count(*) FROM cases_{table}")[0][0] for table in tables]


@pytest.fixture
def share(people, as_, case):
    def give(until=None):
        officer = people.officer_bmc
        with as_(officer):
            access.grant(
                case_id=case.pk, to=people.officer_btb, sections=Section.SUMMARY, until=until, reason="HELP",
                because="share:1", by=officer,
            )  # fmt: skip

    return give


def test_an_ended_share_is_over_in_the_next_transaction(people, as_, case, share, rows):
    share()
    assert seen(rows, people.officer_btb)[:2] == [1, 1]
    with as_(people.officer_bmc):
        assert access.revoke(case=case, because="share:1", by=people.officer_bmc) == 1
    assert seen(rows, people.officer_btb) == [0, 0, 0, 0]


def test_a_share_with_an_end_is_over_when_its_time_has_come(people, case, share, rows):
    end = timezone.now() + datetime.timedelta(seconds=4)
    share(until=end)
    assert seen(rows, people.officer_btb)[:2] == [1, 1]
    time.sleep((end - timezone.now()).total_seconds() + 0.1)
    assert seen(rows, people.officer_btb) == [0, 0, 0, 0]


def test_a_withdrawn_referral_closes_the_file_to_the_whole_team(people, case, rows):
    make_referral(case, status="ACCEPTED", to="NGO-HOPE")
    assert [seen(rows, p)[0] for p in (people.ngo_hope, people.ngo_hope_2)] == [1, 1]
    with acting(people.officer_bmc.as_actor()):
        answer(Referral.objects.get(case=case), "WITHDRAW", by=people.officer_bmc)
    assert [seen(rows, p) for p in (people.ngo_hope, people.ngo_hope_2)] == [[0, 0, 0, 0]] * 2


def test_an_ended_share_is_not_revived(people, case, share, rows):
    """By nobody: neither by whom it was given to nor by who gave it, in raw SQL."""
    make_referral(case, status="ACCEPTED", to="NGO-HOPE")
    with acting(people.officer_bmc.as_actor()):
        answer(Referral.objects.get(case=case), "WITHDRAW", by=people.officer_bmc)
    for person in (people.ngo_hope, people.officer_bmc):
        for end in ("NULL", "now() + interval '1 day'"):
            sql = f"UPDATE cases_caseagencygrant SET valid_until = {end} RETURNING id"
            with pytest.raises(DatabaseError, match="never prolonged"):
                rows(person, sql)
    assert seen(rows, people.ngo_hope) == [0, 0, 0, 0]


def test_a_withdrawal_while_another_agency_accepts_closes_the_file(people, case, rows):
    """Both rebuild the scope of the file: the second waits for the first, and sees what it wrote."""
    first = make_referral(case, status="ACCEPTED", to="NGO-HOPE")
    second = make_referral(case, status="APPROVED", to="NGO-RIVER")
    accepted, failures = threading.Event(), []

    def accept():
        try:
            with acting(people.ngo_river.as_actor()):
                answer(Referral.objects.get(pk=second.pk), "ACCEPT", by=people.ngo_river)
                accepted.set()
                time.sleep(1)  # the rest of the request, before its commit
        except Exception as failure:  # noqa: BLE001  told by the test, in its own thread
            failures.append(failure)
            accepted.set()
        finally:
            connections.close_all()

    thread = threading.Thread(target=accept)
    thread.start()
    assert accepted.wait(60)
    with acting(people.officer_bmc.as_actor()):
        answer(Referral.objects.get(pk=first.pk), "WITHDRAW", by=people.officer_bmc)
    thread.join()
    assert failures == []
    assert seen(rows, people.ngo_hope) == [0, 0, 0, 0]
    assert seen(rows, people.ngo_river)[0] == 1


def test_a_right_that_ends_and_a_membership_that_ends_close_everything(people, case, rows):
    """As an administrator ends them; here straight in the tables, as a role that may."""
    assert seen(rows, people.officer_bmc_2)[0] == 1
    assert seen(rows, people.reviewer)[0] == 1
    with ground.connected("loader"), acting(system("migration")), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_membership SET ends_on = current_date - 1 WHERE person_id = %s",
            [people.officer_bmc_2.pk],
        )
        cursor.execute(
            "UPDATE accounts_provinceagencyright SET valid_until = now() WHERE content_object_id = 1"
        )
    assert seen(rows, people.officer_bmc_2) == [0, 0, 0, 0]
    assert seen(rows, people.reviewer) == [0, 0, 0, 0]
    assert seen(rows, people.officer_bmc)[0] == 1, "their own agency's file stays theirs"
