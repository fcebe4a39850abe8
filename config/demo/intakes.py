"""The person of an invented file and what was told at the first meeting, as an intake."""

import datetime
import random
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from accounts.models import Place, Province
from cases.actions import Intake
from cases.answers import AgeBasis, Answer, ConsentAnswer, RiskLevel

from . import names, texts
from .plans import Plan, pick
from .stories import LANGUAGES, Text


@dataclass
class Map:
    """Provinces, districts and communes, read once."""

    provinces: dict[str, Province] = field(default_factory=dict)
    districts: dict[int, list[Place]] = field(default_factory=lambda: defaultdict(list))
    communes: dict[str, list[Place]] = field(default_factory=lambda: defaultdict(list))

    @classmethod
    def read(cls) -> "Map":
        found = cls({p.letters: p for p in Province.objects.order_by("pk")})
        for place in Place.objects.exclude(level=Place.Level.VILLAGE).order_by("pk"):
            if place.level == Place.Level.DISTRICT:
                found.districts[place.province_id].append(place)
            else:
                found.communes[str(place.parent_id)].append(place)
        return found

    def district(self, dice: random.Random, letters: str) -> Place:
        return dice.choice(self.districts[self.provinces[letters].pk])


def words(plan: Plan, text: Text) -> str:
    return text[0 if plan.in_khmer else 1]


@dataclass(frozen=True)
class Age:
    born: datetime.date
    low: int
    high: int
    basis: str
    known_to: str  # precision of the birth date, or "" where only an age is known

    @property
    def is_child(self) -> bool:
        return self.low < 18  # in doubt a child

    @property
    def turns_18_in(self) -> datetime.date | None:
        if self.known_to not in ("DAY", "MONTH"):
            return None
        return datetime.date(self.born.year + 18, self.born.month, 1)


def intake(plan: Plan, places: Map) -> Intake:
    dice = plan.dice("person")
    story, today = plan.story, plan.opened_at.date()
    nationality = pick(dice, story.nationalities or {"KHM": 1})
    sex = "FEMALE" if dice.random() * 100 < story.women else "MALE"
    age = _age(dice, story.ages, today)
    began, began_to = _beginning(dice, story.months, age, today)
    district = places.district(dice, plan.letters)
    reported = today - datetime.timedelta(days=pick(dice, {0: 6, 1: 3, 2: 1, 3: 1}))
    ended = max(reported - datetime.timedelta(days=dice.randint(0, 12)), began)
    consent = pick(dice, {ConsentAnswer.GIVEN: 66, ConsentAnswer.NOT_YET: 22, ConsentAnswer.REFUSED: 12})
    return Intake(
        channel=dice.choice(story.channels),
        province=places.provinces[plan.letters],
        alias=names.alias(dice, in_khmer=plan.in_khmer),
        official_involved=_official(dice, plan),
        district=district,
        commune=dice.choice(places.communes[district.pk]) if dice.random() < 0.7 else None,
        reported_on=reported,
        sex=sex,
        age_min=age.low,
        age_max=age.high,
        age_basis=age.basis,
        is_child=Answer.YES if age.is_child else Answer.NO,
        child_at_start=_child_at_start(age, began, today),
        turns_18_in=age.turns_18_in,
        nationality=nationality,
        language=LANGUAGES[nationality],
        needs_interpreter=pick(
            dice, {Answer.NO: 1} if nationality == "KHM" else {Answer.YES: 5, Answer.NOT_ASKED: 1}
        ),
        home_district=_home(dice, plan, places) if nationality == "KHM" else None,
        identity=_identity(plan, dice=dice, sex=sex, nationality=nationality, age=age, consent=consent),
        country=story.country,
        fact_district=places.district(dice, plan.letters) if story.country == "KHM" else None,
        place_type=story.place_type,
        started_on=began,
        started_precision=began_to,
        ended_on=ended if dice.random() < 0.75 else None,
        ended_precision="DAY",
        recruiter_relation=dice.choice(story.relations) if dice.random() < 0.85 else "UNKNOWN",
        account=words(plan, story.account) if dice.random() < 0.8 else "",
        summary=words(plan, dice.choice(story.summaries)),
        **_codes(dice, plan, age),
        **_risk(dice, plan),
        **_consent(dice, consent, age, today),
    )


def _official(dice: random.Random, plan: Plan) -> str:
    if plan.named_only:
        return pick(dice, {Answer.YES: 1, Answer.UNSURE: 2})
    return Answer.NO


def _age(dice: random.Random, ages: tuple[int, int], today: datetime.date) -> Age:
    years = round(dice.triangular(ages[0], ages[1], ages[0] + (ages[1] - ages[0]) * 0.35))
    born = today - datetime.timedelta(days=int(years * 365.25) + dice.randint(1, 360))
    had = (today.month, today.day) >= (born.month, born.day)
    exact = today.year - born.year - (0 if had else 1)
    known = dice.random()
    if known < 0.45:
        basis = pick(dice, {AgeBasis.DOCUMENT: 5, AgeBasis.FAMILY: 1, AgeBasis.SELF: 2})
        return Age(born, exact, exact, basis, "DAY")
    if known < 0.65:
        year = today.year - born.year
        return Age(born.replace(month=1, day=1), max(year - 1, 0), year, AgeBasis.SELF, "YEAR")
    basis = pick(dice, {AgeBasis.SELF: 4, AgeBasis.OFFICER: 2, AgeBasis.ANIMAL_YEAR: 1, AgeBasis.MEDICAL: 1})
    return Age(born, max(exact - dice.randint(0, 2), 0), exact + dice.randint(0, 2), basis, "")


def _beginning(
    dice: random.Random, months: tuple[int, int], age: Age, today: datetime.date
) -> tuple[datetime.date, str]:
    """When it began, never before the fifth birthday, as exactly as people remember."""
    long = min(dice.randint(*months), max((age.low - 5) * 12, 1))
    began = today - datetime.timedelta(days=30 * long + dice.randint(5, 28))
    to = pick(dice, {"MONTH": 6, "YEAR": 2, "DAY": 2})
    if to == "MONTH":
        began = began.replace(day=1)
    elif to == "YEAR":
        began = began.replace(month=1, day=1)
    return began, to


def _child_at_start(age: Age, began: datetime.date, today: datetime.date) -> str:
    ago = (today - began).days / 365.25
    if age.is_child or age.high - ago < 18:
        return Answer.YES
    return Answer.NO if age.low - ago >= 19 else Answer.NOT_KNOWN


def _home(dice: random.Random, plan: Plan, places: Map) -> Place:
    """Returned people mostly live in the province of the file, others come from anywhere."""
    here = plan.story.country != "KHM" or dice.random() < 0.5
    return places.district(dice, plan.letters if here else dice.choice(sorted(places.provinces)))


def _identity(
    plan: Plan, *, dice: random.Random, sex: str, nationality: str, age: Age, consent: str
) -> dict[str, Any]:
    if consent == ConsentAnswer.REFUSED or (consent == ConsentAnswer.NOT_YET and dice.random() < 0.6):
        return {}
    found: dict[str, Any] = {}
    if nationality == "KHM":
        found["name_km"], found["name_latin"] = names.khmer(dice, sex)
        kinds = {"NID": 5, "BIRTH": 1, "FAMILY_BOOK": 2, "": 4} if not age.is_child else {"BIRTH": 2, "": 3}
    else:
        found["name_latin"] = names.foreign(dice, nationality, sex)
        kinds = {"PASSPORT": 5, "LAISSEZ_PASSER": 1, "": 3}
    kind = pick(dice, kinds)
    if kind:
        found |= {"document_kind": kind, "document_number": f"DEMO-{plan.index:05d}"}
    if age.known_to:
        found["birth_date"] = f"{age.born.isoformat()}/{age.known_to}"
    if dice.random() < 0.55:
        # No network has this range.
        found |= {
            "phone": f"000 {plan.index:06d}",
            "safe_to_call": pick(dice, {"YES": 5, "NO": 2, "NOT_ASKED": 1}),
        }
    return found


def _codes(dice: random.Random, plan: Plan, age: Age) -> dict[str, Any]:
    story = plan.story
    acts = [
        "RECRUITMENT",
        *dice.sample(["TRANSPORTATION", "TRANSFER", "HARBOURING", "RECEIPT", "DETENTION"], 2),
    ]
    if story.code == "DISPUTE":
        acts = []
    few = min(len(story.controls), dice.randint(2, 5))
    return {
        "forms": story.forms,
        "acts": tuple(acts[: dice.randint(1, 3)]),
        "means": ()
        if age.is_child
        else tuple(dice.sample(story.means, min(len(story.means), dice.randint(1, 3)))),
        "controls": tuple(dice.sample(story.controls, few)),
    }


def _risk(dice: random.Random, plan: Plan) -> dict[str, Any]:
    level = pick(dice, {"HIGH": 25, "MEDIUM": 36, "LOW": 25, "NOT_ASSESSED": 14})
    if level == RiskLevel.NOT_ASSESSED:
        return {"risk_level": level}
    danger = pick(dice, {"YES": 3, "NO": 2, "NOT_KNOWN": 1}) if level == RiskLevel.HIGH else Answer.NO
    return {
        "risk_level": level,
        "danger_now": danger,
        "risk_reasons": words(plan, dice.choice(texts.RISKS[level])),
    }


def _consent(dice: random.Random, answer: str, age: Age, today: datetime.date) -> dict[str, Any]:
    if answer != ConsentAnswer.GIVEN:
        return {"consent": answer}
    how = "GUARDIAN" if age.is_child else pick(dice, {"SPOKEN": 3, "SIGNED": 3, "THUMBPRINT": 4})
    return {"consent": answer, "consent_on": today, "consent_how": how}
