"""Files that a worker makes for one person: asked for, made, kept for a day, forgotten.

The row is the truth, the broker only wakes a worker earlier than its clock would (docs/adr). The worker acts as the
person who asked, so that both walls give the file exactly the rows that this person may see.
"""

import datetime
import hashlib
import logging
import os
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone, translation
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.refusals import Refused
from audit.context import acting, system
from audit.kinds import Kind, Result
from audit.record import Thing, record

from . import waking, writing
from .models import Export
from .progress import Progress
from .workbook import MOST_ROWS, write_workbook

log = logging.getLogger("karpea.exports")

KEEP_FOR = datetime.timedelta(hours=24)
TRIES = 3
Status, Why = Export.Status, Export.Why


class Incomplete(RuntimeError):
    """The file does not hold what was asked for; better no file than a part that looks whole."""


class TooLong(RuntimeError):
    """More rows than a sheet of this format holds."""


def exporter(kind: str) -> Any:
    """What fills files of this kind: `capability`, `page`, `chosen(data)`, `told(filters)`; made of what was chosen
    and of whoever asks, `count()` and `rows()` (audit/columns.py)."""
    return import_string(settings.EXPORTERS[kind])


def titles() -> list[tuple[str, str]]:
    """(kind, what it holds), for the trail's sentences."""
    return [(kind, str(exporter(kind).title)) for kind in settings.EXPORTERS]


def open_to(user: User) -> list[Any]:
    """The exporters that this person may use."""
    return [source for kind in settings.EXPORTERS if user.may((source := exporter(kind)).capability)]


def sight_of(user: User) -> str:
    """Changes with what this person may see: their posts, and the provinces and agencies that these open."""
    rights = user.rights
    held = [*rights.roles, *rights.principals, *(f"open:{province}" for province in rights.open_provinces)]
    return hashlib.sha256("\n".join(sorted(held)).encode()).hexdigest()


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


def wake() -> None:
    """Tell a worker; whenever none runs, the workers' own clock finds the row."""
    waking.wake("desk.tasks.make_waiting_exports")


_BEING_MADE = """
SELECT id FROM unnest(%s::uuid[]) AS id WHERE EXISTS (
    SELECT 1 FROM pg_locks AS l JOIN pg_database AS d ON d.oid = l.database AND d.datname = current_database()
     WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
       AND (l.classid::bigint << 32) | l.objid::bigint = hashtextextended('export ' || id, 0))
"""


def is_free(export_id: uuid.UUID) -> bool:
    """Take the lock of whoever makes this export, until the end of the transaction; False when somebody holds it.

    It ends with its maker's connection, so it tells a maker at work from one that was killed. The row itself stays
    free: its progress is written to it meanwhile.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"export {export_id}"])
        return bool(cursor.fetchone()[0])


def being_made(ids: Iterable[uuid.UUID]) -> set[uuid.UUID]:
    """Those whose maker is alive. Looks at the locks and takes none."""
    with connection.cursor() as cursor:
        cursor.execute(_BEING_MADE, [list(ids)])
        return {row[0] for row in cursor.fetchall()}


def waiting() -> int:
    """How many files nobody has made yet (for the operator's figures; asked as system:export)."""
    return Export.objects.filter(status__in=[Status.WAITING, Status.MAKING]).count()


def claim() -> uuid.UUID | None:
    """Take the oldest export that nobody is making. Counted at once, so that one that kills its worker ends."""
    unfinished = Export.objects.filter(status__in=[Status.WAITING, Status.MAKING])
    for pk in unfinished.order_by("tries", "asked_at", "pk").values_list("pk", flat=True)[:50]:
        export = unfinished.select_for_update(skip_locked=True).filter(pk=pk).first()
        if export is None or not is_free(pk):
            continue
        if export.tries >= TRIES:
            _give_up(export)
            continue
        _set(export, status=Status.MAKING, tries=export.tries + 1, done=0, total=None)
        return export.pk
    return None


def make(export_id: uuid.UUID) -> None:
    """Make one claimed file in a transaction of its own."""
    with acting(system("export")):
        if not is_free(export_id):
            return
        export = Export.objects.select_related("maker").filter(pk=export_id, status=Status.MAKING).first()
        if export is None:
            return
        _end_with_us()
        try:
            with acting(export.maker.as_actor()):
                _make(export)
        except TooLong:
            _give_up(export, Why.TOO_LONG)
        except Refused:
            _give_up(export, Why.RIGHTS)
        except Exception:  # whatever it was: the row says so, and the next tick tries again
            log.exception("an export could not be made")
            if export.tries >= TRIES:
                _give_up(export)
            else:
                _set(export, status=Status.WAITING)
            return
    wake()  # another may be waiting behind it


def _end_with_us() -> None:
    """A query whose worker was killed ends within a second, and its lock with it, before it has a row to send."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL client_connection_check_interval = '1s'")


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
        made = _write(source(export.filters, export.maker), export)
    now = timezone.now()
    _set(
        export,
        status=Status.READY,
        rows=made.rows,
        bytes=made.bytes,
        sha256=made.sha256,
        sight=sight_of(export.maker),
        made_at=now,
        expires_at=now + KEEP_FOR,
    )
    record(
        Kind.EXPORT_MADE, _thing(export), detail={**_detail(export), "rows": made.rows, "sha256": made.sha256}
    )


def _write(source: Any, export: Export) -> Made:
    """The file must hold as many rows as were counted before, or after, or between the two."""
    path = file_of(export.pk)
    part = path.with_suffix(".part")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part.unlink(missing_ok=True)
    before = source.count()
    if export.shape == Export.Shape.XLSX and before > MOST_ROWS:
        raise TooLong
    # Ours alone from its first byte on.
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        with Progress(export.pk, before) as progress:
            rows = fill(source, export.shape, before, file, progress.at)
        file.flush()
        os.fsync(file.fileno())
        size = file.tell()
    after = source.count()
    if not min(before, after) <= rows <= max(before, after) or part.stat().st_size != size:
        raise Incomplete
    with part.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    part.replace(path)
    return Made(rows=rows, bytes=size, sha256=digest)


def fill(source: Any, shape: str, expected: int, file: BinaryIO, tick: writing.Tick) -> int:
    """Write what an exporter gives in this shape. The number of rows as PostgreSQL counted them."""
    if shape == Export.Shape.CSV:
        return writing.write_csv(source.rows(), file, tick)
    if shape == Export.Shape.JSONL:
        return writing.write_json_lines(source.rows(), file, tick)
    return write_workbook(source.rows(), file, tick, title=str(source.title), least=expected)


def _give_up(export: Export, why: str = Why.TRIES) -> None:
    _set(export, status=Status.FAILED, why=why)
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
