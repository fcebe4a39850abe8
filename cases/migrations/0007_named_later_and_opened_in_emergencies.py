"""Files that become named-only later, and files that are opened in an emergency; with their walls and history."""

import datetime
import uuid

import django.db.models.deletion
import django.db.models.expressions
import simple_history.models
from django.conf import settings
from django.db import migrations, models

from accounts.sections import EVERYTHING, Section
from audit.operations import Definer, KeepHistory, Policies, Sql, setting_list
from cases.rules import AGENCIES, ME, in_scope, not_barred

CALLER = "NULLIF(current_setting('app.actor', true), '')"
# Read in a definer function, once a call; a policy asks with a sub-select instead (cases/rules.py).
PRINCIPALS = "NULLIF(current_setting('app.principals', true), '')::text[]"
ROLES = "NULLIF(current_setting('app.roles', true), '')::text[]"
# The files from which the actor is kept away.
BARRED = "NULLIF(current_setting('app.barred', true), '')::uuid[]"
OWNS = (
    f"s.case_id = which AND s.principal = ANY({PRINCIPALS}) AND s.sections & 384 = 384 "
    f"AND (s.until IS NULL OR s.until > now()) AND which <> ALL({BARRED})"
)
# Ended at once. Never before it began: a grant of this very transaction carries the clock, not the transaction's time.
NOW = "GREATEST(now(), valid_from)"
LIVE = "content_object_id = which AND (valid_until IS NULL OR valid_until > now())"
# Who has the person already, and handing the file on, is not opened by an emergency.
IN_EMERGENCY = int(EVERYTHING & ~Section.REFERRALS & ~Section.MOVE)
VIEW_CASE = (
    "(SELECT p.id FROM auth_permission p JOIN django_content_type t ON t.id = p.content_type_id "
    "WHERE t.app_label = 'cases' AND t.model = 'case' AND p.codename = 'view_case')"
)

# Whoever owns a file ends, with one act, the sight of everybody who is not named, often their own. Everything that
# follows happens here: half of it could not be done by somebody who no longer sees the file.
NAME_ONLY = f"""
DECLARE one record; heir uuid; me uuid := {CALLER}::uuid;
BEGIN
    SELECT c.named_only, c.worker_id, c.agency_id INTO one FROM cases_case c WHERE c.id = which FOR UPDATE;
    IF NOT FOUND OR one.named_only OR NOT EXISTS (SELECT 1 FROM cases_casescope s WHERE {OWNS}) THEN
        RAISE EXCEPTION 'only who owns a file makes it named-only' USING ERRCODE = 'insufficient_privilege';
    END IF;
    -- Kept by name: colleagues of the actor, and whoever was named for this file before. Nobody else gains sight by this.
    IF EXISTS (
        SELECT 1 FROM unnest(keep) k
         WHERE which = ANY(actor_barred(k, ARRAY(SELECT x.agency_id FROM accounts_membership x WHERE x.person_id = k)))
    ) OR EXISTS (
        SELECT 1 FROM unnest(keep) k
         WHERE NOT EXISTS (SELECT 1 FROM cases_casepersongrant g WHERE g.user_id = k AND {LIVE})
           AND NOT EXISTS (SELECT 1 FROM accounts_membership m WHERE m.person_id = k
                           AND m.agency_id = ANY(NULLIF(current_setting('app.agencies', true), '')::uuid[]))
    ) THEN
        RAISE EXCEPTION 'somebody else cannot be kept' USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO cases_namedstep (id, case_id, act, why, words_sealed, by_id, agency_id, recorded_at)
    VALUES (step, which, 'MARKED', reason, words, me, post, now());
    UPDATE cases_caseagencygrant SET valid_until = {NOW} WHERE {LIVE};
    UPDATE cases_casepersongrant SET valid_until = {NOW}
     WHERE {LIVE} AND (user_id <> ALL(keep) OR because LIKE 'break-glass:%');
    INSERT INTO cases_casepersongrant (id, permission_id, content_object_id, user_id, granted_by_id, reason, valid_from,
                                       valid_until, sections, because)
    SELECT gen_random_uuid(), {VIEW_CASE}, which, k, me, 'NAMED', now(), NULL, 511, 'named:' || step
      FROM unnest(keep) k WHERE NOT EXISTS (SELECT 1 FROM cases_casepersongrant g WHERE g.user_id = k AND {LIVE});
    -- Whoever works on it and is not kept hands it to whoever did this, or to a colleague who is kept; else to nobody, and
    -- the desk finds it among the files without a worker.
    heir := one.worker_id;
    IF one.worker_id <> ALL(keep) THEN
        heir := COALESCE(
            (SELECT k FROM unnest(keep) k WHERE k = me),
            (SELECT k FROM unnest(keep) k WHERE EXISTS (
                SELECT 1 FROM accounts_membership m WHERE m.person_id = k AND m.agency_id = one.agency_id) ORDER BY k LIMIT 1),
            one.worker_id);
    END IF;
    UPDATE desk_due SET named_only = true,
           worker_id = CASE WHEN kind = 'CASE' AND worker_id = one.worker_id THEN heir ELSE worker_id END
     WHERE case_id = which AND done_at IS NULL;
    UPDATE cases_case SET named_only = true, worker_id = heir, version = version + 1, updated_at = now() WHERE id = which;
END
"""

# The way back takes two people of the national desk, of two agencies. The second one does it.
LIFT_NAMED_ONLY = f"""
DECLARE asked record; me uuid := {CALLER}::uuid; today date := (now() AT TIME ZONE 'Asia/Phnom_Penh')::date;
BEGIN
    PERFORM 1 FROM cases_case c WHERE c.id = which AND c.named_only FOR UPDATE;
    IF NOT FOUND OR NOT EXISTS (SELECT 1 FROM cases_casescope s WHERE {OWNS}) THEN
        RAISE EXCEPTION 'not a named-only file of the actor' USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT n.act, n.by_id, n.agency_id INTO asked FROM cases_namedstep n WHERE n.case_id = which
     ORDER BY n.recorded_at DESC, n.id LIMIT 1;
    IF asked.act IS DISTINCT FROM 'LIFT_ASKED' OR asked.by_id = me OR asked.agency_id = post OR NOT EXISTS (
        SELECT 1 FROM accounts_membership m JOIN accounts_agency a ON a.id = m.agency_id
         WHERE m.person_id = me AND m.agency_id = post AND m.role = 'NATIONAL_DESK' AND a.is_active
           AND m.starts_on <= today AND (m.ends_on IS NULL OR m.ends_on >= today)
    ) THEN
        RAISE EXCEPTION 'a second person of another agency of the desk lifts it' USING ERRCODE = 'insufficient_privilege';
    END IF;
    INSERT INTO cases_namedstep (id, case_id, act, why, words_sealed, by_id, agency_id, recorded_at)
    VALUES (step, which, 'LIFTED', '', words, me, post, now());
    UPDATE cases_casepersongrant SET valid_until = {NOW} WHERE {LIVE} AND because LIKE 'named:%';
    UPDATE desk_due SET named_only = false WHERE case_id = which AND done_at IS NULL;
    UPDATE cases_case SET named_only = false, version = version + 1, updated_at = now() WHERE id = which;
END
"""

# Whoever opens a file in an emergency cannot see it before. NULL where no file opens with this number, whatever
# the reason is: none has it, it is for named people only, or the person is kept from it.
BREAK_GLASS = f"""
DECLARE one record; me uuid := {CALLER}::uuid; today date := (now() AT TIME ZONE 'Asia/Phnom_Penh')::date;
BEGIN
    IF hours NOT BETWEEN 1 AND 4 OR NOT EXISTS (
        SELECT 1 FROM accounts_membership m
          JOIN accounts_agency a ON a.id = m.agency_id JOIN accounts_user u ON u.id = m.person_id
         WHERE m.person_id = me AND m.agency_id = post AND u.is_active AND a.is_active
           AND m.role IN ('PROVINCIAL_OFFICER', 'PROVINCIAL_HEAD', 'POLICE_OFFICER', 'MINISTRY_REVIEWER', 'SHELTER_MANAGER')
           AND m.starts_on <= today AND (m.ends_on IS NULL OR m.ends_on >= today)
    ) THEN
        RAISE EXCEPTION 'not somebody who opens files in emergencies' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF reason NOT IN ('DANGER', 'CHILD') AND EXISTS (
        SELECT 1 FROM cases_breakglass b WHERE b.person_id = me AND b.reviewed_at IS NULL
    ) THEN
        RAISE EXCEPTION 'an earlier opening waits for its review' USING ERRCODE = 'insufficient_privilege';
    END IF;
    SELECT c.id INTO one FROM cases_case c WHERE c.number = asked
       AND NOT c.named_only AND c.id <> ALL({BARRED});
    IF NOT FOUND THEN RETURN NULL; END IF;
    INSERT INTO cases_breakglass (id, case_id, person_id, agency_id, why, opened_at, until, outcome)
    VALUES (use, one.id, me, post, reason, now(), now() + make_interval(hours => hours), '');
    INSERT INTO cases_casepersongrant (id, permission_id, content_object_id, user_id, granted_by_id, reason, valid_from,
                                       valid_until, sections, because)
    VALUES (gen_random_uuid(), {VIEW_CASE}, one.id, me, me, reason, now(), now() + make_interval(hours => hours),
            {IN_EMERGENCY}, 'break-glass:' || use);
    RETURN one.id;
END
"""

# The scope of one file as it stands, with the grant that a row follows from; for whoever works on the file alone.
WHO_SEES = f"""
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM cases_casescope s WHERE s.case_id = which AND s.principal = ANY({PRINCIPALS})
           AND s.sections & 128 <> 0 AND (s.until IS NULL OR s.until > now()) AND which <> ALL({BARRED})
    ) THEN RETURN; END IF;
    RETURN QUERY
    SELECT DISTINCT s.principal::text, s.sections::int, s.until, g.because::text, g.giver, g.reason::text, g.since
      FROM cases_casescope s
      LEFT JOIN LATERAL (
        SELECT p.because, p.granted_by_id AS giver, p.reason, p.valid_from AS since FROM cases_casepersongrant p
         WHERE p.content_object_id = which AND s.principal = 'person:' || p.user_id AND p.sections = s.sections
           AND p.valid_until IS NOT DISTINCT FROM s.until
        UNION ALL
        SELECT t.because, t.granted_by_id, t.reason, t.valid_from FROM cases_caseagencygrant t
          JOIN accounts_agency a ON a.group_id = t.group_id
         WHERE t.content_object_id = which AND s.principal = 'agency:' || a.id AND t.sections = s.sections
           AND t.valid_until IS NOT DISTINCT FROM s.until
      ) g ON true
     WHERE s.case_id = which AND (s.until IS NULL OR s.until > now());
END
"""

# Changed by the two functions above, and by whoever loads; never by a plain UPDATE of the site.
GUARD_NAMED_ONLY = """
BEGIN
    IF NEW.named_only IS DISTINCT FROM OLD.named_only AND current_user IN ('karpea_web', 'karpea_worker') THEN
        RAISE EXCEPTION 'a file is made named-only by cases_name_only' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END
"""

DESK = f"'NATIONAL_DESK' = ANY({setting_list('roles', 'text')})"
GLASS = "cases_breakglass.case_id"
MY_GLASS = f"(cases_breakglass.person_id::text = {ME} AND {not_barred(GLASS)})"
WORKS_ON_GLASS = in_scope(GLASS, Section.WORK)
REVIEW = f"desk_due.kind = 'GLASS' AND {in_scope('desk_due.case_id', Section.WORK)}"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_tokens_of_machines"),
        ("desk", "0005_emergency_openings_are_due"),
        ("cases", "0006_exclusions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="HistoricalBreakGlass",
            fields=[
                ("history_actor", models.CharField(max_length=64)),
                ("history_request", models.CharField(blank=True, max_length=64)),
                ("layout", models.PositiveSmallIntegerField()),
                ("content_hash", models.BinaryField()),
                ("id", models.UUIDField(db_index=True, default=uuid.uuid4, editable=False)),
                (
                    "why",
                    models.CharField(
                        choices=[
                            ("DANGER", "Danger to life"),
                            ("CHILD", "A child is at risk now"),
                            ("OTHER", "Another reason that cannot wait"),
                        ],
                        max_length=8,
                        verbose_name="Why",
                    ),
                ),
                ("reason_sealed", models.BinaryField(null=True)),
                ("opened_at", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("reviewed_at", models.DateTimeField(null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("RIGHT", "It was right to open the file"),
                            ("WRONG", "It was not right to open the file"),
                            ("UNCLEAR", "It cannot be said: passed on to be looked into"),
                        ],
                        max_length=8,
                        verbose_name="Finding",
                    ),
                ),
                ("review_sealed", models.BinaryField(null=True)),
                ("history_user_id", models.UUIDField(null=True)),
                ("history_id", models.AutoField(primary_key=True, serialize=False)),
                ("history_date", models.DateTimeField(db_index=True)),
                ("history_change_reason", models.CharField(max_length=100, null=True)),
                (
                    "history_type",
                    models.CharField(
                        choices=[("+", "Created"), ("~", "Changed"), ("-", "Deleted")], max_length=1
                    ),
                ),
                (
                    "agency",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="accounts.agency",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="cases.case",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reviewed_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "historical emergency opening",
                "verbose_name_plural": "historical emergency openings",
                "ordering": ("-history_date", "-history_id"),
                "get_latest_by": ("history_date", "history_id"),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name="NamedStep",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "act",
                    models.CharField(
                        choices=[
                            ("MARKED", "Made visible to named people only"),
                            ("LIFT_ASKED", "Asked to open it to its office and province again"),
                            ("LIFT_DECLINED", "Kept for named people only"),
                            ("LIFTED", "Opened to its office and province again"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "why",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("OFFICIAL", "An official, a police officer or agency staff could be involved"),
                            ("THREAT", "Somebody who sees it could put the person in danger"),
                            ("OTHER", "Another reason"),
                        ],
                        max_length=12,
                    ),
                ),
                ("words_sealed", models.BinaryField()),
                ("recorded_at", models.DateTimeField()),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.agency"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="named_steps",
                        to="cases.case",
                    ),
                ),
            ],
            options={
                "verbose_name": "step of a named-only file",
            },
        ),
        migrations.CreateModel(
            name="BreakGlass",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                (
                    "why",
                    models.CharField(
                        choices=[
                            ("DANGER", "Danger to life"),
                            ("CHILD", "A child is at risk now"),
                            ("OTHER", "Another reason that cannot wait"),
                        ],
                        max_length=8,
                        verbose_name="Why",
                    ),
                ),
                ("reason_sealed", models.BinaryField(null=True)),
                ("opened_at", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("reviewed_at", models.DateTimeField(null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("RIGHT", "It was right to open the file"),
                            ("WRONG", "It was not right to open the file"),
                            ("UNCLEAR", "It cannot be said: passed on to be looked into"),
                        ],
                        max_length=8,
                        verbose_name="Finding",
                    ),
                ),
                ("review_sealed", models.BinaryField(null=True)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="accounts.agency"
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="emergencies",
                        to="cases.case",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "reviewed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "emergency opening",
                "indexes": [
                    models.Index(fields=["case", "-opened_at"], name="emergency_of_case"),
                    models.Index(
                        condition=models.Q(("reviewed_at", None)),
                        fields=["person"],
                        name="emergency_unreviewed",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until__gt", models.F("opened_at")),
                            (
                                "until__lte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("opened_at"),
                                    "+",
                                    models.Value(datetime.timedelta(seconds=14400)),
                                ),
                            ),
                        ),
                        name="emergency_of_four_hours_at_most",
                        violation_error_message="A file is opened in an emergency for four hours at most.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("outcome", ""), ("reviewed_at", None), ("reviewed_by", None)),
                            models.Q(
                                ("reviewed_at__isnull", False),
                                ("reviewed_by__isnull", False),
                                models.Q(("outcome", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="emergency_reviewed_by_and_at",
                        violation_error_message="A review has a day, a person and a finding.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("reviewed_by", None),
                            models.Q(("reviewed_by", models.F("person")), _negated=True),
                            _connector="OR",
                        ),
                        name="emergency_reviewed_by_another",
                        violation_error_message="Nobody reviews what they opened themselves.",
                    ),
                ],
            },
        ),
        Policies(
            "NamedStep",
            select=in_scope("cases_namedstep.case_id", Section.WORK),
            insert=f"act IN ('LIFT_ASKED', 'LIFT_DECLINED') AND {DESK} AND by_id::text = {ME} "
            f"AND agency_id = ANY({AGENCIES}) AND {in_scope('cases_namedstep.case_id', Section.MOVE)}",
            rules="SELECT INSERT",
        ),
        Policies(
            "BreakGlass",
            select=f"{MY_GLASS} OR {WORKS_ON_GLASS}",
            update=f"{MY_GLASS} OR {WORKS_ON_GLASS}",
            rules="SELECT INSERT",
        ),
        Policies("table:cases_case", name="named", rules="UPDATE"),
        Policies("table:cases_caseagencygrant", name="named", rules="UPDATE"),
        Policies("table:cases_casepersongrant", name="named", rules="INSERT UPDATE"),
        Policies("table:desk_due", name="named", rules="UPDATE"),
        Policies("table:desk_due", name="glass", select=REVIEW, insert=REVIEW, update=REVIEW),
        Sql(
            [
                "REVOKE UPDATE, DELETE ON cases_namedstep FROM karpea_web, karpea_worker",
                "REVOKE INSERT, UPDATE, DELETE ON cases_breakglass FROM karpea_web, karpea_worker",
                "GRANT UPDATE (reason_sealed, ended_at, reviewed_at, reviewed_by_id, outcome, review_sealed) "
                "ON cases_breakglass TO karpea_web, karpea_worker",
                "GRANT SELECT ON auth_permission, django_content_type TO karpea_rules",
            ]
        ),
        Definer(
            "cases_name_only(which uuid, step uuid, reason text, words bytea, post uuid, keep uuid[]) RETURNS void",
            NAME_ONLY,
        ),
        Definer(
            "cases_lift_named_only(which uuid, step uuid, words bytea, post uuid) RETURNS void",
            LIFT_NAMED_ONLY,
        ),
        Definer(
            "cases_break_glass(use uuid, asked text, reason text, hours int, post uuid) RETURNS uuid",
            BREAK_GLASS,
        ),
        Definer(
            "cases_who_sees(which uuid) RETURNS TABLE(principal text, sections int, until timestamptz, because text, "
            "giver uuid, reason text, since timestamptz)",
            WHO_SEES,
        ),
        Sql(
            [
                f"CREATE FUNCTION cases_named_only_is_guarded() RETURNS trigger LANGUAGE plpgsql AS $body${GUARD_NAMED_ONLY}$body$",
                "CREATE TRIGGER a_named_only BEFORE UPDATE OF named_only ON cases_case "
                "FOR EACH ROW EXECUTE FUNCTION cases_named_only_is_guarded()",
            ],
            ["DROP TRIGGER a_named_only ON cases_case", "DROP FUNCTION cases_named_only_is_guarded()"],
        ),
        KeepHistory("BreakGlass", read=in_scope("cases_historicalbreakglass.case_id", Section.WORK)),
    ]
