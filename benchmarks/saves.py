"""What it costs that a save is kept in the history by the database, against a save that nobody keeps."""

import datetime
import uuid
from typing import Any

import psycopg
from django.db import models

from audit.context import acting
from cases.access import visible_cases
from cases.models import Case
from tests import ground

from .ground import person
from .rounds import Line, medians


def _fields() -> dict[str, Any]:
    """The columns of a file without what they refer to, for tables that no trigger and no policy watches."""
    found: dict[str, Any] = {}
    for field in Case._meta.concrete_fields:
        plain = field.target_field if field.is_relation else field
        made = plain.clone()
        made.primary_key = made._unique = field.primary_key
        made.db_column, made.null = field.column, field.null
        found[field.attname] = made
    return found


class PlainCase(models.Model):
    """A file as it would be without a trail and without walls."""

    class Meta:
        app_label, db_table, managed = "benchmarks", "bench_case", False

    locals().update(_fields())


class PlainHistory(models.Model):
    """What django-simple-history's signal writes after each save: the same columns and five of its own."""

    locals().update({**_fields(), "id": models.UUIDField()})
    history_id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    history_date = models.DateTimeField()
    history_type = models.CharField(max_length=1)
    history_user_id = models.UUIDField(null=True)
    history_change_reason = models.CharField(max_length=100, null=True)  # noqa: DJ001 - as the package has it

    class Meta:
        app_label, db_table, managed = "benchmarks", "bench_history", False


TABLES = """
DROP TABLE IF EXISTS bench_case, bench_history;
CREATE TABLE bench_case (LIKE cases_case INCLUDING DEFAULTS INCLUDING INDEXES);
CREATE TABLE bench_history (LIKE cases_case);
ALTER TABLE bench_history ADD history_id uuid PRIMARY KEY, ADD history_date timestamptz, ADD history_type varchar(1),
    ADD history_user_id uuid, ADD history_change_reason varchar(100);
CREATE INDEX ON bench_history (id);
CREATE INDEX ON bench_history (history_date);
"""


def make_tables(name: str) -> None:
    with psycopg.connect(**ground.conninfo("migrator", name), autocommit=True) as owner:
        owner.execute("SET ROLE karpea_owner")
        owner.execute(TABLES)
    with psycopg.connect(**ground.conninfo("loader", name), autocommit=True) as loader:
        loader.execute("INSERT INTO bench_case SELECT * FROM cases_case")
        loader.execute("ANALYZE bench_case")


def saves() -> list[Line]:
    """Three changed columns by `save(update_fields=...)`, each in a transaction of its own, by the same person."""
    user = person("officer.pnh")
    with acting(user.as_actor()):
        ours = visible_cases(user).filter(opened_by=user).order_by("pk").first()
    if ours is None:
        raise RuntimeError("This officer has no file: load more.")
    plain = PlainCase(**{field.attname: getattr(ours, field.attname) for field in Case._meta.concrete_fields})
    plain._state.adding = False

    def change(record: Any) -> None:
        record.version += 1
        record.updated_at = record.updated_at + datetime.timedelta(seconds=1)
        record.district_id, record.commune_id = None, None
        record.save(update_fields=["version", "updated_at", "risk_level"])

    def save(record: Any, *, signal: bool = False) -> None:
        with acting(user.as_actor()):
            change(record)
            if signal:
                values = {
                    field.attname: getattr(record, field.attname) for field in Case._meta.concrete_fields
                }
                PlainHistory(
                    **values, history_date=record.updated_at, history_type="~", history_user_id=user.pk
                ).save(force_insert=True)

    found = medians(
        {
            "plain": lambda: save(plain),
            "ours": lambda: save(ours),
            "signal": lambda: save(plain, signal=True),
        },
        rounds=201,
    )
    return [
        Line(
            "save of a file: walls, history by trigger",
            found["ours"],
            "the same save, kept by nobody",
            found["plain"],
        ),
        Line("the same", found["ours"], "a save with history by a signal", found["signal"]),
    ]
