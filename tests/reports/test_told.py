"""A department is told that its monthly table was made, until it is signed; nobody else is."""

import pytest
from django.urls import reverse
from django.utils import timezone

from audit.context import acting
from reports import actions, months
from tests.desk.due import ask, later, notices, told
from tests.factories import make_case, make_table

pytestmark = pytest.mark.django_db
LAST = months.last_over(timezone.localdate())


def done(table):
    return ask("SELECT step, done_at IS NOT NULL FROM desk_due WHERE thing_id = %s", [table.pk])


def test_the_department_is_told_at_once_and_finds_the_table(people, client_of):
    table = make_table("DOSVY-BMC", LAST)
    told()
    assert notices() == {("officer_bmc", "DUE"), ("officer_bmc_2", "DUE"), ("head_bmc", "DUE")} | {
        row for row in notices() if row[0] == "former"
    }
    page = client_of(people.head_bmc).get(reverse("due:list"))
    assert reverse("reports:table", args=[table.pk]) in page.content.decode()
    assert page.context["told"][0].title
    other = client_of(people.officer_btb).get(reverse("due:list") + "?show=office")
    assert str(table.pk) not in other.content.decode()


def test_late_it_is_told_again_and_never_beyond_the_province(people):
    make_table("DOSVY-BMC", LAST)
    told()
    later(days=400)
    told()
    assert {who for who, stage in notices() if stage == "OVERDUE"} == {
        "officer_bmc",
        "officer_bmc_2",
        "head_bmc",
    }
    assert {stage for _who, stage in notices()} == {"DUE", "OVERDUE"}


def test_signed_it_is_due_no_more_and_a_correction_is_again(people):
    table = make_table("DOSVY-BMC", LAST, status="SIGNED")
    assert done(table) == [("TABLE", True)]
    make_case(by=people.officer_bmc)
    with acting(people.head_bmc.as_actor()):
        new = actions.correct(table=table, reason="One file was counted twice.", by=people.head_bmc)
    assert (done(table), done(new)) == ([("TABLE", True)], [("TABLE", False)])
