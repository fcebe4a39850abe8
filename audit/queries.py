"""Pages of the trail by keyset: the trail grows while it is read, and page 900 costs what page 1 costs."""

import datetime as dt
import re
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from .filters import Filters
from .models import Event

PER_PAGE = 50
COUNT_UP_TO = 10_000
_CURSOR = re.compile(r"(\d{1,17})-(\d{1,18})\Z", re.ASCII)
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Place:
    """Where a page stands: before (older than) or after one event, and which number its first line has."""

    older_than: str = ""
    newer_than: str = ""
    first: int = 1


@dataclass(frozen=True)
class Page:
    events: list[Event]
    first: int
    total: int
    #: More fit than are counted.
    is_more: bool
    newer: Place | None
    older: Place | None

    @property
    def last(self) -> int:
        return self.first + len(self.events) - 1


def readable(user: Any) -> Any:
    """Every act but those on files that this person is kept away from."""
    rows = Event.objects.all()
    return rows.exclude(case_id__in=sorted(user.rights.barred)) if user.rights.barred else rows


def page_of_trail(trail: Any, filters: Filters, place: Place) -> Page:
    """One page, newest first. A cursor that nobody gave out shows the first page."""
    fitting = filters.apply(trail)
    older, newer = _cursor(place.older_than), _cursor(place.newer_than)
    if older:
        rows = list(fitting.filter(_older(*older)).newest_first()[: PER_PAGE + 1])
    elif newer:
        rows = list(fitting.filter(_newer(*newer)).order_by("at", "seq", "pk")[:PER_PAGE])[::-1]
    else:
        rows = list(fitting.newest_first()[: PER_PAGE + 1])
    events = rows[:PER_PAGE]
    total = fitting[: COUNT_UP_TO + 1].count()
    first = max(place.first, 1) if older or newer else 1
    is_older = len(rows) > PER_PAGE or (newer is not None and bool(events))
    return Page(
        events=events,
        first=first,
        total=max(min(total, COUNT_UP_TO), first + len(events) - 1),
        is_more=total > COUNT_UP_TO,
        newer=_page_before(events, first) if older or newer else None,
        older=Place(older_than=_cursor_of(events[-1]), first=first + len(events)) if is_older else None,
    )


def event_with_id(trail: Any, event_id: uuid.UUID) -> Event | None:
    found: Event | None = trail.filter(pk=event_id).first()
    return found


def numbers_of(events: Iterable[Event]) -> dict[uuid.UUID, str]:
    """The numbers of the files that these events belong to, for those that do not name them themselves."""
    nameless = {event.case_id for event in events if event.case_id and not event.object_label}
    if not nameless:
        return {}
    named = Event.objects.filter(case_id__in=nameless, object_type="case").exclude(object_label="")
    return dict(named.order_by("case_id").distinct("case_id").values_list("case_id", "object_label"))


def _page_before(events: list[Event], first: int) -> Place:
    """The page of newer lines; the first page is always asked for anew, so that it is the newest."""
    if first <= PER_PAGE + 1 or not events:
        return Place()
    return Place(newer_than=_cursor_of(events[0]), first=first - PER_PAGE)


def _cursor_of(event: Event) -> str:
    return f"{(event.at - _EPOCH) // dt.timedelta(microseconds=1)}-{event.seq}"


def _cursor(text: str) -> tuple[dt.datetime, int] | None:
    match = _CURSOR.match(text)
    if not match or int(match[1]) > 7_000_000_000_000_000:  # past the year 2190
        return None
    return _EPOCH + dt.timedelta(microseconds=int(match[1])), int(match[2])


def is_key(text: str) -> bool:
    """Whether `text` can be where a page stands."""
    return _cursor(text) is not None


def _older(at: dt.datetime, seq: int) -> Q:
    return Q(at__lte=at) & (Q(at__lt=at) | Q(seq__lt=seq))


def _newer(at: dt.datetime, seq: int) -> Q:
    return Q(at__gte=at) & (Q(at__gt=at) | Q(seq__gt=seq))
