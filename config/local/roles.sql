-- The roles of Karpea, made once per cluster by whoever administers it. Safe to run again.
--
-- Passwords are not written here: each login role takes its own from the setting
-- karpea.password_<role> of this session, for example
--   PGOPTIONS="-c karpea.password_karpea_web=..." psql -f roles.sql
-- and keeps the one it has where the setting is missing.

DO $$
DECLARE
    name text;
    password text;
BEGIN
    FOREACH name IN ARRAY ARRAY[
        'karpea_owner', 'karpea_rules', 'karpea_audit', 'karpea_migrator', 'karpea_web',
        'karpea_worker', 'karpea_sealer', 'karpea_loader', 'karpea_backup'
    ] LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
            EXECUTE format('CREATE ROLE %I', name);
        END IF;
        password := current_setting('karpea.password_' || name, true);
        IF password <> '' THEN
            EXECUTE format('ALTER ROLE %I PASSWORD %L', name, password);
        END IF;
    END LOOP;
END
$$;

-- Owns the tables. FORCE ROW LEVEL SECURITY applies to it too, so it sees no rows; it does not
-- inherit from the two roles below, whose policies would otherwise open the rows to it.
ALTER ROLE karpea_owner NOLOGIN NOINHERIT NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS;

-- Own the SECURITY DEFINER functions of the rights and of the trail; policies name them.
ALTER ROLE karpea_rules NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
ALTER ROLE karpea_audit NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
GRANT karpea_rules, karpea_audit TO karpea_owner;

-- Runs migrations: acts as the owner for the tables, as itself (past the policies) for the data.
ALTER ROLE karpea_migrator LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION BYPASSRLS;
GRANT karpea_owner TO karpea_migrator;

-- The site and its worker: held by every policy, owning nothing.
ALTER ROLE karpea_web LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
ALTER ROLE karpea_worker LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;

-- Reads new rows of the trail and writes seals.
ALTER ROLE karpea_sealer LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;

-- Reference data, demonstration data and restores; dumps.
ALTER ROLE karpea_loader LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION BYPASSRLS;
ALTER ROLE karpea_backup LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION BYPASSRLS;
GRANT pg_read_all_data TO karpea_backup;

-- Two busy cores lose by splitting one query over both.
ALTER ROLE karpea_web SET max_parallel_workers_per_gather = 0;
ALTER ROLE karpea_worker SET max_parallel_workers_per_gather = 0;
