"""Who is acting. Nothing is read or written without an actor, in Python and in the database alike.

`acting(actor)` opens a transaction, tells the database who acts (`begin_actor`, which reads the
tables of rights and sets the principals for this transaction only), and clears it on the way out.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import connection, transaction


@dataclass(frozen=True)
class Actor:
    """A person (`id` is the UUID as text) or a part of the system (`system:reminder`)."""

    id: str
    request_id: str = ""
    ip: str = ""
    #: True while a form is being sent: what is read then belongs to that act.
    sends: bool = False
    #: The id of the token with which a program acts for this person; empty for the person.
    token: str = ""
    #: Things worth fetching once while this actor acts (rights, keys); gone when the block ends.
    memo: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def is_system(self) -> bool:
        return self.id.startswith("system:")


SYSTEM_NAMES = frozenset(
    {
        "sign-in",
        "migration",
        "reminder",
        "demo",
        "export",
        "expiry",
        "health",
        "reconcile",
        "report",
        "restore",
        "register",
    }
)


def system(name: str) -> Actor:
    """A named part of the system. Only the names of `SYSTEM_NAMES` exist."""
    if name not in SYSTEM_NAMES:
        raise ValueError(f"no system actor is called {name!r}: {sorted(SYSTEM_NAMES)}")
    return Actor(id=f"system:{name}")


_current: ContextVar[Actor | None] = ContextVar("karpea_actor", default=None)


class NoActor(RuntimeError):
    """Somebody asked the database something while nobody was acting."""


def current_actor() -> Actor | None:
    return _current.get()


def require_actor() -> Actor:
    actor = _current.get()
    if actor is None:
        raise NoActor("Nobody is acting here: wrap the call in `with acting(...)` (audit/context.py).")
    return actor


_SET = (
    "SELECT set_config('app.request', %s, true), set_config('app.ip', %s, true), "
    "set_config('app.agent', '', true), begin_actor(%s)"
)


def _tell_database(actor: Actor | None) -> None:
    with connection.cursor() as cursor:
        if actor is None:
            cursor.execute(_SET, ["", "", ""])
        else:
            cursor.execute(_SET, [actor.request_id, actor.ip, actor.id])


def speak_for(membership: uuid.UUID) -> None:
    """Name one membership of the actor on the trail until somebody else acts. The database checks that it is
    theirs and live; asked each time, because a savepoint that is rolled back takes the name with it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT speak_for(%s)", [membership])


@contextmanager
def acting(actor: Actor) -> Iterator[Actor]:
    """Act as `actor` inside one transaction. Nested use acts as the inner one, then the outer again.

    An exception rolls the block back; the database then has the outer actor again by itself,
    because the settings belong to the (sub)transaction. Whoever acts inside serves the same request.
    """
    before = _current.get()
    if before is not None and not actor.request_id:
        actor = replace(actor, request_id=before.request_id)
    token = _current.set(actor)
    # A transaction of its own takes the settings with it; inside another one they are put back by hand.
    outermost = not connection.in_atomic_block
    try:
        with transaction.atomic():
            _tell_database(actor)
            yield actor
            if not outermost and not connection.needs_rollback:
                _tell_database(before)
    finally:
        _current.reset(token)


@contextmanager
def become(actor: Actor) -> Iterator[Actor]:
    """Change the actor inside a block that is already acting, without a new transaction (sign-in)."""
    before = require_actor()
    token = _current.set(actor)
    _tell_database(actor)
    try:
        yield actor
    finally:
        _current.reset(token)
        if not connection.needs_rollback:
            _tell_database(before)
