"""Registers that are imported: their sealed rows, what came of each, what was imported, how they are read."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from audit.operations import ACTOR, Policies, Sql
from cases.rules import AGENCIES, ME, PRINCIPALS

#: The worker that finds what waits before it acts as the owner (cases/register/work.py).
WORKER = f"{ACTOR} = 'system:register'"
EXPIRY = f"{ACTOR} = 'system:expiry'"


def own(table: str) -> str:
    """Of one person, while they hold a post that reads files: not of somebody whose last one has ended."""
    return f"('person:' || {table}.owner_id) = ANY({PRINCIPALS})"


def over(table: str) -> str:
    """Of a register whose day is over."""
    return (
        f"{EXPIRY} AND EXISTS (SELECT 1 FROM cases_register r WHERE r.id = {table}.register_id "
        f"AND r.expires_at <= now() OFFSET 0)"
    )


MINE = own("cases_register")
DONE = f"({EXPIRY} AND cases_register.expires_at <= now())"
PART, ROW = "cases_registerpart", "cases_registerrow"
OURS = f"cases_registermark.agency_id = ANY({AGENCIES})"
REMEMBERED = f"cases_registermemory.agency_id = ANY({AGENCIES})"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_walls_and_history"),
        ("cases", "0003_what_is_due_of_files"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Register",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "shape",
                    models.CharField(
                        choices=[("XLSX", "Excel (XLSX)"), ("ODS", "OpenDocument (ODS)"), ("CSV", "CSV")],
                        max_length=4,
                        verbose_name="Format",
                    ),
                ),
                ("language", models.CharField(default="km", max_length=2)),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("MATCHING", "Columns to be matched"),
                            ("CHECKING", "Being checked"),
                            ("CHECKED", "Checked, nothing imported yet"),
                            ("IMPORTING", "Being imported"),
                            ("IMPORTED", "Imported"),
                            ("UNDOING", "Being taken back"),
                            ("UNDONE", "Taken back"),
                            ("FAILED", "Stopped by an error"),
                            ("DROPPED", "Deleted before it was imported"),
                        ],
                        default="MATCHING",
                        max_length=10,
                        verbose_name="Status",
                    ),
                ),
                ("plan_sealed", models.BinaryField(null=True)),
                ("rows", models.PositiveIntegerField(default=0)),
                ("parts", models.PositiveIntegerField(default=0)),
                ("position", models.PositiveIntegerField(default=0)),
                ("with_alike", models.BooleanField(default=False)),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("asked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("worked_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("finished_at", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField()),
                ("version", models.PositiveIntegerField(default=1)),
                ("good", models.PositiveIntegerField(default=0)),
                ("wrong", models.PositiveIntegerField(default=0)),
                ("alike", models.PositiveIntegerField(default=0)),
                ("already", models.PositiveIntegerField(default=0)),
                ("imported", models.PositiveIntegerField(default=0)),
                ("named_only", models.PositiveIntegerField(default=0)),
                ("taken_back", models.PositiveIntegerField(default=0)),
                ("kept", models.PositiveIntegerField(default=0)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.agency"
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "register",
            },
        ),
        migrations.CreateModel(
            name="RegisterMark",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("register", models.UUIDField(db_index=True)),
                ("fingerprint", models.BinaryField()),
                ("number", models.PositiveIntegerField()),
                (
                    "why_kept",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("MOVED", "The file has moved on to another step."),
                            ("WORKED", "Somebody has worked on the file since."),
                            ("GONE", "The file is not within your reach any more."),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "agency",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.agency",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.case"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RegisterMemory",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("column", models.CharField(blank=True, max_length=30)),
                ("key", models.BinaryField()),
                ("meaning", models.CharField(blank=True, max_length=40)),
                ("used_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "agency",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.agency",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RegisterPart",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("number", models.PositiveIntegerField()),
                ("sealed", models.BinaryField()),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "register",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.register"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RegisterRow",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("part", models.PositiveIntegerField()),
                ("number", models.PositiveIntegerField()),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("GOOD", "Can be imported"),
                            ("ALIKE", "May be a duplicate"),
                            ("WRONG", "To be corrected"),
                            ("ALREADY", "Imported before"),
                            ("IMPORTED", "Imported"),
                        ],
                        max_length=8,
                    ),
                ),
                ("problems", models.JSONField(default=list)),
                ("content", models.BinaryField()),
                ("fingerprint", models.BinaryField()),
                ("khmer", models.BinaryField(null=True)),
                ("latin", models.BinaryField(null=True)),
                (
                    "sex",
                    models.CharField(
                        choices=[
                            ("FEMALE", "Female"),
                            ("MALE", "Male"),
                            ("OTHER", "Other"),
                            ("NOT_KNOWN", "Not known"),
                            ("NOT_ASKED", "Not asked"),
                        ],
                        default="NOT_ASKED",
                        max_length=12,
                    ),
                ),
                ("age_min", models.PositiveSmallIntegerField(null=True)),
                ("age_max", models.PositiveSmallIntegerField(null=True)),
                ("like_row", models.PositiveIntegerField(null=True)),
                (
                    "like_case",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.case",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "register",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="cases.register"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="register",
            index=models.Index(fields=["owner", "-asked_at"], name="register_of_owner"),
        ),
        migrations.AddIndex(
            model_name="register",
            index=models.Index(fields=["status", "tries", "worked_at"], name="register_to_work_on"),
        ),
        migrations.AddConstraint(
            model_name="registermark",
            constraint=models.UniqueConstraint(
                fields=("agency", "fingerprint"),
                name="row_imported_once",
                violation_error_message="This row was imported before.",
            ),
        ),
        migrations.AddConstraint(
            model_name="registermemory",
            constraint=models.UniqueConstraint(
                fields=("agency", "column", "key"),
                name="remembered_once",
                violation_error_message="This is remembered already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="registerpart",
            constraint=models.UniqueConstraint(
                fields=("register", "number"),
                name="part_once_per_register",
                violation_error_message="This part is there already.",
            ),
        ),
        migrations.AddIndex(
            model_name="registerrow",
            index=models.Index(fields=["register", "outcome", "number"], name="row_by_outcome"),
        ),
        migrations.AddIndex(
            model_name="registerrow",
            index=models.Index(fields=["register", "part"], name="row_of_part"),
        ),
        migrations.AddIndex(
            model_name="registerrow",
            index=models.Index(fields=["register", "content"], name="row_by_content"),
        ),
        migrations.AddIndex(
            model_name="registerrow",
            index=models.Index(fields=["register", "khmer"], name="row_by_khmer_name"),
        ),
        migrations.AddIndex(
            model_name="registerrow",
            index=models.Index(fields=["register", "latin"], name="row_by_latin_name"),
        ),
        Policies(
            "Register",
            select=f"{MINE} OR {WORKER} OR {DONE}",
            insert=f"{MINE} AND cases_register.agency_id = ANY({AGENCIES})",
            update=f"{MINE} OR {WORKER} OR {DONE}",
        ),
        Policies(
            "RegisterPart",
            select=f"{own(PART)} OR ({over(PART)})",
            insert=own(PART),
            delete=f"{own(PART)} OR ({over(PART)})",
        ),
        Policies(
            "RegisterRow",
            select=f"{own(ROW)} OR ({over(ROW)})",
            insert=own(ROW),
            update=own(ROW),
            delete=f"{own(ROW)} OR ({over(ROW)})",
        ),
        Policies(
            "RegisterMark",
            # What was imported before is known to the agency; only who imported it takes it back.
            select=OURS,
            insert=f"{OURS} AND by_id::text = {ME}",
            update=f"{OURS} AND by_id::text = {ME}",
            delete=f"{OURS} AND by_id::text = {ME}",
        ),
        Policies("RegisterMemory", select=REMEMBERED, insert=REMEMBERED, update=REMEMBERED),
        Sql(
            [
                "REVOKE DELETE ON cases_register, cases_registermemory FROM karpea_web, karpea_worker",
                "REVOKE UPDATE ON cases_registerpart, cases_registermark FROM karpea_web, karpea_worker",
                "GRANT UPDATE (why_kept) ON cases_registermark TO karpea_web, karpea_worker",
            ]
        ),
    ]
