"""Take away, or open wide, each policy in turn: somebody must see or do something else, or it is worth nothing.

`true` instead of a condition is a hole; `false` a right that nobody would miss. Both must show in a probe.
"""

import datetime
import json

import psycopg
import pytest

from tests import ground
from tests.people import PEOPLE, person_id
from tests.world import build

#: Everybody, nobody, and the parts of the system that act on their own.
WHO = {
    **{name: str(person_id(name)) for name in PEOPLE},
    "": "",
    "sign-in": "system:sign-in",
    "export": "system:export",
    "expiry": "system:expiry",
    "report": "system:report",
    "reminder": "system:reminder",
    "register": "system:register",
}
#: In as many tests, so that several processes share them.
PARTS = 4
SITE = ("karpea_web", "karpea_worker")
PLAIN_COLUMNS = (
    "told",
    "version",
    "valid_until",
    "ended_at",
    "kind",
    "code",
    "path",
    "role",
    "sections",
    "read_at",
    "why_kept",
    "review",
    "id",
)
#: Where the site may write other columns alone: the end of an emergency is set by a function.
COLUMN_OF = {"cases_breakglass": "review_sealed"}
#: Rows whose policy says again what another one says of them, with the reason.
OWN_GRANT = "who accepts gives it to themselves: granted_by says so too"
SAID_TWICE = {
    ("cases_casepersongrant", "referrals_select", "false"): OWN_GRANT,
    ("cases_casepersongrant", "referrals_update", "false"): OWN_GRANT,
}
#: Rows that nobody may delete, whoever asks.
DELETABLE = {"reports_monthlytable": "WHERE status = 'DRAFT'"}
SETTINGS = "SELECT " + ", ".join(
    f"current_setting('app.{key}', true)"
    for key in ("principals", "provinces", "roles", "agencies", "barred", "actor")
)
#: One more that only the national desk can review.
TO_THE_DESK = """
INSERT INTO cases_exclusion (id, case_id, number, agency_id, reason, made_by_id, made_at, at_desk, review)
SELECT gen_random_uuid(), c.id, c.number, a.id, 'OTHER', c.opened_by_id, now(), false, 'WAITING'
  FROM cases_case c, accounts_agency a WHERE c.named_only AND a.code = 'NGO-RIVER'
"""
#: The function that ends sees what the other one has just written.
OPENED_AND_ENDED = """
SELECT cases_end_emergency(one.use) FROM (
    SELECT use, cases_break_glass(use, %s, %s, 1, %s) AS opened FROM (VALUES (gen_random_uuid())) AS v(use) OFFSET 0
) one WHERE one.opened IS NOT NULL
"""
AN_EVENT = """
SELECT audit_record(gen_random_uuid(), 'FILE_READ', 'OK', 'case', '', '', NULL, NULL, '{}', '{}', NULL, 'DAY', '', '')
"""
A_POST = """
INSERT INTO accounts_membership (id, person_id, agency_id, role, starts_on, reason)
SELECT gen_random_uuid(), %s, id, 'COMMITTEE_MEMBER', '2026-01-01', '' FROM accounts_agency WHERE code = 'NCCT'
"""
END_POSTS = """
UPDATE accounts_membership m SET ends_on = current_date - 2 FROM accounts_agency a
 WHERE m.person_id IN (%s, %s) AND a.id = m.agency_id AND a.code LIKE %s || '%%'
"""
LEFT = "SELECT object_label, detail ->> 'to' FROM audit_event WHERE detail ->> 'why' = 'POST_ENDED' ORDER BY 1, 2"


class Probe:
    """What each actor sees and may do in a table, asked of the database alone."""

    def __init__(self, name):
        self.web = psycopg.connect(**ground.conninfo("web", name))
        self.loader = psycopg.connect(**ground.conninfo("loader", name))
        self.samples = {}

    def close(self):
        self.web.close()
        self.loader.close()

    def act(self, who):
        self.web.execute("SELECT begin_actor(%s)", [who])

    def outcome(self, sql, params=None):
        """What came of it: rows and how many, or which wall said no. Always taken back."""
        try:
            with self.web.transaction(force_rollback=True):
                cursor = self.web.execute(sql, params)
                return (cursor.rowcount, cursor.fetchall() if cursor.description else None)
        except psycopg.errors.InsufficientPrivilege as no:
            return "row" if "row-level" in str(no) else "table"
        except psycopg.Error as other:
            return f"through ({other.sqlstate})"

    def sample(self, table):
        """A few rows as JSON, whoever may see them; their copies are offered for insertion."""
        if table not in self.samples:
            rows = self.loader.execute(f"SELECT to_jsonb(t)::text FROM {table} t LIMIT 40").fetchall()
            self.loader.rollback()
            self.samples[table] = [row for (row,) in rows]
            assert rows, f"{table} is empty: add one to tests/world.py, so that its policies can be tried."
        return self.samples[table]

    def rows(self, table, verb):
        """For every actor: what this verb does on this table."""
        answers = {}
        for name, who in WHO.items():
            try:
                with self.web.transaction(force_rollback=True):
                    self.act(who)
                    answers[name] = self._one(table, verb)
            except psycopg.Error as no:
                answers[name] = no.sqlstate
        return answers

    def _one(self, table, verb):
        if verb == "SELECT":
            return self.outcome(
                f"SELECT count(*), md5(string_agg(t::text, '' ORDER BY t::text)) FROM {table} t"
            )
        if verb == "UPDATE":
            column, value = self.column(table)
            touched = self.outcome(f"UPDATE {table} SET {column} = {column}")
            # Without reading a column the rule of reading does not help: only the policy of updates stands.
            return touched, self.outcome(f"UPDATE {table} SET {column} = %s", [value])
        if verb == "DELETE":
            return self.outcome(f"DELETE FROM {table}")
        insert = f"INSERT INTO {table} SELECT * FROM jsonb_populate_record(NULL::{table}, %s::jsonb)"
        return [self.outcome(insert, [row]) for row in self.sample(table)]

    def column(self, table):
        """A column that no trigger watches, with a value it may have."""
        row = json.loads(self.sample(table)[0])
        name = COLUMN_OF.get(table) or next(name for name in PLAIN_COLUMNS if name in row)
        return name, datetime.datetime.now(datetime.UTC) if name == "valid_until" else row[name]

    def functions(self):
        """What the definer functions do, for the policies of their owners."""
        answers = {}
        for name, who in WHO.items():
            with self.web.transaction(force_rollback=True):
                begun = self.outcome("SELECT begin_actor(%s)", [who])
                answers[f"begin {name}"] = begun
                if isinstance(begun, tuple):
                    self.act(who)
                    row = self.web.execute(SETTINGS).fetchone()
                    answers[f"is {name}"] = [sorted(str(value).strip("{}").split(",")) for value in row]
        with self.web.transaction(force_rollback=True):
            self.act(WHO["officer_bmc"])
            answers["number"] = self.outcome("SELECT cases_next_number(1, 2026, 1)")
            answers["new number"] = self.outcome("SELECT cases_next_number(9, 2031, 1)")
            answers["event"] = self.outcome(AN_EVENT)
            own = "SELECT kind FROM accounts_own_events('officer_bmc', '2000-01-01') ORDER BY 1"
            answers["own events"] = self.outcome(own)
            answers["total"] = self.outcome("SELECT cases_seen_total()")
            answers["figures"] = self.outcome(
                "SELECT r_what, r_code, r_case FROM reports_rows(1, '2000-01-01', '2100-01-01') ORDER BY 1, 2, 3"
            )
            given = self.web.execute(
                "SELECT id, heir_id FROM desk_draft WHERE heir_id IS NOT NULL"
            ).fetchone()
            answers["draft"] = self.outcome("SELECT desk_hand_draft(%s, %s)", given)
            answers["to the desk"] = self._to_desk()
        with self.web.transaction(force_rollback=True):
            self.act(WHO["administrator"])
            answers["unheard"] = self.outcome("SELECT desk_unheard()")
        answers["narrowed"] = self._narrowed()
        answers |= self.sight()
        answers |= self.leaving()
        answers["left"] = self._left()
        for (case,) in self.loader.execute("SELECT id FROM cases_case ORDER BY number").fetchall():
            answers[f"scope {case}"] = self._scope(case)
        answers["granted"] = self._granted()
        for (one,) in self.loader.execute("SELECT id FROM referrals_referral ORDER BY id").fetchall():
            with self.web.transaction(force_rollback=True):
                self.act(WHO["ngo_river"])
                answers[f"named {one}"] = self.outcome("SELECT referrals_named_only(%s)", [one])
        self.loader.rollback()
        return answers

    def _narrowed(self):
        """What is left in the scopes when the rules of sections open less, and nothing."""
        found = []
        for sections in (1, 0):
            with self.loader.transaction(force_rollback=True):
                self.loader.execute("SELECT begin_actor('system:migration')")
                try:
                    with self.loader.transaction():
                        self.loader.execute("UPDATE accounts_sectionrule SET sections = %s", [sections])
                except psycopg.Error as no:
                    found.append(no.sqlstate)
                    continue
                rows = "SELECT principal, sections, count(*) FROM cases_casescope GROUP BY 1, 2 ORDER BY 1, 2"
                found.append(self.loader.execute(rows).fetchall())
        return found

    def _to_desk(self):
        """Whether what the office cannot review comes to the national desk by itself."""
        try:
            with self.web.transaction(force_rollback=True):
                self.web.execute(TO_THE_DESK)
                return self.web.execute(
                    "SELECT at_desk, number FROM cases_exclusion ORDER BY 2, 1"
                ).fetchall()
        except psycopg.Error as no:
            return no.sqlstate

    def sight(self):
        """What the acts do that end the actor's own sight, or give it in an emergency."""
        answers = {}
        keeper = WHO["officer_bmc_2"]
        grant = self.loader.execute(
            "SELECT content_object_id FROM cases_casepersongrant WHERE because = 'share:test'"
        )
        ((case,),) = grant.fetchall()
        agency, number = self.loader.execute(
            "SELECT agency_id, number FROM cases_case WHERE id = %s", [case]
        ).fetchone()
        home = self.loader.execute("SELECT id FROM accounts_agency WHERE code = 'DOSVY-BTB'").fetchone()[0]
        self.loader.rollback()
        with self.web.transaction(force_rollback=True):
            self.act(keeper)
            step = "SELECT cases_name_only(%s, gen_random_uuid(), 'OTHER', 'x', %s, ARRAY[%s]::uuid[])"
            try:
                with self.web.transaction():
                    self.web.execute(step, [case, agency, keeper])
            except psycopg.Error as no:
                answers["named"] = no.sqlstate
            for what in (
                "SELECT named_only, version FROM cases_case WHERE id = %s",
                "SELECT count(*) FROM cases_casepersongrant WHERE content_object_id = %s AND valid_until <= now()",
                "SELECT count(*) FROM cases_caseagencygrant WHERE content_object_id = %s AND valid_until <= now()",
                "SELECT count(*) FROM desk_due WHERE case_id = %s AND named_only",
                "SELECT principal FROM cases_who_sees(%s) ORDER BY 1",
            ):
                answers[f"after {what}"] = self.outcome(what, [case])
        for reason in ("DANGER", "OTHER"):
            with self.web.transaction(force_rollback=True):
                self.act(WHO["officer_btb"])
                answers[f"glass {reason}"] = self.outcome(
                    "SELECT cases_break_glass(gen_random_uuid(), %s, %s, 1, %s)", [number, reason, home]
                )
                answers[f"glass {reason} over"] = self.outcome(OPENED_AND_ENDED, [number, reason, home])
        return answers

    def leaving(self):
        """What an administrator is told, and does, when somebody leaves; whom a file leaves that nobody keeps."""
        officer, answers = WHO["officer_bmc"], {}
        case, agency = self.loader.execute(
            "SELECT id, agency_id FROM cases_case WHERE opened_by_id = %s AND NOT named_only ORDER BY number",
            [officer],
        ).fetchone()
        people = [officer, WHO["auditor"], WHO["head_bmc"]]
        self.loader.rollback()
        with self.web.transaction(force_rollback=True):
            self.act(WHO["administrator"])
            answers["held"] = self.outcome(
                "SELECT kind, number FROM unnest(%s::uuid[]) u, desk_held_by(u) ORDER BY 1, 2", [people]
            )
            hand_over = "SELECT file FROM cases_hand_over(NULL, %s, %s, %s, '{}') ORDER BY 1"
            answers["handed"] = self.outcome(hand_over, [officer, agency, WHO["officer_bmc_2"]])
            self.web.execute("UPDATE accounts_user SET is_active = false WHERE id = %s", [officer])
            ended = "SELECT label, revoked_by_id FROM accounts_token WHERE revoked_at IS NOT NULL ORDER BY 1"
            answers["tokens"] = self.outcome(ended)
            answers["fallen"] = self.outcome("SELECT former, heir FROM desk_drafts_fall()")
            answers["forgotten"] = self.outcome("SELECT desk_forget_typed(%s)", [officer])
        with self.web.transaction(force_rollback=True):
            self.act(WHO["officer_bmc_2"])
            try:
                with self.web.transaction():
                    step = "SELECT cases_name_only(%s, gen_random_uuid(), 'OTHER', 'x', %s, '{}')"
                    self.web.execute(step, [case, agency])
            except psycopg.Error as no:
                answers["kept by nobody"] = no.sqlstate
            self.act(WHO["desk_1"])
            answers["seen then"] = self.outcome("SELECT principal FROM cases_who_sees(%s) ORDER BY 1", [case])
        return answers

    def _left(self):
        """What ends when the post ends in which it was given: another one is begun before, from the same day."""
        officer = WHO["officer_btb"]
        (number,) = self.loader.execute(
            "SELECT number FROM cases_case WHERE NOT named_only LIMIT 1"
        ).fetchone()
        home = self.loader.execute("SELECT id FROM accounts_agency WHERE code = 'DOSVY-BTB'").fetchone()[0]
        with self.web.transaction(force_rollback=True):
            try:
                with self.web.transaction():
                    self.act(officer)
                    glass = "SELECT cases_break_glass(gen_random_uuid(), %s, 'DANGER', 1, %s)"
                    self.web.execute(glass, [number, home])
                    self.act(WHO["administrator"])
                    self.web.execute(A_POST, [officer])
                    self.web.execute(END_POSTS, [officer, WHO["officer_bmc"], "DOSVY"])
                    self.web.execute(END_POSTS, [WHO["head_bmc"], WHO["head_bmc"], "DOSVY"])
            except psycopg.Error as no:
                return no.sqlstate
            self.act(WHO["administrator"])
            told = self.web.execute(LEFT).fetchall()
            alone = "SELECT count(*) FROM accounts_provincepersonright WHERE valid_until IS NOT NULL"
            told += self.web.execute(alone).fetchall()
            self.act(WHO["desk_1"])
            mine = self.web.execute("SELECT number, worker_id FROM cases_case ORDER BY 1").fetchall()
            self.act(officer)
            return (
                told,
                mine,
                self.web.execute("SELECT ended_at IS NULL FROM cases_breakglass ORDER BY 1").fetchall(),
            )

    def _scope(self, case):
        """Rebuilt by the site's own function, looked at past the wall."""
        with self.loader.transaction(force_rollback=True):
            self.loader.execute("SELECT begin_actor('system:migration')")
            try:
                with self.loader.transaction():
                    self.loader.execute("SELECT cases_scope_rebuild(%s)", [case])
            except psycopg.Error as no:
                return no.sqlstate
            rows = self.loader.execute(
                "SELECT principal, sections FROM cases_casescope WHERE case_id = %s", [case]
            )
            return sorted(rows.fetchall())

    def _granted(self):
        """What the counts of granted files say when one of them goes to another province."""
        with self.loader.transaction(force_rollback=True):
            self.loader.execute("SELECT begin_actor('system:migration')")
            try:
                with self.loader.transaction():
                    self.loader.execute(
                        "UPDATE cases_case SET province_id = 9 WHERE id IN (SELECT file FROM cases_grantedfile)"
                    )
            except psycopg.Error as no:
                return no.sqlstate
            rows = self.loader.execute("SELECT agency, province, file FROM cases_grantedfile")
            counts = self.loader.execute("SELECT agency, province, number FROM cases_grantedcount")
            return sorted(rows.fetchall()), sorted(counts.fetchall())

    def history(self, table):
        """Whether a change of the record still reaches its history (the table's trigger, owned by the trail)."""
        record = table.replace("_historical", "_")
        try:
            with self.loader.transaction(force_rollback=True):
                self.loader.execute("SELECT begin_actor('system:migration')")
                return self.loader.execute(f"DELETE FROM {record} {DELETABLE.get(record, '')}").rowcount
        except psycopg.Error as no:
            return no.sqlstate


POLICIES = """
SELECT tablename, policyname, cmd, roles::text[], qual, with_check FROM pg_policies
 WHERE schemaname = 'public' AND NOT roles && '{karpea_sealer}' ORDER BY 1, 2
"""


def changed(policy, condition):
    """The same policy with another condition."""
    table, name, _cmd, _roles, qual, check = policy
    text = f"ALTER POLICY {name} ON {table}"
    text += f" USING ({condition or qual})" if qual is not None else ""
    return text + (f" WITH CHECK ({condition or check})" if check is not None else "")


def watched(probe, policy):
    """The probe that would notice this policy."""
    table, _name, cmd, roles, _qual, _check = policy
    if set(roles) <= set(SITE):
        return lambda: probe.rows(table, cmd)
    if "_historical" in table and "karpea_rules" not in roles:
        return lambda: probe.history(table)
    return probe.functions


@pytest.fixture
def ground_of(fresh_db, people):
    from django.db import connections

    build()
    connections.close_all()
    probe = Probe(fresh_db)
    owner = psycopg.connect(**ground.conninfo("migrator", fresh_db), autocommit=True)
    owner.execute("SET ROLE karpea_owner")
    yield probe, owner
    probe.close()
    owner.close()


@pytest.mark.parametrize("part", range(PARTS))
def test_every_policy_carries_weight(ground_of, part):
    probe, owner = ground_of
    survivors, before = [], {}
    policies = owner.execute(POLICIES).fetchall()
    assert len(policies) > 100
    for policy in policies[part::PARTS]:
        table, name, cmd, roles, qual, check = policy
        look = watched(probe, policy)
        key = (
            (table, cmd)
            if set(roles) <= set(SITE)
            else (table,)
            if "_historical" in table and "karpea_rules" not in roles
            else ()
        )
        if key not in before:
            before[key] = look()
        for condition in ("true", "false"):
            if condition in (qual, check):
                continue  # it is that already, for the owner of a definer function
            owner.execute(changed(policy, condition))
            if look() == before[key] and (table, name, condition) not in SAID_TWICE:
                survivors.append(
                    f"{table}.{name} ({cmd}) as `{condition}` changes nothing that anybody sees."
                )
            owner.execute(changed(policy, None))
    assert not survivors, "\n" + "\n".join(survivors)
