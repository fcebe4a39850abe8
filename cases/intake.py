"""The intake: a private draft, page by page, until it becomes a file.

A draft holds what was typed, as typed: {input name: [values]}. Nothing is a record before it is sent.
"""

import datetime
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import codes
from accounts.fields import PartialDate
from accounts.models import User
from audit.kinds import Precision
from desk import drafts
from desk.models import Draft

from .actions import Intake
from .answers import Answer, ConsentAnswer, RiskLevel, Sex
from .forms.intake import SECTIONS, PersonForm, SectionForm, age_range, place_of, province_of
from .text import visible

Typed = dict[str, list[str]]
_DATE_BOXES = ("_day", "_month", "_year")
#: Every input a draft may hold; anything else that is posted is ignored.
INPUTS = frozenset(
    name + suffix
    for form in SECTIONS
    for name, field in form.base_fields.items()
    for suffix in (_DATE_BOXES if hasattr(field, "precision") else ("",))
)

#: All that a draft holds once it has become a file.
NUMBER = "made"


def number_of(typed: Typed) -> str:
    """The number of the file that a draft has become; empty while it is a draft."""
    return next(iter(typed.get(NUMBER, ())), "")


def as_data(typed: Typed) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, values in typed.items():
        data.setlist(name, values)
    return data


def section_typed(form: type[SectionForm], typed: Typed) -> Typed:
    """The part of a draft that belongs to one page."""
    names = {n + s for n in form.base_fields for s in ("", *_DATE_BOXES)}
    return {name: values for name, values in typed.items() if name in names and any(values)}


@dataclass(frozen=True)
class Unfinished:
    """A draft in a list: how the officer called it, how it was reported, when it was last typed on."""

    url: str
    word: str
    channel: str
    when: datetime.datetime


def unfinished(user: User) -> list[Unfinished]:
    """The person's own drafts, newest first. Only they can open them, so the word may be shown."""
    found = []
    for draft in drafts.mine(user, Draft.Kind.INTAKE):
        typed = drafts.read(draft)
        if number_of(typed):
            continue
        word, channel = ("".join(typed.get(name, ())) for name in ("alias", "channel"))
        known = codes.get("CHANNEL", channel)
        url = reverse("cases:draft", args=[draft.pk])
        found.append(Unfinished(url, visible(word)[:60], known.label if known else "", draft.updated_at))
    return found


@dataclass(frozen=True)
class Task:
    """A section in the task list. `state` is TODO, STARTED (something to correct) or DONE."""

    form: type[SectionForm]
    state: str


def tasks(typed: Typed) -> list[Task]:
    found = []
    for section in SECTIONS:
        own = section_typed(section, typed)
        state = "TODO"
        if own:
            state = "DONE" if section(as_data(typed)).is_valid() else "STARTED"
        found.append(Task(section, state))
    return found


def first_draft(user: User) -> Typed:
    """What is known before the first question: the province of the person's own office."""
    provinces = sorted(user.rights.provinces)
    return {"province": [str(provinces[0])]} if len(provinces) == 1 else {}


def checked(typed: Typed) -> tuple[Intake | None, dict[str, SectionForm]]:
    """The intake ready to be sent, or None with the bound forms that say what is wrong."""
    forms = {section.key: section(as_data(typed)) for section in SECTIONS}
    clean: dict[str, Any] = {}
    valid = True
    for form in forms.values():
        valid = form.is_valid() and valid
        clean |= getattr(form, "cleaned_data", {})
    valid = not _across_pages(clean, forms) and valid
    return (_intake(clean), forms) if valid else (None, forms)


def _across_pages(clean: dict[str, Any], forms: dict[str, SectionForm]) -> bool:
    """What only two pages together can contradict: the event before the birth. True when something is wrong."""
    born, began = clean.get("birth_date"), clean.get("started_on")
    if born and began and began.on.year < born.on.year:
        forms["happened"].add_error("started_on", _("This is before the person was born."))
        return True
    grown = clean.get("child_at_start") == Answer.NO and clean.get("is_child") == Answer.YES
    if grown and began:
        forms["happened"].add_error(
            "child_at_start", _("The person is a child now, so was one when it began.")
        )
        return True
    return False


def _intake(clean: dict[str, Any]) -> Intake:
    reported, began, ended = (_parts(clean.get(n)) for n in ("reported_on", "started_on", "ended_on"))
    province = province_of(clean["province"])
    if province is None:  # the choice was validated against the table a moment ago
        raise ValueError("the province is not in the table of provinces")
    refused = clean.get("consent") == ConsentAnswer.REFUSED
    return Intake(
        channel=clean["channel"],
        province=province,
        alias=clean["alias"],
        official_involved=clean["official_involved"],
        district=place_of(clean.get("district")) or _district_of(clean.get("commune")),
        commune=place_of(clean.get("commune")),
        reported_on=reported[0],
        reported_precision=reported[1],
        sex=clean.get("sex") or Sex.NOT_KNOWN,
        nationality=clean.get("nationality") or "",
        language=clean.get("language") or "",
        needs_interpreter=clean.get("needs_interpreter") or Answer.NOT_ASKED,
        home_district=place_of(clean.get("home_district")),
        identity={} if refused else _identity(clean),
        forms=tuple(clean.get("forms_of") or ()),
        acts=tuple(clean.get("acts") or ()),
        means=tuple(clean.get("means") or ()),
        controls=tuple(clean.get("controls") or ()),
        country=clean.get("country") or "",
        fact_district=place_of(clean.get("fact_district")),
        place_type=clean.get("place_type") or "",
        started_on=began[0],
        started_precision=began[1] if began[0] else Precision.UNKNOWN,
        ended_on=ended[0],
        ended_precision=ended[1] if ended[0] else Precision.UNKNOWN,
        child_at_start=clean.get("child_at_start") or Answer.NOT_KNOWN,
        recruiter_relation=clean.get("recruiter_relation") or "",
        account=clean.get("account") or "",
        risk_level=clean.get("risk_level") or RiskLevel.NOT_ASSESSED,
        danger_now=clean.get("danger_now") or Answer.NOT_ASKED,
        risk_reasons=clean.get("risk_reasons") or "",
        consent=clean.get("consent") or ConsentAnswer.NOT_YET,
        consent_on=clean.get("consent_on"),
        consent_how=clean.get("consent_how") or "",
        summary=clean.get("summary") or "",
        **_age(clean),
    )


def _parts(date: PartialDate | None) -> tuple[datetime.date | None, str]:
    return (date.on, date.precision) if date else (None, Precision.DAY)


def _district_of(commune: str | None) -> Any:
    return place_of(commune[:4]) if commune else None


def _identity(clean: dict[str, Any]) -> dict[str, Any]:
    values = {name: clean.get(name) or "" for name in PersonForm.IDENTITY}
    born = clean.get("birth_date")
    values["birth_date"] = f"{born.on.isoformat()}/{born.precision}" if born else ""
    return values


def _age(clean: dict[str, Any]) -> dict[str, Any]:
    """Age range, child or not, and the month of the 18th birthday, from whichever was given.

    A child is presumed where the range straddles 18 and nothing else was said (domain notes, section 3).
    """
    born, low, high = clean.get("birth_date"), clean.get("age_min"), clean.get("age_max")
    turns_18 = None
    if born:
        low, high = age_range(born, timezone.localdate())
        if born.precision != "YEAR":
            turns_18 = born.on.replace(year=born.on.year + 18, day=1)
    child = clean.get("is_child") or Answer.NOT_KNOWN
    if child == Answer.NOT_KNOWN and low is not None and low < 18:
        child = Answer.YES
    elif child == Answer.NOT_KNOWN and low is not None and low >= 18:
        child = Answer.NO
    return {
        "age_min": low,
        "age_max": high if high is not None else low,
        "age_basis": clean.get("age_basis") or "NOT_KNOWN",
        "is_child": child,
        "turns_18_in": turns_18,
    }
