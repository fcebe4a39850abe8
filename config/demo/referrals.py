"""Invented referrals of invented files: asked for, reviewed, answered and served by the people whose turn it is."""

import datetime
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from accounts.models import Agency, User
from accounts.sections import Section
from cases.answers import ConsentAnswer
from cases.lifecycle import BY_VERB
from cases.states import ENDED
from referrals import actions
from referrals.actions import Packet
from referrals.models import Referral
from referrals.states import Basis, Status

from . import texts
from .files import File, Step
from .intakes import words
from .paths import office_hours
from .plans import pick

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


@dataclass
class Asked:
    """One referral to be made, and the row once it is."""

    file: File
    to: Agency
    acts: tuple[str, ...]
    times: tuple[datetime.datetime, ...]
    dice: random.Random
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
        asked = _find(dice, target, free, agencies, until=until)
        if asked:
            yield from _steps(asked)


def _may_be_referred(file: File) -> bool:
    return not file.plan.named_only and file.intake.consent != ConsentAnswer.REFUSED


def _find(
    dice: random.Random, target: Status, free: Free, agencies: dict[str, Agency], *, until: datetime.datetime
) -> Asked | None:
    """A file that was open when it had to be asked for; None when no file fits."""
    acts, back = WAYS[target]
    if acts and acts[0] == "approve" and dice.random() < 0.12:
        acts = ("send_back", "resubmit", *acts)
    for file, given in dice.sample(free, len(free)):
        times = _times(dice, acts, back, file, until=until)
        wanted = _receivers(file, without=given)
        if times is None or not wanted or len(given) >= 2:
            continue
        code = pick(dice, wanted)
        given.append(code)
        return Asked(file, agencies[code], acts, times, random.Random(f"referral {file.plan.seed} {code}"))  # noqa: S311
    return None


def _receivers(file: File, *, without: list[str]) -> dict[str, int]:
    own = {"worker.lotus": "LOTUS", "worker.other": "RIVER"}.get(file.plan.opener) or file.plan.opener[
        7:
    ].upper()
    children = {"KITE"} if file.intake.is_child != "YES" else {"HARBOUR", "FIELD"}
    return {code: weight for code, weight in POPULAR.items() if code not in {*without, own, *children}}


def _times(
    dice: random.Random, acts: tuple[str, ...], back: int, file: File, *, until: datetime.datetime
) -> tuple[datetime.datetime, ...] | None:
    """Asking and each act, all between the file's opening and now, the asking before the file ended."""
    gaps = [datetime.timedelta(hours=dice.randint(*HOURS[act])) for act in acts]
    rest = datetime.timedelta(hours=dice.randint(1, back * 24))
    asked = until - rest - sum(gaps, datetime.timedelta(0))
    times = [asked]
    for gap in gaps:
        times.append(times[-1] + gap)
    times = [office_hours(at) for at in times]
    opened, closes = _window(file, until)
    return tuple(times) if opened <= times[0] < closes and times[-1] < until else None


def _window(file: File, until: datetime.datetime) -> tuple[datetime.datetime, datetime.datetime]:
    plan = file.plan
    ends = [at for at, verb in zip(plan.times[1:], plan.way, strict=True) if BY_VERB[verb].target in ENDED]
    return plan.opened_at + datetime.timedelta(minutes=30), min([until, *ends])


def _steps(asked: Asked) -> Iterator[Step]:
    sender = asked.file.plan.opener
    who = {SENDER: sender, MINISTRY: asked.dice.choice(REVIEWERS), RECEIVER: RECEIVERS[asked.to.code][0]}
    yield Step(asked.times[0], 4, sender, _submit(asked))
    for at, act in zip(asked.times[1:], asked.acts, strict=True):
        yield Step(at, 5, who[SIDES[act]], _answer(asked, act))


def _submit(asked: Asked) -> Callable[[User], object]:
    def act(by: User) -> None:
        asked.row = actions.submit(case=asked.file.there, packet=_packet(asked), by=by)

    return act


def _answer(asked: Asked, act: str) -> Callable[[User], object]:
    def run(by: User) -> None:
        given = {"referral": asked.row, "by": by}
        if act == "resubmit":
            given |= {"packet": _packet(asked)}
        elif act in texts.ANSWERS:
            reason, text = asked.dice.choice(texts.ANSWERS[act])
            name = "feedback" if act == "complete" else "words"
            given |= {name: words(asked.file.plan, text), **({"reason": reason} if reason else {})}
        asked.row = getattr(actions, act)(**given)

    return run


def _packet(asked: Asked) -> Packet:
    file, dice = asked.file, random.Random(f"packet {asked.file.plan.seed}")  # noqa: S311
    _who, services, sections = RECEIVERS[asked.to.code]
    level = file.intake.risk_level
    basis = {"basis": Basis.CONSENT, "consent_on": asked.times[0].date(), "consent_how": _how(file, dice)}
    if level == "HIGH" and dice.random() < 0.08:
        basis = {"basis": Basis.EMERGENCY, "justification": words(file.plan, texts.EMERGENCY)}
    ask = words(file.plan, dice.choice(texts.ASKS))
    return Packet(
        to=asked.to,
        services=tuple(dice.sample(services, min(len(services), dice.randint(1, 2)))),
        reason=pick(dice, {"ADDITIONAL_SERVICES": 8, "CHANGE_OF_LOCATION": 2}),
        urgency=level if level in ("HIGH", "MEDIUM", "LOW") else "MEDIUM",
        sections=sections,
        summary=f"{file.intake.summary} {ask}",
        **basis,
    )


def _how(file: File, dice: random.Random) -> str:
    return "GUARDIAN" if file.intake.is_child == "YES" else dice.choice(["SPOKEN", "SIGNED", "THUMBPRINT"])
