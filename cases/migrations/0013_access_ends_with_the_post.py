"""Access that was given to a person ends with the post that they held when it was given, and does not come back."""

from django.db import migrations, models

from audit.operations import Definer, Policies, Sql

TODAY = "(now() AT TIME ZONE 'Asia/Phnom_Penh')::date"
# Roles that move files (cases/worker/access.py: TAKERS), and those that read none (accounts/roles.py: no READ_FILE).
TAKERS = "('PROVINCIAL_OFFICER', 'PROVINCIAL_HEAD', 'POLICE_OFFICER', 'NGO_WORKER', 'NATIONAL_DESK')"
BLIND = "('ANALYST', 'AUDITOR', 'ADMINISTRATOR')"
# A role that was given by mistake ended before it began: it never was.
WAS = "(m.ends_on IS NULL OR m.ends_on >= m.starts_on)"
# By the days of a post alone: an account, or an agency, that is closed and opened again has lost nothing.
HELD = f"m.starts_on <= {TODAY} AND (m.ends_on IS NULL OR m.ends_on >= {TODAY})"


def live(person: str, condition: str) -> str:
    return f"EXISTS (SELECT 1 FROM accounts_membership m WHERE m.person_id = {person} AND {HELD} AND {condition})"


# When a row was written: of what is older than its history, or was loaded beside it, nothing is known.
POST_SINCE = "(SELECT min(h.history_date) FROM accounts_historicalmembership h WHERE h.id = m.id)"
GRANT_SINCE = "(SELECT min(h.history_date) FROM cases_historicalcasepersongrant h WHERE h.id = given)"

# Whether one of the agencies for which somebody read files when a grant was given is one for which they have done so every
# day since: one role there may follow another, without a day between them. A post that was written down only later, with
# an earlier first day, was not held then; one that ended at once on the day of the grant was.
GOES_ON = f"""
BEGIN
    RETURN EXISTS (
        SELECT 1 FROM accounts_membership m
         WHERE m.person_id = whose AND {WAS} AND m.role NOT IN {BLIND}
         GROUP BY m.agency_id
        HAVING range_agg(daterange(m.starts_on, m.ends_on, '[]')) @> daterange(since, GREATEST(since, {TODAY}), '[]')
           AND bool_or(m.starts_on <= since AND (m.ends_on IS NULL OR m.ends_on >= since - 1)
                       AND COALESCE({POST_SINCE} <= {GRANT_SINCE}, true)));
END
"""

# Whoever works on a file for named people only does so for its office, or for the desk, or by name.
WORKS_ON = f"""
    {live("c.worker_id", f"m.agency_id = c.agency_id AND m.role IN {TAKERS}")}
    OR {live("c.worker_id", "m.role = 'NATIONAL_DESK'")}
    OR EXISTS (SELECT 1 FROM cases_casepersongrant g WHERE g.content_object_id = c.id AND g.user_id = c.worker_id
                  AND g.because NOT LIKE 'break-glass:%' AND g.sections & 384 = 384
                  AND (g.valid_until IS NULL OR g.valid_until > now()))
"""
# The longest at the national desk who is not kept away from the file (cases/worker/access.py: desk).
OF_DESK = f"""
    SELECT m.person_id FROM accounts_membership m
      JOIN accounts_agency a ON a.id = m.agency_id JOIN accounts_user u ON u.id = m.person_id
     WHERE m.role = 'NATIONAL_DESK' AND {HELD} AND u.is_active AND a.is_active AND m.person_id <> one.worker
       AND one.file <> ALL (actor_barred(m.person_id, ARRAY(
            SELECT h.agency_id FROM accounts_membership h WHERE h.person_id = m.person_id
               AND h.starts_on <= {TODAY} AND (h.ends_on IS NULL OR h.ends_on >= {TODAY}))))
     ORDER BY m.starts_on, m.id LIMIT 1
"""

# Of one person, or of everybody. Ended for good: nothing gives back what has ended here. It writes its events itself,
# because a trigger calls it, whatever wrote the row. How much was ended or handed on.
END_WHAT_WAS_LEFT = f"""
DECLARE one record; heir uuid; told int := 0;
BEGIN
    FOR one IN
        SELECT g.id, g.content_object_id AS file, g.because, g.user_id AS whose FROM cases_casepersongrant g
         WHERE (whom IS NULL OR g.user_id = whom) AND (g.valid_until IS NULL OR g.valid_until > now())
           AND NOT cases_goes_on(g.id, g.user_id, (g.valid_from AT TIME ZONE 'Asia/Phnom_Penh')::date)
         ORDER BY g.content_object_id, g.id FOR UPDATE OF g
    LOOP
        -- Never before it began: a grant of this very transaction carries the clock, not the transaction's time.
        UPDATE cases_casepersongrant SET valid_until = GREATEST(now(), valid_from) WHERE id = one.id;
        UPDATE cases_breakglass b SET ended_at = now()
         WHERE one.because = 'break-glass:' || b.id AND b.ended_at IS NULL AND b.until > now();
        PERFORM audit_record(gen_random_uuid(), 'ACCESS_REVOKED', 'OK', 'case', c.id::text, c.number::text, c.id,
            c.province_id::smallint, '{{}}', jsonb_build_object('because', one.because, 'grants', 1,
                'to', 'person:' || one.whose, 'why', 'POST_ENDED'), NULL::date, 'DAY', '', '')
           FROM cases_case c WHERE c.id = one.file;
        told := told + 1;
    END LOOP;
    FOR one IN
        SELECT c.id AS file, c.number::text AS label, c.province_id AS place, c.worker_id AS worker FROM cases_case c
         WHERE c.named_only AND (whom IS NULL OR c.worker_id = whom) AND NOT ({WORKS_ON})
         ORDER BY c.id FOR UPDATE OF c
    LOOP
        heir := ({OF_DESK});
        CONTINUE WHEN heir IS NULL;
        UPDATE desk_due d SET worker_id = heir
         WHERE d.case_id = one.file AND d.done_at IS NULL AND d.kind IN ('CASE', 'REFERRAL') AND d.worker_id = one.worker;
        UPDATE cases_case c SET worker_id = heir, version = c.version + 1, updated_at = now() WHERE c.id = one.file;
        PERFORM audit_record(gen_random_uuid(), 'FILE_HANDED_OVER', 'OK', 'case', one.file::text, one.label, one.file,
            one.place::smallint, '{{worker}}', jsonb_build_object('from', one.worker, 'to', heir, 'why', 'POST_ENDED'),
            NULL::date, 'DAY', '', '');
        told := told + 1;
    END LOOP;
    FOR one IN
        SELECT r.id, r.user_id AS whose, r.content_object_id AS place FROM accounts_provincepersonright r
         WHERE (whom IS NULL OR r.user_id = whom) AND (r.valid_until IS NULL OR r.valid_until > now())
           AND NOT cases_goes_on(NULL, r.user_id, (r.valid_from AT TIME ZONE 'Asia/Phnom_Penh')::date)
         ORDER BY r.id FOR UPDATE OF r
    LOOP
        UPDATE accounts_provincepersonright SET valid_until = GREATEST(now(), valid_from) WHERE id = one.id;
        PERFORM audit_record(gen_random_uuid(), 'RIGHT_ENDED', 'OK', 'person', u.id::text, u.sign_in_name::text, NULL,
            one.place::smallint, '{{valid_until}}', jsonb_build_object('right', one.id, 'why', 'POST_ENDED'),
            NULL::date, 'DAY', '', '')
           FROM accounts_user u WHERE u.id = one.whose;
        told := told + 1;
    END LOOP;
    RETURN told;
END
"""

# A post that begins gives nothing back, by whatever hand it was written; one that ends takes at once.
OF_POST = """
BEGIN
    PERFORM cases_end_what_was_left(NEW.person_id);
    RETURN NULL;
END
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0011_keys_of_drafts"),
        ("cases", "0012_exclusions_and_emergencies_under_more_eyes"),
    ]

    operations = [
        migrations.AddIndex(
            "Case",
            models.Index(fields=["worker"], name="named_only_of_worker", condition=models.Q(named_only=True)),
        ),
        Policies("table:accounts_provincepersonright", name="left", rules="UPDATE"),
        Policies("table:accounts_historicalmembership", name="left", rules="SELECT"),
        Policies("table:cases_historicalcasepersongrant", name="left", rules="SELECT"),
        Definer("cases_goes_on(given uuid, whose uuid, since date) RETURNS boolean", GOES_ON),
        Definer("cases_end_what_was_left(whom uuid) RETURNS int", END_WHAT_WAS_LEFT),
        Definer("cases_of_post() RETURNS trigger", OF_POST, call=False),
        Sql(
            [
                "CREATE TRIGGER b_left AFTER INSERT OR UPDATE OF person_id, agency_id, role, starts_on, ends_on "
                "ON accounts_membership FOR EACH ROW EXECUTE FUNCTION cases_of_post()",
            ],
            ["DROP TRIGGER b_left ON accounts_membership"],
        ),
    ]
