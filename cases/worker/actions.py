"""Handing files over. Each: one transaction, an event for every file."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from accounts.models import Agency, User
from accounts.refusals import NotNow, check_version
from accounts.roles import Capability
from audit.kinds import Kind
from audit.record import NOW, Happening, Thing, record_many

from .. import actions as files
from ..access import check_may
from ..models import Case
from ..states import ENDED
from . import access


@transaction.atomic
def hand_over(*, case: Case, to: User, by: User, version: int | None = None, note: str = "") -> Case:
    """From now on `to` works on the file, and its reminders go to them. Of a file for named people only the sight of
    whoever worked on it before can end with it.

    Gives the file as it stands, which `by` may not see any more.

    Raises Refused where `by` may not, NotNow where it cannot be handed to `to`, Stale where `version` is old.
    """
    access.check_hands_over(by, case)
    locked: Case = Case.objects.select_for_update().get(pk=case.pk)
    check_version(locked, version)
    if locked.worker_id == to.pk:
        raise NotNow(_("This person works on the file already."))
    if note.strip():
        files.add_note(case=locked, text=note.strip(), by=by)
    check_may(by, Capability.MOVE_FILE, near=locked.agency_id)
    if not _handed([locked.pk], None, None, to):
        raise NotNow(_("The file cannot be handed to this person. Choose somebody of the list."))
    locked.worker, locked.version = to, locked.version + 1
    return locked


@transaction.atomic
def hand_over_all(*, person: User, agency: Agency, to: User, by: User) -> int:
    """Hand every open file that somebody works on at an agency to a colleague there; how many.

    Not those for named people only, which the national desk looks after, nor those from which `to` or `by` is kept
    away: they stand among the files without a worker when the post ends.
    """
    by.acts_with(Capability.MANAGE_PEOPLE, near=agency.pk)
    return _handed(None, person.pk, agency.pk, to)


def _handed(
    which: Sequence[uuid.UUID] | None, whose: uuid.UUID | None, at: uuid.UUID | None, to: User
) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT file, label, in_province, former FROM cases_hand_over(%s::uuid[], %s, %s, %s, %s) ORDER BY label",
            [None if which is None else list(which), whose, at, to.pk, sorted(ENDED)],
        )
        done = cursor.fetchall()
    acts: list[tuple[Thing, dict[str, Any], Happening]] = [
        (
            Thing(type="case", id=str(pk), label=number, case_id=pk, province=province),
            {"from": str(former), "to": str(to.pk)},
            NOW,
        )
        for pk, number, province, former in done
    ]
    record_many(Kind.FILE_HANDED_OVER, acts, fields=["worker"])
    return len(acts)
