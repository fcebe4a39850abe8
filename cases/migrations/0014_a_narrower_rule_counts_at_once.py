"""A rule of sections that opens less than before closes in the same transaction, in the scope of every file that it
opened; what it opens more follows when the scopes are worked out anew (cases.tasks.wake_reconcile)."""

from django.db import migrations

from audit.operations import Definer, Policies, Sql

NARROW = """
BEGIN
    IF NEW.sections = 0 THEN
        DELETE FROM cases_casescope s USING cases_case c
         WHERE c.agency_kind = NEW.opened_by_kind AND s.case_id = c.id
           AND s.principal = 'province:' || c.province_id || ':' || NEW.viewer_kind;
    ELSE
        UPDATE cases_casescope s SET sections = s.sections & NEW.sections FROM cases_case c
         WHERE c.agency_kind = NEW.opened_by_kind AND s.case_id = c.id
           AND s.principal = 'province:' || c.province_id || ':' || NEW.viewer_kind;
    END IF;
    RETURN NULL;
END
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0013_access_ends_with_the_post")]

    operations = [
        Policies("CaseScope", name="narrowed", rules="UPDATE"),
        Definer("cases_narrow() RETURNS trigger", NARROW, call=False),
        Sql(
            [
                "CREATE TRIGGER b_narrowed AFTER UPDATE OF sections ON accounts_sectionrule FOR EACH ROW "
                "WHEN (OLD.sections & ~NEW.sections <> 0) EXECUTE FUNCTION cases_narrow()"
            ],
            ["DROP TRIGGER b_narrowed ON accounts_sectionrule"],
        ),
    ]
