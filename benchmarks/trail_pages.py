"""How fast the pages of a long trail are read.

    eval "$(python3 config/local env --test)"; KARPEA_ROLE=web python benchmarks/trail_pages.py 200000

Works in a database of its own in the suite's cluster and drops it afterwards.
"""

import os
import sys
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

from accounts.models import User  # noqa: E402
from audit.context import acting  # noqa: E402
from audit.filters import Filters  # noqa: E402
from audit.models import Event  # noqa: E402
from audit.queries import Place, page_of_trail  # noqa: E402
from tests import ground  # noqa: E402

FILL = """
INSERT INTO audit_event (id, at, xid, kind, result, actor, actor_name, actor_agency, actor_agency_id, actor_role,
    request_id, ip, object_type, object_id, object_label, case_id, province, fields, detail, happened_on, precision,
    done_by, source, layout, content_hash)
SELECT gen_random_uuid(), timestamptz '2026-01-01' + n * interval '28 seconds', pg_current_xact_id(),
    (ARRAY['FILE_READ', 'FILE_READ', 'FILE_LISTED', 'NOTE_ADDED', 'FILE_MOVED', 'IDENTITY_READ', 'REFERRAL_READ'])
        [1 + n %% 7], 'OK',
    md5((n %% 300)::text)::uuid::text, 'មន្ត្រី ' || n %% 300, 'AGENCY-' || n %% 40, md5('a' || n %% 40)::uuid,
    'PROVINCIAL_OFFICER', md5(n::text), inet '10.0.0.0' + n %% 5000,
    CASE WHEN n %% 7 = 6 THEN 'referral' ELSE 'case' END, md5('c' || n %% 12000)::uuid::text,
    CASE WHEN n %% 7 = 6 THEN '' ELSE 'BMC-2026-' || lpad((n %% 12000)::text, 5, '0') || '-0' END,
    md5('c' || n %% 12000)::uuid, 1 + n %% 25, '{}', '{"page": "file", "sections": 255}',
    NULL, 'DAY', '', '', 1, sha256(n::text::bytea)
FROM generate_series(1, %s) AS n
"""


def timed(what: Callable[[], Any], times: int = 1) -> float:
    """The best of some tries: the others measured the machine's other work."""
    tries = []
    for _time in range(times):
        begun = time.perf_counter()
        what()
        tries.append(time.perf_counter() - begun)
    return min(tries)


def say(name: str, value: str) -> None:
    sys.stdout.write(f"{name:<58}{value:>14}\n")


def measure() -> None:
    first = page_of_trail(Event.objects.all(), Filters(), Place())
    deep = page_of_trail(
        Event.objects.all(), Filters(until=first.events[-1].at.date().replace(month=2)), Place()
    )
    pages = {
        "first page": (Filters(), Place()),
        "a page in the middle, by its place": (Filters(), deep.older or Place()),
        "one file's number": (Filters(record="BMC-2026-00417-0"), Place()),
        "one person": (Filters(person=first.events[0].actor), Place()),
        "a province and a kind": (Filters(province=7, kind="IDENTITY_READ"), Place()),
        "nothing fits": (Filters(kind="CODES_LOADED", result="FAILED"), Place()),
    }
    for name, (filters, place) in pages.items():
        say(
            f"page: {name}",
            f"{timed(lambda f=filters, p=place: page_of_trail(Event.objects.all(), f, p), 5) * 1000:.0f} ms",
        )


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    clones = ground.Clones()
    name = clones.new()
    try:
        with psycopg.connect(**ground.conninfo("loader", name), autocommit=True) as loader:
            loader.execute(FILL, [number])
            loader.execute("ANALYZE audit_event")
        connections.close_all()
        connection.settings_dict["NAME"] = name
        person = User.objects.get(sign_in_name="auditor")
        with acting(person.as_actor()):
            measure()
    finally:
        connections.close_all()
        clones.drop(name)
        clones.close()


if __name__ == "__main__":
    main()
