"""The second wall of reports: who sees which table, a signed table is frozen, and the two functions that count.

`reports_rows` and `reports_counts` read files that whoever asks may not see one by one. Each asks first who acts,
gives no name and no number of a file, and leaves out every file for named people only.
"""

from django.db import migrations

from audit.operations import ACTOR, Definer, KeepHistory, Policies, Sql, setting_list
from cases.rules import AGENCIES, PROVINCES
from cases.states import ENDED

ROLES = setting_list("roles", "text")
OF_DEPARTMENT = f"{ROLES} && '{{PROVINCIAL_OFFICER,PROVINCIAL_HEAD}}'::text[]"
REVIEWS = f"'MINISTRY_REVIEWER' = ANY({ROLES})"
MAKER = f"{ACTOR} = 'system:report'"
SOMEBODY = f"{ACTOR} IS NOT NULL"
ADMINISTRATOR = f"'ADMINISTRATOR' = ANY({ROLES})"
KEEPERS = f"{ROLES} && '{{AUDITOR,ADMINISTRATOR}}'::text[]"
KEY = "accounts_subjectkey.kind = 'REPORT' AND EXISTS (SELECT 1 FROM reports_monthlytable t WHERE t.id = accounts_subjectkey.subject{} OFFSET 0)"


def own(table: str) -> str:
    return f"({table}.agency_id = ANY({AGENCIES}) AND {OF_DEPARTMENT})"


def sees(table: str) -> str:
    return (
        f"{own(table)} OR ({table}.status IN ('SIGNED', 'REPLACED') AND {table}.province_id = ANY({PROVINCES}) "
        f"AND {REVIEWS})"
    )


# What is signed stays. The one thing that still happens to it: a later edition takes its place.
FROZEN = """
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.status <> 'DRAFT' THEN
            RAISE EXCEPTION 'a monthly table begins as a draft' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' THEN
        IF OLD.status IN ('SIGNED', 'REPLACED') THEN
            RAISE EXCEPTION 'a signed monthly table is never deleted' USING ERRCODE = 'check_violation';
        END IF;
        RETURN OLD;
    END IF;
    IF OLD.status = 'REPLACED' OR (OLD.status = 'SIGNED' AND (
        NEW.status <> 'REPLACED'
        OR to_jsonb(OLD) - '{status,version}'::text[] <> to_jsonb(NEW) - '{status,version}'::text[])) THEN
        RAISE EXCEPTION 'a signed monthly table does not change' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
"""

# Every heading under which a file of the province stands between two moments, worked out from the history of files.
# A file is inside while it is open, in the province and not for named people only; `agency` is who owns it.
ROWS = f"""
BEGIN
    IF COALESCE(current_setting('app.actor', true), '') <> 'system:report' AND NOT (
        in_province = ANY(COALESCE(NULLIF(current_setting('app.provinces', true), ''), '{{}}')::int[])
        AND COALESCE(NULLIF(current_setting('app.roles', true), ''), '{{}}')::text[]
            && '{{PROVINCIAL_OFFICER,PROVINCIAL_HEAD,MINISTRY_REVIEWER}}'::text[]) THEN
        RAISE EXCEPTION 'these figures are not theirs' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN QUERY
    WITH known AS (
        SELECT c.id AS file, c.history_id AS nth, c.history_date AS at, c.agency_id AS agency, c.status::text AS status,
               c.channel::text AS channel, c.province_id = in_province AND NOT c.named_only AS here,
               c.status <> ALL ('{{{",".join(sorted(ENDED))}}}') AS is_open
          FROM cases_historicalcase c
         WHERE c.history_date < until AND c.id IN (
             SELECT h.id FROM cases_historicalcase h WHERE h.province_id = in_province AND h.history_date < until)
    ), step AS (
        SELECT k.*, k.here AND k.is_open AS inside, lag(k.agency) OVER w AS from_agency, lag(k.status) OVER w AS from_status,
               COALESCE(lag(k.here AND k.is_open) OVER w, false) AS was_inside, lag(k.is_open) OVER w AS was_open,
               lead(k.at) OVER w AS next_at
          FROM known k WINDOW w AS (PARTITION BY k.file ORDER BY k.at, k.nth)
    ), heading AS (
        SELECT s.agency, 'OPEN_START' AS what, '' AS code, s.file FROM step s
         WHERE s.inside AND s.at < since AND (s.next_at IS NULL OR s.next_at >= since)
        UNION ALL
        SELECT s.agency, CASE WHEN s.was_open IS NULL THEN 'OPENED' WHEN s.was_open THEN 'TRANSFERRED_IN' ELSE 'REOPENED' END,
               CASE WHEN s.was_open IS NULL THEN s.channel ELSE '' END, s.file
          FROM step s WHERE s.at >= since AND s.inside AND NOT (s.was_inside AND s.from_agency = s.agency)
        UNION ALL
        SELECT s.from_agency, CASE WHEN s.is_open THEN 'TRANSFERRED_OUT' ELSE 'ENDED' END,
               CASE WHEN s.is_open THEN '' ELSE s.status END, s.file
          FROM step s WHERE s.at >= since AND s.was_inside AND NOT (s.inside AND s.from_agency = s.agency)
        UNION ALL
        SELECT s.agency, 'OPEN_END', '', s.file FROM step s WHERE s.inside AND s.next_at IS NULL
        UNION ALL
        SELECT s.agency, 'MOVED', s.from_status || '>' || s.status, s.file
          FROM step s WHERE s.at >= since AND s.here AND s.from_status <> s.status
    ), person AS (
        SELECT h.agency, CASE h.what WHEN 'OPENED' THEN 'PERSONS_IN' ELSE 'PERSONS_END' END AS what,
               COALESCE(CASE WHEN v.is_child = 'NO' AND v.sex = 'FEMALE' THEN 'WOMAN'
                             WHEN v.is_child = 'NO' AND v.sex = 'MALE' THEN 'MAN'
                             WHEN v.is_child = 'YES' AND v.sex = 'FEMALE' THEN 'GIRL'
                             WHEN v.is_child = 'YES' AND v.sex = 'MALE' THEN 'BOY' END, 'UNKNOWN') AS code, h.file
          FROM heading h LEFT JOIN LATERAL (
              SELECT p.is_child, p.sex FROM cases_historicalvictim p
               WHERE p.case_id = h.file AND p.history_date < until
               ORDER BY p.history_date DESC, p.history_id DESC LIMIT 1) v ON true
         WHERE h.what IN ('OPENED', 'OPEN_END')
    ), asked AS (
        SELECT r.from_agency_id AS agency, s.verb::text AS verb, s.recorded_at AS at, r.case_id AS file
          FROM referrals_referralstep s JOIN referrals_referral r ON r.id = s.referral_id
         WHERE r.province_id = in_province AND s.recorded_at < until AND NOT EXISTS (
             SELECT 1 FROM cases_historicalcase n
              WHERE n.id = r.case_id AND n.named_only AND n.history_date <= s.recorded_at)
    )
    SELECT h.agency, h.what, h.code, h.file FROM heading h
    UNION ALL SELECT p.agency, p.what, p.code, p.file FROM person p
    UNION ALL SELECT a.agency, 'REFERRAL', a.verb, a.file FROM asked a
     WHERE a.at >= since AND a.verb IN ('APPROVE', 'ACCEPT', 'DECLINE', 'WITHDRAW')
    UNION ALL SELECT r.from_agency_id, 'OVERDUE', '', d.case_id
      FROM desk_due d JOIN referrals_referral r ON r.id = d.thing_id
     WHERE d.kind = 'REFERRAL' AND r.province_id = in_province AND d.due_at < until
       AND (d.done_at IS NULL OR d.done_at >= until)
       AND NOT EXISTS (SELECT 1 FROM cases_historicalcase n
                        WHERE n.id = d.case_id AND n.named_only AND n.history_date < until);
END
"""

# How many files were made, by province, month and leading form. Whoever sees files is told of their provinces alone.
COUNTS = """
DECLARE
    held text[] := COALESCE(NULLIF(current_setting('app.roles', true), ''), '{}')::text[];
    mine int[] := COALESCE(NULLIF(current_setting('app.provinces', true), ''), '{}')::int[];
BEGIN
    IF NOT held && '{PROVINCIAL_HEAD,MINISTRY_REVIEWER,COMMITTEE_MEMBER,ANALYST}'::text[] THEN
        RAISE EXCEPTION 'these counts are not theirs' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN QUERY
    SELECT c.province_id::int, date_trunc('month', c.created_at AT TIME ZONE 'Asia/Phnom_Penh')::date, c.form::text, count(*)
      FROM cases_case c
     WHERE c.created_at >= since AND c.created_at < until AND NOT c.named_only AND c.status NOT IN ('VOID', 'DUPLICATE')
       AND ('ANALYST' = ANY(held) OR c.province_id = ANY(mine))
     GROUP BY 1, 2, 3;
END
"""


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0001_monthly_tables"),
        ("referrals", "0002_walls_and_history"),
        ("cases", "0002_walls_and_history"),
        ("accounts", "0002_walls_and_history"),
        ("desk", "0003_due_rows_and_notices"),
    ]

    operations = [
        Policies(
            "MonthlyTable",
            select=f"{sees('reports_monthlytable')} OR {MAKER}",
            insert=f"{own('reports_monthlytable')} OR {MAKER}",
            update=own("reports_monthlytable"),
        ),
        Policies("ReleaseLevel", select=SOMEBODY, insert=ADMINISTRATOR, update=ADMINISTRATOR),
        Sql(
            [
                "REVOKE DELETE ON reports_monthlytable, reports_releaselevel FROM karpea_web, karpea_worker",
                # Counted once: what was counted is corrected by a new edition, never by hand.
                "REVOKE UPDATE ON reports_monthlytable FROM karpea_web, karpea_worker",
                "GRANT UPDATE (status, version, closed_before, remarks_sealed, explanation_sealed, reason_sealed, fingerprint, "
                "prepared_by_id, prepared_at, signed_by_id, signed_at) ON reports_monthlytable TO karpea_web, karpea_worker",
            ]
        ),
        Definer("reports_frozen() RETURNS trigger", FROZEN, call=False),
        Sql(
            [
                "CREATE TRIGGER a_frozen BEFORE INSERT OR UPDATE OR DELETE ON reports_monthlytable "
                "FOR EACH ROW EXECUTE FUNCTION reports_frozen()"
            ],
            ["DROP TRIGGER a_frozen ON reports_monthlytable"],
        ),
        *(
            Policies(f"table:{table}", name="figures", rules="SELECT")
            for table in ("cases_historicalcase", "cases_historicalvictim", "referrals_referralstep")
        ),
        Definer(
            "reports_rows(in_province int, since timestamptz, until timestamptz) "
            "RETURNS TABLE(r_agency uuid, r_what text, r_code text, r_case uuid)",
            ROWS,
        ),
        Definer(
            "reports_counts(since timestamptz, until timestamptz) RETURNS TABLE(r_province int, r_month date, "
            "r_form text, r_files bigint)",
            COUNTS,
        ),
        Policies(
            "table:accounts_subjectkey",
            name="reports",
            select=KEY.format(""),
            insert=KEY.format(f" AND {own('t')}"),
        ),
        KeepHistory("MonthlyTable", read=sees("reports_historicalmonthlytable")),
        KeepHistory("ReleaseLevel", read=KEEPERS),
    ]
