"""Random walks through rights: after every step all the ways to ask give one answer, the oracle's."""

import os

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from cases.answers import Answer

from .rule import of
from .walk import ASKERS, Walk

MANY = "200" if os.environ.get("KARPEA_TORTURE") else "6"
WALKS, STEPS = int(os.environ.get("KARPEA_WALKS", MANY)), 8


@pytest.mark.asvs("8.2.2", "8.3.2", "8.4.1")
def test_every_way_to_ask_agrees_after_every_step(fresh_db):
    class Here(Walk):
        everything = {}

    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=WALKS,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            derandomize=True,
            # A failure of a real database is told as it came: to make it smaller takes minutes.
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.asvs("8.3.2")
def test_whoever_leaves_and_comes_back_has_lost_what_was_theirs(fresh_db):
    """The same machine on a path of its own: random walks come by here too rarely."""

    class Here(Walk):
        everything = {}

    walk = Here()
    walk.first(opener="officer_btb")
    walk.make(opener="officer_btb", official=Answer.UNSURE)
    walk.make(opener="officer_bmc", official=Answer.NO)
    walk.share(at=2, to="shelter", sections=of("SUMMARY NOTES"))
    walk.share(at=0, to="ngo_hope_2", sections=of("SUMMARY IDENTITY"))
    for at in (0, 1, 2):
        before = [walk.everything[number] for number in walk.files]
        walk.leave_and_come_back(at=at)
        assert [walk.everything[number] for number in walk.files] != before
        for name in ASKERS:
            walk.asks(name)
    walk.teardown()
