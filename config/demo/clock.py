"""One clock for Python and the database while older records are loaded, so that every date of a record agrees.

The database listens to it only where the session belongs to karpea_loader (function audit_now).
"""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from django.db import connection
from django.utils import timezone


class Clock:
    """Stands still until it is set."""

    def __init__(self, at: datetime.datetime) -> None:
        self.at = at

    def now(self) -> datetime.datetime:
        return self.at

    def set(self, at: datetime.datetime) -> None:
        self.at = at
        _tell_database(at.isoformat())


def _tell_database(at: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.now', %s, false)", [at])


@contextmanager
def clock(at: datetime.datetime) -> Iterator[Clock]:
    """`timezone.now()` and the database's own clock say what the yielded clock is set to."""
    ours = Clock(at)
    with mock.patch.object(timezone, "now", ours.now):
        ours.set(at)
        try:
            yield ours
        finally:
            if not connection.needs_rollback:  # a rollback takes the setting back by itself
                _tell_database("")
