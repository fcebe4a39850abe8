"""The row rule of files as SQL, for migrations: who is in a file's scope, and for which sections."""

from accounts.sections import Section
from audit.operations import ACTOR, setting_list

PRINCIPALS = setting_list("principals", "text")
PROVINCES = setting_list("provinces", "int")
AGENCIES = setting_list("agencies", "uuid")
BARRED = setting_list("barred", "uuid")
ME = ACTOR
#: What the formal decision on identification needs besides the role: to know the file, and to say why.
DECIDING = (Section.FACTS, Section.NOTES, Section.WORK)


def not_barred(column: str) -> str:
    """True where the actor is not kept away from the file in `column`. Stands in every policy over files and what
    belongs to them; without an actor it is unknown, and so is the row."""
    if "." not in column:
        raise ValueError(f"not_barred needs table.column, not {column!r}")
    return f"{column} <> ALL({BARRED})"


def in_scope(column: str, *sections: Section) -> str:
    """True where a principal of the actor has every one of `sections` on the file in `column`, now, and the actor is
    not kept away from it.

    Correlated by (case, principal) on purpose: an index look-up a row. `IN (SELECT ... my whole scope)` reads
    a person's whole scope for every single row. `column` is qualified by its table: a bare name would
    mean the scope's own column inside the subquery, which is true of every row. OFFSET 0 keeps the planner
    from reading the whole scope into a hash after all, as it does by the luck of its statistics.
    """
    if "." not in column:
        raise ValueError(f"in_scope needs table.column, not {column!r}")
    tests = "".join(f" AND s.sections & {int(section)} <> 0" for section in sections)
    return (
        f"({not_barred(column)} AND EXISTS (SELECT 1 FROM cases_casescope s WHERE s.case_id = {column} "
        f"AND s.principal = ANY({PRINCIPALS}){tests} AND (s.until IS NULL OR s.until > now()) OFFSET 0))"
    )


def child(table: str, section: Section) -> dict[str, str]:
    """Policies of a record that belongs to a file: read by its section, written by who may work on the file."""
    case_id = f"{table}.case_id"
    return {
        "select": in_scope(case_id, section),
        "insert": in_scope(case_id, section, Section.WORK),
        "update": in_scope(case_id, section, Section.WORK),
    }
