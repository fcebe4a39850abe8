"""My work shows files and referrals at a glance, and each look at them is on the trail."""

import pytest

from tests.factories import make_case, make_referral

pytestmark = pytest.mark.django_db


def test_what_is_shown_is_on_the_trail_with_its_ids(people, client_of, events):
    waiting = make_case(by=people.officer_bmc, status="CLOSURE_REVIEW")
    mine = make_case(by=people.officer_bmc, full=True)
    referral = make_referral(mine, status="APPROVED")
    client_of(people.head_bmc).get("/")
    ((_kind, _result, actor, _label, files),) = events("FILE_LISTED")
    assert actor == str(people.head_bmc.pk)
    assert (set(files["ids"]), files["rows"]) == ({str(waiting.pk), str(mine.pk)}, 2)
    assert events("REFERRAL_LISTED") == [], "the head has sent none, and none waits for them"
    client_of(people.ngo_hope).get("/")
    ((_kind, _result, actor, _label, referrals),) = events("REFERRAL_LISTED")
    assert (actor, referrals["ids"]) == (str(people.ngo_hope.pk), [str(referral.pk)])


@pytest.mark.parametrize("name", ["officer_btb", "auditor", "ngo_river", "nobody"])
def test_who_is_shown_nothing_leaves_no_event(people, client_of, events, name):
    make_referral(make_case(by=people.officer_bmc, full=True), status="APPROVED")
    assert client_of(getattr(people, name)).get("/").status_code == 200
    assert events("FILE_LISTED") == events("REFERRAL_LISTED") == []
