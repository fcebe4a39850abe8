"""How a referral moves: one table of moves, and the functions that lock, check and set.

Sender, ministry, receiver: each side has its own verbs, and nobody decides on what they asked for themselves.
"""

from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import User
from accounts.models.codes import CodeList
from accounts.refusals import NotFound, NotNow, Refused, check_version
from accounts.roles import Capability

from .access import sides_of
from .models import Referral, ReferralStep
from .states import ENDED, Side, Status


class Verb(models.TextChoices):
    SUBMIT = "SUBMIT", gettext_lazy("Ask for a referral")
    APPROVE = "APPROVE", gettext_lazy("Approve and send")
    SEND_BACK = "SEND_BACK", gettext_lazy("Return to the sender")
    RESUBMIT = "RESUBMIT", gettext_lazy("Change and send in again")
    ACCEPT = "ACCEPT", gettext_lazy("Accept the referral")
    DECLINE = "DECLINE", gettext_lazy("Decline the referral")
    START_SERVICE = "START_SERVICE", gettext_lazy("Record that services have begun")
    COMPLETE = "COMPLETE", gettext_lazy("Record that services are completed")
    WITHDRAW = "WITHDRAW", gettext_lazy("Withdraw the referral")


#: Whoever did one of these on a referral decides nothing on it.
ASKING = (Verb.SUBMIT, Verb.RESUBMIT)


@dataclass(frozen=True)
class Move:
    """From these states, by this verb, to that one, by this side with this capability.

    `reasons` names the code list of which one reason must be given; `words` asks for words as well.
    """

    verb: Verb
    sources: frozenset[Status]
    target: Status
    capability: Capability
    side: Side
    reasons: str = ""
    words: bool = False


#: What each side's people must be able to do.
_CAPABILITY = {
    Side.SENDER: Capability.REFER,
    Side.MINISTRY: Capability.REVIEW_REFERRAL,
    Side.RECEIVER: Capability.ANSWER_REFERRAL,
}


def _move(
    verb: Verb, sources: set[Status] | frozenset[Status], target: Status, side: Side, **more: Any
) -> Move:
    return Move(verb, frozenset(sources), target, _CAPABILITY[side], side, **more)


#: How every referral begins (actions.submit).
START = Status.SUBMITTED
MOVES: tuple[Move, ...] = (
    _move(Verb.APPROVE, {Status.SUBMITTED}, Status.APPROVED, Side.MINISTRY),
    _move(Verb.SEND_BACK, {Status.SUBMITTED}, Status.RETURNED, Side.MINISTRY,
          reasons=CodeList.RETURN_REASON, words=True),
    _move(Verb.RESUBMIT, {Status.RETURNED}, Status.SUBMITTED, Side.SENDER),
    _move(Verb.ACCEPT, {Status.APPROVED}, Status.ACCEPTED, Side.RECEIVER),
    _move(Verb.DECLINE, {Status.APPROVED}, Status.DECLINED, Side.RECEIVER,
          reasons=CodeList.DECLINE_REASON, words=True),
    _move(Verb.START_SERVICE, {Status.ACCEPTED}, Status.IN_SERVICE, Side.RECEIVER),
    _move(Verb.COMPLETE, {Status.IN_SERVICE}, Status.COMPLETED, Side.RECEIVER, words=True),
    _move(Verb.WITHDRAW, set(Status) - ENDED, Status.WITHDRAWN, Side.SENDER, words=True),
)  # fmt: skip
BY_VERB: dict[str, Move] = {move.verb: move for move in MOVES}
#: Whose turn it is in each state (test: every state is here).
TURN: dict[Status, Side | None] = {
    status: next((m.side for m in MOVES if status in m.sources and m.verb != Verb.WITHDRAW), None)
    for status in Status
}
#: What somebody is told who comes too late or too early.
STANDS: dict[Status, Promise] = {
    Status.SUBMITTED: gettext_lazy("This referral is waiting for the ministry's review."),
    Status.RETURNED: gettext_lazy("The ministry has returned this referral to the sender."),
    Status.APPROVED: gettext_lazy(
        "This referral has been sent and is waiting for the receiving agency's answer."
    ),
    Status.ACCEPTED: gettext_lazy("This referral has already been accepted."),
    Status.DECLINED: gettext_lazy("This referral has already been declined."),
    Status.IN_SERVICE: gettext_lazy("Services under this referral have already begun."),
    Status.COMPLETED: gettext_lazy("This referral is already completed."),
    Status.WITHDRAWN: gettext_lazy("The sender has withdrawn this referral."),
}
_NOT_YOURS: dict[Side, Promise] = {
    Side.SENDER: gettext_lazy("Only the agency that asked for this referral can do this."),
    Side.MINISTRY: gettext_lazy("Only the ministry reviews referrals, for the provinces it holds."),
    Side.RECEIVER: gettext_lazy("Only the receiving agency answers a referral."),
}
OWN = pgettext_lazy("referral", "You asked for this referral yourself: somebody else has to decide on it.")


@dataclass(frozen=True)
class Choice:
    """A move as a person meets it on a referral: open, or the sentence why not."""

    move: Move
    why_not: str = ""

    @property
    def is_open(self) -> bool:
        return not self.why_not


def asked_for_it(referral: Referral, user: User) -> bool:
    steps = ReferralStep.objects.filter(referral=referral, by=user, verb__in=ASKING)
    return referral.submitted_by_id == user.pk or steps.exists()


def available(referral: Referral, user: User, sides: frozenset[Side]) -> list[Choice]:
    """The moves of this state that are for one of the person's sides, in the table's order."""
    moves = [m for m in MOVES if referral.status in m.sources and m.side in sides and user.may(m.capability)]
    own = any(m.side != Side.SENDER for m in moves) and asked_for_it(referral, user)
    return [Choice(m, str(OWN) if own and m.side != Side.SENDER else "") for m in moves]


def check_side(sides: frozenset[Side], move: Move) -> None:
    """Refuse whoever does not stand on the side whose move it is."""
    if move.side not in sides:
        raise Refused(_NOT_YOURS[move.side], code=f"side:{move.side}")


def lock(referral: Referral, move: Move, *, by: User, version: int | None) -> Referral:
    """The row, locked, if `by` may make this move now.

    Raises NotFound where the row is out of their sight, Refused where the move is not theirs to make, NotNow
    where the state that stands does not allow it, Stale where `version` is old.
    """
    if not by.may(move.capability):
        raise Refused(_("Your role does not include this."), code=f"capability:{move.capability}")
    locked: Referral | None = Referral.objects.select_for_update().filter(pk=referral.pk).first()
    if locked is None:
        raise NotFound()
    check_side(sides_of(by, locked), move)
    if move.side != Side.SENDER and asked_for_it(locked, by):
        raise Refused(OWN, code="own_request")
    if locked.status not in move.sources:
        raise NotNow(STANDS[Status(locked.status)])
    check_version(locked, version)
    return locked


def settle(locked: Referral, move: Move, **changes: Any) -> Referral:
    """Set the state of a row that `lock` gave. The only assigner of `.status`."""
    locked.status = move.target
    locked.status_since = timezone.now()
    locked.version += 1
    for name, value in changes.items():
        setattr(locked, name, value)
    locked.save(update_fields=["status", "status_since", "version", *changes])
    return locked


def advance(referral: Referral, move: Move, *, by: User, version: int | None, **changes: Any) -> Referral:
    """Lock, check, set."""
    return settle(lock(referral, move, by=by, version=version), move, **changes)
