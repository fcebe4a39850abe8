"""Interleaved rounds: a machine whose speed drifts drifts for both sides of a ratio alike."""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

ROUNDS = 41


@dataclass(frozen=True)
class Line:
    """One row of the table: what was measured, against what, in milliseconds."""

    what: str
    ours: float
    base: str
    of_base: float

    @property
    def ratio(self) -> float:
        return self.ours / self.of_base


def medians(what: Mapping[str, Callable[[], object]], rounds: int = ROUNDS) -> dict[str, float]:
    """The median in milliseconds of each, one after the other in every round; the first round only warms up."""
    times: dict[str, list[float]] = {name: [] for name in what}
    for turn in range(rounds + 1):
        for name, call in what.items():
            began = time.perf_counter()
            call()
            if turn:
                times[name].append((time.perf_counter() - began) * 1000)
    return {name: statistics.median(found) for name, found in times.items()}


def table(lines: list[Line]) -> str:
    """As Markdown. Milliseconds are of one machine; the ratio is what is claimed."""
    rows = ["| What | ms | Against | ms | Ratio |", "| --- | ---: | --- | ---: | ---: |"]
    rows += [
        f"| {one.what} | {one.ours:,.2f} | {one.base} | {one.of_base:,.2f} | **{one.ratio:.2f}** |"
        for one in lines
    ]
    return "\n".join(rows)
