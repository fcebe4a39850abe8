-- What a database of Karpea needs before its first migration, run inside it by the cluster's
-- administrator. Safe to run again.

-- Names with typing errors are found by trigrams.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- The owner does not inherit, so the schema is given to it by name.
ALTER SCHEMA public OWNER TO karpea_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public
    TO karpea_migrator, karpea_web, karpea_worker, karpea_sealer, karpea_loader, karpea_backup;
GRANT USAGE, CREATE ON SCHEMA public TO karpea_rules, karpea_audit;

-- Nobody but our own roles may enter, and none of them may make temporary tables (which could
-- stand in front of ours under an unpinned search path).
DO $$
BEGIN
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format(
        'GRANT CONNECT ON DATABASE %I TO karpea_migrator, karpea_web, karpea_worker, '
        'karpea_sealer, karpea_loader, karpea_backup', current_database());
END
$$;
