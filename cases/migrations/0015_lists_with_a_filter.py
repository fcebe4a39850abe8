"""What a list with a filter is merged from: files in a state by province and by agency, and those that grants, names and
the desk open to whoever acts beside what province and office open."""

from django.db import migrations, models

from audit.operations import Definer

# Keys alone; every question joins them with the files that the actor's own walls show.
BESIDE = """
DECLARE
    me text := NULLIF(current_setting('app.actor', true), '');
    agencies uuid[] := NULLIF(current_setting('app.agencies', true), '')::uuid[];
    principals text[] := NULLIF(current_setting('app.principals', true), '')::text[];
BEGIN
    IF me IS NULL OR principals IS NULL THEN RETURN; END IF;
    RETURN QUERY
    SELECT s.case_id FROM cases_casescope s
     WHERE s.principal = ANY (ARRAY['person:' || me, 'named-desk']) AND s.principal = ANY (principals)
       AND (s.until IS NULL OR s.until > clock_timestamp())
    UNION
    SELECT f.file FROM cases_grantedfile f WHERE f.agency = ANY (agencies)
    UNION
    SELECT g.content_object_id FROM cases_caseagencygrant g
     WHERE g.group_id = ANY (ARRAY(SELECT a.group_id FROM accounts_agency a WHERE a.id = ANY (agencies)))
       AND g.valid_until > clock_timestamp();
END
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0014_a_narrower_rule_counts_at_once")]

    operations = [
        migrations.AddIndex(
            "Case",
            models.Index(
                fields=["province", "status", "-created_at", "-id"], name="case_by_province_and_status"
            ),
        ),
        migrations.AddIndex(
            "Case",
            models.Index(fields=["agency", "status", "-created_at", "-id"], name="case_by_agency_and_status"),
        ),
        Definer("cases_seen_beside() RETURNS SETOF uuid", BESIDE),
    ]
