"""The worker's loop over registers: take one, do a part of it, commit, look again.

The row is the truth. A part that kills its worker is counted before it is begun, so that it ends after a few tries.
"""

import logging
import time
import uuid

from django.utils import timezone, translation

from accounts.refusals import NotNow, Refused
from audit.context import acting, system
from desk.waking import wake

from ..models import Register, RegisterPart, RegisterRow
from . import batches
from .actions import TASK
from .lifecycle import advance
from .states import KEEP_FOR, WORKING, Status

log = logging.getLogger("karpea.registers")

TRIES = 3
#: After this many seconds the worker is free for something else and is woken again.
TURN = 60


def work() -> None:
    """Parts of whatever waits, until nothing does or the turn is over."""
    end = time.monotonic() + TURN
    while one_part():
        if time.monotonic() > end:
            wake(TASK)
            return


def one_part() -> bool:
    """One part of the register that waited longest; False where nothing waits."""
    register_id = _claim()
    if register_id is not None:
        _do(register_id)
    return register_id is not None


def _claim() -> uuid.UUID | None:
    """The register that waited longest and that nobody works on, with one more try counted and committed."""
    with acting(system("register")):
        register = (
            Register.objects.select_for_update(skip_locked=True)
            .filter(status__in=WORKING)
            .order_by("tries", "worked_at", "pk")
            .first()
        )
        if register is None:
            return None
        if register.tries >= TRIES:
            _fail(register)
            return register.pk
        Register.objects.filter(pk=register.pk).update(tries=register.tries + 1)
        return register.pk


def _do(register_id: uuid.UUID) -> None:
    with acting(system("register")):
        register = (
            Register.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("owner")
            .filter(pk=register_id, status__in=WORKING)
            .first()
        )
        if register is None:
            return
        try:
            with acting(register.owner.as_actor()), translation.override(register.language):
                batches.step(register, register.owner)
        except (Refused, NotNow):  # whoever asked for it may not do it any more
            _fail(register)
        except Exception as error:  # noqa: BLE001  whatever it was: it may quote a row, so its kind alone is told
            log.error("a part of a register could not be done: %s", type(error).__name__)


def _fail(register: Register) -> None:
    advance(register, Status.FAILED, expires_at=timezone.now() + KEEP_FOR)


def forget_expired(limit: int = 20) -> int:
    """Delete the rows of registers whose day is over; only counts stay. The number of registers."""
    now = timezone.now()
    old = list(
        Register.objects.filter(expires_at__lte=now, plan_sealed__isnull=False)
        .exclude(status__in=WORKING)
        .order_by("expires_at", "pk")[:limit]
    )
    for register in old:
        RegisterPart.objects.filter(register=register).delete()
        RegisterRow.objects.filter(register=register).delete()
        Register.objects.filter(pk=register.pk).update(plan_sealed=None)
    return len(old)
