"""A right counts from the next request on, asked with real commits: the database's clock stands still within one."""

import pytest
from django.urls import reverse

from accounts.models import Agency, ProvinceAgencyRight
from audit.context import acting
from tests.factories import make_case


@pytest.mark.asvs("8.3.2")
def test_a_province_right_opens_with_the_next_request_and_ends_with_the_next(
    fresh_db, people, client_of, events
):
    case = make_case(by=people.officer_bmc)
    client, session = client_of(people.administrator), client_of(people.officer_btb)
    with acting(people.administrator.as_actor()):
        office = Agency.objects.get(code="DOSVY-BTB")
    assert session.get(f"/files/{case.number}/").status_code == 404
    give = reverse("place:right_new", args=[office.pk])
    answer = client.post(give, {"provinces": ["1"], "reason": "Stands in for a month"})
    assert answer["Location"] == reverse("place:agency", args=[office.pk])
    assert session.get(f"/files/{case.number}/").status_code == 200
    with acting(people.administrator.as_actor()):
        right = ProvinceAgencyRight.objects.get(group=office.group_id, content_object_id=1)
    end = reverse("place:right_end", args=[office.pk, right.pk])
    assert client.post(end).status_code == 302
    assert session.get(f"/files/{case.number}/").status_code == 404
    (given,) = [event for event in events("RIGHT_GIVEN") if event[3] == "DOSVY-BTB"]
    assert given[2] == str(people.administrator.pk)
    assert len(events("RIGHT_ENDED")) == 1
    assert client.post(end).status_code == 404
