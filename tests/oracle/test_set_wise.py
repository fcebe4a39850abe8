"""Everybody against every record of every file: each wall alone gives the oracle's answer."""

import os
import time

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.sections import Section
from audit.context import acting
from cases.access import visible_cases
from tests import ground
from tests.people import person_id

from .ask import Database, compare
from .fill import write
from .land import NOBODY, SOON, land
from .mutants import survivors
from .rule import SECTIONS, Eye


def shown(wrong):
    assert not wrong, f"{len(wrong)} cells differ:\n" + "\n".join(wrong[:40])


WHOLE = bool(os.environ.get("KARPEA_TORTURE"))


@pytest.mark.asvs("8.2.1", "8.2.2", "8.2.3", "8.3.1", "8.4.1")
def test_both_walls_answer_as_the_oracle(fresh_db):
    """100,000 cells of the second wall, the first wall with the second one gone, and each policy broken in turn."""
    there = land(
        timezone.now(),
        **({"kinds": ("DEPARTMENT", "POLICE", "NGO", "SHELTER"), "rounds": 2} if WHOLE else {}),
    )
    began = time.monotonic()
    records = write(fresh_db, there)
    time.sleep(max(0.0, SOON.total_seconds() - (time.monotonic() - began)))
    there.now = timezone.now()
    database = Database(fresh_db, records)
    try:
        cells, wrong = compare(database, there)
        shown(wrong)
        assert cells >= (750_000 if WHOLE else 100_000), cells
        shown(first_wall(there, records))
        unnoticed = survivors(fresh_db, database, there)
    finally:
        database.close()
    assert not unnoticed, "Nobody notices:\n" + "\n".join(unnoticed)


def first_wall(there, records):
    """Django's rule alone, as a role that goes past every policy: each person, file and section."""
    wrong, files = [], {one.id: one.file for one in records if one.kind == "case"}
    with ground.connected("loader"):
        for name in there.people:
            if name == NOBODY:
                continue
            person, eye = User.objects.get(pk=person_id(name)), Eye(there, name)
            with acting(person.as_actor()):
                for words in ("", *SECTIONS):
                    given = [Section[words]] if words else []
                    found = set(map(str, visible_cases(person, *given).values_list("pk", flat=True)))
                    for key, file in files.items():
                        may = eye.has(file, words or "SUMMARY")
                        if may != (key in found):
                            wrong.append(f"{name} {words or 'listed'} {file.key}: {may} by {eye.why(file)}")
    return wrong
