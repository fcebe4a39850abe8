"""How many files an agency owns in a province, and how many were granted to it there, kept by triggers; and from these
how many somebody sees, to the last."""

import uuid
from importlib import import_module

from django.db import migrations, models

from audit.operations import Definer, Policies, Sql

REBUILT = import_module("cases.migrations.0002_walls_and_history").REBUILD
REBUILD = REBUILT.replace("    DELETE FROM", "    PERFORM cases_regrant(which);\n    DELETE FROM", 1)

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

# Which files stand open to an agency by a grant without an end, beside those that it owns: one row each, however many
# grants. A named-only file is open to no agency.
GRANTED = """
SELECT DISTINCT a.id AS agency, c.id AS file, c.province_id AS province
  FROM cases_caseagencygrant g JOIN accounts_agency a ON a.group_id = g.group_id
  JOIN cases_case c ON c.id = g.content_object_id
 WHERE g.valid_until IS NULL AND NOT c.named_only AND c.agency_id <> a.id
"""
# With the scope of a file, as the same changes change it; written only where something is different.
REGRANT = f"""
BEGIN
    IF NOT EXISTS (SELECT 1 FROM cases_caseagencygrant WHERE content_object_id = which) THEN RETURN; END IF;
    DELETE FROM cases_grantedfile f WHERE f.file = which
       AND NOT EXISTS (SELECT 1 FROM ({GRANTED}) due WHERE due.file = which AND due.agency = f.agency
                                                       AND due.province = f.province);
    INSERT INTO cases_grantedfile (id, agency, file, province)
    SELECT gen_random_uuid(), due.agency, due.file, due.province FROM ({GRANTED}) due WHERE due.file = which
     ORDER BY due.agency ON CONFLICT DO NOTHING;
END
"""
GRANT_COUNTED = """
BEGIN
    INSERT INTO cases_grantedcount AS kept (agency, province, number)
    VALUES (COALESCE(NEW.agency, OLD.agency), COALESCE(NEW.province, OLD.province),
            CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END)
    ON CONFLICT (agency, province) DO UPDATE SET number = kept.number + EXCLUDED.number;
    RETURN NULL;
END
"""

# What a hand in the tables left behind. Nobody changes a count meanwhile.
RECOUNT = f"""
DECLARE mended int; more int;
BEGIN
    LOCK TABLE cases_casecount, cases_grantedfile, cases_grantedcount IN SHARE ROW EXCLUSIVE MODE;
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
    DELETE FROM cases_grantedfile f WHERE NOT EXISTS (
        SELECT 1 FROM ({GRANTED}) due WHERE (due.agency, due.file, due.province) = (f.agency, f.file, f.province));
    GET DIAGNOSTICS more = ROW_COUNT;
    mended := mended + more;
    INSERT INTO cases_grantedfile (id, agency, file, province)
    SELECT gen_random_uuid(), due.agency, due.file, due.province FROM ({GRANTED}) due ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS more = ROW_COUNT;
    mended := mended + more;
    WITH found AS (
        SELECT f.agency, f.province, count(*) AS number FROM cases_grantedfile f GROUP BY 1, 2
    ), wanted AS (
        SELECT * FROM found
        UNION ALL
        SELECT k.agency, k.province, 0 FROM cases_grantedcount k
         WHERE NOT EXISTS (SELECT 1 FROM found f WHERE (f.agency, f.province) = (k.agency, k.province))
    ), set_right AS (
        INSERT INTO cases_grantedcount AS kept (agency, province, number) SELECT * FROM wanted
        ON CONFLICT (agency, province) DO UPDATE SET number = EXCLUDED.number WHERE kept.number <> EXCLUDED.number
        RETURNING 1
    )
    SELECT count(*) INTO more FROM set_right;
    RETURN mended + more;
END
"""

# Of the files that `c` names: those seen by an open province, by the own agency that owns them, or as the desk.
COUNTED = "((NOT c.named_only AND (c.province_id = ANY (seen) OR c.agency_id = ANY (agencies))) OR (c.named_only AND desk))"
BESIDE = COUNTED.replace("(seen)", "($3)").replace("(agencies)", "($4)").replace("desk", "$5")
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
    -- Of one agency the grants are counted; of several a file could be granted to one and owned by another of them.
    alone boolean := cardinality(agencies) = 1;
    now_at timestamptz := clock_timestamp();
    granted uuid[]; beside uuid[];
    total bigint; more bigint;
BEGIN
    IF me IS NULL OR principals IS NULL THEN RETURN 0; END IF;
    SELECT COALESCE(sum(k.number), 0) INTO total FROM cases_casecount k
     WHERE (NOT k.named_only AND (k.province = ANY (seen) OR k.agency = ANY (agencies))) OR (k.named_only AND desk);
    IF alone THEN
        total := total + (SELECT COALESCE(sum(k.number), 0) FROM cases_grantedcount k
                           WHERE k.agency = agencies[1] AND k.province <> ALL (seen));
    END IF;
    IF cardinality(barred) > 0 THEN
        total := total
            - (SELECT count(*) FROM cases_case c WHERE c.id = ANY (barred) AND {COUNTED})
            - (SELECT count(*) FROM cases_grantedfile f WHERE alone AND f.file = ANY (barred)
                  AND f.agency = agencies[1] AND f.province <> ALL (seen));
    END IF;
    -- Keys first, then files by their keys: asked in one, the planner would read every file of the country.
    granted := ARRAY(
        SELECT DISTINCT g.content_object_id FROM cases_caseagencygrant g
         WHERE g.group_id = ANY (ARRAY(SELECT a.group_id FROM accounts_agency a WHERE a.id = ANY (agencies)))
           AND g.valid_until > now_at);
    IF NOT alone THEN
        granted := granted || ARRAY(SELECT f.file FROM cases_grantedfile f WHERE f.agency = ANY (agencies));
    END IF;
    beside := ARRAY(
        SELECT s.case_id FROM cases_casescope s
         WHERE s.principal = ANY (ARRAY['person:' || me] || ARRAY(
                   SELECT p FROM unnest(principals) p
                    WHERE p LIKE 'province:%' AND split_part(p, ':', 2)::int <> ALL (seen)))
           AND (s.until IS NULL OR s.until > now_at));
    -- Planned anew each time, for five keys or five thousand.
    EXECUTE $count$
        SELECT count(*) FROM cases_case c
         WHERE c.id = ANY ($1 || $2) AND NOT {BESIDE} AND c.id <> ALL ($6)
           AND (NOT c.named_only OR c.id = ANY ($2))
           AND NOT ($7 AND EXISTS (SELECT 1 FROM cases_grantedfile f WHERE f.file = c.id AND f.agency = $4[1]))
    $count$ INTO more USING granted, beside, seen, agencies, desk, barred, alone;
    RETURN total + more;
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
        migrations.CreateModel(
            name="GrantedFile",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("agency", models.UUIDField()),
                ("file", models.UUIDField()),
                ("province", models.SmallIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("file", "agency"), name="granted_once", violation_error_message="One row."
                    )
                ],
                "indexes": [models.Index(fields=["agency"], name="granted_to_agency")],
            },
        ),
        migrations.CreateModel(
            name="GrantedCount",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("agency", models.UUIDField()),
                ("province", models.SmallIntegerField()),
                ("number", models.IntegerField(default=0)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("agency", "province"),
                        name="one_count_of_grants",
                        violation_error_message="One count.",
                    )
                ],
            },
        ),
        Policies("CaseCount", rules="SELECT INSERT UPDATE"),
        Policies("GrantedFile", rules="SELECT INSERT DELETE"),
        Policies("GrantedCount", rules="SELECT INSERT UPDATE"),
        Definer("cases_count_added() RETURNS trigger", ADDED, call=False),
        Definer("cases_count_gone() RETURNS trigger", GONE, call=False),
        Definer("cases_count_moved() RETURNS trigger", MOVED, call=False),
        Definer("cases_grant_counted() RETURNS trigger", GRANT_COUNTED, call=False),
        Definer("cases_regrant(which uuid) RETURNS void", REGRANT),
        Definer("cases_scope_rebuild(which uuid) RETURNS void", REBUILD, before=REBUILT),
        Definer("cases_recount() RETURNS int", RECOUNT),
        Definer("cases_seen_total() RETURNS bigint", SEEN),
        Sql(
            [
                "REVOKE ALL ON cases_casecount, cases_grantedfile, cases_grantedcount FROM karpea_web, karpea_worker",
                # Grants that end: of these few are live, however many have ended.
                "CREATE INDEX agency_grant_ends ON cases_caseagencygrant (group_id, valid_until) "
                "WHERE valid_until IS NOT NULL",
                "CREATE TRIGGER c_grant_counted AFTER INSERT OR DELETE ON cases_grantedfile "
                "FOR EACH ROW EXECUTE FUNCTION cases_grant_counted()",
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
                "DROP INDEX agency_grant_ends",
                "DROP TRIGGER c_grant_counted ON cases_grantedfile",
                "DROP TRIGGER c_count_added ON cases_case",
                "DROP TRIGGER c_count_gone ON cases_case",
                "DROP TRIGGER c_count_moved ON cases_case",
            ],
        ),
    ]
