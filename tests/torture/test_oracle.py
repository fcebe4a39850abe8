"""The proofs of the oracle at their full size (tests/oracle): every cell, ten thousand requests, many walks.

KARPEA_WALKS says how many walks; ten thousand take a night.
"""

from tests.oracle.test_interleaved import test_nobody_is_given_rows_of_whoever_asked_before
from tests.oracle.test_sequences import test_every_way_to_ask_agrees_after_every_step
from tests.oracle.test_set_wise import test_both_walls_answer_as_the_oracle

__all__ = [
    "test_both_walls_answer_as_the_oracle",
    "test_every_way_to_ask_agrees_after_every_step",
    "test_nobody_is_given_rows_of_whoever_asked_before",
]
