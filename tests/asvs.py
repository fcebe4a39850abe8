"""`make asvs`: which requirements of OWASP ASVS 5.0 are proven, by which tests. Nothing is run, only collected.

The ids that this project measures itself by stand in asvs.csv, each with a sentence of our own and whether it applies:
`yes`, or `no: …` and `not yet: …` with the reason. A test proves one by carrying `@pytest.mark.asvs("8.2.2")`.
"""

import contextlib
import csv
import io
import sys
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

LIST = Path(__file__).with_name("asvs.csv")


@dataclass(frozen=True)
class Requirement:
    id: str
    level: str
    says: str
    applies: str

    @property
    def why_not(self):
        """Why it does not apply here; empty where it does."""
        return self.applies.removeprefix("no: ") if self.applies.startswith("no: ") else ""

    @property
    def missing(self):
        """What is missing until it can be proven; empty where nothing is known to be."""
        return self.applies.removeprefix("not yet: ") if self.applies.startswith("not yet: ") else ""


def requirements():
    """{id: Requirement}, in the order of the standard."""
    with LIST.open(newline="") as file:
        found = [Requirement(**row) for row in csv.DictReader(file)]
    return {one.id: one for one in sorted(found, key=lambda one: [int(part) for part in one.id.split(".")])}


class Collected:
    """A plugin of pytest that notes who carries which id."""

    def __init__(self):
        self.tests = defaultdict(set)

    def pytest_collection_finish(self, session):
        for item in session.items:
            for mark in item.iter_markers("asvs"):
                for one in mark.args:
                    self.tests[one].add(item.nodeid.split("[")[0])


def told(known, tests):
    """The report, line by line; its last says how many."""
    covered = [one for one in known.values() if tests.get(one.id)]
    without = [one for one in known.values() if not tests.get(one.id) and not one.why_not]
    for one in covered:
        yield f"{one.id} (level {one.level}) {one.says}"
        yield from (f"    {test}" for test in sorted(tests[one.id]))
    yield from (f"{one.id} does not apply here: {one.why_not}." for one in known.values() if one.why_not)
    yield from (f"{one.id} UNCOVERED (level {one.level}) {one.says} {one.missing}".strip() for one in without)
    yield from (
        f"{one} stands in a mark and not in tests/asvs.csv." for one in sorted(set(tests) - set(known))
    )
    yield f"covered: {len(covered)} uncovered: {len(without)}"


def main():
    import pytest

    collected, said = Collected(), io.StringIO()
    with contextlib.redirect_stdout(said):
        code = pytest.main(["--collect-only", "-q", "-p", "no:cacheprovider", "tests"], plugins=[collected])
    if code:
        sys.stderr.write(said.getvalue())
        return int(code)
    sys.stdout.write("\n".join(told(requirements(), collected.tests)) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
