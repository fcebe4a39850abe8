"""A list for programs asks the database hardly more often than the page of the same."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import make_case, make_referral

pytestmark = pytest.mark.django_db
MORE = 1.3
PAIRS = [
    ("officer_bmc", "/api/v1/cases/", "/files/"),
    ("reviewer", "/api/v1/cases/", "/files/"),
    ("officer_bmc", "/api/v1/referrals/", "/referrals/"),
    ("ngo_hope", "/api/v1/referrals/?show=inbox", "/referrals/?show=inbox"),
    ("auditor", "/api/v1/trail/", "/trail/"),
    ("head_bmc", "/api/v1/reports/", "/monthly/"),
]


def statements(client, where):
    client.get(where)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(where).status_code == 200
    return len(asked)


def test_a_list_costs_at_most_a_third_more_than_its_page(people, client_of):
    for _number in range(3):
        case = make_case(by=people.officer_bmc, full=True, status="PRESUMED")
        make_referral(case, status="APPROVED", to="NGO-HOPE")
    found = {}
    for who, programs, page in PAIRS:
        client = client_of(getattr(people, who))
        found[(who, programs)] = (statements(client, programs), statements(client, page))
    too_many = {what: counts for what, counts in found.items() if counts[0] > MORE * counts[1]}
    assert not too_many
