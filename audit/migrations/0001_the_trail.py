"""The trail's table with its guard, and the function through which alone it is written."""

import uuid

import django.contrib.postgres.fields
from django.db import migrations, models

from audit.operations import Definer, Policies, Sql

TABLE = """
CREATE TABLE audit_event (
    id uuid NOT NULL,
    seq bigserial NOT NULL,
    at timestamptz NOT NULL,
    xid xid8 NOT NULL,
    kind varchar(32) NOT NULL,
    result varchar(8) NOT NULL,
    actor varchar(64) NOT NULL CHECK (actor <> ''),
    actor_name varchar(200) NOT NULL,
    actor_agency varchar(200) NOT NULL,
    actor_agency_id uuid,
    actor_role varchar(200) NOT NULL,
    request_id varchar(64) NOT NULL,
    ip inet,
    object_type varchar(32) NOT NULL,
    object_id varchar(64) NOT NULL,
    object_label varchar(64) NOT NULL,
    case_id uuid,
    province smallint,
    fields varchar(64)[] NOT NULL,
    detail jsonb NOT NULL,
    happened_on date,
    precision varchar(8) NOT NULL,
    done_by varchar(32) NOT NULL,
    source varchar(32) NOT NULL,
    layout smallint NOT NULL,
    content_hash bytea NOT NULL,
    PRIMARY KEY (at, id)
) PARTITION BY RANGE (at)
"""

PARTITIONS = """
DO $$
DECLARE month date := '2026-01-01';
BEGIN
    WHILE month < '2028-01-01' LOOP
        EXECUTE format('CREATE TABLE audit_event_%s PARTITION OF audit_event FOR VALUES FROM (%L) TO (%L)',
            to_char(month, 'YYYY_MM'), month::text || ' 00:00:00+00', (month + interval '1 month')::date::text || ' 00:00:00+00');
        month := month + interval '1 month';
    END LOOP;
    CREATE TABLE audit_event_rest PARTITION OF audit_event DEFAULT;
END $$
"""

# Partitions are tables of their own: without rights on them nobody goes round the parent's policies.
CLOSE_PARTITIONS = """
DO $$
DECLARE part regclass;
BEGIN
    FOR part IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'audit_event'::regclass LOOP
        EXECUTE format('REVOKE ALL ON %s FROM karpea_web, karpea_worker', part);
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', part);
        EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', part);
    END LOOP;
END $$
"""

NOW = """
BEGIN
    -- A bulk load (demonstration, restore, register) may carry its own dates; nobody else may.
    IF session_user = 'karpea_loader' AND NULLIF(current_setting('app.now', true), '') IS NOT NULL THEN
        RETURN current_setting('app.now', true)::timestamptz;
    END IF;
    RETURN clock_timestamp();
END
"""

BEGIN = """
BEGIN
    IF who <> '' AND who NOT LIKE 'system:%' THEN
        RAISE EXCEPTION 'no people yet';
    END IF;
    PERFORM set_config('app.actor', who, true), set_config('app.actor_name', who, true);
END
"""

RECORD = """
DECLARE
    who text := NULLIF(current_setting('app.actor', true), '');
    now_at timestamptz := audit_now();
    name text := COALESCE(current_setting('app.actor_name', true), '');
    agency text := COALESCE(current_setting('app.agency', true), '');
    agency_id uuid := NULLIF(current_setting('app.agency_id', true), '')::uuid;
    role text := COALESCE(current_setting('app.role', true), '');
    request text := COALESCE(current_setting('app.request', true), '');
    address inet := NULLIF(current_setting('app.ip', true), '')::inet;
BEGIN
    IF who IS NULL THEN
        RAISE EXCEPTION 'no actor: nothing goes on the trail anonymously' USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO audit_event (id, at, xid, kind, result, actor, actor_name, actor_agency, actor_agency_id, actor_role,
        request_id, ip, object_type, object_id, object_label, case_id, province, fields, detail,
        happened_on, precision, done_by, source, layout, content_hash)
    VALUES (event_id, now_at, pg_current_xact_id(), kind, result, who, name, agency, agency_id, role,
        request, address, object_type, object_id, object_label, case_id, province, fields, detail,
        happened_on, precision, done_by, source, 1,
        sha256(convert_to(json_build_array(1, event_id, now_at, kind, result, who, name, agency, agency_id, role,
            request, address, object_type, object_id, object_label, case_id, province, fields, detail,
            happened_on, precision, done_by, source)::text, 'UTF8')));
END
"""

APPEND_ONLY = """
BEGIN
    RAISE EXCEPTION 'the trail is append-only: % refused', TG_OP USING ERRCODE = 'insufficient_privilege';
END
"""

PRIVILEGES = [
    "GRANT USAGE ON SCHEMA public TO karpea_web, karpea_worker, karpea_sealer, karpea_loader, karpea_backup",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES "
    "TO karpea_web, karpea_worker, karpea_loader",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES "
    "TO karpea_web, karpea_worker, karpea_loader",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO karpea_backup",
    "ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON SEQUENCES TO karpea_backup",
]


class Migration(migrations.Migration):
    initial = True
    dependencies: list = []
    # First of all, so that every later table gets the default privileges.
    run_before = [("contenttypes", "0001_initial"), ("sessions", "0001_initial")]

    operations = [
        Sql(PRIVILEGES),
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                ("seq", models.BigIntegerField()),
                ("at", models.DateTimeField(verbose_name="When")),
                ("kind", models.CharField(max_length=32, verbose_name="What")),
                ("result", models.CharField(max_length=8, verbose_name="Result")),
                ("actor", models.CharField(max_length=64)),
                ("actor_name", models.CharField(max_length=200, verbose_name="Who")),
                ("actor_agency", models.CharField(max_length=200)),
                ("actor_agency_id", models.UUIDField(null=True)),
                ("actor_role", models.CharField(max_length=200)),
                ("request_id", models.CharField(max_length=64)),
                ("ip", models.GenericIPAddressField(null=True, verbose_name="From where")),
                ("object_type", models.CharField(max_length=32)),
                ("object_id", models.CharField(max_length=64)),
                ("object_label", models.CharField(max_length=64, verbose_name="Which record")),
                ("case_id", models.UUIDField(null=True)),
                ("province", models.SmallIntegerField(null=True)),
                (
                    "fields",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=64), size=None
                    ),
                ),
                ("detail", models.JSONField()),
                ("happened_on", models.DateField(null=True)),
                ("precision", models.CharField(max_length=8)),
                ("done_by", models.CharField(max_length=32)),
                ("source", models.CharField(max_length=32)),
                ("layout", models.SmallIntegerField()),
                ("content_hash", models.BinaryField()),
            ],
            options={
                "db_table": "audit_event",
                "managed": False,
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        Sql(
            [
                TABLE,
                PARTITIONS,
                CLOSE_PARTITIONS,
                "CREATE INDEX audit_event_newest ON audit_event (at DESC, seq DESC)",
                "CREATE INDEX audit_event_of_case ON audit_event (case_id, at DESC) WHERE case_id IS NOT NULL",
                "CREATE INDEX audit_event_of_actor ON audit_event (actor, at DESC)",
                "REVOKE INSERT, UPDATE, DELETE ON audit_event FROM karpea_web, karpea_worker",
                "REVOKE UPDATE, DELETE ON audit_event FROM karpea_loader",
                "GRANT USAGE ON SEQUENCE audit_event_seq_seq TO karpea_audit",
                "GRANT SELECT ON audit_event TO karpea_sealer",
                "CREATE POLICY sealer_reads ON audit_event FOR SELECT TO karpea_sealer USING (true)",
            ],
            ["DROP TABLE audit_event"],
        ),
        Definer("audit_now() RETURNS timestamptz", NOW, owner="karpea_audit"),
        Definer("begin_actor(who text) RETURNS void", BEGIN),
        Definer(
            "audit_record(event_id uuid, kind text, result text, object_type text, object_id text, "
            "object_label text, case_id uuid, province smallint, fields text[], detail jsonb, "
            'happened_on date, "precision" text, done_by text, source text) RETURNS void',
            RECORD,
            owner="karpea_audit",
        ),
        Definer("audit_append_only() RETURNS trigger", APPEND_ONLY, owner="karpea_audit", call=False),
        Sql(
            [
                "CREATE TRIGGER a_append_only BEFORE UPDATE OR DELETE ON audit_event "
                "FOR EACH ROW EXECUTE FUNCTION audit_append_only()",
                "CREATE TRIGGER a_no_truncate BEFORE TRUNCATE ON audit_event "
                "FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()",
            ]
        ),
        # Who reads the trail comes with the people (accounts 0001) and the files (cases 0001).
        Policies("Event", trail="INSERT"),
    ]
