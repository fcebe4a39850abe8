"""What somebody holds of their own who leaves: told as numbers; what was typed and never sent ends with the account."""

from django.db import migrations

from audit.operations import Definer, Policies

# Whoever looks after the account: an administrator, or the head of an office where this person works or worked.
LOOKS_AFTER = """
    'ADMINISTRATOR' = ANY (NULLIF(current_setting('app.roles', true), '')::text[])
    OR EXISTS (SELECT 1 FROM accounts_membership m WHERE m.person_id = whose
                AND m.agency_id = ANY (NULLIF(current_setting('app.manages', true), '')::uuid[]))
"""
HELD = f"""
DECLARE barred uuid[] := NULLIF(current_setting('app.barred', true), '')::uuid[];
BEGIN
    IF NOT COALESCE({LOOKS_AFTER}, false) THEN RETURN; END IF;
    RETURN QUERY
    SELECT 'DRAFT', count(*), min(d.updated_at) FROM desk_draft d
     WHERE d.owner_id = whose AND d.kind = 'INTAKE' AND d.expires_at > now()
    UNION ALL
    SELECT 'EXPORT', count(*), min(e.asked_at) FROM desk_export e
     WHERE e.maker_id = whose AND e.status <> 'FAILED' AND e.expires_at > now()
    UNION ALL
    SELECT 'DUE', count(*), min(u.due_at) FROM desk_due u
     WHERE u.worker_id = whose AND u.done_at IS NULL AND NOT u.named_only AND u.remind_at <= now()
       AND u.kind IN ('CASE', 'REFERRAL') AND u.case_id <> ALL (barred);
END
"""

# The account is closed: nobody will ever send it.
FORGET = f"""
DECLARE gone bigint;
BEGIN
    IF NOT COALESCE({LOOKS_AFTER}, false)
       OR EXISTS (SELECT 1 FROM accounts_user u WHERE u.id = whose AND u.is_active) THEN
        RAISE EXCEPTION 'not a closed account of the actor' USING ERRCODE = 'insufficient_privilege';
    END IF;
    DELETE FROM desk_draft d WHERE d.owner_id = whose AND d.kind = 'TYPED';
    GET DIAGNOSTICS gone = ROW_COUNT;
    RETURN gone;
END
"""


class Migration(migrations.Migration):
    dependencies = [
        ("desk", "0005_emergency_openings_are_due"),
        ("accounts", "0006_second_factors"),
    ]

    operations = [
        Policies("Draft", name="held", rules="SELECT DELETE"),
        Policies("Export", name="held", rules="SELECT"),
        Definer("desk_held_by(whose uuid) RETURNS TABLE(kind text, number bigint, oldest timestamptz)", HELD),
        Definer("desk_forget_typed(whose uuid) RETURNS bigint", FORGET),
    ]
