"""A file with something in every section, and a referral of it to NGO-HOPE, sent in by DOSVY-BMC."""

import pytest

from accounts.models import Agency
from audit.context import acting
from tests.factories import STORY, CaseFactory, add_note
from tests.referrals import made


@pytest.fixture
def case(people):
    made_case = CaseFactory(by=people.officer_bmc, **STORY)
    add_note(made_case, by=people.officer_bmc)
    return made_case


@pytest.fixture
def referral(case, people):
    return made.submit(case, people.officer_bmc)


@pytest.fixture
def agency(people):
    """`agency("NGO-HOPE")`: an agency of the suite by its short name."""

    def named(code):
        with acting(people.administrator.as_actor()):
            return Agency.objects.get(code=code)

    return named
