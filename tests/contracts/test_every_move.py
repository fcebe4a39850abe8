"""Every state and every verb, of files and of referrals.

A legal move sets the state, adds exactly one event and one version; any other is refused and changes nothing.
"""

from contextlib import suppress

import pytest
from django.db import transaction
from django.utils.translation import gettext

from accounts.refusals import NotFound, NotNow, Refused, Stale
from accounts.roles import Capability
from cases import access, actions, lifecycle, queries
from cases.models import Case
from cases.states import Status
from referrals import lifecycle as refer
from referrals.states import Status as ReferralStatus
from tests.factories import (
    STORY,
    answer,
    asked_of,
    bring,
    make_case,
    make_referral,
    mover,
    path_to,
    referral_mover,
)

pytestmark = pytest.mark.django_db

#: Reached by an act that a later issue brings.
NOT_YET = {Status.DUPLICATE}
#: Personas to whom some move of a department's file belongs, open now or not.
MOVERS = {"officer_bmc", "officer_bmc_2", "head_bmc", "identifier"}
STATES = [status for status in Status if status not in NOT_YET]


def snapshot(outside, case):
    return outside("SELECT c::text FROM cases_case c WHERE id = %s", [case.pk]), len(
        outside("SELECT 1 FROM audit_event")
    )


WELL = {"reason": "she is well", "closure": "GOALS_ACHIEVED"}


class Forget(Exception):
    """Takes a legal move back, so that the next verb finds the same state."""


@pytest.mark.asvs("2.3.1")
@pytest.mark.parametrize("status", STATES)
def test_every_verb_in_a_state(people, as_, outside, status):
    case = make_case(by=people.officer_bmc, status=status)
    before = snapshot(outside, case)
    for move in lifecycle.MOVES:
        person = mover(move, people.officer_bmc)

        def legal(move=move, person=person):
            moved = actions.move(case=case, verb=move.verb, by=person, **asked_of(move))
            assert (moved.status, moved.version) == (move.target, case.version + 1)
            assert snapshot(outside, case)[1] == before[1] + 1, f"{move.verb}: exactly one event."
            last = outside("SELECT kind, detail->>'verb' FROM audit_event ORDER BY seq DESC LIMIT 1")
            assert last == [("FILE_MOVED", move.verb)]
            raise Forget

        if status in move.sources:
            with pytest.raises(Forget), as_(person):
                legal()
        else:
            with as_(person), pytest.raises(NotNow) as refusal:
                actions.move(case=case, verb=move.verb, by=person, **asked_of(move) | {"reason": "because"})
            assert str(refusal.value) == str(move.sentence)
        assert snapshot(outside, case) == before, f"{move.verb} from {status} changed something."


def test_every_state_is_reached_by_real_moves():
    assert {status for status in Status if _reached(status)} == set(STATES)


def _reached(status):
    try:
        path_to(status)
    except LookupError:
        return False
    return True


def test_every_state_has_its_turn():
    assert set(lifecycle.TURN) == set(Status)


@pytest.mark.parametrize("move", [m for m in lifecycle.MOVES if m.reason], ids=lambda m: m.verb)
def test_a_move_that_asks_why_is_refused_without(people, as_, outside, move):
    source = min(move.sources & set(STATES))
    case = make_case(by=people.officer_bmc, status=source)
    person, before = mover(move, people.officer_bmc), snapshot(outside, case)
    for empty in ("", "  ", "\n"):
        with as_(person), pytest.raises(NotNow):
            actions.move(case=case, verb=move.verb, by=person, **asked_of(move) | {"reason": empty})
    assert snapshot(outside, case) == before


@pytest.mark.parametrize("move", lifecycle.MOVES, ids=lambda m: m.verb)
def test_nobody_moves_what_their_role_does_not_include(people, as_, outside, move):
    case = make_case(by=people.officer_bmc, status=min(move.sources & set(STATES)))
    before = snapshot(outside, case)
    for name, person in vars(people).items():
        with as_(person):
            if person.may(move.capability):
                continue
            with pytest.raises(Refused):
                actions.move(case=case, verb=move.verb, by=person, reason="because")
        assert snapshot(outside, case) == before, name


def test_a_stale_move_is_refused(people, as_, outside):
    case = make_case(by=people.officer_bmc)
    old = case.version
    moved = bring(case, Status.SCREENING, by=people.officer_bmc)
    before = snapshot(outside, moved)
    with as_(people.officer_bmc_2), pytest.raises(Stale) as stale:
        actions.move(case=moved, verb="PRESUME", by=people.officer_bmc_2, version=old)
    assert (stale.value.sent, stale.value.now) == (old, moved.version)
    assert snapshot(outside, moved) == before


def test_the_state_that_counts_is_the_one_in_the_table(people, as_):
    """An object in hand may be old: the move looks at the locked row."""
    case = make_case(by=people.officer_bmc)
    bring(case, Status.CLOSED, by=people.officer_bmc)
    assert case.status == Status.REPORTED
    with as_(people.officer_bmc), pytest.raises(NotNow):
        actions.move(case=case, verb="START_SCREENING", by=people.officer_bmc)


def test_what_a_page_offers_is_what_an_action_takes(people, as_):
    """`available` and `move` never disagree, for every persona and verb."""
    case = make_case(by=people.officer_bmc, status=Status.PRESUMED)
    for name, person in vars(people).items():
        with as_(person):
            sections = access.sections_of(person, case)
            offered = {choice.move.verb: choice for choice in lifecycle.available(case, person, sections)}
            taken = set()
            for move in lifecycle.MOVES:
                with suppress(Refused):
                    access.check_moves(person, case, move)
                    taken.add(move.verb)
            assert set(offered) == taken, name
            assert bool(taken) == (name in MOVERS), name
            for verb, choice in offered.items():
                assert choice.is_open == (Status.PRESUMED in lifecycle.BY_VERB[verb].sources)


@pytest.mark.asvs("2.3.5")
def test_a_formal_decision_is_a_second_persons(people, as_, outside):
    """Who asked for a closure does not grant it, whatever their roles hold; a colleague may."""
    case = make_case(by=people.officer_bmc, status=Status.FOLLOW_UP)
    with as_(people.head_bmc):
        asked = actions.move(case=case, verb="ASK_CLOSURE", by=people.head_bmc, **WELL)
    before = snapshot(outside, case)
    with as_(people.head_bmc), pytest.raises(NotNow) as closed:
        actions.move(case=asked, verb="CLOSE", by=people.head_bmc, **WELL)
    assert closed.value.sentence == gettext(
        "You brought the file to this step yourself: a colleague decides."
    )
    assert snapshot(outside, case) == before
    with as_(people.head_bmc):
        assert queries.waiting_for_decision(people.head_bmc) == []
    theirs = make_case(by=people.officer_bmc, status=Status.CLOSURE_REVIEW)
    with as_(people.head_bmc):
        assert queries.waiting_for_decision(people.head_bmc) == [theirs]
        actions.move(case=theirs, verb="CLOSE", by=people.head_bmc, **WELL)


def test_which_moves_are_a_second_persons():
    assert {m.verb for m in lifecycle.MOVES if m.second} == {
        "IDENTIFY",
        "NOT_IDENTIFY",
        "APPROVE_PLAN",
        "CLOSE",
    }


def test_a_partner_adds_to_a_file_and_does_not_move_it(people, as_, outside):
    """What a referral opens never includes the file's own steps; the partner's own files are its own."""
    case = make_case(by=people.officer_bmc, full=True, status=Status.PRESUMED)
    make_referral(case, status="ACCEPTED", to="NGO-HOPE")
    before = snapshot(outside, case)
    with as_(people.ngo_hope):
        actions.add_note(case=case, text="កំណត់ត្រា", by=people.ngo_hope)
        with pytest.raises(Refused) as refusal:
            actions.move(case=case, verb="ASK_CLOSURE", by=people.ngo_hope, reason="because")
        assert refusal.value.code == "section:MOVE"
        with transaction.atomic():
            assert Case.objects.filter(pk=case.pk).update(status="CLOSED") == 0
    assert snapshot(outside, case)[0] == before[0]
    own = make_case(by=people.ngo_hope)
    with as_(people.ngo_hope):
        assert actions.move(case=own, verb="PRESUME", by=people.ngo_hope).status == Status.PRESUMED


def test_an_identification_is_decided_by_who_knows_the_file(people, as_):
    """Of an organisation's file the ministry sees the summary until it is referred there: it decides nothing."""
    case = make_case(by=people.ngo_hope, full=True)
    for verb in ("PRESUME", "SEND_FOR_IDENTIFICATION"):
        with as_(people.ngo_hope):
            case = actions.move(case=case, verb=verb, by=people.ngo_hope)
    with as_(people.identifier):
        assert lifecycle.available(case, people.identifier, access.sections_of(people.identifier, case)) == []
        assert queries.waiting_for_decision(people.identifier) == []
        for verb in ("IDENTIFY", "NOT_IDENTIFY"):
            with pytest.raises(Refused) as refusal:
                actions.move(case=case, verb=verb, by=people.identifier, reason="because")
            assert refusal.value.code == "section:MOVE"
    known = make_case(by=people.officer_bmc, full=True, status=Status.IDENTIFICATION_PENDING)
    with as_(people.identifier):
        assert queries.waiting_for_decision(people.identifier) == [known]
        actions.move(case=known, verb="NOT_IDENTIFY", by=people.identifier, reason="because")


def test_only_the_ministry_decides_an_identification():
    deciders = {m.verb for m in lifecycle.MOVES if m.capability == Capability.DECIDE_IDENTIFICATION}
    assert deciders == {"IDENTIFY", "NOT_IDENTIFY"}


def test_recording_is_never_blocked_by_state(people, as_):
    for status in (Status.REPORTED, Status.CLOSED, Status.VOID, Status.CLOSURE_REVIEW):
        case = make_case(by=people.officer_bmc, status=status, **STORY)
        with as_(people.officer_bmc):
            actions.add_note(case=case, text="កំណត់ត្រា", by=people.officer_bmc)
            assert Case.objects.get(pk=case.pk).status == status


# --- referrals ----------------------------------------------------------------------------------------------


def of_referral(outside, referral):
    row = outside("SELECT r::text FROM referrals_referral r WHERE id = %s", [referral.pk])
    steps = outside("SELECT count(*) FROM referrals_referralstep WHERE referral_id = %s", [referral.pk])
    return row, steps, outside("SELECT count(*) FROM audit_event WHERE kind = 'REFERRAL_MOVED'")[0][0]


@pytest.mark.asvs("2.3.1")
@pytest.mark.parametrize("status", ReferralStatus)
def test_every_verb_of_a_referral_in_a_state(people, as_, outside, status):
    case = make_case(by=people.officer_bmc, full=True, status=Status.PRESUMED)
    referral = make_referral(case, status=status)
    assert referral.status == status
    before = of_referral(outside, referral)
    for move in refer.MOVES:
        person = referral_mover(move)

        def legal(move=move, person=person):
            moved = answer(referral, move.verb, by=person)
            assert (moved.status, moved.version) == (move.target, referral.version + 1)
            _row, steps, moves = of_referral(outside, referral)
            assert (steps[0][0], moves) == (before[1][0][0] + 1, before[2] + 1), (
                f"{move.verb}: one step, one event."
            )
            raise Forget

        if status in move.sources:
            with pytest.raises(Forget), as_(person):
                legal()
        else:
            with as_(person), pytest.raises((NotNow, Refused, NotFound)):
                answer(referral, move.verb, by=person)
        assert of_referral(outside, referral) == before, f"{move.verb} from {status} changed something."


@pytest.mark.parametrize("move", refer.MOVES, ids=lambda m: m.verb)
def test_nobody_on_another_side_moves_a_referral(people, as_, outside, move):
    case = make_case(by=people.officer_bmc, full=True, status=Status.PRESUMED)
    referral = make_referral(case, status=min(move.sources))
    before = of_referral(outside, referral)
    may = {
        "SENDER": {"officer_bmc", "officer_bmc_2", "head_bmc"},
        "MINISTRY": {"reviewer", "desk_reviewer"},
        "RECEIVER": {"ngo_hope", "ngo_hope_2"},
    }[move.side]
    for name in set(vars(people)) - may:
        person = getattr(people, name)
        with as_(person), pytest.raises((Refused, NotFound)):
            answer(referral, move.verb, by=person)
        assert of_referral(outside, referral) == before, name


def test_every_state_of_a_referral_has_its_turn():
    assert set(refer.TURN) == set(ReferralStatus)
