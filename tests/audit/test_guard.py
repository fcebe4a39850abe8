"""The trail is append-only for the site and its worker, whatever they try."""

import psycopg
import pytest
from django.db import connection

from tests import ground

REFUSED = psycopg.errors.InsufficientPrivilege
HISTORY = "accounts_historicalagency"
EVENT = (
    "INSERT INTO audit_event (id, at, xid, kind, result, actor, actor_name, actor_agency, actor_role, request_id, "
    "object_type, object_id, object_label, fields, detail, precision, done_by, source, layout, content_hash) VALUES "
    "(gen_random_uuid(), '2026-01-01', pg_current_xact_id(), 'SIGN_IN', 'OK', 'x', '', '', '', '', '', '', '', '{}', "
    "'{}', 'DAY', '', '', 1, '')"
)
ATTEMPTS = {
    "change an event": "UPDATE audit_event SET actor_name = 'somebody else'",
    "delete events": "DELETE FROM audit_event",
    "empty the events": "TRUNCATE audit_event",
    "write an event of an earlier day": EVENT,
    "change an event in its month": "UPDATE audit_event_rest SET actor_name = 'somebody else'",
    "delete in a month": "DELETE FROM audit_event_rest",
    "read a month past the policies": "SELECT * FROM audit_event_rest",
    "take a month away": "ALTER TABLE audit_event DETACH PARTITION audit_event_rest",
    "drop the events": "DROP TABLE audit_event",
    "change history": f"UPDATE {HISTORY} SET history_actor = 'somebody else'",
    "delete history": f"DELETE FROM {HISTORY}",
    "empty history": f"TRUNCATE {HISTORY}",
    "write history": f"INSERT INTO {HISTORY} SELECT * FROM {HISTORY} LIMIT 1",
    "switch the guard off": "ALTER TABLE audit_event DISABLE TRIGGER a_append_only",
    "switch all triggers off": f"ALTER TABLE {HISTORY} DISABLE TRIGGER ALL",
    "switch history off": "ALTER TABLE accounts_agency DISABLE TRIGGER z_history",
    "drop history's trigger": "DROP TRIGGER z_history ON accounts_agency",
    "pose as a replica": "SET session_replication_role = replica",
    "open the trail to all": "ALTER TABLE audit_event DISABLE ROW LEVEL SECURITY",
    "write another policy": "CREATE POLICY all_of_it ON audit_event FOR ALL USING (true)",
    "rewrite the door": "DROP FUNCTION audit_append_only() CASCADE",
    "become the owner": "SET ROLE karpea_owner",
    "become the trail's own role": "SET ROLE karpea_audit",
    "turn the walls off": "SET row_security = off; SELECT * FROM audit_event",
}


@pytest.fixture
def session(db):
    """`session(role)`: a connection of that role as an administrator, who sees every event."""
    opened = []

    def connect(role):
        made = psycopg.connect(**ground.conninfo(role, connection.settings_dict["NAME"]))
        opened.append(made)
        made.execute(
            "SELECT set_config('app.actor', 'system:export', false), "
            "set_config('app.roles', '{AUDITOR,ADMINISTRATOR}', false)"
        )
        made.commit()
        return made

    yield connect
    for made in opened:
        made.close()


@pytest.mark.asvs("16.4.2")
@pytest.mark.parametrize("attempt", ATTEMPTS)
@pytest.mark.parametrize("role", ["web", "worker"])
def test_refused_to_the_site_and_its_worker(session, role, attempt):
    with pytest.raises(REFUSED):
        session(role).execute(ATTEMPTS[attempt])


@pytest.mark.parametrize("role", ["web", "worker"])
def test_there_is_something_to_guard(session, role):
    """The refusals above are not refusals of nothing."""
    rows = session(role).execute(f"SELECT count(*) FROM {HISTORY}").fetchone()
    assert rows[0] > 5


@pytest.mark.asvs("16.4.2")
def test_even_the_loader_changes_no_event_and_no_history(session):
    """It may write past the policies, for restores; what stands it may not touch."""
    loader = session("loader")
    with pytest.raises(REFUSED):
        loader.execute("UPDATE audit_event SET actor_name = ''")
    loader.rollback()
    with pytest.raises(REFUSED, match="append-only"):
        loader.execute(f"UPDATE {HISTORY} SET history_actor = 'x'")
    loader.rollback()
    with pytest.raises(REFUSED, match="append-only"):
        loader.execute(f"DELETE FROM {HISTORY}")


def test_every_partition_is_closed(session):
    """Also the ones that a later month brings: none may be read or written by its own name."""
    rows = (
        session("web")
        .execute(
            "SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, "
            "has_table_privilege('karpea_web', c.oid, 'SELECT, INSERT, UPDATE, DELETE'), "
            "has_table_privilege('karpea_worker', c.oid, 'SELECT, INSERT, UPDATE, DELETE') "
            "FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'audit_event'::regclass"
        )
        .fetchall()
    )
    assert len(rows) >= 25
    assert [row for row in rows if row[1:] != (True, True, False, False)] == []
