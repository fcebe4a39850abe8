"""Invented referrals of invented files: asked for, reviewed, answered and served by the people whose turn it is."""

import datetime
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from accounts.models import Agency, User
from accounts.sections import Section
from cases.answers import ConsentAnswer
from cases.lifecycle import BY_VERB
from cases.making import Intake
from cases.states import ENDED
from referrals import actions
from referrals.actions import Packet
from referrals.models import Referral
from referrals.states import Basis, Status

from . import texts
from .files import File, Step
from .intakes import words
from .paths import office_hours
from .plans import Plan, pick

S = Section
#: agency: (who answers for it, services it gives, what it needs to see)
RECEIVERS: dict[str, tuple[str, tuple[str, ...], Section]] = {
    "LOTUS": ("worker.lotus", ("PSY", "MED", "BASIC", "FAM"), S.SUMMARY | S.IDENTITY | S.RISK | S.NOTES | S.WORK),
    "RIVER": ("worker.other", ("PSY", "MED", "TRANS", "BASIC"), S.SUMMARY | S.IDENTITY | S.RISK | S.WORK),
    "PALM": ("worker.palm", ("LEG", "LEG.COMP", "DOC"), S.SUMMARY | S.IDENTITY | S.FACTS),
    "HARBOUR": ("worker.harbour", ("JOB", "LEG.COMP", "TRANS"), S.SUMMARY | S.IDENTITY | S.FACTS | S.WORK),
    "KITE": ("worker.kite", ("CP", "EDU", "PSY"), S.SUMMARY | S.IDENTITY | S.RISK | S.NOTES | S.WORK),
    "FIELD": ("worker.field", ("TVET", "JOB", "GRANT"), S.SUMMARY | S.IDENTITY),
    "RAIN": ("shelter.rain", ("SHEL.ST", "SHEL.EM"), S.SUMMARY | S.IDENTITY | S.RISK | S.NOTES | S.WORK),
    "DAWN": ("shelter.dawn", ("SHEL.ST", "SHEL.LT"), S.SUMMARY | S.IDENTITY | S.RISK | S.WORK),
    "HILL": ("shelter.hill", ("SHEL.EM", "SHEL.ST"), S.SUMMARY | S.IDENTITY | S.RISK),
}  # fmt: skip
POPULAR = {
    "LOTUS": 26, "RIVER": 14, "PALM": 12, "HARBOUR": 8, "KITE": 12, "FIELD": 10, "RAIN": 8, "DAWN": 6, "HILL": 4,
}  # fmt: skip
REVIEWERS = ("reviewer.mosvy", "reviewer.mosvy", "reviewer2.mosvy")
SHARES: dict[Status, int] = {
    Status.SUBMITTED: 10, Status.RETURNED: 5, Status.APPROVED: 9, Status.ACCEPTED: 10, Status.DECLINED: 10,
    Status.IN_SERVICE: 21, Status.COMPLETED: 27, Status.WITHDRAWN: 8,
}  # fmt: skip
#: What is done after asking, as (act, side), and the days that the last of it may lie back.
SENDER, MINISTRY, RECEIVER = "SENDER", "MINISTRY", "RECEIVER"
WAYS: dict[Status, tuple[tuple[str, ...], int]] = {
    Status.SUBMITTED: ((), 5),
    Status.RETURNED: (("send_back",), 12),
    Status.APPROVED: (("approve",), 5),
    Status.ACCEPTED: (("approve", "accept"), 12),
    Status.DECLINED: (("approve", "decline"), 600),
    Status.IN_SERVICE: (("approve", "accept", "start_service"), 120),
    Status.COMPLETED: (("approve", "accept", "start_service", "complete"), 500),
    Status.WITHDRAWN: (("approve", "withdraw"), 400),
}
SIDES = {
    "approve": MINISTRY, "send_back": MINISTRY, "resubmit": SENDER, "withdraw": SENDER,
    "accept": RECEIVER, "decline": RECEIVER, "start_service": RECEIVER, "complete": RECEIVER,
}  # fmt: skip
HOURS = {
    "approve": (2, 60), "send_back": (3, 50), "resubmit": (4, 70), "accept": (2, 80), "decline": (3, 90),
    "start_service": (12, 160), "complete": (400, 2600), "withdraw": (5, 120),
}  # fmt: skip


#: Files that may be referred, each with the agencies it has been referred to.
Free = list[tuple[File, list[str]]]


@dataclass(frozen=True)
class Asked:
    """One referral to be made: the acts after asking, and when it is asked for and each act done."""

    plan: Plan
    to: Agency
    acts: tuple[str, ...]
    times: tuple[datetime.datetime, ...]

    def dice(self, what: str) -> random.Random:
        """Fresh dice for one question, as a plan has them."""
        return self.plan.dice(f"referral {self.to.code} {what}")

    def who(self, side: str) -> str:
        if side == MINISTRY:
            return self.dice("reviewer").choice(REVIEWERS)
        return self.plan.opener if side == SENDER else RECEIVERS[self.to.code][0]

    def answer(self, act: str) -> tuple[str, str]:
        """(code of the reason, words) with which this is done; both may be empty."""
        if act not in texts.ANSWERS:
            return "", ""
        reason, text = self.dice(act).choice(texts.ANSWERS[act])
        return reason, words(self.plan, text)


@dataclass
class Going:
    """A referral of a file that is there, and its row once it is made."""

    asked: Asked
    file: File
    row: Referral | None = field(default=None)


def steps(
    files: list[File], agencies: dict[str, Agency], *, number: int, seed: int, until: datetime.datetime
) -> Iterator[Step]:
    """Up to `number` referrals, every state first. Two at most of one file, each to another agency."""
    dice = random.Random(f"referrals {seed}")  # noqa: S311 - invented data
    free: Free = [(one, []) for one in files if _may_be_referred(one)]
    first = list(WAYS)
    for count in range(number):
        target = first[count] if count < len(first) else pick(dice, SHARES)
        going = _find(dice, target, free, agencies, until=until)
        if going:
            yield from steps_of(going)


def _may_be_referred(file: File) -> bool:
    return not file.plan.named_only and file.intake.consent != ConsentAnswer.REFUSED


def _find(
    dice: random.Random, target: Status, free: Free, agencies: dict[str, Agency], *, until: datetime.datetime
) -> Going | None:
    """A file that was open when it had to be asked for; None when no file fits."""
    acts, back = way(dice, target)
    for file, given in dice.sample(free, len(free)):
        times = times_of(dice, acts, back, file.plan, until=until)
        wanted = receivers(file.plan, is_child=file.intake.is_child, without=given)
        if times is None or not wanted or len(given) >= 2:
            continue
        code = pick(dice, wanted)
        given.append(code)
        return Going(Asked(file.plan, agencies[code], acts, times), file)
    return None


def way(dice: random.Random, target: Status) -> tuple[tuple[str, ...], int]:
    """What is done after asking, and the days that the last of it may lie back; some are returned once before."""
    acts, back = WAYS[target]
    if acts and acts[0] == "approve" and dice.random() < 0.12:
        acts = ("send_back", "resubmit", *acts)
    return acts, back


def receivers(plan: Plan, *, is_child: str, without: Iterable[str]) -> dict[str, int]:
    own = {"worker.lotus": "LOTUS", "worker.other": "RIVER"}.get(plan.opener) or plan.opener[7:].upper()
    children = {"KITE"} if is_child != "YES" else {"HARBOUR", "FIELD"}
    return {code: weight for code, weight in POPULAR.items() if code not in {*without, own, *children}}


def times_of(
    dice: random.Random, acts: tuple[str, ...], back: int, plan: Plan, *, until: datetime.datetime
) -> tuple[datetime.datetime, ...] | None:
    """Asking and each act, all between the file's opening and now, the asking before the file ended."""
    gaps = [datetime.timedelta(hours=dice.randint(*HOURS[act])) for act in acts]
    rest = datetime.timedelta(hours=dice.randint(1, back * 24))
    asked = until - rest - sum(gaps, datetime.timedelta(0))
    times = [asked]
    for gap in gaps:
        times.append(times[-1] + gap)
    times = [office_hours(at) for at in times]
    opened, closes = _window(plan, until)
    return tuple(times) if opened <= times[0] < closes and times[-1] < until else None


def _window(plan: Plan, until: datetime.datetime) -> tuple[datetime.datetime, datetime.datetime]:
    ends = [at for at, verb in zip(plan.times[1:], plan.way, strict=True) if BY_VERB[verb].target in ENDED]
    return plan.opened_at + datetime.timedelta(minutes=30), min([until, *ends])


def steps_of(going: Going) -> Iterator[Step]:
    asked = going.asked
    yield Step(asked.times[0], 4, asked.who(SENDER), _submit(going))
    for at, act in zip(asked.times[1:], asked.acts, strict=True):
        yield Step(at, 5, asked.who(SIDES[act]), _answer(going, act))


def _submit(going: Going) -> Callable[[User], object]:
    def act(by: User) -> None:
        told = packet(going.asked, going.file.intake)
        going.row = actions.submit(case=going.file.there, packet=told, by=by)

    return act


def _answer(going: Going, act: str) -> Callable[[User], object]:
    def run(by: User) -> None:
        given = {"referral": going.row, "by": by}
        if act == "resubmit":
            given |= {"packet": packet(going.asked, going.file.intake)}
        elif act in texts.ANSWERS:
            reason, told = going.asked.answer(act)
            name = "feedback" if act == "complete" else "words"
            given |= {name: told, **({"reason": reason} if reason else {})}
        going.row = getattr(actions, act)(**given)

    return run


def packet(asked: Asked, intake: Intake) -> Packet:
    plan, dice = asked.plan, asked.dice("packet")
    _who, services, sections = RECEIVERS[asked.to.code]
    level = intake.risk_level
    basis = {"basis": Basis.CONSENT, "consent_on": asked.times[0].date(), "consent_how": _how(intake, dice)}
    if level == "HIGH" and dice.random() < 0.08:
        basis = {"basis": Basis.EMERGENCY, "justification": words(plan, texts.EMERGENCY)}
    ask = words(plan, dice.choice(texts.ASKS))
    return Packet(
        to=asked.to,
        services=tuple(dice.sample(services, min(len(services), dice.randint(1, 2)))),
        reason=pick(dice, {"ADDITIONAL_SERVICES": 8, "CHANGE_OF_LOCATION": 2}),
        urgency=level if level in ("HIGH", "MEDIUM", "LOW") else "MEDIUM",
        sections=sections,
        summary=f"{intake.summary} {ask}",
        **basis,
    )


def _how(intake: Intake, dice: random.Random) -> str:
    return "GUARDIAN" if intake.is_child == "YES" else dice.choice(["SPOKEN", "SIGNED", "THUMBPRINT"])
