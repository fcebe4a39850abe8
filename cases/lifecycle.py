"""How a file moves: one table of moves, and the one function that locks, checks and sets.

Recording what has happened (a note, a service, a visit) is never blocked by state; only formal decisions are.
Basis of the states: domain notes, section 3 (MoSVY circular of 26 December 2022 for the stages after services;
the order before that follows the identification guidelines and awaits confirmation by MoSVY).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import models
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.refusals import NotNow, check_version
from accounts.roles import Capability
from accounts.sections import Section

from . import above
from .models import Case
from .rules import DECIDING
from .states import Status

if TYPE_CHECKING:
    from accounts.models import User


class Verb(models.TextChoices):
    START_SCREENING = "START_SCREENING", gettext_lazy("Start screening")
    FIND_NO_INDICATORS = "FIND_NO_INDICATORS", gettext_lazy("Record that no indicators were found")
    PRESUME = "PRESUME", gettext_lazy("Presume a victim")
    SEND_FOR_IDENTIFICATION = "SEND_FOR_IDENTIFICATION", gettext_lazy("Send for formal identification")
    IDENTIFY = "IDENTIFY", gettext_lazy("Identify as a victim")
    NOT_IDENTIFY = "NOT_IDENTIFY", gettext_lazy("Decide: not identified as a victim of trafficking")
    ASSESS = "ASSESS", gettext_lazy("Start the assessment of needs")
    PLAN = "PLAN", gettext_lazy("Start planning")
    APPROVE_PLAN = "APPROVE_PLAN", gettext_lazy("Approve the plan and start services")
    PREPARE_RETURN = "PREPARE_RETURN", gettext_lazy("Prepare the return")
    REINTEGRATE = "REINTEGRATE", gettext_lazy("Start reintegration")
    FOLLOW_UP = "FOLLOW_UP", gettext_lazy("Start follow-up")
    ASK_CLOSURE = "ASK_CLOSURE", gettext_lazy("Ask for closure")
    CLOSE = "CLOSE", gettext_lazy("Close the file")
    KEEP_OPEN = "KEEP_OPEN", gettext_lazy("Keep the file open")
    REOPEN = "REOPEN", gettext_lazy("Reopen the file")
    MARK_VOID = "MARK_VOID", gettext_lazy("Mark as made in error")


@dataclass(frozen=True)
class Move:
    """From these states, by this verb, to that one, by people with this capability.

    `reason` asks for words why, `coded` for a reason of the list CLOSURE too. `sentence` says when the move is open,
    for whoever finds it closed. `second` is decided by somebody else than who brought the file to where it stands.
    `above` is decided at the ministry where the office that owns the file has nobody else who could (cases/above.py).
    """

    verb: Verb
    sources: frozenset[Status]
    target: Status
    capability: Capability
    sentence: Promise
    reason: bool = False
    second: bool = False
    coded: bool = False
    above: bool = False


def _move(
    verb: Verb,
    sources: set[Status],
    target: Status,
    capability: Capability,
    sentence: Promise,
    *,
    reason: bool = False,
    second: bool = False,
    coded: bool = False,
    above: bool = False,
) -> Move:
    return Move(verb, frozenset(sources), target, capability, sentence, reason, second, coded, above)


MOVES: tuple[Move, ...] = (
    _move(
        Verb.START_SCREENING,
        {Status.REPORTED, Status.REOPENED},
        Status.SCREENING,
        Capability.MOVE_FILE,
        gettext_lazy("Screening starts from a reported or reopened file."),
    ),
    _move(
        Verb.FIND_NO_INDICATORS,
        {Status.SCREENING},
        Status.NO_INDICATORS,
        Capability.MOVE_FILE,
        gettext_lazy("Only a screening can find that there are no indicators."),
        reason=True,
    ),
    _move(
        Verb.PRESUME,
        {Status.REPORTED, Status.SCREENING, Status.REOPENED},
        Status.PRESUMED,
        Capability.MOVE_FILE,
        gettext_lazy("A victim is presumed from a report or a screening."),
    ),
    _move(
        Verb.SEND_FOR_IDENTIFICATION,
        {Status.PRESUMED},
        Status.IDENTIFICATION_PENDING,
        Capability.MOVE_FILE,
        gettext_lazy("Only a presumed victim is sent for formal identification."),
    ),
    _move(
        Verb.IDENTIFY,
        {Status.IDENTIFICATION_PENDING},
        Status.IDENTIFIED,
        Capability.DECIDE_IDENTIFICATION,
        gettext_lazy("The decision needs a file that was sent for identification."),
        second=True,
    ),
    _move(
        Verb.NOT_IDENTIFY,
        {Status.IDENTIFICATION_PENDING},
        Status.NOT_IDENTIFIED,
        Capability.DECIDE_IDENTIFICATION,
        gettext_lazy("The decision needs a file that was sent for identification."),
        reason=True,
        second=True,
    ),
    _move(
        Verb.ASSESS,
        {Status.PRESUMED, Status.IDENTIFIED, Status.REOPENED},
        Status.ASSESSMENT,
        Capability.MOVE_FILE,
        gettext_lazy("The assessment starts once a victim is presumed or identified."),
    ),
    _move(
        Verb.PLAN,
        {Status.ASSESSMENT},
        Status.PLANNING,
        Capability.MOVE_FILE,
        gettext_lazy("Planning follows the assessment."),
    ),
    _move(
        Verb.APPROVE_PLAN,
        {Status.PLANNING},
        Status.SERVICES,
        Capability.APPROVE_CLOSURE,
        gettext_lazy("A plan is approved after planning."),
        second=True,
        above=True,
    ),
    _move(
        Verb.PREPARE_RETURN,
        {Status.PRESUMED, Status.IDENTIFIED, Status.SERVICES},
        Status.RETURN_PREP,
        Capability.MOVE_FILE,
        gettext_lazy("A return is prepared for a victim, from services or before."),
    ),
    _move(
        Verb.REINTEGRATE,
        {Status.SERVICES, Status.RETURN_PREP},
        Status.REINTEGRATING,
        Capability.MOVE_FILE,
        gettext_lazy("Reintegration follows services or the return."),
    ),
    _move(
        Verb.FOLLOW_UP,
        {Status.REINTEGRATING, Status.SERVICES},
        Status.FOLLOW_UP,
        Capability.MOVE_FILE,
        gettext_lazy("Follow-up starts after reintegration or services."),
    ),
    _move(
        Verb.ASK_CLOSURE,
        {Status.FOLLOW_UP, Status.SERVICES, Status.PRESUMED, Status.ASSESSMENT, Status.NOT_IDENTIFIED},
        Status.CLOSURE_REVIEW,
        Capability.MOVE_FILE,
        gettext_lazy("Closure is asked for from follow-up, services or an open decision."),
        reason=True,
        coded=True,
    ),
    _move(
        Verb.CLOSE,
        {Status.CLOSURE_REVIEW},
        Status.CLOSED,
        Capability.APPROVE_CLOSURE,
        gettext_lazy("A file is closed after its closure was asked for."),
        reason=True,
        second=True,
        coded=True,
        above=True,
    ),
    _move(
        Verb.KEEP_OPEN,
        {Status.CLOSURE_REVIEW},
        Status.FOLLOW_UP,
        Capability.APPROVE_CLOSURE,
        gettext_lazy("Only a closure under review can be turned down."),
        reason=True,
        above=True,
    ),
    _move(
        Verb.REOPEN,
        {Status.CLOSED, Status.NO_INDICATORS, Status.NOT_IDENTIFIED},
        Status.REOPENED,
        Capability.MOVE_FILE,
        gettext_lazy("Only an ended file is reopened."),
        reason=True,
    ),
    _move(
        Verb.MARK_VOID,
        {Status.REPORTED},
        Status.VOID,
        Capability.APPROVE_CLOSURE,
        gettext_lazy("Only a file on which nothing has been done can be marked as made in error."),
        reason=True,
    ),
)
BY_VERB: dict[str, Move] = {move.verb: move for move in MOVES}

#: Whose turn it is in each state: the capability that can move it on (test: every state is here).
TURN: dict[Status, Capability | None] = {
    status: next((m.capability for m in MOVES if status in m.sources), None) for status in Status
}


@dataclass(frozen=True)
class Choice:
    """A move as a person meets it on a file: open, or the sentence why not."""

    move: Move
    why_not: str = ""

    @property
    def is_open(self) -> bool:
        return not self.why_not


def why_not(case: Case, move: Move, user: "User") -> str:
    if not user.may(move.capability) and not decides_above(case, move, user):
        return _("Your role does not include this.")
    if case.status not in move.sources:
        return str(move.sentence)
    if move.second and case.status_by_id == user.pk:
        return _("You brought the file to this step yourself: a colleague decides.")
    return ""


def decides_above(case: Case, move: Move, user: "User") -> bool:
    """Whether the ministry decides this in the place of the office, and this person for the ministry."""
    return (
        move.above
        and user.may(Capability.APPROVE_FOR_OFFICE)
        and case.status in move.sources
        and above.is_for_ministry(case)
    )


def is_of(move: Move, sections: Section) -> bool:
    """Whether somebody who sees these sections of a file may have this move at all, open now or not."""
    if move.capability == Capability.DECIDE_IDENTIFICATION:
        return all(sections & section for section in DECIDING)
    return bool(sections & Section.MOVE)


def capability_for(case: Case, move: Move, user: "User", sections: Section) -> Capability | None:
    """By which capability this move of this file belongs to somebody; None where it does not."""
    if user.may(move.capability) and is_of(move, sections):
        return move.capability
    if sections & Section.WORK and decides_above(case, move, user):
        return Capability.APPROVE_FOR_OFFICE
    return None


def available(case: Case, user: "User", sections: Section) -> list[Choice]:
    """Every move that this person's roles include and `sections` of the file allow, open or with the sentence
    why not, in the table's order."""
    return [
        Choice(move, why_not(case, move, user))
        for move in MOVES
        if capability_for(case, move, user, sections) is not None
    ]


def advance(case: Case, move: Move, *, by: "User", version: int | None, closure: str = "") -> Case:
    """Lock the file, check the move, set the state. The only assigner of `.status`.

    A file that goes anywhere else than to its closure has no reason for closing any more.

    Raises NotNow where the move is not open in the state that stands, Stale where `version` is old.
    """
    locked: Case | None = Case.objects.select_for_update().filter(pk=case.pk).first()
    if locked is None:  # decided meanwhile: by the second wall it is not this person's any more
        check_version(Case.objects.get(pk=case.pk), version)
        raise NotNow(move.sentence)
    check_version(locked, version)
    sentence = why_not(locked, move, by)
    if sentence:
        raise NotNow(sentence)
    now = timezone.now()
    locked.status = move.target
    locked.closure = closure if move.coded else ""
    locked.status_since = now
    locked.status_by = by
    locked.updated_at = now
    locked.version += 1
    locked.save(update_fields=["status", "closure", "status_since", "status_by", "updated_at", "version"])
    return locked


def void_untouched(cases: Iterable[Case], *, by: "User") -> list[Case]:
    """Mark files as made in error that `by` made by an import and nobody has changed; those that are now void.

    Apart from the table of moves: taking back one's own import is no decision on a file (docs/registers.md). Locked
    and looked at again, because somebody may have begun to work on one in this very moment.
    """
    found = list(
        Case.objects.select_for_update()
        .filter(pk__in=[case.pk for case in cases], status=Status.REPORTED, version=1, opened_by=by)
        .order_by("pk")
    )
    now = timezone.now()
    Case.objects.filter(pk__in=[case.pk for case in found]).update(
        status=Status.VOID, status_since=now, status_by=by, updated_at=now, version=2
    )
    return found
