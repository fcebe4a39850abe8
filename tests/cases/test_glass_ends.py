"""An emergency opening ends: one at a time, by who opened it, by who reviews it, by a finding that it was wrong."""

import datetime
import uuid

import pytest
import time_machine
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.refusals import NotNow
from audit.context import acting, system
from cases import access
from cases.glass import actions as glass
from cases.models import BreakGlass
from tests.cases.test_glass import REASON, smash
from tests.factories import make_case


@pytest.fixture
def case(people):
    return make_case(by=people.officer_bmc, full=True)


def file_and_identity(client, case):
    return [
        client.get(reverse("cases:detail", args=[case.number])).status_code,
        client.post(reverse("cases:identity", args=[case.number])).status_code,
    ]


@pytest.mark.django_db
def test_while_it_is_open_there_is_no_second_one(people, client_of, case):
    """On the page, in the action and in the function of the database, however urgent; and after its end there is."""
    first, by = smash(case, people.officer_btb, why="OTHER"), people.officer_btb
    for why in ("DANGER", "CHILD", "OTHER"):
        with pytest.raises(NotNow):
            smash(case, by, why=why)
    sent = {"number": case.number, "why": "DANGER", "reason": REASON, "hours": "4"}
    answer = client_of(by).post(reverse("cases:break_glass"), sent)
    assert (answer.status_code, bool(answer.context["form"].non_field_errors())) == (200, True)
    straight = "SELECT cases_break_glass(gen_random_uuid(), %s, 'DANGER', 4, %s)"
    with (
        acting(by.as_actor()),
        pytest.raises(DatabaseError, match="already"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(straight, [case.number, by.rights.posts[0].agency_id])
    assert smash(case, people.police_bmc), "somebody else's danger is theirs"
    with acting(by.as_actor()):
        glass.end_emergency(glass=first, by=by)
    again = smash(case, by)
    assert again.pk != first.pk
    with time_machine.travel(again.until + datetime.timedelta(seconds=1), tick=False), acting(by.as_actor()):
        assert not access.visible_cases(by).filter(pk=case.pk).exists(), "over by itself"


@pytest.mark.django_db
def test_an_opening_whose_sight_has_ended_stops_no_danger(people, case):
    """Its row still says that it is open: the file was for named people only meanwhile."""
    smash(case, people.officer_btb)
    with acting(people.officer_bmc.as_actor()):
        access.revoke(case=case, because=BreakGlass.objects.get(case=case).because, by=people.officer_bmc)
    assert smash(case, people.officer_btb)


DOUBLED = """
INSERT INTO cases_breakglass (id, case_id, person_id, agency_id, why, opened_at, until, outcome)
SELECT %s, case_id, person_id, agency_id, why, opened_at, until, outcome FROM cases_breakglass WHERE id = %s
"""
DOUBLED_SIGHT = """
INSERT INTO cases_casepersongrant (id, permission_id, content_object_id, user_id, granted_by_id, reason, valid_from,
                                   valid_until, sections, because)
SELECT gen_random_uuid(), permission_id, content_object_id, user_id, granted_by_id, reason, valid_from, valid_until,
       sections, 'break-glass:' || %s
  FROM cases_casepersongrant WHERE because = 'break-glass:' || %s
"""


def test_ending_it_ends_all_that_one_has_open(fresh_db, people, client_of, case):
    """Also what was opened twice before that was refused."""
    from tests import ground

    first, other = smash(case, people.officer_btb), smash(case, people.police_bmc)
    with ground.connected("loader"), acting(system("migration")), connection.cursor() as cursor:
        for sql in (DOUBLED, DOUBLED_SIGHT):
            cursor.execute(sql, [str(uuid.uuid5(first.pk, "again")), str(first.pk)])
    with acting(people.officer_btb.as_actor()):
        assert BreakGlass.objects.filter(case=case, ended_at=None).count() == 3
    client = client_of(people.officer_btb)
    assert file_and_identity(client, case) == [200, 200]
    assert client.post(reverse("cases:emergency_end", args=[case.number])).status_code == 302
    assert file_and_identity(client, case) == [404, 404]
    with acting(people.police_bmc.as_actor()):
        assert [one.pk for one in BreakGlass.objects.filter(case=case, ended_at=None)] == [other.pk]


def test_a_review_that_finds_it_wrong_closes_the_file(fresh_db, people, client_of, case, events):
    """At once; one that finds it right, or cannot say, leaves it its hour."""
    for outcome in ("RIGHT", "UNCLEAR", "WRONG"):
        used = smash(case, people.officer_btb)
        client, where = client_of(people.officer_btb), reverse("cases:emergency", args=[case.number, used.pk])
        assert file_and_identity(client, case) == [200, 200]
        sent = {"outcome": outcome, "words": "We called her."}
        assert client_of(people.head_bmc).post(where, sent).status_code == 302
        still = outcome != "WRONG"
        assert file_and_identity(client, case) == ([200, 200] if still else [404, 404]), outcome
        stopped = events("GLASS_STOPPED")
        assert len(stopped) == (0 if still else 1)
        if still:
            assert client.post(reverse("cases:emergency_end", args=[case.number])).status_code == 302
    assert [(stopped[0][2], stopped[0][3])] == [(str(people.head_bmc.pk), case.number)]
    assert stopped[0][4]["to"] == str(people.officer_btb.pk)
    assert smash(case, people.officer_btb), "a new danger is a new danger"


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["head_bmc", "reviewer"])
def test_whoever_reviews_it_may_end_it_before_its_hour(people, client_of, case, events, name):
    """And before they have found anything; not a colleague, not another office, not twice."""
    used = smash(case, people.officer_btb)
    where = reverse("cases:emergency", args=[case.number, used.pk])
    for other in ("officer_bmc", "identifier"):
        assert client_of(getattr(people, other)).post(where, {"stop": "yes"}).status_code == 403, other
        assert client_of(getattr(people, other)).get(where).context["may_stop"] is False
    end = "SELECT cases_end_emergency(%s)"
    for other in ("officer_bmc", "police_bmc"):
        with (
            acting(getattr(people, other).as_actor()),
            pytest.raises(DatabaseError, match="of the actor"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(end, [used.pk])
    with (
        acting(people.head_bmc.as_actor()),
        pytest.raises(DatabaseError, match="denied"),
        transaction.atomic(),
    ):
        BreakGlass.objects.filter(pk=used.pk).update(ended_at=timezone.now())
    assert client_of(people.officer_btb).post(where, {"stop": "yes"}).status_code == 403
    client = client_of(getattr(people, name))
    assert client.get(where).context["may_stop"] is True
    assert client.post(where, {"stop": "yes"}).status_code == 302
    assert file_and_identity(client_of(people.officer_btb), case) == [404, 404]
    page = client.get(where)
    assert (page.context["may_stop"], page.context["form"] is not None) == (False, True), (
        "the review stays due"
    )
    assert client.post(where, {"stop": "yes"}).status_code == 302
    assert [(row[2], row[4]["to"]) for row in events("GLASS_STOPPED")] == [
        (str(getattr(people, name).pk), str(people.officer_btb.pk))
    ]
