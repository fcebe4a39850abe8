"""Second factors: apps, security keys and printed sheets of codes, and who may hand a sheet to whom."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from audit.operations import ACTOR, Policies, Sql, setting_list

ADMINISTRATOR = f"'ADMINISTRATOR' = ANY({setting_list('roles', 'text')})"
# Where a factor is shown nobody is signed in yet.
AT_THE_DOOR = f"{ACTOR} = 'system:sign-in'"
OWN = f"person_id::text = {ACTOR}"
TODAY = "(now() AT TIME ZONE 'Asia/Phnom_Penh')::date"


def colleague(setting: str, over: str = "") -> str:
    """The person of the row works at one of the actor's agencies."""
    return (
        "EXISTS (SELECT 1 FROM accounts_membership m WHERE m.person_id = accounts_factor.person_id "
        f"AND m.agency_id = ANY({setting_list(setting, 'uuid')}){over} OFFSET 0)"
    )


OF_OWN_OFFICE = colleague("manages")
COLLEAGUE = colleague("agencies", f" AND (m.ends_on IS NULL OR m.ends_on >= {TODAY})")
# Whoever may know the password prints no codes for it (accounts/printed.py: printed_the_slip).
PRINTED_THE_SLIP = f"""EXISTS (
    SELECT 1 FROM accounts_slip s JOIN accounts_user u ON u.id = s.person_id
     WHERE s.person_id = accounts_factor.person_id AND s.made_by_id::text = {ACTOR}
       AND (s.created_at > now() - interval '7 days'
            OR (s.was_used AND (s.ended_at > now() - interval '7 days'
                                OR u.last_login IS NULL OR u.last_login < s.ended_at)))
    OFFSET 0)"""
# And the reverse: whoever may have kept a copy of the sheet prints no password.
PRINTED_THE_SHEET = f"""EXISTS (
    SELECT 1 FROM accounts_factor f
     WHERE f.person_id = accounts_slip.person_id AND f.kind = 'SHEET' AND f.ended_at IS NULL
       AND f.maker_id::text = {ACTOR} OFFSET 0)"""
FOR_SOMEBODY_ELSE = f"maker_id::text = {ACTOR} AND person_id::text <> {ACTOR}"
OWN_SHEET = f"""EXISTS (
    SELECT 1 FROM accounts_factor f
     WHERE f.id = accounts_sheetcode.sheet_id AND f.kind = 'SHEET' AND f.person_id::text = {ACTOR} OFFSET 0)"""
PRINTS_IT = f"""EXISTS (
    SELECT 1 FROM accounts_factor f
     WHERE f.id = accounts_sheetcode.sheet_id AND f.kind = 'SHEET' AND f.ended_at IS NULL
       AND f.maker_id::text = {ACTOR} OFFSET 0)"""
# Slips as in 0003, and: printed under one's own name, never for oneself, never by who printed the sheet.
SLIP_OF_OWN_OFFICE = (
    "EXISTS (SELECT 1 FROM accounts_membership m WHERE m.person_id = accounts_slip.person_id "
    f"AND m.agency_id = ANY({setting_list('manages', 'uuid')}) OFFSET 0)"
)
LOOKS_AFTER = f"({ADMINISTRATOR} OR {SLIP_OF_OWN_OFFICE})"
SLIP_SELECT, SLIP_INSERT = f"{ADMINISTRATOR} OR {AT_THE_DOOR} OR {SLIP_OF_OWN_OFFICE}", LOOKS_AFTER


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_tallies_of_tries"),
    ]

    operations = [
        migrations.CreateModel(
            name="Factor",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("APP", "Code from an app"),
                            ("KEY", "Security key"),
                            ("SHEET", "Code sheet"),
                        ],
                        max_length=8,
                    ),
                ),
                ("label", models.CharField(blank=True, max_length=40)),
                ("sealed", models.BinaryField(null=True)),
                ("counter", models.BigIntegerField(default=-1)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("last_used_on", models.DateField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "ender",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "maker",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="factors",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="MachineDay",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("digest", models.BinaryField(unique=True)),
                ("stamp", models.BinaryField()),
                ("day", models.DateField()),
                (
                    "factor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.factor"
                    ),
                ),
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
            name="SheetCode",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("number", models.PositiveSmallIntegerField()),
                ("code_hash", models.CharField(max_length=160)),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "sheet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="codes",
                        to="accounts.factor",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="factor",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at", None), ("kind", "SHEET")),
                fields=("person",),
                name="one_live_sheet_a_person",
                violation_error_message="This person already has a code sheet.",
            ),
        ),
        migrations.AddConstraint(
            model_name="factor",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("sealed", None),
                    models.Q(models.Q(("kind", "SHEET"), _negated=True), ("ended_at", None)),
                    _connector="OR",
                ),
                name="factor_secret_while_live",
                violation_error_message="A sheet has no secret, and one that ended has none any more.",
            ),
        ),
        migrations.AddIndex(
            model_name="machineday",
            index=models.Index(fields=["person", "day"], name="machine_day_of_person"),
        ),
        migrations.AddConstraint(
            model_name="sheetcode",
            constraint=models.UniqueConstraint(
                fields=("sheet", "number"),
                name="one_code_a_number",
                violation_error_message="Each code of a sheet has its own number.",
            ),
        ),
        Policies(
            "Factor",
            select=f"{AT_THE_DOOR} OR {OWN} OR {ADMINISTRATOR} OR {OF_OWN_OFFICE} OR (kind = 'SHEET' AND {COLLEAGUE})",
            insert=(
                f"({OWN} AND maker_id::text = {ACTOR} AND kind <> 'SHEET') OR (kind = 'SHEET' AND {FOR_SOMEBODY_ELSE} "
                f"AND ({ADMINISTRATOR} OR {COLLEAGUE}) AND NOT {PRINTED_THE_SLIP})"
            ),
            update=f"{AT_THE_DOOR} OR {OWN} OR {ADMINISTRATOR} OR (kind = 'SHEET' AND {COLLEAGUE}) OR {OF_OWN_OFFICE}",
        ),
        Policies(
            "SheetCode",
            select=f"{AT_THE_DOOR} OR {OWN_SHEET}",
            insert=PRINTS_IT,
            update=AT_THE_DOOR,
        ),
        Policies("MachineDay", select=AT_THE_DOOR, insert=AT_THE_DOOR, delete=AT_THE_DOOR),
        Sql(
            [
                "REVOKE DELETE ON accounts_factor, accounts_sheetcode FROM karpea_web, karpea_worker",
                f"ALTER POLICY rows_select ON accounts_slip USING ({SLIP_SELECT} OR made_by_id::text = {ACTOR})",
                f"ALTER POLICY rows_insert ON accounts_slip WITH CHECK ({LOOKS_AFTER} AND made_by_id::text = {ACTOR} "
                f"AND person_id::text <> {ACTOR} AND NOT {PRINTED_THE_SHEET})",
            ],
            [
                f"ALTER POLICY rows_select ON accounts_slip USING ({SLIP_SELECT})",
                f"ALTER POLICY rows_insert ON accounts_slip WITH CHECK ({SLIP_INSERT})",
            ],
        ),
    ]
