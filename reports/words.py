"""How a monthly table is told to people: its headings with what they mean, and its sheet for page, paper and files.

The department's form has columns for services, placements and visits. Their records come later: the columns stand
there and say so, so that nobody reads an empty box as "none".
"""

from collections.abc import Callable, Mapping
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
    """One column: the key of its figure, what it is called and what it means. `later` has no records yet. `group` is
    the table on the page in which it stands."""

    key: str
    label: Promise
    meaning: Promise
    later: bool = False
    group: int = 0


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
    Heading("LATE_END", pgettext_lazy("figures", "Steps overdue"), gettext_lazy(
        "Steps of files open at the end of the month whose deadline had passed and that were not done. A step has the "
        "deadline that was given to it when it began; deadlines that nobody has confirmed count too."), group=1),
    Heading("LATE_NEW", pgettext_lazy("figures", "Became overdue"), gettext_lazy(
        "Steps whose deadline passed in the month before they were done, even if they were done later in it. They "
        "count for the agency that owned the file on that day."), group=1),
    Heading("LATE_OLDEST", gettext_lazy("Oldest overdue, days"), gettext_lazy(
        "Of the steps overdue at the end of the month the one that has waited longest: days from its deadline to the "
        "end of the month."), group=1),
    Heading("REFERRAL:APPROVE", gettext_lazy("Referrals sent"), gettext_lazy(
        "Referrals of the agency that the ministry approved and sent in the month."), group=1),
    Heading("REFERRAL:ACCEPT", pgettext_lazy("figures", "Accepted"), gettext_lazy(
        "Referrals of the agency that the receiving agency accepted in the month."), group=1),
    Heading("REFERRAL:DECLINE", pgettext_lazy("figures", "Declined"), gettext_lazy(
        "Referrals of the agency that the receiving agency declined in the month."), group=1),
    Heading("REFERRAL:WITHDRAW", pgettext_lazy("figures", "Withdrawn"), gettext_lazy(
        "Referrals that the agency itself withdrew in the month."), group=1),
    Heading("OVERDUE", gettext_lazy("Answers overdue"), gettext_lazy(
        "Referrals that were sent and not answered by the end of the month, although the answer was due."), group=1),
    Heading("STAFF", pgettext_lazy("figures", "Staff"), gettext_lazy(
        "People who had a role at an office of the province on the last day of the month."), group=2),
    Heading("SERVICES", pgettext_lazy("figures", "Services"), _LATER, later=True, group=2),
    Heading("PLACED", gettext_lazy("Placements in and out"), _LATER, later=True, group=2),
    Heading("VISITS", gettext_lazy("Visits due, done, overdue"), _LATER, later=True, group=2),
)  # fmt: skip
_GROUPS: tuple[Promise, ...] = (
    gettext_lazy("Files by agency"),
    gettext_lazy("Overdue steps and referrals by agency"),
    gettext_lazy("Staff and later records by agency"),
)
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
    if what in _NAMED_BY:
        return f"{BY_KEY[what].label}: {_NAMED_BY[what](code)}", str(BY_KEY[what].meaning)
    if what == "CLOSED":
        return _("Closed: %(reason)s") % {"reason": _closure(code)}, str(_CLOSED)
    if what == "MOVED":
        return _step(code), str(_MOVED)
    if what in ("PERSONS_IN", "PERSONS_END") and code in _PERSONS:
        base = BY_KEY["OPENED" if what == "PERSONS_IN" else "OPEN_END"]
        return f"{base.label}: {_PERSONS[code]}", f"{base.meaning} {_CHILD}"
    return "", ""


def told_as(key: str) -> str:
    """How a figure is called where editions are compared: those too that no column and no page has."""
    what, unsure, _rest = key.partition("_UNSURE")
    if unsure and what in BY_KEY:
        return _("%(figure)s, by deadlines that nobody had confirmed") % {"figure": BY_KEY[what].label}
    return heading_of(key)[0] or key


_CLOSED = gettext_lazy(
    "Files that were closed in the month, by the reason that was chosen from the list. The list is a proposal until "
    "the committee confirms it."
)
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


#: Columns that are broken down by a code, with how the code is called.
_NAMED_BY: dict[str, Callable[[str], str]] = {
    "OPENED": lambda code: codes.label("CHANNEL", code),
    "ENDED": _outcome,
    "LATE_END": _outcome,
    "LATE_NEW": _outcome,
}


def _closure(code: str) -> str:
    return _("Closed without a reason of the list") if code == "NOT_CODED" else codes.label("CLOSURE", code)


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
    groups: list[tuple[str, int, int]]  # title of a table on the page; from which column to before which
    lines: list[Line]
    parts: list[Part]
    notes: list[str]
    words: list[tuple[str, str]] = field(default_factory=list)
    prepared: str = ""
    signed: str = ""
    fingerprint: str = ""

    @property
    def meanings(self) -> list[tuple[str, str]]:
        """What columns and breakdowns mean, for paper and files."""
        columns = [(label, meaning) for label, meaning, _later in self.headings]
        return [*columns, *((part.title, part.meaning) for part in self.parts if part.meaning)]


def title(table: MonthlyTable) -> str:
    return _("Monthly table of case files of victims of trafficking")


def month_of(table: MonthlyTable) -> str:
    return date_format(table.month, "YEAR_MONTH_FORMAT")


def moment(at: Any) -> str:
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")


def sheet(table: MonthlyTable, words: Mapping[str, str]) -> Sheet:
    headings = headings_of(table)
    lines = [_line(entry, headings) for entry in table.figures]
    sums = figures.total(table.figures)
    lines.append(Line(_("The whole province"), [_cell(sums, h, _all_staff(table)) for h in headings]))
    return Sheet(
        title=title(table),
        month=month_of(table),
        province=places.name_with_unit(table.province),
        agency=table.agency.name,
        edition=table.edition,
        status=str(table.get_status_display()),
        cut=moment(table.cut),
        definitions=table.definitions,
        headings=[(str(h.label), str(h.meaning), h.later) for h in headings],
        groups=_groups(headings),
        lines=lines,
        parts=_parts(sums, table.definitions),
        notes=[str(NOT_COUNTED), *_unsure(sums), *_notes(table)],
        words=_words(table, words),
        prepared=_by(table.prepared_by, table.prepared_at),
        signed=_by(table.signed_by, table.signed_at),
        fingerprint=table.fingerprint,
    )


def _by(person: Any, at: Any) -> str:
    return f"{person.name}, {moment(at)}" if person and at else ""


def name_of(entry: Mapping[str, Any]) -> str:
    return str(entry["name_km"] if (get_language() or "km").startswith("km") else entry["name_en"])


def headings_of(table: MonthlyTable) -> list[Heading]:
    """The columns that a table of its definitions has: what came later was not counted then."""
    return [heading for heading in HEADINGS if figures.is_counted(heading.key, table.definitions)]


def _groups(headings: list[Heading]) -> list[tuple[str, int, int]]:
    ends = [sum(heading.group <= group for heading in headings) for group in range(len(_GROUPS))]
    return [
        (str(title), first, end) for title, first, end in zip(_GROUPS, [0, *ends[:-1]], ends, strict=True)
    ]


def _line(entry: Mapping[str, Any], headings: list[Heading]) -> Line:
    cells = [_cell(entry["counts"], heading, entry["staff"]) for heading in headings]
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


def _parts(sums: figures.Counts, definitions: str) -> list[Part]:
    is_coded = figures.is_counted("CLOSED", definitions)
    words_alone = _("The reason of a closure was not coded yet when this table was counted.")
    parts = [
        _part("source", _("New files by who reported them"), sums, what="OPENED", labels=codes.labels("CHANNEL")),
        _part("outcome", _("Ended files by outcome"), sums, what="ENDED", labels=dict(FileStatus.choices),
              meaning="" if is_coded else words_alone),
    ]  # fmt: skip
    if is_coded:
        reasons = {**codes.labels("CLOSURE"), "NOT_CODED": _closure("NOT_CODED")}
        title = _("Closed files by reason")
        parts.append(_part("reason", title, sums, what="CLOSED", labels=reasons, meaning=str(_CLOSED)))
    parts.append(
        _part("step", _("Steps made"), sums, what="MOVED", labels=dict(FileVerb.choices), meaning=str(_MOVED))
    )
    if is_coded:
        present = [code for code in FileStatus if any(f"{what}:{code}" in sums for what in _LATE)]
        steps = {str(code): str(code.label) for code in present}
        parts.append(_by_code("late", _("Overdue steps by step"), "", sums=sums, columns=_LATE, rows=steps))
    persons = {code: str(label) for code, label in _PERSONS.items()}
    parts.append(_by_code("persons", _("Persons"), str(_CHILD), sums=sums, columns=_OF_PERSONS, rows=persons))
    return parts


#: Of breakdowns with two columns: the figure of each and its heading.
_LATE: dict[str, Promise] = {
    "LATE_END": pgettext_lazy("overdue steps", "At the end"),
    "LATE_NEW": pgettext_lazy("overdue steps", "New in the month"),
}
_OF_PERSONS = {"PERSONS_IN": BY_KEY["OPENED"].label, "PERSONS_END": BY_KEY["OPEN_END"].label}


def _by_code(
    name: str,
    title: str,
    meaning: str,
    *,
    sums: figures.Counts,
    columns: Mapping[str, Promise],
    rows: Mapping[str, str],
) -> Part:
    """A breakdown with a column for each of several figures."""
    labels = {what: str(label) for what, label in columns.items()}
    lines = [
        Line(
            row, [Cell(figures.number(sums, what, code), f"{what}:{code}", labels[what]) for what in columns]
        )
        for code, row in rows.items()
    ]
    return Part(name, title, meaning, list(labels.values()), lines)


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


def _unsure(sums: figures.Counts) -> list[str]:
    """That overdue steps are late by proposals, as long as they are."""
    end, new = figures.number(sums, "LATE_END_UNSURE"), figures.number(sums, "LATE_NEW_UNSURE")
    if not (end or new):
        return []
    return [
        _(
            "Deadlines are proposals until the committee confirms them. By deadlines that nobody had confirmed at the "
            "end of the month: %(end)s of %(all)s steps overdue, and %(new)s of %(became)s that became overdue."
        )
        % {
            "end": end, "all": figures.number(sums, "LATE_END"),
            "new": new, "became": figures.number(sums, "LATE_NEW"),
        }
    ]  # fmt: skip


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
            % {"figure": told_as(key), "before": before, "now": now}
            for key, before, now in table.differs
        ] or [_("No figure differs from the edition before.")]
        if table.replaces and table.replaces.definitions != table.definitions:
            notes.append(
                _(
                    "The edition before was counted by definitions %(version)s: what came later is not compared."
                )
                % {"version": table.replaces.definitions}
            )
    return notes


def _words(table: MonthlyTable, words: Mapping[str, str]) -> list[tuple[str, str]]:
    labels = {
        "reason": _("Why there is a new edition"),
        "explanation": _("Why the opening figure is another one"),
        "remarks": _("Remarks"),
    }
    return [(label, words[name]) for name, label in labels.items() if words.get(name)]
