"""Acts of one day and one person on the referrals of many files: the records that the actions make, by COPY."""

import datetime
import uuid
from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import Permission
from django.db import connection
from django.utils import timezone

from accounts.access import agency_principal, post_for, speak
from accounts.models import SubjectKey, User
from accounts.roles import Capability
from accounts.vault import prepare_keys
from audit.kinds import Kind
from audit.record import Happening
from cases.access import told_grant
from cases.answers import ConsentAnswer
from cases.making import Intake, told_consent
from cases.models import Case, CaseAgencyGrant, Consent, Victim
from cases.models.grants import VIEW_CASE
from desk.models import Due
from desk.reminders import clocks
from referrals import making, reminders, vault
from referrals.access import thing
from referrals.lifecycle import Verb
from referrals.making import Packet
from referrals.models import Referral, ReferralService, ReferralStep
from referrals.states import AFTER_COMPLETION, Basis, Side

from .. import referrals
from ..clock import Clock
from .copying import Acts, columns, copy
from .standing import Referred, Standing, move_of, state_before

#: What an act sets beside the state.
_SETS = {
    Verb.APPROVE: ", sent_by_id = %(by)s, sent_at = s.at",
    Verb.ACCEPT: ", answered_by_id = %(by)s, answered_at = s.at",
    Verb.DECLINE: ", answered_by_id = %(by)s, answered_at = s.at",
    Verb.COMPLETE: ", access_until = s.at + %(after)s",
}
_MOVE = """
UPDATE referrals_referral r SET status = %(status)s, status_since = s.at, version = version + 1{sets}
  FROM unnest(%(ids)s::uuid[], %(times)s::timestamptz[]) s(id, at) WHERE r.id = s.id
"""
_ANEW = """
UPDATE referrals_referral r SET status = 'SUBMITTED', status_since = s.at, version = version + 1,
       submitted_by_id = %s, submitted_at = s.at, consent_id = s.consent, summary_sealed = s.summary,
       justification_sealed = s.justification
  FROM unnest(%s::uuid[], %s::timestamptz[], %s::uuid[], %s::bytea[], %s::bytea[])
       s(id, at, consent, summary, justification) WHERE r.id = s.id
"""
_DONE = """
UPDATE desk_due d SET done_at = s.at, next_at = NULL
  FROM unnest(%s::uuid[], %s::timestamptz[]) s(id, at)
 WHERE d.kind = 'REFERRAL' AND d.thing_id = s.id AND d.done_at IS NULL
"""
_REVOKE = """
UPDATE cases_caseagencygrant g SET valid_until = s.at
  FROM unnest(%s::uuid[], %s::text[], %s::timestamptz[]) s(case_id, because, at)
 WHERE g.content_object_id = s.case_id AND g.because = s.because AND g.valid_until IS NULL
"""

#: One act: on which referral of which file, and its number; 1 is the first after asking.
Act = tuple[Standing, Referred, int]
#: The same with what was told of the person.
Told = tuple[Standing, Referred, int, Intake]


class Referring:
    def __init__(self) -> None:
        self._view: Permission | None = None

    def submit(self, ours: Clock, by: User, group: Sequence[Told]) -> None:
        """Ask for many, each on the consent that is recorded with it."""
        made, keys, services, steps, consents = [], [], [], [], _Consents(by)
        acts = Acts(Kind.REFERRAL_SUBMITTED)
        for file, one, _number, intake in group:
            ours.at = one.asked.times[0]
            case, packet = _case(file, intake), referrals.packet(one.asked, intake)
            post = post_for(by, Capability.REFER, near=file.agency.pk)
            row = making.new_referral(case, from_agency_id=post.agency_id)
            making.fill(row, case, packet, consent=consents.add(file, case, packet), by=by)
            for key in prepare_keys(vault.key(row.pk)):
                key.created_at = ours.at
                keys.append(key)
            making.seal(row, packet)
            services += making.services(row, packet)
            steps.append(making.step(row, Verb.SUBMIT, by=by, agency_id=row.from_agency_id))
            acts.add(thing(row), making.told(row, packet))
            one.row = row
            made.append(row)
        speak(by, post)
        ours.set(max(row.submitted_at for row in made))
        consents.write()
        copy(Referral, made)
        copy(SubjectKey, keys)
        copy(ReferralService, services)
        copy(ReferralStep, steps)
        acts.write()
        for row in made:
            _slim(row)

    def resubmit(self, ours: Clock, by: User, group: Sequence[Told]) -> None:
        """Send many in again: the packet is written anew, on a consent of the day."""
        anew, services, consents = [], [], _Consents(by)
        told: dict[uuid.UUID, dict[str, Any]] = {}
        for file, one, number, intake in group:
            ours.at = one.asked.times[number]
            case, packet, row = _case(file, intake), referrals.packet(one.asked, intake), one.row
            row.consent = consents.add(file, case, packet)
            making.seal(row, packet)
            anew.append((row.pk, ours.at, row.consent_id, row.summary_sealed, row.justification_sealed))
            services += making.services(row, packet)
            told[row.pk] = making.told(row, packet)
            _slim(row)
        ours.set(max(at for _id, at, *_rest in anew))
        with connection.cursor() as cursor:
            speak(by, post_for(by, Capability.REFER, near=group[0][1].row.from_agency_id))
            consents.write()
            cursor.execute(_ANEW, [by.pk, *columns(anew)])
            cursor.execute(
                "DELETE FROM referrals_referralservice WHERE referral_id = ANY(%s)",
                [[one[0] for one in anew]],
            )
        copy(ReferralService, services)
        self._moved(ours, by, [(file, one, number) for file, one, number, _told in group], more=told)

    def act(self, ours: Clock, by: User, group: Sequence[Act]) -> None:
        """Any other act."""
        verb = move_of(_act(group[0])).verb
        times = [one.asked.times[number] for _file, one, number in group]
        ours.set(max(times))
        _file, first, _number = group[0]
        near = (
            first.asked.to.pk if move_of(_act(group[0])).side == Side.RECEIVER else first.row.from_agency_id
        )
        speak(by, post_for(by, move_of(_act(group[0])).capability, near=near))
        with connection.cursor() as cursor:
            cursor.execute(
                _MOVE.format(sets=_SETS.get(verb, "")),
                {
                    "status": move_of(_act(group[0])).target.value,
                    "by": by.pk,
                    "after": AFTER_COMPLETION,
                    "ids": [one.row.pk for _file, one, _number in group],
                    "times": times,
                },
            )
        self._moved(ours, by, group)
        if verb == Verb.ACCEPT:
            self._grant(ours, by, group, reason="REFERRAL_ACCEPTED", lasting=None)
        if verb == Verb.COMPLETE:
            self._revoke(by, group)
            self._grant(ours, by, group, reason="REFERRAL_COMPLETED", lasting=AFTER_COMPLETION)

    def _moved(
        self, ours: Clock, by: User, group: Sequence[Act], more: dict[uuid.UUID, dict[str, Any]] | None = None
    ) -> None:
        """Deadlines, steps and the trail after a move of the rows."""
        acts, steps, dues = Acts(Kind.REFERRAL_MOVED, fields=["status"]), [], []
        for file, one, number in group:
            act, row, ours.at = one.asked.acts[number - 1], one.row, one.asked.times[number]
            move, (reason, words) = move_of(act), one.asked.answer(act)
            row.status, row.status_since, row.version = move.target, ours.at, number + 1
            agency = one.asked.to.pk if move.side == Side.RECEIVER else _own_agency(by, move, one)
            steps.append(making.step(row, move.verb, by=by, agency_id=agency, reason=reason, words=words))
            before = state_before(one.asked, number)
            told = making.told_move(move.verb, before, move.target, reason)
            acts.add(thing(row), {**(more or {}).get(row.pk, {}), **told})
            if row.status == reminders.AWAITED:
                due = clocks.due_of(reminders.clock(row, named_only=file.clock.named_only))
                dues += [due] if due else []
        ours.set(max(one.asked.times[number] for _file, one, number in group))
        ended = [(one.row.pk, one.asked.times[number]) for _file, one, number in group]
        with connection.cursor() as cursor:
            cursor.execute(_DONE, columns(ended))
        copy(Due, dues)
        copy(ReferralStep, steps)
        acts.write()

    def _grant(
        self, ours: Clock, by: User, group: Sequence[Act], *, reason: str, lasting: datetime.timedelta | None
    ) -> None:
        acts, grants = Acts(Kind.ACCESS_GRANTED), []
        self._view = self._view or CaseAgencyGrant.permission_for(VIEW_CASE)
        for file, one, number in group:
            ours.at = one.asked.times[number]
            row, until = one.row, ours.at + lasting if lasting else None
            grants.append(
                CaseAgencyGrant.right(
                    self._view,
                    group_id=one.asked.to.group_id,
                    content_object_id=row.case_id,
                    granted_by=by,
                    reason=reason,
                    valid_until=until,
                    sections=row.sections,
                    because=row.because,
                )
            )
            principal = agency_principal(one.asked.to.pk)
            acts.add(file.thing, told_grant(principal, row.sections, until, row.because))
        copy(CaseAgencyGrant, grants)
        acts.write()

    def _revoke(self, by: User, group: Sequence[Act]) -> None:
        acts = Acts(Kind.ACCESS_REVOKED)
        ended = [(one.row.case_id, one.row.because, one.asked.times[number]) for _f, one, number in group]
        with connection.cursor() as cursor:
            cursor.execute(_REVOKE, columns(ended))
        for file, one, _number in group:
            acts.add(file.thing, {"because": one.row.because, "grants": 1})
        acts.write()


class _Consents:
    """What people answered for the agencies that they are referred to."""

    def __init__(self, by: User) -> None:
        self.by, self.made = by, list[Consent]()
        self.acts = Acts(Kind.CONSENT_RECORDED)

    def add(self, file: Standing, case: Case, packet: Packet) -> Consent | None:
        if packet.basis != Basis.CONSENT:
            return None
        consent = Consent(
            case=case,
            purpose="REFERRAL",
            answer=ConsentAnswer.GIVEN,
            recipient=packet.to,
            given_on=packet.consent_on,
            how=packet.consent_how,
            by=self.by,
            recorded_at=timezone.now(),
        )
        self.made.append(consent)
        self.acts.add(file.thing, told_consent(consent), Happening(on=packet.consent_on))
        return consent

    def write(self) -> None:
        copy(Consent, self.made)
        self.acts.write()


def _slim(row: Referral) -> None:
    """What is sealed, the file and its person need not stay in memory with a referral under way."""
    row.summary_sealed = row.justification_sealed = None
    row._state.fields_cache.clear()


def _act(act: Act) -> str:
    _file, one, number = act
    return one.asked.acts[number - 1]


def _own_agency(by: User, move: Any, one: Referred) -> uuid.UUID:
    return post_for(by, move.capability, near=one.row.from_agency_id).agency_id


def _case(file: Standing, intake: Intake) -> Case:
    """As much of the file as a referral copies."""
    case = Case(id=file.clock.case_id, province_id=file.clock.province_id, risk_level=intake.risk_level)
    Victim(
        case=case,
        **{name: getattr(intake, name) for name in making.COPIED},
    )
    return case
