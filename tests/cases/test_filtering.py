"""A list with a filter is merged from what leads to some of its files; it is the list that the row rule gives."""

import pytest

from accounts.models import SectionRule
from accounts.sections import Section
from audit.context import acting
from cases import queries
from cases.filtering import Filtered
from cases.models import Case
from cases.states import Status
from tests.cases.test_newest import files  # noqa: F401
from tests.factories import keep_away
from tests.people import PEOPLE

from .. import ground

FILTERS = (
    {"status": "REPORTED"},
    {"status": "SCREENING"},
    {"province": "1"},
    {"risk": "HIGH"},
    {"risk": "HIGH", "province": "2"},
    {"status": "SCREENING", "province": "1", "risk": "NOT_ASSESSED"},
    {"status": "VOID"},
)


@pytest.fixture
def mixed(files, people, as_):  # noqa: F811
    """Files in two states and two risks."""
    with ground.connected("loader"), acting(people.officer_bmc.as_actor()):
        for number, case in enumerate(files):
            Case.objects.filter(pk=case.pk).update(
                status=Status.SCREENING if number % 2 else Status.REPORTED,
                risk_level="HIGH" if number % 3 == 0 else "NOT_ASSESSED",
            )
    return files


def check(person, filters=FILTERS):
    """The first pages of two files down and up again, and the number, are those of the rule. How many there were."""
    seen = 0
    for codes in filters:
        wanted = list(queries.listed(person, codes).newest_first().values_list("pk", flat=True))
        some = Filtered(person, codes, queries._needs(codes))
        assert some.keys(100) == wanted, codes
        assert some.count(100) == len(wanted)
        assert some.count(1) == min(len(wanted), 1), "counting stops there"
        at = dict(Case.objects.filter(pk__in=wanted).values_list("pk", "created_at"))
        for number, pk in enumerate(wanted[:4]):
            assert some.keys(2, older=(at[pk], pk)) == wanted[number + 1 : number + 3]
            assert some.keys(2, newer=(at[pk], pk)) == wanted[max(number - 2, 0) : number][::-1]
        page = queries.page_for(person, codes)
        assert ([case.pk for case in page.rows], page.total) == (wanted, len(wanted))
        seen += len(wanted)
    return seen


@pytest.mark.usefixtures("fresh_db")
def test_everybody_is_shown_what_the_rule_shows_them(people, mixed):
    keep_away(mixed[0], people.reviewer, by=people.officer_bmc)
    seen = {}
    for name in sorted(PEOPLE):
        person = getattr(people, name)
        with acting(person.as_actor()):
            seen[name] = check(person)
    # Past the second wall, as the role that loads: the first one holds by itself.
    with ground.connected("loader"):
        for name in ("officer_btb", "ngo_hope", "police_bmc", "reviewer"):
            with acting(getattr(people, name).as_actor()):
                assert check(getattr(people, name)) == seen[name], name
    assert seen["reviewer"] > seen["officer_btb"] > 0
    assert seen["ngo_river"] > 0, "what is shared"
    assert seen["desk_1"] > 0, "named-only files"
    assert seen["auditor"] == seen["former"] == seen["nobody"] == 0


@pytest.mark.usefixtures("fresh_db")
def test_by_risk_only_where_the_risk_is_open(people, mixed, as_):
    codes = {"risk": "HIGH"}
    with as_(people.reviewer):
        before = check(people.reviewer, FILTERS[3:5])
        with_risk = Filtered(people.reviewer, codes, queries._needs(codes)).count(100)
    with as_(people.administrator):
        for rule in SectionRule.objects.filter(viewer_kind="MINISTRY"):
            rule.sections &= ~Section.RISK
            rule.save()
    with as_(people.reviewer):
        assert check(people.reviewer, FILTERS[3:5]) < before
        assert Filtered(people.reviewer, codes, queries._needs(codes)).count(100) == 0 < with_risk
