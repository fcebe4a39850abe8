"""How a monthly table moves: one table of moves, and the functions that lock, check and set.

An officer of the department prepares it, the head signs it, and nobody signs what they prepared.
"""

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.refusals import NotFound, NotNow, Refused, check_version
from accounts.roles import Capability

from . import months
from .models import MonthlyTable
from .states import Status


class Verb(models.TextChoices):
    PREPARE = "PREPARE", gettext_lazy("Hand over for the signature")
    SEND_BACK = "SEND_BACK", gettext_lazy("Give back to be changed")
    SIGN = "SIGN", gettext_lazy("Sign the monthly table")
    CORRECT = "CORRECT", gettext_lazy("Make a new edition of the monthly table")


@dataclass(frozen=True)
class Move:
    """From this state, by this verb, to that one, by people with this capability."""

    verb: Verb
    source: Status
    target: Status
    capability: Capability


MOVES: tuple[Move, ...] = (
    Move(Verb.PREPARE, Status.DRAFT, Status.PREPARED, Capability.PREPARE_REPORT),
    Move(Verb.SEND_BACK, Status.PREPARED, Status.DRAFT, Capability.PREPARE_REPORT),
    Move(Verb.SIGN, Status.PREPARED, Status.SIGNED, Capability.SIGN_REPORT),
    # Done to the edition before, when the one that corrects it is signed.
    Move(Verb.CORRECT, Status.SIGNED, Status.REPLACED, Capability.SIGN_REPORT),
)
BY_VERB: dict[str, Move] = {move.verb: move for move in MOVES}
_STANDS: dict[Status, Promise] = {
    Status.DRAFT: gettext_lazy("This table is still being prepared."),
    Status.PREPARED: gettext_lazy("This table has been handed over and waits for the signature."),
    Status.SIGNED: gettext_lazy("This table is signed and does not change any more."),
    Status.REPLACED: gettext_lazy("A later edition has replaced this table."),
}


def why_not(table: MonthlyTable, move: Move, user: User) -> str:
    """The sentence why this person cannot make this move now; empty where they can."""
    if not user.may(move.capability):
        return _("Your role does not include this.")
    if table.status != move.source:
        return str(_STANDS[Status(table.status)])
    if move.verb == Verb.SIGN and table.prepared_by_id == user.pk:
        return _(
            "You prepared this table yourself: a colleague signs it. If nobody else of your office may, let "
            "somebody stand in for you."
        )
    today = timezone.localdate()
    if move.verb == Verb.PREPARE and today < months.after(table.month):
        return _("The month is not over.")
    return ""


def available(table: MonthlyTable, user: User) -> dict[str, str]:
    """The moves of this state that this person's role includes, each with the sentence why not (or none)."""
    return {
        str(move.verb): why_not(table, move, user)
        for move in MOVES
        if table.status == move.source and user.may(move.capability)
    }


def lock(table: MonthlyTable, *, version: int | None) -> MonthlyTable:
    """The row, locked. Raises NotFound where it is out of sight, Stale where `version` is old."""
    locked: MonthlyTable | None = (
        MonthlyTable.objects.select_for_update(of=("self",))
        .select_related("agency", "province")
        .filter(pk=table.pk)
        .first()
    )
    if locked is None:
        raise NotFound()
    check_version(locked, version)
    return locked


def check_open(locked: MonthlyTable, move: Move, *, by: User) -> None:
    """Refuse a move that is not theirs or not open now."""
    if move.verb == Verb.SIGN and locked.prepared_by_id == by.pk and locked.status == move.source:
        raise Refused(_("You prepared this table yourself: a colleague signs it."), code="own_request")
    if sentence := why_not(locked, move, by):
        raise NotNow(sentence)


def settle(locked: MonthlyTable, move: Move, **changes: Any) -> MonthlyTable:
    """Set the state of a locked row. The only assigner of `.status`."""
    locked.status = move.target
    locked.version += 1
    for name, value in changes.items():
        setattr(locked, name, value)
    locked.save(update_fields=["status", "version", *changes])
    return locked
