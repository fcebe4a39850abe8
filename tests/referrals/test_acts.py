"""What the acts of a referral refuse, and what they leave behind."""

import datetime
import threading

import pytest
from django.db import connections

from accounts.refusals import NotNow, Refused, Stale
from accounts.sections import Section
from audit.context import acting
from cases.models import Consent
from referrals import access, actions, lifecycle, vault
from referrals.lifecycle import TURN, Verb
from referrals.models import Referral, ReferralStep
from referrals.reminders import answer_due
from referrals.states import ENDED, Side, Status
from tests.factories import STORY, CaseFactory
from tests.referrals import made

TOMORROW = datetime.date(2100, 1, 1)


@pytest.mark.parametrize(
    "wrong",
    [
        {"consent_on": None},
        {"consent_how": ""},
        {"consent_how": "WHISPERED"},
        {"consent_on": TOMORROW},
        {"basis": "EMERGENCY", "justification": " "},
        {"basis": "EMERGENCY", "justification": "គ្រោះថ្នាក់", "urgency": "LOW"},
        {"basis": "NONE"},
        {"services": ()},
        {"services": ("NO_SUCH",)},
        {"reason": "NO_SUCH"},
        {"urgency": "SOON"},
        {"summary": "  "},
        {"sections": Section.NOTES},
        {"sections": Section.SUMMARY | Section.REFERRALS},
    ],
)
def test_a_wrong_packet_writes_nothing(case, people, events, wrong):
    with acting(people.officer_bmc.as_actor()):
        consents = Consent.objects.count()
    with pytest.raises(NotNow):
        made.submit(case, people.officer_bmc, **wrong)
    with acting(people.officer_bmc.as_actor()):
        assert Referral.objects.count() == 0
        assert Consent.objects.count() == consents
    assert events("REFERRAL_SUBMITTED") == []


def test_a_referral_records_the_consent_for_its_recipient(referral, people, events):
    with acting(people.officer_bmc.as_actor()):
        consent = Consent.objects.get(pk=referral.consent_id)
    assert (consent.purpose, consent.answer, consent.recipient_id) == (
        "REFERRAL",
        "GIVEN",
        referral.to_agency_id,
    )
    assert (consent.given_on, consent.how) == (datetime.date(2026, 1, 3), "SPOKEN")
    assert len(events("REFERRAL_SUBMITTED")) == 1


def test_an_emergency_goes_without_consent_and_is_marked(case, people):
    urgent = {"basis": "EMERGENCY", "justification": "គ្រោះថ្នាក់", "consent_on": None, "consent_how": ""}
    referral = made.submit(case, people.officer_bmc, **urgent)
    with acting(people.reviewer.as_actor()):
        seen = access.open_referral(people.reviewer, referral.pk).referral
        assert (seen.basis, seen.consent_id, vault.justification(seen)) == ("EMERGENCY", None, "គ្រោះថ្នាក់")


@pytest.mark.parametrize("code", ["DOSVY-BMC", "DOSVY-BTB", "MOSVY"])
def test_only_other_agencies_that_take_referrals_are_asked(case, people, agency, code):
    with pytest.raises(NotNow):
        made.submit(case, people.officer_bmc, to=agency(code))


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("reviewer", "capability:REFER"),
        ("identifier", "capability:REFER"),
        ("police_bmc", "section:WORK"),
        ("officer_btb", "section:WORK"),
        ("ngo_hope", "section:WORK"),
    ],
)
def test_who_may_not_refer_this_file(case, people, name, code):
    with pytest.raises(Refused) as refused:
        made.submit(case, getattr(people, name))
    assert refused.value.code == code


def test_a_file_that_was_opened_by_a_referral_is_not_referred_on(referral, people, agency):
    made.bring(referral, "ACCEPTED", people)
    with acting(people.ngo_hope.as_actor()), pytest.raises(Refused) as refused:
        actions.submit(case=referral.case, packet=made.packet(to=agency("NGO-RIVER")), by=people.ngo_hope)
    assert refused.value.code == "section:REFERRALS"


def test_one_open_referral_of_a_file_to_an_agency(referral, case, people):
    with pytest.raises(NotNow):
        made.submit(case, people.officer_bmc_2)
    made.bring(referral, "DECLINED", people)
    assert made.submit(case, people.officer_bmc_2).status == "SUBMITTED"


def test_an_ended_file_is_not_referred(people):
    case = CaseFactory(by=people.officer_bmc, **STORY, status="NO_INDICATORS")
    with pytest.raises(NotNow):
        made.submit(case, people.officer_bmc)


# --- nobody decides on what they asked for ------------------------------------------------------------------


@pytest.mark.parametrize("name", ["approve", "send_back"])
def test_nobody_reviews_their_own_request_through_another_role(referral, people, hire, name):
    hire(people.officer_bmc, "MOSVY", "MINISTRY_REVIEWER")
    with pytest.raises(Refused) as refused:
        made.act(name, referral, people.officer_bmc)
    assert refused.value.code == "own_request"
    with acting(people.officer_bmc.as_actor()):
        shown = access.open_referral(people.officer_bmc, referral.pk)
        choices = lifecycle.available(shown.referral, people.officer_bmc, shown.sides)
        assert {c.move.verb: c.is_open for c in choices} == {
            "APPROVE": False,
            "SEND_BACK": False,
            "WITHDRAW": True,
        }


def test_nor_after_a_colleague_sent_it_in_again(referral, people, hire):
    made.act("send_back", referral, people.reviewer)
    with acting(people.officer_bmc_2.as_actor()):
        actions.resubmit(referral=referral, packet=made.packet(summary="ថ្មី"), by=people.officer_bmc_2)
    hire(people.officer_bmc, "MOSVY", "MINISTRY_REVIEWER")
    with pytest.raises(Refused) as refused:
        made.act("approve", referral, people.officer_bmc)
    assert refused.value.code == "own_request"


def test_nobody_accepts_their_own_request(referral, people, hire):
    made.act("approve", referral, people.reviewer)
    hire(people.officer_bmc, "NGO-HOPE", "NGO_WORKER")
    with pytest.raises(Refused) as refused:
        made.act("accept", referral, people.officer_bmc)
    assert refused.value.code == "own_request"


@pytest.mark.parametrize(
    ("name", "act", "code"),
    [
        ("officer_bmc", "approve", "capability:REVIEW_REFERRAL"),
        ("head_bmc", "approve", "capability:REVIEW_REFERRAL"),
        ("ngo_hope", "approve", "capability:REVIEW_REFERRAL"),
        ("reviewer", "accept", "capability:ANSWER_REFERRAL"),
        ("reviewer", "withdraw", "capability:REFER"),
        ("ngo_hope", "withdraw", "side:SENDER"),
        ("desk_reviewer", "withdraw", "side:SENDER"),
    ],
)
def test_each_side_has_its_own_acts(referral, people, name, act, code):
    made.act("approve", referral, people.reviewer)
    with pytest.raises(Refused) as refused:
        made.act(act, referral, getattr(people, name))
    assert refused.value.code == code


def test_a_role_in_another_agency_does_not_answer_for_this_one(referral, people, hire):
    made.act("approve", referral, people.reviewer)
    hire(people.ngo_river, "NGO-HOPE", "COMMITTEE_MEMBER")
    with pytest.raises(Refused) as refused:
        made.act("accept", referral, people.ngo_river)
    assert refused.value.code == "side:RECEIVER"


# --- words, versions, two at once ---------------------------------------------------------------------------


@pytest.mark.parametrize(("act", "status"), [("send_back", "SUBMITTED"), ("decline", "APPROVED")])
@pytest.mark.parametrize("given", [{"reason": "NO_SUCH"}, {"words": " "}])
def test_returning_and_declining_need_a_reason_and_words(referral, people, act, status, given):
    referral = made.bring(referral, status, people)
    by = people.reviewer if act == "send_back" else people.ngo_hope
    with pytest.raises(NotNow):
        made.act(act, referral, by, **given)
    assert made.fresh(referral, people.officer_bmc).status == status


def test_the_sender_reads_why_it_was_returned(referral, people):
    made.act("send_back", referral, people.reviewer)
    with acting(people.officer_bmc.as_actor()):
        step = ReferralStep.objects.get(referral=referral, verb="SEND_BACK")
        assert (step.reason, vault.words(step, referral)) == ("INSUFFICIENT_INFORMATION", "សូមបញ្ជាក់")
        raw = bytes(step.words_sealed)
    assert "សូមបញ្ជាក់".encode() not in raw


def test_a_decision_on_an_older_text_is_refused(referral, people):
    shown = referral.version
    made.act("send_back", referral, people.reviewer)
    with acting(people.officer_bmc.as_actor()):
        actions.resubmit(referral=referral, packet=made.packet(summary="ថ្មី"), by=people.officer_bmc)
    with pytest.raises(Stale):
        made.act("approve", referral, people.reviewer, version=shown)


def test_sending_in_again_replaces_the_packet(referral, people, agency):
    made.act("send_back", referral, people.reviewer)
    with acting(people.officer_bmc.as_actor()):
        new = made.packet(to=agency("SHELTER-BMC"), services=("TVET",), summary="ថ្មី")
        again = actions.resubmit(referral=referral, packet=new, by=people.officer_bmc)
        assert [s.code for s in again.services.all()] == ["TVET"]
        assert (again.to_agency.code, vault.summary(again)) == ("SHELTER-BMC", "ថ្មី")
    made.act("approve", referral, people.reviewer)
    with acting(people.shelter.as_actor()):
        assert access.visible_referrals(people.shelter).count() == 1
    with acting(people.ngo_hope.as_actor()):
        assert access.visible_referrals(people.ngo_hope).count() == 0


@pytest.mark.asvs("15.4.2")
def test_of_two_who_accept_at_once_one_wins_and_the_other_is_told(fresh_db, people, hire, case, events):
    colleague = hire(people.nobody, "NGO-HOPE", "NGO_WORKER")
    referral = made.bring(made.submit(case, people.officer_bmc), "APPROVED", people)
    answers, start = [], threading.Barrier(2)

    def accept(person):
        try:
            start.wait()
            made.act("accept", referral, person, version=referral.version)
            answers.append("accepted")
        except NotNow as late:
            answers.append(str(late.sentence))
        finally:
            connections.close_all()

    workers = [threading.Thread(target=accept, args=[person]) for person in (people.ngo_hope, colleague)]
    [worker.start() for worker in workers]
    [worker.join() for worker in workers]
    assert sorted(answers, key=lambda a: a != "accepted") == [
        "accepted",
        str(lifecycle.STANDS[Status.ACCEPTED]),
    ]
    assert len(events("ACCESS_GRANTED")) == 1


# --- the table ----------------------------------------------------------------------------------------------


def test_every_state_says_whose_turn_it_is_and_what_stands():
    assert set(TURN) == set(lifecycle.STANDS) == set(Status)
    assert {status for status, side in TURN.items() if side is None} == set(ENDED)
    assert TURN[Status.SUBMITTED] == Side.MINISTRY


def test_only_the_lifecycle_assigns_a_status():
    from pathlib import Path

    folder = Path(lifecycle.__file__).parent
    found = [p.name for p in folder.glob("*.py") if ".status = " in p.read_text()]
    assert found == ["lifecycle.py"]


def test_every_verb_is_told_and_has_its_action():
    from referrals.views import ADDRESSES
    from referrals.words import DONE

    assert set(DONE) == set(Verb)
    assert set(ADDRESSES) == set(Verb) - {Verb.SUBMIT, Verb.RESUBMIT}
    assert all(callable(getattr(actions, verb.lower())) for verb in Verb)


@pytest.mark.parametrize(
    ("urgency", "day", "due"),
    [("HIGH", 20, 1121), ("MEDIUM", 20, 1130), ("LOW", 20, 1202), ("MEDIUM", 16, 1119)],
)
def test_an_answer_is_due_in_hours_or_working_days(people, as_, urgency, day, due):
    """20 November 2026 is a Friday, and from the 23rd to the 25th is the water festival."""
    sent = datetime.datetime(2026, 11, day, 9, tzinfo=datetime.UTC)
    with as_(people.officer_bmc):
        assert answer_due(urgency, sent) == datetime.datetime(
            2026, due // 100, due % 100, 9, tzinfo=datetime.UTC
        )
