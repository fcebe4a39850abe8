"""Who hears of a file that is opened in an emergency, and who reviews it."""

import datetime

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from accounts.sections import Section
from audit.context import acting, system
from cases import access
from cases.models import BreakGlass, Case
from desk.models import DeadlinePolicy, Delivery, Due, Notice
from desk.reminders import actions as reminders
from desk.reminders import sweep
from tests.factories import keep_away, make_case
from tests.people import PEOPLE

from .test_glass import REASON, smash


@pytest.fixture
def case(people):
    return make_case(by=people.officer_bmc, full=True)


# --- who hears of it, and who reviews it --------------------------------------------------------------------


def sweep_now():
    while sweep.tell_batch(danger=True):
        pass


def told(people, since=()):
    """Who has a notice of an emergency opening, beyond those in `since`."""
    found = set()
    for name in PEOPLE:
        person = getattr(people, name)
        with acting(person.as_actor()):
            if Notice.objects.filter(person=person, due__kind="GLASS", is_danger=True).exists():
                found.add(name)
    return found - set(since)


OFFICE = {"officer_bmc", "officer_bmc_2", "head_bmc"}


def test_the_office_is_told_at_once_then_it_goes_up(fresh_db, people, case, hire, settings):
    """Exactly: workers and head of the office; after three days the ministry; after three more the national desk."""
    settings.MAIL_IS_ON = True
    hire(people.desk_1, "MOI", Role.NATIONAL_DESK)
    with acting(people.head_bmc.as_actor()):
        reminders.set_mailbox(address="head@example.org", by=people.head_bmc)
    smash(case, people.police_bmc)
    sweep_now()
    assert told(people) == OFFICE
    sweep.bundle()
    with acting(system("reminder")):
        assert list(Delivery.objects.values_list("kind", "person")) == [("DANGER", people.head_bmc.pk)]
        assert not DeadlinePolicy.objects.get(what="GLASS").confirmed, "it goes up without a law"
    for days, more in ((2.9, set()), (3.1, {"reviewer", "desk_reviewer"}), (6.1, {"desk_1"})):
        before = told(people)
        with time_machine.travel(timezone.now() + datetime.timedelta(days=days), tick=False):
            sweep_now()
        assert told(people, before) == more, days


def test_an_office_without_a_head_is_reviewed_by_the_ministry(fresh_db, people):
    """By another of the ministry than the one who opened the file, who is told of it at no stage."""
    case = make_case(by=people.police_bmc, full=True)
    smash(case, people.reviewer)
    sweep_now()
    assert told(people) == {"police_bmc", "desk_reviewer"}


def test_a_head_who_is_kept_away_is_no_head_of_this_file(fresh_db, people, case):
    """Somebody who can review it is told at once: the ministry, which stays with it when it is overdue."""
    keep_away(case, people.head_bmc, by=people.officer_bmc)
    smash(case, people.officer_btb)
    sweep_now()
    assert told(people) == {"officer_bmc", "officer_bmc_2", "reviewer", "desk_reviewer"}
    for days, stage in ((3.1, "OVERDUE"), (6.1, "ESCALATED")):
        with time_machine.travel(timezone.now() + datetime.timedelta(days=days), tick=False):
            sweep_now()
        for name, is_told in (("reviewer", True), ("desk_reviewer", True), ("head_bmc", False)):
            with acting(getattr(people, name).as_actor()):
                mine = Notice.objects.filter(person=getattr(people, name), stage=stage, due__kind="GLASS")
                assert mine.exists() == is_told, (name, stage)


def told_of_a_colleague(people, *names):
    found = set()
    for name in names:
        person = getattr(people, name)
        with acting(person.as_actor()):
            if Notice.objects.filter(person=person, due__kind="OPENED", is_danger=True).exists():
                found.add(name)
    return found


def test_the_head_of_the_opener_is_told_who_and_when_and_no_more(
    fresh_db, people, case, hire, client_of, rows
):
    head = hire(people.committee, "DOSVY-BTB", Role.PROVINCIAL_HEAD)
    everybody = [name for name in PEOPLE if getattr(people, name).is_active]
    smash(case, people.officer_btb)
    sweep_now()
    assert told_of_a_colleague(people, *everybody) == {"committee"}
    client = client_of(head)
    answer = client.get(reverse("due:list"))
    (line,) = answer.context["told"]
    assert (line.number, line.url, line.is_danger) == ("", "", False)
    assert people.officer_btb.name in line.title
    assert case.number not in answer.content.decode()
    asked = "SELECT count(*) FROM desk_due WHERE kind = 'OPENED'"
    assert [rows(one, asked) for one in (head, people.head_bmc, people.officer_btb)] == [
        [(1,)], [(0,)], [(0,)],
    ]  # fmt: skip
    assert client.post(reverse("due:read"), {"due": line.id}).status_code == 303
    assert client.get(reverse("due:list")).context["told"] == []
    assert not client.get(reverse("due:list")).context["page"].object_list, "read is done"


def test_no_head_is_told_of_themselves_or_of_a_file_that_they_are_kept_away_from(
    fresh_db, people, case, hire
):
    other = make_case(by=people.officer_bmc, full=True)
    head = hire(people.committee, "DOSVY-BTB", Role.PROVINCIAL_HEAD)
    keep_away(other, head, by=people.officer_bmc)
    smash(case, head)
    smash(other, people.officer_btb)
    smash(case, people.police_bmc)
    sweep_now()
    assert told_of_a_colleague(people, *PEOPLE) == set()
    assert "head_bmc" in told(people), "the owner's head, of the file"


@pytest.mark.django_db
def test_who_reviews_it(people, client_of, case, events):
    """The head of the office or the ministry; never who did it; once."""
    used = smash(case, people.reviewer)
    assert used is not None
    where = reverse("cases:emergency", args=[case.number, used.pk])
    sent = {"outcome": "RIGHT", "words": "We called her, it was so."}
    assert client_of(people.reviewer).post(where, sent).status_code == 403
    assert client_of(people.officer_bmc).post(where, sent).status_code == 403
    assert client_of(people.identifier).post(where, sent).status_code == 403
    page = client_of(people.officer_bmc).get(where).content.decode()
    assert people.reviewer.full_name_km not in page
    assert REASON not in page
    head = client_of(people.head_bmc)
    page = head.get(where).content.decode()
    assert people.reviewer.full_name_km in page
    assert REASON in page
    for nothing in ("", ". . . . .", "7"):
        assert head.post(where, {**sent, "words": nothing}).status_code == 200
    assert head.post(where, sent).status_code == 302
    assert "We called her" in head.get(where).content.decode()
    with acting(people.head_bmc.as_actor()):
        assert not Due.objects.filter(kind="GLASS", done_at=None).exists()
    assert [row[0] for row in events() if row[0].startswith("GLASS")] == ["GLASS_BROKEN", "GLASS_REVIEWED"]


@pytest.mark.django_db
def test_the_database_lets_nobody_review_themselves(people, case):
    used = smash(case, people.reviewer)
    with (
        acting(people.reviewer.as_actor()),
        pytest.raises(DatabaseError, match="another"),
        transaction.atomic(),
    ):
        BreakGlass.objects.filter(pk=used.pk).update(
            reviewed_by=people.reviewer, reviewed_at=timezone.now(), outcome="RIGHT"
        )


@pytest.mark.django_db
def test_what_was_seen_in_an_emergency_cannot_be_handed_on(people, case):
    smash(case, people.police_bmc)
    by = people.police_bmc
    with acting(by.as_actor()), pytest.raises(DatabaseError), transaction.atomic():
        access.grant(
            case_id=case.pk, to=people.ngo_hope, sections=Section.SUMMARY, until=timezone.now(), reason="HELP",
            because="share:x", by=by,
        )  # fmt: skip
    with acting(by.as_actor()):
        assert Case.objects.filter(pk=case.pk).exists()
