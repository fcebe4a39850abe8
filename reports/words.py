"""How a monthly table is told to people: its headings with what they mean, and its sheet for page, paper and files.

The department's form has columns for services, placements and visits. Their records come later: the columns stand
there and say so, so that nobody reads an empty box as "none".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from accounts import codes, places
from cases.lifecycle import Verb as FileVerb
from cases.states import Status as FileStatus

from . import figures
from .models import MonthlyTable
from .states import Status

TONES: dict[str, str] = {
    Status.DRAFT: "wait",
    Status.PREPARED: "wait",
    Status.SIGNED: "done",
    Status.REPLACED: "stop",
}


class Heading(NamedTuple):
    """One column: the key of its figure, what it is called and what it means. `later` has no records yet."""

    key: str
    label: Promise
    meaning: Promise
    later: bool = False


_LATER = gettext_lazy("These records begin later: an empty box does not mean none.")
HEADINGS: tuple[Heading, ...] = (
    Heading("OPEN_START", gettext_lazy("Open at the start"), gettext_lazy(
        "Files of the province that were open when the month began. A file belongs to the agency that owns it.")),
    Heading("OPENED", pgettext_lazy("figures", "New"), gettext_lazy(
        "Files that were made in the month, by the day on which they were made here.")),
    Heading("TRANSFERRED_IN", gettext_lazy("Came over"), gettext_lazy(
        "Open files that came in the month from another agency or province.")),
    Heading("REOPENED", pgettext_lazy("figures", "Reopened"), gettext_lazy(
        "Ended files that were opened again in the month.")),
    Heading("ENDED", pgettext_lazy("figures", "Ended"), gettext_lazy(
        "Files that ended in the month, by whatever outcome. One that ended twice is counted twice.")),
    Heading("TRANSFERRED_OUT", gettext_lazy("Went over"), gettext_lazy(
        "Open files that went in the month to another agency or province, or out of this table.")),
    Heading("OPEN_END", gettext_lazy("Open at the end"), gettext_lazy(
        "Open at the start, and new, came over and reopened, less ended and went over.")),
    Heading("REFERRAL:APPROVE", gettext_lazy("Referrals sent"), gettext_lazy(
        "Referrals of the agency that the ministry approved and sent in the month.")),
    Heading("REFERRAL:ACCEPT", pgettext_lazy("figures", "Accepted"), gettext_lazy(
        "Referrals of the agency that the receiving agency accepted in the month.")),
    Heading("REFERRAL:DECLINE", pgettext_lazy("figures", "Declined"), gettext_lazy(
        "Referrals of the agency that the receiving agency declined in the month.")),
    Heading("REFERRAL:WITHDRAW", pgettext_lazy("figures", "Withdrawn"), gettext_lazy(
        "Referrals that the agency itself withdrew in the month.")),
    Heading("OVERDUE", gettext_lazy("Answers overdue"), gettext_lazy(
        "Referrals that were sent and not answered by the end of the month, although the answer was due.")),
    Heading("STAFF", pgettext_lazy("figures", "Staff"), gettext_lazy(
        "People who had a role at an office of the province on the last day of the month.")),
    Heading("SERVICES", pgettext_lazy("figures", "Services"), _LATER, later=True),
    Heading("PLACED", gettext_lazy("Placements in and out"), _LATER, later=True),
    Heading("VISITS", gettext_lazy("Visits due, done, overdue"), _LATER, later=True),
)  # fmt: skip
BY_KEY = {heading.key: heading for heading in HEADINGS}
_PERSONS: dict[str, Promise] = {
    "WOMAN": gettext_lazy("Women"),
    "MAN": gettext_lazy("Men"),
    "GIRL": gettext_lazy("Girls"),
    "BOY": gettext_lazy("Boys"),
    "UNKNOWN": gettext_lazy("Sex or age not known"),
}
NOT_COUNTED = gettext_lazy(
    "Files for named people only are in no figure of this table, whatever the number: they would be told by it."
)


def heading_of(key: str) -> tuple[str, str]:
    """(label, meaning) of any figure's key, for the page of its files."""
    what, _colon, code = key.partition(":")
    if key in BY_KEY:
        return str(BY_KEY[key].label), str(BY_KEY[key].meaning)
    if what == "OPENED":
        return f"{BY_KEY[what].label}: {codes.label('CHANNEL', code)}", str(BY_KEY[what].meaning)
    if what == "ENDED":
        return f"{BY_KEY[what].label}: {_outcome(code)}", str(BY_KEY[what].meaning)
    if what == "MOVED":
        return _step(code), str(_MOVED)
    if what in ("PERSONS_IN", "PERSONS_END") and code in _PERSONS:
        base = BY_KEY["OPENED" if what == "PERSONS_IN" else "OPEN_END"]
        return f"{base.label}: {_PERSONS[code]}", f"{base.meaning} {_CHILD}"
    return "", ""


_MOVED = gettext_lazy("Steps that were made in the month on files of the province, each time one was made.")
_CHILD = gettext_lazy("A girl or a boy is under 18 by what stands in the file.")


class Meaning(NamedTuple):
    """A figure for programs; `codes` are those that stand behind its colon, where it is broken down."""

    key: str
    label: str
    meaning: str
    has_records: bool
    codes: dict[str, str]


def meanings() -> list[Meaning]:
    """Every figure that a table can hold."""
    broken_down = {
        "OPENED": codes.labels("CHANNEL"),
        "ENDED": _texts(dict(FileStatus.choices)),
        "MOVED": _texts({**dict(FileVerb.choices), "OTHER": _("Another step")}),
        "PERSONS_IN": _texts(_PERSONS),
        "PERSONS_END": _texts(_PERSONS),
    }
    found = [
        Meaning(h.key, str(h.label), str(h.meaning), not h.later, broken_down.pop(h.key, {}))
        for h in HEADINGS
    ]
    labels = {"MOVED": _("Steps made"), "PERSONS_IN": _("Persons"), "PERSONS_END": _("Persons")}
    told = {"MOVED": str(_MOVED)}
    for key, of in (("PERSONS_IN", "OPENED"), ("PERSONS_END", "OPEN_END")):
        labels[key] = f"{labels[key]}: {BY_KEY[of].label}"
        told[key] = f"{BY_KEY[of].meaning} {_CHILD}"
    return found + [Meaning(key, labels[key], told[key], True, of) for key, of in broken_down.items()]


def _texts(labels: Mapping[Any, Any]) -> dict[str, str]:
    return {str(code): str(label) for code, label in labels.items()}


def _outcome(code: str) -> str:
    return str(dict(FileStatus.choices).get(code, code))


def _step(code: str) -> str:
    return str(dict(FileVerb.choices).get(code, _("Another step")))


class Cell(NamedTuple):
    """A number with the key of its figure; None where it is not counted."""

    value: int | None
    key: str = ""
    label: str = ""


@dataclass(frozen=True)
class Line:
    label: str
    cells: list[Cell]
    agency: str = ""  # id; empty for the sum


@dataclass(frozen=True)
class Part:
    """One breakdown of the whole province."""

    id: str
    title: str
    meaning: str
    columns: list[str]
    lines: list[Line]


@dataclass(frozen=True)
class Sheet:
    """Everything that a table says, in the language of now, for page, paper and files alike."""

    title: str
    month: str
    province: str
    agency: str
    edition: int
    status: str
    cut: str
    definitions: str
    headings: list[tuple[str, str, bool]]  # label, meaning, later
    lines: list[Line]
    parts: list[Part]
    notes: list[str]
    words: list[tuple[str, str]] = field(default_factory=list)
    prepared: str = ""
    signed: str = ""
    fingerprint: str = ""


def title(table: MonthlyTable) -> str:
    return _("Monthly table of case files of victims of trafficking")


def month_of(table: MonthlyTable) -> str:
    return date_format(table.month, "YEAR_MONTH_FORMAT")


def moment(at: Any) -> str:
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")


def sheet(table: MonthlyTable, words: Mapping[str, str]) -> Sheet:
    lines = [_line(entry) for entry in table.figures]
    sums = figures.total(table.figures)
    lines.append(Line(_("The whole province"), [_cell(sums, h, _all_staff(table)) for h in HEADINGS]))
    return Sheet(
        title=title(table),
        month=month_of(table),
        province=places.name_with_unit(table.province),
        agency=table.agency.name,
        edition=table.edition,
        status=str(table.get_status_display()),
        cut=moment(table.cut),
        definitions=table.definitions,
        headings=[(str(h.label), str(h.meaning), h.later) for h in HEADINGS],
        lines=lines,
        parts=_parts(sums),
        notes=[str(NOT_COUNTED), *_notes(table)],
        words=_words(table, words),
        prepared=_by(table.prepared_by, table.prepared_at),
        signed=_by(table.signed_by, table.signed_at),
        fingerprint=table.fingerprint,
    )


def _by(person: Any, at: Any) -> str:
    return f"{person.name}, {moment(at)}" if person and at else ""


def name_of(entry: Mapping[str, Any]) -> str:
    return str(entry["name_km"] if (get_language() or "km").startswith("km") else entry["name_en"])


def _line(entry: Mapping[str, Any]) -> Line:
    cells = [_cell(entry["counts"], heading, entry["staff"]) for heading in HEADINGS]
    return Line(name_of(entry), cells, entry["id"])


def _all_staff(table: MonthlyTable) -> int:
    return sum(entry["staff"] or 0 for entry in table.figures)


def _cell(counts: figures.Counts, heading: Heading, staff: int | None) -> Cell:
    label = str(heading.label)
    if heading.later:
        return Cell(None, "", label)
    if heading.key == "STAFF":
        return Cell(staff, "", label)
    what, _colon, code = heading.key.partition(":")
    return Cell(figures.number(counts, what, code), heading.key, label)


def _parts(sums: figures.Counts) -> list[Part]:
    return [
        _part("source", _("New files by who reported them"), sums, what="OPENED", labels=codes.labels("CHANNEL")),
        _part("outcome", _("Ended files by outcome"), sums, what="ENDED", labels=dict(FileStatus.choices), meaning=_(
            "The reason of a closure is written in words; figures by coded reason begin later.")),
        _part("step", _("Steps made"), sums, what="MOVED", labels=dict(FileVerb.choices), meaning=str(_MOVED)),
        Part(
            "persons", _("Persons"), str(_CHILD), [str(BY_KEY[k].label) for k in ("OPENED", "OPEN_END")],
            [
                Line(str(label), [
                    Cell(figures.number(sums, what, code), f"{what}:{code}", str(BY_KEY[key].label))
                    for what, key in (("PERSONS_IN", "OPENED"), ("PERSONS_END", "OPEN_END"))
                ])
                for code, label in _PERSONS.items()
            ],
        ),
    ]  # fmt: skip


def _part(
    name: str, heading: str, sums: figures.Counts, *, what: str, labels: Mapping[Any, Any], meaning: str = ""
) -> Part:
    """One line for each code that occurs, in the order of its list; codes that nobody knows any more at the end."""
    present = [key.partition(":")[2] for key in sums if key.startswith(f"{what}:")]
    order = [str(code) for code in labels]
    present.sort(key=lambda code: (order.index(code) if code in order else len(order), code))
    known = {str(code): str(label) for code, label in labels.items()}
    number = pgettext("figures", "Number")
    lines = [
        Line(
            known.get(code, heading_of(f"{what}:{code}")[0]),
            [Cell(sums[f"{what}:{code}"], f"{what}:{code}", number)],
        )
        for code in present
    ]
    return Part(name, heading, meaning, [number], lines)


def _notes(table: MonthlyTable) -> list[str]:
    notes = []
    if table.needs_explanation:
        notes.append(
            _(
                "The month opens with %(open)s files; the signed table of the month before closed with %(closed)s."
            )
            % {"open": table.open_start, "closed": table.closed_before}
        )
    if table.edition > 1:
        notes.append(_("This edition replaces edition %(number)s.") % {"number": table.edition - 1})
        notes += [
            _("%(figure)s: %(before)s before, %(now)s now.")
            % {"figure": heading_of(key)[0] or key, "before": before, "now": now}
            for key, before, now in table.differs
        ] or [_("No figure differs from the edition before.")]
    return notes


def _words(table: MonthlyTable, words: Mapping[str, str]) -> list[tuple[str, str]]:
    labels = {
        "reason": _("Why there is a new edition"),
        "explanation": _("Why the opening figure is another one"),
        "remarks": _("Remarks"),
    }
    return [(label, words[name]) for name, label in labels.items() if words.get(name)]
