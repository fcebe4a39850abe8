"""The review of an exclusion by somebody else, and everything that tells people: nothing of the file reaches whoever
is kept away from it."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.actions import posts
from accounts.models import Membership
from accounts.refusals import NotNow
from audit.context import acting, system
from audit.kinds import Kind
from audit.queries import readable
from audit.record import Thing, record
from cases import queries
from cases.answers import Answer
from cases.exclusions import access as away
from cases.exclusions import actions, vault
from cases.models import Exclusion
from desk import exports
from desk.models import DeadlinePolicy, Due, Notice
from desk.reminders import queries as reminders
from desk.reminders import sweep
from referrals import queries as referral_queries
from referrals.access import visible_referrals
from tests.desk.due import later
from tests.factories import keep_away, make_case, make_referral

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(people):
    return make_case(by=people.officer_bmc, full=True)


# --- the review ---------------------------------------------------------------------------------------------


def who_may_review(people, exclusion):
    found = set()
    for name, person in vars(people).items():
        with acting(person.as_actor()):
            listed = away.reviewable(person).filter(pk=exclusion.pk).exists()
            with connection.cursor() as cursor, transaction.atomic():
                cursor.execute("UPDATE cases_exclusion SET review = review WHERE id = %s", [exclusion.pk])
                assert (cursor.rowcount == 1) == listed, f"{name}: the walls differ"
        if listed:
            found.add(name)
    return found


def test_it_is_reviewed_by_somebody_else(people, case):
    """The head of the owning office and the ministry; never its maker, nor whoever is kept away; and where the office
    has nobody, the national desk."""
    by_officer = keep_away(case, people.ngo_hope, by=people.officer_bmc)
    assert who_may_review(people, by_officer) == {"head_bmc", "reviewer", "desk_reviewer"}
    by_head = keep_away(case, people.ngo_river, by=people.head_bmc)
    assert who_may_review(people, by_head) == {"reviewer", "desk_1", "desk_2", "desk_reviewer"}
    keep_away(case, "MOSVY", by=people.identifier)
    assert who_may_review(people, by_officer) == {"head_bmc"}
    # The last one of the office who could: what waits goes to the desk as well.
    keep_away(case, people.head_bmc, by=people.officer_bmc)
    assert who_may_review(people, by_officer) == {"desk_1", "desk_2"}


def test_a_named_only_file_and_one_of_an_office_without_a_head_go_to_the_desk(people):
    hidden = make_case(by=people.officer_bmc, full=True, official_involved=Answer.YES)
    one = keep_away(hidden, people.police_bmc, by=people.officer_bmc)
    assert who_may_review(people, one) == {"desk_1", "desk_2", "desk_reviewer"}
    two = keep_away(make_case(by=people.ngo_hope, full=True), people.ngo_hope_2, by=people.ngo_hope)
    assert who_may_review(people, two) == {"reviewer", "desk_1", "desk_2", "desk_reviewer"}


def test_the_decision(people, as_, case, events):
    exclusion = keep_away(case, people.ngo_hope, by=people.head_bmc)
    with as_(people.head_bmc), pytest.raises(NotNow):
        actions.uphold(exclusion=exclusion, by=people.head_bmc)
    reviewer = people.reviewer
    with as_(reviewer):
        with pytest.raises(NotNow):
            actions.lift(exclusion=exclusion, words=" ", by=reviewer)
        upheld = actions.uphold(exclusion=exclusion, words="It is so.", by=reviewer)
        assert (upheld.review, upheld.reviewed_by, upheld.ended_at) == ("UPHELD", reviewer, None)
        with pytest.raises(NotNow):
            actions.uphold(exclusion=exclusion, by=reviewer)
        lifted = actions.lift(exclusion=exclusion, words="They moved away.", by=reviewer)
        assert vault.review(lifted) == "They moved away."
        with pytest.raises(NotNow):
            actions.lift(exclusion=exclusion, words="Again.", by=reviewer)
        with pytest.raises(DatabaseError, match="ends once"), transaction.atomic():
            Exclusion.objects.filter(pk=exclusion.pk).update(review="UPHELD")
    assert [row[4]["outcome"] for row in events("EXCLUSION_REVIEWED")] == ["UPHELD", "LIFTED"]
    # What ended is made anew, and both stay in the history.
    again = keep_away(case, people.ngo_hope, by=people.officer_bmc)
    with as_(people.officer_bmc):
        assert again.history.count() == 1
        assert list(exclusion.history.order_by("history_id").values_list("review", flat=True)) == [
            "WAITING", "WAITING", "UPHELD", "LIFTED",
        ]  # fmt: skip


# --- what tells people --------------------------------------------------------------------------------------


def told_of(person, what):
    with acting(person.as_actor()):
        return reminders.unread(person), {
            due.pk
            for due in reminders.mine(person).filter(kind=what)
            | reminders.of_office(person).filter(kind=what)
        }


def tell_now(kind):
    with acting(system("reminder")):
        Due.objects.filter(kind=kind, done_at=None).update(next_at=timezone.now())
    for danger in (True, False):
        sweep.tell_batch(danger=danger)


def test_a_notice_that_was_written_is_gone_with_the_file(people, as_):
    case = make_case(by=people.officer_bmc, full=True, danger_now=Answer.YES)
    tell_now("CASE")
    assert told_of(people.officer_bmc, "CASE")[0] == told_of(people.head_bmc, "CASE")[0] == 1
    keep_away(case, people.officer_bmc, by=people.officer_bmc)
    assert told_of(people.officer_bmc, "CASE") == (0, set())
    assert told_of(people.head_bmc, "CASE")[0] == 1


def test_the_turn_of_who_is_kept_away_falls_to_the_colleagues(people, as_):
    case = make_case(by=people.officer_bmc, full=True, danger_now=Answer.NO)
    keep_away(case, people.officer_bmc, by=people.officer_bmc)
    tell_now("CASE")
    with as_(people.officer_bmc_2):
        assert Notice.objects.filter(person=people.officer_bmc_2, due__case_id=case.pk).exists()
    with as_(people.officer_bmc):
        assert not Notice.objects.filter(due__case_id=case.pk).exists()


def test_an_escalation_leaves_out_whoever_is_kept_away(people, as_):
    with as_(people.administrator):
        DeadlinePolicy.objects.filter(what="CASE").update(
            confirmed=True, legal_ref="A circular", escalate_after=1, mode="SENT"
        )
    case = make_case(by=people.officer_bmc, full=True, danger_now=Answer.YES)
    keep_away(case, people.reviewer, by=people.officer_bmc)
    keep_away(case, people.head_bmc, by=people.officer_bmc)
    later(days=30)
    sweep.tell_batch(danger=True)
    told = set()
    for name in ("officer_bmc", "head_bmc", "reviewer", "desk_reviewer"):
        with acting(getattr(people, name).as_actor()):
            if Notice.objects.filter(person=getattr(people, name), stage="ESCALATED").exists():
                told.add(name)
    assert told == {"officer_bmc", "desk_reviewer"}


def test_reviewers_are_told_and_their_deadline_ends_with_the_review(people, as_, case):
    exclusion = keep_away(case, people.head_bmc, by=people.officer_bmc)
    tell_now("EXCLUDED")
    assert [
        told_of(person, "EXCLUDED")[0] for person in (people.desk_1, people.head_bmc, people.officer_bmc)
    ] == [1, 0, 0]
    other = keep_away(case, people.ngo_hope, by=people.officer_bmc)
    with as_(people.reviewer):
        found = away.reviewable(people.reviewer)
        assert {one.pk for one in found} == {exclusion.pk, other.pk}
        actions.uphold(exclusion=exclusion, by=people.reviewer)
    with as_(people.desk_1):
        assert reminders.unread(people.desk_1) == 0
        assert {due.thing_id for due in reminders.mine(people.desk_1)} == {other.pk}


NAMES = (
    "officer_bmc",
    "officer_bmc_2",
    "head_bmc",
    "reviewer",
    "desk_reviewer",
    "desk_1",
    "desk_2",
    "identifier",
)


def told_at(people, stage, exclusion):
    found = set()
    for name in NAMES:
        person = getattr(people, name)
        with acting(person.as_actor()):
            mine = Notice.objects.filter(person=person, stage=stage, due__thing_id=exclusion.pk)
            if mine.exists():
                found.add(name)
    return found


def sweep_now():
    sweep.look_again()
    for danger in (True, False):
        sweep.tell_batch(danger=danger)


def test_a_review_that_lies_goes_up(people, case):
    """After three days and three more to the ministry, of a named-only file to the desk; never to its maker, nor to
    whom it keeps away."""
    hidden = make_case(by=people.officer_bmc, full=True, official_involved=Answer.YES)
    plain = keep_away(case, people.ngo_hope, by=people.officer_bmc)
    with_them = keep_away(case, people.reviewer, by=people.officer_bmc)
    by_head = keep_away(case, people.ngo_river, by=people.head_bmc)
    named = keep_away(hidden, people.desk_1, by=people.desk_2)
    sweep_now()
    assert told_at(people, "DUE", plain) == {"head_bmc"}
    later(days=3.1)
    sweep_now()
    assert told_at(people, "ESCALATED", plain) == set()
    later(days=3)
    sweep_now()
    assert told_at(people, "ESCALATED", plain) == {"head_bmc", "desk_reviewer"}
    assert told_at(people, "ESCALATED", with_them) == {"head_bmc", "desk_reviewer"}
    assert told_at(people, "ESCALATED", by_head) == {"desk_reviewer"}
    assert told_at(people, "ESCALATED", named) == {"desk_reviewer"}


def test_an_office_whose_head_has_left_is_looked_at_anew(people, as_, case, events):
    """Who waits at an office without a reviewer comes to the desk, and its people are told of it, once."""
    one = keep_away(case, people.ngo_hope, by=people.officer_bmc)
    kept = keep_away(make_case(by=people.officer_bmc_2, full=True), people.ngo_hope, by=people.officer_bmc_2)
    sweep_now()
    assert told_at(people, "DUE", one) == told_at(people, "DUE", kept) == {"head_bmc"}
    with as_(people.officer_bmc):
        with connection.cursor() as cursor:
            cursor.execute("SELECT cases_exclusions_look_again()")
        assert not Exclusion.objects.filter(at_desk=True).exists(), "the sweep alone asks"
    sweep_now()
    with as_(people.desk_1):
        assert not away.reviewable(people.desk_1).exists(), "the head is there"
    with as_(people.administrator):
        post = Membership.objects.get(person=people.head_bmc)
        posts.end_membership(membership=post, at_once=True, by=people.administrator)
    sweep_now()
    assert told_at(people, "DUE", one) == {"desk_1", "desk_2", "desk_reviewer"}
    with as_(people.desk_1):
        assert {row.pk for row in away.reviewable(people.desk_1)} == {one.pk, kept.pk}
        actions.uphold(exclusion=Exclusion.objects.get(pk=one.pk), by=people.desk_1)
    before = told_at(people, "DUE", kept)
    sweep_now()
    assert told_at(people, "DUE", kept) == before


def test_referrals_of_the_file_are_out_of_sight(people, as_, case):
    waiting = make_referral(case, status="SUBMITTED", to="SHELTER-BMC")
    sent = make_referral(case, status="APPROVED", to="NGO-HOPE")
    for person, one in ((people.reviewer, waiting), (people.ngo_hope, sent)):
        with as_(person):
            assert visible_referrals(person).filter(pk=one.pk).exists()
        keep_away(case, person, by=people.officer_bmc)
        with as_(person):
            assert not visible_referrals(person).exists()
            assert not type(one).objects.exists(), "behind the second wall alone"
            assert not referral_queries.review_queue(person).exists()
            assert not reminders.mine(person).exists()
    keep_away(case, "NGO-RIVER", by=people.officer_bmc)
    with as_(people.officer_bmc):
        offered = {one.code for one in referral_queries.receivers(people.officer_bmc, case)}
        assert "SHELTER-BMC" in offered
        assert "NGO-RIVER" not in offered


def test_who_keeps_the_trail_reads_nothing_of_a_file_that_they_are_kept_away_from(
    people, as_, case, client_of
):
    with as_(people.auditor):
        assert readable(people.auditor).filter(case_id=case.pk).exists()
    keep_away(case, people.auditor, by=people.officer_bmc)
    with as_(people.auditor):
        assert not readable(people.auditor).filter(case_id=case.pk).exists()
        assert not readable(people.auditor).model.objects.filter(case_id=case.pk).exists(), "the second wall"
        record(Kind.TRAIL_READ, Thing(type="trail"))
        assert readable(people.auditor).exists(), "everything else is there"
    page = client_of(people.auditor).get(reverse("audit:trail")).content.decode()
    assert case.number not in page
    assert case.number in client_of(people.administrator).get(reverse("audit:trail")).content.decode()


def test_a_number_alone_does_not_count_it(people, as_, case):
    with as_(people.head_bmc):
        assert queries.open_files_of(people.officer_bmc) == 1
    keep_away(case, people.head_bmc, by=people.officer_bmc)
    with as_(people.head_bmc):
        assert queries.open_files_of(people.officer_bmc) == 0


def test_an_export_that_was_made_before_stays_as_it_was(people, as_, case):
    """It holds what its maker could see then. To close it would tell them that something happened."""
    with as_(people.head_bmc):
        before = exports.sight_of(people.head_bmc)
    keep_away(case, people.head_bmc, by=people.officer_bmc)
    with as_(people.head_bmc):
        assert exports.sight_of(people.head_bmc) == before
