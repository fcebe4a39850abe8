"""What a worker does with a register, one part at a time, acting as its owner: check, import, take back.

Each part is one transaction with its progress, so a worker that dies leaves whole parts, and the next one goes on.
"""

import logging
import uuid
from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.vault import blind
from audit.kinds import Kind
from audit.models import Event
from audit.record import Happening, record, record_many

from .. import actions as cases
from .. import lifecycle as case_lifecycle
from .. import reminders, vault
from ..access import thing as case_thing
from ..access import visible_cases
from ..models import Case, Note, Register, RegisterMark, RegisterPart, RegisterRow
from ..opening import may_open_in
from ..states import Status as CaseStatus
from . import alike
from .access import check_imports, thing
from .lifecycle import advance
from .plan import ROWS, Plan, lines_of, open_plan
from .rows import Checked, Checker
from .states import KEEP_FOR, Outcome, Status, WhyKept
from .wrong import Wrong

log = logging.getLogger("karpea.registers")
#: How the trail and the file's notes say where all of this is known from (list SOURCE).
SOURCE = "REGISTER"


def step(register: Register, by: User) -> None:
    """One part of whatever is to be done. The caller holds the register's row and acts as its owner."""
    check_imports(by)
    {Status.CHECKING: _check, Status.IMPORTING: _import, Status.UNDOING: _undo}[Status(register.status)](
        register, by
    )


#: The reader of the last part, for the next one of the same register: to make it takes as long as twenty rows.
_kept: dict[tuple[Any, ...], Checker] = {}


def _reader(register: Register, by: User) -> tuple[Plan, Checker]:
    key = (register.pk, register.version, get_language(), timezone.localdate(), by.pk, may_open_in(by))
    if key not in _kept:
        _kept.clear()
        plan = open_plan(register)
        _kept[key] = Checker(plan, by=by, asked_on=timezone.localdate(register.asked_at))
    return _kept[key].plan, _kept[key]


def _part(register: Register) -> RegisterPart | None:
    return RegisterPart.objects.filter(register=register, number=register.position).first()


def _done(register: Register, **counts: int) -> None:
    """The part is done; a step forward, and one error less to come to the end of our patience."""
    values: dict[str, Any] = {name: getattr(register, name) + number for name, number in counts.items()}
    values |= {"position": register.position + 1, "tries": 0, "worked_at": timezone.now()}
    Register.objects.filter(pk=register.pk).update(**values)


# --- check ----------------------------------------------------------------------------------------------------


def _check(register: Register, by: User) -> None:
    part = _part(register)
    if part is None:
        _checked(register)
        return
    plan, checker = _reader(register, by)
    checked = [checker.check(line) for line in lines_of(part, plan)]
    rows = [_row(register, part, one) for one in checked]
    _fingerprints(register, rows)
    good = [row for row in rows if row.outcome == Outcome.GOOD]
    before = _imported_before(register, [bytes(row.fingerprint) for row in good])
    for row in good:
        if bytes(row.fingerprint) in before:
            row.outcome = Outcome.ALREADY
    _look_alike(register, [row for row in good if row.outcome == Outcome.GOOD], by)
    RegisterRow.objects.bulk_create(rows)
    counts = Counter(row.outcome.lower() for row in rows)
    _done(register, **{name: counts[name] for name in ("good", "wrong", "alike", "already")})


def _row(register: Register, part: RegisterPart, one: Checked) -> RegisterRow:
    row = RegisterRow(
        owner_id=register.owner_id,
        register=register,
        part=part.number,
        number=one.line.number,
        outcome=Outcome.WRONG if one.problems else Outcome.GOOD,
        problems=one.problems,
        content=one.content,
        khmer=one.khmer,
        latin=one.latin,
    )
    if one.intake:
        row.sex, row.age_min, row.age_max = one.intake.sex, one.intake.age_min, one.intake.age_max
    return row


def _fingerprints(register: Register, rows: Sequence[RegisterRow]) -> None:
    """The how-maniest row with this very content it is: two girls of one age without names are two, and the same
    register again has the same two."""
    contents = [bytes(row.content) for row in rows]
    counted = (
        RegisterRow.objects.filter(register=register, content__in=contents)
        .values("content")
        .annotate(n=Count("pk"))
        .order_by("content")
    )
    seen = Counter({bytes(one["content"]): one["n"] for one in counted})
    for row in rows:
        content = bytes(row.content)
        row.fingerprint = blind(f"{content.hex()}:{seen[content]}", column="register row")
        seen[content] += 1


def _imported_before(register: Register, fingerprints: list[bytes]) -> set[bytes]:
    found = RegisterMark.objects.filter(agency=register.agency_id, fingerprint__in=fingerprints)
    return {bytes(one) for one in found.values_list("fingerprint", flat=True)}


def _look_alike(register: Register, rows: list[RegisterRow], by: User) -> None:
    files = alike.mark(register, rows, by=by)
    for row in rows:
        if row.like_row or row.like_case_id:
            row.outcome = Outcome.ALIKE
    if files:  # the names of a register were looked for among the files: that is a search
        record(
            Kind.FILE_SEARCHED,
            thing(register),
            detail={"ids": sorted(str(case.pk) for case in files), "register": str(register.pk)},
        )


def _checked(register: Register) -> None:
    _kept.clear()
    done = advance(register, Status.CHECKED, expires_at=timezone.now() + KEEP_FOR)
    record(
        Kind.REGISTER_CHECKED,
        thing(register),
        detail=_counts(done, "rows", "good", "wrong", "alike", "already"),
    )


def _counts(register: Register, *names: str) -> dict[str, int]:
    return {name: getattr(register, name) for name in names}


# --- import ---------------------------------------------------------------------------------------------------


def _import(register: Register, by: User) -> None:
    part = _part(register)
    if part is None:
        _imported(register)
        return
    wanted = [Outcome.GOOD, *([Outcome.ALIKE] if register.with_alike else [])]
    rows = RegisterRow.objects.filter(register=register, part=part.number, outcome__in=wanted)
    found = {row.number: row for row in rows.order_by("number", "pk")}
    if not found:
        _done(register)
        return
    plan, checker = _reader(register, by)
    checked = [checker.check(line) for line in lines_of(part, plan) if line.number in found]
    made = wrong = named = 0
    try:
        with transaction.atomic():
            made, named, wrong = _make(register, checked, found, by)
    except DatabaseError:
        # One row of them. Its own error may quote it, so nothing of it is written down.
        log.error("a part of a register was refused as a whole; its rows are tried one by one")
        for one in checked:
            parts = _make_alone(register, one, found, by)
            made, named, wrong = made + parts[0], named + parts[1], wrong + parts[2]
    _done(register, imported=made, named_only=named, wrong=wrong)


def _make_alone(
    register: Register, one: Checked, found: dict[int, RegisterRow], by: User
) -> tuple[int, int, int]:
    try:
        with transaction.atomic():
            return _make(register, [one], found, by)
    except DatabaseError:
        row = found[one.line.number]
        problem = [["", None, str(Wrong.NOT_TAKEN)]]
        RegisterRow.objects.filter(pk=row.pk).update(outcome=Outcome.WRONG, problems=problem)
        return 0, 0, 1


def _make(
    register: Register, checked: list[Checked], found: dict[int, RegisterRow], by: User
) -> tuple[int, int, int]:
    """Files of these rows: how many, how many of them named-only, how many turned out wrong since the check."""
    stale = [one for one in checked if one.problems]
    for one in stale:
        RegisterRow.objects.filter(pk=found[one.line.number].pk).update(
            outcome=Outcome.WRONG, problems=one.problems
        )
    good = [one for one in checked if one.intake]
    marks = [
        RegisterMark(
            agency_id=register.agency_id,
            register=register.pk,
            by=by,
            fingerprint=found[one.line.number].fingerprint,
            number=one.line.number,
            case_id=uuid.uuid4(),
        )
        for one in good
    ]
    # Always in one order: two imports of one register wait for each other, never in a circle.
    RegisterMark.objects.bulk_create(sorted(marks, key=lambda m: bytes(m.fingerprint)), ignore_conflicts=True)
    ours = set(RegisterMark.objects.filter(pk__in=[mark.pk for mark in marks]).values_list("pk", flat=True))
    pairs = [(one, mark) for one, mark in zip(good, marks, strict=True) if mark.pk in ours]
    files = cases.open_files(
        intakes=[one.intake for one, _mark in pairs if one.intake],
        ids=[mark.case_id for _one, mark in pairs],
        source=SOURCE,
        by=by,
    ) if pairs else []  # fmt: skip
    taken = [found[one.line.number].pk for one, _mark in pairs]
    late = [found[m.number].pk for m in marks if m.pk not in ours]
    RegisterRow.objects.filter(pk__in=taken).update(outcome=Outcome.IMPORTED)
    RegisterRow.objects.filter(pk__in=late).update(outcome=Outcome.ALREADY)
    return len(files), sum(case.named_only for case in files), len(stale)


def _imported(register: Register) -> None:
    """The rows have become files: what was written in them is deleted here, at once."""
    _kept.clear()
    now = timezone.now()
    done = advance(register, Status.IMPORTED, finished_at=now, expires_at=now + KEEP_FOR)
    RegisterPart.objects.filter(register=register).delete()
    record(
        Kind.REGISTER_IMPORTED, thing(register), detail={"rows": done.imported, **_counts(done, "named_only")}
    )


# --- take back ------------------------------------------------------------------------------------------------

#: What on the trail of a file is no work on it.
READING = (Kind.FILE_OPENED, Kind.FILE_READ, Kind.IDENTITY_READ, Kind.REFUSED, Kind.FILE_SEARCHED)


def _undo(register: Register, by: User) -> None:
    marks = list(
        RegisterMark.objects.filter(register=register.pk, by=by, why_kept="").order_by("number", "pk")[:ROWS]
    )
    if not marks:
        done = advance(register, Status.UNDONE)
        record(
            Kind.REGISTER_UNDONE, thing(register), detail={"rows": done.taken_back, **_counts(done, "kept")}
        )
        return
    files = {case.pk: case for case in visible_cases(by).filter(pk__in=[mark.case_id for mark in marks])}
    why = _why_kept(files)
    free = [case for pk, case in files.items() if pk not in why]
    voided = {case.pk: case for case in case_lifecycle.void_untouched(free, by=by)}
    reminders.ended(voided.values())
    _tell(list(voided.values()), by)
    RegisterMark.objects.filter(pk__in=[m.pk for m in marks if m.case_id in voided]).delete()
    for mark in marks:
        if mark.case_id not in voided:
            known = why.get(mark.case_id) or (WhyKept.MOVED if mark.case_id in files else WhyKept.GONE)
            RegisterMark.objects.filter(pk=mark.pk).update(why_kept=known)
    _done(register, taken_back=len(voided), kept=len(marks) - len(voided))


def _why_kept(files: dict[Any, Case]) -> dict[Any, WhyKept]:
    """Files that are not as the import made them: moved on, or with any act of anybody's on the trail."""
    worked = (
        Event.objects.filter(case_id__in=list(files))
        .exclude(kind__in=READING)
        .filter(~Q(result="REFUSED"))
        .values_list("case_id", flat=True)
    )
    found = dict.fromkeys(worked, WhyKept.WORKED)
    moved = {pk: WhyKept.MOVED for pk, case in files.items() if case.status != CaseStatus.REPORTED}
    return found | moved


def _tell(voided: list[Case], by: User) -> None:
    """Why these files are void: a note for whoever opens one, and one event each."""
    notes = []
    for case in voided:
        note = Note(
            case=case,
            about=Note.About.MOVE,
            source=SOURCE,
            by=by,
            agency_id=case.agency_id,
            recorded_at=timezone.now(),
        )
        vault.seal_note(note, _("The import of the register that made this file was taken back."))
        notes.append(note)
    Note.objects.bulk_create(notes)
    detail = {"verb": "MARK_VOID", "from": CaseStatus.REPORTED, "to": CaseStatus.VOID, "because": "REGISTER"}
    told = Happening(source=SOURCE)
    record_many(Kind.FILE_MOVED, [(case_thing(case), detail, told) for case in voided], fields=["status"])
