"""Everything that a person can do to a register. The work itself is done by a worker (batches.py)."""

import datetime
from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.access import post_for
from accounts.models import User
from accounts.refusals import NotNow
from accounts.roles import Capability
from audit.kinds import Kind
from audit.record import record
from desk.waking import wake

from ..models import Register, RegisterPart, RegisterRow
from . import columns as known
from . import memory, unknown
from .access import can_be_taken_back, check_imports, thing
from .lifecycle import advance
from .plan import Plan, open_plan, parts_of, seal_plan
from .reading import MOST, CannotRead, Sheet
from .states import KEEP_FOR, Status

TASK = "cases.tasks.work_on_registers"


def _step(register: Register, step: str) -> None:
    record(Kind.REGISTER_STEP, thing(register), detail={"step": step})


def _later() -> datetime.datetime:
    return timezone.now() + KEEP_FOR


def _wake() -> None:
    transaction.on_commit(lambda: wake(TASK))


@transaction.atomic
def upload(*, sheet: Sheet, by: User) -> Register:
    """Keep the rows of a sheet, sealed, and guess what its columns are. Raises CannotRead where there are too many."""
    check_imports(by)
    plan = Plan(sheet=sheet.name, others=sheet.others, top=sheet.rows[:20])
    plan.heading_row = known.heading_row(sheet.rows)
    rows = sum(number > plan.heading_row for number, _cells in sheet.rows)
    if not rows or rows > MOST:
        raise CannotRead("TOO_LONG" if rows else "EMPTY")
    register = Register(
        owner=by,
        agency_id=post_for(by, Capability.IMPORT_REGISTER).agency_id,
        shape=sheet.shape,
        language=translation.get_language() or "km",
        rows=rows,
        expires_at=_later(),
    )
    plan.columns = memory.columns_of(register, plan.headings)
    seal_plan(register, plan)
    register.save(force_insert=True)
    parts = list(parts_of(sheet, register))
    RegisterPart.objects.bulk_create(parts, batch_size=20)
    register.parts = len(parts)
    register.save(update_fields=["parts"])
    record(Kind.REGISTER_UPLOADED, thing(register), detail={"rows": rows, "shape": sheet.shape})
    return register


@transaction.atomic
def move_headings(*, register: Register, row: int, by: User, version: int | None = None) -> Register:
    """Take another row for the headings, and guess anew."""
    check_imports(by)
    plan = open_plan(register)
    if row not in [number for number, _cells in plan.top]:
        raise NotNow(_("Choose one of the first rows of the register."))
    plan.heading_row, plan.words, plan.unknown = row, {}, {}
    plan.columns = memory.columns_of(register, plan.headings)
    rows = sum(
        line[0] > row for line in plan.top
    ) + max(0, _rows_kept(register) - len(plan.top))  # fmt: skip
    moved = _replan(register, plan, version)
    moved.rows = rows
    moved.save(update_fields=["rows"])
    _step(moved, "MATCHED")
    return moved


def _rows_kept(register: Register) -> int:
    """The rows of the sheet, headings and all: a heading row is moved among the first ones only."""
    plan = open_plan(register)
    return register.rows + sum(number <= plan.heading_row for number, _cells in plan.top)


def _replan(register: Register, plan: Plan, version: int | None) -> Register:
    """Back to matching, with another plan; what was found out by the old one is forgotten."""
    moved = advance(register, Status.MATCHING, version=version, position=0, expires_at=_later())
    RegisterRow.objects.filter(register=moved).delete()
    seal_plan(moved, plan)
    moved.save(update_fields=["plan_sealed"])
    return moved


@transaction.atomic
def match(
    *,
    register: Register,
    columns: Mapping[int, str],
    defaults: Mapping[str, str],
    by: User,
    version: int | None = None,
) -> Register:
    """Say what each column is, and what to take where a cell is empty. Checking starts, unless words are left over
    that no list knows: those are asked once (match_words)."""
    check_imports(by)
    plan = open_plan(register)
    plan.columns = dict(columns)
    plan.channel, plan.province = defaults.get("channel", ""), defaults.get("province", "")
    plan.official_involved = defaults["official_involved"]
    memory.remember_columns(register, plan.headings, plan.columns)
    written = unknown.words_in(register, plan)
    plan.words = memory.words_for(register, written)
    plan.unknown = {
        name: rest
        for name, words in written.items()
        if (rest := unknown.most(name, words, plan.words.get(name, {})))
    }
    moved = _replan(register, plan, version)
    _step(moved, "MATCHED")
    return moved if plan.has_words_to_match else _check(moved)


@transaction.atomic
def match_words(
    *, register: Register, words: Mapping[str, Mapping[str, str]], by: User, version: int | None = None
) -> Register:
    """Say what words mean that no list knows; {column: {word as compared: code, or "" for nothing}}."""
    check_imports(by)
    plan = open_plan(register)
    for name, own in words.items():
        plan.words[name] = {**plan.words.get(name, {}), **own}
    plan.unknown = {}
    memory.remember_words(register, words)
    moved = _replan(register, plan, version)
    _step(moved, "MATCHED")
    return _check(moved)


def _check(register: Register) -> Register:
    _wake()
    nothing = dict.fromkeys(("good", "wrong", "alike", "already", "position", "tries"), 0)
    return advance(register, Status.CHECKING, **nothing)


@transaction.atomic
def start_import(*, register: Register, with_alike: bool, by: User, version: int | None = None) -> Register:
    """Make files of the rows that can be imported, and with `with_alike` of those that may be duplicates too."""
    check_imports(by)
    moved = advance(
        register,
        Status.IMPORTING,
        version=version,
        with_alike=with_alike,
        position=0,
        tries=0,
        expires_at=_later(),
    )
    if not (moved.good or (with_alike and moved.alike)):
        raise NotNow(_("There is no row that can be imported."))
    _step(moved, "IMPORT_ASKED")
    _wake()
    return moved


@transaction.atomic
def take_back(*, register: Register, by: User, version: int | None = None) -> Register:
    """Withdraw the files of an import that nobody has worked on since, within a day of it."""
    check_imports(by)
    if not can_be_taken_back(register):
        raise NotNow(_("An import can be taken back within a day of it, once."))
    moved = advance(register, Status.UNDOING, version=version, position=0, tries=0)
    _step(moved, "UNDO_ASKED")
    _wake()
    return moved


@transaction.atomic
def try_again(*, register: Register, by: User, version: int | None = None) -> Register:
    """Go on with the step that an error stopped. What it did before stays done."""
    check_imports(by)
    begun = Status.IMPORTING if register.imported else Status.CHECKING
    step = Status.UNDOING if register.finished_at else begun
    if step == Status.CHECKING:
        RegisterRow.objects.filter(register=register).delete()
        _step(register, "TRIED_AGAIN")
        return _check(register)
    moved = advance(register, step, version=version, tries=0)
    _step(moved, "TRIED_AGAIN")
    _wake()
    return moved


@transaction.atomic
def drop(*, register: Register, by: User, version: int | None = None) -> None:
    """Delete a register that has not been imported, with all its rows."""
    check_imports(by)
    if register.imported:
        raise NotNow(_("Part of this register is imported. Go on with it, then take it back."))
    moved = advance(register, Status.DROPPED, version=version, plan_sealed=None)
    _forget_rows(moved)
    _step(moved, "DROPPED")


def _forget_rows(register: Register) -> None:
    """Everything that was written in it; only counts stay."""
    RegisterPart.objects.filter(register=register).delete()
    RegisterRow.objects.filter(register=register).delete()
