"""How fast deadlines are told to people, against writing the same number of bare rows in the same run.

    eval "$(python3 config/local env --test)"; KARPEA_ROLE=web python benchmarks/due_sweep.py 100000

Twenty-five provinces with twelve officers and a head each; every deadline is overdue, so each is told to two people.
The sweep runs as the worker's own role. Works in a database of its own and drops it afterwards.
"""

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

import psycopg  # noqa: E402
from django.db import connection, connections  # noqa: E402

from audit.context import acting, system  # noqa: E402
from desk.reminders import sweep  # noqa: E402
from tests import ground  # noqa: E402

#: One a core, as docker-compose.yml starts them.
WORKERS = 2
OFFICERS, FILES_EACH = 12, 8

STAFF = """
INSERT INTO auth_group (name) SELECT 'bench ' || p FROM generate_series(1, 25) p;
INSERT INTO accounts_agency (id, code, kind, name_km, name_en, province_id, group_id,
    is_active, takes_referrals, is_demo)
SELECT md5('a' || p)::uuid, 'BENCH-' || p, 'DEPARTMENT', 'x', 'x', p, g.id, true, false, false
  FROM generate_series(1, 25) p JOIN auth_group g ON g.name = 'bench ' || p;
INSERT INTO accounts_provinceagencyright (content_object_id, group_id, permission_id, granted_by_id, reason,
    valid_from, id)
SELECT p, g.id, (SELECT id FROM auth_permission WHERE codename = 'view_province'), NULL, 'x', now(), {key}
  FROM generate_series(1, 25) p JOIN auth_group g ON g.name = 'bench ' || p;
INSERT INTO accounts_user (id, sign_in_name, full_name_km, full_name_latin, language, password, is_active, created_at,
    sign_in_round)
SELECT md5('u' || p || '.' || n)::uuid, 'bench' || p || '.' || n, 'x', 'x', 'km', '!', true, now(), 0
  FROM generate_series(1, 25) p, generate_series(0, {officers}) n;
INSERT INTO accounts_membership (id, person_id, agency_id, role, starts_on)
SELECT gen_random_uuid(), md5('u' || p || '.' || n)::uuid, md5('a' || p)::uuid,
       CASE n WHEN 0 THEN 'PROVINCIAL_HEAD' ELSE 'PROVINCIAL_OFFICER' END, '2020-01-01'
  FROM generate_series(1, 25) p, generate_series(0, {officers}) n;
"""
FILES = """
INSERT INTO cases_case (id, number, status, status_since, status_by_id, province_id, agency_id, agency_kind,
    opened_by_id, worker_id, official_involved, named_only, channel, reported_precision, form, risk_level, version,
    created_at, updated_at)
SELECT gen_random_uuid(), 'B' || p || '-' || n || '-' || f, 'SCREENING', now(), md5('u' || p || '.' || n)::uuid, p,
    md5('a' || p)::uuid, 'DEPARTMENT', md5('u' || p || '.' || n)::uuid, md5('u' || p || '.' || n)::uuid,
    'NO', false, 'HOTLINE_117', 'DAY', '', 'LOW', 1,
    now(), now()
  FROM generate_series(1, 25) p, generate_series(1, {officers}) n, generate_series(1, {files}) f;
"""
DUE = """
INSERT INTO desk_due (id, kind, thing_id, case_id, step, occurrence, policy_id, level, is_child, named_only,
    province_id, agency_id, worker_id, since, remind_at, due_at, next_at, stage, told)
SELECT gen_random_uuid(), 'CASE', c.id, c.id, 'SCREENING', n, (SELECT id FROM desk_deadlinepolicy WHERE what = 'CASE'
    AND step = 'SCREENING' AND child_only), CASE WHEN n % 50 = 0 THEN 'DANGER' ELSE 'ANY' END, true, false,
    c.province_id, c.agency_id, c.worker_id, now() - interval '3 days', now() - interval '2 days',
    now() - interval '1 day', now() - interval '2 days', '', 0
  FROM (SELECT * FROM cases_case ORDER BY id) c, generate_series(1, {each}) n LIMIT {number};
"""
BARE = """
INSERT INTO desk_notice (id, person_id, due_id, stage, is_danger, created_at)
SELECT gen_random_uuid(), u.id, d.id, 'OVERDUE', false, now() FROM desk_due d
  JOIN accounts_user u ON u.id IN (d.worker_id, md5('u' || d.province_id || '.0')::uuid)
"""


def fill(name: str, number: int) -> None:
    files = 25 * OFFICERS * FILES_EACH
    with psycopg.connect(**ground.conninfo("loader", name), autocommit=True) as loader:
        loader.execute("SELECT set_config('app.actor', 'system:demo', false)")
        (kind,) = loader.execute(
            "SELECT data_type FROM information_schema.columns WHERE table_name = 'accounts_provinceagencyright' "
            "AND column_name = 'id'"
        ).fetchone()
        key = "gen_random_uuid()" if kind == "uuid" else "100000 + p"
        loader.execute(STAFF.format(officers=OFFICERS, key=key))
        loader.execute(FILES.format(officers=OFFICERS, files=FILES_EACH))
        loader.execute(DUE.format(each=number // files + 1, number=number))
        loader.execute("ANALYZE")


def without_walls(name: str) -> float:
    """Seconds for the same notices in one statement past every policy; taken back."""
    with psycopg.connect(**ground.conninfo("loader", name)) as loader:
        begun = time.perf_counter()
        loader.execute(BARE)
        took = time.perf_counter() - begun
        loader.rollback()
    return took


def swept(_worker: int) -> None:
    """As a worker does when the clock has woken several at once: each takes rows that the others have not."""
    try:
        sweep.run()
    finally:
        connections.close_all()


def count(sql: str) -> int:
    with acting(system("reminder")), connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])


def say(name: str, value: str) -> None:
    sys.stdout.write(f"{name:<58}{value:>14}\n")


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    clones = ground.Clones()
    name = clones.new()
    try:
        fill(name, number)
        bare = without_walls(name)
        with ground.connected("worker", name):
            begun = time.perf_counter()
            with ThreadPoolExecutor(WORKERS) as workers:
                list(workers.map(swept, range(WORKERS)))
            took = time.perf_counter() - begun
            notices = count("SELECT count(*) FROM desk_notice")
            left = count("SELECT count(*) FROM desk_due WHERE next_at <= now()")
            idle = time.perf_counter()
            sweep.run()
            idle = time.perf_counter() - idle
        say("one INSERT of the same notices without any wall", f"{bare:.1f} s")
        say(
            f"sweep of {number:,} deadlines, {notices:,} notices, {WORKERS} workers",
            f"{took:.1f} s = {took / bare:.0f} x",
        )
        say("deadlines a second", f"{number / took:,.0f}")
        say("left over", str(left))
        say("a sweep that finds nothing", f"{idle * 1000:.0f} ms")
    finally:
        connections.close_all()
        clones.drop(name)
        clones.close()


if __name__ == "__main__":
    main()
