"""Indexes for one event's own page and for everything about one record."""

from django.db import migrations

from audit.operations import Sql


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_the_trail")]

    operations = [
        Sql(
            [
                "CREATE INDEX audit_event_by_id ON audit_event (id)",
                "CREATE INDEX audit_event_of_label ON audit_event (object_label, at DESC) WHERE object_label <> ''",
            ],
            ["DROP INDEX audit_event_by_id", "DROP INDEX audit_event_of_label"],
        ),
    ]
