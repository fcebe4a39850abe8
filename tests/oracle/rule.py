"""Who may see and do what, told a third time: plain Python over plain records, knowing nothing of the product.

Written from the architecture (5 and 6) and docs/access.md, not from accounts.access, cases.access or cases.rules,
which it is there to doubt. It asks no database. A new way to a file is one entry in `sights`, a new record one in READ.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

SECTIONS = ("SUMMARY", "IDENTITY", "FACTS", "RISK", "CONSENT", "NOTES", "REFERRALS", "WORK", "MOVE")
ALL = frozenset(SECTIONS)
#: A role that watches, counts or keeps house sees no file.
BLIND = {"ANALYST", "AUDITOR", "ADMINISTRATOR"}
PUBLIC = ("DEPARTMENT", "COMMITTEE", "POLICE", "MINISTRY", "EMBASSY")


def of(words: str) -> frozenset[str]:
    return frozenset(words.split())


def province_opens(reader: str, owner: str) -> frozenset[str]:
    """The table of docs/access.md: what a right on a province opens, by the kinds of the two agencies."""
    public = owner in PUBLIC
    if reader == "DEPARTMENT":
        return ALL if public else of("SUMMARY REFERRALS")
    if reader == "MINISTRY":
        seen = of("SUMMARY REFERRALS WORK")
        return seen | of("FACTS RISK CONSENT NOTES") if public else seen
    return of("SUMMARY RISK REFERRALS") if reader == "COMMITTEE" else frozenset()


@dataclass(frozen=True)
class Agency:
    code: str
    kind: str
    provinces: frozenset[int] = frozenset()
    active: bool = True


@dataclass(frozen=True)
class Post:
    agency: str
    role: str
    ends_on: datetime.date | None = None
    stands_in_for: str = ""  # whose post it is; it counts while theirs does


@dataclass(frozen=True)
class Person:
    name: str
    posts: tuple[Post, ...] = ()
    active: bool = True
    provinces: frozenset[int] = frozenset()  # rights of their own, beside their agencies'


@dataclass(frozen=True)
class Grant:
    """To `person:name` or `agency:code`."""

    to: str
    sections: frozenset[str]
    until: datetime.datetime | None = None
    because: str = "share:1"
    giver: str = ""


@dataclass(frozen=True)
class Referral:
    to: str
    status: str
    sections: frozenset[str]
    sent: bool = False
    access_until: datetime.datetime | None = None


@dataclass(frozen=True)
class Bar:
    """Kept away: `person:name` or `agency:code`, until it is lifted."""

    who: str
    maker: str
    lifted: bool = False
    at_desk: bool = False


@dataclass(frozen=True)
class Emergency:
    person: str
    until: datetime.datetime


@dataclass(frozen=True)
class File:
    key: str
    province: int
    owner: str
    opener: str
    named: str = ""  # "FIRST": from its first moment; "LATER": since somebody made it so
    grants: tuple[Grant, ...] = ()
    referrals: tuple[Referral, ...] = ()
    bars: tuple[Bar, ...] = ()
    emergencies: tuple[Emergency, ...] = ()
    worker: str = ""  # who works on it, where that is not whoever opened it


@dataclass(frozen=True)
class Record:
    """One row of a file: what it is, its key in the database, and the part of the file that it tells of."""

    kind: str
    id: str
    file: File
    of: Any = None
    by: str = ""


@dataclass
class Land:
    """Everything the rule knows, at one moment."""

    now: datetime.datetime
    agencies: dict[str, Agency]
    people: dict[str, Person]
    files: list[File] = field(default_factory=list)

    def lasts(self, until: datetime.datetime | None) -> bool:
        return until is None or until > self.now


DESK = "NATIONAL_DESK"


def without_post(land: Land, name: str, file: File) -> File:
    """The file after the last post of somebody has ended, for good: what was given to them by name is gone, and of a
    file for named people only the desk's first who is not kept away works on it. `land` knows them without posts."""
    kept = tuple(one for one in file.grants if one.to != f"person:{name}")
    desk = [person.name for person in land.people.values() if any(post.role == DESK for post in person.posts)]
    heirs = [one for one in desk if not Eye(land, one).barred(file)]
    leaves = file.named and (file.worker or file.opener) == name and heirs
    return replace(file, grants=kept, worker=heirs[0] if leaves else file.worker)


@dataclass(frozen=True)
class Sight:
    sections: frozenset[str]
    why: str


class Eye:
    """One person, now."""

    def __init__(self, land: Land, name: str) -> None:
        self.land, self.me = land, land.people[name]
        self.today = land.now.astimezone(datetime.timezone(datetime.timedelta(hours=7))).date()
        self.posts = [post for post in self.me.posts if self._counts(self.me, post)]
        self.roles = {post.role for post in self.posts}
        self.homes = {post.agency for post in self.posts}
        self.reads_for = {post.agency for post in self.posts if post.role not in BLIND}
        self._seen: dict[str, list[Sight]] = {}

    def _counts(self, person: Person, post: Post) -> bool:
        lives = person.active and self.land.agencies[post.agency].active
        if not lives or (post.ends_on is not None and post.ends_on < self.today):
            return False
        holder = self.land.people[post.stands_in_for] if post.stands_in_for else None
        return holder is None or any(
            (one.agency, one.role) == (post.agency, post.role) and self._counts(holder, one)
            for one in holder.posts
        )

    # --- the way to a file ---

    def barred(self, file: File) -> bool:
        mine = {f"person:{self.me.name}", *(f"agency:{code}" for code in self.homes)}
        return bool(self.posts) and any(bar.who in mine and not bar.lifted for bar in file.bars)

    def sights(self, file: File) -> list[Sight]:
        if file.key not in self._seen:
            self._seen[file.key] = [] if self.barred(file) or not self.reads_for else self._sights(file)
        return self._seen[file.key]

    def _sights(self, file: File) -> list[Sight]:
        found = []
        if file.named:
            if "NATIONAL_DESK" in self.roles:
                found.append(Sight(ALL, "the national desk"))
            if file.named == "FIRST" and (file.worker or file.opener) == self.me.name:
                found.append(Sight(ALL, "works on it, for named people only from the first"))
        else:
            found += self._by_office(file)
        for grant in file.grants:
            mine = grant.to == f"person:{self.me.name}" or (
                not file.named and grant.to in {f"agency:{code}" for code in self.reads_for}
            )
            in_vain = file.named and grant.because.startswith("break-glass:")
            if mine and not in_vain and self.land.lasts(grant.until):
                found.append(Sight(grant.sections, f"{grant.because} to {grant.to}"))
        return [sight for sight in found if sight.sections]

    def _by_office(self, file: File) -> list[Sight]:
        found = []
        opened_by = self.land.agencies[file.owner].kind
        kinds = set()
        for code in sorted(self.reads_for):
            agency = self.land.agencies[code]
            kinds.add(agency.kind)
            if code == file.owner:
                found.append(Sight(ALL, "the office that owns it"))
            if file.province in agency.provinces:
                found.append(Sight(province_opens(agency.kind, opened_by), f"the province, for {code}"))
        if file.province in self.me.provinces:
            found += [Sight(province_opens(kind, opened_by), "a province of their own") for kind in kinds]
        return found

    def has(self, file: File, sections: str) -> bool:
        """One of the ways to the file contains all of these."""
        return any(of(sections) <= sight.sections for sight in self.sights(file))

    def received(self, record: Record) -> bool:
        referral: Referral = record.of
        return referral.sent and referral.to in self.reads_for and not self.barred(record.file)

    def made(self, record: Record, maker: str) -> bool:
        return maker == self.me.name and not self.barred(record.file)

    def why(self, file: File) -> str:
        """For whoever reads a failure."""
        if self.barred(file):
            return "kept away"
        return (
            "; ".join(
                f"{s.why}: {' '.join(x for x in SECTIONS if x in s.sections)}" for s in self.sights(file)
            )
            or "no way to it"
        )


# --- records ------------------------------------------------------------------------------------------------

Test = Callable[[Eye, Record], bool]


def section(words: str) -> Test:
    return lambda eye, record: eye.has(record.file, words)


def consent(eye: Eye, record: Record) -> bool:
    """`of` is the agency that the person agreed to, or None."""
    known = record.of is None or record.of in eye.reads_for or eye.has(record.file, "REFERRALS")
    return known and eye.has(record.file, "CONSENT")


def referral(eye: Eye, record: Record) -> bool:
    return eye.has(record.file, "REFERRALS") or eye.received(record)


def packet_key(eye: Eye, record: Record) -> bool:
    sent: Referral = record.of
    readable = sent.status in ("APPROVED", "ACCEPTED", "IN_SERVICE") or (
        sent.access_until is not None and eye.land.lasts(sent.access_until)
    )
    return eye.has(record.file, "REFERRALS") or (eye.received(record) and readable)


def grant(eye: Eye, record: Record) -> bool:
    """Whoever works on the file, whoever gave it, and the agency whose referral it follows from."""
    one: Grant = record.of
    follows = one.because.startswith("referral:") and one.to in {f"agency:{code}" for code in eye.reads_for}
    return (
        eye.has(record.file, "WORK")
        or eye.made(record, one.giver)
        or (follows and not eye.barred(record.file))
    )


def exclusion(eye: Eye, record: Record) -> bool:
    bar: Bar = record.of
    desk = bar.at_desk and "NATIONAL_DESK" in eye.roles and not eye.barred(record.file)
    return eye.has(record.file, "WORK REFERRALS") or desk or eye.made(record, bar.maker)


def emergency(eye: Eye, record: Record) -> bool:
    return eye.has(record.file, "WORK") or eye.made(record, record.of.person)


def act(eye: Eye, record: Record) -> bool:
    """`of` is the agency for which it was done; `by` its kind."""
    if eye.roles & {"AUDITOR", "ADMINISTRATOR"} and not eye.barred(record.file):
        return True
    told = record.by != "CONSENT_RECORDED" or eye.has(record.file, "CONSENT")
    own = record.of in eye.reads_for and eye.has(record.file, "WORK")
    return told and (own or eye.has(record.file, "WORK REFERRALS"))


READ: dict[str, Test] = {
    "case": lambda eye, record: bool(eye.sights(record.file)),
    "victim": section("SUMMARY"),
    "identity": section("IDENTITY"),
    "search keys": section("IDENTITY"),
    "facts": section("FACTS"),
    "answers": section("FACTS"),
    "risk": section("RISK"),
    "consent": consent,
    "note": section("NOTES"),
    "referral": referral,
    "services": referral,
    "step": referral,
    "agency grant": grant,
    "person grant": grant,
    "exclusion": exclusion,
    "emergency": emergency,
    "named step": section("WORK"),
    "due": section("SUMMARY"),
    "answer due": referral,
    "key of file": lambda eye, r: any(eye.has(r.file, one) for one in ("NOTES", "FACTS", "RISK")),
    "key of person": section("IDENTITY"),
    "key of referral": packet_key,
    "act": act,
    # What a record was before is told to whoever works on the file.
    "case before": section("SUMMARY WORK"),
    "victim before": section("SUMMARY WORK"),
    "identity before": section("IDENTITY WORK"),
    "facts before": section("FACTS WORK"),
    "answers before": section("FACTS WORK"),
    "risk before": section("RISK WORK"),
    "consent before": lambda eye, r: consent(eye, r) and eye.has(r.file, "CONSENT WORK"),
    "note before": section("NOTES WORK"),
    "referral before": referral,
    "services before": referral,
    "step before": referral,
    "agency grant before": section("SUMMARY WORK"),
    "person grant before": section("SUMMARY WORK"),
    "exclusion before": section("WORK REFERRALS"),
    "emergency before": section("WORK"),
}


def moves(eye: Eye, record: Record) -> bool:
    """No file of the land waits for a decision of the ministry or on identification: nobody else moves it."""
    return eye.has(record.file, "MOVE")


def referral_changed(eye: Eye, record: Record) -> bool:
    answers = record.of.status in ("APPROVED", "ACCEPTED", "DECLINED", "IN_SERVICE", "COMPLETED")
    return eye.has(record.file, "REFERRALS WORK") or (eye.received(record) and answers)


#: Who may change a row that they see.
CHANGE: dict[str, Test] = {
    "case": moves,
    "victim": section("SUMMARY WORK"),
    "identity": section("IDENTITY WORK"),
    "facts": section("FACTS WORK"),
    "referral": referral_changed,
    "due": section("WORK"),
}

#: Who may delete one: lists of choices and search keys are written anew. Of anything else the site deletes nothing.
DELETE: dict[str, Test] = {"answers": section("FACTS WORK"), "search keys": section("IDENTITY WORK")}


def own_exclusion(eye: Eye, record: Record) -> bool:
    """Keeping somebody else away."""
    return eye.has(record.file, "WORK REFERRALS")


#: Who may add one more of a kind to a file, in their own name.
ADD: dict[str, Test] = {
    "answers": section("FACTS WORK"),
    "risk": section("RISK WORK"),
    "consent": section("CONSENT WORK"),
    "note": section("NOTES WORK"),
    "exclusion": own_exclusion,
}
