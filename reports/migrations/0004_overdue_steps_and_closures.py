"""What the monthly table counts since its second definitions: steps overdue, and closed files by coded reason.

A step is late by the deadline that it was given when it began; that end never moves (desk 0004). Whether somebody had
confirmed the deadline is read from its history, so that a month that is over says the same for ever.
"""

from importlib import import_module

from django.db import migrations

from audit.operations import Definer, Policies
from cases.states import ENDED

BEFORE = import_module("reports.migrations.0002_walls_and_history").ROWS
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
               c.channel::text AS channel, c.closure::text AS closure, c.province_id = in_province AND NOT c.named_only AS here,
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
        SELECT s.from_agency, 'CLOSED', COALESCE(NULLIF(s.closure, ''), 'NOT_CODED'), s.file
          FROM step s WHERE s.at >= since AND s.was_inside AND s.status = 'CLOSED'
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
    ), late AS (
        SELECT d.thing_id AS file, d.step::text AS step, d.due_at, d.done_at IS NULL OR d.done_at >= until AS at_end,
               CASE WHEN COALESCE((
                   SELECT p.confirmed FROM desk_historicaldeadlinepolicy p
                    WHERE p.id = d.policy_id AND p.history_date < until
                    ORDER BY p.history_date DESC, p.history_id DESC LIMIT 1), false) THEN '' ELSE 'UNSURE' END AS unsure
          FROM desk_due d
         WHERE d.kind = 'CASE' AND d.due_at < until AND (d.done_at IS NULL OR d.done_at > d.due_at)
           AND (d.due_at >= reports_rows.since OR d.done_at IS NULL OR d.done_at >= until)
           AND d.thing_id IN (SELECT k.file FROM known k)
    ), missed AS (
        SELECT s.agency, 'LATE_END' AS what, s.file, l.step || '>' || l.unsure || '>' || (
                   (until AT TIME ZONE 'Asia/Phnom_Penh')::date - (l.due_at AT TIME ZONE 'Asia/Phnom_Penh')::date) AS code
          FROM late l JOIN step s ON s.file = l.file AND s.inside AND s.next_at IS NULL WHERE l.at_end
        UNION ALL
        SELECT s.agency, 'LATE_NEW', s.file, l.step || '>' || l.unsure || '>0'
          FROM late l JOIN step s ON s.file = l.file AND s.inside AND s.at <= l.due_at
                                 AND (s.next_at IS NULL OR s.next_at > l.due_at)
         WHERE l.due_at >= since
    )
    SELECT h.agency, h.what, h.code, h.file FROM heading h
    UNION ALL SELECT m.agency, m.what, m.code, m.file FROM missed m
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


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0003_what_is_due_of_tables"),
        ("cases", "0005_reason_of_closure"),
        ("desk", "0004_what_was_due_stays"),
    ]

    operations = [
        Policies("table:desk_historicaldeadlinepolicy", name="figures", rules="SELECT"),
        Definer(
            "reports_rows(in_province int, since timestamptz, until timestamptz) "
            "RETURNS TABLE(r_agency uuid, r_what text, r_code text, r_case uuid)",
            ROWS,
            before=BEFORE,
        ),
    ]
