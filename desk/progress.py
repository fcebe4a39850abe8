"""How far an export has come, for its page: told by a thread with a connection of its own.

The maker's transaction is open until the file is whole, and nobody sees inside it. So nothing of the row is locked
while the file is being made; that somebody is making it is an advisory lock (exports.is_free).
"""

import logging
import threading
import uuid
from types import TracebackType
from typing import Any

from django.db import DatabaseError, connections

from audit.context import acting, system

from .models import Export

log = logging.getLogger("karpea.exports")

EVERY_SECONDS = 1.0


class Progress:
    """`with Progress(export, total) as progress: progress.at(1000)`. Losing it loses no export."""

    def __init__(self, export_id: uuid.UUID, total: int) -> None:
        self._export_id, self._total, self._rows = export_id, total, 0
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="progress", daemon=True)

    def at(self, rows: int) -> None:
        self._rows = rows

    def __enter__(self) -> "Progress":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_over.set()
        self._thread.join()

    def _run(self) -> None:
        told = 0
        try:
            self._tell(total=self._total, done=0)
            while not self._is_over.wait(EVERY_SECONDS):
                rows = self._rows
                if rows != told:
                    self._tell(done=rows)
                    told = rows
        except DatabaseError:
            log.warning("an export's page does not learn how far it is", exc_info=True)
        finally:
            connections.close_all()

    def _tell(self, **values: Any) -> None:
        with acting(system("export")):
            Export.objects.filter(pk=self._export_id, status=Export.Status.MAKING).update(**values)
