"""The second wall of referrals: who sees the packet, who opens the file by accepting, history."""

from django.db import migrations

from accounts.sections import Section
from audit.operations import Definer, KeepHistory, Policies, Sql
from cases.rules import AGENCIES, ME, in_scope, not_barred

ROLES = "karpea_web, karpea_worker"


def received(row: str) -> str:
    """True where the ministry has sent this referral to an agency of the actor, who is not kept away from its file."""
    return f"({row}.to_agency_id = ANY({AGENCIES}) AND {row}.sent_at IS NOT NULL AND {not_barred(f'{row}.case_id')})"


def sees(row: str) -> str:
    return f"({in_scope(f'{row}.case_id', Section.REFERRALS)} OR {received(row)})"


def works(row: str) -> str:
    return in_scope(f"{row}.case_id", Section.REFERRALS, Section.WORK)


def of(column: str, condition: str) -> str:
    """True where the referral in `column` fulfils `condition` on its row `r` (and is seen by the actor)."""
    return f"EXISTS (SELECT 1 FROM referrals_referral r WHERE r.id = {column} AND {condition} OFFSET 0)"


ANSWERABLE = "referrals_referral.status IN ('APPROVED', 'ACCEPTED', 'DECLINED', 'IN_SERVICE', 'COMPLETED')"
# The packet's words stay readable for the receiving agency as long as it has something to do with the person.
READABLE = "(r.status IN ('APPROVED', 'ACCEPTED', 'IN_SERVICE') OR r.access_until > now())"
KEY = "accounts_subjectkey.subject"


def steps(table: str) -> str:
    """Steps are read by who sees the file's referrals; by the receiving agency from the sending onwards."""
    mine = of(f"{table}.referral_id", f"{received('r')} AND r.sent_at <= {table}.recorded_at")
    return f"{in_scope(f'{table}.case_id', Section.REFERRALS)} OR {mine}"


def opened(table: str, to: str, extra: str) -> str:
    """True where a grant is what an accepted referral to an agency of the actor gives: no more, to nobody else."""
    return (
        f"EXISTS (SELECT 1 FROM referrals_referral r JOIN accounts_agency a ON a.id = r.to_agency_id "
        f"WHERE r.case_id = {table}.content_object_id AND {table}.because = 'referral:' || r.id "
        f"AND {table}.sections = r.sections AND {received('r')} AND {to} AND {extra} OFFSET 0)"
    )


def grants(table: str, to: str) -> list[Policies | Sql]:
    """The receiving agency gives itself what was agreed when it accepts, and ends it when it completes."""
    given = (
        f"(r.status = 'ACCEPTED' OR (r.status = 'COMPLETED' AND {table}.valid_until <= r.access_until))"
        f" AND {table}.granted_by_id::text = {ME}"
    )
    return [
        Policies(
            f"table:{table}",
            name="referrals",
            select=opened(table, to, "true"),
            insert=opened(table, to, given),
        ),
        # From any row of that referral to one that has an end.
        Sql(
            [
                f"CREATE POLICY referrals_update ON {table} FOR UPDATE TO {ROLES} "
                f"USING ({opened(table, to, 'true')}) "
                f"WITH CHECK ({table}.valid_until <= now() + interval '31 days' AND {opened(table, to, 'true')})"
            ],
            [f"DROP POLICY referrals_update ON {table}"],
        ),
    ]


# What the ministry reviewed is what the other agency gets: only a returned referral is written anew.
FIXED = """
BEGIN
    IF OLD.status <> 'RETURNED' AND OLD.summary_sealed IS NOT NULL AND
       ROW(NEW.case_id, NEW.from_agency_id, NEW.to_agency_id, NEW.reason, NEW.urgency, NEW.sections, NEW.basis,
           NEW.consent_id, NEW.consent_on, NEW.consent_how, NEW.justification_sealed, NEW.summary_sealed,
           NEW.province_id, NEW.submitted_by_id, NEW.submitted_at)
       IS DISTINCT FROM
       ROW(OLD.case_id, OLD.from_agency_id, OLD.to_agency_id, OLD.reason, OLD.urgency, OLD.sections, OLD.basis,
           OLD.consent_id, OLD.consent_on, OLD.consent_how, OLD.justification_sealed, OLD.summary_sealed,
           OLD.province_id, OLD.submitted_by_id, OLD.submitted_at) THEN
        RAISE EXCEPTION 'a referral is written anew only after it was returned' USING ERRCODE = 'check_violation';
    END IF;
    IF OLD.sent_at IS NOT NULL AND NEW.sent_at IS DISTINCT FROM OLD.sent_at THEN
        RAISE EXCEPTION 'a referral is sent once' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END
"""

# Before it accepts, the receiving agency cannot see the file, and must know to whom it will open. Unsure means yes.
NAMED_ONLY = """
DECLARE answer boolean;
BEGIN
    SELECT c.named_only INTO answer FROM referrals_referral r JOIN cases_case c ON c.id = r.case_id
     WHERE r.id = which AND r.sent_at IS NOT NULL
       AND r.to_agency_id = ANY(NULLIF(current_setting('app.agencies', true), '')::uuid[])
       AND r.case_id <> ALL(NULLIF(current_setting('app.barred', true), '')::uuid[]);
    RETURN COALESCE(answer, true);
END
"""

# Somebody asked for a record that they do not see. Whether there is one goes on the trail and nowhere else.
REFUSED_LOOK = """
DECLARE found record;
BEGIN
    SELECT ''::text AS label, r.case_id, r.province_id AS province INTO found
      FROM referrals_referral r WHERE r.id = asked::uuid;
    PERFORM audit_record(event_id, 'REFUSED', 'REFUSED', 'page', page, COALESCE(found.label, ''), found.case_id,
        found.province::smallint, '{}'::text[], detail, NULL::date, 'DAY', '', '');
END
"""


class Migration(migrations.Migration):
    dependencies = [
        ("referrals", "0001_what_one_agency_asks_of_another"),
        ("cases", "0002_walls_and_history"),
        ("accounts", "0002_walls_and_history"),
    ]

    operations = [
        Policies(
            "Referral",
            select=sees("referrals_referral"),
            insert=f"{works('referrals_referral')} AND sent_at IS NULL AND from_agency_id = ANY({AGENCIES})",
            update=f"{works('referrals_referral')} OR ({received('referrals_referral')} AND {ANSWERABLE})",
            rules="SELECT",
        ),
        Policies(
            "ReferralService",
            select=of("referrals_referralservice.referral_id", "true"),
            insert=of(
                "referrals_referralservice.referral_id",
                f"r.status IN ('SUBMITTED', 'RETURNED') AND {works('r')}",
            ),
            delete=of("referrals_referralservice.referral_id", f"r.status = 'RETURNED' AND {works('r')}"),
        ),
        Policies(
            "ReferralStep",
            select=steps("referrals_referralstep"),
            insert=f"referrals_referralstep.by_id::text = {ME} AND "
            + of(
                "referrals_referralstep.referral_id",
                f"r.case_id = referrals_referralstep.case_id AND ({works('r')} OR {received('r')})",
            ),
        ),
        Sql(
            [
                "REVOKE DELETE ON referrals_referral FROM karpea_web, karpea_worker",
                "REVOKE UPDATE ON referrals_referralservice FROM karpea_web, karpea_worker",
                "REVOKE UPDATE, DELETE ON referrals_referralstep FROM karpea_web, karpea_worker",
            ]
        ),
        Definer("referrals_packet_is_fixed() RETURNS trigger", FIXED, call=False),
        Definer(
            "referrals_refused_look(event_id uuid, page text, asked text, detail jsonb) RETURNS void",
            REFUSED_LOOK,
        ),
        Definer("referrals_named_only(which uuid) RETURNS boolean", NAMED_ONLY),
        Sql(
            [
                "CREATE TRIGGER a_packet_is_fixed BEFORE UPDATE ON referrals_referral "
                "FOR EACH ROW EXECUTE FUNCTION referrals_packet_is_fixed()"
            ],
            ["DROP TRIGGER a_packet_is_fixed ON referrals_referral"],
        ),
        Policies(
            "table:accounts_subjectkey",
            name="referrals",
            select="accounts_subjectkey.kind = 'REFERRAL' AND "
            + of(KEY, f"({in_scope('r.case_id', Section.REFERRALS)} OR ({received('r')} AND {READABLE}))"),
            insert=f"accounts_subjectkey.kind = 'REFERRAL' AND {of(KEY, works('r'))}",
        ),
        *grants("cases_caseagencygrant", "a.group_id = cases_caseagencygrant.group_id"),
        *grants("cases_casepersongrant", f"cases_casepersongrant.user_id::text = {ME}"),
        KeepHistory("Referral", read=sees("referrals_historicalreferral")),
        KeepHistory("ReferralService", read=of("referrals_historicalreferralservice.referral_id", "true")),
        KeepHistory("ReferralStep", read=steps("referrals_historicalreferralstep")),
    ]
