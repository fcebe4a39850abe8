"""The mark without which a session is nobody's.

Whatever door lets somebody in, their session opens nothing until it carries the mark (accounts/middleware.py), and
only the second half of signing in leads to it (accounts/stages.py).
"""

import datetime
import uuid
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from .models import User

#: In a session: whose second factor was shown in it.
MARK = "second"
#: In a session: when its person signed in, in seconds (accounts/locked.py ends it after SESSION_COOKIE_AGE).
SINCE = "since"
#: In a session: since when it is locked, in seconds (accounts/locked.py).
LOCKED = "locked"
#: On the trail, where the factor was shown earlier that day at the same machine.
REMEMBERED = "MACHINE"


@dataclass(frozen=True)
class Shown:
    """A second factor that was shown in this very request, and when the person had signed in before."""

    person_id: uuid.UUID
    kind: str
    before: datetime.datetime | None


def let_by(request: HttpRequest, person: User, kind: str) -> None:
    request.shown = Shown(person.pk, kind, person.last_login)  # type: ignore[attr-defined]


def shown(request: HttpRequest, person: User) -> Shown | None:
    found: Shown | None = getattr(request, "shown", None)
    return found if found and found.person_id == person.pk else None


def is_marked(request: HttpRequest, person: Any) -> bool:
    return bool(request.session.get(MARK) == str(person.pk))
