"""Migration operations that build the second wall and the trail.

`Policies` puts row-level security on a table, `KeepHistory` fills a record's history table by an AFTER
trigger, `Definer` makes a SECURITY DEFINER function that belongs to a role of its own. Each works on the
state of the migration it stands in, so that a later column is a later operation.
"""

from collections.abc import Iterable
from typing import Any

from django.db.migrations.operations.base import Operation

APPLICATION_ROLES = "karpea_web, karpea_worker"
#: True while somebody is acting. NULLIF because a setting once set reads '' afterwards, never NULL.
ACTOR = "(SELECT NULLIF(current_setting('app.actor', true), ''))"


def setting_list(name: str, kind: str) -> str:
    """SQL for a list kept in a setting, read once per statement (an InitPlan), not once per row."""
    return f"((SELECT NULLIF(current_setting('app.{name}', true), ''))::{kind}[])"


class SqlOperation(Operation):
    """An operation that changes no state and runs what `forward_sql` and `backward_sql` give."""

    reduces_to_sql = True
    reversible = True

    def state_forwards(self, app_label: str, state: Any) -> None:
        pass

    def forward_sql(self, apps: Any, app_label: str) -> Iterable[str]:
        raise NotImplementedError

    def backward_sql(self, apps: Any, app_label: str) -> Iterable[str]:
        return []

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for statement in self.forward_sql(to_state.apps, app_label):
            schema_editor.execute(statement, params=None)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for statement in self.backward_sql(from_state.apps, app_label):
            schema_editor.execute(statement, params=None)


class Sql(SqlOperation):
    """A few statements with their way back."""

    def __init__(self, forward: list[str], backward: list[str] | None = None) -> None:
        self.forward, self.backward = forward, backward or []

    def describe(self) -> str:
        return f"SQL: {self.forward[0].strip().splitlines()[0][:60]}"

    def forward_sql(self, apps: Any, app_label: str) -> Iterable[str]:
        return self.forward

    def backward_sql(self, apps: Any, app_label: str) -> Iterable[str]:
        return self.backward


class Policies(SqlOperation):
    """Row-level security with FORCE on a model's table (or on a table by name).

    `select`, `insert`, `update`, `delete` are SQL conditions; a verb without one stays closed. `rules` and
    `trail` name the verbs open to the owners of the definer functions. `name` allows a second set of
    (permissive) policies on the same table, as the referral gives a reader beside the province.
    """

    def __init__(
        self,
        model: str,
        *,
        select: str = "",
        insert: str = "",
        update: str = "",
        delete: str = "",
        rules: str = "",
        trail: str = "",
        name: str = "rows",
    ) -> None:
        self.model, self.name, self.rules, self.trail = model, name, rules, trail
        self.verbs = {"SELECT": select, "INSERT": insert, "UPDATE": update, "DELETE": delete}

    def describe(self) -> str:
        return f"Row-level security of {self.model} ({self.name})"

    def _table(self, apps: Any, app_label: str) -> str:
        if self.model.startswith("table:"):
            return self.model.removeprefix("table:")
        return str(apps.get_model(app_label, self.model)._meta.db_table)

    def _condition(self, verb: str, sql: str) -> str:
        if verb == "INSERT":
            return f"WITH CHECK ({sql})"
        if verb == "UPDATE":
            return f"USING ({sql}) WITH CHECK ({sql})"
        return f"USING ({sql})"

    def forward_sql(self, apps: Any, app_label: str) -> Iterable[str]:
        table = self._table(apps, app_label)
        yield f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY"
        yield f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY"
        for verb, sql in self.verbs.items():
            if sql:
                yield (
                    f"CREATE POLICY {self.name}_{verb.lower()} ON {table} FOR {verb} "
                    f"TO {APPLICATION_ROLES} {self._condition(verb, sql)}"
                )
        for role, verbs in (("karpea_rules", self.rules), ("karpea_audit", self.trail)):
            for verb in verbs.split():
                yield f"GRANT {verb} ON {table} TO {role}"
                yield (
                    f"CREATE POLICY {self.name}_{role}_{verb.lower()} ON {table} FOR {verb} "
                    f"TO {role} {self._condition(verb, 'true')}"
                )

    def backward_sql(self, apps: Any, app_label: str) -> Iterable[str]:
        table = self._table(apps, app_label)
        for verb, sql in self.verbs.items():
            if sql:
                yield f"DROP POLICY {self.name}_{verb.lower()} ON {table}"
        for role, verbs in (("karpea_rules", self.rules), ("karpea_audit", self.trail)):
            for verb in verbs.split():
                yield f"DROP POLICY {self.name}_{role}_{verb.lower()} ON {table}"
                yield f"REVOKE {verb} ON {table} FROM {role}"


class Definer(SqlOperation):
    """A function that runs as `owner` whoever calls it: pinned search path and time zone.

    `call` opens it to the site; a trigger function (`call=False`) cannot be called by anybody. `before` is the body
    that an earlier migration gave it, and that it has again on the way back.
    """

    def __init__(
        self, signature: str, body: str, *, owner: str = "karpea_rules", call: bool = True, before: str = ""
    ) -> None:
        self.signature, self.body, self.owner, self.call = signature, body, owner, call
        self.before = before

    def describe(self) -> str:
        return f"Function {self.signature.split('(')[0]}"

    def forward_sql(self, apps: Any, app_label: str) -> Iterable[str]:
        return self._made(self.body)

    def _made(self, body: str) -> Iterable[str]:
        name, _, rest = self.signature.partition("(")
        arguments, _, returns = rest.partition(")")
        kinds = ", ".join(a.strip().split(" ", 1)[1] for a in arguments.split(",") if a.strip())
        # Dropped and made anew rather than replaced: its owner is not the role that migrates.
        yield f"DROP FUNCTION IF EXISTS {name}({kinds})"
        yield (
            f"CREATE FUNCTION {name}({arguments}) {returns.strip()} LANGUAGE plpgsql SECURITY DEFINER "
            f"SET search_path = pg_catalog, public SET timezone = 'UTC' AS $body${body}$body$"
        )
        yield f"ALTER FUNCTION {name}({kinds}) OWNER TO {self.owner}"
        if self.call:
            yield f"SET LOCAL ROLE {self.owner}"
            yield f"REVOKE ALL ON FUNCTION {name}({kinds}) FROM PUBLIC"
            yield (
                f"GRANT EXECUTE ON FUNCTION {name}({kinds}) TO {APPLICATION_ROLES}, karpea_loader, "
                f"karpea_migrator, karpea_owner, karpea_rules, karpea_audit"
            )
            yield "RESET ROLE"

    def backward_sql(self, apps: Any, app_label: str) -> Iterable[str]:
        if self.before:
            yield from self._made(self.before)
            return
        name, _, rest = self.signature.partition("(")
        arguments = rest.partition(")")[0]
        kinds = ", ".join(a.strip().split(" ", 1)[1] for a in arguments.split(",") if a.strip())
        yield f"DROP FUNCTION {name}({kinds})"


class KeepHistory(SqlOperation):
    """Fill `Historical<Model>` by one AFTER trigger for insert, update and delete.

    `read` is the SQL condition under which history rows are seen. The trigger refuses a write without an
    actor, skips an update that changes nothing, and hashes the copied columns in the order of `layout`.
    """

    def __init__(self, model: str, *, read: str, layout: int = 1) -> None:
        self.model, self.read, self.layout = model, read, layout

    def describe(self) -> str:
        return f"History of {self.model} by trigger"

    def _tables(self, apps: Any, app_label: str) -> tuple[str, str, list[str]]:
        model = apps.get_model(app_label, self.model)
        history = apps.get_model(app_label, f"Historical{self.model}")
        kept = {f.column for f in history._meta.concrete_fields}
        columns = [f.column for f in model._meta.concrete_fields if f.column in kept]
        return model._meta.db_table, history._meta.db_table, columns

    def _trigger(self, table: str, history: str, columns: list[str], layout: int) -> Iterable[str]:
        names = ", ".join(f'"{c}"' for c in columns)
        values = ", ".join(f'r."{c}"' for c in columns)
        new, old = (", ".join(f'{row}."{c}"' for c in columns) for row in ("NEW", "OLD"))
        yield (
            f"CREATE FUNCTION {table}_history() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER "
            f"SET search_path = pg_catalog, public SET timezone = 'UTC' AS $body$\n"
            f"DECLARE r public.{table}; a text := NULLIF(current_setting('app.actor', true), '');\n"
            f"  t timestamptz := public.audit_now();\n"
            f"BEGIN\n"
            f"  IF a IS NULL THEN RAISE EXCEPTION 'no actor: % on {table} refused', TG_OP "
            f"USING ERRCODE = 'insufficient_privilege'; END IF;\n"
            f"  IF TG_OP = 'UPDATE' AND ROW({new}) IS NOT DISTINCT FROM ROW({old}) THEN RETURN NULL; END IF;\n"
            f"  IF TG_OP = 'DELETE' THEN r := OLD; ELSE r := NEW; END IF;\n"
            f"  INSERT INTO public.{history} ({names}, history_date, history_type, history_user_id, "
            f"history_actor, history_request, layout, content_hash)\n"
            f"  VALUES ({values}, t, CASE TG_OP WHEN 'INSERT' THEN '+' WHEN 'UPDATE' THEN '~' ELSE '-' END,\n"
            f"    CASE WHEN a ~ '^[0-9a-f-]{{36}}$' THEN a::uuid END, a,\n"
            f"    COALESCE(current_setting('app.request', true), ''), {layout},\n"
            f"    sha256(convert_to(json_build_array({layout}, TG_OP, t, a, {values})::text, 'UTF8')));\n"
            f"  RETURN NULL;\n"
            f"END $body$"
        )
        yield f"ALTER FUNCTION {table}_history() OWNER TO karpea_audit"
        yield (
            f"CREATE TRIGGER z_history AFTER INSERT OR UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_history()"
        )

    def forward_sql(self, apps: Any, app_label: str) -> Iterable[str]:
        table, history, columns = self._tables(apps, app_label)
        yield from self._trigger(table, history, columns, self.layout)
        yield f"REVOKE INSERT, UPDATE, DELETE ON {history} FROM {APPLICATION_ROLES}"
        yield f"GRANT INSERT, SELECT ON {history} TO karpea_audit"
        yield f"ALTER TABLE {history} ENABLE ROW LEVEL SECURITY"
        yield f"ALTER TABLE {history} FORCE ROW LEVEL SECURITY"
        yield f"CREATE POLICY trail_insert ON {history} FOR INSERT TO karpea_audit WITH CHECK (true)"
        yield f"CREATE POLICY rows_select ON {history} FOR SELECT TO {APPLICATION_ROLES} USING ({self.read})"
        yield (
            f"CREATE TRIGGER a_append_only BEFORE UPDATE OR DELETE ON {history} "
            f"FOR EACH ROW EXECUTE FUNCTION audit_append_only()"
        )
        yield (
            f"CREATE TRIGGER a_no_truncate BEFORE TRUNCATE ON {history} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()"
        )

    def backward_sql(self, apps: Any, app_label: str) -> Iterable[str]:
        table, history, _columns = self._tables(apps, app_label)
        yield f"DROP TRIGGER z_history ON {table}"
        yield f"DROP FUNCTION {table}_history()"
        yield f"DROP TRIGGER a_append_only ON {history}"
        yield f"DROP TRIGGER a_no_truncate ON {history}"
        yield f"DROP POLICY trail_insert ON {history}"
        yield f"DROP POLICY rows_select ON {history}"


class WidenHistory(KeepHistory):
    """After fields were added to a record and to its history (`added`, by column): the trigger copies and hashes them
    too, as the next `layout`. Rows that are there already keep theirs."""

    def __init__(self, model: str, *, added: list[str], layout: int) -> None:
        super().__init__(model, read="", layout=layout)
        self.added = added

    def describe(self) -> str:
        return f"History of {self.model} with {', '.join(self.added)}"

    def forward_sql(self, apps: Any, app_label: str) -> Iterable[str]:
        table, history, columns = self._tables(apps, app_label)
        yield from self._without(table)
        yield from self._trigger(table, history, columns, self.layout)

    def backward_sql(self, apps: Any, app_label: str) -> Iterable[str]:
        table, history, columns = self._tables(apps, app_label)
        yield from self._without(table)
        former = [column for column in columns if column not in self.added]
        yield from self._trigger(table, history, former, self.layout - 1)

    def _without(self, table: str) -> Iterable[str]:
        yield f"DROP TRIGGER z_history ON {table}"
        yield f"DROP FUNCTION {table}_history()"
