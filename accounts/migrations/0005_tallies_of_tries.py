"""How often something was tried, counted for all processes together."""

import uuid

from django.db import migrations, models

from audit.operations import Sql


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_tokens_of_machines"),
    ]

    operations = [
        migrations.CreateModel(
            name="Tally",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("tries", models.PositiveIntegerField(default=0)),
                ("refused", models.PositiveIntegerField(default=0)),
                ("free_at", models.DateTimeField()),
                ("seen_at", models.DateTimeField()),
                ("told_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["expires_at"], name="tally_by_age")],
            },
        ),
        # A count of tries need not survive a crash, and a commit that waits for the disk would slow every request.
        Sql(["ALTER TABLE accounts_tally SET UNLOGGED"]),
    ]
