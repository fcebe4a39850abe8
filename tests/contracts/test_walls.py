"""The second wall, table by table: it stands everywhere, is cheap, and every stone of it carries weight.

The catalogue is asked, not the code: a table that somebody makes tomorrow is in this test already.
"""

import json
import re

import pytest
from django.db import connection

from tests.world import build

from .source import none

#: Tables without row-level security: what is in them, and what the site may do there.
OPEN = {
    "django_migrations": ("which migrations ran", ""),
    "django_content_type": ("names of models", "SELECT"),
    "django_session": ("sessions, found by a random key only", "SELECT INSERT UPDATE DELETE"),
    "auth_permission": ("names of permissions", "SELECT"),
    "auth_group": ("one right-holder an agency", "SELECT INSERT"),
    "auth_group_permissions": ("stays empty", "SELECT"),
    "accounts_user": ("who signs in; read before anybody acts", "SELECT INSERT UPDATE"),
    "accounts_province": ("public geography", "SELECT"),
    "accounts_place": ("public geography", "SELECT"),
    "accounts_code": ("public code lists", "SELECT INSERT UPDATE"),
    "accounts_tally": ("keyed hashes and counts, counted before anybody acts", "SELECT INSERT UPDATE DELETE"),
    "account_emailaddress": ("allauth's; stays empty", "SELECT INSERT UPDATE DELETE"),
    "account_emailconfirmation": ("allauth's; stays empty", "SELECT INSERT UPDATE DELETE"),
    "guardian_userobjectpermission": ("guardian's generic table; stays empty", "SELECT"),
    "guardian_groupobjectpermission": ("guardian's generic table; stays empty", "SELECT"),
}
VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")

TABLES = """
SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, c.relispartition,
       (SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid),
       array(SELECT v FROM unnest(%s::text[]) v WHERE has_table_privilege('karpea_web', c.oid, v))
  FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') ORDER BY 1
"""


def ask(sql, params=None):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


@pytest.mark.django_db
def test_every_table_stands_behind_the_wall_or_is_reviewed():
    found = []
    for name, on, forced, part, policies, may in ask(TABLES, [list(VERBS)]):
        if name in OPEN:
            if on:
                found.append(f"{name} has row-level security now: take it out of OPEN.")
            allowed = OPEN[name][1].split()
            if set(may) - set(allowed):
                found.append(
                    f"{name}: the site may {sorted(set(may) - set(allowed))}; revoke it in a migration."
                )
        elif part:
            if may or not (on and forced):
                found.append(
                    f"{name}: a partition goes round its parent's policies; revoke everything, force the wall."
                )
        elif not (on and forced and policies):
            found.append(
                f"{name}: no row-level security with FORCE and a policy (audit.operations.Policies), no reason."
            )
    none(found)


@pytest.mark.django_db
def test_reviewed_tables_are_still_there():
    assert set(OPEN) <= {row[0] for row in ask(TABLES, [list(VERBS)])}


@pytest.mark.django_db
def test_nothing_looks_past_the_wall():
    """Views run as their owner; definer functions need a pinned path and an owner without rows of its own."""
    assert (
        ask(
            "SELECT relname FROM pg_class WHERE relkind IN ('v', 'm') AND relnamespace = 'public'::regnamespace"
        )
        == []
    )
    loose = ask(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef AND ("
        "proconfig IS NULL OR NOT 'search_path=pg_catalog, public' = ANY(proconfig) "
        "OR proowner::regrole::text NOT IN ('karpea_rules', 'karpea_audit'))"
    )
    assert loose == [], f"{loose}: make definer functions with audit.operations.Definer."


@pytest.mark.django_db
def test_the_owners_of_functions_may_do_no_more_than_their_policies_say():
    """What the rights' and the trail's owners reach is named by a policy for them, row by row."""
    found = []
    for (table,) in ask(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') "
        "AND relrowsecurity AND NOT relispartition"
    ):
        for role in ("karpea_rules", "karpea_audit"):
            may = ask(
                "SELECT array(SELECT v FROM unnest(ARRAY['SELECT','INSERT','UPDATE','DELETE']) v "
                "WHERE has_table_privilege(%s, %s::regclass, v))",
                [role, table],
            )[0][0]
            named = ask("SELECT cmd FROM pg_policies WHERE tablename = %s AND %s = ANY(roles)", [table, role])
            if not set(may) <= {cmd for (cmd,) in named} | {"SELECT"}:
                found.append(f"{table}: {role} may {may}, its policies name {named}.")
    none(found)


POLICIES = """
SELECT tablename, policyname, coalesce(qual, '') || ' / ' || coalesce(with_check, '') FROM pg_policies ORDER BY 1, 2
"""


@pytest.mark.django_db
def test_no_policy_compares_a_table_with_itself():
    """Inside EXISTS a bare column name means the inner table's column, and the condition is true of every row."""
    none(
        [
            f"{table}.{name} compares {hit.group(0)}: write table.column (cases.rules.in_scope)."
            for table, name, text in ask(POLICIES)
            for hit in re.finditer(r"\b(\w+)\.(\w+) = \1\.(\w+)\b", text)
        ]
    )


@pytest.mark.django_db
def test_every_policy_reads_settings_once_a_statement():
    """`current_setting` stands in a sub-select (InitPlan); bare, it would be called for every row."""
    none(
        [
            f"{table}.{name} calls current_setting row by row: use setting_list() or ACTOR (audit/operations.py)."
            for table, name, text in ask(POLICIES)
            if len(re.findall("current_setting", text))
            != len(re.findall(r"SELECT NULLIF\(current_setting", text))
        ]
    )


#: Of writes alone, and of one row: a policy of memberships cannot ask its own table, and whether an office has nobody
#: else for a closure is asked after all else has been.
OF_ONE_ROW = {
    ("accounts_membership", "accounts_stands_in"),
    ("cases_case", "cases_for_ministry"),
    ("cases_case", "cases_ministry_sets"),
}


@pytest.mark.django_db
def test_no_policy_calls_a_function_of_ours_row_by_row():
    own = [name for (name,) in ask("SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace")]
    none(
        [
            f"{table}.{name} calls {function}() for every row: a look-up by index costs a hundredth."
            for table, name, text in ask(POLICIES)
            for function in own
            if re.search(rf"\b{re.escape(function)}\(", text) and (table, function) not in OF_ONE_ROW
        ]
    )


@pytest.mark.django_db
def test_every_look_into_another_table_stays_one_look_up_a_row():
    """Without OFFSET 0 the planner may answer EXISTS by reading a person's whole scope into a hash, as its
    statistics happen to be: 10 to 450 ms for one row by its key."""
    none(
        [
            f"{table}.{name}: end every EXISTS with OFFSET 0 (cases.rules.in_scope)."
            for table, name, text in ask(POLICIES)
            if len(re.findall(r"\bEXISTS\b", text)) != len(re.findall(r"OFFSET 0\b", text))
        ]
    )


#: Columns that hold a file, beside every foreign key to one.
OF_A_FILE = """
SELECT DISTINCT c.relname, a.attname FROM pg_class c
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
   AND (a.attname IN ('case_id', 'referral_id', 'due_id')
        OR c.relname IN ('cases_case', 'cases_historicalcase') AND a.attname = 'id'
        OR c.relname ~ '^cases_(historical)?case(agency|person)grant$' AND a.attname = 'content_object_id'
        OR c.relname = 'accounts_subjectkey' AND a.attname = 'subject'
        OR EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'f'
                      AND k.confrelid = 'cases_case'::regclass AND a.attnum = ANY(k.conkey)))
"""
#: Policies over such tables that do not ask whether somebody is kept away, with the reason.
WITHOUT_BAR = {
    "cases_case.rows_insert": "a new file keeps nobody away yet",
    "cases_registermark.rows_select": "that a row was imported: without it a second file would be made of it",
    "cases_registermark.rows_insert": "of a new file",
    "cases_registermark.rows_update": "their own import",
    "cases_registermark.rows_delete": "their own import, taken back",
    "cases_registerrow.rows_select": "one's own rows; the number of a file alike comes by the rule of files",
    "cases_registerrow.rows_insert": "one's own rows",
    "cases_registerrow.rows_update": "one's own rows",
    "cases_registerrow.rows_delete": "one's own rows",
    "desk_due.reports_select": "of monthly tables",
    "desk_due.reports_insert": "of monthly tables",
    "desk_due.reports_update": "of monthly tables",
    "desk_due.sweep_select": "the sweep itself, which tells each person acting as them",
    "desk_due.sweep_update": "the sweep itself",
    "desk_notice.rows_select": "through the deadline, whose policies ask",
    "desk_notice.rows_insert": "through the deadline, whose policies ask",
    "desk_notice.rows_update": "marks one's own as read, whatever is due",
    "referrals_referralservice.rows_select": "through the referral, whose policies ask",
    "referrals_historicalreferralservice.rows_select": "through the referral, whose policies ask",
    "accounts_subjectkey.rows_select": "of members of staff",
    "accounts_subjectkey.rows_insert": "of members of staff",
    "accounts_subjectkey.drafts_select": "of one's own drafts, before there is a file",
    "accounts_subjectkey.drafts_insert": "of one's own drafts, before there is a file",
    "accounts_subjectkey.exclusions_select": "through the exclusion, whose policies ask",
    "accounts_subjectkey.exclusions_insert": "through the exclusion, whose policies ask",
    "accounts_subjectkey.reports_select": "of monthly tables",
    "accounts_subjectkey.reports_insert": "of monthly tables",
}


@pytest.mark.django_db
def test_every_policy_over_files_asks_who_is_kept_away():
    tables = {table for table, _column in ask(OF_A_FILE)}
    assert tables >= {"cases_case", "cases_note", "referrals_referral", "audit_event", "desk_due"}
    site = ask(
        "SELECT tablename, policyname, coalesce(qual, '') || ' / ' || coalesce(with_check, '') FROM pg_policies "
        "WHERE roles && '{karpea_web,karpea_worker}' ORDER BY 1, 2"
    )
    without = {
        f"{table}.{name}" for table, name, text in site if table in tables and "'app.barred'" not in text
    }
    none(
        [
            f"{one} lets in who is kept away: add cases.rules.not_barred."
            for one in sorted(without - set(WITHOUT_BAR))
        ]
        + [f"{one} asks now: take it out of WITHOUT_BAR." for one in sorted(set(WITHOUT_BAR) - without)]
    )


# --- by primary key, as somebody who sees the country -------------------------------------------------------


KEYS = """
SELECT DISTINCT p.tablename, a.attname
  FROM pg_policies p
  JOIN pg_index i ON i.indrelid = p.tablename::regclass AND i.indisprimary
  JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)
 WHERE p.tablename ~ '^(cases|referrals)_' AND p.tablename !~ '^cases_(casecount|granted)'
 ORDER BY 1
"""


def nodes(plan):
    yield plan
    for part in plan.get("Plans", []):
        yield from nodes(part)


@pytest.mark.django_db
def test_one_row_by_its_key_costs_one_look_up(as_, outside):
    """For the national reviewer, whose scope is the whole country: no table is read whole, the scope by case."""
    world = build()
    tables = ask(KEYS)
    assert len(tables) > 20
    found = []
    for table, key in tables:
        some = outside(f"SELECT {key} FROM {table} LIMIT 1")
        assert some, f"{table} is empty: add one to tests/world.py."
        with as_(world.people.reviewer), connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
            cursor.execute(f"EXPLAIN (FORMAT JSON) SELECT * FROM {table} WHERE {key} = %s", some[0])
            answer = cursor.fetchone()[0]
        plan = (json.loads(answer) if isinstance(answer, str) else answer)[0]["Plan"]
        for node in nodes(plan):
            if node["Node Type"] == "Seq Scan":
                found.append(f"{table}: reads all of {node['Relation Name']}.")
            in_scope = node.get("Relation Name") == "cases_casescope" and table != "cases_casescope"
            if in_scope and "case_id" not in node.get("Index Cond", ""):
                found.append(f"{table}: reads the scope by {node.get('Index Cond')}, not by case.")
            for name in re.findall(r"hashed (SubPlan \d+)", str(node.get("Filter", ""))):
                inner = next(part for part in nodes(plan) if part.get("Subplan Name") == name)
                if any(part.get("Relation Name") == "cases_casescope" for part in nodes(inner)):
                    found.append(f"{table}: reads a whole scope into a hash: {node['Filter'][:120]}")
    none(sorted(set(found)))
