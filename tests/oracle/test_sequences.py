"""Random walks through rights: after every step all the ways to ask give one answer, the oracle's."""

import os

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from .walk import Walk

MANY = "200" if os.environ.get("KARPEA_TORTURE") else "6"
WALKS, STEPS = int(os.environ.get("KARPEA_WALKS", MANY)), 8


@pytest.mark.asvs("8.2.2", "8.3.2", "8.4.1")
def test_every_way_to_ask_agrees_after_every_step(fresh_db):
    class Here(Walk):
        everything = {}
        hired = []

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
