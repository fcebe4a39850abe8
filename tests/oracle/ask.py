"""What the database itself answers each person, set by set: one question a person and table, past every manager."""

import json

import psycopg

from tests import ground
from tests.people import person_id

from .fill import BEFORE, TABLES
from .land import NOBODY
from .rule import ADD, CHANGE, DELETE, READ, Eye, Land, Record

WHERE = {**TABLES, **BEFORE, "act": "audit_event"}
CHANGED = {"due": "told"}


class Database:
    """A connection as the site, on which one after another acts."""

    def __init__(self, name: str, records: list[Record]) -> None:
        self.web = psycopg.connect(**ground.conninfo("web", name))
        self.of: dict[str, list[Record]] = {}
        for record in records:
            self.of.setdefault(record.kind, []).append(record)
        self.offered = self._offers(name)

    def close(self) -> None:
        self.web.close()

    def _offers(self, name):
        """Of each kind a copy of the file's own row under a new key, for those who may add one."""
        found = {}
        with psycopg.connect(**ground.conninfo("loader", name)) as loader:
            for kind in ADD:
                keys = [one.id for one in self.of["note" if kind == "exclusion" else kind]]
                rows = loader.execute(OFFERS.get(kind, OFFER).format(TABLES[kind]), [keys]).fetchall()
                found[kind] = json.dumps([row for (row,) in rows])
        return found

    def begin(self, person):
        self.web.execute("SELECT begin_actor(%s)", ["" if person == NOBODY else str(person_id(person))])

    def keys(self, sql, params=()):
        with self.web.transaction(force_rollback=True):
            return {str(key) for (key,) in self.web.execute(sql, params).fetchall()}

    def read(self, kind):
        return self.keys(f"SELECT id FROM {WHERE[kind]}")

    def changed(self, kind):
        column = CHANGED.get(kind, "version")
        known = [one.id for one in self.of[kind]]
        return self.keys(
            f"UPDATE {WHERE[kind]} SET {column} = {column} WHERE id = ANY(%s::uuid[]) RETURNING id", [known]
        )

    def deleted(self, kind):
        known = [one.id for one in self.of[kind]]
        return self.keys(f"DELETE FROM {WHERE[kind]} WHERE id = ANY(%s::uuid[]) RETURNING id", [known])

    def added(self, kind, person):
        """The files to which this person could add one."""
        who = str(person_id(person))
        return self.keys(
            "SELECT tests.may_insert(%s, %s::jsonb, %s)", [TABLES[kind], self.offered[kind], who]
        )


OFFER = """
SELECT to_jsonb(t) || jsonb_build_object('id', gen_random_uuid()) FROM {0} t WHERE id = ANY(%s::uuid[])
"""
OFFERS = {
    "answers": """
SELECT to_jsonb(t) || jsonb_build_object('id', gen_random_uuid(), 'code', 'NEW') FROM {0} t WHERE id = ANY(%s::uuid[])
""",
    "exclusion": """
SELECT jsonb_build_object('id', gen_random_uuid(), 'case_id', n.case_id, 'number', 'ZZ', 'reason', 'OTHER',
                          'made_at', now(), 'at_desk', false, 'review', 'WAITING', 'agency_id', a.id)
  FROM cases_note n, accounts_agency a, (SELECT '{0}') t WHERE n.id = ANY(%s::uuid[]) AND a.code = 'CLOSED'
""",
}


def compare(database: Database, land: Land, people=None, *, only=None, first=False):
    """(cells asked, what differs): every person, record and act, the database against the rule.

    `only` these pairs of a verb and a kind; `first`: the first person with a difference is enough.
    """
    cells, wrong = 0, []
    for name in people or land.people:
        eye = Eye(land, name)
        with database.web.transaction(force_rollback=True):
            database.begin(name)
            for verb, kind in only or PAIRS:
                asked, differs = _compare_one(database, eye, verb, kind)
                cells += asked
                wrong += differs
        if first and wrong:
            break
    return cells, wrong


PAIRS = [
    (v, k)
    for v, rules in (("read", READ), ("change", CHANGE), ("delete", DELETE), ("add", ADD))
    for k in rules
]


def _compare_one(database, eye, verb, kind):
    name, wrong = eye.me.name, []
    if verb == "add":
        if name == NOBODY:
            return 0, []
        records = [Record(kind, one.id, one.file) for one in database.of["case"]]
        found = database.added(kind, name)
    else:
        records = database.of[kind]
        found = {"read": database.read, "change": database.changed, "delete": database.deleted}[verb](kind)
    rule = {"read": READ, "change": CHANGE, "delete": DELETE, "add": ADD}[verb][kind]
    for record in records:
        may = rule(eye, record) and (verb in ("read", "add") or READ[kind](eye, record))
        if may != (record.id in found):
            wrong.append(_told(eye, record, verb, may))
    return len(records), wrong


def _told(eye, record, verb, may):
    what, file = "refused, wrongly" if may else "LEAKED", record.file
    return (
        f"{eye.me.name} {verb} {record.kind} of {file.key} ({file.named or 'open'}, by {file.opener}): {what}."
        f" The rule: {eye.why(file)}. {record.of or ''} {record.by}"
    )
