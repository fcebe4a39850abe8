"""Somebody who stands in for the holder of a post, for some days: the post, who may give and end it, its history."""

import datetime

import django.db.models.deletion
from django.db import migrations, models

from audit.operations import ACTOR, Definer, Sql, WidenHistory, setting_list

ADMINISTRATOR = f"'ADMINISTRATOR' = ANY({setting_list('roles', 'text')})"
OF_OWN_OFFICE = f"role = 'PROVINCIAL_OFFICER' AND agency_id = ANY({setting_list('manages', 'uuid')})"
LOOKS_AFTER = f"({ADMINISTRATOR} OR ({OF_OWN_OFFICE}))"
ROW = "accounts_membership"


# The post that is stood in for is of the same agency and role, somebody else's, and nobody's place itself. A function,
# because a policy cannot ask its own table.
MATCHES = """
DECLARE me text := NULLIF(current_setting('app.actor', true), '');
BEGIN
    RETURN EXISTS (
        SELECT 1 FROM accounts_membership o
         WHERE o.id = post AND o.stands_in_for_id IS NULL AND o.agency_id = at_agency AND o.role = as_role
           AND o.person_id <> person
           AND (o.person_id::text = me OR 'ADMINISTRATOR' = ANY (NULLIF(current_setting('app.roles', true), '')::text[])
                OR (ending AND person::text = me)));
END
"""


def matches(ending: str) -> str:
    return f"accounts_stands_in(stands_in_for_id, agency_id, role::text, person_id, {ending})"


INSERT = (
    f"(stands_in_for_id IS NULL AND {LOOKS_AFTER}) OR (stands_in_for_id IS NOT NULL "
    f"AND person_id::text <> {ACTOR} AND {matches('false')})"
)
UPDATE = (
    f"(stands_in_for_id IS NULL AND {LOOKS_AFTER}) OR (stands_in_for_id IS NOT NULL AND {matches('true')})"
)

# Who stands in is given anew, never prolonged or turned into another post.
ONLY_SHORTER = """
BEGIN
    IF NEW.stands_in_for_id IS DISTINCT FROM OLD.stands_in_for_id OR (OLD.stands_in_for_id IS NOT NULL AND (
        NEW.ends_on IS NULL OR NEW.ends_on > OLD.ends_on OR NEW.person_id <> OLD.person_id
        OR NEW.agency_id <> OLD.agency_id OR NEW.role <> OLD.role OR NEW.starts_on <> OLD.starts_on
    )) THEN
        RAISE EXCEPTION 'a stand-in only ends, and only earlier' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
"""


def place(**more: object) -> models.ForeignKey:
    return models.ForeignKey("accounts.membership", null=True, blank=True, **more)  # type: ignore[arg-type, misc]


REASON = models.CharField(blank=True, default="", max_length=300, verbose_name="Reason")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_sessions_and_conduct")]

    operations = [
        migrations.AddField(
            "Membership",
            "stands_in_for",
            place(on_delete=django.db.models.deletion.PROTECT, related_name="stand_ins"),
        ),
        migrations.AddField("Membership", "reason", REASON),
        migrations.AddField(
            "HistoricalMembership",
            "stands_in_for",
            place(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name="+"),
        ),
        migrations.AddField("HistoricalMembership", "reason", REASON.clone()),
        migrations.AddConstraint(
            "Membership",
            models.CheckConstraint(
                condition=models.Q(stands_in_for=None)
                | models.Q(
                    ends_on__isnull=False, ends_on__lt=models.F("starts_on") + datetime.timedelta(days=60)
                ),
                name="membership_stands_in_for_sixty_days_at_most",
                violation_error_message="Somebody stands in for 60 days at most.",
            ),
        ),
        WidenHistory("Membership", added=["stands_in_for_id", "reason"], layout=2),
        Definer(
            "accounts_stands_in(post uuid, at_agency uuid, as_role text, person uuid, ending boolean) "
            "RETURNS boolean",
            MATCHES,
        ),
        Definer("accounts_stands_in_shorter() RETURNS trigger", ONLY_SHORTER, call=False),
        Sql(
            [
                f"CREATE TRIGGER a_stands_in BEFORE UPDATE ON {ROW} "
                "FOR EACH ROW EXECUTE FUNCTION accounts_stands_in_shorter()",
                f"ALTER POLICY rows_insert ON {ROW} WITH CHECK ({INSERT})",
                f"ALTER POLICY rows_update ON {ROW} USING ({UPDATE}) WITH CHECK ({UPDATE})",
            ],
            [
                f"DROP TRIGGER a_stands_in ON {ROW}",
                f"ALTER POLICY rows_insert ON {ROW} WITH CHECK ({LOOKS_AFTER})",
                f"ALTER POLICY rows_update ON {ROW} USING ({LOOKS_AFTER}) WITH CHECK ({LOOKS_AFTER})",
            ],
        ),
    ]
