"""Sessions by their person, and the code of conduct with who has accepted it."""

import uuid

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

from audit.operations import ACTOR, Policies, Sql, setting_list

ADMINISTRATOR = f"'ADMINISTRATOR' = ANY({setting_list('roles', 'text')})"
AT_THE_DOOR = f"{ACTOR} = 'system:sign-in'"
OWN = f"person_id::text = {ACTOR}"
OWN_OR_DOOR = f"{OWN} OR {AT_THE_DOOR}"
# What deletes what has had its time (desk/expiry.py) sees that and nothing else.
EXPIRED = f"({ACTOR} = 'system:expiry' AND began_at <= now() - interval '1 day')"
OF_OWN_OFFICE = (
    "EXISTS (SELECT 1 FROM accounts_membership m WHERE m.person_id = accounts_conductacceptance.person_id "
    f"AND m.agency_id = ANY({setting_list('manages', 'uuid')}) OFFSET 0)"
)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_second_factors"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="conduct_due",
            field=models.BooleanField(default=True, editable=False),
        ),
        # Rows that come by SQL (bulk loads) have it to accept as well.
        Sql(
            ["ALTER TABLE accounts_user ALTER COLUMN conduct_due SET DEFAULT true"],
            ["ALTER TABLE accounts_user ALTER COLUMN conduct_due DROP DEFAULT"],
        ),
        migrations.CreateModel(
            name="ConductText",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("version", models.PositiveIntegerField()),
                ("text_km", models.TextField(verbose_name="Text in Khmer")),
                ("text_en", models.TextField(verbose_name="Text in English")),
                ("is_confirmed", models.BooleanField(default=False, verbose_name="Decided by the committee")),
                ("published_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "publisher",
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
            name="ConductAcceptance",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("accepted_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="conduct",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "text",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="accepted",
                        to="accounts.conducttext",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Sitting",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("session_key", models.CharField(max_length=40, unique=True)),
                ("browser", models.CharField(blank=True, max_length=40)),
                ("system", models.CharField(blank=True, max_length=40)),
                ("address", models.CharField(blank=True, max_length=45)),
                ("began_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "person",
                    models.ForeignKey(
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
        migrations.AddConstraint(
            model_name="conducttext",
            constraint=models.UniqueConstraint(
                fields=("version",),
                name="one_conduct_a_version",
                violation_error_message="Somebody has just published this version.",
            ),
        ),
        migrations.AddConstraint(
            model_name="conductacceptance",
            constraint=models.UniqueConstraint(
                fields=("person", "text"),
                name="conduct_accepted_once",
                violation_error_message="This version is accepted already.",
            ),
        ),
        Policies(
            "ConductText",
            select=f"{ACTOR} IS NOT NULL",
            insert=ADMINISTRATOR,
        ),
        Policies(
            "ConductAcceptance",
            select=f"{OWN} OR {ADMINISTRATOR} OR {OF_OWN_OFFICE}",
            insert=OWN,
        ),
        Policies(
            "Sitting",
            select=f"{OWN_OR_DOOR} OR {EXPIRED}",
            insert=OWN_OR_DOOR,
            update=OWN_OR_DOOR,
            delete=f"{OWN_OR_DOOR} OR {EXPIRED}",
        ),
        Sql(
            [
                "REVOKE UPDATE, DELETE ON accounts_conducttext, accounts_conductacceptance FROM karpea_web, karpea_worker"
            ]
        ),
    ]
