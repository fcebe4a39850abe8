"""Sixty invented members of staff. Those with a sentence are shown to whoever tries the demonstration."""

import base64
import datetime
import hashlib
import random
from dataclasses import dataclass, field

from django.contrib.auth.hashers import make_password
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import conduct
from accounts.actions import accept_conduct, add_app, add_person, start_membership
from accounts.models import Agency, Province, User
from accounts.roles import Role
from audit.context import Actor, acting, become, system

from . import agencies, names

#: One for all. Printed on purpose: it opens nothing but invented data.
PASSWORD = "karpea-demonstration"  # noqa: S105 - see above


def secret_of(name: str) -> str:
    """Of the app that each of them has as second factor, for `make code`: known to everybody, like the password."""
    return base64.b32encode(hashlib.sha256(f"karpea demonstration {name}".encode()).digest()[:20]).decode()


@dataclass(frozen=True)
class Persona:
    """Somebody who signs in as `name`: their posts as (role, agency's code), and what they are good for showing."""

    name: str
    posts: tuple[tuple[Role, str], ...]
    sentence: Promise | str = ""
    language: str = "km"
    is_active: bool = True


#: An office of a small province has the head of a neighbouring one: one person, several posts.
HEADS = (
    "BMC OMC", "BTB PLN", "KPC TBK", "KPS KCN PST", "KTM PVH", "KPT KEP", "PNH", "KDL TKO", "SHV KKG", "SRP",
    "SVR PVG", "KRT MDK RTK STG",
)  # fmt: skip
HEAD_OF = {letters: f"head.{heads.split()[0].lower()}" for heads in HEADS for letters in heads.split()}

_SENTENCES = {
    "officer.bmc": _("Opens case files for Banteay Meanchey, adds notes, makes moves and refers to others."),
    "officer.btb": _("The same for Battambang: no file of Banteay Meanchey is in sight."),
    "head.bmc": _("Approves plans and closures in Banteay Meanchey and Oddar Meanchey."),
    "police.bmc": _("Opens files for the police and sees those of the own office only."),
}


def _desk(name: str, role: Role, agency: str, sentence: Promise | str = "", language: str = "km") -> Persona:
    return Persona(name, ((role, agency),), sentence, language)


NATIONAL = (
    _desk("reviewer.mosvy", Role.MINISTRY_REVIEWER, "MOSVY", _("Approves referrals or returns them with a reason.")),
    _desk("reviewer2.mosvy", Role.MINISTRY_REVIEWER, "MOSVY"),
    _desk("identify.moi", Role.IDENTIFICATION_OFFICER, "MOI", _("Decides who is formally identified as a victim.")),
    _desk("desk.moi", Role.NATIONAL_DESK, "MOI", _("Works on files that only named people may see.")),
    _desk("desk.mosvy", Role.NATIONAL_DESK, "MOSVY",
          _("The second agency of that desk: what one asks, the other decides.")),
    _desk("auditor.ncct", Role.AUDITOR, "NCCT", _("Reads and exports the trail; opens no file.")),
    _desk("admin.ncct", Role.ADMINISTRATOR, "NCCT",
          _("Looks after people and rights, reads the trail; opens no file.")),
    _desk("analyst.ncct", Role.ANALYST, "NCCT", _("Sees counts without any file behind them.")),
    _desk("committee.bmc", Role.COMMITTEE_MEMBER, "PCCT-BMC", _("Sees summary and risk of the province's files.")),
)  # fmt: skip
ORGANISATIONS = (
    _desk("worker.lotus", Role.NGO_WORKER, "LOTUS",
          _("Accepts or declines referrals to Lotus Bridge and opens files of its own.")),
    _desk("worker.other", Role.NGO_WORKER, "RIVER",
          _("Works for another organisation: nothing of Lotus Bridge is in sight."), "en"),
    _desk("worker.palm", Role.NGO_WORKER, "PALM"),
    _desk("worker.harbour", Role.NGO_WORKER, "HARBOUR"),
    _desk("worker.kite", Role.NGO_WORKER, "KITE"),
    _desk("worker.field", Role.NGO_WORKER, "FIELD", language="en"),
    _desk("shelter.rain", Role.SHELTER_MANAGER, "RAIN", _("Accepts or declines referrals to a shelter.")),
    _desk("shelter.dawn", Role.SHELTER_MANAGER, "DAWN"),
    _desk("shelter.hill", Role.SHELTER_MANAGER, "HILL",
          _("Is new here: reads and accepts the code of conduct before anything else.")),
)  # fmt: skip
LEFT = (
    _desk("former.bmc", Role.PROVINCIAL_OFFICER, "DOSVY-BMC",
          _("Worked there until last month; sees nothing any more.")),
    Persona("blocked.bmc", ((Role.PROVINCIAL_OFFICER, "DOSVY-BMC"),),
            _("May not sign in any more."), is_active=False),
)  # fmt: skip
ADMINISTRATOR = "admin.ncct"
FORMER = "former.bmc"
#: Meets the code of conduct at the first sign-in.
NEWCOMER = "shelter.hill"
#: Who has asked for reminders by mail.
MAILED = ("officer.bmc", "head.bmc", "worker.lotus")


def personas(letters: list[str]) -> list[Persona]:
    """Everybody, those who are shown first of their kind. `letters` are those of all provinces."""
    offices = [
        *((f"officer.{one.lower()}", ((Role.PROVINCIAL_OFFICER, f"DOSVY-{one}"),)) for one in letters),
        *(
            (
                HEAD_OF[heads.split()[0]],
                tuple((Role.PROVINCIAL_HEAD, f"DOSVY-{one}") for one in heads.split()),
            )
            for heads in HEADS
        ),
        *((f"police.{one.lower()}", ((Role.POLICE_OFFICER, f"PPC-{one}"),)) for one in POLICE_STAFFED),
    ]
    return [
        *(Persona(name, posts, _SENTENCES.get(name, "")) for name, posts in offices), *NATIONAL, *ORGANISATIONS, *LEFT,
    ]  # fmt: skip


POLICE_STAFFED = agencies.POLICE[:3]


@dataclass
class Cast:
    """The people once they exist. Each keeps one actor, whose rights are read once for the whole load."""

    agencies: dict[str, Agency]
    people: dict[str, User] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)

    def add(self, persona: Persona, person: User) -> None:
        self.people[persona.name] = person
        self.actors[persona.name] = person.as_actor(ip=f"10.20.{len(self.people)}.{5 + len(self.people) % 7}")


def make(*, since: datetime.date, seed: int) -> Cast:
    """Agencies, rights and people. The first administrator is added by the system, everybody else by them."""
    dice = random.Random(f"people {seed}")  # noqa: S311 - invented data
    everybody = personas(list(Province.objects.order_by("pk").values_list("letters", flat=True)))
    hashed = make_password(PASSWORD)  # once: it takes a fifth of a second by design
    first = next(persona for persona in everybody if persona.name == ADMINISTRATOR)
    with acting(system("demo")):
        committee = agencies.make_committee()
        cast = Cast({committee.code: committee})
        _hire(first, cast, dice, hashed, since, by=None)
    by = cast.people[ADMINISTRATOR]
    with acting(cast.actors[ADMINISTRATOR]):
        cast.agencies = agencies.make_others(committee=committee, by=by)
        for persona in everybody:
            if persona is not first:
                _hire(persona, cast, dice, hashed, since, by=by)
    return cast


def _hire(
    persona: Persona, cast: Cast, dice: random.Random, hashed: str, since: datetime.date, *, by: User | None
) -> None:
    km, latin = names.khmer(dice, dice.choice(["FEMALE", "MALE"]))
    person = add_person(
        sign_in_name=persona.name,
        full_name_km=km,
        full_name_latin=latin,
        password_hash=hashed,
        language=persona.language,
        is_active=persona.is_active,
        by=by,
    )
    for role, code in persona.posts:
        start_membership(person=person, agency=cast.agencies[code], role=role, starts_on=since, by=by)
    cast.add(persona, person)
    with become(cast.actors[persona.name]):
        add_app(person=person, secret=secret_of(persona.name), step=-1, label="", by=person)
        text = conduct.newest() if persona.name != NEWCOMER else None
        if text is not None:
            accept_conduct(person=person, version=text.version, by=person)
