"""Files that a worker makes for one person: asked for, made, kept for a day, forgotten.

The row is the truth, the broker only wakes a worker earlier than its clock would (docs/adr). The worker acts as the
person who asked, so that both walls give the file exactly the rows that this person may see.
"""

import datetime
import hashlib
import logging
import os
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.refusals import Refused
from audit.context import acting, system
from audit.kinds import Kind, Result
from audit.record import Thing, record

from .models import Export

log = logging.getLogger("karpea.exports")

KEEP_FOR = datetime.timedelta(hours=24)
TRIES = 3
Status = Export.Status


class Incomplete(RuntimeError):
    """The file does not hold what was asked for; better no file than a part that looks whole."""


def exporter(kind: str) -> Any:
    """What fills files of this kind: `capability`, `chosen(data)`, `told(filters)`, `count()`, `write(shape, file)`."""
    return import_string(settings.EXPORTERS[kind])


def titles() -> list[tuple[str, str]]:
    """(kind, what it holds), for the trail's sentences."""
    return [(kind, str(exporter(kind).title)) for kind in settings.EXPORTERS]


def may_export(user: User) -> bool:
    return any(user.may(exporter(kind).capability) for kind in settings.EXPORTERS)


def file_of(export_id: uuid.UUID) -> Path:
    """Named by the export alone: no folder listing tells anything."""
    return Path(settings.FILES_DIR) / "exports" / str(export_id)


@transaction.atomic
def ask(*, kind: str, shape: str, filters: Mapping[str, str], by: User) -> Export:
    """Put a file in the queue. It is made within seconds when a worker runs, and whenever one runs again."""
    capability = exporter(kind).capability
    if not by.acts_with(capability):
        raise Refused(_("Your role does not include this export."), code=f"capability:{capability}")
    export = Export(
        maker=by,
        kind=kind,
        shape=Export.Shape(shape),
        filters=dict(filters),
        language=translation.get_language() or settings.LANGUAGE_CODE,
        expires_at=timezone.now() + KEEP_FOR,
    )
    export.save(force_insert=True)
    record(Kind.EXPORT_ASKED, _thing(export), detail=_detail(export))
    transaction.on_commit(wake)
    return export


def wake(task: str = "desk.tasks.make_waiting_exports") -> None:
    """Tell a worker, from a thread of its own: a broker that is down or silent holds up no page."""
    threading.Thread(target=_publish, args=(task,), name="wake", daemon=True).start()


def _publish(task: str) -> None:
    try:
        current_app.send_task(task, ignore_result=True, expires=60)
    except Exception:  # nothing is lost: the workers' own clock finds the row
        log.warning("the broker does not answer; the work waits for the workers' clock", exc_info=True)


def claim() -> uuid.UUID | None:
    """Take the oldest export that nobody is making. Counted at once, so that one that kills its worker ends.

    A row that is being made is locked by its maker; one that says so and is not locked lost its maker.
    """
    export = (
        Export.objects.select_for_update(skip_locked=True)
        .filter(status__in=[Status.WAITING, Status.MAKING])
        .order_by("tries", "asked_at", "pk")
        .first()
    )
    if export is None:
        return None
    if export.tries >= TRIES:
        _give_up(export)
        return None
    _set(export, status=Status.MAKING, tries=export.tries + 1)
    return export.pk


def make(export_id: uuid.UUID) -> None:
    """Make one claimed file in a transaction of its own, holding its row."""
    with acting(system("export")):
        export = (
            Export.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("maker")
            .filter(pk=export_id, status=Status.MAKING)
            .first()
        )
        if export is None:
            return
        try:
            with acting(export.maker.as_actor()):
                _make(export)
        except Exception:  # whatever it was: the row says so, and the next tick tries again
            log.exception("an export could not be made")
            if export.tries >= TRIES:
                _give_up(export)
            else:
                _set(export, status=Status.WAITING)
            return
    wake()  # another may be waiting behind it


@dataclass(frozen=True)
class Made:
    rows: int
    bytes: int
    sha256: str


def _make(export: Export) -> None:
    source = exporter(export.kind)
    if not export.maker.acts_with(source.capability):
        raise Refused(_("Your role does not include this export."), code=f"capability:{source.capability}")
    with translation.override(export.language):
        made = _write(source(export.filters), export)
    now = timezone.now()
    _set(
        export,
        status=Status.READY,
        rows=made.rows,
        bytes=made.bytes,
        sha256=made.sha256,
        made_at=now,
        expires_at=now + KEEP_FOR,
    )
    record(
        Kind.EXPORT_MADE, _thing(export), detail={**_detail(export), "rows": made.rows, "sha256": made.sha256}
    )


def _write(source: Any, export: Export) -> Made:
    """Rows are only ever added, so the file must hold at least what was counted before and at most what after."""
    path = file_of(export.pk)
    part = path.with_suffix(".part")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part.unlink(missing_ok=True)
    least = source.count()
    # Ours alone from its first byte on.
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        rows = source.write(export.shape, file)
        file.flush()
        os.fsync(file.fileno())
        size = file.tell()
    if not least <= rows <= source.count() or part.stat().st_size != size:
        raise Incomplete
    with part.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    part.replace(path)
    return Made(rows=rows, bytes=size, sha256=digest)


def _give_up(export: Export) -> None:
    _set(export, status=Status.FAILED)
    with acting(export.maker.as_actor()):
        export.maker.acts_with(exporter(export.kind).capability)
        record(Kind.EXPORT_MADE, _thing(export), result=Result.FAILED, detail=_detail(export))


def _set(export: Export, **values: Any) -> None:
    Export.objects.filter(pk=export.pk).update(**values)


@transaction.atomic
def take(*, export: Export, by: User) -> BinaryIO:
    """The open file for its maker, and the download on the trail. Raises FileNotFoundError when it is gone."""
    file = file_of(export.pk).open("rb")
    record(Kind.EXPORT_TAKEN, _thing(export), detail={**_detail(export), "sha256": export.sha256})
    return file


def forget_expired() -> int:
    """Delete the files whose day is over, and parts that a killed worker left. The number deleted."""
    folder = file_of(uuid.UUID(int=0)).parent
    if not folder.is_dir():
        return 0
    found = {path: _id_of(path) for path in folder.iterdir()}
    kept = set(
        Export.objects.filter(pk__in=[pk for pk in found.values() if pk], expires_at__gt=timezone.now())
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    old = [path for path, pk in found.items() if pk and pk not in kept]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _id_of(path: Path) -> uuid.UUID | None:
    try:
        return uuid.UUID(path.stem)
    except ValueError:
        return None  # not ours


def _thing(export: Export) -> Thing:
    return Thing(type="export", id=str(export.pk))


def _detail(export: Export) -> dict[str, Any]:
    return {"kind": export.kind, "shape": export.shape, "filters": export.filters}
