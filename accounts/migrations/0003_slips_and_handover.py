"""One-time slips for people, the round of sign-ins that ends every session at once, roles taken back at once."""

import datetime
import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from audit.operations import ACTOR, Policies, setting_list

ADMINISTRATOR = f"'ADMINISTRATOR' = ANY({setting_list('roles', 'text')})"
# Where a slip is used nobody is signed in yet.
AT_THE_DOOR = f"{ACTOR} = 'system:sign-in'"
OF_OWN_OFFICE = (
    "EXISTS (SELECT 1 FROM accounts_membership m WHERE m.person_id = accounts_slip.person_id "
    f"AND m.agency_id = ANY({setting_list('manages', 'uuid')}) OFFSET 0)"
)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_walls_and_history"),
    ]

    operations = [
        migrations.CreateModel(
            name="Slip",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("code_hash", models.CharField(max_length=128)),
                ("created_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("was_used", models.BooleanField(default=False)),
                (
                    "made_by",
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
                        related_name="slips",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at", None)),
                        fields=("person",),
                        name="one_open_slip_a_person",
                        violation_error_message="This person already has an open slip.",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="user",
            name="sign_in_round",
            field=models.PositiveIntegerField(default=0, editable=False),
        ),
        migrations.RemoveConstraint(model_name="membership", name="membership_ends_after_it_starts"),
        migrations.AddConstraint(
            model_name="membership",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ends_on", None),
                    (
                        "ends_on__gte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("starts_on"), "-", models.Value(datetime.timedelta(days=1))
                        ),
                    ),
                    _connector="OR",
                ),
                name="membership_ends_after_it_starts",
                violation_error_message="The last day must not be before the first.",
            ),
        ),
        Policies(
            "Slip",
            select=f"{ADMINISTRATOR} OR {AT_THE_DOOR} OR {OF_OWN_OFFICE}",
            insert=f"{ADMINISTRATOR} OR {OF_OWN_OFFICE}",
            update=f"{ADMINISTRATOR} OR {AT_THE_DOOR} OR {OF_OWN_OFFICE}",
        ),
    ]
