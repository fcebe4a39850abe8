"""Records as people really make them: every factory calls the action of the product, as somebody who may.

`CaseFactory(by=people.officer_bmc, status="SERVICES")` reaches its state by the table's own moves, so that no
test starts from a record that could not exist. Fields of `Intake` can be given by name.
"""

import datetime
from collections import deque

import factory
from django.utils import timezone

from accounts import actions as staff_actions
from accounts.models import Agency, Membership, Province
from accounts.roles import Capability
from accounts.sections import Section
from audit.context import acting, system
from cases import actions, lifecycle
from cases.answers import AgeBasis, Answer, ConsentAnswer, RiskLevel, Sex
from cases.exclusions import actions as exclusion_actions
from cases.states import Status
from referrals import actions as refer_actions
from referrals import lifecycle as refer_lifecycle
from reports import actions as report_actions

from . import people as personas

#: A full story: every section has something in it, so that what must stay hidden is there to be hidden.
STORY = {
    "sex": Sex.FEMALE,
    "age_min": 16,
    "age_max": 17,
    "age_basis": AgeBasis.SELF,
    "is_child": Answer.YES,
    "nationality": "KHM",
    "forms": ("LAB.FISH", "LAB.DOM"),
    "acts": ("RECRUITMENT",),
    "means": ("DECEPTION",),
    "controls": ("DEBT_BONDAGE",),
    "country": "THA",
    "started_on": datetime.date(2025, 3, 1),
    "started_precision": "MONTH",
    "account": "ត្រូវបានគេបោកប្រាស់ទៅធ្វើការ",
    "risk_level": RiskLevel.HIGH,
    "danger_now": Answer.UNSURE,
    "risk_reasons": "The recruiter lives nearby.",
    "consent": ConsentAnswer.GIVEN,
    "consent_on": datetime.date(2026, 1, 2),
    "consent_how": "SPOKEN",
    "summary": "Came back over the border with two others.",
    "identity": {"name_km": "សុខ ស្រីនាង", "name_latin": "Sok Sreyneang", "phone": "012 345 678"},
}


class IntakeFactory(factory.Factory):
    """What an officer heard: channel, province and an alias; `full=True` fills every section."""

    class Meta:
        model = actions.Intake

    class Params:
        full = factory.Trait(**STORY)

    channel = "HOTLINE_117"
    province = factory.LazyFunction(lambda: Province.objects.get(pk=1))
    alias = factory.Sequence(lambda n: f"ផ្កា {n}")
    reported_on = datetime.date(2026, 1, 2)


class CaseFactory(factory.Factory):
    """A case file made by `by` (in the province of their agency), moved to `status` by those who may."""

    class Meta:
        model = actions.Intake

    @classmethod
    def _create(cls, model_class, *args, by, status=Status.REPORTED, **fields):
        with acting(by.as_actor()):
            if "province" not in fields:
                home = personas.AGENCIES[personas.PEOPLE[by.sign_in_name].agency][1]
                fields["province"] = Province.objects.get(pk=home or 1)
            case = actions.open_file(intake=IntakeFactory(**fields), by=by)
        return bring(case, status, by=by)


make_case = CaseFactory


def path_to(status, table=lifecycle, start=Status.REPORTED):
    """The shortest list of moves of a lifecycle from its start to `status`."""
    todo, seen = deque([(start, ())]), {start}
    while todo:
        at, path = todo.popleft()
        if at == status:
            return path
        for move in table.MOVES:
            if at in move.sources and move.target not in seen:
                seen.add(move.target)
                todo.append((move.target, (*path, move)))
    raise LookupError(f"No moves lead to {status}.")


def mover(move, by):
    """Who makes a move: the file's own officer where they may, else the colleague whose decision it is."""
    everybody = personas.read()
    return {
        Capability.MOVE_FILE: by,
        Capability.APPROVE_CLOSURE: everybody.head_bmc,
        Capability.DECIDE_IDENTIFICATION: everybody.identifier,
    }[move.capability]


def asked_of(move, reason="for the story"):
    """What a move asks for."""
    return {"reason": reason if move.reason else "", "closure": "GOALS_ACHIEVED" if move.coded else ""}


def bring(case, status, *, by):
    """Move a file of the first province to `status`, each step by somebody who may."""
    for move in path_to(status):
        person = mover(move, by)
        with acting(person.as_actor()):
            case = actions.move(case=case, verb=move.verb, by=person, **asked_of(move))
    return case


def add_note(case, *, by, text="ទូរស័ព្ទទៅគ្រួសារ", **more):
    with acting(by.as_actor()):
        return actions.add_note(case=case, text=text, by=by, **more)


def keep_away(case, who, *, by, words="They are neighbours.", **more):
    """Somebody, or an agency (by its code), is kept away from a file; by themselves where `who` is `by`."""
    with acting(by.as_actor()):
        who = Agency.objects.get(code=who) if isinstance(who, str) else who
        if who == by:
            return exclusion_actions.declare_conflict(case=case, reason="RELATIVE", words=words, by=by)
        return exclusion_actions.keep_away(case=case, who=who, reason="RELATIVE", words=words, by=by, **more)


# --- referrals ----------------------------------------------------------------------------------------------

OFFERED = Section.SUMMARY | Section.FACTS | Section.NOTES | Section.WORK


def packet(to, **more):
    """What is asked of `to` (the code of an agency)."""
    return refer_actions.Packet(
        **{
            "to": Agency.objects.get(code=to),
            "services": ("PSY",),
            "reason": "ADDITIONAL_SERVICES",
            "urgency": "HIGH",
            "sections": OFFERED,
            "summary": "A girl who needs somebody to talk to.",
            "consent_on": datetime.date(2026, 1, 3),
            "consent_how": "SPOKEN",
            **more,
        }
    )


#: What each verb needs beyond who does it.
WITH = {
    "SEND_BACK": {"reason": "INSUFFICIENT_INFORMATION", "words": "Say which services."},
    "DECLINE": {"reason": "NO_CAPACITY", "words": "We are full."},
    "COMPLETE": {"feedback": "She is well."},
    "WITHDRAW": {"words": "Another way was found."},
}


def referral_mover(move, *, to="NGO-HOPE", named_only=False):
    """Who stands on the side of a move: the officer, the ministry's reviewer, somebody of the receiving agency."""
    everybody = personas.read()
    receiver = {"NGO-HOPE": "ngo_hope", "NGO-RIVER": "ngo_river", "SHELTER-BMC": "shelter"}[to]
    return {
        "SENDER": everybody.officer_bmc,
        "MINISTRY": everybody.desk_reviewer if named_only else everybody.reviewer,
        "RECEIVER": getattr(everybody, receiver),
    }[move.side]


def answer(referral, verb, *, by, to="NGO-HOPE", **more):
    """One verb of a referral's table, as the action of its name."""
    extra = {"packet": packet(to)} if verb == "RESUBMIT" else WITH.get(verb, {})
    return getattr(refer_actions, verb.lower())(referral=referral, by=by, **extra, **more)


def make_referral(case, *, status=refer_lifecycle.START, to="NGO-HOPE", by=None, **fields):
    """A referral of a file of the first province, brought to `status` by those whose turn it is."""
    officer = by or personas.read().officer_bmc
    with acting(officer.as_actor()):
        referral = refer_actions.submit(case=case, packet=packet(to, **fields), by=officer)
    for move in path_to(status, refer_lifecycle, refer_lifecycle.START):
        person = officer if move.side == "SENDER" else referral_mover(move, to=to, named_only=case.named_only)
        with acting(person.as_actor()):
            referral = answer(referral, move.verb, by=person, to=to)
    return referral


# --- monthly tables -----------------------------------------------------------------------------------------


def make_table(code, month, *, status="DRAFT", remarks="Two colleagues were ill."):
    """The table of a department for a month, brought to `status` by an officer and the head."""
    everybody = personas.read()
    with acting(system("report")):
        table = report_actions.make_table(agency=Agency.objects.get(code=code), month=month, by=None)
    words = {"remarks": remarks, "explanation": ""}
    if status in ("PREPARED", "SIGNED"):
        with acting(everybody.officer_bmc.as_actor()):
            table = report_actions.prepare(table=table, by=everybody.officer_bmc, **words)
    if status == "SIGNED":
        with acting(everybody.head_bmc.as_actor()):
            table = report_actions.sign(table=table, by=everybody.head_bmc)
    return table


def give_token(person, *, by, scope="WRITE", lasts=datetime.timedelta(days=30), **more):
    """A token resting on somebody's membership, offered by an administrator and accepted; and its text."""
    with acting(by.as_actor()):
        membership = more.pop("membership", None) or Membership.objects.get(person=person)
        offered = staff_actions.offer_token(
            membership=membership,
            label=more.pop("label", "Test"),
            scope=scope,
            expires_at=timezone.now() + lasts,
            by=by,
            **more,
        )
    with acting(person.as_actor()):
        return staff_actions.accept_token(token=offered, by=person)
