"""The intake: a private draft, page by page, until it becomes a file.

A draft holds what was typed, as typed: {input name: [values]}. Nothing is a record before it is sent.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from accounts import codes
from accounts.fields import PartialDate
from accounts.models import Place, Province, User
from audit.kinds import Precision
from desk import drafts
from desk.models import Draft

from . import tabs
from .across import contradictions
from .ages import age_facts
from .answers import Answer, ConsentAnswer, RiskLevel, Sex
from .forms.intake import PAGE_OF, SECTIONS, PersonForm, SectionForm, place_of, province_of
from .making import Intake
from .opening import may_open_in
from .tabs import Typed
from .text import visible

#: Every input a draft may hold, with its field; anything else that is posted is ignored.
INPUTS = {
    one: name
    for form in SECTIONS
    for name, field in form.base_fields.items()
    for one in tabs.inputs_of(name, field)
}
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
    return {
        name: values for name, values in typed.items() if INPUTS.get(name) in form.base_fields and any(values)
    }


@dataclass(frozen=True)
class Unfinished:
    """A draft in a list: how the officer called it, how it was reported, when it was last typed on, whose it was."""

    url: str
    word: str
    channel: str
    when: datetime.datetime
    handed_by: str


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
        label, giver = known.label if known else "", draft.handed_by.name if draft.handed_by else ""
        found.append(Unfinished(url, visible(word)[:60], label, draft.updated_at, giver))
    return found


@dataclass(frozen=True)
class Task:
    """A section in the task list. `state` is TODO, STARTED (something to correct) or DONE."""

    form: type[SectionForm]
    state: str


def tasks(typed: Typed, by: User) -> list[Task]:
    _ready, forms = checked(typed, by)
    known = first_draft(by)
    found = []
    for section in SECTIONS:
        own = section_typed(section, typed)
        state = "TODO"
        if own and own != section_typed(section, known):
            state = "STARTED" if forms[section.key].errors else "DONE"
        found.append(Task(section, state))
    return found


def first_draft(user: User) -> Typed:
    """What is known before the first question: the province, where there is only one to choose."""
    provinces = may_open_in(user) or ()
    return {"province": [str(one) for one in provinces]} if len(provinces) == 1 else {}


def page(section: type[SectionForm], typed: Typed, by: User) -> SectionForm:
    """A page as it was typed so far, without errors before it is sent."""
    data = as_data(typed)
    initial = {n: f.widget.value_from_datadict(data, {}, n) for n, f in section.base_fields.items()}
    return section(initial=initial, provinces=may_open_in(by))


def checked(typed: Typed, by: User) -> tuple[Intake | None, dict[str, SectionForm]]:
    """The intake ready to be sent, or None with the bound forms that say what is wrong."""
    data, provinces = as_data(typed), may_open_in(by)
    forms = {section.key: section(data, provinces=provinces) for section in SECTIONS}
    clean: dict[str, Any] = {}
    for form in forms.values():
        form.full_clean()
        clean |= form.cleaned_data
    for name, sentence in contradictions(clean, timezone.localdate()):
        forms[PAGE_OF[name].key].add_error(name, sentence)
    valid = not any(form.errors for form in forms.values())
    return (made_of(clean) if valid else None, forms)


def made_of(
    clean: dict[str, Any],
    *,
    on: datetime.date | None = None,
    province_of: Callable[[str | None], Province | None] = province_of,
    place_of: Callable[[str | None], Place | None] = place_of,
    note: str = "",
) -> Intake:
    """The intake of clean answers without contradictions. `on` is the day of which ages are told (today)."""
    province = province_of(clean["province"])
    if province is None:  # the choice was validated against the table a moment ago
        raise ValueError("the province is not in the table of provinces")
    refused = clean.get("consent") == ConsentAnswer.REFUSED
    return Intake(
        channel=clean["channel"],
        province=province,
        alias=clean["alias"],
        official_involved=clean["official_involved"],
        district=place_of(clean.get("district") or (clean.get("commune") or "")[:4]),
        commune=place_of(clean.get("commune")),
        sex=clean.get("sex") or Sex.NOT_ASKED,
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
        child_at_start=clean.get("child_at_start") or Answer.NOT_ASKED,
        recruiter_relation=clean.get("recruiter_relation") or "",
        account=clean.get("account") or "",
        risk_level=clean.get("risk_level") or RiskLevel.NOT_ASSESSED,
        danger_now=clean.get("danger_now") or Answer.NOT_ASKED,
        risk_reasons=clean.get("risk_reasons") or "",
        consent=clean.get("consent") or "",
        consent_on=clean.get("consent_on"),
        consent_how=clean.get("consent_how") or "",
        summary=clean.get("summary") or "",
        note=note,
        **_dates(clean),
        **age_facts(clean, on or timezone.localdate()),
    )


def _dates(clean: dict[str, Any]) -> dict[str, Any]:
    """Every date with how exactly it is known."""
    reported, began = _parts(clean.get("reported_on")), _parts(clean.get("started_on"))
    ended = _parts(_not_before(clean.get("ended_on"), clean.get("started_on")))
    return {
        "reported_on": reported[0],
        "reported_precision": reported[1],
        "started_on": began[0],
        "started_precision": began[1] if began[0] else Precision.UNKNOWN,
        "ended_on": ended[0],
        "ended_precision": ended[1] if ended[0] else Precision.UNKNOWN,
    }


def _not_before(ended: PartialDate | None, began: PartialDate | None) -> PartialDate | None:
    """An end known to the month or year begins with that month or year, but not before the beginning did."""
    if ended and began and ended.on < began.on:
        return PartialDate(began.on, ended.precision)
    return ended


def _parts(date: PartialDate | None) -> tuple[datetime.date | None, str]:
    return (date.on, date.precision) if date else (None, Precision.DAY)


def _identity(clean: dict[str, Any]) -> dict[str, Any]:
    values = {name: clean.get(name) or "" for name in PersonForm.IDENTITY}
    born = clean.get("birth_date")
    values["birth_date"] = f"{born.on.isoformat()}/{born.precision}" if born else ""
    return values
