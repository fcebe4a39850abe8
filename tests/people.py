"""The people of the suite: made once, in the template, as the loader; every test finds them.

Each stands for a way of looking at a file. `PEOPLE` is the whole table: name, agency, role and what is special.
"""

import base64
import datetime
import hashlib
import uuid
from dataclasses import dataclass
from types import SimpleNamespace

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group

from accounts import factors
from accounts.models import (
    Agency,
    Factor,
    Membership,
    Province,
    ProvinceAgencyRight,
    ProvincePersonRight,
    SectionRule,
    User,
)
from accounts.models.rights import VIEW_PROVINCE
from accounts.roles import Role
from accounts.sections import EVERYTHING, NOTHING, Section
from audit.context import acting, system

PASSWORD = "a long sentence for tests"
SPACE = uuid.UUID("6b617270-6561-4000-8000-000000000000")
SINCE = datetime.date(2020, 1, 1)

#: code: kind, home province, provinces held, takes referrals
AGENCIES = {
    "DOSVY-BMC": ("DEPARTMENT", 1, [1], False),
    "DOSVY-BTB": ("DEPARTMENT", 2, [2], False),
    "POLICE-BMC": ("POLICE", 1, [1], False),
    "MOSVY": ("MINISTRY", None, range(1, 26), False),
    "MOI": ("MINISTRY", None, range(1, 26), False),
    "NGO-HOPE": ("NGO", None, [], True),
    "NGO-RIVER": ("NGO", None, [], True),
    "SHELTER-BMC": ("SHELTER", 1, [], True),
    "NCCT": ("COMMITTEE", None, range(1, 26), False),
    "NAMED-DESK": ("COMMITTEE", None, [], False),
    "OFFICE": ("COMMITTEE", None, [], False),
}


@dataclass(frozen=True)
class Persona:
    agency: str | None
    role: Role | None
    ends_on: datetime.date | None = None
    is_active: bool = True
    also: tuple[tuple[str, Role], ...] = ()


PEOPLE = {
    "officer_bmc": Persona("DOSVY-BMC", Role.PROVINCIAL_OFFICER),
    "officer_bmc_2": Persona("DOSVY-BMC", Role.PROVINCIAL_OFFICER),
    "head_bmc": Persona("DOSVY-BMC", Role.PROVINCIAL_HEAD),
    "officer_btb": Persona("DOSVY-BTB", Role.PROVINCIAL_OFFICER),
    "police_bmc": Persona("POLICE-BMC", Role.POLICE_OFFICER),
    "reviewer": Persona("MOSVY", Role.MINISTRY_REVIEWER),
    "identifier": Persona("MOI", Role.IDENTIFICATION_OFFICER),
    "ngo_hope": Persona("NGO-HOPE", Role.NGO_WORKER),
    "ngo_hope_2": Persona("NGO-HOPE", Role.NGO_WORKER),
    "ngo_river": Persona("NGO-RIVER", Role.NGO_WORKER),
    "shelter": Persona("SHELTER-BMC", Role.SHELTER_MANAGER),
    "desk_1": Persona("NAMED-DESK", Role.NATIONAL_DESK),
    "desk_2": Persona("NAMED-DESK", Role.NATIONAL_DESK),
    "desk_reviewer": Persona("NAMED-DESK", Role.NATIONAL_DESK, also=(("MOSVY", Role.MINISTRY_REVIEWER),)),
    "committee": Persona("NCCT", Role.COMMITTEE_MEMBER),
    "analyst": Persona("NCCT", Role.ANALYST),
    "auditor": Persona("OFFICE", Role.AUDITOR),
    "administrator": Persona("OFFICE", Role.ADMINISTRATOR),
    "former": Persona("DOSVY-BMC", Role.PROVINCIAL_OFFICER, ends_on=datetime.date(2024, 12, 31)),
    "disabled": Persona("DOSVY-BMC", Role.PROVINCIAL_OFFICER, is_active=False),
    "nobody": Persona(None, None),
}

STATE = ("DEPARTMENT", "POLICE", "MINISTRY", "COMMITTEE")
S = Section


def rule(viewer: str, opener: str) -> Section:
    """What a province right opens, where the product's own rules are not loaded yet."""
    state = opener in STATE
    if viewer == "DEPARTMENT":
        return EVERYTHING if state else S.SUMMARY | S.REFERRALS
    if viewer == "MINISTRY":
        seen = S.SUMMARY | S.REFERRALS | S.WORK
        return seen | S.FACTS | S.RISK | S.CONSENT | S.NOTES if state else seen
    return S.SUMMARY | S.RISK | S.REFERRALS if viewer == "COMMITTEE" else NOTHING


def person_id(name: str) -> uuid.UUID:
    """The same in every run, so that a failing test can be read."""
    return uuid.uuid5(SPACE, name)


def secret_of(name: str) -> str:
    """Of the app that everybody who works somewhere has as a second factor."""
    return base64.b32encode(hashlib.sha256(f"app of {name}".encode()).digest()[:20]).decode()


def load() -> None:
    with acting(system("migration")):
        if not SectionRule.objects.exists():
            SectionRule.objects.bulk_create(
                SectionRule(viewer_kind=viewer, opened_by_kind=opener, sections=int(rule(viewer, opener)))
                for viewer in Agency.Kind.values
                for opener in Agency.Kind.values
            )
        agencies = {code: _agency(code) for code in AGENCIES}
        password = make_password(PASSWORD)
        for name, persona in PEOPLE.items():
            _person(name, persona, agencies, password)
        # Stands in for a colleague of another province: a right of one person.
        ProvincePersonRight.give(
            VIEW_PROVINCE,
            user=User.objects.get(pk=person_id("head_bmc")),
            content_object=Province.objects.get(pk=22),
            reason="for tests",
        )


def _agency(code: str) -> Agency:
    kind, province, provinces, takes = AGENCIES[code]
    group = Group.objects.create(name=f"agency {code}")
    agency = Agency(
        id=uuid.uuid5(SPACE, code), code=code, kind=kind, province_id=province, group=group, takes_referrals=takes,
        name_km=f"ស្ថាប័ន {code}", name_en=f"Agency {code}",
    )  # fmt: skip
    agency.save(force_insert=True)
    for one in provinces:
        ProvinceAgencyRight.give(
            VIEW_PROVINCE, group=group, content_object=Province.objects.get(pk=one), reason="for tests"
        )
    return agency


def _person(name: str, persona: Persona, agencies: dict[str, Agency], password: str) -> None:
    user = User(
        id=person_id(name), sign_in_name=name, full_name_km=f"មនុស្ស {name}", full_name_latin=f"Person {name}",
        password=password, is_active=persona.is_active, conduct_due=False,
    )  # fmt: skip
    user.save(force_insert=True)
    if persona.agency:  # whoever works nowhere has no key of their own yet, which some tests ask for
        app = Factor(person=user, kind="APP", maker=user)
        factors.seal_for(app, secret_of(name))
        app.save(force_insert=True)
    held = [(persona.agency, persona.role), *persona.also] if persona.agency else []
    for agency, role in held:
        Membership.objects.create(
            person=user, agency=agencies[agency], role=role, starts_on=SINCE, ends_on=persona.ends_on
        )


def read() -> SimpleNamespace:
    """Everybody as a fresh object: `people.officer_bmc`."""
    users = {user.sign_in_name: user for user in User.objects.filter(sign_in_name__in=PEOPLE)}
    return SimpleNamespace(**{name: users[name] for name in PEOPLE})
