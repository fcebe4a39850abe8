"""Who must not see a file, whatever else they hold: the table, its walls, and what `begin_actor` asks of it."""

import uuid

import django.db.models.deletion
import simple_history.models
from django.conf import settings
from django.db import migrations, models

from accounts.sections import Section
from audit.operations import Definer, KeepHistory, Policies, Sql, setting_list
from cases.rules import ME, in_scope, not_barred

ROLES = setting_list("roles", "text")
MANAGES = setting_list("manages", "uuid")
ROW = "cases_exclusion"
KEY = "accounts_subjectkey.subject"

# In the place of the body that accounts gave it, which knows no files.
BARRED = """
BEGIN
    RETURN COALESCE((SELECT array_agg(one.case_id) FROM (
        SELECT e.case_id FROM cases_exclusion e WHERE e.ended_at IS NULL AND e.person_id = person
        UNION SELECT e.case_id FROM cases_exclusion e WHERE e.ended_at IS NULL AND e.agency_id = ANY(agencies)) one), '{}');
END
"""
NOT_BARRED = "BEGIN RETURN '{}'; END"

# What the office cannot review itself comes to the national desk: no head is left there who did not make it and is
# not kept away, or the head does not see the file. Another exclusion may be the reason, so all that wait are looked at.
TO_DESK = """
DECLARE
    today date := (now() AT TIME ZONE 'Asia/Phnom_Penh')::date;
BEGIN
    UPDATE cases_exclusion e SET at_desk = true FROM cases_case c
     WHERE c.id = e.case_id AND e.case_id = NEW.case_id AND e.review = 'WAITING' AND NOT e.at_desk
       AND (c.named_only OR NOT EXISTS (
        SELECT 1 FROM accounts_membership m JOIN accounts_user u ON u.id = m.person_id
         WHERE m.agency_id = c.agency_id AND m.role = 'PROVINCIAL_HEAD' AND m.person_id <> e.made_by_id AND u.is_active
           AND m.starts_on <= today AND (m.ends_on IS NULL OR m.ends_on >= today)
           AND c.id <> ALL(actor_barred(m.person_id, ARRAY(
               SELECT x.agency_id FROM accounts_membership x
                WHERE x.person_id = m.person_id AND x.starts_on <= today AND (x.ends_on IS NULL OR x.ends_on >= today))))));
    RETURN NULL;
END
"""

# Lifted is lifted: who must be kept away again is kept away anew. And what was reviewed does not wait again.
GUARD = """
BEGIN
    IF OLD.ended_at IS NOT NULL OR (OLD.review <> 'WAITING' AND NEW.review = 'WAITING') THEN
        RAISE EXCEPTION 'an exclusion ends once' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
"""


def sees(row: str) -> str:
    """Who works on the file; the national desk, of what came to it; and its maker, who may declare it of themselves
    without working on the file, for as long as that is being written."""
    desk = f"({row}.at_desk AND 'NATIONAL_DESK' = ANY({ROLES}))"
    return (
        f"({in_scope(f'{row}.case_id', Section.WORK)} "
        f"OR ({not_barred(f'{row}.case_id')} AND ({desk} OR {row}.made_by_id::text = {ME})))"
    )


def reviews(row: str) -> str:
    """Somebody else than its maker: the head of the office that owns the file, the ministry, the national desk."""
    office = f"EXISTS (SELECT 1 FROM cases_case c WHERE c.id = {row}.case_id AND c.agency_id = ANY({MANAGES}) OFFSET 0)"
    beyond = f"{ROLES} && '{{MINISTRY_REVIEWER,NATIONAL_DESK}}'::text[]"
    desk = f"({row}.at_desk AND 'NATIONAL_DESK' = ANY({ROLES}) AND {not_barred(f'{row}.case_id')})"
    return (
        f"({row}.made_by_id::text <> {ME} "
        f"AND (({in_scope(f'{row}.case_id', Section.WORK)} AND ({beyond} OR {office})) OR {desk}))"
    )


def of_row(column: str, condition: str) -> str:
    return f"EXISTS (SELECT 1 FROM {ROW} e WHERE e.id = {column} AND {condition} OFFSET 0)"


FILE = not_barred("desk_due.case_id")
DUE = f"desk_due.kind = 'EXCLUDED' AND {FILE} AND {of_row('desk_due.thing_id', reviews('e'))}"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_tokens_of_machines"),
        ("desk", "0003_due_rows_and_notices"),
        ("cases", "0005_reason_of_closure"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HistoricalExclusion",
            fields=[
                ("history_actor", models.CharField(max_length=64)),
                ("history_request", models.CharField(blank=True, max_length=64)),
                ("layout", models.PositiveSmallIntegerField()),
                ("content_hash", models.BinaryField()),
                ("id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                ("number", models.CharField(max_length=24)),
                ("reason", models.CharField(max_length=40, verbose_name="Why")),
                ("words_sealed", models.BinaryField(null=True)),
                ("made_at", models.DateTimeField()),
                ("at_desk", models.BooleanField(default=False)),
                (
                    "review",
                    models.CharField(
                        choices=[("WAITING", "To be reviewed"), ("UPHELD", "Upheld"), ("LIFTED", "Lifted")],
                        default="WAITING",
                        max_length=8,
                        verbose_name="Review",
                    ),
                ),
                ("reviewed_at", models.DateTimeField(null=True)),
                ("review_sealed", models.BinaryField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
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
                    "agency",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="accounts.agency",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="cases.case",
                    ),
                ),
                (
                    "made_by",
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
                    "reviewed_by",
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
                "verbose_name": "historical exclusion",
                "verbose_name_plural": "historical exclusions",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="Exclusion",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("number", models.CharField(max_length=24)),
                ("reason", models.CharField(max_length=40, verbose_name="Why")),
                ("words_sealed", models.BinaryField(null=True)),
                ("made_at", models.DateTimeField()),
                ("at_desk", models.BooleanField(default=False)),
                (
                    "review",
                    models.CharField(
                        choices=[("WAITING", "To be reviewed"), ("UPHELD", "Upheld"), ("LIFTED", "Lifted")],
                        default="WAITING",
                        max_length=8,
                        verbose_name="Review",
                    ),
                ),
                ("reviewed_at", models.DateTimeField(null=True)),
                ("review_sealed", models.BinaryField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "agency",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.agency",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="exclusions",
                        to="cases.case",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reviewed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "exclusion",
                "indexes": [
                    models.Index(fields=["case"], name="exclusion_of_case"),
                    models.Index(
                        condition=models.Q(("ended_at", None)), fields=["person"], name="exclusion_of_person"
                    ),
                    models.Index(
                        condition=models.Q(("ended_at", None)), fields=["agency"], name="exclusion_of_agency"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("agency__isnull", False), ("person", None)),
                            models.Q(("agency", None), ("person__isnull", False)),
                            _connector="OR",
                        ),
                        name="exclusion_of_a_person_or_an_agency",
                        violation_error_message="Either a person or an agency is kept away.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("review", "WAITING"), ("reviewed_at", None), ("reviewed_by", None)),
                            models.Q(
                                ("reviewed_at__isnull", False),
                                ("reviewed_by__isnull", False),
                                models.Q(("review", "WAITING"), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="exclusion_reviewed_by_and_at",
                        violation_error_message="Reviewed means: by somebody, at a time.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reviewed_by", None),
                            models.Q(("reviewed_by", models.F("made_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="exclusion_reviewed_by_another",
                        violation_error_message="Somebody else than who made it reviews it.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("ended_at", None), models.Q(("review", "LIFTED"), _negated=True)),
                            models.Q(("ended_at__isnull", False), ("review", "LIFTED")),
                            _connector="OR",
                        ),
                        name="exclusion_ends_when_it_is_lifted",
                        violation_error_message="It ends when it is lifted, and not before.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("case", "person"),
                        name="person_excluded_once",
                        violation_error_message="This person is already kept away from the file.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("case", "agency"),
                        name="agency_excluded_once",
                        violation_error_message="This agency is already kept away from the file.",
                    ),
                ],
            },
        ),
        Policies(
            "Exclusion",
            select=sees(ROW),
            insert=f"{ROW}.made_by_id::text = {ME} AND ({in_scope(f'{ROW}.case_id', Section.WORK, Section.REFERRALS)} "
            f"OR ({ROW}.person_id = {ROW}.made_by_id AND {in_scope(f'{ROW}.case_id')}))",
            update=reviews(ROW),
            rules="SELECT UPDATE",
        ),
        Sql(
            [
                "REVOKE UPDATE, DELETE ON cases_exclusion FROM karpea_web, karpea_worker",
                "GRANT UPDATE (review, reviewed_by_id, reviewed_at, review_sealed, ended_at) ON cases_exclusion "
                "TO karpea_web, karpea_worker",
            ]
        ),
        Definer("actor_barred(person uuid, agencies uuid[]) RETURNS uuid[]", BARRED, before=NOT_BARRED),
        Definer("cases_exclusion_to_desk() RETURNS trigger", TO_DESK, call=False),
        Definer("cases_exclusion_guard() RETURNS trigger", GUARD, call=False),
        KeepHistory("Exclusion", read=in_scope("cases_historicalexclusion.case_id", Section.WORK)),
        Sql(
            [
                # After the history of the row itself.
                "CREATE TRIGGER zz_to_desk AFTER INSERT OR UPDATE OF ended_at ON cases_exclusion "
                "FOR EACH ROW EXECUTE FUNCTION cases_exclusion_to_desk()",
                "CREATE TRIGGER a_guard BEFORE UPDATE ON cases_exclusion "
                "FOR EACH ROW EXECUTE FUNCTION cases_exclusion_guard()",
            ],
            ["DROP TRIGGER zz_to_desk ON cases_exclusion", "DROP TRIGGER a_guard ON cases_exclusion"],
        ),
        Policies(
            "table:accounts_subjectkey",
            name="exclusions",
            select=f"accounts_subjectkey.kind = 'EXCLUDED' AND {of_row(KEY, 'true')}",
            insert=f"accounts_subjectkey.kind = 'EXCLUDED' AND {of_row(KEY, f'e.made_by_id::text = {ME}')}",
        ),
        Policies(
            "table:desk_due",
            name="exclusions",
            select=DUE,
            insert=f"desk_due.kind = 'EXCLUDED' AND {FILE} "
            f"AND {of_row('desk_due.thing_id', f'e.case_id = desk_due.case_id AND e.made_by_id::text = {ME}')}",
            update=DUE,
        ),
    ]
