"""How a register moves, and the one function that locks, checks and sets. The only assigner of its status."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.refusals import NotNow, check_version

from ..models import Register
from .states import WORKING, Status

_FROM: dict[Status, frozenset[Status]] = {
    Status.MATCHING: frozenset({Status.MATCHING, Status.CHECKED}),
    Status.CHECKING: frozenset({Status.MATCHING, Status.CHECKED, Status.FAILED}),
    Status.CHECKED: frozenset({Status.CHECKING}),
    Status.IMPORTING: frozenset({Status.CHECKED, Status.FAILED}),
    Status.IMPORTED: frozenset({Status.IMPORTING}),
    Status.UNDOING: frozenset({Status.IMPORTED, Status.FAILED}),
    Status.UNDONE: frozenset({Status.UNDOING}),
    Status.FAILED: frozenset(WORKING),
    Status.DROPPED: frozenset({Status.MATCHING, Status.CHECKED, Status.FAILED}),
}


def may(register: Register, to: Status) -> bool:
    return register.status in _FROM[to]


def advance(register: Register, to: Status, *, version: int | None = None, **values: Any) -> Register:
    """Lock the register, check the move, set the state and what goes with it.

    Raises NotNow where it is not open any more, Stale where the page was older.
    """
    locked: Register = Register.objects.select_for_update().get(pk=register.pk)
    check_version(locked, version)
    if not may(locked, to):
        raise NotNow(_("This register is at another step by now. Look at it again."))
    locked.status = to
    locked.version += 1
    locked.worked_at = timezone.now()
    for name, value in values.items():
        setattr(locked, name, value)
    locked.save(update_fields=["status", "version", "worked_at", *values])
    return locked
