"""Questions over files that are already scoped to somebody (cases.access.visible_cases)."""

import datetime
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Case as When_
from django.db.models import Count, IntegerField, Q, Value, When
from django.utils.dateparse import parse_datetime

from accounts.models import Agency, User
from accounts.roles import Capability
from accounts.sections import Section
from accounts.vault import blind
from audit.kinds import Kind
from audit.models import Event

from . import above, lifecycle, newest, vault
from .access import Opened, visible_cases
from .filtering import Filtered
from .models import Case, IdentityKey, Victim
from .models.case import CaseQuerySet
from .newest import Key
from .numbers import as_typed
from .rules import DECIDING
from .states import ENDED, Status
from .worker import queries as workers

PAGE = 50
#: Of a filtered list, counting stops here; above it the list says "more than".
COUNT_UP_TO = 10_000

RISK_ORDER = When_(
    When(risk_level="HIGH", then=Value(0)),
    When(risk_level="MEDIUM", then=Value(1)),
    When(risk_level="NOT_ASSESSED", then=Value(2)),
    default=Value(3),
    output_field=IntegerField(),
)


@dataclass(frozen=True)
class Page:
    """One page of a keyset list: rows, where it starts, the total, and the keys of its neighbours. Where a filter was
    counted, the total stops at COUNT_UP_TO.

    `previous_key` is empty on the first page and on the second: the first is always asked for anew.
    """

    rows: list[Any]
    start: int
    total: int
    next_key: str
    has_previous: bool
    previous_key: str
    is_exact: bool = False

    @property
    def end(self) -> int:
        return self.start + len(self.rows) - 1

    @property
    def next_start(self) -> int:
        return self.end + 1

    @property
    def previous_start(self) -> int:
        return self.start - PAGE

    @property
    def is_capped(self) -> bool:
        return not self.is_exact and self.total > COUNT_UP_TO

    @property
    def cap(self) -> int:
        return COUNT_UP_TO


def key_at(at: datetime.datetime, pk: uuid.UUID) -> str:
    """Where a page ends, as it stands in an address."""
    return f"{at.isoformat()}_{pk}"


def _key(case: Case) -> str:
    return key_at(case.created_at, case.pk)


def from_key(key: str) -> Key | None:
    """A key of an address bar; None for one that somebody made up."""
    at, _sep, pk = key.partition("_")
    try:
        when, which = parse_datetime(at.replace(" ", "+")), uuid.UUID(pk)
    except ValueError:
        return None
    return (when, which) if when is not None and when.tzinfo else None


def is_key(text: str) -> bool:
    """Whether `text` can be the key of a page."""
    return from_key(text) is not None


def page_for(
    user: User, codes: Mapping[str, str], *, after: str = "", before: str = "", start: int = 1
) -> Page:
    """A page of this person's list: of all their files, or of those that a filter leaves."""
    if codes.get("worker"):
        return page_of(listed(user, codes), after=after, before=before, start=start)
    older, newer = from_key(after), None if after else from_key(before)
    limit = PAGE if newer else PAGE + 1
    if any(codes.values()):
        some = Filtered(user, codes, _needs(codes))
        keys, total = some.keys(limit, older=older, newer=newer), some.count(COUNT_UP_TO + 1)
    else:
        keys, total = newest.newest(user, limit, older=older, newer=newer), newest.total()
    rows = _rows(listed(user, codes), keys)
    return _page(rows, total, older=older, newer=newer, start=start, is_exact=not any(codes.values()))


def page_of(files: CaseQuerySet, *, after: str = "", before: str = "", start: int = 1) -> Page:
    """Newest first, from `after` on or up to `before`: any depth costs what the first page costs."""
    total = files.order_by()[: COUNT_UP_TO + 1].count()
    older, newer = from_key(after), None if after else from_key(before)
    if newer:
        at, pk = newer
        near = files.filter(Q(created_at__gt=at) | Q(created_at=at, pk__gt=pk), created_at__gte=at)
        keys = _pks(near.order_by("created_at", "pk")[:PAGE])
    elif older:
        at, pk = older
        near = files.filter(Q(created_at__lt=at) | Q(created_at=at, pk__lt=pk), created_at__lte=at)
        keys = _pks(near.newest_first()[: PAGE + 1])
    else:
        keys = _pks(files.newest_first()[: PAGE + 1])
    rows = _rows(files, keys)
    return _page(rows, total, older=older, newer=newer, start=start)


def _page(
    rows: list[Case], total: int, *, older: Key | None, newer: Key | None, start: int, is_exact: bool = False
) -> Page:
    """Rows as they were asked for: those after `newer` from the oldest on, one more than a page otherwise."""
    if newer:
        rows.reverse()
    is_deep = bool(older or newer)
    start = max(start, 1) if is_deep else 1
    more = newer is not None or len(rows) > PAGE
    rows = rows[:PAGE]
    return Page(
        rows=rows,
        start=start,
        total=total,
        next_key=_key(rows[-1]) if more and rows else "",
        has_previous=is_deep,
        previous_key=_key(rows[0]) if rows and start > PAGE + 1 else "",
        is_exact=is_exact,
    )


def _pks(files: Any) -> list[uuid.UUID]:
    return list(files.values_list("pk", flat=True))


def _rows(files: CaseQuerySet, wanted: list[uuid.UUID]) -> list[Any]:
    """Files with their labels in the order of these keys. Asked in one with what sorts or filters, every file that is
    sorted would be joined with its labels and looked at by their walls, not only those of the page."""
    found = {case.pk: case for case in _told(files.filter(pk__in=wanted))}
    return [found[pk] for pk in wanted if pk in found]


def _told(files: CaseQuerySet) -> CaseQuerySet:
    """With the labels of a list, without what is sealed."""
    return files.select_related("province", "agency", "victim").defer("summary_sealed")


#: What every change touches: it says nothing of what was changed.
_ALWAYS_CHANGED = frozenset({"version", "updated_at"})


def changed_since(case: Case, version: int) -> list[str]:
    """The names of the fields that differ between an older version of a file and the one that stands; none for
    those who do not work on it (the wall of its history)."""
    kept = Case.history.filter(id=case.pk)
    then = kept.filter(version=version).order_by("-history_date", "-pk").values().first()
    now = kept.order_by("-version", "-history_date", "-pk").values().first()
    if not then or not now:
        return []
    own = {field.attname: field.name for field in Case._meta.concrete_fields}
    return sorted(
        own[name]
        for name in own.keys() & now.keys()
        if own[name] not in _ALWAYS_CHANGED and then[name] != now[name]
    )


def filtered(
    files: CaseQuerySet, *, status: str = "", province: str = "", risk: str = "", ended: bool = True
) -> CaseQuerySet:
    if status:
        files = files.filter(status=status)
    if province:
        files = files.filter(province=int(province))
    if risk:
        files = files.filter(risk_level=risk)
    if not ended:
        files = files.open()
    return files


def _needs(codes: Mapping[str, str]) -> tuple[Section, ...]:
    return (Section.RISK,) if codes.get("risk") else ()


def listed(user: User, codes: Mapping[str, str]) -> CaseQuerySet:
    """The files of the list with this filter. By risk only among those whose risk is open to its reader."""
    seen, rest = visible_cases(user, *_needs(codes)), {**codes}
    whose = rest.pop("worker", "")
    return filtered(workers.of(seen, user, whose) if whose else seen, **rest)


def find(user: User, question: str) -> tuple[list[Case], list[bytes]]:
    """Files this person may see the identity of, by name or number; and the keys that were asked for.

    A whole name or number first, then files that share every word of the name. At most 20.
    """
    number = as_typed(question)
    if number:
        return list(_labelled(visible_cases(user).filter(number=number))), [blind(number, column="case")]
    keys = vault.question_keys(question)
    words = vault.word_keys(question)
    seen = visible_cases(user, Section.IDENTITY)
    exact = list(_labelled(seen.filter(identity_keys__key__in=keys)).distinct()[:20])
    if len(words) > 1 and len(exact) < 20:
        alike = (
            seen.filter(identity_keys__key__in=words, identity_keys__kind=IdentityKey.Kind.WORD)
            .annotate(shared=Count("identity_keys__key", distinct=True))
            .filter(shared=len(words))
            .exclude(pk__in=[c.pk for c in exact])
        )
        exact += list(_labelled(alike)[: 20 - len(exact)])
    return exact, keys or words


def _labelled(files: CaseQuerySet) -> CaseQuerySet:
    return _told(files).newest_first()


def waiting_for(user: User, limit: int = 10) -> list[Case]:
    """Open files that the person works on, then those of their own agencies (of the national desk: named-only ones);
    of each danger first, then the longest in their state."""
    theirs = When_(When(worker=user, then=Value(0)), default=Value(1))
    ranked = _own(user).annotate(danger=RISK_ORDER, theirs=theirs)
    return _rows(visible_cases(user), _pks(ranked.order_by("theirs", "danger", "status_since", "pk")[:limit]))


#: Decisions that a second person makes; marking a fresh report as void is a correction, not a queue.
DECISIONS = {
    Capability.DECIDE_IDENTIFICATION: DECIDING,
    Capability.APPROVE_CLOSURE: (Section.MOVE,),
}


def waiting_for_decision(user: User, limit: int = 10) -> list[Case]:
    """Files within reach whose next formal decision is this person's, danger first, then the longest waiting.

    Not those that they brought there themselves: a colleague decides.
    """
    rule = Q()
    for capability, sections in DECISIONS.items():
        if user.may(capability):
            moves = [move for move in lifecycle.MOVES if move.capability == capability]
            states = {status for move in moves for status in move.sources - {Status.REPORTED}}
            rule |= Q(pk__in=visible_cases(user, *sections).filter(status__in=states).values("pk"))
    if user.may(Capability.APPROVE_FOR_OFFICE):
        rule |= Q(pk__in=above.for_ministry(visible_cases(user, Section.WORK)).values("pk"))
    if not rule:
        return []
    seen = visible_cases(user)
    ranked = seen.filter(rule).exclude(status_by=user).annotate(danger=RISK_ORDER)
    return _rows(seen, _pks(ranked.order_by("danger", "status_since", "pk")[:limit]))


def _own(user: User) -> CaseQuerySet:
    rule = Q(agency__in=user.rights.agencies) | Q(worker=user)
    if user.may(Capability.NAMED_DESK):
        rule |= Q(named_only=True)
    files: CaseQuerySet = visible_cases(user).filter(rule).open()
    return files


def count_open(user: User) -> int:
    """How many open files `waiting_for` draws from."""
    return _own(user).count()


def count_mine(user: User) -> int:
    """How many open files somebody works on themselves."""
    return visible_cases(user).filter(worker=user).open().count()


def open_files_of(person: User) -> int:
    """How many files that are not closed somebody works on, for whoever looks after their account: a number alone, and
    never counting files that only named people may see."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT cases_open_of(%s, %s)", [person.pk, sorted(ENDED)])
        (number,) = cursor.fetchone()
    return int(number)


def contents(opened: Opened) -> dict[str, Any]:
    """What the file page shows, section by section; a section out of reach is None."""
    case = opened.case
    return {
        "victim": _one(Victim.objects.filter(case=case).select_related("home_district", "current_district")),
        "facts": _first(opened, Section.FACTS, case, "facts"),
        "answers": list(case.answers.order_by("list", "pk")) if opened.shows(Section.FACTS) else [],
        "risks": list(case.risks.order_by("-recorded_at", "pk")) if opened.shows(Section.RISK) else [],
        "consents": _consents(opened) if opened.shows(Section.CONSENT) else [],
        "has_identity": opened.shows(Section.IDENTITY) and hasattr(case, "identity"),
    }


def _consents(opened: Opened) -> list[Any]:
    """Consents; which other agencies the person agreed to is told to those alone who see the referrals."""
    rows = opened.case.consents.select_related("recipient").order_by("-recorded_at", "pk")
    if not opened.shows(Section.REFERRALS):
        rows = rows.filter(Q(recipient=None) | Q(recipient__in=opened.user.rights.agencies))
    return list(rows)


def _one(rows: Iterable[Any]) -> Any:
    return next(iter(rows), None)


def _first(opened: Opened, section: Section, case: Case, name: str) -> Any:
    return getattr(case, name, None) if opened.shows(section) else None


def notes(opened: Opened) -> list[Any]:
    """Notes with their text opened, newest first; none where the section is out of reach."""
    if not opened.shows(Section.NOTES):
        return []
    rows = list(opened.case.notes.select_related("by", "agency").order_by("-recorded_at", "pk"))
    for row in rows:
        row.text = vault.note_text(row)
    return rows


#: Acts that the timeline of a file tells; reads are on the trail, not here.
SHOWN_EVENTS = (
    Kind.FILE_OPENED,
    Kind.FILE_MOVED,
    Kind.FILE_HANDED_OVER,
    Kind.CONSENT_RECORDED,
    Kind.ACCESS_GRANTED,
    Kind.ACCESS_REVOKED,
    Kind.FILE_NAMED_ONLY,
    Kind.NAMED_LIFT_ASKED,
    Kind.NAMED_LIFT_DECLINED,
    Kind.NAMED_LIFTED,
    Kind.GLASS_BROKEN,
    Kind.GLASS_ENDED,
    Kind.GLASS_STOPPED,
    Kind.GLASS_REVIEWED,
    Kind.REFERRAL_SUBMITTED,
    Kind.REFERRAL_MOVED,
)


def events(opened: Opened, limit: int = 100) -> list[Event]:
    """What was done to the file, newest first, told to those who work on it.

    Whoever does not see the referrals reads what their own agencies did: who else looks after the person, and
    where, is no business of theirs. The database holds the same (migration 0002, policy "files").
    """
    if not opened.shows(Section.WORK):
        return []
    rows = Event.objects.about_case(opened.case.pk).filter(kind__in=SHOWN_EVENTS)
    if not opened.shows(Section.REFERRALS):
        rows = rows.filter(actor_agency_id__in=opened.user.rights.agencies)
    if not opened.shows(Section.CONSENT):
        rows = rows.exclude(kind=Kind.CONSENT_RECORDED)
    return list(rows.newest_first()[:limit])


def names_in(found: Iterable[Event]) -> dict[str, str]:
    """Names of the people and agencies of these events by id, in the reader's script."""
    rows = list(found)
    people = User.objects.filter(pk__in={row.actor for row in rows if not row.actor.startswith("system:")})
    agencies = Agency.objects.filter(pk__in={row.actor_agency_id for row in rows if row.actor_agency_id})
    return {str(one.pk): one.name for one in [*people, *agencies]}
