"""Each wall holds by itself: with the other one gone, nobody sees a row that is not theirs."""

import pytest

from accounts.actions import start_membership
from accounts.models import Agency
from accounts.roles import Role
from audit.context import acting
from cases import access
from cases.models import Case
from referrals.access import visible_referrals
from referrals.models import Referral
from tests import ground
from tests.factories import keep_away
from tests.people import PEOPLE, read
from tests.world import build


@pytest.fixture
def world(fresh_db):
    """Beside everybody: somebody who only watches over an agency with files and packets, and one who does that
    there and case work elsewhere."""
    made = build()
    with acting(made.people.administrator.as_actor()):
        for person, code, role in (
            (made.people.nobody, "NGO-HOPE", Role.AUDITOR),
            (made.people.analyst, "NGO-HOPE", Role.ANALYST),
            (made.people.analyst, "NGO-RIVER", Role.NGO_WORKER),
        ):
            start_membership(
                person=person,
                agency=Agency.objects.get(code=code),
                role=role,
                by=made.people.administrator,
            )
    keep_away(made.own, made.people.head_bmc, by=made.people.officer_bmc)
    keep_away(made.hidden, "NGO-HOPE", by=made.people.officer_bmc)
    keep_away(made.other, made.people.identifier, by=made.people.identifier)
    return made


def seen(query):
    return set(query.order_by("pk").values_list("pk", flat=True))


def by_rule(person):
    with acting(person.as_actor()):
        return seen(access.visible_cases(person)), seen(visible_referrals(person))


@pytest.mark.asvs("8.3.1", "8.4.1")
def test_either_wall_alone_shows_the_same_rows(world):
    """Django's rule as a role that goes past every policy; and every row there is, behind the policies alone."""
    both = {name: by_rule(getattr(world.people, name)) for name in PEOPLE}
    assert both["ngo_hope"][1] - both["ngo_river"][1], "there must be something to leak"
    assert both["nobody"] == (set(), set()), "who only watches an agency sees none of its files"
    assert both["analyst"] == both["ngo_river"], "sight comes from the post that reads files alone"
    assert both["reviewer"][0] >= {world.own.pk, world.other.pk}, "there must be something to leak"
    for name, case in (("head_bmc", world.own), ("ngo_hope", world.hidden), ("identifier", world.other)):
        assert case.pk not in both[name][0], f"{name} is kept away"
    with ground.connected("loader"):
        people = read()
        for name in PEOPLE:
            person = getattr(people, name)
            with acting(person.as_actor()):
                assert Case.objects.count() == 6, "without the second wall everything is there"
            assert by_rule(person) == both[name], (
                f"{name}: the first wall alone shows other rows (access.py)."
            )
    for name in PEOPLE:
        person = getattr(world.people, name)
        with acting(person.as_actor()):
            cases, referrals = seen(Case.objects.all()), seen(Referral.objects.all())
        assert (cases, referrals) == both[name], (
            f"{name}: the second wall alone shows other rows (migration 0002)."
        )


def test_children_behind_the_second_wall_alone(world):
    """Every record of a file, asked without any filter: the rows of files whose section is open, and no others."""
    from accounts.sections import Section
    from cases.models import Consent, Facts, Identity, Note, RiskAssessment, Victim

    parts = {
        Victim: Section.SUMMARY, Identity: Section.IDENTITY, Facts: Section.FACTS, RiskAssessment: Section.RISK,
        Consent: Section.CONSENT, Note: Section.NOTES,
    }  # fmt: skip
    for name in PEOPLE:
        person = getattr(world.people, name)
        with acting(person.as_actor()):
            for model, section in parts.items():
                allowed = set(access.visible_cases(person, section).values_list("pk", flat=True))
                found = set(model.objects.values_list("case_id", flat=True))
                assert found <= allowed, f"{name} sees {model.__name__} of files whose section is closed."
