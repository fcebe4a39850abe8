"""What somebody asks of the trail: one value for the page, its address, the export and the trail itself."""

import datetime as dt
import unicodedata
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils import timezone
from django.utils.module_loading import import_string

from .models import Event, EventQuerySet


@dataclass(frozen=True)
class Filters:
    """Every part is optional. `person` is an actor's id, `agency` a UUID as text, the rest are codes."""

    since: dt.date | None = None
    until: dt.date | None = None
    person: str = ""
    agency: str = ""
    province: int | None = None
    kind: str = ""
    record: str = ""
    result: str = ""

    def codes(self) -> dict[str, str]:
        """What was chosen, as text: for an address, for an export's row, for the trail."""
        values = {part.name: getattr(self, part.name) for part in fields(self)}
        return {name: str(value) for name, value in values.items() if value not in (None, "")}

    @classmethod
    def from_codes(cls, codes: Mapping[str, str]) -> "Filters":
        values: dict[str, Any] = dict(codes)
        for day in ("since", "until"):
            if day in values:
                values[day] = dt.date.fromisoformat(values[day])
        if "province" in values:
            values["province"] = int(values["province"])
        return cls(**values)

    def apply(self, events: EventQuerySet) -> EventQuerySet:
        """The events that fit. A record's number also finds what else belongs to its file."""
        wanted = Q()
        if self.since:
            wanted &= Q(at__gte=_start_of(self.since))
        if self.until:
            wanted &= Q(at__lt=_start_of(self.until + dt.timedelta(days=1)))
        if self.person:
            wanted &= Q(actor=self.person)
        if self.agency:
            wanted &= Q(actor_agency_id=uuid.UUID(self.agency))
        if self.province:
            wanted &= Q(province=self.province)
        if self.kind:
            wanted &= Q(kind=self.kind)
        if self.result:
            wanted &= Q(result=self.result)
        if self.record:
            # Asked first, so that both halves find their index: a subquery here reads the whole trail.
            named = Event.objects.filter(object_label=self.record, case_id__isnull=False)
            files = list(named.order_by("case_id").values_list("case_id", flat=True).distinct()[:100])
            wanted &= Q(object_label=self.record) | Q(case_id__in=files)
        return events.filter(wanted)


def _start_of(day: dt.date) -> dt.datetime:
    """Midnight of a day as people in Cambodia mean it."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


def latin_digits(text: str) -> str:
    """The same text with Khmer (or any other) digits written 0 to 9, and without signs that nobody sees."""
    seen = (letter for letter in text if unicodedata.category(letter) not in ("Cf", "Cc"))
    return "".join(str(unicodedata.decimal(letter, letter)) for letter in seen)


def record_as_typed(text: str) -> str | None:
    """A record's label in its one form, however it was typed: a file's number, an agency's short name, a name
    somebody signs in with. None for any other text, which must never stand on the trail."""
    plain = latin_digits(text).strip()
    for path in settings.TRAIL_RECORD:
        known: str | None = import_string(path)(plain)
        if known:
            return known
    return None
