"""A locked session: its person is nobody until they show their password at the same computer.

The mark stands in the session on the server, so that a locked browser gets nothing whatever it asks for. Who sits
there meanwhile may sign in as somebody else: that ends the locked session, and what was typed waits for its owner.
"""

from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.middleware import get_user
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils import timezone

from audit.context import acting
from audit.kinds import Kind
from audit.record import Thing, record

from . import door
from .door import LOCKED, SINCE
from .models import User
from .stepup import confirm

#: In a session: when it was used last, in seconds.
SEEN = "seen"


def person_of(request: HttpRequest) -> User | None:
    """Whose session is locked here."""
    if not request.session.get(LOCKED):
        return None
    user: Any = get_user(request)
    return user if user.is_authenticated and door.is_marked(request, user) else None


def lock(request: HttpRequest, *, since: int | None = None) -> None:
    """From now on this session is nobody's; `since` where the server finds it late."""
    with acting(_actor(request, request.user)):
        record(Kind.SESSION_LOCKED, Thing(type="session"))
    request.session[LOCKED] = since or int(timezone.now().timestamp())
    request.user = AnonymousUser()


def unlock(request: HttpRequest, person: User) -> None:
    """The same session goes on under another key; the password was just shown."""
    request.session.pop(LOCKED, None)
    request.session[SEEN] = int(timezone.now().timestamp())
    request.session.cycle_key()
    confirm(request)
    with acting(_actor(request, person)):
        record(Kind.SESSION_UNLOCKED, Thing(type="session"))
    request.user = person


def is_over(request: HttpRequest, now: int) -> str:
    """Why the session has ended: LONG after its sign-in, LOCKED for too long. Nothing where it goes on."""
    if now - request.session.get(SINCE, now) > settings.SESSION_COOKIE_AGE:
        return "LONG"
    if now - request.session.get(LOCKED, now) > settings.SESSION_LOCKED_SECONDS:
        return "LOCKED"
    return ""


def end(request: HttpRequest, person: Any, *, why: str) -> None:
    with acting(_actor(request, person)):
        record(Kind.SIGN_OUT, Thing(type="session"), detail={"why": why})
        logout(request)


def _actor(request: HttpRequest, person: Any) -> Any:
    address = str(request.META.get("REMOTE_ADDR", ""))
    return person.as_actor(request_id=getattr(request, "id", ""), ip=address)
