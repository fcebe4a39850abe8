"""Once a year somebody says that a role, or a right on a province, is still right: the day, and never of oneself."""

from django.db import migrations, models

from audit.operations import Definer, Sql, WidenHistory

CONFIRMED_ON = models.DateField(blank=True, editable=False, null=True, verbose_name="Confirmed on")

# Today, by somebody else, and never of a stand-in: who may at all, the policies of the rows say. Whoever loads tells what
# happened on other days.
OF_ANOTHER = """
BEGIN
    IF NEW.confirmed_on IS DISTINCT FROM OLD.confirmed_on AND (
        NEW.person_id::text = NULLIF(current_setting('app.actor', true), '') OR NEW.stands_in_for_id IS NOT NULL
        OR (session_user <> 'karpea_loader'
            AND NEW.confirmed_on IS DISTINCT FROM (now() AT TIME ZONE 'Asia/Phnom_Penh')::date)
    ) THEN
        RAISE EXCEPTION 'a role is confirmed today, and by somebody else' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_standing_in")]

    operations = [
        migrations.AddField("Membership", "confirmed_on", CONFIRMED_ON),
        migrations.AddField("HistoricalMembership", "confirmed_on", CONFIRMED_ON.clone()),
        migrations.AddField("ProvinceAgencyRight", "confirmed_on", CONFIRMED_ON.clone()),
        migrations.AddField("HistoricalProvinceAgencyRight", "confirmed_on", CONFIRMED_ON.clone()),
        WidenHistory("Membership", added=["confirmed_on"], layout=3),
        WidenHistory("ProvinceAgencyRight", added=["confirmed_on"], layout=2),
        Definer("accounts_confirmed_by_another() RETURNS trigger", OF_ANOTHER, call=False),
        Sql(
            [
                "CREATE TRIGGER b_confirmed BEFORE UPDATE OF confirmed_on ON accounts_membership "
                "FOR EACH ROW EXECUTE FUNCTION accounts_confirmed_by_another()"
            ],
            ["DROP TRIGGER b_confirmed ON accounts_membership"],
        ),
    ]
