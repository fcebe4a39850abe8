"""Everybody reads what happened to their own account, though the trail is closed to them."""

from django.db import migrations

from audit.operations import Definer, Policies

# By others, on the person; and by the person, to what they sign in with. A name that was changed meanwhile hides what
# stands under the old one: the index is by name, and the id has to fit as well.
OWN = """
DECLARE me text := NULLIF(current_setting('app.actor', true), '');
BEGIN
    -- Each kind of news has room of its own: a flood of tries does not push out that the password was changed.
    RETURN QUERY
        SELECT * FROM (
            (SELECT e.* FROM audit_event e
              WHERE e.object_label = sign_in_name AND e.object_type = 'person' AND e.object_id = me AND e.at > since
                AND e.kind IN ('SIGN_IN_FAILED', 'FACTOR_FAILED')
              ORDER BY e.at DESC, e.seq DESC LIMIT 70)
            UNION ALL
            (SELECT e.* FROM audit_event e
              WHERE e.object_label = sign_in_name AND e.object_type = 'person' AND e.object_id = me AND e.at > since
                AND e.kind IN ('SLIP_PRINTED', 'SHEET_PRINTED', 'FACTORS_REVOKED', 'PERSON_CHANGED', 'PERSON_DISABLED',
                               'PERSON_ENABLED', 'SESSIONS_ENDED_OF', 'MEMBERSHIP_STARTED', 'MEMBERSHIP_ENDED',
                               'MEMBERSHIP_CONFIRMED', 'STAND_IN_GIVEN', 'STAND_IN_ENDED', 'TOKEN_ISSUED',
                               'TOKEN_REVOKED')
              ORDER BY e.at DESC, e.seq DESC LIMIT 70)
            UNION ALL
            (SELECT e.* FROM audit_event e
              WHERE e.actor = me AND e.at > since
                AND e.kind IN ('PASSWORD_CHANGED', 'SLIP_USED', 'SHEET_CODE_USED', 'FACTOR_ADDED', 'FACTOR_REMOVED',
                               'SESSION_ENDED', 'SESSIONS_ENDED', 'CONDUCT_ACCEPTED')
              ORDER BY e.at DESC, e.seq DESC LIMIT 70)
            UNION ALL
            (SELECT e.* FROM audit_event e
              WHERE e.actor = me AND e.at > since AND e.kind = 'SIGN_IN'
              ORDER BY e.at DESC, e.seq DESC LIMIT 70)
        ) news ORDER BY news.at DESC, news.seq DESC;
END
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0009_yearly_confirmation"), ("audit", "0002_ways_into_the_trail")]

    operations = [
        Policies("table:audit_event", name="own", trail="SELECT"),
        Definer(
            "accounts_own_events(sign_in_name text, since timestamptz) RETURNS SETOF audit_event",
            OWN,
            owner="karpea_audit",
        ),
    ]
