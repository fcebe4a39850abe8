"""The proposed rules of sections: one for each pair of kinds, loaded once, never overwriting what was edited."""

import pytest

from accounts.management.commands import load_rules
from accounts.models import Agency, SectionRule
from accounts.sections import EVERYTHING, NOTHING, Section

STATE = {"DEPARTMENT", "COMMITTEE", "POLICE", "MINISTRY", "EMBASSY"}


@pytest.fixture(scope="module")
def rules():
    return {
        (rule.viewer_kind, rule.opened_by_kind): Section(rule.sections) for rule in load_rules.read_rules()
    }


def test_none_is_confirmed_yet():
    assert not any(rule.confirmed for rule in load_rules.read_rules())


def test_a_department_sees_all_that_the_state_opened_and_the_summary_of_the_rest(rules):
    for opener in Agency.Kind.values:
        expected = EVERYTHING if opener in STATE else Section.SUMMARY | Section.REFERRALS
        assert rules["DEPARTMENT", opener] == expected


def test_a_ministry_never_sees_identity_by_province(rules):
    assert not any(rules["MINISTRY", opener] & Section.IDENTITY for opener in Agency.Kind.values)
    assert all(rules["MINISTRY", opener] & Section.WORK for opener in Agency.Kind.values)


def test_committees_read_and_nobody_outside_the_state_sees_by_province(rules):
    for opener in Agency.Kind.values:
        assert rules["COMMITTEE", opener] == Section.SUMMARY | Section.RISK | Section.REFERRALS
        for viewer in ("POLICE", "NGO", "SHELTER", "INTERNATIONAL", "EMBASSY"):
            assert rules[viewer, opener] == NOTHING


def test_loading_again_writes_nothing(db, people, as_):
    with as_(people.administrator):
        assert SectionRule.objects.count() == len(Agency.Kind.values) ** 2
        rule = SectionRule.objects.get(viewer_kind="COMMITTEE", opened_by_kind="NGO")
        rule.sections = int(Section.SUMMARY)
        rule.save()
        assert load_rules.write(load_rules.read_rules()) == 0
        rule.refresh_from_db()
        assert rule.sections == Section.SUMMARY
