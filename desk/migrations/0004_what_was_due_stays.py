"""What was due, and when it was done, stays as it was written: months later figures are counted from it.

Told and to be told again is what still changes, and who looks after the step.
"""

from django.db import migrations

from audit.operations import Definer, Sql

ONCE = """
BEGIN
    IF OLD.done_at IS NOT NULL AND NEW.done_at IS DISTINCT FROM OLD.done_at THEN
        RAISE EXCEPTION 'a step is done once' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
"""


class Migration(migrations.Migration):
    dependencies = [("desk", "0003_due_rows_and_notices")]

    operations = [
        Sql(
            [
                "REVOKE UPDATE ON desk_due FROM karpea_web, karpea_worker",
                "GRANT UPDATE (next_at, stage, told, done_at, worker_id, agency_id) ON desk_due TO karpea_web, karpea_worker",
            ],
            [
                "REVOKE UPDATE (next_at, stage, told, done_at, worker_id, agency_id) ON desk_due FROM karpea_web, karpea_worker",
                "GRANT UPDATE ON desk_due TO karpea_web, karpea_worker",
            ],
        ),
        Definer("desk_done_once() RETURNS trigger", ONCE, call=False),
        Sql(
            [
                "CREATE TRIGGER a_done_once BEFORE UPDATE OF done_at ON desk_due "
                "FOR EACH ROW EXECUTE FUNCTION desk_done_once()"
            ],
            ["DROP TRIGGER a_done_once ON desk_due"],
        ),
    ]
