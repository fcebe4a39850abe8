"""How many files an agency owns in a province, kept by triggers; and from these how many somebody sees, to the last."""

from django.db import migrations, models

from audit.operations import Definer, Policies, Sql

COUNT = """
INSERT INTO cases_casecount AS kept (province, agency, named_only, number)
SELECT c.province_id, c.agency_id, c.named_only, count(*) FROM {rows} c GROUP BY 1, 2, 3
"""
# In one order of rows always: two who make files in several offices at once do not wait for each other in a circle.
KEEP = """ ORDER BY 1, 2, 3
ON CONFLICT (province, agency, named_only) DO UPDATE SET number = kept.number + EXCLUDED.number"""

ADDED = f"BEGIN {COUNT.format(rows='added')} {KEEP}; RETURN NULL; END"
GONE = f"BEGIN {COUNT.format(rows='gone').replace('count(*)', '-count(*)')} {KEEP}; RETURN NULL; END"
MOVED = f"""
BEGIN
    INSERT INTO cases_casecount AS kept (province, agency, named_only, number)
    SELECT * FROM (VALUES (OLD.province_id, OLD.agency_id, OLD.named_only, -1),
                          (NEW.province_id, NEW.agency_id, NEW.named_only, 1)) AS step {KEEP};
    RETURN NULL;
END
"""

# What a hand in the tables left behind. Nobody changes a count meanwhile.
RECOUNT = """
DECLARE mended int;
BEGIN
    LOCK TABLE cases_casecount IN SHARE ROW EXCLUSIVE MODE;
    WITH found AS (
        SELECT c.province_id AS province, c.agency_id AS agency, c.named_only, count(*) AS number
          FROM cases_case c GROUP BY 1, 2, 3
    ), wanted AS (
        SELECT * FROM found
        UNION ALL
        SELECT k.province, k.agency, k.named_only, 0 FROM cases_casecount k
         WHERE NOT EXISTS (SELECT 1 FROM found f WHERE (f.province, f.agency, f.named_only)
                                                     = (k.province, k.agency, k.named_only))
    ), set_right AS (
        INSERT INTO cases_casecount AS kept (province, agency, named_only, number) SELECT * FROM wanted
        ON CONFLICT (province, agency, named_only) DO UPDATE SET number = EXCLUDED.number
         WHERE kept.number <> EXCLUDED.number
        RETURNING 1
    )
    SELECT count(*) INTO mended FROM set_right;
    RETURN mended;
END
"""

# Of the files that `c` names: those seen by an open province, by the own agency that owns them, or as the desk.
COUNTED = "((NOT c.named_only AND (c.province_id = ANY (seen) OR c.agency_id = ANY (agencies))) OR (c.named_only AND desk))"
# How many files the actor sees. Everything is the session's own: nothing can be asked for anybody else. The many come
# from the counts; what grants, names and single provinces open beside them is few, and is counted each time.
SEEN = f"""
DECLARE
    me text := NULLIF(current_setting('app.actor', true), '');
    seen int[] := NULLIF(current_setting('app.provinces', true), '')::int[];
    agencies uuid[] := NULLIF(current_setting('app.agencies', true), '')::uuid[];
    principals text[] := NULLIF(current_setting('app.principals', true), '')::text[];
    barred uuid[] := NULLIF(current_setting('app.barred', true), '')::uuid[];
    desk boolean := 'named-desk' = ANY (principals);
    granted uuid[]; beside uuid[];
    total bigint;
BEGIN
    IF me IS NULL OR principals IS NULL THEN RETURN 0; END IF;
    SELECT COALESCE(sum(k.number), 0) INTO total FROM cases_casecount k
     WHERE (NOT k.named_only AND (k.province = ANY (seen) OR k.agency = ANY (agencies))) OR (k.named_only AND desk);
    IF cardinality(barred) > 0 THEN
        total := total - (SELECT count(*) FROM cases_case c WHERE c.id = ANY (barred) AND {COUNTED});
    END IF;
    -- Keys first, then files by their keys: asked in one, the planner would read every file of the country.
    granted := ARRAY(
        SELECT g.content_object_id FROM cases_caseagencygrant g JOIN accounts_agency a ON a.group_id = g.group_id
         WHERE a.id = ANY (agencies) AND (g.valid_until IS NULL OR g.valid_until > clock_timestamp()));
    beside := ARRAY(
        SELECT s.case_id FROM cases_casescope s
         WHERE s.principal = ANY (ARRAY['person:' || me] || ARRAY(
                   SELECT p FROM unnest(principals) p
                    WHERE p LIKE 'province:%' AND split_part(p, ':', 2)::int <> ALL (seen)))
           AND (s.until IS NULL OR s.until > clock_timestamp()));
    RETURN total + (
        SELECT count(*) FROM cases_case c
         WHERE c.id = ANY (granted || beside) AND NOT {COUNTED} AND c.id <> ALL (barred)
           AND (NOT c.named_only OR c.id = ANY (beside)));
END
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0009_closures_that_the_ministry_approves")]

    operations = [
        migrations.CreateModel(
            name="CaseCount",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("province", models.SmallIntegerField()),
                ("agency", models.UUIDField()),
                ("named_only", models.BooleanField()),
                ("number", models.IntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("province", "agency", "named_only"),
                        name="one_count_of_files",
                        violation_error_message="One count.",
                    )
                ],
            },
        ),
        Policies("CaseCount", rules="SELECT INSERT UPDATE"),
        Definer("cases_count_added() RETURNS trigger", ADDED, call=False),
        Definer("cases_count_gone() RETURNS trigger", GONE, call=False),
        Definer("cases_count_moved() RETURNS trigger", MOVED, call=False),
        Definer("cases_recount() RETURNS int", RECOUNT),
        Definer("cases_seen_total() RETURNS bigint", SEEN),
        Sql(
            [
                "REVOKE ALL ON cases_casecount FROM karpea_web, karpea_worker",
                "CREATE TRIGGER c_count_added AFTER INSERT ON cases_case REFERENCING NEW TABLE AS added "
                "FOR EACH STATEMENT EXECUTE FUNCTION cases_count_added()",
                "CREATE TRIGGER c_count_gone AFTER DELETE ON cases_case REFERENCING OLD TABLE AS gone "
                "FOR EACH STATEMENT EXECUTE FUNCTION cases_count_gone()",
                "CREATE TRIGGER c_count_moved AFTER UPDATE OF province_id, agency_id, named_only ON cases_case "
                "FOR EACH ROW WHEN ((OLD.province_id, OLD.agency_id, OLD.named_only) IS DISTINCT FROM "
                "(NEW.province_id, NEW.agency_id, NEW.named_only)) EXECUTE FUNCTION cases_count_moved()",
                "SELECT cases_recount()",
            ],
            [
                "DROP TRIGGER c_count_added ON cases_case",
                "DROP TRIGGER c_count_gone ON cases_case",
                "DROP TRIGGER c_count_moved ON cases_case",
            ],
        ),
    ]
