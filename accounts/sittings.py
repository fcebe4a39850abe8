"""Which sessions somebody has, at which machines. A row follows its session from key to key."""

import datetime
import re
import uuid
from dataclasses import dataclass
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from .door import LOCKED, SINCE
from .limits import address_as_counted
from .models import Sitting, User

#: What a browser calls itself, the narrower name first: nearly all say that they are Chrome or Safari as well.
BROWSERS = (
    ("Edg(?:e|A|iOS)?/", "Edge"), ("OPR/|Opera", "Opera"), ("SamsungBrowser/", "Samsung Internet"),
    ("UCBrowser/", "UC Browser"), ("Firefox/|FxiOS/", "Firefox"), ("Chrome/|CriOS/|Chromium/", "Chrome"),
    ("Safari/", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("Windows", "Windows"), ("Android", "Android"), ("iPhone|iPad|iPod", "iOS"), ("CrOS", "ChromeOS"),
    ("Mac OS X|Macintosh", "macOS"), ("Linux|X11", "Linux"),
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One session as its owner sees it."""

    id: uuid.UUID
    machine: str
    address: str
    began_at: datetime.datetime
    seen_at: datetime.datetime
    is_this: bool
    is_locked: bool


def begin(request: HttpRequest, person: User) -> None:
    """Somebody has just signed in: note where. Rows whose session is gone go with it."""
    agent = request.headers.get("User-Agent", "")[:400]
    forget_gone(person)
    if request.session.session_key is None:  # it was somebody else's and begins anew
        request.session.create()
    Sitting(
        person=person,
        session_key=request.session.session_key,
        browser=_word(BROWSERS, agent),
        system=_word(SYSTEMS, agent),
        address=address_as_counted(str(request.META.get("REMOTE_ADDR", "")))[:45],
    ).save(force_insert=True)


def follow(request: HttpRequest, before: str | None) -> None:
    """The session has another key now."""
    now = request.session.session_key
    if before and now and now != before and not Sitting.objects.filter(session_key=now).exists():
        Sitting.objects.filter(session_key=before).update(session_key=now)


def forget_gone(person: User) -> None:
    mine = Sitting.objects.filter(person=person)
    there = Session.objects.filter(
        session_key__in=list(mine.values_list("session_key", flat=True)), expire_date__gt=timezone.now()
    )
    mine.exclude(session_key__in=list(there.values_list("session_key", flat=True))).delete()


def own(request: HttpRequest, person: User) -> list[Line]:
    """The sessions of somebody that still open something, the one that asks first."""
    rows = list(Sitting.objects.filter(person=person).order_by("-began_at", "pk"))
    found = Session.objects.filter(
        session_key__in=[r.session_key for r in rows], expire_date__gt=timezone.now()
    )
    held = {one.session_key: one.get_decoded() for one in found}
    stamp = person.get_session_auth_hash()
    lines = [
        _line(row, held[row.session_key], request)
        for row in rows
        if row.session_key in held
        and constant_time_compare(held[row.session_key].get(HASH_SESSION_KEY, ""), stamp)
    ]
    return sorted(lines, key=lambda line: (not line.is_this, -line.seen_at.timestamp()))


def _line(row: Sitting, data: dict[str, Any], request: HttpRequest) -> Line:
    seen = data.get("seen") or data.get(SINCE) or row.began_at.timestamp()
    return Line(
        id=row.pk,
        machine=", ".join(word for word in (row.browser, row.system) if word),
        address=row.address,
        began_at=row.began_at,
        seen_at=datetime.datetime.fromtimestamp(seen, tz=datetime.UTC),
        is_this=row.session_key == request.session.session_key,
        is_locked=LOCKED in data,
    )


def _word(table: tuple[tuple[str, str], ...], agent: str) -> str:
    return next((word for pattern, word in table if re.search(pattern, agent)), "")
