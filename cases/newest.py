"""The newest files of everything that somebody sees: from the top of what each of their rights opens.

`visible_cases` says which files those are; asked for fifty of them in the order of their making, the database would
walk through the files of the whole country until it has met fifty. Here it takes the first fifty of each principal's
own index and merges them: as dear for five old files as for a million. What it gives are keys. The rows are asked
for of `visible_cases`, so that nothing is shown by this module alone. With a filter: cases/filtering.py.
"""

import datetime
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.access import province_principal
from accounts.models import User
from accounts.roles import Capability

Key = tuple[datetime.datetime, uuid.UUID]

#: So many open provinces, of 25, are nearly all.
MANY = 20
_OF_SOME = """
    SELECT top.created_at, top.id FROM unnest(%(provinces)s::int[]) AS of(province) CROSS JOIN LATERAL (
        SELECT c.created_at, c.id FROM cases_case c
         WHERE c.province_id = of.province AND NOT c.named_only {after_case}
         ORDER BY c.created_at {way}, c.id {way} LIMIT %(limit)s) top
"""
# Where nearly every file is seen, the newest of the country are nearly all theirs: one index instead of one a province.
_OF_MANY = """
    (SELECT c.created_at, c.id FROM cases_case c
      WHERE c.province_id = ANY(%(provinces)s::int[]) AND NOT c.named_only {after_case}
      ORDER BY c.created_at {way}, c.id {way} LIMIT %(limit)s)
"""
_KEYS = """
SELECT DISTINCT k.created_at, k.id FROM (
    {of_provinces}
    UNION ALL
    SELECT top.created_at, top.id FROM unnest(%(principals)s::text[]) AS of(principal) CROSS JOIN LATERAL (
        SELECT s.created_at, s.case_id AS id FROM cases_casescope s
         WHERE s.principal = of.principal AND (s.until IS NULL OR s.until > %(now)s) {after_scope}
         ORDER BY s.created_at {way}, s.case_id {way} LIMIT %(limit)s) top
) k ORDER BY 1 {way}, 2 {way} LIMIT %(limit)s
"""


def newest(user: User, limit: int, *, older: Key | None = None, newer: Key | None = None) -> list[uuid.UUID]:
    """Keys of the newest files within reach: of those before `older`, or of the oldest ones after `newer`."""
    given = _given(user, limit)
    if given is None:
        return []
    way, after = way_of(given, older, newer)
    of_provinces = _OF_MANY if len(given["provinces"]) >= MANY else _OF_SOME
    query = _KEYS.replace("{of_provinces}", of_provinces).format(
        way=way,
        after_case=after.format("c.created_at, c.id"),
        after_scope=after.format("s.created_at, s.case_id"),
    )
    return [pk for _at, pk in asked(query, given)]


def way_of(given: dict[str, Any], older: Key | None, newer: Key | None) -> tuple[str, str]:
    """In which direction, and the condition of where it begins, with a place for the columns."""
    is_up = bool(newer and not older)
    at = older or newer
    if at is None:
        return "DESC", ""
    given |= {"at": at[0], "id": at[1]}
    return "ASC" if is_up else "DESC", f"AND ({{}}) {'>' if is_up else '<'} (%(at)s, %(id)s)"


def asked(query: str, given: Mapping[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query, given)
        return cursor.fetchall()


def total() -> int:
    """How many files whoever acts sees, to the last: from counts that triggers keep, and what grants open beside them
    (migration 0010)."""
    ((number,),) = asked("SELECT cases_seen_total()", {})
    return int(number)


def _given(user: User, limit: int) -> dict[str, Any] | None:
    """Whose keys are merged: the provinces of which somebody sees every file, and what else opens files to them."""
    if not user.may(Capability.READ_FILE):
        return None
    rights = user.rights
    covered = {
        province_principal(province, kind)
        for province in rights.open_provinces
        for kind in rights.agency_kinds
    }
    return {
        "provinces": sorted(rights.open_provinces),
        "principals": sorted(rights.principals - covered),
        "limit": limit,
        "now": timezone.now(),
    }
