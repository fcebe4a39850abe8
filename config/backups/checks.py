"""Is what came back what went in? Rows, walls, triggers, the trail, and one sealed value of each column."""

import contextlib
import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import psycopg
from django.apps import apps
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader

from accounts.models import SubjectKey
from accounts.vault import CannotOpen, Subject, unseal
from audit.context import acting, system
from audit.kinds import Kind
from audit.record import Thing, record

from . import database, programs
from .troubles import Trouble

if TYPE_CHECKING:
    from .restore import Done

#: Sealed values of one column that are tried before it is said that none opens.
TRIED = 20
APPS = ("audit", "accounts", "desk", "cases", "referrals", "reports")


def everything(name: str, page: dict[str, Any]) -> "Done":
    """Compare the database `name` with the page of its backup. Raises Trouble at the first thing that differs."""
    from .restore import Done

    with psycopg.connect(**programs.where(name)) as session:
        found = database.rows(session)
        _same("rows", page["rows"], found)
        for kind, there in database.guards(session).items():
            _same(kind, page["guards"][kind], there)
        _same("trail", page["trail"], database.trail(session))
        _known_migrations(session)
    with _at(name):
        opened = open_one_of_each()
    return Done(rows=sum(found.values()), opened=opened)


def _same(what: str, before: Any, after: Any) -> None:
    if before == after:
        return
    old, new = (set(x.items()) if isinstance(x, dict) else set(x) for x in (before, after))
    differs = sorted(str(one) for one in old ^ new)
    raise Trouble(
        f"The restored database differs from the backup in its {what}: {'; '.join(differs[:5])}. "
        "It was thrown away, and nothing was touched."
    )


def _known_migrations(session: database.Session) -> None:
    known = {f"{app}.{name}" for app, name in MigrationLoader(None).disk_migrations}
    unknown = [name for name in database.migrations(session) if name not in known]
    if unknown:
        raise Trouble(
            f"The backup was made by a newer version of Karpea ({unknown[0]} is not known here). Restore it with that "
            "version. Nothing was touched."
        )


@contextlib.contextmanager
def _at(name: str) -> Iterator[None]:
    """Django's own connection in another database of the cluster."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before


def sealed_columns() -> list[tuple[type[models.Model], str, str]]:
    """(model, field, place) of everything that the vault seals: fields called `sealed` or `…_sealed`."""
    return [
        (model, field.name, f"{model._meta.db_table}.{field.name.removesuffix('_sealed')}")
        for app in APPS
        for model in apps.get_app_config(app).get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.BinaryField)
        and field.name.endswith("sealed")
        and not model.__name__.startswith("Historical")
    ]


def open_one_of_each() -> dict[str, int]:
    """Open one sealed value of each column, under the key of whatever it belongs to: 1, or 0 where there is none."""
    opened = {}
    for model, field, place in sealed_columns():
        with acting(system("restore")):
            rows = model._default_manager.filter(**{f"{field}__isnull": False}).order_by("pk")[:TRIED]
            # The key of one that was erased is gone on purpose, so one that does not open proves nothing yet.
            opened[place] = int(any(_opens(row, field, place) for row in rows))
            if rows and not opened[place]:
                raise Trouble(
                    f"No sealed value of {place} opens with the keys of this server. The restored database was "
                    "thrown away, and nothing was touched."
                )
    return opened


def _opens(row: models.Model, field: str, place: str) -> bool:
    ids = {
        value for f in row._meta.concrete_fields if isinstance(value := getattr(row, f.attname), uuid.UUID)
    }
    held = SubjectKey.objects.filter(subject__in=ids).order_by("pk")
    for key in held:
        with contextlib.suppress(CannotOpen):
            unseal(getattr(row, field), subject=Subject(key.kind, key.subject), place=place, row=row.pk)
            return True
    return False


def begin_anew(name: str, page: dict[str, Any]) -> None:
    """Sign everybody out, and put the restore on the trail, before anybody works in it."""
    with _at(name), acting(system("restore")), connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_session")
        cursor.execute("DELETE FROM accounts_machineday")
        record(
            Kind.BACKUP_RESTORED,
            Thing(type="backup", id=str(page["made_at"])),
            detail={
                "made_at": page["made_at"],
                "rows": sum(page["rows"].values()),
                "after": page["trail"]["last"],
            },
        )
