"""The whole demonstration in one transaction: all of it is there, or none."""

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from accounts.actions import confirm, end_membership, let_stand_in
from accounts.models import Agency, Membership, User
from audit.context import acting, become, system
from desk.reminders.actions import set_mailbox

from . import away, people, plans, referrals, tables
from .clock import Clock, clock
from .files import File, Step, steps
from .intakes import Map, intake

#: How far back the files reach, and how long before that the offices were set up.
DAYS = 730
SET_UP_BEFORE = datetime.timedelta(days=DAYS + 40)
LEFT_BEFORE = datetime.timedelta(days=33)
CONFIRMED_BEFORE = datetime.timedelta(days=120)
#: Whom and what nobody has confirmed since: they stand on the yearly list.
UNCONFIRMED = ("officer.bmc", "head.btb", "police.bmc", "worker.palm", "shelter.dawn")
UNCONFIRMED_TEAMS = ("MOI", "DOSVY-KEP")

Say = Callable[[str], None]


@dataclass(frozen=True)
class Wanted:
    seed: int = 7
    cases: int = 500


@transaction.atomic
def load(wanted: Wanted, *, say: Say) -> None:
    now = last_evening()
    with clock(now - SET_UP_BEFORE) as ours:
        cast = people.make(since=timezone.localdate(), seed=wanted.seed)
        say(f"{len(cast.people)} people of {len(cast.agencies)} agencies.")
        places = Map.read()
        planned = plans.plan(wanted.cases, seed=wanted.seed, until=now, days=DAYS)
        files = [File(plan, intake(plan, places)) for plan in planned]
        story = [_farewell(cast, now - LEFT_BEFORE), *_mailboxes(now - LEFT_BEFORE), _stand_in(cast, now)]
        story.append(_confirmation(cast, now - CONFIRMED_BEFORE))
        for file in files:
            story += steps(file, until=now)
        number = max(wanted.cases * 2 // 5, 8)
        story += referrals.steps(files, cast.agencies, number=number, seed=wanted.seed, until=now)
        story += tables.steps(cast.agencies, until=now)
        story += away.steps(files, cast.agencies, cast.people, until=now)
        play(story, cast, ours, say=say)


def last_evening() -> datetime.datetime:
    """Everything has happened by yesterday evening, so that one day gives one and the same data."""
    yesterday = timezone.localtime() - datetime.timedelta(days=1)
    return yesterday.replace(hour=17, minute=30, second=0, microsecond=0)


def play(story: Iterable[Step], cast: people.Cast, ours: Clock, *, say: Say) -> None:
    """Everything in the order in which it happened: numbers count up, and nobody acts before their time."""
    ordered = sorted(story, key=lambda step: (step.at, step.order))
    with acting(system("demo")):
        for done, step in enumerate(ordered, start=1):
            ours.set(step.at)
            with become(cast.actors[step.who]):
                step.act(cast.people[step.who])
            if done % 1000 == 0:
                say(f"{done} of {len(ordered)} acts, until {step.at:%Y-%m-%d}.")


def _mailboxes(at: datetime.datetime) -> list[Step]:
    """Some want to be reminded by mail; locally it goes into a folder (docs/reminders.md)."""

    def act(by: User) -> None:
        set_mailbox(address=f"{by.sign_in_name}@example.org", by=by)

    return [Step(at, 1, who, act) for who in people.MAILED]


def _stand_in(cast: people.Cast, at: datetime.datetime) -> Step:
    """The head of Siem Reap is away for three weeks: the officer there stands in."""
    head = people.HEAD_OF["SRP"]

    def act(by: User) -> None:
        let_stand_in(
            post=Membership.objects.get(person=by, agency=cast.agencies["DOSVY-SRP"]),
            person=cast.people["officer.srp"],
            starts_on=at.date(),
            ends_on=at.date() + datetime.timedelta(days=21),
            by=by,
        )

    return Step(at - datetime.timedelta(minutes=5), 9, head, act)


def _confirmation(cast: people.Cast, at: datetime.datetime) -> Step:
    """Once a year the administrator says which roles and provinces are still right."""

    def act(by: User) -> None:
        roles = Membership.objects.live().exclude(person=by).exclude(person__sign_in_name__in=UNCONFIRMED)
        teams = Agency.objects.exclude(code__in=UNCONFIRMED_TEAMS)
        confirm(roles=roles.values_list("pk", flat=True), teams=teams.values_list("pk", flat=True), by=by)

    return Step(at, 1, people.ADMINISTRATOR, act)


def _farewell(cast: people.Cast, at: datetime.datetime) -> Step:
    """One officer leaves: the last day is in the past, the posts stay readable."""

    def act(by: User) -> None:
        for membership in Membership.objects.filter(person=cast.people[people.FORMER]).order_by("pk"):
            end_membership(membership=membership, by=by)

    return Step(at, 0, people.ADMINISTRATOR, act)
