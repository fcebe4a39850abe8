"""The same lists as a stock Django project has them: a right per object (django-guardian), pages by offset."""

import psycopg
from django.db import connection

from audit.context import acting
from tests import ground

from .ground import person
from .lists import page
from .rounds import Line, medians

RIGHTS = """
INSERT INTO guardian_userobjectpermission (permission_id, content_type_id, object_pk, user_id)
SELECT (SELECT id FROM auth_permission ORDER BY id LIMIT 1), (SELECT id FROM django_content_type ORDER BY id LIMIT 1),
       id::text, %s FROM cases_case WHERE province_id = %s AND NOT named_only
"""
#: As get_objects_for_user asks it for a key that is no number: the rights' text against the keys as text.
PAGE = """
SELECT c.*, p.name_km, a.name_km FROM bench_case c
  JOIN accounts_province p ON p.id = c.province_id JOIN accounts_agency a ON a.id = c.agency_id
 WHERE c.id::text IN (SELECT object_pk FROM guardian_userobjectpermission WHERE user_id = %s)
 ORDER BY c.created_at DESC, c.id DESC OFFSET %s LIMIT 50
"""
COUNT = """
SELECT count(*) FROM bench_case c
 WHERE c.id::text IN (SELECT object_pk FROM guardian_userobjectpermission WHERE user_id = %s)
"""
PHNOM_PENH = 12


def give_rights(name: str) -> int:
    """A right on every file of a province for one person; how many."""
    user = person("officer.pnh")
    with psycopg.connect(**ground.conninfo("loader", name), autocommit=True) as loader:
        loader.execute(
            "DELETE FROM guardian_userobjectpermission"
        )  # a kept database has those of the run before
        given = loader.execute(RIGHTS, [user.pk, PHNOM_PENH]).rowcount
        loader.execute("ANALYZE guardian_userobjectpermission")
    return given


def lists(given: int) -> list[Line]:
    user = person("officer.pnh")

    def stock(offset: int) -> None:
        with acting(user.as_actor()), connection.cursor() as cursor:
            cursor.execute(COUNT, [user.pk])
            cursor.fetchall()
            cursor.execute(PAGE, [user.pk, offset])
            cursor.fetchall()

    last = max(given - 60, 0)
    found = medians({"ours": page("officer.pnh"), "first": lambda: stock(0), "last": lambda: stock(last)})
    return [
        Line("an officer's first page", found["ours"], "stock Django's first page", found["first"]),
        Line("the same", found["ours"], f"stock Django's page at row {last:,}", found["last"]),
    ]
