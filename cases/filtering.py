"""The newest files of those that a filter leaves, and how many there are: cases/newest.py for files in a state, a
province or a risk. Keys again, whose rows are asked for of `visible_cases`.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils import timezone

from accounts.access import PROVINCE
from accounts.models import User
from accounts.roles import Capability
from accounts.sections import Section

from .newest import Key, asked, way_of

# One branch for each index that leads to some of them: the files of a province in this state, those of the own
# agencies, and what is granted, named or handed to somebody beside these (migration 0015). A file can be in several.
_BRANCH = """
    SELECT top.created_at, top.id FROM unnest({of}) AS of(one) CROSS JOIN LATERAL (
        SELECT c.created_at, c.id FROM cases_case c
         WHERE c.{column} = of.one AND NOT c.named_only {kinds} {where} {after}
         ORDER BY c.created_at {way}, c.id {way} LIMIT %(limit)s) top
"""
_BESIDE = """
    (SELECT c.created_at, c.id FROM cases_case c
      WHERE c.id = ANY (ARRAY(SELECT cases_seen_beside())) {where} {after}
        AND EXISTS (SELECT 1 FROM cases_casescope s WHERE s.case_id = c.id AND s.principal = ANY(%(own)s::text[])
                       AND (s.until IS NULL OR s.until > %(now)s) {bits} OFFSET 0)
      ORDER BY c.created_at {way}, c.id {way} LIMIT %(limit)s)
"""
# To count them, no order is needed, and nothing is read past the limit.
_BRANCH_COUNTED = """
    (SELECT c.created_at, c.id FROM cases_case c
      WHERE c.{column} = ANY ({of}) AND NOT c.named_only {kinds} {where} LIMIT %(limit)s)
"""
_COUNTED = "SELECT count(*) FROM (SELECT DISTINCT k.id FROM ({branches}) k LIMIT %(limit)s) AS seen"
_MERGED = "SELECT DISTINCT k.created_at, k.id FROM ({branches}) k ORDER BY 1 {way}, 2 {way} LIMIT %(limit)s"
_TESTS = {
    "status": "AND c.status = %(status)s",
    "risk": "AND c.risk_level = %(risk)s",
    "province": "AND c.province_id = %(province)s",
    "barred": "AND c.id <> ALL(%(barred)s::uuid[])",
}


@dataclass(frozen=True)
class Filtered:
    """Files with these codes, of which somebody sees every one of `needs`."""

    user: User
    codes: Mapping[str, str]
    needs: tuple[Section, ...] = ()

    def keys(self, limit: int, *, older: Key | None = None, newer: Key | None = None) -> list[uuid.UUID]:
        """Of the newest: of those before `older`, or of the oldest ones after `newer`."""
        given = {**self._given, "limit": limit}
        way, after = way_of(given, older, newer)
        if not self.user.may(Capability.READ_FILE):
            return []
        branches = self._branches(given, _BRANCH, way=way, after=after.format("c.created_at, c.id"))
        return [pk for _at, pk in asked(_MERGED.format(branches=branches, way=way), given)]

    def count(self, limit: int) -> int:
        """How many there are; counting stops at `limit`."""
        given = {**self._given, "limit": limit}
        if not self.user.may(Capability.READ_FILE):
            return 0
        branches = self._branches(given, _BRANCH_COUNTED, way="DESC", after="")
        ((number,),) = asked(_COUNTED.format(branches=branches), given)
        return int(number)

    @cached_property
    def _given(self) -> dict[str, Any]:
        rights, province = self.user.rights, self.codes.get("province")
        return {
            "status": self.codes.get("status"),
            "risk": self.codes.get("risk"),
            "province": int(province) if province else None,
            "barred": sorted(rights.barred),
            "agencies": list(rights.agencies),
            "own": [one for one in sorted(rights.principals) if not one.startswith(PROVINCE)],
            "now": timezone.now(),
        }

    def _branches(self, given: dict[str, Any], branch: str, **told: str) -> str:
        told["where"] = " ".join(test for name, test in _TESTS.items() if given[name])
        told["bits"] = " ".join(f"AND s.sections & {int(one)} <> 0" for one in self.needs)
        branches = [
            _BESIDE.format(**told),
            branch.format(of="%(agencies)s::uuid[]", column="agency_id", kinds="", **told),
        ]
        for number, (kinds, provinces) in enumerate(self.user.rights.opened(*self.needs).items()):
            given[f"kinds{number}"] = sorted(kinds)
            given[f"of{number}"] = [one for one in provinces if given["province"] in (None, one)]
            only = f"AND c.agency_kind = ANY(%(kinds{number})s::text[])"
            of = f"%(of{number})s::int[]"
            branches.append(branch.format(of=of, column="province_id", kinds=only, **told))
        return " UNION ALL ".join(branches)
