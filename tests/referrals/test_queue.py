"""How the ministry's queue tells what waits, and how a referral tells what it opens in each state."""

import datetime

import pytest
from django.utils import timezone

from audit.context import acting
from referrals import words
from tests.referrals import made


@pytest.mark.parametrize(
    ("urgency", "days", "too_long"),
    [("HIGH", 0, False), ("HIGH", 2, True), ("LOW", 2, False), ("LOW", 10, True)],
)
def test_the_queue_says_how_long_each_waits_and_which_too_long(
    referral, people, client_of, urgency, days, too_long
):
    """Too long is longer than the answer itself may take. The status would be the same in every row."""
    with acting(people.reviewer.as_actor()):
        told = made.fresh(referral, people.reviewer)
        told.submitted_at = timezone.now() - datetime.timedelta(days=days)
        told.urgency = urgency
        line = words.waiting_line(told, "")
    assert line.waits_too_long == too_long
    assert (str(days) in line.waiting) == bool(days)
    page = client_of(people.reviewer).get("/referrals/review/").content.decode()
    assert '<time class="k-quiet"' in page
    assert "k-tag--wait" not in page
    assert "k-tag--wait" in client_of(people.officer_bmc).get("/referrals/?show=sent").content.decode()


def test_a_reviewer_is_led_back_to_the_queue_and_everybody_else_to_the_list(referral, people, client_of):
    made.bring(referral, "APPROVED", people)
    for name, address in (
        ("reviewer", "/referrals/review/"),
        ("officer_bmc", "/referrals/"),
        ("ngo_hope", "/referrals/"),
    ):
        page = client_of(getattr(people, name)).get(f"/referrals/{referral.pk}/").content.decode()
        assert f'<a href="{address}" class="govuk-back-link">' in page, name


@pytest.mark.parametrize(
    ("acts", "title"),
    [
        ((), "What opens when the agency accepts"),
        (("send_back",), "What opens when the agency accepts"),
        (("approve",), "What opens when the agency accepts"),
        (("approve", "accept"), "What is open to the agency"),
        (("approve", "accept", "start_service"), "What is open to the agency"),
        (("approve", "accept", "start_service", "complete"), "What is open to the agency"),
        (("approve", "accept", "withdraw"), "What was open to the agency"),
        (("approve", "decline"), "What would have opened to the agency"),
        (("withdraw",), "What would have opened to the agency"),
    ],
)
def test_what_opens_is_told_in_the_tense_of_the_state(referral, people, client_of, acts, title):
    who = {"approve": people.reviewer, "send_back": people.reviewer, "withdraw": people.officer_bmc}
    for name in acts:
        referral = made.act(name, referral, who.get(name, people.ngo_hope))
    client = client_of(people.officer_bmc)
    client.cookies["django_language"] = "en"
    assert client.get(f"/referrals/{referral.pk}/").context["opens_title"] == title
