"""Who may see which file, and the guarded way to open one.

`visible_cases(user)` is the one row rule, for list, detail, counts, search, form choices, API and export. The
database holds the same rule as policies (cases/rules.py, migration 0002); either wall stands without the other.
"""

import datetime
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import or_
from typing import Any

from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import PROVINCE, agency_principal, person_principal
from accounts.models import Agency, User
from accounts.refusals import NotFound, Refused
from accounts.roles import Capability
from accounts.sections import NOTHING, Section
from audit.context import require_actor
from audit.kinds import Kind
from audit.record import Asked, Thing, record, while_sending

from .lifecycle import Move, capability_for
from .models import BreakGlass, Case, CaseAgencyGrant, CasePersonGrant, CaseScope
from .models.case import CaseQuerySet
from .models.grants import VIEW_CASE

_EVERY_KIND = frozenset(Agency.Kind)


def live_scope(user: User, principals: Iterable[str] | None = None) -> Any:
    """The scope by which this person sees files; or by some of their principals alone."""
    mine = sorted(user.rights.principals) if principals is None else list(principals)
    rows = CaseScope.objects.filter(Q(until=None) | Q(until__gt=timezone.now()), principal__in=mine)
    return rows.exclude(case__in=sorted(user.rights.barred)) if user.rights.barred else rows


def visible_cases(user: User, *sections: Section) -> CaseQuerySet:
    """Files whose summary this person may see; with `sections`, those they may see these sections of."""
    if not user.may(Capability.READ_FILE):
        return Case.objects.none()
    found: CaseQuerySet = Case.objects.filter(_by_province(user, *sections) | _by_scope(user, *sections))
    # Whoever is kept away from a file does not see it, whatever else they hold.
    return found.exclude(pk__in=sorted(user.rights.barred)) if user.rights.barred else found


def _by_province(user: User, *sections: Section) -> Q:
    """What rights on provinces open follows from the file's own row and the rules of sections: no look-up a file."""
    whole = user.rights.open_provinces if not sections else frozenset()
    rule = Q(province__in=sorted(whole))
    for kinds, provinces in user.rights.opened(*sections).items():
        some = [one for one in provinces if one not in whole]
        if some:
            by = {} if kinds == _EVERY_KIND else {"agency_kind__in": sorted(kinds)}
            rule |= Q(province__in=some, **by)
    return Q(named_only=False) & rule


def _by_scope(user: User, *sections: Section) -> Q:
    """What else opens files, file by file: owning them, grants, names, the national desk."""
    mine = [one for one in sorted(user.rights.principals) if not one.startswith(PROVINCE)]
    scope = live_scope(user, mine).filter(case=OuterRef("pk"))
    for section in sections:
        bit = f"bit_{int(section)}"
        scope = scope.alias(**{bit: F("sections").bitand(int(section))}).filter(**{f"{bit}__gt": 0})
    return Q(Exists(scope))


def sections_of(user: User, case: Case) -> Section:
    """What this person may see of a file: the union over everything that gives them sight of it."""
    return reduce(or_, sights_of(user, case), NOTHING)


def sights_of(user: User, case: Case) -> list[Section]:
    """What each way opens on which this person sees a file. What is written needs one that contains all of it: to read
    the notes by a share and to add to the summary by the province is not to add a note."""
    if not user.may(Capability.READ_FILE):
        return []
    given = live_scope(user).filter(case=case).values_list("sections", flat=True)
    return [Section(sections) for sections in given]


def sections_of_each(user: User, cases: Iterable[Case]) -> dict[uuid.UUID, Section]:
    """What this person may see of each file of a list, in one query. A file that gives nothing is missing."""
    found: dict[uuid.UUID, Section] = {}
    given = live_scope(user).filter(case__in=[case.pk for case in cases]).values_list("case_id", "sections")
    for case_id, sections in given:
        found[case_id] = found.get(case_id, NOTHING) | Section(sections)
    return found


@dataclass(frozen=True)
class Opened:
    """A file as somebody opened it: the row, who that is, and what they may see of it."""

    case: Case
    user: User
    #: What each way opens on which they see it, see `sights_of`.
    sights: tuple[Section, ...]

    @cached_property
    def sections(self) -> Section:
        return reduce(or_, self.sights, NOTHING)

    def shows(self, section: Section) -> bool:
        return bool(self.sections & section)


def thing(case: Case) -> Thing:
    """How the trail names a file."""
    return Thing(type="case", id=str(case.pk), label=case.number, case_id=case.pk, province=case.province_id)


def open_case(user: User, number: str, *, page: str = "file") -> Opened:
    """The file with this number, and the read on the trail in the same transaction: no log row, no data.

    Raises NotFound for a hidden and for a missing number alike.
    """
    if "\x00" in number:  # no number holds it, and the database refuses to be asked
        raise NotFound()
    case = (
        visible_cases(user)
        .select_related("province", "agency", "district", "commune", "worker")
        .defer("worker__password")
        .filter(number=number)
        .first()
    )
    if case is None:
        raise NotFound(asked=Asked("cases_refused_look", number))
    opened = Opened(case, user, tuple(sights_of(user, case)))
    check_may(user, Capability.READ_FILE, near=case.agency_id)
    detail = {"page": page, "sections": int(opened.sections), **while_sending()}
    if emergency(user, case.pk):
        detail["emergency"] = True
    record(Kind.FILE_READ, thing(case), detail=detail)
    return opened


#: Where the frame of the page finds the emergency in which somebody sees the file of this page.
IN_EMERGENCY = "emergency"


def emergency(user: User, case_id: uuid.UUID) -> BreakGlass | None:
    """The emergency opening by which this person sees the file now; remembered for the page's banner."""
    if not user.may(Capability.BREAK_GLASS):
        return None
    found: BreakGlass | None = (
        BreakGlass.objects.filter(case=case_id, person=user, ended_at=None, until__gt=timezone.now())
        .select_related("case")
        .order_by("-until", "pk")
        .first()
    )
    require_actor().memo[IN_EMERGENCY] = found
    return found


def check_may(
    user: User, capability: Capability, sentence: str = "", *, near: uuid.UUID | None = None
) -> None:
    """Refuse, with a sentence, what no role of this person contains.

    The trail then names the membership that contains it, at the agency `near` where there is one.
    """
    if not user.acts_with(capability, near=near):
        raise Refused(sentence or _("Your role does not include this."), code=f"capability:{capability}")


def check_works_on(user: User, case: Case, capability: Capability) -> None:
    """Refuse where this person may see the file but not add to it."""
    check_may(user, capability, near=case.agency_id)
    if not sections_of(user, case) & Section.WORK:
        raise Refused(_("You may read this file, not add to it."), code="section:WORK", label=case.number)


def check_moves(user: User, case: Case, move: Move) -> Capability:
    """Refuse a move of the table where this person's part of the file does not include it, whatever its state. By
    which capability they make it."""
    for held in sights_of(user, case):
        found = capability_for(case, move, user, held)
        if found is not None:
            check_may(user, found, near=case.agency_id)
            return found
    check_may(user, move.capability, near=case.agency_id)
    if move.capability == Capability.DECIDE_IDENTIFICATION:
        sentence = _(
            "What happened and the notes are not open to you. Ask the owner to refer the file to you."
        )
    else:
        sentence = _("A file is moved by those who own it.")
    raise Refused(sentence, code="section:MOVE", label=case.number)


def says_why(by: User, case: Case, capability: Capability) -> bool:
    """Words stand in a note. The ministry, deciding for an organisation whose notes are closed to it, gives none."""
    open_to = sections_of(by, case) & Section.NOTES
    return bool(open_to) or capability != Capability.APPROVE_FOR_OFFICE


def holds(user: User, case: Case, sections: Section) -> tuple[bool, datetime.datetime | None]:
    """Whether this person may hand these sections of a file on, and until when (None: without end).

    One of their own sights has to contain all of it, with adding and moving. The database holds the same (migration
    0002, the policies of grants).
    """
    needed = int(sections | Section.WORK | Section.MOVE)
    given = live_scope(user).filter(case=case).values_list("sections", "until")
    ends = [until for held, until in given if held & needed == needed]
    return bool(ends), None if None in ends or not ends else max(ends)


@transaction.atomic
def grant(
    *,
    case_id: uuid.UUID,
    to: Agency | User,
    sections: Section,
    until: datetime.datetime | None,
    reason: str,
    because: str,
    by: User,
) -> Case:
    """Let an agency's team, or one person, see `sections` of a file until an end. Returns the file.

    The caller has decided that it may be given (an accepted referral); the database checks it again.
    """
    common = {
        "content_object_id": case_id,
        "granted_by": by,
        "reason": reason,
        "valid_until": until,
        "sections": int(sections),
        "because": because,
    }
    if isinstance(to, Agency):
        CaseAgencyGrant.give(VIEW_CASE, group=Group.objects.get(pk=to.group_id), **common)
        principal = agency_principal(to.pk)
    else:
        CasePersonGrant.give(VIEW_CASE, user=to, **common)
        principal = person_principal(to.pk)
    case = Case.objects.get(pk=case_id)
    record(Kind.ACCESS_GRANTED, thing(case), detail=told_grant(principal, sections, until, because))
    return case


def told_grant(
    principal: str, sections: int, until: datetime.datetime | None, because: str
) -> dict[str, object]:
    """How the trail tells of a grant."""
    return {"to": principal, "sections": int(sections), "until": until, "because": because}


@transaction.atomic
def revoke(*, case: Case, because: str, by: User) -> int:
    """End every grant that follows from `because`. The number of grants ended."""
    now = timezone.now()
    ended = 0
    for model in (CaseAgencyGrant, CasePersonGrant):
        ended += model.objects.live().filter(content_object=case, because=because).update(valid_until=now)
    if ended:
        record(Kind.ACCESS_REVOKED, thing(case), detail={"because": because, "grants": ended})
    return ended


def reconcile(batch: int = 1000) -> int:
    """Set right every file whose scope is not what file, rules and grants say; the number of rows mended.

    Triggers keep the scope; what they cannot know is a rule of sections that was edited since. The counts of files are
    compared as well (migration 0010): what a hand in the tables left behind.
    """
    last: uuid.UUID | None = None
    mended: int = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute("SELECT reached, mended FROM cases_scope_reconcile(%s, %s)", [last, batch])
            last, found = cursor.fetchone()
        mended += found
        if last is None:
            break
    with connection.cursor() as cursor:
        cursor.execute("SELECT cases_recount()")
        mended += cursor.fetchone()[0]
    if mended:
        record(Kind.SCOPE_MENDED, Thing(type="scope"), detail={"rows": mended})
    return mended
