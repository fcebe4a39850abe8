"""People whose sight of the files has a shape that lists are slow for, made in a database with many files."""

import uuid
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import connection

from accounts.actions import add_agency, add_person, start_membership
from accounts.models import Agency, User
from accounts.roles import Role
from accounts.sections import Section
from audit.context import acting, system
from cases.models import CasePersonGrant
from cases.models.grants import VIEW_CASE
from config.demo.people import ADMINISTRATOR
from tests import ground

#: (who, what they are an example of)
SHAPES = (
    ("officer.pnh", "an officer: one province"),
    ("bench.grants", "one province and 200 grants elsewhere"),
    ("head.bmc", "a head: two provinces"),
    ("reviewer.mosvy", "a reviewer: all provinces"),
    ("worker.lotus", "an organisation: its own files and grants"),
    ("bench.old", "five grants on the oldest files, nothing else"),
    ("bench.quiet", "a province without a new file in ten months"),
    ("desk.moi", "the national desk: named-only files"),
)
_QUIET, _NEIGHBOUR = "KEP", "KPT"
# Whatever the small province had since then is its neighbour's: a transfer, with its history and scope.
_LEAVE = """
UPDATE cases_case c SET province_id = p.id, version = version + 1,
       agency_id = CASE WHEN c.agency_id = old.id THEN new.id ELSE c.agency_id END
  FROM accounts_province p, accounts_agency new, accounts_agency old
 WHERE p.letters = %s AND new.code = 'DOSVY-' || p.letters AND old.code = 'DOSVY-' || %s
   AND c.province_id = old.province_id
   AND c.created_at > (SELECT max(created_at) FROM cases_case) - interval '300 days'
"""
_ELSEWHERE = """
SELECT id FROM (SELECT c.id, row_number() OVER (ORDER BY c.created_at, c.id) AS n, count(*) OVER () AS of
                  FROM cases_case c JOIN accounts_province p ON p.id = c.province_id
                 WHERE p.letters <> 'PNH' AND NOT c.named_only) every WHERE n %% greatest(of / 200, 1) = 0 LIMIT 200
"""
_OLDEST = "SELECT id FROM cases_case WHERE NOT named_only ORDER BY created_at, id LIMIT 5"


def prepare(name: str) -> None:
    """Whoever is there already keeps what they have."""
    with ground.connected("loader", name):
        with acting(system("demo")), connection.cursor() as cursor:
            by = User.objects.get(sign_in_name=ADMINISTRATOR)
            cursor.execute(_LEAVE, [_NEIGHBOUR, _QUIET])
            there = User.objects.filter(sign_in_name="bench.quiet").exists()
        if there:
            return
        with acting(by.as_actor()):
            _start("bench.quiet", _agency(f"DOSVY-{_QUIET}"), Role.PROVINCIAL_OFFICER, by)
            grants = _start("bench.grants", _agency("DOSVY-PNH"), Role.PROVINCIAL_OFFICER, by)
            old = _start("bench.old", _new_agency(by), Role.NGO_WORKER, by)
        with acting(system("demo")):
            _give(grants, _asked(_ELSEWHERE))
            _give(old, _asked(_OLDEST))


def _agency(code: str) -> Agency:
    return Agency.objects.get(code=code)


def _new_agency(by: User) -> Agency:
    return add_agency(code="BENCH", kind=Agency.Kind.NGO, name_km="bench", name_en="bench", by=by)


def _start(name: str, agency: Agency, role: Role, by: User) -> User:
    hashed = make_password(uuid.uuid4().hex)  # nobody signs in with it
    made = add_person(sign_in_name=name, full_name_km=name, full_name_latin=name, password_hash=hashed, by=by)
    start_membership(person=made, agency=agency, role=role, by=by)
    return made


def _asked(query: str) -> list[uuid.UUID]:
    with connection.cursor() as cursor:
        cursor.execute(query, [])
        return [pk for (pk,) in cursor.fetchall()]


def _give(user: User, files: list[uuid.UUID]) -> None:
    view = CasePersonGrant.permission_for(VIEW_CASE)
    more: dict[str, Any] = {
        "sections": int(Section.SUMMARY | Section.NOTES),
        "because": "bench",
        "reason": "bench",
    }
    CasePersonGrant.objects.bulk_create(
        [CasePersonGrant.right(view, user=user, content_object_id=pk, **more) for pk in files]
    )
