"""What is due, who was told, and the deadlines behind it; with their walls and history."""

import uuid

import django.db.models.deletion
import django.utils.timezone
import simple_history.models
from django.conf import settings
from django.db import migrations, models

from audit.operations import ACTOR, Definer, KeepHistory, Policies, Sql, setting_list

SOMEBODY = f"{ACTOR} IS NOT NULL"
ADMINISTRATOR = f"'ADMINISTRATOR' = ANY({setting_list('roles', 'text')})"
KEEPERS = f"{setting_list('roles', 'text')} && '{{AUDITOR,ADMINISTRATOR}}'::text[]"
REMINDER = f"{ACTOR} = 'system:reminder'"


def own(column: str) -> str:
    return f"{column}::text = {ACTOR}"


# The policies of `desk_due` for people come with files and referrals (their migrations 0003): a notice is written to,
# and read by, those alone who see its file at that moment.
IN_SIGHT = "EXISTS (SELECT 1 FROM desk_due d WHERE d.id = desk_notice.due_id OFFSET 0)"
MINE = f"{own('desk_notice.person_id')} AND {IN_SIGHT}"
# For the administrator, who opens no file: of how many deadlines nobody could be told. A number, and no row.
UNHEARD = """
DECLARE number int;
BEGIN
    IF NOT COALESCE('ADMINISTRATOR' = ANY(NULLIF(current_setting('app.roles', true), '')::text[]), false) THEN
        RETURN 0;
    END IF;
    SELECT count(*) INTO number FROM desk_due d JOIN desk_deadlinepolicy p ON p.id = d.policy_id AND p.mode = 'SENT'
     WHERE d.done_at IS NULL AND d.stage <> '' AND d.told = 0 AND d.next_at IS NOT NULL;
    RETURN number;
END
"""
SET_BY_ADMINISTRATORS = {"select": SOMEBODY, "insert": ADMINISTRATOR, "update": ADMINISTRATOR}


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_walls_and_history"),
        ("desk", "0002_walls_and_history"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("audit", "0001_the_trail"),
    ]

    operations = [
        migrations.CreateModel(
            name="HistoricalDeadlinePolicy",
            fields=[
                ("history_actor", models.CharField(max_length=64)),
                ("history_request", models.CharField(blank=True, max_length=64)),
                ("layout", models.PositiveSmallIntegerField()),
                ("content_hash", models.BinaryField()),
                ("id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("CASE", "Case file"),
                            ("REFERRAL", "Answer to a referral"),
                            ("REPORT", "Monthly table"),
                            ("EXCLUDED", "Exclusion from a case file"),
                        ],
                        max_length=8,
                        verbose_name="Of what",
                    ),
                ),
                ("step", models.CharField(max_length=24, verbose_name="Step")),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("ANY", "Every file"),
                            ("DANGER", "In danger now"),
                            ("HIGH", "High"),
                            ("MEDIUM", "Medium"),
                            ("LOW", "Low"),
                        ],
                        default="ANY",
                        max_length=8,
                        verbose_name="Risk or urgency",
                    ),
                ),
                ("child_only", models.BooleanField(default=False, verbose_name="Children only")),
                ("name_km", models.CharField(max_length=150, verbose_name="Name in Khmer")),
                ("name_en", models.CharField(max_length=150, verbose_name="Name in English")),
                ("amount", models.PositiveSmallIntegerField(verbose_name="How long")),
                (
                    "unit",
                    models.CharField(
                        choices=[("HOURS", "hours"), ("DAYS", "days"), ("WORKING_DAYS", "working days")],
                        max_length=12,
                        verbose_name="Counted in",
                    ),
                ),
                (
                    "remind_before",
                    models.PositiveSmallIntegerField(default=0, verbose_name="First reminder before the end"),
                ),
                (
                    "escalate_after",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="Told to the ministry after the end"
                    ),
                ),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("SENT", "Shown, and people are reminded"),
                            ("SHOWN", "Shown only"),
                            ("OFF", "Not used yet"),
                        ],
                        default="SHOWN",
                        max_length=5,
                        verbose_name="What it does",
                    ),
                ),
                ("legal_ref", models.CharField(blank=True, max_length=200, verbose_name="Rests on")),
                ("confirmed", models.BooleanField(default=False, verbose_name="Confirmed")),
                ("version", models.PositiveIntegerField(default=1)),
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
            ],
            options={
                "verbose_name": "historical deadline",
                "verbose_name_plural": "historical deadlines",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="HistoricalHoliday",
            fields=[
                ("history_actor", models.CharField(max_length=64)),
                ("history_request", models.CharField(blank=True, max_length=64)),
                ("layout", models.PositiveSmallIntegerField()),
                ("content_hash", models.BinaryField()),
                ("id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                ("on", models.DateField(verbose_name="Day")),
                ("name_km", models.CharField(max_length=150, verbose_name="Name in Khmer")),
                ("name_en", models.CharField(max_length=150, verbose_name="Name in English")),
                (
                    "source",
                    models.CharField(blank=True, max_length=200, verbose_name="Where this is known from"),
                ),
                ("confirmed", models.BooleanField(default=False, verbose_name="Confirmed")),
                ("version", models.PositiveIntegerField(default=1)),
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
            ],
            options={
                "verbose_name": "historical public holiday",
                "verbose_name_plural": "historical public holidays",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="DeadlinePolicy",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("CASE", "Case file"),
                            ("REFERRAL", "Answer to a referral"),
                            ("REPORT", "Monthly table"),
                            ("EXCLUDED", "Exclusion from a case file"),
                        ],
                        max_length=8,
                        verbose_name="Of what",
                    ),
                ),
                ("step", models.CharField(max_length=24, verbose_name="Step")),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("ANY", "Every file"),
                            ("DANGER", "In danger now"),
                            ("HIGH", "High"),
                            ("MEDIUM", "Medium"),
                            ("LOW", "Low"),
                        ],
                        default="ANY",
                        max_length=8,
                        verbose_name="Risk or urgency",
                    ),
                ),
                ("child_only", models.BooleanField(default=False, verbose_name="Children only")),
                ("name_km", models.CharField(max_length=150, verbose_name="Name in Khmer")),
                ("name_en", models.CharField(max_length=150, verbose_name="Name in English")),
                ("amount", models.PositiveSmallIntegerField(verbose_name="How long")),
                (
                    "unit",
                    models.CharField(
                        choices=[("HOURS", "hours"), ("DAYS", "days"), ("WORKING_DAYS", "working days")],
                        max_length=12,
                        verbose_name="Counted in",
                    ),
                ),
                (
                    "remind_before",
                    models.PositiveSmallIntegerField(default=0, verbose_name="First reminder before the end"),
                ),
                (
                    "escalate_after",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, verbose_name="Told to the ministry after the end"
                    ),
                ),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("SENT", "Shown, and people are reminded"),
                            ("SHOWN", "Shown only"),
                            ("OFF", "Not used yet"),
                        ],
                        default="SHOWN",
                        max_length=5,
                        verbose_name="What it does",
                    ),
                ),
                ("legal_ref", models.CharField(blank=True, max_length=200, verbose_name="Rests on")),
                ("confirmed", models.BooleanField(default=False, verbose_name="Confirmed")),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "verbose_name": "deadline",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("what", "step", "level", "child_only"),
                        name="deadline_once",
                        violation_error_message="There is already a deadline for this.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("amount__gte", 1), ("remind_before__lte", models.F("amount"))),
                        name="deadline_takes_some_time",
                        violation_error_message="The first reminder cannot come before the beginning.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed", False), models.Q(("legal_ref", ""), _negated=True), _connector="OR"
                        ),
                        name="confirmed_deadline_says_what_it_rests_on",
                        violation_error_message="Write what a confirmed deadline rests on.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Delivery",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("key", models.CharField(max_length=80)),
                (
                    "kind",
                    models.CharField(
                        choices=[("DAY", "Bundle of a day"), ("DANGER", "Danger")], max_length=6
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("WAITING", "Waiting"),
                            ("SENT", "Sent"),
                            ("FAILED", "Failed"),
                            ("DROPPED", "Not needed any more"),
                        ],
                        default="WAITING",
                        max_length=8,
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("error", models.CharField(blank=True, max_length=60)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("next_try_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("sent_at", models.DateTimeField(null=True)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Due",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("CASE", "Case file"),
                            ("REFERRAL", "Answer to a referral"),
                            ("REPORT", "Monthly table"),
                            ("EXCLUDED", "Exclusion from a case file"),
                        ],
                        max_length=8,
                    ),
                ),
                ("thing_id", models.UUIDField()),
                ("case_id", models.UUIDField(null=True)),
                ("step", models.CharField(max_length=24)),
                ("occurrence", models.PositiveIntegerField()),
                (
                    "level",
                    models.CharField(
                        choices=[
                            ("ANY", "Every file"),
                            ("DANGER", "In danger now"),
                            ("HIGH", "High"),
                            ("MEDIUM", "Medium"),
                            ("LOW", "Low"),
                        ],
                        max_length=8,
                    ),
                ),
                ("is_child", models.BooleanField(default=False)),
                ("named_only", models.BooleanField(default=False)),
                ("since", models.DateTimeField()),
                ("remind_at", models.DateTimeField()),
                ("due_at", models.DateTimeField()),
                ("escalate_at", models.DateTimeField(null=True)),
                ("next_at", models.DateTimeField(null=True)),
                (
                    "stage",
                    models.CharField(
                        blank=True,
                        choices=[("DUE", "Due soon"), ("OVERDUE", "Overdue"), ("ESCALATED", "Long overdue")],
                        max_length=9,
                    ),
                ),
                ("told", models.PositiveSmallIntegerField(default=0)),
                ("done_at", models.DateTimeField(null=True)),
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
                    "policy",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="desk.deadlinepolicy",
                    ),
                ),
                (
                    "province",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.province",
                    ),
                ),
                (
                    "worker",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Holiday",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("on", models.DateField(verbose_name="Day")),
                ("name_km", models.CharField(max_length=150, verbose_name="Name in Khmer")),
                ("name_en", models.CharField(max_length=150, verbose_name="Name in English")),
                (
                    "source",
                    models.CharField(blank=True, max_length=200, verbose_name="Where this is known from"),
                ),
                ("confirmed", models.BooleanField(default=False, verbose_name="Confirmed")),
                ("version", models.PositiveIntegerField(default=1)),
            ],
            options={
                "verbose_name": "public holiday",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("on",),
                        name="holiday_once",
                        violation_error_message="This day is already a holiday.",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Mailbox",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("address_sealed", models.BinaryField(null=True)),
                ("updated_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Notice",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "stage",
                    models.CharField(
                        choices=[("DUE", "Due soon"), ("OVERDUE", "Overdue"), ("ESCALATED", "Long overdue")],
                        max_length=9,
                    ),
                ),
                ("is_danger", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("read_at", models.DateTimeField(null=True)),
                (
                    "delivery",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="desk.delivery",
                    ),
                ),
                (
                    "due",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="notices",
                        to="desk.due",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("status", "WAITING")), fields=["next_try_at"], name="delivery_waiting"
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(fields=["-created_at"], name="delivery_newest"),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.UniqueConstraint(
                fields=("key",),
                name="delivery_once",
                violation_error_message="This message is there already.",
            ),
        ),
        migrations.AddIndex(
            model_name="due",
            index=models.Index(condition=models.Q(("done_at", None)), fields=["next_at"], name="due_to_tell"),
        ),
        migrations.AddIndex(
            model_name="due",
            index=models.Index(
                condition=models.Q(("done_at", None)), fields=["agency", "due_at"], name="due_of_agency"
            ),
        ),
        migrations.AddIndex(
            model_name="due",
            index=models.Index(
                condition=models.Q(("done_at", None)), fields=["province", "due_at"], name="due_of_province"
            ),
        ),
        migrations.AddConstraint(
            model_name="due",
            constraint=models.UniqueConstraint(
                fields=("kind", "thing_id", "step", "occurrence"),
                name="due_once",
                violation_error_message="This step is due already.",
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("read_at", None)), fields=["person"], name="notice_unread"
            ),
        ),
        migrations.AddIndex(
            model_name="notice",
            index=models.Index(
                condition=models.Q(("delivery", None), ("read_at", None)),
                fields=["created_at"],
                name="notice_to_mail",
            ),
        ),
        migrations.AddConstraint(
            model_name="notice",
            constraint=models.UniqueConstraint(
                fields=("person", "due", "stage"),
                name="told_once",
                violation_error_message="This person was told already.",
            ),
        ),
        Policies("DeadlinePolicy", **SET_BY_ADMINISTRATORS, rules="SELECT"),
        Policies("Holiday", **SET_BY_ADMINISTRATORS, delete=ADMINISTRATOR),
        Policies("Due", name="sweep", select=REMINDER, update=REMINDER, rules="SELECT"),
        Definer("desk_unheard() RETURNS int", UNHEARD),
        Policies(
            "Notice",
            select=f"({MINE}) OR {REMINDER}",
            insert=MINE,
            update=f"{own('person_id')} OR {REMINDER}",
        ),
        Policies("Delivery", select=f"{REMINDER} OR {ADMINISTRATOR}", insert=REMINDER, update=REMINDER),
        Policies(
            "Mailbox",
            select=f"{own('person_id')} OR {REMINDER}",
            insert=own("person_id"),
            update=own("person_id"),
        ),
        Sql(
            [
                "REVOKE DELETE ON desk_deadlinepolicy, desk_due, desk_notice, desk_delivery, desk_mailbox "
                "FROM karpea_web, karpea_worker",
                # Written once, then only read.
                "REVOKE UPDATE ON desk_notice FROM karpea_web, karpea_worker",
                "GRANT UPDATE (read_at, delivery_id) ON desk_notice TO karpea_web, karpea_worker",
            ]
        ),
        KeepHistory("DeadlinePolicy", read=KEEPERS),
        KeepHistory("Holiday", read=KEEPERS),
    ]
