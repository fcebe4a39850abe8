"""How fast exports are written, against PostgreSQL's own COPY of the same query, and in how much memory.

    eval "$(python3 config/local env --test)"; KARPEA_ROLE=web python benchmarks/exports.py 200000 50000

`make bench` runs it with fewer. The numbers are events of the trail and case files. Works in a database of its own in
the suite's cluster and drops it afterwards. Each export is measured in a process of its own, in rounds that take turns
with the COPY; the best of each counts. Ratios compare between machines; seconds do not.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

import psycopg  # noqa: E402
from django.db import connection, connections  # noqa: E402
from django.utils import translation  # noqa: E402

from accounts.models import User  # noqa: E402
from audit.context import acting  # noqa: E402
from benchmarks.trail_pages import FILL, say  # noqa: E402
from desk import exports  # noqa: E402
from desk.models import Export  # noqa: E402
from desk.writing import csv_query  # noqa: E402
from tests import ground  # noqa: E402

ROUNDS = 5
#: Files in one transaction: each holds a lock while its scope is written.
STEP = 2000
FILES = """
INSERT INTO cases_case (id, number, status, status_since, status_by_id, province_id, district_id, agency_id,
    agency_kind, opened_by_id, worker_id, official_involved, named_only, channel, reported_on, reported_precision, form,
    risk_level, closure, version, created_at, updated_at)
SELECT md5('case' || n)::uuid, 'BMC-2026-' || lpad(n::text, 7, '0') || '-0',
    (ARRAY['REPORTED', 'SCREENING', 'SERVICES', 'FOLLOW_UP'])[1 + n %% 4], now(), me.id, 1 + n %% 25, NULL, home.id,
    (ARRAY['DEPARTMENT', 'DEPARTMENT', 'NGO'])[1 + n %% 3], me.id, me.id, 'NO', n %% 500 = 0, 'HOTLINE_117',
    date '2026-01-01' + n %% 300, 'DAY', 'LAB.FISH', 'HIGH', '', 1,
    timestamptz '2020-01-01' + n * interval '3 minutes', now()
  FROM generate_series(%s::int, %s::int) AS n,
       (SELECT id FROM accounts_user WHERE sign_in_name = 'officer_bmc') me,
       (SELECT id FROM accounts_agency WHERE code = 'DOSVY-BMC') home
"""
PEOPLE = """
INSERT INTO cases_victim (id, case_id, sex, age_min, age_max, age_basis, is_child, child_at_start, nationality,
    language, needs_interpreter, version)
SELECT gen_random_uuid(), id, 'FEMALE', 15, 17, 'SELF', 'YES', 'YES', 'KHM', 'KM', 'NO', 1 FROM cases_case
"""
#: What is measured: who exports which kind, chosen how, in which shape.
CASES = {
    "trail, stored columns": ("auditor", "TRAIL", {}),
    "trail, with sentences": ("auditor", "TRAIL", {"sentences": "1"}),
    "case files, the nation": ("reviewer", "FILES", {}),
}


def timed(what: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    what()
    return time.perf_counter() - begun


def copied(query: str, params: Any, path: Path) -> None:
    with connection.cursor() as cursor, path.open("wb") as file, cursor.copy(query, params) as rows:
        file.writelines(rows)


def memory(name: str) -> int:
    """Megabytes now (VmRSS) or at most (VmHWM)."""
    line = next(one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith(name))
    return int(line.split()[1]) // 1024


def one(case: str, shape: str, path: Path) -> None:
    """One export against the COPY of its own query, in this process."""
    name, kind, codes = CASES[case]
    person = User.objects.get(sign_in_name=name)
    before, plain, took = memory("VmRSS"), [], []
    with acting(person.as_actor()), translation.override("km"):
        for _round in range(ROUNDS):
            source = exports.exporter(kind)(codes, person)

            def export(source: Any = source) -> int:
                with path.open("wb") as file:
                    return exports.fill(source, shape, 0, file, lambda _rows: None)

            took.append(timed(export))
            rows = source.rows()
            plain.append(
                timed(lambda rows=rows: copied(csv_query(rows), rows.params, path.with_suffix(".plain")))
            )
        count = export()
    ratio = min(plain) / min(took)
    say(
        f"{case}, {shape}: {count:,} rows, {path.stat().st_size / 1e6:,.0f} MB",
        f"{min(took):.2f} s = {ratio:.2f} x COPY ({min(plain):.2f} s); "
        f"{before} MB before, at most {memory('VmHWM')} MB",
    )


def main() -> None:
    if len(sys.argv) > 3:
        connections.close_all()
        connection.settings_dict["NAME"] = sys.argv[3]
        with tempfile.TemporaryDirectory() as folder:
            one(sys.argv[1], sys.argv[2], Path(folder) / "export")
        return
    measure(*(int(text) for text in (sys.argv[1:] + ["200000", "50000"][len(sys.argv) - 1 :])))


def measure(events: int, files: int) -> None:
    clones = ground.Clones()
    name = clones.new()
    try:
        with psycopg.connect(**ground.conninfo("loader", name), autocommit=True) as loader:
            loader.execute(FILL, [events])
            for first in range(1, files + 1, STEP):
                with loader.transaction():
                    loader.execute("SELECT begin_actor('system:demo')")
                    loader.execute(FILES, [first, min(first + STEP - 1, files)])
            with loader.transaction():
                loader.execute("SELECT begin_actor('system:demo')")
                loader.execute(PEOPLE)
            loader.execute("ANALYZE")
        for case in CASES:
            for shape in Export.Shape.values:
                command = [sys.executable, __file__, case, shape, name]
                subprocess.run(command, check=True)
    finally:
        connections.close_all()
        clones.drop(name)
        clones.close()


if __name__ == "__main__":
    main()
