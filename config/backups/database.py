"""What a database holds and how it is guarded, asked in the same way before a dump and after a restore."""

from typing import Any

import psycopg
from psycopg import sql

Session = psycopg.Connection[Any]

TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = 'public' AND c.relkind = 'r' ORDER BY c.relname
"""

#: Every wall and every trigger by name, with the state that it must come back in.
#: Not the text of a policy's condition: PostgreSQL writes the same condition in other words after a restore.
GUARDS = {
    "walls": """
        SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = 'public' AND c.relrowsecurity AND c.relforcerowsecurity ORDER BY 1""",
    "policies": """
        SELECT concat_ws(' ', tablename || '.' || policyname, permissive, roles::text, cmd)
          FROM pg_policies WHERE schemaname = 'public' ORDER BY 1""",
    "triggers": """
        SELECT c.relname || '.' || t.tgname || ' ' || t.tgenabled::text
          FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
          JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname = 'public' AND NOT t.tgisinternal ORDER BY 1""",
    "functions": """
        SELECT p.proname || ' ' || r.rolname || ' ' || p.prosecdef || ' ' || md5(p.prosrc) FROM pg_proc p
          JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_roles r ON r.oid = p.proowner
         WHERE n.nspname = 'public' AND NOT EXISTS (
             SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e') ORDER BY 1""",
    "owners": """
        SELECT c.relname || ' ' || r.rolname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
          JOIN pg_roles r ON r.oid = c.relowner
         WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p', 'S', 'v', 'm') ORDER BY 1""",
    "rights": """
        SELECT c.relname || ' ' || a.grantee || ' ' || string_agg(a.privilege_type, ',' ORDER BY a.privilege_type)
          FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
          CROSS JOIN LATERAL (
              SELECT COALESCE(r.rolname, 'everybody') AS grantee, x.privilege_type
                FROM aclexplode(c.relacl) x LEFT JOIN pg_roles r ON r.oid = x.grantee) a
         WHERE n.nspname = 'public' GROUP BY c.relname, a.grantee ORDER BY 1""",
}


def rows(session: Session) -> dict[str, int]:
    """Rows of every table, counted one by one. Partitions count, their parents do not (nothing is counted twice)."""
    found = {}
    for (table,) in session.execute(TABLES).fetchall():
        counted = session.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table)))
        (found[table],) = counted.fetchone() or (0,)
    return found


def guards(session: Session) -> dict[str, list[str]]:
    return {name: [row[0] for row in session.execute(query).fetchall()] for name, query in GUARDS.items()}


HEAD = """
SELECT (at AT TIME ZONE 'UTC')::text, encode(content_hash, 'hex') FROM audit_event WHERE seq = %s ORDER BY at, id
"""


def trail(session: Session) -> dict[str, Any]:
    """How long the trail is, and its last line."""
    events, last = session.execute("SELECT count(*), max(seq) FROM audit_event").fetchone() or (0, None)
    at, content = session.execute(HEAD, [last]).fetchone() or ("", "")
    return {"events": events, "last": last, "at": at, "hash": content}


def migrations(session: Session) -> list[str]:
    query = "SELECT app || '.' || name FROM django_migrations ORDER BY app, name, id"
    return [row[0] for row in session.execute(query).fetchall()]


def keys_in_use(session: Session) -> dict[str, int]:
    """How many keys of subjects each wrapping key holds."""
    query = "SELECT wrapped_by, count(*) FROM accounts_subjectkey GROUP BY wrapped_by ORDER BY wrapped_by"
    return dict(session.execute(query).fetchall())


def version(session: Session) -> int:
    """15, 16, 17: of the server."""
    return session.info.server_version // 10000
