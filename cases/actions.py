"""Everything that can be done to a file. Each: keyword-only, `by=`, one transaction, one event of its own."""

import datetime
import uuid
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import codes
from accounts.access import post_for
from accounts.models import Agency, User
from accounts.refusals import NotNow, Refused
from accounts.roles import Capability
from accounts.sections import Section
from audit.kinds import Kind
from audit.record import NOW, Happening, Thing, record, record_many

from . import lifecycle, numbers, reminders, vault
from .access import check_may, check_moves, check_works_on, says_why, sights_of, thing
from .answers import Answer
from .lifecycle import Verb
from .making import Intake, made_of, new_case, store, told_consent
from .models import Case, Consent, Note
from .opening import agency_for


@transaction.atomic
def open_file(*, intake: Intake, by: User) -> Case:
    """Make a file from an intake; returns it with its number.

    "Could an official be involved?" answered yes or unsure makes it named-only before anybody can list or
    count it: the scope is built from the first insert. A refused consent makes a file without identity.
    """
    return open_files(intakes=[intake], by=by)[0]


@transaction.atomic
def open_files(
    *, intakes: Sequence[Intake], by: User, ids: Sequence[uuid.UUID] = (), source: str = ""
) -> list[Case]:
    """Make many files, by the rules of one, each with its own number and its own event; in the order given.

    `ids` are their keys where somebody has given them out already; `source` says how all of this is known.
    """
    check_may(by, Capability.OPEN_FILE, _("Your role does not include making case files."))
    owners = {province: agency_for(by, province) for province in {one.province for one in intakes}}
    keys = ids or [uuid.uuid4() for _one in intakes]
    numbered = numbers.next_numbers([one.province for one in intakes], timezone.localdate().year)
    cases = [
        new_case(one, pk=pk, number=number, agency=owners[one.province], by=by)
        for one, pk, number in zip(intakes, keys, numbered, strict=True)
    ]
    for agency in {agency.pk: agency for agency in owners.values()}.values():
        check_may(by, Capability.OPEN_FILE, near=agency.pk)
        own = [pair for pair in zip(intakes, cases, strict=True) if pair[1].agency_id == agency.pk]
        _store(own, by=by, source=source)
    return cases


def _store(own: list[tuple[Intake, Case]], *, by: User, source: str) -> None:
    """The files of one agency, whole: rows, keys, records, events."""
    prepared = vault.prepare_keys([case for _intake, case in own])
    made = [made_of(intake, case, by=by, source=source) for intake, case in own]
    Case.objects.bulk_create([case for _intake, case in own])
    vault.store_keys(prepared)
    store(made)
    reminders.began_all((case, intake.danger_now == Answer.YES) for intake, case in own)
    record_many(Kind.FILE_OPENED, [_opened(intake, case, source) for intake, case in own])


def _opened(intake: Intake, case: Case, source: str) -> tuple[Thing, dict[str, Any], Happening]:
    detail = {"named_only": case.named_only, "identity": bool(intake.identity), "channel": case.channel}
    happening = Happening(on=intake.reported_on, precision=intake.reported_precision, source=source)
    return thing(case), detail, happening


@transaction.atomic
def add_note(
    *, case: Case, text: str, by: User, happening: Happening = NOW, about: str = Note.About.NOTE
) -> Note:
    """Write down what has happened. Never blocked by the file's state."""
    check_works_on(by, case, Capability.ADD_NOTE)
    _check_notes_open(by, case)
    note = _note(case, text, by=by, happening=happening, about=about, capability=Capability.ADD_NOTE)
    record(Kind.NOTE_ADDED, thing(case), detail={"note": note.pk, "about": about}, happening=happening)
    return note


def _check_notes_open(by: User, case: Case) -> None:
    """Words are kept as a note: somebody to whom the notes are closed could not even seal them."""
    reading = [held for held in sights_of(by, case) if held & Section.NOTES]
    if not reading:
        raise Refused(
            _("The notes of this file are not open to you. Ask its owner to refer it to your agency."),
            code="section:NOTES",
            label=case.number,
        )
    if not any(held & Section.WORK for held in reading):
        raise Refused(_("You may read this file, not add to it."), code="section:WORK", label=case.number)


def _note(
    case: Case, text: str, *, by: User, happening: Happening, about: str, capability: Capability
) -> Note:
    """A note of whoever acts with `capability`, for the agency that the event names too."""
    note = Note(
        case=case,
        about=about,
        happened_on=happening.on,
        precision=happening.precision,
        done_by=happening.done_by,
        source=happening.source,
        by=by,
        agency_id=post_for(by, capability, near=case.agency_id).agency_id,
        recorded_at=timezone.now(),
    )
    vault.seal_note(note, text)
    note.save(force_insert=True)
    return note


@transaction.atomic
def move(
    *,
    case: Case,
    verb: str,
    by: User,
    version: int | None = None,
    reason: str = "",
    closure: str = "",
    happening: Happening = NOW,
) -> Case:
    """Make one move of the table. Raises NotNow (not open, or a reason is missing) or Stale.

    `closure` is a code of the list CLOSURE, for the moves that ask for one.
    """
    step = lifecycle.BY_VERB[Verb(verb)]
    capability = check_moves(by, case, step)
    if step.reason and not reason.strip() and says_why(by, case, capability):
        raise NotNow(_("Say why, in a sentence that a colleague will understand."))
    if step.coded and closure not in dict(codes.choices("CLOSURE")):
        raise NotNow(_("Choose from the list why the file is closed."))
    if reason.strip():
        _check_notes_open(by, case)
    before, was = case.status, case.closure
    moved = lifecycle.advance(case, step, by=by, version=version, closure=closure)
    reminders.moved(moved)
    if reason.strip():
        _note(
            moved,
            reason,
            by=by,
            happening=happening,
            about=Note.About.MOVE,
            capability=capability,
        )
    record(
        Kind.FILE_MOVED,
        thing(moved),
        fields=["status", *(["closure"] if moved.closure != was else [])],
        detail={"verb": step.verb, "from": before, "to": moved.status, **_above(capability)},
        happening=happening,
    )
    return moved


def _above(capability: Capability) -> dict[str, str]:
    return {"for": "office"} if capability == Capability.APPROVE_FOR_OFFICE else {}


@transaction.atomic
def record_consent(
    *,
    case: Case,
    purpose: str,
    answer: str,
    by: User,
    recipient: Agency | None = None,
    given_on: datetime.date | None = None,
    how: str = "",
) -> Consent:
    """Write down what the person answered for one purpose and, for sharing, one recipient."""
    check_works_on(by, case, Capability.ADD_NOTE)
    if not any(held & Section.CONSENT and held & Section.WORK for held in sights_of(by, case)):
        raise Refused(_("You may read this file, not add to it."), code="section:CONSENT", label=case.number)
    consent = Consent(
        case=case,
        purpose=purpose,
        answer=answer,
        recipient=recipient,
        given_on=given_on,
        how=how,
        by=by,
        recorded_at=timezone.now(),
    )
    consent.save(force_insert=True)
    record(
        Kind.CONSENT_RECORDED,
        thing(case),
        detail=told_consent(consent),
        happening=Happening(on=given_on),
    )
    return consent
