"""The land of the rule as rows: people by the loader, files as copies of one real row a table, every trigger on."""

import datetime
import json
import uuid
from dataclasses import replace

import psycopg
from django.contrib.auth.models import Group

from accounts.models import Agency, Membership, Province, ProvinceAgencyRight, ProvincePersonRight, User
from accounts.models.rights import VIEW_PROVINCE
from audit.context import acting, system
from tests import ground
from tests.people import AGENCIES, PEOPLE, SINCE, SPACE, person_id
from tests.world import build

from .land import NOBODY
from .rule import SECTIONS, File, Grant, Land, Post, Record

COPY = """
INSERT INTO {0} SELECT (jsonb_populate_record(p, o.value)).*
  FROM {0} p, jsonb_array_elements(%s::jsonb) o WHERE p.id = %s
"""
#: Inserts what is offered, one by one, and takes each back; gives the keys of the files that let it in.
MAY_INSERT = """
CREATE FUNCTION tests.may_insert(target text, offered jsonb, who text) RETURNS SETOF text LANGUAGE plpgsql AS $body$
DECLARE one jsonb;
BEGIN
    FOR one IN SELECT jsonb_array_elements(offered) LOOP
        BEGIN
            EXECUTE format('INSERT INTO %I SELECT * FROM jsonb_populate_record(NULL::%I, $1)', target, target)
                USING one || jsonb_build_object('by_id', who, 'made_by_id', who);
            RAISE EXCEPTION 'let in' USING ERRCODE = 'KP001';
        EXCEPTION WHEN SQLSTATE 'KP001' THEN RETURN NEXT one ->> 'case_id';
                  WHEN insufficient_privilege THEN NULL;
        END;
    END LOOP;
END
$body$
"""
AN_ACT = (
    "SELECT audit_record(%s, %s, 'OK', 'case', %s, '', %s, %s::smallint, '{}', '{}', NULL, 'DAY', '', '')"
)


def agency_id(code):
    return str(uuid.uuid5(SPACE, code))


def bits(sections):
    return sum(1 << SECTIONS.index(one) for one in sections)


def settle(land: Land):
    """Agencies, people and their rights, as far as tests/people.py has not made them."""
    with ground.connected("loader"), acting(system("migration")):
        for code, one in land.agencies.items():
            if code not in AGENCIES:
                group = Group.objects.create(name=f"agency {code}")
                Agency(
                    id=agency_id(code),
                    code=code,
                    kind=one.kind,
                    name_km=code,
                    name_en=code,
                    group=group,
                    is_active=one.active,
                ).save(force_insert=True)
                for province in one.provinces:
                    there = Province.objects.get(pk=province)
                    ProvinceAgencyRight.give(
                        VIEW_PROVINCE, group=group, content_object=there, reason="for tests"
                    )
        for name, person in land.people.items():
            if name in PEOPLE or name == NOBODY:
                continue
            user = User(
                id=person_id(name),
                sign_in_name=name,
                full_name_km=name,
                full_name_latin=name,
                password="!",
                conduct_due=False,
            )
            user.save(force_insert=True)
            for post in person.posts:
                _place(user, post)
            for province in person.provinces:
                there = Province.objects.get(pk=province)
                ProvincePersonRight.give(VIEW_PROVINCE, user=user, content_object=there, reason="for tests")


def _place(user: User, post: Post):
    """A post, or that of somebody who is there already and for whom this one stands in."""
    theirs, begun = None, SINCE
    if post.stands_in_for:
        holder = Membership.objects.filter(person=person_id(post.stands_in_for), role=post.role)
        theirs, begun = holder.get(agency=agency_id(post.agency)), post.ends_on - datetime.timedelta(days=40)
    Membership.objects.create(
        person=user, agency_id=agency_id(post.agency), role=post.role, starts_on=begun, ends_on=post.ends_on,
        stands_in_for=theirs,
    )  # fmt: skip


class Writer:
    """Rows of the land's files, and the records of the rule that they are."""

    def __init__(self, name: str, land: Land) -> None:
        self.land, self.records = land, []
        self.rows: dict[str, list[dict]] = {}
        self.session = psycopg.connect(**ground.conninfo("loader", name))
        self.groups = dict(self.session.execute("SELECT code, group_id FROM accounts_agency").fetchall())

    def key(self, file, *words):
        return str(uuid.uuid5(SPACE, " ".join(("oracle", file.key, *map(str, words)))))

    def put(self, table, what, file: File, *words, of=None, row=None, **values):
        """One row more, and the record that it is (where `what` says so); its key."""
        key = row or self.key(file, table, *words)
        self.rows.setdefault(table, []).append({"id": key, **values})
        if what:
            self.records.append(Record(what, key, file, of))
        return key

    def write(self):
        land = self.land
        protos = self.prototypes()
        for number, file in enumerate(land.files):
            self.file(file, number)
        with self.session.transaction():
            self.session.execute("SELECT begin_actor('system:migration')")
            for table, rows in self.rows.items():
                for name in sorted({row.get("kind", "") if table in BY_KIND else "" for row in rows}):
                    some = [row for row in rows if table not in BY_KIND or row["kind"] == name]
                    self.session.execute(
                        COPY.format(table), [json.dumps(some, default=str), protos[table, name]]
                    )
            later = [self.key(f) for f in land.files if f.named == "LATER"]
            self.session.execute(
                "UPDATE cases_case SET named_only = true WHERE id = ANY(%s::uuid[])", [later]
            )
            self.acts()
            self.session.execute(MAY_INSERT)
        self.at_desk()
        self.session.close()
        return self.records + [
            replace(one, kind=f"{one.kind} before") for one in self.records if f"{one.kind} before" in BEFORE
        ]

    def prototypes(self):
        found = {}
        for table in TABLES.values():
            for kind in BY_KIND.get(table, ("",)):
                where = f"WHERE kind = '{kind}'" if kind else ""
                if table == "cases_case":
                    where = "WHERE NOT named_only"
                found[table, kind] = self.session.execute(
                    f"SELECT id FROM {table} {where} LIMIT 1"
                ).fetchone()[0]
        self.session.rollback()
        return found

    def file(self, file, number):
        now, case = self.land.now, self.key(file)
        opener, owner = str(person_id(file.opener)), agency_id(file.owner)
        self.put(
            "cases_case",
            "case",
            file,
            row=case,
            number=f"ZZ-2026-{number:05}-0",
            province_id=file.province,
            agency_id=owner,
            agency_kind=self.land.agencies[file.owner].kind,
            opened_by_id=opener,
            worker_id=str(person_id(file.worker or file.opener)),
            status_by_id=opener,
            named_only=file.named == "FIRST",
            district_id=None,
            commune_id=None,
        )
        if file.named == "LATER":
            self.put(
                "cases_namedstep",
                "named step",
                file,
                case_id=case,
                act="MARKED",
                why="OTHER",
                by_id=opener,
                agency_id=owner,
            )
        for kind in ("victim", "identity", "search keys", "facts", "answers", "risk", "note"):
            self.put(TABLES[kind], kind, file, case_id=case)
        agreed = {}
        for to in (None, "NGO-HOPE"):
            agreed[to] = self.put(
                "cases_consent",
                "consent",
                file,
                to,
                of=to,
                case_id=case,
                recipient_id=agency_id(to) if to else None,
            )
        for kind in ("FILE", "PERSON"):
            self.put("accounts_subjectkey", f"key of {kind.lower()}", file, kind, kind=kind, subject=case)
        due = {
            "case_id": case,
            "done_at": None,
            "agency_id": owner,
            "province_id": file.province,
            "worker_id": None,
        }
        self.put("desk_due", "due", file, "CASE", kind="CASE", thing_id=case, **due)
        for at, one in enumerate(file.referrals):
            self.referral(file, at, one, agreed[None], due)
        for at, one in enumerate(file.grants):
            self.grant(file, at, one)
        for at, bar in enumerate(file.bars):
            kind, _colon, who = bar.who.partition(":")
            self.put(
                "cases_exclusion",
                "exclusion",
                file,
                at,
                of=bar,
                case_id=case,
                number=f"ZZ-{number}",
                person_id=str(person_id(who)) if kind == "person" else None,
                agency_id=agency_id(who) if kind == "agency" else None,
                made_by_id=str(person_id(bar.maker)),
                at_desk=False,
                review="LIFTED" if bar.lifted else "WAITING",
                ended_at=now if bar.lifted else None,
                reviewed_at=now if bar.lifted else None,
                reviewed_by_id=str(person_id("desk_2")) if bar.lifted else None,
            )
        for at, one in enumerate(file.emergencies):
            began = one.until - datetime.timedelta(hours=2)
            self.put(
                "cases_breakglass",
                "emergency",
                file,
                at,
                of=one,
                case_id=case,
                person_id=str(person_id(one.person)),
                opened_at=began,
                until=one.until,
                ended_at=None,
                reviewed_at=None,
                reviewed_by_id=None,
                outcome="",
                review_sealed=None,
            )

    def referral(self, file, at, one, consent, due):
        now, case = self.land.now, self.key(file)
        sent = now - datetime.timedelta(hours=1) if one.sent else None
        desk = str(person_id("reviewer"))
        key = self.put(
            "referrals_referral",
            "referral",
            file,
            at,
            of=one,
            case_id=case,
            to_agency_id=agency_id(one.to),
            from_agency_id=agency_id(file.owner),
            status=one.status,
            sections=bits(one.sections),
            sent_at=sent,
            sent_by_id=desk if sent else None,
            answered_at=None,
            answered_by_id=None,
            access_until=one.access_until,
            consent_id=consent,
            province_id=file.province,
        )
        self.put("referrals_referralservice", "services", file, at, of=one, referral_id=key)
        self.put(
            "referrals_referralstep", "step", file, at, of=one, referral_id=key, case_id=case, recorded_at=now
        )
        self.put(
            "accounts_subjectkey",
            "key of referral",
            file,
            "REFERRAL",
            at,
            of=one,
            kind="REFERRAL",
            subject=key,
        )
        self.put("desk_due", "answer due", file, "REFERRAL", at, of=one, kind="REFERRAL", thing_id=key, **due)

    def grant(self, file, at, one: Grant):
        kind, _colon, who = one.to.partition(":")
        because = one.because
        if because == "referral:0":
            because = f"referral:{self.key(file, 'referrals_referral', 0)}"
        common = {
            "content_object_id": self.key(file),
            "valid_from": self.land.now - datetime.timedelta(days=2),
            "valid_until": one.until,
            "sections": bits(one.sections),
            "because": because,
            "granted_by_id": str(person_id(one.giver)),
        }
        if kind == "agency":
            self.put(
                "cases_caseagencygrant", "agency grant", file, at, of=one, group_id=self.groups[who], **common
            )
        else:
            self.put(
                "cases_casepersongrant",
                "person grant",
                file,
                at,
                of=one,
                user_id=str(person_id(who)),
                **common,
            )

    def acts(self):
        """Of each file two acts of its opener, for the office that owns it."""
        for file in self.land.files:
            case = self.key(file)
            self.session.execute("SELECT begin_actor(%s)", [str(person_id(file.opener))])
            for kind in ("NOTE_ADDED", "CONSENT_RECORDED"):
                key = self.key(file, "audit_event", kind)
                self.session.execute(AN_ACT, [key, kind, case, case, file.province])
                self.records.append(Record("act", key, file, file.owner, kind))

    def at_desk(self):
        """Which exclusions came to the national desk is told by a trigger; here it is one more fact."""
        told = {
            str(i) for (i,) in self.session.execute("SELECT id FROM cases_exclusion WHERE at_desk").fetchall()
        }
        self.records = [
            replace(one, of=replace(one.of, at_desk=True))
            if one.kind == "exclusion" and one.id in told
            else one
            for one in self.records
        ]


#: Where the records of each kind stand; "before" is the table of what they were.
TABLES = {
    "case": "cases_case",
    "victim": "cases_victim",
    "identity": "cases_identity",
    "search keys": "cases_identitykey",
    "facts": "cases_facts",
    "answers": "cases_factanswer",
    "risk": "cases_riskassessment",
    "consent": "cases_consent",
    "note": "cases_note",
    "referral": "referrals_referral",
    "services": "referrals_referralservice",
    "step": "referrals_referralstep",
    "agency grant": "cases_caseagencygrant",
    "person grant": "cases_casepersongrant",
    "exclusion": "cases_exclusion",
    "emergency": "cases_breakglass",
    "named step": "cases_namedstep",
    "due": "desk_due",
    "answer due": "desk_due",
    "key of file": "accounts_subjectkey",
    "key of person": "accounts_subjectkey",
    "key of referral": "accounts_subjectkey",
}
BY_KIND = {"desk_due": ("CASE", "REFERRAL"), "accounts_subjectkey": ("FILE", "PERSON", "REFERRAL")}
BEFORE = {
    f"{kind} before": TABLES[kind].replace("_", "_historical", 1)
    for kind in (
        "case",
        "victim",
        "identity",
        "facts",
        "answers",
        "risk",
        "consent",
        "note",
        "referral",
        "services",
        "step",
        "agency grant",
        "person grant",
        "exclusion",
        "emergency",
    )
}


def write(name: str, land: Land) -> list[Record]:
    """Put the land into the database `name`; the records that were made."""
    build()
    settle(land)
    return Writer(name, land).write()
