"""Somebody is always left who reviews an exclusion; emergency openings end, one at a time."""

from importlib import import_module

from django.db import migrations

from accounts.sections import Section
from audit.operations import Definer, Policies, Sql, setting_list
from cases.rules import ME, in_scope, not_barred

to_desk = import_module("cases.migrations.0006_exclusions")
glass = import_module("cases.migrations.0007_named_later_and_opened_in_emergencies")


ALL_OF_IT = (Section.WORK, Section.REFERRALS)


def of_all(condition: str, case_id: str) -> str:
    """The same for whoever works on all of a file: with its referrals, which no emergency opens."""
    return condition.replace(in_scope(case_id, Section.WORK), in_scope(case_id, *ALL_OF_IT))


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

# Whom a file is hidden from is told to those who may hide it, its maker and its reviewer; not to whoever works on it by a
# referral, a share or an emergency. The same in Python: cases/exclusions/access.py.
ROW = "cases_exclusion"
BEFORE_SEES, BEFORE_REVIEWS = to_desk.sees(ROW), to_desk.reviews(ROW)
BEFORE_DUE, DUE = to_desk.DUE, of_all(to_desk.DUE, "e.case_id")
SEES, REVIEWS = of_all(BEFORE_SEES, f"{ROW}.case_id"), of_all(BEFORE_REVIEWS, f"{ROW}.case_id")
WAS = "cases_historicalexclusion"

# As a new exclusion comes to the national desk where the office has nobody for it (migration 0006), so do those that
# wait when that comes about later. The sweep of the reminders asks; what came is told at its next turn, to whom it is for.
LOOK_AGAIN = (
    """
DECLARE today date := (now() AT TIME ZONE 'Asia/Phnom_Penh')::date;
BEGIN
    IF current_setting('app.actor', true) IS DISTINCT FROM 'system:reminder' THEN RETURN; END IF;
    WITH came AS (
"""
    + to_desk.TO_DESK[
        to_desk.TO_DESK.index("    UPDATE") : to_desk.TO_DESK.index(";\n    RETURN NULL")
    ].replace("e.case_id = NEW.case_id AND ", "")
    + """
     RETURNING e.id
    )
    UPDATE desk_due d SET next_at = now() FROM came
     WHERE d.kind = 'EXCLUDED' AND d.thing_id = came.id AND d.done_at IS NULL;
END
"""
)

# While a file is open to somebody in an emergency, they cannot open it again: it would never end. Asked of the grant, so
# that a new danger is never stopped by a row whose sight has ended otherwise; by the clock, so that what was ended in
# this very transaction is over.
ONE_AT_A_TIME = """
    PERFORM pg_advisory_xact_lock(hashtextextended('emergency of ' || me || ' on ' || one.id, 0));
    IF EXISTS (
        SELECT 1 FROM cases_casepersongrant g WHERE g.content_object_id = one.id AND g.user_id = me
           AND g.because LIKE 'break-glass:%' AND g.valid_until > clock_timestamp()
    ) THEN
        RAISE EXCEPTION 'this file is open in an emergency already' USING ERRCODE = 'insufficient_privilege';
    END IF;
"""
FOUND = "    IF NOT FOUND THEN RETURN NULL; END IF;\n"
BREAK_GLASS = glass.BREAK_GLASS.replace(FOUND, FOUND + ONE_AT_A_TIME.removeprefix("\n"))

# The row and the sight that followed from it, together. By whoever opened the file, or by somebody who reviews it: the
# head of the office that owns it, the ministry, the national desk. False where it was over.
END_EMERGENCY = f"""
DECLARE b record; me uuid := {glass.CALLER}::uuid; reviews boolean;
BEGIN
    SELECT g.id, g.case_id, g.person_id, g.ended_at, g.until INTO b FROM cases_breakglass g WHERE g.id = use FOR UPDATE;
    reviews := COALESCE({glass.ROLES} && '{{MINISTRY_REVIEWER,NATIONAL_DESK}}'::text[], false) OR EXISTS (
        SELECT 1 FROM cases_case c WHERE c.id = b.case_id
           AND c.agency_id = ANY(NULLIF(current_setting('app.manages', true), '')::uuid[]));
    IF b.id IS NULL OR me IS NULL OR NOT (b.person_id = me OR (reviews AND EXISTS (
        SELECT 1 FROM cases_casescope s WHERE s.case_id = b.case_id AND s.principal = ANY({glass.PRINCIPALS})
           AND s.sections & 128 <> 0 AND (s.until IS NULL OR s.until > now())
           AND b.case_id <> ALL({glass.BARRED})))) THEN
        RAISE EXCEPTION 'not an emergency opening of the actor' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF b.ended_at IS NOT NULL OR b.until <= now() THEN RETURN false; END IF;
    UPDATE cases_breakglass SET ended_at = GREATEST(now(), opened_at) WHERE id = use;
    UPDATE cases_casepersongrant SET valid_until = {glass.NOW}
     WHERE content_object_id = b.case_id AND because = 'break-glass:' || use
       AND (valid_until IS NULL OR valid_until > now());
    RETURN true;
END
"""

WRONG_ENDS = """
BEGIN
    PERFORM cases_end_emergency(NEW.id);
    RETURN NULL;
END
"""

# Of the opening by somebody of theirs, and of nothing else, the head of an office is told: not by the file, which they
# may not see. Made by who opened it.
OPENED = f"desk_due.kind = 'OPENED' AND {not_barred('desk_due.case_id')}"
OF_MY_OFFICE = f"{OPENED} AND desk_due.agency_id = ANY({setting_list('manages', 'uuid')}) AND desk_due.worker_id::text <> {ME}"
OF_MY_OPENING = (
    f"{OPENED} AND desk_due.worker_id::text = {ME} AND EXISTS (SELECT 1 FROM cases_breakglass b "
    "WHERE b.id = desk_due.thing_id AND b.case_id = desk_due.case_id AND b.agency_id = desk_due.agency_id "
    f"AND b.person_id::text = {ME} OFFSET 0)"
)


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0011_what_the_ministry_and_the_decision_set"),
        ("accounts", "0008_standing_in"),
        ("desk", "0008_heads_are_told_of_emergencies"),
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
        Sql(
            [
                f"ALTER POLICY rows_select ON {ROW} USING ({SEES})",
                f"ALTER POLICY rows_update ON {ROW} USING ({REVIEWS}) WITH CHECK ({REVIEWS})",
                f"ALTER POLICY rows_select ON {WAS} USING ({in_scope(f'{WAS}.case_id', *ALL_OF_IT)})",
                f"ALTER POLICY exclusions_select ON desk_due USING ({DUE})",
                f"ALTER POLICY exclusions_update ON desk_due USING ({DUE}) WITH CHECK ({DUE})",
            ],
            [
                f"ALTER POLICY rows_select ON {ROW} USING ({BEFORE_SEES})",
                f"ALTER POLICY rows_update ON {ROW} USING ({BEFORE_REVIEWS}) WITH CHECK ({BEFORE_REVIEWS})",
                f"ALTER POLICY rows_select ON {WAS} USING ({in_scope(f'{WAS}.case_id', Section.WORK)})",
                f"ALTER POLICY exclusions_select ON desk_due USING ({BEFORE_DUE})",
                f"ALTER POLICY exclusions_update ON desk_due USING ({BEFORE_DUE}) WITH CHECK ({BEFORE_DUE})",
            ],
        ),
        Definer("cases_exclusions_look_again() RETURNS void", LOOK_AGAIN),
        Policies("table:cases_breakglass", name="ended", rules="UPDATE"),
        Definer(
            "cases_break_glass(use uuid, asked text, reason text, hours int, post uuid) RETURNS uuid",
            BREAK_GLASS,
            before=glass.BREAK_GLASS,
        ),
        Definer("cases_end_emergency(use uuid) RETURNS boolean", END_EMERGENCY),
        Definer("cases_wrong_emergency_ends() RETURNS trigger", WRONG_ENDS, call=False),
        Sql(
            [
                "REVOKE UPDATE (ended_at) ON cases_breakglass FROM karpea_web, karpea_worker",
                # After the history of the review itself.
                "CREATE TRIGGER zz_wrong_ends AFTER UPDATE OF outcome ON cases_breakglass FOR EACH ROW "
                "WHEN (NEW.outcome = 'WRONG' AND OLD.outcome <> 'WRONG') "
                "EXECUTE FUNCTION cases_wrong_emergency_ends()",
            ],
            [
                "GRANT UPDATE (ended_at) ON cases_breakglass TO karpea_web, karpea_worker",
                "DROP TRIGGER zz_wrong_ends ON cases_breakglass",
            ],
        ),
        Policies(
            "table:desk_due", name="opened", select=OF_MY_OFFICE, insert=OF_MY_OPENING, update=OF_MY_OFFICE
        ),
    ]
