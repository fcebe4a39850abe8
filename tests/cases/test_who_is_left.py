"""Of a file for named people only somebody of the national desk is always left, who reviews who is kept away."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Agency
from accounts.refusals import NotNow
from accounts.roles import Role
from audit.context import acting, system
from cases import access
from cases.answers import Answer
from cases.exclusions import access as away
from cases.exclusions import actions
from cases.models import Exclusion
from cases.sight import actions as sight
from tests.factories import keep_away, make_case

pytestmark = pytest.mark.django_db


@pytest.fixture
def hidden(people):
    return make_case(by=people.officer_bmc, full=True, official_involved=Answer.YES)


def agency(code):
    with acting(system("demo")):
        return Agency.objects.get(code=code)


def straight_in(case, who, *, by):
    """Past every rule of Python."""
    given = {"agency": who} if isinstance(who, Agency) else {"person": who}
    with acting(by.as_actor()), transaction.atomic():
        Exclusion.objects.bulk_create(
            [Exclusion(case=case, number=case.number, made_by=by, made_at=timezone.now(), **given)]
        )


def refused(case, who, *, by):
    with pytest.raises(NotNow):
        keep_away(case, who, by=by)
    with pytest.raises(DatabaseError, match="desk would be left"):
        straight_in(case, agency(who) if isinstance(who, str) else who, by=by)


def sees(case, person):
    with acting(person.as_actor()):
        return access.visible_cases(person).filter(pk=case.pk).exists()


def test_nobody_shuts_the_national_desk_out(people, hidden):
    """Person by person, or as a whole; whatever else reviewers there are, they do not see the file."""
    officer = people.officer_bmc
    refused(hidden, "NAMED-DESK", by=officer)
    keep_away(hidden, people.desk_1, by=officer)
    keep_away(hidden, people.desk_2, by=officer)
    refused(hidden, people.desk_reviewer, by=officer)
    refused(hidden, "NAMED-DESK", by=officer)
    refused(hidden, "MOSVY", by=officer)  # desk_reviewer works there too
    assert [sees(hidden, one) for one in (people.desk_1, people.desk_2, people.desk_reviewer)] == [0, 0, 1]
    keep_away(hidden, people.reviewer, by=officer)
    with acting(people.desk_reviewer.as_actor()):
        assert away.reviewable(people.desk_reviewer).filter(case=hidden).count() == 3


def test_one_of_two_agencies_of_the_desk_is_enough(people, hire, hidden):
    other = hire(people.identifier, "MOI", Role.NATIONAL_DESK)
    keep_away(hidden, "NAMED-DESK", by=people.officer_bmc)
    refused(hidden, "MOI", by=people.officer_bmc)
    assert sees(hidden, other)
    # Nor does the last one send away whom somebody else has left: nobody reviews what they made themselves.
    assert not sees(hidden, people.desk_1)


def test_whoever_keeps_away_does_not_count_as_who_reviews_it(people, hidden):
    keep_away(hidden, people.desk_1, by=people.officer_bmc)
    keep_away(hidden, people.desk_reviewer, by=people.officer_bmc)
    refused(hidden, people.police_bmc, by=people.desk_2)
    keep_away(hidden, people.police_bmc, by=people.officer_bmc)


def test_the_last_of_the_desk_is_asked_to_wait_and_nobody_else(people, hidden, client_of):
    for person in (people.desk_1, people.desk_reviewer):
        keep_away(hidden, person, by=person)
    with pytest.raises(NotNow):
        keep_away(hidden, people.desk_2, by=people.desk_2)
    with pytest.raises(DatabaseError, match="desk would be left"):
        straight_in(hidden, people.desk_2, by=people.desk_2)
    answer = client_of(people.desk_2).post(
        reverse("cases:conflict", args=[hidden.number]), {"reason": "RELATIVE", "words": ""}
    )
    assert (answer.status_code, bool(answer.context["form"].non_field_errors())) == (200, True)
    assert sees(hidden, people.desk_2)
    keep_away(hidden, people.officer_bmc, by=people.officer_bmc)
    assert not sees(hidden, people.officer_bmc)


def test_a_file_does_not_become_named_only_where_the_desk_is_kept_away(people):
    """Of an ordinary file the ministry reviews that; of this one it could not any more."""
    case, officer = make_case(by=people.officer_bmc, full=True), people.officer_bmc
    made = [keep_away(case, one, by=officer) for one in (people.desk_1, people.desk_2, people.desk_reviewer)]
    sent = {"why": "OFFICIAL", "words": "His brother works here.", "keep": [officer.pk]}
    with acting(officer.as_actor()):
        with pytest.raises(NotNow):
            sight.name_only(case=case, by=officer, **sent)
        with (
            pytest.raises(DatabaseError, match="desk would be left"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(
                "SELECT cases_name_only(%s, gen_random_uuid(), 'OTHER', 'x', %s, %s::uuid[])",
                [case.pk, case.agency_id, [officer.pk]],
            )
    with acting(people.head_bmc.as_actor()):
        away_with = Exclusion.objects.get(pk=made[0].pk)
        actions.lift(exclusion=away_with, words="A mistake.", by=people.head_bmc)
    with acting(officer.as_actor()):
        sight.name_only(case=case, by=officer, **sent)
    assert sees(case, people.desk_1)
