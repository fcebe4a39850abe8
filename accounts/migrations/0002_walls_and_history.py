"""Row-level security of the tables of rights, history by trigger, and `begin_actor` over real people."""

from django.db import migrations

from audit.operations import ACTOR, Definer, KeepHistory, Policies, Sql, setting_list

SOMEBODY = f"{ACTOR} IS NOT NULL"
KEEPERS = f"{setting_list('roles', 'text')} && '{{AUDITOR,ADMINISTRATOR}}'::text[]"
ADMINISTRATOR = f"'ADMINISTRATOR' = ANY({setting_list('roles', 'text')})"
# The head of an office looks after its officers, and nobody else (accounts/roles.py: GIVES).
OF_OWN_OFFICE = f"role = 'PROVINCIAL_OFFICER' AND agency_id = ANY({setting_list('manages', 'uuid')})"
#: The keepers of the trail read every act but those on a file that they are themselves kept away from.
KEEPERS_OF_ACTS = f"{KEEPERS} AND (audit_event.case_id IS NULL OR audit_event.case_id <> ALL({setting_list('barred', 'uuid')}))"
OWN_STAFF_KEY = f"kind = 'STAFF' AND (subject::text = {ACTOR} OR {ACTOR} = 'system:sign-in')"

# The files that somebody is kept away from, as a person or by any agency of theirs. Files are unknown here: the app of
# the files puts its own body in the place of this one (cases, exclusions).
BARRED = "actor_barred(person uuid, agencies uuid[]) RETURNS uuid[]"
NOT_BARRED = "BEGIN RETURN '{}'; END"

# A stand-in's post counts while that of whom they stand in for does (the column: migration 0008).
STANDS = """(m.stands_in_for_id IS NULL OR EXISTS (
               SELECT 1 FROM accounts_membership o JOIN accounts_user ou ON ou.id = o.person_id
                WHERE o.id = m.stands_in_for_id AND ou.is_active
                  AND o.starts_on <= today AND (o.ends_on IS NULL OR o.ends_on >= today)))"""
# The trail's word for a role that somebody holds in another's place.
SAID = "m.role || CASE WHEN m.stands_in_for_id IS NULL THEN '' ELSE '/STANDING_IN' END"

# Sets who acts and every principal, for this transaction only. The same rule in Python: accounts/access.py.
BEGIN = f"""
DECLARE
    me uuid;
    today date := (now() AT TIME ZONE 'Asia/Phnom_Penh')::date;
    staff record;
    blind CONSTANT text[] := '{{ANALYST,AUDITOR,ADMINISTRATOR}}';
    kinds text[] := '{{}}'; roles text[] := '{{}}'; agencies uuid[] := '{{}}';
    principals text[] := '{{}}'; open_provinces int[] := '{{}}'; manages uuid[] := '{{}}';
    homes uuid[] := '{{}}'; barred uuid[] := '{{}}';
    agency_code text := ''; agency_uuid text := ''; role_code text := '';
    staff_name text := who;
BEGIN
    IF who ~ '^[0-9a-f]{{8}}-[0-9a-f]{{4}}-[0-9a-f]{{4}}-[0-9a-f]{{4}}-[0-9a-f]{{12}}$' THEN
        me := who::uuid;
        SELECT u.full_name_km AS name, u.is_active INTO staff FROM accounts_user u WHERE u.id = me;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'nobody has this id' USING ERRCODE = 'insufficient_privilege';
        END IF;
        staff_name := staff.name;
        -- A post that only watches or counts (accounts/roles.py: no READ_FILE) gives no sight of any file.
        SELECT COALESCE(array_agg(DISTINCT m.role::text), '{{}}'),
               COALESCE(array_agg(DISTINCT a.kind::text) FILTER (WHERE m.role <> ALL (blind)), '{{}}'),
               COALESCE(array_agg(DISTINCT a.id) FILTER (WHERE m.role <> ALL (blind)), '{{}}'),
               COALESCE(array_agg(DISTINCT a.id) FILTER (WHERE m.role = 'PROVINCIAL_HEAD'), '{{}}'),
               COALESCE(array_agg(DISTINCT a.id), '{{}}')
          INTO roles, kinds, agencies, manages, homes
          FROM accounts_membership m JOIN accounts_agency a ON a.id = m.agency_id
         WHERE m.person_id = me AND staff.is_active AND a.is_active
           AND m.starts_on <= today AND (m.ends_on IS NULL OR m.ends_on >= today)
           AND {STANDS};
        IF cardinality(roles) > 0 THEN
            SELECT a.code, a.id::text, {SAID} INTO agency_code, agency_uuid, role_code
              FROM accounts_membership m JOIN accounts_agency a ON a.id = m.agency_id
             WHERE m.person_id = me AND a.is_active
               AND m.starts_on <= today AND (m.ends_on IS NULL OR m.ends_on >= today)
           AND {STANDS}
             ORDER BY m.stands_in_for_id IS NOT NULL, m.starts_on, a.code, m.role, m.id LIMIT 1;
            barred := actor_barred(me, homes);
        END IF;
        IF cardinality(agencies) > 0 THEN
            WITH held AS (
                SELECT r.content_object_id AS province, a.kind::text AS kind
                  FROM accounts_provinceagencyright r JOIN accounts_agency a ON a.group_id = r.group_id
                 WHERE a.id = ANY(agencies) AND r.valid_from <= now() AND (r.valid_until IS NULL OR r.valid_until > now())
                UNION
                SELECT r.content_object_id, k.kind
                  FROM accounts_provincepersonright r CROSS JOIN unnest(kinds) AS k(kind)
                 WHERE r.user_id = me AND r.valid_from <= now() AND (r.valid_until IS NULL OR r.valid_until > now())
            ), sees_all AS (
                SELECT viewer_kind FROM accounts_sectionrule GROUP BY viewer_kind HAVING bool_and(sections & 1 = 1)
            )
            SELECT COALESCE(array_agg(DISTINCT 'province:' || held.province || ':' || held.kind), '{{}}'),
                   COALESCE(array_agg(DISTINCT held.province::int)
                            FILTER (WHERE held.kind IN (SELECT viewer_kind FROM sees_all)), '{{}}')
              INTO principals, open_provinces FROM held;
            principals := principals || ('person:' || who)
                || ARRAY(SELECT 'agency:' || a FROM unnest(agencies) AS a);
            IF 'NATIONAL_DESK' = ANY(roles) THEN
                principals := principals || 'named-desk'::text;
            END IF;
        END IF;
    ELSIF who <> '' AND who !~ '^system:[a-z-]+$' THEN
        RAISE EXCEPTION 'not an actor' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM set_config('app.actor', who, true), set_config('app.actor_name', staff_name, true),
        set_config('app.agency', agency_code, true), set_config('app.agency_id', agency_uuid, true),
        set_config('app.role', role_code, true), set_config('app.roles', roles::text, true),
        set_config('app.agencies', agencies::text, true), set_config('app.principals', principals::text, true),
        set_config('app.provinces', open_provinces::text, true), set_config('app.manages', manages::text, true),
        set_config('app.barred', barred::text, true);
END
"""

# Which membership the trail names from here on: one of the actor's own, live today.
SPEAK_FOR = f"""
DECLARE
    today date := (now() AT TIME ZONE 'Asia/Phnom_Penh')::date;
    post record;
BEGIN
    SELECT a.code, a.id::text AS agency, {SAID} AS role INTO post
      FROM accounts_membership m
      JOIN accounts_agency a ON a.id = m.agency_id
      JOIN accounts_user u ON u.id = m.person_id
     WHERE m.id = membership AND m.person_id::text = NULLIF(current_setting('app.actor', true), '')
       AND u.is_active AND a.is_active AND m.starts_on <= today AND (m.ends_on IS NULL OR m.ends_on >= today)
           AND {STANDS};
    IF NOT FOUND THEN
        RAISE EXCEPTION 'not a live membership of the actor' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM set_config('app.agency', post.code, true), set_config('app.agency_id', post.agency, true),
        set_config('app.role', post.role, true);
END
"""

RIGHTS = {"select": SOMEBODY, "insert": ADMINISTRATOR, "update": ADMINISTRATOR, "rules": "SELECT"}


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_people_agencies_places_and_rights"),
        ("audit", "0001_the_trail"),
        ("guardian", "0001_initial"),
    ]

    operations = [
        Policies("Agency", **RIGHTS),
        Policies(
            "Membership",
            select=SOMEBODY,
            insert=f"{ADMINISTRATOR} OR ({OF_OWN_OFFICE})",
            update=f"{ADMINISTRATOR} OR ({OF_OWN_OFFICE})",
            rules="SELECT",
        ),
        Policies("ProvinceAgencyRight", **RIGHTS),
        Policies("ProvincePersonRight", **RIGHTS),
        Policies("SectionRule", **RIGHTS),
        Policies("SubjectKey", select=OWN_STAFF_KEY, insert=OWN_STAFF_KEY),
        Sql(
            [
                "GRANT SELECT ON accounts_user TO karpea_rules",
                # Places change by a new edition of the source, loaded by an operator; codes are edited on a page.
                "REVOKE INSERT, UPDATE, DELETE ON accounts_province, accounts_place FROM karpea_web, karpea_worker",
                "REVOKE DELETE ON accounts_code, accounts_user FROM karpea_web, karpea_worker",
                # Guardian's generic tables stay empty: nobody of the site can write there.
                "REVOKE INSERT, UPDATE, DELETE ON guardian_userobjectpermission, guardian_groupobjectpermission "
                "FROM karpea_web, karpea_worker",
                # The names of permissions and models come with migrations; a new agency gets its right-holder once.
                "REVOKE INSERT, UPDATE, DELETE ON auth_group_permissions, auth_permission, django_content_type "
                "FROM karpea_web, karpea_worker",
                "REVOKE UPDATE, DELETE ON auth_group FROM karpea_web, karpea_worker",
            ]
        ),
        Definer(BARRED, NOT_BARRED),
        Definer("begin_actor(who text) RETURNS void", BEGIN),
        Definer("speak_for(membership uuid) RETURNS void", SPEAK_FOR),
        Policies("table:audit_event", name="keepers", select=KEEPERS_OF_ACTS),
        KeepHistory("User", read=KEEPERS),
        KeepHistory("Agency", read=KEEPERS),
        KeepHistory("Membership", read=KEEPERS),
        KeepHistory("ProvinceAgencyRight", read=KEEPERS),
        KeepHistory("ProvincePersonRight", read=KEEPERS),
        KeepHistory("SectionRule", read=KEEPERS),
        KeepHistory("Code", read=KEEPERS),
    ]
