"""Tokens with which programs act for somebody: the table, its walls and its history."""

import uuid

import django.db.models.deletion
import django.utils.timezone
import simple_history.models
from django.conf import settings
from django.db import migrations, models

from audit.operations import ACTOR, KeepHistory, Policies, Sql, setting_list

KEEPERS = f"{setting_list('roles', 'text')} && '{{AUDITOR,ADMINISTRATOR}}'::text[]"
ADMINISTRATOR = f"'ADMINISTRATOR' = ANY({setting_list('roles', 'text')})"
#: Found before it is known who acts, and marked as used on that day.
SIGN_IN = f"{ACTOR} = 'system:sign-in'"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_slips_and_handover"),
    ]

    operations = [
        migrations.CreateModel(
            name="HistoricalToken",
            fields=[
                ("history_actor", models.CharField(max_length=64)),
                ("history_request", models.CharField(blank=True, max_length=64)),
                ("layout", models.PositiveSmallIntegerField()),
                ("content_hash", models.BinaryField()),
                ("id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                ("label", models.CharField(max_length=80, verbose_name="What it is for")),
                (
                    "scope",
                    models.CharField(
                        choices=[("READ", "Read only"), ("WRITE", "Read and write")],
                        default="READ",
                        max_length=8,
                        verbose_name="What it may do",
                    ),
                ),
                (
                    "issued_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="Given out"),
                ),
                ("expires_at", models.DateTimeField(verbose_name="Ends")),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("history_user_id", models.UUIDField(null=True)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "issued_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "membership",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "revoked_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical token",
                "verbose_name_plural": "historical tokens",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Token",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("label", models.CharField(max_length=80, verbose_name="What it is for")),
                (
                    "scope",
                    models.CharField(
                        choices=[("READ", "Read only"), ("WRITE", "Read and write")],
                        default="READ",
                        max_length=8,
                        verbose_name="What it may do",
                    ),
                ),
                ("digest", models.BinaryField(unique=True)),
                (
                    "issued_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="Given out"),
                ),
                ("expires_at", models.DateTimeField(verbose_name="Ends")),
                ("revoked_at", models.DateTimeField(blank=True, null=True)),
                ("last_used_on", models.DateField(blank=True, null=True, verbose_name="Last used")),
                (
                    "issued_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "membership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.membership",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tokens",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "revoked_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "token",
                "indexes": [models.Index(fields=["-issued_at"], name="token_newest")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("expires_at__gt", models.F("issued_at"))),
                        name="token_ends_after_it_begins",
                        violation_error_message="A token must not end before it begins.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("revoked_at", None), ("revoked_by", None)),
                            models.Q(("revoked_at__isnull", False), ("revoked_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="token_revoked_by_and_at",
                        violation_error_message="Revoked means: by somebody, at a time.",
                    ),
                ],
            },
        ),
        Policies(
            "Token",
            select=f"{ADMINISTRATOR} OR {SIGN_IN}",
            insert=ADMINISTRATOR,
            update=f"{ADMINISTRATOR} OR {SIGN_IN}",
        ),
        Sql(["REVOKE DELETE ON accounts_token FROM karpea_web, karpea_worker"]),
        KeepHistory("Token", read=KEEPERS),
    ]
