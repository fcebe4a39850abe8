"""Everything that can be done to a monthly table, and to a level of disclosure.

Each: keyword-only, `by=`, one transaction, one event of its own.
"""

import datetime
from itertools import pairwise
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.about import changed, check_stamp
from accounts.access import check_runs_place
from accounts.models import Agency, User
from accounts.refusals import NotNow
from accounts.roles import Capability
from audit.kinds import Kind
from audit.record import Thing, record

from . import disclosure, figures, lifecycle, months, reminders, vault
from .access import check_prepares, thing
from .lifecycle import BY_VERB, Verb
from .models import MonthlyTable, ReleaseLevel
from .states import Status

#: What is edited on a level of disclosure; which level it is stays.
LEVEL_FIELDS = ("smallest", "treatment", "rounding", "whole_years", "roles", "confirmed", "reason")


@transaction.atomic
def make_table(*, agency: Agency, month: datetime.date, by: User | None) -> MonthlyTable | None:
    """The first edition of a month, counted and ready to be prepared; None where there is one already.

    Made by the system (`by=None`) once the month is over. Two at once make one: the second waits and finds it.
    """
    if timezone.localdate() < months.after(month):
        raise NotNow(_("The month is not over."))
    table = _counted(agency, month, edition=1)
    made = MonthlyTable.objects.bulk_create([table], ignore_conflicts=True)
    if not MonthlyTable.objects.filter(pk=made[0].pk).exists():
        return None
    record(Kind.TABLE_MADE, thing(table), detail={"edition": 1})
    reminders.made(table)
    return table


def _counted(agency: Agency, month: datetime.date, *, edition: int) -> MonthlyTable:
    """A table that is not saved yet, with the figures of now."""
    if agency.province is None:
        raise NotNow(_("Only an office of a province has a monthly table."))
    lines = figures.counted(figures.of_month(agency.province.pk, month), month)
    before = (
        MonthlyTable.objects.filter(agency=agency, month=months.before(month), status=Status.SIGNED)
        .order_by("-edition", "pk")
        .first()
    )
    now = timezone.now()
    return MonthlyTable(
        agency=agency,
        province=agency.province,
        month=month,
        edition=edition,
        definitions=figures.DEFINITIONS,
        cut=now,
        figures=lines,
        closed_before=before.open_end if before else None,
        created_at=now,
        **figures.sums(lines),
    )


@transaction.atomic
def write(
    *, table: MonthlyTable, remarks: str, explanation: str, by: User, version: int | None = None
) -> MonthlyTable:
    """Keep the words of a table that is being prepared."""
    check_prepares(by, table, Capability.PREPARE_REPORT)
    locked = lifecycle.lock(table, version=version)
    lifecycle.check_open(locked, BY_VERB[Verb.PREPARE], by=by)
    columns = vault.seal_words(locked, remarks=remarks, explanation=explanation)
    locked.version += 1
    locked.save(update_fields=[*columns, "version"])
    record(Kind.TABLE_WRITTEN, thing(locked), fields=["remarks", "explanation"])
    return locked


@transaction.atomic
def prepare(
    *, table: MonthlyTable, remarks: str, explanation: str, by: User, version: int | None = None
) -> MonthlyTable:
    """Hand the table over for the signature, with its words."""
    check_prepares(by, table, Capability.PREPARE_REPORT)
    locked = lifecycle.lock(table, version=version)
    move = BY_VERB[Verb.PREPARE]
    lifecycle.check_open(locked, move, by=by)
    locked.closed_before = _closed_before(locked)
    if locked.needs_explanation and not explanation.strip():
        raise NotNow(_("Say why the month opens with another figure than the last one closed with."))
    columns = vault.seal_words(locked, remarks=remarks, explanation=explanation)
    changes = {name: getattr(locked, name) for name in (*columns, "closed_before")}
    moved = lifecycle.settle(locked, move, prepared_by=by, prepared_at=timezone.now(), **changes)
    record(Kind.TABLE_MOVED, thing(moved), fields=["status"], detail={"verb": move.verb})
    return moved


def _closed_before(table: MonthlyTable) -> int | None:
    """The last closing as it is signed now; it may have been signed after this table was made."""
    before = MonthlyTable.objects.filter(
        agency=table.agency_id, month=months.before(table.month), status=Status.SIGNED
    )
    return before.order_by("-edition", "pk").values_list("open_end", flat=True).first()


@transaction.atomic
def send_back(*, table: MonthlyTable, by: User, version: int | None = None) -> MonthlyTable:
    """Give a table that waits for the signature back to be changed."""
    check_prepares(by, table, Capability.PREPARE_REPORT)
    locked = lifecycle.lock(table, version=version)
    move = BY_VERB[Verb.SEND_BACK]
    lifecycle.check_open(locked, move, by=by)
    moved = lifecycle.settle(locked, move, prepared_by=None, prepared_at=None)
    record(Kind.TABLE_MOVED, thing(moved), fields=["status"], detail={"verb": move.verb})
    return moved


@transaction.atomic
def sign(*, table: MonthlyTable, by: User, version: int | None = None) -> MonthlyTable:
    """Sign: a second person, and from here on nothing changes. The edition before it is marked as replaced."""
    check_prepares(by, table, Capability.SIGN_REPORT)
    locked = lifecycle.lock(table, version=version)
    move = BY_VERB[Verb.SIGN]
    lifecycle.check_open(locked, move, by=by)
    if locked.closed_before != _closed_before(locked):
        raise NotNow(
            _("The table of the month before was signed meanwhile: give this one back and check it.")
        )
    before = locked.replaces
    if before is not None:
        lifecycle.settle(lifecycle.lock(before, version=None), BY_VERB[Verb.CORRECT])
    now = timezone.now()
    print_of = figures.fingerprint(
        locked.agency.code, locked.month, locked.edition, locked.definitions, locked.cut.isoformat(),
        locked.figures, locked.differs, locked.remarks_sealed, locked.explanation_sealed, locked.reason_sealed,
        locked.prepared_by_id, by.pk, now.isoformat(),
    )  # fmt: skip
    moved = lifecycle.settle(locked, move, signed_by=by, signed_at=now, fingerprint=print_of)
    reminders.signed(moved)
    record(Kind.TABLE_MOVED, thing(moved), fields=["status"], detail={"verb": move.verb})
    return moved


@transaction.atomic
def correct(*, table: MonthlyTable, reason: str, by: User, version: int | None = None) -> MonthlyTable:
    """Begin a new edition of a signed table: counted anew, with the reason and what differs. The signed one
    stays as it is and is replaced when the new one is signed."""
    check_prepares(by, table, Capability.PREPARE_REPORT)
    locked = lifecycle.lock(table, version=version)
    if locked.status != Status.SIGNED:
        raise NotNow(_("Only a signed table is corrected by a new edition."))
    if MonthlyTable.objects.filter(replaces=locked).exists():
        raise NotNow(_("A new edition of this table has been begun already."))
    if not reason.strip():
        raise NotNow(_("Say why the signed table is corrected."))
    new = _counted(locked.agency, locked.month, edition=locked.edition + 1)
    new.replaces = locked
    new.differs = figures.differences(locked.figures, new.figures, definitions=locked.definitions)
    new.save(force_insert=True)
    words = vault.words_of(locked)
    columns = vault.seal_words(new, reason=reason, remarks=words["remarks"], explanation=words["explanation"])
    new.save(update_fields=columns)
    reminders.made(new)
    record(Kind.TABLE_MADE, thing(new), detail={"edition": new.edition})
    return new


@transaction.atomic
def take(*, table: MonthlyTable, shape: str, fingerprint: str, by: User) -> None:
    """Say on the trail that the table was printed or taken as a file, and which file that was."""
    record(Kind.TABLE_TAKEN, thing(table), detail={"shape": shape, "sha256": fingerprint})


@transaction.atomic
def change_level(
    *, level: ReleaseLevel, values: dict[str, Any], by: User, seen: str | None = None
) -> ReleaseLevel:
    """Change how small counts are told at a level, and to whom. A level for more people never tells more than one
    for fewer."""
    check_runs_place(by)
    # All of them: two at once must not cross each other.
    levels = {one.pk: one for one in ReleaseLevel.objects.select_for_update().order_by("code", "pk")}
    level = levels[level.pk]
    check_stamp(level, LEVEL_FIELDS, seen)
    if not values["reason"].strip():
        raise NotNow(_("Say why the level is changed, or on which decision it rests."))
    names = changed(level, {name: values[name] for name in LEVEL_FIELDS})
    ordered = list(levels.values())
    for stricter, laxer in pairwise(ordered):
        if disclosure.tells_more(stricter, laxer):
            raise NotNow(
                _("Level %(stricter)s is for more people than %(laxer)s and must not tell more than it.")
                % {"stricter": stricter.code, "laxer": laxer.code}
            )
    if names:
        level.save(update_fields=names)
        detail = {**disclosure.parameters(level), "confirmed": level.confirmed}
        record(
            Kind.LEVEL_CHANGED,
            Thing(type="level", id=str(level.pk), label=level.code),
            fields=names,
            detail=detail,
        )
    return level
