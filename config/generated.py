"""The pages of docs/ that are drawn from the code, so that they cannot be wrong for long.

`manage.py docs` writes them, `manage.py docs --check` compares; both are in English and need no database.
"""

import csv
import textwrap
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from django.utils import timezone, translation

from accounts.models import Agency
from accounts.roles import CAPABILITIES, GIVES, SENTENCES, Capability, Role
from accounts.sections import LABELS
from audit.export import COLUMNS, Trail
from audit.kinds import Kind, Result
from audit.sentences import sentence
from audit.words import Words
from cases import lifecycle as files
from cases.states import ENDED as FILE_ENDED
from cases.states import HTCDS
from cases.states import Status as FileStatus
from referrals import lifecycle as referrals
from referrals.states import ENDED as REFERRAL_ENDED
from referrals.states import Side
from referrals.states import Status as ReferralStatus

from . import variables

ROOT = Path(__file__).resolve().parent.parent
RULES = ROOT / "accounts" / "data" / "section_rules.csv"


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    def line(cells: Iterable[object]) -> str:
        return "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"

    return [line(head), line("---" for _ in head), *(line(row) for row in rows), ""]


def page(title: str, sources: str, *parts: list[str]) -> str:
    drawn = prose(
        f"*Drawn from {sources} by `python manage.py docs`. Change the code, not this page;",
        "`make check` compares the two.*",
    )
    lines = [f"# {title}", "", *drawn, *(line for part in parts for line in part)]
    return "\n".join(lines).rstrip() + "\n"


def prose(*sentences: str) -> list[str]:
    return [*textwrap.wrap(" ".join(sentences), 110, break_long_words=False, break_on_hyphens=False), ""]


def heading(text: str) -> list[str]:
    return [text, ""]


def codes(values: Iterable[Any], order: Iterable[Any]) -> list[Any]:
    found = set(values)
    return [one for one in order if one in found]


# --- docs/lifecycle.md


def diagram(statuses: Any, ended: Iterable[Any], start: Any, begins: str, moves: Iterable[Any]) -> list[str]:
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f'    state "{status.label}" as {status.value}' for status in statuses]
    lines.append(f"    [*] --> {start.value}: {begins}")
    for move in moves:
        lines += [
            f"    {source.value} --> {move.target.value}: {move.verb.label}"
            for source in codes(move.sources, statuses)
        ]
    lines += [f"    {status.value} --> [*]" for status in codes(ended, statuses)]
    return [*lines, "```", ""]


def file_moves() -> list[str]:
    rows = [
        (
            f"{move.verb.label} (`{move.verb.value}`)",
            ", ".join(str(source.label) for source in codes(move.sources, FileStatus)),
            move.target.label,
            f"{SENTENCES[move.capability]} (`{move.capability}`)",
            "yes" if move.reason else "",
        )
        for move in files.MOVES
    ]
    return table(("Move", "From", "To", "Who: may …", "Reason asked"), rows)


def file_states() -> list[str]:
    rows = []
    for status in FileStatus:
        turn = f"`{files.TURN[status]}`" if files.TURN[status] else ""
        if status in FILE_ENDED:
            turn = f"nobody's; {turn} may reopen it" if turn else "nobody's"
        rows.append((status.label, f"`{status.value}`", turn or "nobody's yet", f"`{HTCDS[status]}`"))
    return table(("State", "Code", "Whose turn: who may …", "HTCDS `cas_Status`"), rows)


def asked_for(move: Any) -> str:
    reason = [f"a reason of the list `{move.reasons}`"] if move.reasons else []
    return ", ".join([*reason, *(["words"] if move.words else [])])


def referral_moves() -> list[str]:
    rows = [
        (
            f"{move.verb.label} (`{move.verb.value}`)",
            ", ".join(str(source.label) for source in codes(move.sources, ReferralStatus)),
            move.target.label,
            f"{move.side.label} (`{move.capability}`)",
            asked_for(move),
        )
        for move in referrals.MOVES
    ]
    return table(("Move", "From", "To", "Which side", "Asked for"), rows)


def referral_states() -> list[str]:
    rows = []
    for status in ReferralStatus:
        turn = referrals.TURN[status]
        rows.append((status.label, f"`{status.value}`", Side(turn).label if turn else "nobody's"))
    return table(("State", "Code", "Whose turn"), rows)


def unreached() -> list[str]:
    """States of a file into which no move leads yet: said, so that nobody looks for the button."""
    left = set(FileStatus) - {move.target for move in files.MOVES} - {FileStatus.REPORTED}
    names = ", ".join(f"{status.label} (`{status.value}`)" for status in codes(left, FileStatus))
    return [f"No move leads to these yet: {names}.", ""] if names else []


def lifecycle() -> str:
    return page(
        "How files and referrals move",
        "`cases/lifecycle.py` and `referrals/lifecycle.py`",
        heading("## Case files"),
        prose("Recording what has happened (a note, a visit) is never blocked by the state of a file;",
              "only formal decisions are."),
        diagram(FileStatus, FILE_ENDED, FileStatus.REPORTED, "Make the case file", files.MOVES),
        unreached(),
        heading("### Moves of a case file"), file_moves(),
        heading("### States of a case file"), file_states(),
        heading("## Referrals"),
        prose("Nobody approves, accepts or declines what they asked for themselves."),
        diagram(ReferralStatus, REFERRAL_ENDED, referrals.START, referrals.Verb.SUBMIT.label, referrals.MOVES),
        heading("### Moves of a referral"), referral_moves(),
        heading("### States of a referral"), referral_states(),
    )  # fmt: skip


# --- docs/access.md


def section_words(words: str) -> str:
    return ", ".join(f"`{word}`" for word in words.split()) or "nothing"


def province_rules() -> list[str]:
    """One row per reader and set of sections; kinds of opener with the same answer share it."""
    with RULES.open(newline="", encoding="utf-8") as file:
        rules = list(csv.DictReader(file))
    rows = []
    for viewer, own in groupby(rules, key=lambda rule: rule["viewer_kind"]):
        opened: dict[str, list[str]] = {}
        for rule in own:
            opened.setdefault(rule["sections"], []).append(rule["opened_by_kind"])
        everybody = len(opened) == 1
        for sections, kinds in opened.items():
            by = "anybody" if everybody else ", ".join(str(Agency.Kind(kind).label) for kind in kinds)
            rows.append((Agency.Kind(viewer).label, by, section_words(sections)))
    confirmed = sum(rule["confirmed"] == "yes" for rule in rules)
    said = prose(
        f"{confirmed} of these {len(rules)} rules are confirmed by a committee; the others are a proposal."
    )
    return [*said, *table(("Reader's kind of agency", "File opened by", "A province right opens"), rows)]


def access() -> str:
    roles = [
        (
            role.label,
            f"`{role.value}`",
            "<br>".join(str(SENTENCES[c]) for c in codes(CAPABILITIES[role], Capability)),
        )
        for role in Role
    ]
    capabilities = [
        (SENTENCES[one], f"`{one}`", ", ".join(str(role.label) for role in Role if one in CAPABILITIES[role]))
        for one in Capability
    ]
    gives = [
        (role.label, ", ".join(str(one.label) for one in Role if one in GIVES[role]))
        for role in Role
        if role in GIVES
    ]
    sections = [(label, f"`{section.name}`", int(section)) for section, label in LABELS.items()]
    return page(
        "Who may do and see what",
        "`accounts/roles.py`, `accounts/sections.py` and `accounts/data/section_rules.csv`",
        prose("A role says what somebody may *do*. Which files they may do it with is a second question:",
              "the last table, grants and referrals answer it ([architecture](architecture.md), *The two walls*)."),
        heading("## Roles"), table(("Role", "Code", "May"), roles),
        heading("## Capabilities"), table(("May", "Code", "Roles"), capabilities),
        heading("## Who gives and ends which role"), table(("Role", "Gives and ends"), gives),
        prose("An administrator does so at every agency, the head of an office at the own one alone. Nobody does it",
              "for themselves."),
        heading("## Sections of a case file"), table(("Section", "Code", "Bit"), sections),
        heading("## What a right on a province opens"), province_rules(),
        prose("The agency that opened a file sees all of it. A file that is *named-only* is outside this table:",
              "its case worker, the national desk and people with a grant of their own see it, no province",
              "and no other colleague does. Of a file that became named-only later, those who were chosen then see",
              "it in place of its case worker."),
        prose("Beside this table a file opens by a grant: a referral, a share by name (at most a year), an",
              "emergency (at most four hours, not its referrals, never its moving; never a named-only one). Each file",
              "has a page that says who sees it and why: [Who sees a file](who-sees-a-file.md)."),
        heading("## Kept away, whatever else they hold"),
        prose("Who works on a file can keep a colleague or a whole agency away from it, and everybody who sees one",
              "can say that they must not (a conflict of interest). It beats every right of this page and every",
              "grant, counts from the next request on, and nobody tells whoever is kept away: the file is the",
              "ordinary 404. Somebody else than who made it upholds or lifts it: the head of the office that owns",
              "the file, the ministry's reviewer, or the national desk where the office has nobody for it",
              "([0014](adr/0014-kept-away-beats-everything.md)). Whom a file is hidden from is told to those who can",
              "hide it and to those who review that: not to whom it is open by a referral, a share of parts or an",
              "emergency."),
    )  # fmt: skip


# --- docs/trail.md


class Example(Words):
    """Words without a database: invented people, codes as they stand."""

    def table(self, name: str) -> dict[str, str]:
        known: dict[str, Any] = {"status": FileStatus, "referral": ReferralStatus, "role": Role}
        if name in ("province", "export"):
            return {"province": {"1": "Banteay Meanchey"}, "export": {"TRAIL": str(Trail.title)}}[name]
        return {str(one.value): str(one.label) for one in known.get(name, ())}

    def code(self, code_list: str, code: str) -> str:
        return code or "…"

    def who(self, event: Any) -> str:
        return "Sok Dara"

    def principal(self, text: str) -> str:
        return "Lotus Bridge"

    def record(self, event: Any) -> str:
        return str(event.object_label)


#: What an example sentence needs beside who and which record.
DETAILS: dict[str, dict[str, Any]] = {
    Kind.REFUSED: {"status": 403},
    Kind.FILE_MOVED: {"from": "REPORTED", "to": "SCREENING"},
    Kind.CONSENT_RECORDED: {"purpose": "STORE_DATA", "answer": "GIVEN"},
    Kind.REFERRAL_MOVED: {"verb": "ACCEPT", "to": "ACCEPTED"},
    Kind.EXPORT_ASKED: {"kind": "TRAIL", "shape": "CSV"},
    Kind.EXPORT_MADE: {"kind": "TRAIL", "shape": "CSV"},
    Kind.EXPORT_TAKEN: {"kind": "TRAIL", "shape": "CSV"},
    Kind.BACKUP_RESTORED: {"made_at": "2026-11-22T18:30:00+00:00"},
    Kind.MEMBERSHIP_STARTED: {"role": "NGO_WORKER", "agency": "LOTUS"},
    Kind.MEMBERSHIP_ENDED: {"role": "NGO_WORKER", "agency": "LOTUS"},
    Kind.MEMBERSHIP_CONFIRMED: {"role": "NGO_WORKER", "agency": "LOTUS"},
    Kind.STAND_IN_GIVEN: {
        "role": "PROVINCIAL_HEAD",
        "agency": "DOSVY-BMC",
        "from": "2026-12-01",
        "until": "2026-12-20",
    },
    Kind.STAND_IN_ENDED: {"role": "PROVINCIAL_HEAD", "agency": "DOSVY-BMC"},
}


#: Kinds about staff and agencies instead of files, by the first word of their code.
ABOUT_STAFF = {
    "RIGHT": "Lotus Bridge",
    "AGENCY": "Lotus Bridge",
    "PERSON": "Chan Vanna",
    "MEMBERSHIP": "Chan Vanna",
    "STAND": "Chan Vanna",
    "SLIP": "Chan Vanna",
    "CODE": "FORM LAB.FISH",
    "RULE": "POLICE – NGO",
    "TOKEN": "Chan Vanna",
}


def example(kind: Kind) -> str:
    about = ABOUT_STAFF.get(kind.name.partition("_")[0])
    event = SimpleNamespace(
        kind=kind.value, result="OK", actor="", actor_name="", fields=["status"], province=1,
        object_type="person" if about else "case", object_id="",
        object_label=about or "BMC-2026-00417-7",
        detail={"rows": 3, **DETAILS.get(kind, {})}, at=timezone.now(),
    )  # fmt: skip
    return sentence(event, Example())  # type: ignore[arg-type]


def trail() -> str:
    rows = [(kind.label, f"`{kind.value}`", example(kind)) for kind in Kind]
    results = [(result.label, f"`{result.value}`") for result in Result]
    return page(
        "What the trail records",
        "`audit/kinds.py` and `audit/sentences.py`",
        prose("Every event says who, when, what, which record and from where. Beside that it holds codes,",
              "ids and counts only: no name of a person in a file, no word of a note. The list is closed:",
              "`audit.record.record()` takes no other kind."),
        table(("Kind", "Code", "A line of the trail, for example"), rows),
        heading("## Results"), table(("Result", "Code"), results),
        heading("## Exports"),
        prose("CSV, JSON Lines and Excel have the same columns, one event a line, the oldest first:",
              ", ".join(f"`{name}`" for name in (one.name for one in COLUMNS)) + ".",
              "`sentence`, `agency_name` and `file_number` are there where *names and sentences* was ticked: in the",
              "language in which the export was asked for, and the number of the file an event belongs to, also where",
              "it names another record. These three are for reading: `content_hash` covers the columns that are",
              "stored. In Excel `time_phnom_penh` is a date of its own."),
    )  # fmt: skip


# --- docs/settings.md


def variable_rows(found: Iterable[variables.Variable]) -> list[str]:
    rows = [(f"`{one.name}`", one.meaning, one.default or "**must be set**") for one in found]
    return table(("Variable", "What it is for", "Without it"), rows)


def settings_page() -> str:
    secrets = [(f"`{one.name}`", one.meaning) for one in variables.SECRETS]
    return page(
        "Settings",
        "`config/variables.py`",
        prose("Everything that differs between two installations is a variable of the environment; everything",
              "else is in `config/settings.py`. `make run` and `make test` set what they need.",
              "In a shell of your own:"),
        ["```", 'eval "$(python3 config/local env)"', "```", ""],
        heading("## The site, its worker and its commands"), variable_rows(variables.SITE),
        prose("Addresses, keys and tokens may stand in a file instead, as the secrets of containers do:",
              "`DATABASE_URL_WEB_FILE`, `REDIS_URL_FILE`, `KARPEA_BACKUP_KEY_FILE`,",
              "`KARPEA_METRICS_TOKEN_FILE` name it."),
        prose("To use a PostgreSQL of your own, set all four `DATABASE_URL_…`, or none. An address is",
              "`postgresql://role:password@host:port/database`, or with a socket",
              "`…@/database?host=/folder&port=5432`."),
        heading("## The file of `KARPEA_SECRETS`"), table(("Key", "What it is for"), secrets),
        heading("## The launcher (`make`)"), variable_rows(variables.LAUNCHER),
        heading("## The suite"), variable_rows(variables.SUITE),
    )  # fmt: skip


PAGES: dict[str, Callable[[], str]] = {
    "docs/lifecycle.md": lifecycle,
    "docs/access.md": access,
    "docs/trail.md": trail,
    "docs/settings.md": settings_page,
}


def pages() -> dict[str, str]:
    """Each generated page by its path, in English whatever the reader's language is."""
    with translation.override("en"):
        return {path: write() for path, write in PAGES.items()}


def stale() -> list[str]:
    """Pages that are missing or say something else than the code."""
    return [
        path
        for path, text in pages().items()
        if not (ROOT / path).is_file() or (ROOT / path).read_text(encoding="utf-8") != text
    ]
