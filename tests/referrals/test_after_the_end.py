"""What the receiving agency reads of the person while a referral runs, and when it has ended: nothing more."""

import pytest
from django.db import connection
from django.utils.html import escape

from audit.context import acting, system
from referrals import words
from tests import ground
from tests.referrals import made


def end_the_thirty_days(referral):
    with ground.connected("loader"), acting(system("migration")), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE referrals_referral SET access_until = now() - interval '1 minute' WHERE id = %s",
            [referral.pk],
        )


@pytest.fixture
def read(referral, client_of, people):
    """`read(name)`: which facts of the person stand on the page and in the list of the referral."""
    with acting(people.officer_bmc.as_actor()):
        now = made.fresh(referral, people.officer_bmc)
        facts = {"person": words.person(now), "services": words.services(now), "province": now.province.name}

    def ask(name):
        client = client_of(getattr(people, name))
        page = client.get(f"/referrals/{referral.pk}/").content.decode()
        list_ = client.get("/referrals/?show=all").content.decode()
        assert f"/referrals/{referral.pk}/" in list_
        first = facts["services"].split(", ")[0]
        risk = '<span class="k-risk '
        shown = {what for what, text in facts.items() if escape(text) in list_}
        shown |= {"title"} if f'<h1 class="govuk-heading-l">{escape(facts["person"])}</h1>' in page else set()
        shown |= {"asked"} if escape(first) in page else set()
        shown |= {"risk of the page"} if risk in page else set()
        return shown | ({"risk of the list"} if risk in list_ else set())

    return ask


ALL = {"person", "services", "province", "title", "asked", "risk of the page", "risk of the list"}


@pytest.mark.parametrize(
    ("status", "receiver"),
    [
        ("APPROVED", ALL),
        ("ACCEPTED", ALL),
        ("IN_SERVICE", ALL),
        ("COMPLETED", ALL),
        ("DECLINED", set()),
    ],
)
def test_the_receiving_agency_reads_of_the_person_only_while_it_has_to_do_with_them(
    referral, people, read, status, receiver
):
    made.bring(referral, status, people)
    assert read("ngo_hope") == receiver
    assert read("officer_bmc") == ALL, "who sees the file keeps reading."
    assert read("reviewer") == ALL


def test_nor_after_a_withdrawal_or_when_the_thirty_days_are_over(fresh_db, case, people, client_of):
    """The same in the list and on the page; the sender goes on reading."""
    withdrawn = made.bring(made.submit(case, people.officer_bmc), "ACCEPTED", people)
    person = escape(words.person(withdrawn))
    ngo, officer = client_of(people.ngo_hope), client_of(people.officer_bmc)
    for end in (lambda: made.act("withdraw", withdrawn, people.officer_bmc), None):
        referral = withdrawn
        if end is None:
            referral = made.bring(made.submit(case, people.officer_bmc), "COMPLETED", people)
            assert person in ngo.get(f"/referrals/{referral.pk}/").content.decode()
            end_the_thirty_days(referral)
        else:
            end()
        for address in (f"/referrals/{referral.pk}/", "/referrals/?show=all"):
            assert person not in ngo.get(address).content.decode(), address
            assert person in officer.get(address).content.decode(), address


def test_an_ended_row_leaves_its_cells_empty_and_still_leads_to_the_referral(referral, people, client_of):
    made.bring(referral, "DECLINED", people)
    (line,) = client_of(people.ngo_hope).get("/referrals/?show=all").context["page"].object_list
    assert (line.title, line.person, line.number, line.province, line.risk, line.urgency) == ("",) * 6
    assert line.url == f"/referrals/{referral.pk}/"
    (line,) = client_of(people.officer_bmc).get("/referrals/?show=all").context["page"].object_list
    assert all((line.title, line.person, line.number, line.province, line.risk, line.urgency))
