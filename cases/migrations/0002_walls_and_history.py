"""The second wall of case files: policies, the scope kept by triggers, case numbers, history."""

from django.db import migrations

from accounts.sections import Section
from audit.operations import Definer, KeepHistory, Policies, Sql, setting_list
from cases.rules import AGENCIES, DECIDING, ME, PRINCIPALS, PROVINCES, child, in_scope, not_barred

# Every row of a file's scope follows from the file, the rules of sections and the grants; nothing else writes it.
DUE = """
DECLARE c record;
BEGIN
    SELECT * INTO c FROM cases_case WHERE id = which;
    IF NOT FOUND THEN RETURN; END IF;
    IF c.named_only THEN
        RETURN QUERY VALUES ('named-desk', c.created_at, 511, NULL::timestamptz);
        -- Of a file that became named-only later (migration 0007), its worker is one of those who can be left out.
        RETURN QUERY SELECT 'person:' || c.worker_id, c.created_at, 511, NULL::timestamptz
         WHERE NOT EXISTS (SELECT 1 FROM cases_namedstep n WHERE n.case_id = which AND n.act = 'MARKED');
    ELSE
        RETURN QUERY SELECT 'agency:' || c.agency_id, c.created_at, 511, NULL::timestamptz;
        RETURN QUERY SELECT 'province:' || c.province_id || ':' || r.viewer_kind, c.created_at, r.sections::int,
                            NULL::timestamptz
          FROM accounts_sectionrule r WHERE r.opened_by_kind = c.agency_kind AND r.sections > 0;
        RETURN QUERY SELECT 'agency:' || a.id, c.created_at, g.sections::int, g.valid_until
          FROM cases_caseagencygrant g JOIN accounts_agency a ON a.group_id = g.group_id
         WHERE g.content_object_id = which AND (g.valid_until IS NULL OR g.valid_until > now());
    END IF;
    -- A person named for this very file keeps their sight when it becomes named-only; an emergency opens no such file.
    RETURN QUERY SELECT 'person:' || g.user_id, c.created_at, g.sections::int, g.valid_until
      FROM cases_casepersongrant g
     WHERE g.content_object_id = which AND (g.valid_until IS NULL OR g.valid_until > now())
       AND NOT (c.named_only AND g.because LIKE 'break-glass:%');
END
"""

REBUILD = """
BEGIN
    -- One rebuild of a file at a time: two at once would each write the rows that they saw, an ended grant among them.
    PERFORM pg_advisory_xact_lock(hashtextextended('scope of ' || which, 0));
    DELETE FROM cases_casescope WHERE case_id = which;
    INSERT INTO cases_casescope (id, principal, case_id, created_at, sections, until)
    SELECT gen_random_uuid(), due.who, which, due.since, due.opens, due.ends FROM cases_scope_due(which) due;
END
"""

# What a rule of sections that was edited, or a hand in the tables, left behind. Reads a file, writes only where it differs.
RECONCILE = """
DECLARE one uuid;
BEGIN
    mended := 0;
    FOR one IN SELECT c.id FROM cases_case c WHERE last IS NULL OR c.id > last ORDER BY c.id LIMIT how_many LOOP
        reached := one;
        IF EXISTS (
            (SELECT due.* FROM cases_scope_due(one) due
             EXCEPT ALL SELECT s.principal, s.created_at, s.sections, s.until FROM cases_casescope s WHERE s.case_id = one)
            UNION ALL
            (SELECT s.principal, s.created_at, s.sections, s.until FROM cases_casescope s WHERE s.case_id = one
             EXCEPT ALL SELECT due.* FROM cases_scope_due(one) due)
        ) THEN
            PERFORM cases_scope_rebuild(one);
            mended := mended + 1;
        END IF;
    END LOOP;
    RETURN NEXT;
END
"""

OF_CASE = """
BEGIN
    PERFORM cases_scope_rebuild(NEW.id);
    RETURN NULL;
END
"""

OF_GRANT = """
BEGIN
    IF TG_OP = 'DELETE' THEN
        PERFORM cases_scope_rebuild(OLD.content_object_id);
    ELSE
        PERFORM cases_scope_rebuild(NEW.content_object_id);
    END IF;
    RETURN NULL;
END
"""

# Ended is ended, whoever holds the row: an end may only come earlier.
GRANT_ENDS = """
BEGIN
    IF NEW.valid_until IS NULL OR NEW.valid_until > COALESCE(OLD.valid_until, 'infinity') THEN
        RAISE EXCEPTION 'a grant is ended, never prolonged' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
"""

NEXT_NUMBER = """
DECLARE given int;
BEGIN
    IF NULLIF(current_setting('app.actor', true), '') IS NULL THEN
        RAISE EXCEPTION 'no actor' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF how_many < 1 THEN RAISE EXCEPTION 'one number at least' USING ERRCODE = 'check_violation'; END IF;
    INSERT INTO cases_casecounter AS counter (province, year, last) VALUES (in_province, in_year, how_many)
    ON CONFLICT (province, year) DO UPDATE SET last = counter.last + how_many
    RETURNING last INTO given;
    RETURN given - how_many + 1;
END
"""

# Somebody asked for a record that they do not see. Whether there is one goes on the trail and nowhere else.
REFUSED_LOOK = """
DECLARE found record;
BEGIN
    SELECT c.number AS label, c.id AS case_id, c.province_id AS province INTO found
      FROM cases_case c WHERE c.number = asked;
    PERFORM audit_record(event_id, 'REFUSED', 'REFUSED', 'page', page, COALESCE(found.label, ''), found.case_id,
        found.province::smallint, '{}'::text[], detail, NULL::date, 'DAY', '', '');
END
"""


# How many open files somebody works on, for whoever looks after their account and sees no file: a number, no more. Files
# that only named people may see are not in it, nor those that the asker is kept away from: that there is one must not
# be told.
OPEN_OF = """
DECLARE
    everywhere boolean := 'ADMINISTRATOR' = ANY (NULLIF(current_setting('app.roles', true), '')::text[]);
    manages uuid[] := NULLIF(current_setting('app.manages', true), '')::uuid[];
    barred uuid[] := NULLIF(current_setting('app.barred', true), '')::uuid[];
BEGIN
    RETURN (SELECT count(*) FROM cases_case c
             WHERE c.worker_id = person AND NOT c.named_only AND c.status <> ALL (ended) AND c.id <> ALL (barred)
               AND (everywhere OR c.agency_id = ANY (manages)));
END
"""


def grant(table: str, colleague: str) -> dict[str, str]:
    works = in_scope(f"{table}.content_object_id", Section.WORK)
    file = not_barred(f"{table}.content_object_id")
    # Nobody gives more than they hold, nor for longer: one of the giver's own rows contains every section given. Whoever may not move
    # a file shares nothing of it, and the moving itself is shared with `colleague`s alone.
    may = int(Section.WORK | Section.MOVE)
    holds = (
        f"{file} AND EXISTS (SELECT 1 FROM cases_casescope s WHERE s.case_id = {table}.content_object_id "
        f"AND s.principal = ANY({PRINCIPALS}) AND s.sections & {may} = {may} "
        f"AND {table}.sections & ~s.sections = 0 "
        f"AND (s.until IS NULL OR (s.until > now() AND {table}.valid_until <= s.until)) OFFSET 0) "
        f"AND ({table}.sections & {int(Section.MOVE)} = 0 OR {colleague})"
    )
    mine = f"{works} OR (granted_by_id::text = {ME} AND {file})"
    return {"select": mine, "insert": holds, "update": mine, "rules": "SELECT"}


#: The agency of an agency's grant, and an agency of a person's, is one of the actor's own.
OWN_AGENCY = (
    "EXISTS (SELECT 1 FROM accounts_agency a WHERE a.group_id = cases_caseagencygrant.group_id "
    f"AND a.id = ANY({AGENCIES}) OFFSET 0)"
)
OWN_COLLEAGUE = (
    "EXISTS (SELECT 1 FROM accounts_membership m WHERE m.person_id = cases_casepersongrant.user_id "
    f"AND m.agency_id = ANY({AGENCIES}) OFFSET 0)"
)
DECIDES = f"'IDENTIFICATION_OFFICER' = ANY({setting_list('roles', 'text')})"
KEY_OF = "accounts_subjectkey.subject"
FILE_KEY = (
    f"kind = 'FILE' AND ({in_scope(KEY_OF, Section.NOTES)} OR {in_scope(KEY_OF, Section.FACTS)} "
    f"OR {in_scope(KEY_OF, Section.RISK)})"
)
PERSON_KEY = f"kind = 'PERSON' AND {in_scope(KEY_OF, Section.IDENTITY)}"


ACT_OF = "audit_event.case_id"


def consents(table: str) -> str:
    """Which other agencies the person agreed to is told to those alone who see the referrals of the file."""
    case_id = f"{table}.case_id"
    return (
        f"{in_scope(case_id, Section.CONSENT)} AND ({table}.recipient_id IS NULL "
        f"OR {table}.recipient_id = ANY({AGENCIES}) OR {in_scope(case_id, Section.REFERRALS)})"
    )


def of_file(model: str, section: Section, *, kept: bool = False, remove: bool = False) -> Policies:
    """The policies of a record of a file; `kept` for what is never changed, `remove` for lists of choices."""
    table = f"cases_{model.lower()}"
    rules = child(table, section)
    if kept:
        del rules["update"]
    if remove:
        rules["delete"] = rules["update"]
    return Policies(model, **rules)


def history(model: str, section: Section, column: str = "case_id") -> KeepHistory:
    table = f"cases_historical{model.lower()}"
    return KeepHistory(model, read=in_scope(f"{table}.{column}", section, Section.WORK))


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_case_files"), ("accounts", "0002_walls_and_history")]

    operations = [
        Policies(
            "Case",
            select=f"(NOT named_only AND province_id = ANY({PROVINCES}) AND {not_barred('cases_case.id')}) "
            f"OR {in_scope('cases_case.id')}",
            insert=f"agency_id = ANY({AGENCIES}) AND opened_by_id::text = {ME}",
            # Moved by who owns it; the formal decision also by who decides on identifications and knows the file.
            update=f"{in_scope('cases_case.id', Section.MOVE)} OR ({DECIDES} AND "
            f"{in_scope('cases_case.id', *DECIDING)})",
            rules="SELECT",
        ),
        Policies(
            "CaseScope",
            select=f"principal = ANY({PRINCIPALS}) AND (until IS NULL OR until > now()) "
            f"AND {not_barred('cases_casescope.case_id')}",
            rules="SELECT INSERT DELETE",
        ),
        Policies("CaseCounter", rules="SELECT INSERT UPDATE"),
        Sql(
            [
                "REVOKE INSERT, UPDATE, DELETE ON cases_casescope FROM karpea_web, karpea_worker",
                "REVOKE ALL ON cases_casecounter FROM karpea_web, karpea_worker",
                # Nothing that was recorded about a person is deleted by the site.
                "REVOKE DELETE ON cases_case, cases_victim, cases_identity, cases_facts, cases_riskassessment, "
                "cases_consent, cases_note, cases_caseagencygrant, cases_casepersongrant FROM karpea_web, karpea_worker",
                # A grant is ended, never widened.
                "REVOKE UPDATE ON cases_caseagencygrant, cases_casepersongrant FROM karpea_web, karpea_worker",
                "GRANT UPDATE (valid_until) ON cases_caseagencygrant, cases_casepersongrant "
                "TO karpea_web, karpea_worker",
                "REVOKE UPDATE ON cases_note, cases_riskassessment, cases_consent FROM karpea_web, karpea_worker",
            ]
        ),
        Policies("CaseAgencyGrant", **grant("cases_caseagencygrant", OWN_AGENCY)),
        Policies("CasePersonGrant", **grant("cases_casepersongrant", OWN_COLLEAGUE)),
        Definer(
            "cases_scope_due(which uuid) RETURNS TABLE(who text, since timestamptz, opens int, ends timestamptz)",
            DUE,
        ),
        Definer("cases_scope_rebuild(which uuid) RETURNS void", REBUILD),
        Definer(
            "cases_scope_reconcile(last uuid, how_many int) RETURNS TABLE(reached uuid, mended int)",
            RECONCILE,
        ),
        Definer("cases_scope_of_case() RETURNS trigger", OF_CASE, call=False),
        Definer("cases_scope_of_grant() RETURNS trigger", OF_GRANT, call=False),
        Definer("cases_grant_ends() RETURNS trigger", GRANT_ENDS, call=False),
        Definer(
            "cases_refused_look(event_id uuid, page text, asked text, detail jsonb) RETURNS void",
            REFUSED_LOOK,
        ),
        Definer("cases_open_of(person uuid, ended text[]) RETURNS bigint", OPEN_OF),
        Definer("cases_next_number(in_province int, in_year int, how_many int) RETURNS int", NEXT_NUMBER),
        Sql(
            [
                "CREATE TRIGGER b_scope_new AFTER INSERT ON cases_case "
                "FOR EACH ROW EXECUTE FUNCTION cases_scope_of_case()",
                "CREATE TRIGGER b_scope_changed AFTER UPDATE OF province_id, agency_id, agency_kind, named_only "
                "ON cases_case FOR EACH ROW EXECUTE FUNCTION cases_scope_of_case()",
                "CREATE TRIGGER b_scope AFTER INSERT OR UPDATE OR DELETE ON cases_caseagencygrant "
                "FOR EACH ROW EXECUTE FUNCTION cases_scope_of_grant()",
                "CREATE TRIGGER b_scope AFTER INSERT OR UPDATE OR DELETE ON cases_casepersongrant "
                "FOR EACH ROW EXECUTE FUNCTION cases_scope_of_grant()",
                "CREATE TRIGGER a_ends BEFORE UPDATE ON cases_caseagencygrant "
                "FOR EACH ROW EXECUTE FUNCTION cases_grant_ends()",
                "CREATE TRIGGER a_ends BEFORE UPDATE ON cases_casepersongrant "
                "FOR EACH ROW EXECUTE FUNCTION cases_grant_ends()",
            ],
            [
                "DROP TRIGGER b_scope_new ON cases_case",
                "DROP TRIGGER b_scope_changed ON cases_case",
                "DROP TRIGGER b_scope ON cases_caseagencygrant",
                "DROP TRIGGER b_scope ON cases_casepersongrant",
                "DROP TRIGGER a_ends ON cases_caseagencygrant",
                "DROP TRIGGER a_ends ON cases_casepersongrant",
            ],
        ),
        of_file("Victim", Section.SUMMARY),
        of_file("Identity", Section.IDENTITY),
        of_file("IdentityKey", Section.IDENTITY, remove=True),
        of_file("Facts", Section.FACTS),
        of_file("FactAnswer", Section.FACTS, remove=True),
        of_file("RiskAssessment", Section.RISK, kept=True),
        Policies(
            "Consent",
            select=consents("cases_consent"),
            insert=child("cases_consent", Section.CONSENT)["insert"],
        ),
        of_file("Note", Section.NOTES, kept=True),
        Policies(
            "table:accounts_subjectkey",
            name="files",
            select=f"({FILE_KEY}) OR ({PERSON_KEY})",
            insert=f"kind IN ('FILE', 'PERSON') AND {in_scope(KEY_OF, Section.WORK)}",
        ),
        Policies(
            "table:audit_event",
            name="files",
            select=f"case_id IS NOT NULL AND ({in_scope(ACT_OF, Section.WORK, Section.REFERRALS)} "
            f"OR ({in_scope(ACT_OF, Section.WORK)} AND actor_agency_id = ANY({AGENCIES}))) "
            f"AND (kind <> 'CONSENT_RECORDED' OR {in_scope(ACT_OF, Section.CONSENT)})",
        ),
        history("Case", Section.SUMMARY, "id"),
        history("Victim", Section.SUMMARY),
        history("Identity", Section.IDENTITY),
        history("Facts", Section.FACTS),
        history("FactAnswer", Section.FACTS),
        history("RiskAssessment", Section.RISK),
        KeepHistory(
            "Consent",
            read=f"{consents('cases_historicalconsent')} "
            f"AND {in_scope('cases_historicalconsent.case_id', Section.WORK)}",
        ),
        history("Note", Section.NOTES),
        history("CaseAgencyGrant", Section.SUMMARY, "content_object_id"),
        history("CasePersonGrant", Section.SUMMARY, "content_object_id"),
    ]
