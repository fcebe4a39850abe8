"""Who works on a file, and handing it over: the column, its history, and the one function that changes it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from audit.operations import Definer, Sql, WidenHistory

CALLER = "NULLIF(current_setting('app.actor', true), '')"
# Read in a definer function, once a call; a policy asks with a sub-select instead (cases/rules.py).
PRINCIPALS = "NULLIF(current_setting('app.principals', true), '')::text[]"
ROLES = "NULLIF(current_setting('app.roles', true), '')::text[]"
MANAGES = "NULLIF(current_setting('app.manages', true), '')::uuid[]"
AGENCIES = "NULLIF(current_setting('app.agencies', true), '')::uuid[]"
BARRED = "NULLIF(current_setting('app.barred', true), '')::uuid[]"
TODAY = "(now() AT TIME ZONE 'Asia/Phnom_Penh')::date"
# Roles that move files (cases/worker/access.py: TAKERS; a test holds the two equal).
TAKERS = "('PROVINCIAL_OFFICER', 'PROVINCIAL_HEAD', 'POLICE_OFFICER', 'NGO_WORKER', 'NATIONAL_DESK')"
HOLDS = (
    f"EXISTS (SELECT 1 FROM cases_casescope s WHERE s.case_id = c.id AND s.principal = ANY({PRINCIPALS}) "
    "AND s.sections & 384 = 384 AND (s.until IS NULL OR s.until > now()))"
)


def works(person: str, condition: str) -> str:
    """True where somebody whose account is open has a live role, at an active agency, that fits."""
    return (
        "EXISTS (SELECT 1 FROM accounts_membership m JOIN accounts_agency a ON a.id = m.agency_id "
        f"JOIN accounts_user u ON u.id = m.person_id WHERE {person} AND u.is_active AND a.is_active "
        f"AND m.starts_on <= {TODAY} AND (m.ends_on IS NULL OR m.ends_on >= {TODAY}) AND {condition})"
    )


HAS_HEAD = works("m.person_id <> c.worker_id", "m.agency_id = c.agency_id AND m.role = 'PROVINCIAL_HEAD'")
# Of which files: an ordinary one is handed over by its worker, its head, and whoever runs the place; in an office
# without a head by every colleague who owns it. To a colleague who moves files there.
OPEN_FILE = f"""
    NOT c.named_only
    AND (everywhere OR c.agency_id = ANY({MANAGES})
         OR ({HOLDS} AND c.agency_id = ANY({AGENCIES}) AND (c.worker_id = me OR NOT {HAS_HEAD})))
    AND {works("m.person_id = taker", f"m.agency_id = c.agency_id AND m.role IN {TAKERS}")}
"""
# One for named people only: by its worker or the national desk, to somebody named for it or to the desk. An
# administrator never, and never among many: that there is one must not be told.
NAMED_FILE = f"""
    c.named_only AND which IS NOT NULL AND {HOLDS} AND (c.worker_id = me OR 'NATIONAL_DESK' = ANY({ROLES}))
    AND ({works("m.person_id = taker", "m.role = 'NATIONAL_DESK'")}
         OR ({works("m.person_id = taker", f"m.role IN {TAKERS}")} AND EXISTS (
            SELECT 1 FROM cases_casepersongrant g WHERE g.content_object_id = c.id AND g.user_id = taker
               AND g.sections & 384 = 384 AND g.because NOT LIKE 'break-glass:%'
               AND (g.valid_until IS NULL OR g.valid_until > now()))))
"""

# `which` names the files; without it all open files of `whose` at the agency `place`. Gives back those that it handed
# over: the caller writes an event for each, and takes all of it back where one that was named is missing.
HAND_OVER = f"""
DECLARE
    me uuid := {CALLER}::uuid; chosen uuid[];
    everywhere boolean := 'ADMINISTRATOR' = ANY ({ROLES});
    kept_away uuid[] := actor_barred(taker, ARRAY(
        SELECT m.agency_id FROM accounts_membership m WHERE m.person_id = taker
           AND m.starts_on <= {TODAY} AND (m.ends_on IS NULL OR m.ends_on >= {TODAY})));
BEGIN
    IF which IS NULL THEN
        SELECT array_agg(c.id) INTO chosen FROM cases_case c
         WHERE c.worker_id = whose AND c.agency_id = place AND c.status <> ALL (ended);
    ELSE
        chosen := which;
    END IF;
    -- In one order, whoever else hands some of them over at this moment.
    PERFORM 1 FROM cases_case c WHERE c.id = ANY (chosen) ORDER BY c.id FOR UPDATE;
    RETURN QUERY
    WITH given AS MATERIALIZED (
        SELECT c.id AS file, c.worker_id AS former FROM cases_case c
         WHERE c.id = ANY (chosen) AND c.worker_id <> taker AND (whose IS NULL OR c.worker_id = whose)
           AND c.id <> ALL ({BARRED}) AND c.id <> ALL (kept_away)
           AND (({OPEN_FILE}) OR ({NAMED_FILE}))
    ), told AS (
        UPDATE desk_due d SET worker_id = taker FROM given
         WHERE d.case_id = given.file AND d.done_at IS NULL AND d.kind IN ('CASE', 'REFERRAL')
           AND d.worker_id = given.former
    )
    UPDATE cases_case c SET worker_id = taker, version = c.version + 1, updated_at = now() FROM given
     WHERE c.id = given.file
    RETURNING c.id, c.number::text, c.province_id::int, given.former;
END
"""

# Who holds open files and does not work there any more, and how many: for the pages of people. Without named-only files.
WITHOUT = f"""
DECLARE everywhere boolean := 'ADMINISTRATOR' = ANY ({ROLES});
BEGIN
    RETURN QUERY
    SELECT c.worker_id, c.agency_id, count(*) FROM cases_case c
     WHERE NOT c.named_only AND c.status <> ALL (ended) AND c.id <> ALL ({BARRED})
       AND (everywhere OR c.agency_id = ANY ({MANAGES}))
       AND NOT {works("m.person_id = c.worker_id", f"m.agency_id = c.agency_id AND m.role IN {TAKERS}")}
     GROUP BY c.worker_id, c.agency_id;
END
"""

# How many open files somebody works on at each agency, for whoever looks after their account and sees no file.
HELD = f"""
DECLARE everywhere boolean := 'ADMINISTRATOR' = ANY ({ROLES});
BEGIN
    RETURN QUERY
    SELECT c.agency_id, count(*) FROM cases_case c
     WHERE c.worker_id = person AND NOT c.named_only AND c.status <> ALL (ended) AND c.id <> ALL ({BARRED})
       AND (everywhere OR c.agency_id = ANY ({MANAGES}))
     GROUP BY c.agency_id;
END
"""

# Whether an agency may be closed: how many open files it owns, without named-only ones.
OPEN_AT = """
BEGIN
    IF 'ADMINISTRATOR' <> ALL (NULLIF(current_setting('app.roles', true), '')::text[]) THEN RETURN 0; END IF;
    RETURN (SELECT count(*) FROM cases_case c
             WHERE c.agency_id = place AND NOT c.named_only AND c.status <> ALL (ended));
END
"""

# Whoever makes a file works on it first; after that by the function above alone.
GUARD = """
BEGIN
    IF current_user IN ('karpea_web', 'karpea_worker') THEN
        IF TG_OP = 'INSERT' AND NEW.worker_id <> NEW.opened_by_id THEN
            RAISE EXCEPTION 'whoever makes a file works on it first' USING ERRCODE = 'insufficient_privilege';
        ELSIF TG_OP = 'UPDATE' AND NEW.worker_id IS DISTINCT FROM OLD.worker_id THEN
            RAISE EXCEPTION 'a file is handed over by cases_hand_over' USING ERRCODE = 'insufficient_privilege';
        END IF;
    END IF;
    RETURN NEW;
END
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0007_named_later_and_opened_in_emergencies"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            "Case",
            "worker",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            "HistoricalCase",
            "worker",
            models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="Case worker",
            ),
        ),
        WidenHistory("Case", added=["worker_id"], layout=3),
        Sql(
            [
                # The owner sees no row under its own policies; nobody else is there while this runs.
                "ALTER TABLE cases_case NO FORCE ROW LEVEL SECURITY",
                "SELECT begin_actor('system:migration')",  # whom the history of every file names for it
                "UPDATE cases_case SET worker_id = opened_by_id",
                "SELECT begin_actor('')",
                "ALTER TABLE cases_case FORCE ROW LEVEL SECURITY",
                "SET CONSTRAINTS ALL IMMEDIATE",
                "SET CONSTRAINTS ALL DEFERRED",
            ]
        ),
        migrations.AlterField(
            "Case",
            "worker",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="Case worker",
            ),
        ),
        migrations.AddIndex(
            "Case",
            models.Index(fields=["worker", "-created_at", "-id"], name="case_newest_of_worker"),
        ),
        Definer(
            "cases_hand_over(which uuid[], whose uuid, place uuid, taker uuid, ended text[]) "
            "RETURNS TABLE(file uuid, label text, in_province int, former uuid)",
            HAND_OVER,
        ),
        Definer(
            "cases_without_worker(ended text[]) RETURNS TABLE(person uuid, agency uuid, files bigint)",
            WITHOUT,
        ),
        Definer("cases_open_at(place uuid, ended text[]) RETURNS bigint", OPEN_AT),
        Definer("cases_held_by(person uuid, ended text[]) RETURNS TABLE(agency uuid, files bigint)", HELD),
        Sql(
            [
                f"CREATE FUNCTION cases_worker_is_guarded() RETURNS trigger LANGUAGE plpgsql AS $body${GUARD}$body$",
                "CREATE TRIGGER a_worker BEFORE INSERT OR UPDATE OF worker_id ON cases_case "
                "FOR EACH ROW EXECUTE FUNCTION cases_worker_is_guarded()",
                # The worker stands in the scope of a named-only file alone: no rebuild, and no lock, for any other.
                "CREATE TRIGGER b_scope_worker AFTER UPDATE OF worker_id ON cases_case "
                "FOR EACH ROW WHEN (NEW.named_only) EXECUTE FUNCTION cases_scope_of_case()",
            ],
            [
                "DROP TRIGGER b_scope_worker ON cases_case",
                "DROP TRIGGER a_worker ON cases_case",
                "DROP FUNCTION cases_worker_is_guarded()",
            ],
        ),
    ]
