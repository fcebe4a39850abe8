"""Each policy over records of files opened wide, or taken away, in turn: the oracle must notice, every time."""

import psycopg

from tests import ground

from .ask import PAIRS, WHERE, compare

VERBS = {"SELECT": "read", "UPDATE": "change", "DELETE": "delete", "INSERT": "add"}
POLICIES = """
SELECT tablename, policyname, cmd, qual, with_check FROM pg_policies
 WHERE roles && '{karpea_web}' AND tablename = ANY(%s) ORDER BY 1, 2
"""
#: Taken away, these hide rows of other kinds than the oracle knows (tests/contracts/test_every_policy.py breaks them).
NOT_KNOWN = {
    "accounts_subjectkey": ("drafts_select", "exclusions_select", "reports_select", "rows_select"),
    "desk_due": ("exclusions_select", "glass_select", "opened_select", "reports_select", "sweep_select"),
}
#: Said twice: whoever accepts gives it to themselves, and sees it as its giver.
SAID_TWICE = ("cases_casepersongrant", "referrals_select", "false")


def changed(policy, condition):
    table, name, _cmd, qual, check = policy
    text = f"ALTER POLICY {name} ON {table}"
    text += f" USING ({condition or qual})" if qual is not None else ""
    return text + (f" WITH CHECK ({condition or check})" if check is not None else "")


def mutants(owner):
    """(policy, condition, what of the oracle must notice)."""
    for policy in owner.execute(POLICIES, [sorted(set(WHERE.values()))]).fetchall():
        table, name, cmd, *_conditions = policy
        pairs = [(verb, kind) for verb, kind in PAIRS if verb == VERBS.get(cmd) and WHERE[kind] == table]
        for condition in ("true", "false") if pairs else ():
            of_others = condition == "false" and (
                (cmd != "SELECT" and table == "desk_due") or name in NOT_KNOWN.get(table, ())
            )
            if not of_others and (table, name, condition) != SAID_TWICE:
                yield policy, condition, pairs


def survivors(name, database, land):
    """Policies whose breaking nobody notices."""
    unnoticed = []
    with psycopg.connect(**ground.conninfo("migrator", name), autocommit=True) as owner:
        owner.execute("SET ROLE karpea_owner")
        every = list(mutants(owner))
        assert len(every) > 100
        for policy, condition, pairs in every:
            owner.execute(changed(policy, condition))
            if not compare(database, land, only=pairs, first=True)[1]:
                unnoticed.append(f"{policy[0]}.{policy[1]} ({policy[2]}) as `{condition}`")
            owner.execute(changed(policy, None))
    return unnoticed
