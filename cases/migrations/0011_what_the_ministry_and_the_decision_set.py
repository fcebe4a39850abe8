"""Plans that the ministry approves in the place of an office; and by whom which state is set, in the second wall."""

from importlib import import_module

from django.db import migrations

from accounts.sections import Section
from audit.operations import Definer, Sql, setting_list
from cases.rules import DECIDING, in_scope

before = import_module("cases.migrations.0009_closures_that_the_ministry_approves")

# As before, for a plan that waits as well. The same in Python: cases/above.py.
FOR_MINISTRY = before.FOR_MINISTRY.replace(
    "f.status = 'CLOSURE_REVIEW'", "f.status IN ('CLOSURE_REVIEW', 'PLANNING')"
)
# Where the ministry may set such a file, by where it stands.
SETS = """
BEGIN
    IF NOT cases_for_ministry(which) THEN RETURN '{}'; END IF;
    RETURN (SELECT CASE c.status WHEN 'PLANNING' THEN '{SERVICES}' ELSE '{CLOSED,FOLLOW_UP}' END::text[]
              FROM cases_case c WHERE c.id = which);
END
"""

ROLES = setting_list("roles", "text")
OWNS = in_scope("cases_case.id", Section.MOVE)
SEES = in_scope("cases_case.id", Section.WORK)
# The formal decision, and no other state: for anything else a file that somebody decides on is not theirs to move.
DECIDES = f"'IDENTIFICATION_OFFICER' = ANY({ROLES}) AND {in_scope('cases_case.id', *DECIDING)}"
# Before the update the function looks at the file itself; after it, it still sees where the file stood before.
USING = (
    f"{OWNS} OR ({DECIDES} AND status = 'IDENTIFICATION_PENDING') OR ('MINISTRY_REVIEWER' = ANY({ROLES}) AND {SEES} "
    "AND status IN ('CLOSURE_REVIEW', 'PLANNING') AND cases_for_ministry(id))"
)
CHECK = (
    f"{OWNS} OR ({DECIDES} AND status IN ('IDENTIFIED', 'NOT_IDENTIFIED')) OR ('MINISTRY_REVIEWER' = ANY({ROLES}) "
    f"AND {SEES} AND status IN ('CLOSED', 'FOLLOW_UP', 'SERVICES') AND status::text = ANY(cases_ministry_sets(id)))"
)

WITHOUT = f"ALTER POLICY rows_update ON cases_case USING ({before.MOVES}) WITH CHECK ({before.MOVES})"
WAS = (
    f"ALTER POLICY rows_update ON cases_case USING ({before.MOVES} OR {before.ABOVE}) "
    f"WITH CHECK ({before.MOVES} OR {before.DECIDED})"
)


class Migration(migrations.Migration):
    dependencies = [("cases", "0010_counts_of_files")]

    # A function that a policy names cannot be made anew: it is taken out of the policy meanwhile.
    operations = [
        Sql([WITHOUT], [WAS]),
        Definer("cases_for_ministry(which uuid) RETURNS boolean", FOR_MINISTRY, before=before.FOR_MINISTRY),
        Definer("cases_ministry_sets(which uuid) RETURNS text[]", SETS),
        Sql(
            [f"ALTER POLICY rows_update ON cases_case USING ({USING}) WITH CHECK ({CHECK})"],
            [WITHOUT],
        ),
    ]
