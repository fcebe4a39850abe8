"""How a file is told to people: rows of a page, labels of codes, entries of the timeline."""

import datetime
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.module_loading import import_string
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import codes, places
from audit.kinds import Kind, Precision
from audit.models import Event

from . import vault
from .answers import AgeBasis, Answer, ConsentAnswer, Sex
from .lifecycle import Verb
from .models import Case, Consent, Note, Victim
from .states import ENDED, PRESUMED_OR_LATER, Status

#: How a status is drawn: word, shape and colour (templates/parts/tag.html).
TONES: dict[str, str] = {
    **dict.fromkeys(Status, "live"),
    Status.REPORTED: "wait",
    Status.SCREENING: "wait",
    Status.IDENTIFICATION_PENDING: "wait",
    Status.CLOSURE_REVIEW: "wait",
    **dict.fromkeys(ENDED, "done"),
    Status.DUPLICATE: "stop",
    Status.VOID: "stop",
}
RISK_LEVELS = {"HIGH": 4, "MEDIUM": 2, "LOW": 1, "NOT_ASSESSED": 0}


def partial_date(on: Any, precision: str) -> str:
    """A date as exactly as it is known."""
    if on is None:
        return ""
    if precision == Precision.YEAR:
        return str(on.year)
    if precision == Precision.MONTH:
        return date_format(on, "YEAR_MONTH_FORMAT")
    text = date_format(on)
    return _("about %(date)s") % {"date": text} if precision == Precision.ABOUT else text


@lru_cache(maxsize=4096)
def _day(on: datetime.date, _language: str) -> str:
    return date_format(on)


def day(on: datetime.date) -> str:
    """A day in the reader's language; kept, because a list says the same few days again and again."""
    return _day(on, get_language() or "km")


def age_between(low: int | None, high: int | None) -> str:
    """ "17", "15 to 17", "15 or older", "at most 17", or nothing."""
    if low is None:
        return "" if high is None else _("at most %(age)s") % {"age": high}
    if high is None:
        return _("%(age)s or older") % {"age": low}
    return str(low) if low == high else _("%(low)s to %(high)s") % {"low": low, "high": high}


def age(victim: Victim | None) -> str:
    return age_between(victim.age_min, victim.age_max) if victim else ""


def person_words(of: Any) -> str:
    """Sex, age and "child" of a file's person or of a referral's packet in a few words: no name."""
    known = of.sex not in (Sex.NOT_KNOWN, Sex.NOT_ASKED)
    parts = [str(Sex(of.sex).label) if known else "", age_between(of.age_min, of.age_max)]
    parts.append(_("child") if of.is_child == Answer.YES else "")
    return ", ".join(part for part in parts if part)


def person_line(case: Case) -> str:
    """The same of a case file, for a list."""
    victim = getattr(case, "victim", None)
    return person_words(victim) if victim else ""


def title(case: Case) -> str:
    """*The person* until presumed; a victim in forms and figures afterwards."""
    line = person_line(case)
    word = _("Victim") if case.status in PRESUMED_OR_LATER else _("Person")
    return f"{word}: {line}" if line else word


def row(key: str, value: Any) -> dict[str, Any]:
    return {"key": key, "value": value}


def compact(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is filled, then one line naming what is not: a page of "not recorded" hides what is known."""
    filled = [one for one in rows if one["value"] not in ("", None)]
    empty = [str(one["key"]) for one in rows if one["value"] in ("", None)]
    if filled and empty:
        filled.append({"key": _("Not recorded"), "value": ", ".join(empty), "muted": True})
    return filled


def report_rows(case: Case, *, facts: bool) -> list[dict[str, Any]]:
    """How it began; without sight of what happened only who looks after it, in which province."""
    if not facts:
        return [
            row(_("Place"), places.path_label(case.province.code)),
            row(_("Owner"), case.agency.name),
            row(_("Form of exploitation"), _code("FORM", case.form)),
        ]
    place = case.commune_id or case.district_id or case.province.code
    return [
        row(_("How it was reported"), codes.label("CHANNEL", case.channel)),
        row(_("Reported on"), partial_date(case.reported_on, case.reported_precision)),
        row(_("Place"), places.path_label(place)),
        row(_("Owner"), case.agency.name),
        *([row(_("Reason for closing"), _code("CLOSURE", case.closure))] if case.closure else []),
    ]


def person_rows(victim: Victim | None, *, facts: bool) -> list[dict[str, Any]]:
    if victim is None:
        return []
    band = [
        row(_("Sex"), Sex(victim.sex).label),
        row(_("Age"), age(victim)),
        row(_("How the age is known"), AgeBasis(victim.age_basis).label),
        row(_("Child when registered"), Answer(victim.is_child).label),
    ]
    if not facts:
        return band
    home = victim.home_district
    return [
        *band,
        row(_("Nationality"), _code("NATIONALITY", victim.nationality)),
        row(_("Language"), _code("LANGUAGE", victim.language)),
        row(_("Interpreter needed"), Answer(victim.needs_interpreter).label),
        row(_("Home district"), places.name_with_unit(home) if home else ""),
    ]


def _code(name: str, code: str) -> str:
    return codes.label(name, code) if code else ""


def fact_rows(facts: Any, answers: Iterable[Any], child_at_start: str) -> list[dict[str, Any]]:
    if facts is None:
        return []
    chosen: dict[str, list[str]] = {}
    for answer in answers:
        chosen.setdefault(answer.list, []).append(codes.label(answer.list, answer.code))
    return [
        row(_("Forms of exploitation"), "\n".join(chosen.get("FORM", []))),
        row(_("Acts"), "\n".join(chosen.get("ACT", []))),
        row(_("Means"), "\n".join(chosen.get("MEANS", []))),
        row(_("Methods of control"), "\n".join(chosen.get("CONTROL", []))),
        row(_("Country"), _code("COUNTRY", facts.country)),
        row(
            _("District, municipality or khan"),
            places.name_with_unit(facts.district) if facts.district else "",
        ),
        row(_("Kind of place"), _code("PLACE_TYPE", facts.place_type)),
        row(_("Began"), partial_date(facts.started_on, facts.started_precision)),
        row(_("Ended"), partial_date(facts.ended_on, facts.ended_precision)),
        row(_("Child when it began"), Answer(child_at_start).label if child_at_start else ""),
        row(_("Relation to the recruiter"), _code("RECRUITER_RELATION", facts.recruiter_relation)),
        row(_("The account in words"), vault.account(facts)),
    ]


def identity_rows(values: dict[str, Any]) -> list[dict[str, Any]]:
    labels = {
        "name_km": _("Full name in Khmer"),
        "name_latin": _("Full name in Latin letters"),
        "other_names": _("Other names"),
        "birth_date": _("Date of birth"),
        "document_kind": _("Kind of document"),
        "document_number": _("Document number"),
        "phone": _("Phone"),
        "safe_to_call": _("Safe to call"),
        "address": _("Where the person can be reached"),
    }
    shown = dict(values)
    if shown.get("birth_date"):
        on, _slash, precision = shown["birth_date"].partition("/")
        shown["birth_date"] = partial_date(datetime.date.fromisoformat(on), precision)
    if shown.get("safe_to_call"):
        shown["safe_to_call"] = Answer(shown["safe_to_call"]).label
    return [row(label, shown[name]) for name, label in labels.items() if shown.get(name)]


def consent_rows(consents: Iterable[Consent]) -> list[dict[str, Any]]:
    rows = []
    for consent in consents:
        purpose = codes.label("CONSENT_PURPOSE", consent.purpose)
        if consent.recipient:
            purpose = f"{purpose}: {consent.recipient.name}"
        said = str(ConsentAnswer(consent.answer).label)
        if consent.given_on:
            said = f"{said}, {date_format(consent.given_on)}"
        if consent.how:
            said = f"{said} ({Consent.How(consent.how).label})"
        rows.append(row(purpose, said))
    return rows


def timeline(
    notes: Iterable[Note], events: Iterable[Event], names: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Notes and acts of a file in one line of time, newest first. `names` of people and agencies by id."""
    entries = [_note_entry(note) for note in notes] + [_event_entry(event, names) for event in events]
    return sorted(entries, key=lambda entry: entry["at"], reverse=True)


def _known(told: Note | Event) -> str:
    """Who did it and how it is known, where that was said."""
    done = codes.label("DONE_BY", told.done_by) if told.done_by else ""
    known = codes.label("SOURCE", told.source) if told.source else ""
    return ", ".join(part for part in (done, known) if part)


def _note_entry(note: Note) -> dict[str, Any]:
    return {
        "title": Note.About(note.about).label,
        "at": note.recorded_at,
        "happened": partial_date(note.happened_on, note.precision),
        "source": _known(note),
        "who": f"{note.by.name}, {note.agency.name}",
        "text": note.text,  # type: ignore[attr-defined]
    }


def _event_entry(event: Event, names: Mapping[str, str]) -> dict[str, Any]:
    told: Any = Kind(event.kind).label
    if event.kind == Kind.REFERRAL_MOVED:
        steps: Mapping[str, Any] = import_string(settings.REFERRAL_STEPS)
        step = steps.get(event.detail["verb"])
        told = _("Referral: %(step)s") % {"step": step} if step else told
    elif event.kind == Kind.FILE_MOVED:
        told = _("%(verb)s: now %(status)s") % {
            "verb": Verb(event.detail["verb"]).label,
            "status": Status(event.detail["to"]).label,
        }
    who = names.get(event.actor) or event.actor_name
    where = names.get(str(event.actor_agency_id)) or event.actor_agency
    return {
        "title": told,
        "at": event.at,
        "happened": partial_date(event.happened_on, event.precision) if event.happened_on else "",
        "source": _known(event),
        "who": ", ".join(part for part in (who, where) if part),
        "text": "",
    }
