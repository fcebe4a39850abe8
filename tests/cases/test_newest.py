"""The list that is merged from everything that opens files to somebody is the list that the row rule gives."""

import datetime

import pytest
from django.utils import timezone

from accounts.actions import change_rule
from accounts.models import SectionRule
from accounts.sections import NOTHING, Section
from audit.context import acting, system
from cases import access, newest, queries
from cases.answers import Answer
from cases.models import Case, RiskAssessment
from tests.factories import make_case
from tests.people import PEOPLE

from .. import ground

MANY = 100


@pytest.fixture
def files(people, as_):
    """Files of two provinces and an organisation, named-only ones among them, some shared, one of these no more."""
    made = [
        make_case(by=by)
        for by in (people.officer_bmc, people.officer_btb, people.ngo_hope, people.police_bmc)
        for _one in range(3)
    ]
    made += [make_case(by=people.officer_bmc, official_involved=Answer.YES) for _one in range(2)]
    until = timezone.now() + datetime.timedelta(days=3)
    for number, to in enumerate((people.ngo_river, people.officer_btb, people.shelter, people.ngo_hope)):
        with as_(people.officer_bmc):
            access.grant(
                case_id=made[number % 3].pk, to=to, sections=Section.SUMMARY, until=until, reason="HELP",
                because=f"share:{number}", by=people.officer_bmc,
            )  # fmt: skip
    with as_(people.officer_bmc):
        access.revoke(case=made[0], because="share:3", by=people.officer_bmc)
    return made


def of_rule(person):
    return list(access.visible_cases(person).newest_first().values_list("pk", flat=True))


def check(person):
    """All pages of two files down to the last one and up again, and the total, are those of the row rule."""
    wanted = of_rule(person)
    assert newest.newest(person, MANY) == wanted
    assert newest.total() == len(wanted)
    at = dict(Case.objects.filter(pk__in=wanted).values_list("pk", "created_at"))
    for number, pk in enumerate(wanted):
        assert newest.newest(person, 2, older=(at[pk], pk)) == wanted[number + 1 : number + 3]
        assert newest.newest(person, 2, newer=(at[pk], pk)) == wanted[max(number - 2, 0) : number][::-1]
    assert [case.pk for case in queries.page_for(person, {}).rows] == wanted
    return len(wanted)


@pytest.mark.django_db
@pytest.mark.usefixtures("files")
def test_everybody_is_shown_what_the_rule_shows_them(people, as_):
    seen = {}
    for name in sorted(PEOPLE):
        person = getattr(people, name)
        with as_(person):
            seen[name] = check(person)
    assert seen["reviewer"] == 12
    assert seen["officer_btb"] == 4
    assert seen["ngo_river"] == seen["shelter"] == 1
    assert seen["ngo_hope"] == 3, "what ended is not among them"
    assert seen["desk_1"] == 2
    assert seen["auditor"] == seen["former"] == seen["nobody"] == 0


@pytest.mark.usefixtures("fresh_db", "files")
def test_the_merge_alone_shows_nothing_that_the_rule_hides(people):
    """Past the second wall, as the role that loads: the first one holds by itself."""
    with ground.connected("loader"):
        for name in ("officer_btb", "ngo_hope", "police_bmc"):
            person = getattr(people, name)
            with acting(person.as_actor()):
                check(person)


@pytest.mark.django_db
@pytest.mark.usefixtures("files")
def test_a_kind_of_agency_that_no_longer_sees_every_file_is_shown_what_is_open_to_it(people, as_):
    with as_(people.administrator):
        SectionRule.objects.filter(viewer_kind="MINISTRY", opened_by_kind="NGO").update(sections=int(NOTHING))
    with as_(people.reviewer):
        # At once, before the scope of any file is worked out anew.
        assert {case.agency_kind for case in queries.page_for(people.reviewer, {}).rows} == {
            "DEPARTMENT",
            "POLICE",
        }
    with acting(system("reconcile")):
        assert access.reconcile() == 0
    with as_(people.reviewer):
        assert not people.reviewer.rights.open_provinces
        assert check(people.reviewer)


@pytest.mark.django_db
@pytest.mark.usefixtures("files")
def test_a_rule_that_opens_less_counts_at_once_in_both_walls(people, as_):
    case = make_case(by=people.officer_bmc, full=True)

    def seen():
        with as_(people.reviewer):
            sections = access.sections_of(people.reviewer, case)
            first = access.visible_cases(people.reviewer, Section.RISK).filter(pk=case.pk).exists()
            return Section.RISK in sections, first, RiskAssessment.objects.filter(case=case).exists()

    assert seen() == (True, True, True)
    with as_(people.administrator):
        rule = SectionRule.objects.get(viewer_kind="MINISTRY", opened_by_kind="DEPARTMENT")
        less = rule.sections & ~Section.RISK
        change_rule(rule=rule, sections=int(less), confirmed=False, by=people.administrator)
    assert seen() == (False, False, False)
    with as_(people.officer_bmc):
        assert RiskAssessment.objects.filter(case=case).exists(), "other kinds see it as before"
    with as_(people.administrator):
        change_rule(rule=rule, sections=int(NOTHING), confirmed=False, by=people.administrator)
    with as_(people.reviewer):
        assert not Case.objects.filter(pk=case.pk).exists()
    with acting(system("reconcile")):
        assert access.reconcile() == 0, "nothing is left to set right"
