"""A closure on which nobody else of the owner's office can decide is open to the ministry: in the second wall too."""

from django.db import migrations

from accounts.sections import Section
from audit.operations import Definer, Sql, setting_list
from cases.rules import DECIDING, in_scope

# The same in Python: cases/above.py.
FOR_MINISTRY = """
DECLARE
    c record;
    today date := (now() AT TIME ZONE 'Asia/Phnom_Penh')::date;
BEGIN
    SELECT f.id, f.agency_id, f.status_by_id INTO c FROM cases_case f
     WHERE f.id = which AND f.status = 'CLOSURE_REVIEW' AND NOT f.named_only;
    IF NOT FOUND THEN RETURN false; END IF;
    RETURN NOT EXISTS (
        SELECT 1 FROM accounts_membership m
          JOIN accounts_user u ON u.id = m.person_id JOIN accounts_agency a ON a.id = m.agency_id
         WHERE m.agency_id = c.agency_id AND m.role = 'PROVINCIAL_HEAD' AND u.is_active AND a.is_active
           AND m.person_id IS DISTINCT FROM c.status_by_id
           AND m.starts_on <= today AND (m.ends_on IS NULL OR m.ends_on >= today)
           AND (m.stands_in_for_id IS NULL OR EXISTS (
               SELECT 1 FROM accounts_membership o JOIN accounts_user ou ON ou.id = o.person_id
                WHERE o.id = m.stands_in_for_id AND ou.is_active
                  AND o.starts_on <= today AND (o.ends_on IS NULL OR o.ends_on >= today)))
           AND c.id <> ALL(actor_barred(m.person_id, ARRAY(
               SELECT x.agency_id FROM accounts_membership x
                WHERE x.person_id = m.person_id AND x.starts_on <= today
                  AND (x.ends_on IS NULL OR x.ends_on >= today)))));
END
"""

DECIDES = f"'IDENTIFICATION_OFFICER' = ANY({setting_list('roles', 'text')})"
REVIEWS = f"'MINISTRY_REVIEWER' = ANY({setting_list('roles', 'text')})"
MOVES = f"{in_scope('cases_case.id', Section.MOVE)} OR ({DECIDES} AND {in_scope('cases_case.id', *DECIDING)})"
SEES = in_scope("cases_case.id", Section.WORK)
# Before the update the function looks at the file itself; after it, only where the file may have gone.
ABOVE = f"({REVIEWS} AND {SEES} AND status = 'CLOSURE_REVIEW' AND cases_for_ministry(id))"
DECIDED = f"({REVIEWS} AND {SEES} AND status IN ('CLOSED', 'FOLLOW_UP') AND cases_for_ministry(id))"


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0008_who_works_on_a_file"),
        ("accounts", "0008_standing_in"),
    ]

    operations = [
        Definer("cases_for_ministry(which uuid) RETURNS boolean", FOR_MINISTRY),
        Sql(
            [
                f"ALTER POLICY rows_update ON cases_case USING ({MOVES} OR {ABOVE}) "
                f"WITH CHECK ({MOVES} OR {DECIDED})"
            ],
            [f"ALTER POLICY rows_update ON cases_case USING ({MOVES}) WITH CHECK ({MOVES})"],
        ),
    ]
