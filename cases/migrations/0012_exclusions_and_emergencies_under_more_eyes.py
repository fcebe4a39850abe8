"""Somebody is always left who reviews: of an exclusion from a named-only file the national desk."""

from django.db import migrations

from audit.operations import Definer, Sql

TODAY = "(now() AT TIME ZONE 'Asia/Phnom_Penh')::date"

# Whether the national desk has somebody, beside `but`, whom nothing keeps away from the file. The same in Python:
# cases/exclusions/access.py.
DESK_LEFT = f"""
DECLARE today date := {TODAY};
BEGIN
    RETURN EXISTS (
        SELECT 1 FROM accounts_membership m
          JOIN accounts_user u ON u.id = m.person_id JOIN accounts_agency a ON a.id = m.agency_id
         WHERE m.role = 'NATIONAL_DESK' AND u.is_active AND a.is_active AND m.person_id IS DISTINCT FROM but
           AND m.starts_on <= today AND (m.ends_on IS NULL OR m.ends_on >= today)
           AND (m.stands_in_for_id IS NULL OR EXISTS (
               SELECT 1 FROM accounts_membership o JOIN accounts_user ou ON ou.id = o.person_id
                WHERE o.id = m.stands_in_for_id AND ou.is_active
                  AND o.starts_on <= today AND (o.ends_on IS NULL OR o.ends_on >= today)))
           AND which <> ALL(actor_barred(m.person_id, ARRAY(
               SELECT x.agency_id FROM accounts_membership x
                WHERE x.person_id = m.person_id AND x.starts_on <= today
                  AND (x.ends_on IS NULL OR x.ends_on >= today)))));
END
"""

# Of a named-only file nobody else reviews it. Somebody who is not of the desk may always keep themselves away.
LEAVES_DESK = f"""
DECLARE today date := {TODAY};
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('exclusions of ' || NEW.case_id, 0));
    IF EXISTS (SELECT 1 FROM cases_case c WHERE c.id = NEW.case_id AND c.named_only)
       AND (NEW.person_id IS DISTINCT FROM NEW.made_by_id OR EXISTS (
           SELECT 1 FROM accounts_membership m WHERE m.person_id = NEW.made_by_id AND m.role = 'NATIONAL_DESK'
              AND m.starts_on <= today AND (m.ends_on IS NULL OR m.ends_on >= today)))
       AND NOT cases_desk_left(NEW.case_id, NEW.made_by_id) THEN
        RAISE EXCEPTION 'nobody of the national desk would be left' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
"""

# What keeps somebody away already comes to the desk as well when its file becomes named-only.
NAMED_KEEPS_DESK = """
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('exclusions of ' || NEW.id, 0));
    IF EXISTS (SELECT 1 FROM cases_exclusion e WHERE e.case_id = NEW.id AND e.ended_at IS NULL
                  AND NOT cases_desk_left(NEW.id, e.made_by_id)) THEN
        RAISE EXCEPTION 'nobody of the national desk would be left' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0011_what_the_ministry_and_the_decision_set"),
        ("accounts", "0008_standing_in"),
    ]

    operations = [
        Definer("cases_desk_left(which uuid, but uuid) RETURNS boolean", DESK_LEFT),
        Definer("cases_exclusion_leaves_desk() RETURNS trigger", LEAVES_DESK, call=False),
        Definer("cases_named_keeps_desk() RETURNS trigger", NAMED_KEEPS_DESK, call=False),
        Sql(
            [
                "CREATE TRIGGER zz_leaves_desk AFTER INSERT ON cases_exclusion "
                "FOR EACH ROW EXECUTE FUNCTION cases_exclusion_leaves_desk()",
                "CREATE TRIGGER zz_keeps_desk AFTER UPDATE OF named_only ON cases_case FOR EACH ROW "
                "WHEN (NEW.named_only AND NOT OLD.named_only) EXECUTE FUNCTION cases_named_keeps_desk()",
            ],
            ["DROP TRIGGER zz_leaves_desk ON cases_exclusion", "DROP TRIGGER zz_keeps_desk ON cases_case"],
        ),
    ]
