"""Levels of disclosure on their page: changed with a reason, never laxer for more people, told by at once."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.refusals import NotNow, Refused, Stale
from audit.context import acting
from reports import actions, disclosure, queries
from reports.models import ReleaseLevel

pytestmark = pytest.mark.django_db


def at(code):
    return reverse("reports:level", args=[code])


def shown(client, where):
    """What the form holds as it is opened."""
    form = client.get(where).context["form"]
    return {name: value for name in form.fields if (value := form[name].value()) not in (None, "", False)}


def level(people, code):
    with acting(people.administrator.as_actor()):
        return ReleaseLevel.objects.get(code=code)


def given(found, **values):
    """The level as it stands, with a reason and what is to be changed."""
    stands = {name: getattr(found, name) for name in actions.LEVEL_FIELDS}
    return stands | {"reason": "Decision 7"} | values


def change(people, code, **values):
    by = people.administrator
    with acting(by.as_actor()):
        found = ReleaseLevel.objects.get(code=code)
        return actions.change_level(level=found, values=given(found, **values), by=by)


def test_it_is_changed_on_its_page_and_counts_are_told_by_it(people, client_of, events):
    client = client_of(people.administrator)
    data = shown(client, at("P2"))
    assert "reason" not in data, "the reason of last time is none for this time"
    answer = client.post(at("P2"), data | {"smallest": "4", "reason": "Decision 7", "confirmed": "on"})
    assert answer["Location"] == reverse("reports:levels")
    found = level(people, "P2")
    assert (found.smallest, found.confirmed, found.reason) == (4, True, "Decision 7")
    ((_kind, _result, _actor, label, detail),) = events("LEVEL_CHANGED")
    assert (label, detail["smallest"], detail["confirmed"]) == ("P2", 4, True)
    page = client.get(at("P2")).content.decode()
    assert "Decision 7" in page, "its history stands below"
    with acting(people.analyst.as_actor()):
        (own, *_stricter) = disclosure.levels_of(people.analyst)
        assert (own.code, own.smallest) == ("P2", 4)
    with acting(people.administrator.as_actor()):
        (waiting,) = queries.unconfirmed_levels()
        assert [row.url for row in waiting.rows] == [at("P0"), at("P1"), at("P3")]


def test_without_a_reason_nothing_changes(people, client_of):
    client = client_of(people.administrator)
    answer = client.post(at("P2"), shown(client, at("P2")) | {"smallest": "4"})
    assert answer.status_code == 200
    assert "reason" in answer.context["form"].errors
    with pytest.raises(NotNow):
        change(people, "P2", smallest=4, reason="  ")
    assert level(people, "P2").smallest == 3


def test_nobody_confirms_a_level_past_its_reason(people, as_):
    with as_(people.administrator), pytest.raises(IntegrityError, match="says_why"), transaction.atomic():
        ReleaseLevel.objects.filter(code="P2").update(confirmed=True)


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("P1", {"treatment": "EXACT"}),
        ("P0", {"smallest": 4}),
        ("P0", {"whole_years": False}),
        ("P1", {"smallest": 12}),
        ("P2", {"treatment": "HIDE", "smallest": 6}),
    ],
    ids=["shows all", "smaller than the next", "any period", "stricter than the public", "another treatment"],
)
def test_a_level_for_more_people_never_tells_more(people, code, values):
    before = level(people, code)
    with pytest.raises(NotNow):
        change(people, code, **values)
    after = level(people, code)
    assert [getattr(after, name) for name in values] == [getattr(before, name) for name in values]
    assert change(people, "P0", smallest=20, rounding=10).smallest == 20, "stricter for the public may be"


def test_an_older_form_is_refused(people, client_of):
    client = client_of(people.administrator)
    old = shown(client, at("P2"))
    change(people, "P2", smallest=4)
    assert client.post(at("P2"), old | {"smallest": "5", "reason": "late"}).status_code == 409
    found, by = level(people, "P2"), people.administrator
    with acting(by.as_actor()), pytest.raises(Stale):
        actions.change_level(level=found, values=given(found), by=by, seen="0" * 20)


@pytest.mark.parametrize("name", ["analyst", "committee", "reviewer", "head_bmc", "auditor"])
def test_nobody_else_changes_one(people, name):
    person, found = getattr(people, name), level(people, "P2")
    with acting(person.as_actor()), pytest.raises(Refused):
        actions.change_level(level=found, values=given(found, smallest=1), by=person)
    with acting(person.as_actor()):
        assert ReleaseLevel.objects.filter(code="P2").update(smallest=1) == 0, "the second wall"
    assert level(people, "P2").smallest == 3
