"""A token is offered first: its text is made by the person in whose name it acts, and ends for good with the account."""

from django.db import migrations, models

from audit.operations import ACTOR, Definer, Policies, Sql, WidenHistory, setting_list

ADMINISTRATOR = f"'ADMINISTRATOR' = ANY({setting_list('roles', 'text')})"
SIGN_IN = f"{ACTOR} = 'system:sign-in'"
#: Whose word it rests on.
OWN = (
    "EXISTS (SELECT 1 FROM accounts_membership m WHERE m.id = accounts_token.membership_id "
    f"AND m.person_id::text = {ACTOR} OFFSET 0)"
)
BEFORE = f"{ADMINISTRATOR} OR {SIGN_IN}"
OFFERS = f"{ADMINISTRATOR} AND issued_by_id::text = {ACTOR} AND NOT {OWN}"
ACCEPTED_AT = models.DateTimeField(blank=True, null=True, verbose_name="Accepted")

# Whoever writes, past every policy too: a row begins as an offer, without a text; only whom it is offered to gives it
# one, once and within a week; what is over stays over.
GUARD = """
DECLARE
    me text := NULLIF(current_setting('app.actor', true), '');
    post record;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.digest IS NOT NULL OR NEW.accepted_at IS NOT NULL OR NEW.revoked_at IS NOT NULL THEN
            RAISE EXCEPTION 'a token begins as an offer' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF ROW(NEW.id, NEW.person_id, NEW.membership_id, NEW.label, NEW.scope, NEW.issued_at, NEW.issued_by_id,
           NEW.expires_at) IS DISTINCT FROM ROW(OLD.id, OLD.person_id, OLD.membership_id, OLD.label, OLD.scope,
           OLD.issued_at, OLD.issued_by_id, OLD.expires_at)
       OR (OLD.revoked_at IS NOT NULL AND ROW(NEW.digest, NEW.accepted_at, NEW.revoked_at, NEW.revoked_by_id)
           IS DISTINCT FROM ROW(OLD.digest, OLD.accepted_at, OLD.revoked_at, OLD.revoked_by_id))
       OR (me = 'system:sign-in' AND ROW(NEW.digest, NEW.accepted_at, NEW.revoked_at)
           IS DISTINCT FROM ROW(OLD.digest, OLD.accepted_at, OLD.revoked_at))
    THEN
        RAISE EXCEPTION 'a token is never another, and never begins again' USING ERRCODE = 'check_violation';
    END IF;
    IF ROW(NEW.digest, NEW.accepted_at) IS DISTINCT FROM ROW(OLD.digest, OLD.accepted_at) THEN
        SELECT m.person_id, m.agency_id, m.role INTO post FROM accounts_membership m WHERE m.id = OLD.membership_id;
        IF OLD.digest IS NOT NULL OR OLD.accepted_at IS NOT NULL OR NEW.digest IS NULL OR NEW.accepted_at IS NULL
           OR me IS NULL OR post.person_id::text <> me OR OLD.issued_by_id = post.person_id
           OR OLD.issued_at <= now() - interval '7 days'
        THEN
            RAISE EXCEPTION 'a token is accepted by its own person, within a week' USING ERRCODE = 'check_violation';
        END IF;
        -- In another name than their own: a program's, which has never been anybody and has no more than their post.
        IF OLD.person_id <> post.person_id AND (
            NOT EXISTS (SELECT 1 FROM accounts_user u WHERE u.id = OLD.person_id AND u.last_login IS NULL)
            OR EXISTS (SELECT 1 FROM accounts_membership m WHERE m.person_id = OLD.person_id
                       AND (m.agency_id <> post.agency_id OR m.role <> post.role))
        ) THEN
            RAISE EXCEPTION 'a program has the role of who answers for it' USING ERRCODE = 'check_violation';
        END IF;
    END IF;
    RETURN NEW;
END
"""

# Whoever closes an account, also the head of an office, who sees no token. Opened again, it has none.
CLOSED = """
DECLARE me text := NULLIF(current_setting('app.actor', true), '');
BEGIN
    UPDATE accounts_token t
       SET revoked_at = now(), revoked_by_id = CASE WHEN me ~ '^[0-9a-f-]{36}$' THEN me::uuid ELSE t.issued_by_id END
     WHERE t.revoked_at IS NULL
       AND (t.person_id = NEW.id
            OR t.membership_id IN (SELECT m.id FROM accounts_membership m WHERE m.person_id = NEW.id));
    RETURN NULL;
END
"""

EVENTS = "accounts_own_events(sign_in_name text, since timestamptz) RETURNS SETOF audit_event"


def events(others: str, own: str) -> str:
    """Migration 0010: what others did to the person, and what was done in their own name."""
    return f"""
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
                               'MEMBERSHIP_CONFIRMED', 'STAND_IN_GIVEN', 'STAND_IN_ENDED', {others})
              ORDER BY e.at DESC, e.seq DESC LIMIT 70)
            UNION ALL
            (SELECT e.* FROM audit_event e
              WHERE e.actor = me AND e.at > since
                AND e.kind IN ('PASSWORD_CHANGED', 'SLIP_USED', 'SHEET_CODE_USED', 'FACTOR_ADDED', 'FACTOR_REMOVED',
                               'SESSION_ENDED', 'SESSIONS_ENDED', 'CONDUCT_ACCEPTED'{own})
              ORDER BY e.at DESC, e.seq DESC LIMIT 70)
            UNION ALL
            (SELECT e.* FROM audit_event e
              WHERE e.actor = me AND e.at > since AND e.kind = 'SIGN_IN'
              ORDER BY e.at DESC, e.seq DESC LIMIT 70)
        ) news ORDER BY news.at DESC, news.seq DESC;
END
"""


def past_the_wall(statement: str) -> list[str]:
    """The owner sees no row under its own policies; nobody else is there while this runs."""
    return [
        "ALTER TABLE accounts_token NO FORCE ROW LEVEL SECURITY",
        "SELECT begin_actor('system:migration')",
        statement,
        "SELECT begin_actor('')",
        "ALTER TABLE accounts_token FORCE ROW LEVEL SECURITY",
        "SET CONSTRAINTS ALL IMMEDIATE",
        "SET CONSTRAINTS ALL DEFERRED",
    ]


class Migration(migrations.Migration):
    dependencies = [("accounts", "0011_keys_of_drafts")]

    operations = [
        migrations.AlterField("Token", "digest", models.BinaryField(null=True, unique=True)),
        migrations.AddField("Token", "accepted_at", ACCEPTED_AT),
        migrations.AddField("HistoricalToken", "accepted_at", ACCEPTED_AT.clone()),
        WidenHistory("Token", added=["accepted_at"], layout=2),
        # An administrator has seen the text of every token from before. On the way back, what has no text is over.
        Sql(
            past_the_wall(
                "UPDATE accounts_token SET revoked_at = now(), revoked_by_id = issued_by_id WHERE revoked_at IS NULL"
            ),
            past_the_wall(
                "UPDATE accounts_token SET digest = sha256(convert_to(id::text, 'UTF8')), "
                "revoked_at = coalesce(revoked_at, now()), revoked_by_id = coalesce(revoked_by_id, issued_by_id) "
                "WHERE digest IS NULL"
            ),
        ),
        migrations.AddConstraint(
            "Token",
            models.CheckConstraint(
                condition=models.Q(accepted_at=None) | models.Q(digest__isnull=False),
                name="token_accepted_with_its_text",
                violation_error_message="A token that is accepted has a text.",
            ),
        ),
        Definer("accounts_token_guard() RETURNS trigger", GUARD, call=False),
        Definer("accounts_tokens_end() RETURNS trigger", CLOSED, call=False),
        Policies("Token", name="closing", rules="SELECT UPDATE"),
        Sql(
            [
                "CREATE TRIGGER a_offered BEFORE INSERT OR UPDATE ON accounts_token "
                "FOR EACH ROW EXECUTE FUNCTION accounts_token_guard()",
                "CREATE TRIGGER b_closed AFTER UPDATE OF is_active ON accounts_user FOR EACH ROW "
                "WHEN (OLD.is_active AND NOT NEW.is_active) EXECUTE FUNCTION accounts_tokens_end()",
                f"ALTER POLICY rows_select ON accounts_token USING ({BEFORE} OR {OWN})",
                f"ALTER POLICY rows_insert ON accounts_token WITH CHECK ({OFFERS})",
                f"ALTER POLICY rows_update ON accounts_token USING ({BEFORE} OR {OWN}) WITH CHECK ({BEFORE} OR {OWN})",
            ],
            [
                "DROP TRIGGER a_offered ON accounts_token",
                "DROP TRIGGER b_closed ON accounts_user",
                f"ALTER POLICY rows_select ON accounts_token USING ({BEFORE})",
                f"ALTER POLICY rows_insert ON accounts_token WITH CHECK ({ADMINISTRATOR})",
                f"ALTER POLICY rows_update ON accounts_token USING ({BEFORE}) WITH CHECK ({BEFORE})",
            ],
        ),
        Definer(
            EVENTS,
            events("'TOKEN_OFFERED', 'TOKEN_REVOKED'", ", 'TOKEN_ISSUED', 'TOKEN_DECLINED'"),
            owner="karpea_audit",
            before=events("'TOKEN_ISSUED', 'TOKEN_REVOKED'", ""),
        ),
    ]
