"""What is due for somebody, what they have not read, and what the administrator looks after."""

import datetime as dt
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db import connection
from django.db.models import Case as First
from django.db.models import Count, IntegerField, Q, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

from accounts.models import Agency, User
from accounts.queries import Unconfirmed, Waiting
from accounts.roles import Capability, Role
from audit.guarded import GuardedQuerySet

from .access import kind_of
from .models import DeadlinePolicy, Delivery, Due, Holiday, Notice, What
from .words import Line, line

PAGE = 25
Mode = DeadlinePolicy.Mode
#: Roles that look after a whole province besides their own work.
HEADS = (Role.PROVINCIAL_HEAD,)


@dataclass(frozen=True)
class Counts:
    soon: int
    overdue: int

    @property
    def total(self) -> int:
        return self.soon + self.overdue


def _unread(user: User) -> GuardedQuerySet:
    """Notices that still mean something: not read, the deadline not met, its file still in sight (both walls)."""
    found: GuardedQuerySet = Notice.objects.filter(person=user, read_at=None, due__done_at=None)
    return found.exclude(due__case_id__in=sorted(user.rights.barred)) if user.rights.barred else found


def unread(user: User) -> int:
    """How many deadlines somebody has been told of and has not looked at."""
    return int(_unread(user).aggregate(n=Count("due", distinct=True))["n"])


def unread_counts(user: User, delivery: Delivery) -> Counts:
    """For a message: of a danger that one deadline; of a day's bundle everything that is unread by now."""
    rows = _unread(user)
    if delivery.kind == Delivery.Kind.DANGER:
        rows = rows.filter(delivery=delivery)
    now, ends = timezone.now(), dict(rows.order_by("pk").values_list("due_id", "due__due_at"))
    overdue = sum(at <= now for at in ends.values())
    return Counts(soon=len(ends) - overdue, overdue=overdue)


def notices(user: User) -> list[Notice]:
    """What somebody was told and has not read: the latest stage of each, danger and the most pressing first."""
    rows = _unread(user).select_related("due__policy").order_by("due__due_at", "-created_at", "pk")
    latest: dict[uuid.UUID, Notice] = {}
    for row in rows:
        latest.setdefault(row.due_id, row)
    return sorted(latest.values(), key=lambda row: not row.is_danger)  # danger first, else as they came


def _shown() -> GuardedQuerySet:
    found: GuardedQuerySet = Due.objects.filter(done_at=None).exclude(policy__mode=Mode.OFF)
    return found


def _shown_to(user: User) -> GuardedQuerySet:
    """Without what is due of files that they are kept away from."""
    return _shown().exclude(case_id__in=sorted(user.rights.barred)) if user.rights.barred else _shown()


def mine(user: User) -> GuardedQuerySet:
    """What somebody looks after themselves, and the answers and tables that their agency owes."""
    answering = {post.agency_id for post in user.rights.posts if post.contains(Capability.ANSWER_REFERRAL)}
    preparing = {post.agency_id for post in user.rights.posts if post.contains(Capability.PREPARE_REPORT)}
    rule = (
        Q(kind=What.CASE, worker=user)
        | Q(kind=What.REFERRAL, agency__in=answering)
        | Q(kind=What.REPORT, agency__in=preparing)
    )
    if user.may(Capability.REVIEW_EXCLUSIONS):  # those that come to them (the wall of these deadlines)
        rule |= Q(kind=What.EXCLUDED)
    leads = [post.agency_id for post in user.rights.posts if post.role in HEADS]
    if leads:
        rule |= Q(kind=What.OPENED, agency__in=leads) & ~Q(worker=user)
    return _shown_to(user).filter(rule)


def of_office(user: User) -> GuardedQuerySet:
    """What is due in somebody's agencies, and for the head of a province in all of it."""
    posts = [post for post in user.rights.posts if post.contains(Capability.READ_FILE)]
    heads = [post.agency_id for post in posts if post.role in HEADS]
    working = {post.agency_id for post in posts if post.contains(Capability.MOVE_FILE)}
    working |= {post.agency_id for post in posts if post.contains(Capability.ANSWER_REFERRAL)}
    provinces = Agency.objects.filter(pk__in=heads, province__isnull=False).values("province_id")
    rows = _shown_to(user).filter(Q(agency__in=working) | Q(province__in=provinces) | Q(worker=user))
    # Whoever opened a file in an emergency is not the one who reviews it; of that their own head alone is told.
    return rows.exclude(kind=What.GLASS, worker=user).exclude(kind=What.OPENED)


def page_of(user: User, rows: GuardedQuerySet, number: str) -> Page[Any]:
    """One page, the most pressing first, its rows told as lines."""
    found = rows.select_related("policy").order_by("due_at", "pk")
    page = Paginator(found, PAGE).get_page(number)
    page.object_list = lines(user, page.object_list)
    return page


def lines(user: User, dues: Iterable[Due]) -> list[Line]:
    """Deadlines told with the record they belong to; what somebody does not see of it is left out."""
    dues = list(dues)
    about = {
        what: kind_of(what).lines(user, [due.thing_id for due in dues if due.kind == what])
        for what in {due.kind for due in dues}
    }
    return [
        line(due, found, kind_of(due.kind).step(due.step))
        for due in dues
        if (found := about[due.kind].get(due.thing_id))
    ]


def of_thing(what: What, thing_id: uuid.UUID) -> list[Due]:
    """The open deadlines of one record that the actor sees, the next one first."""
    rows = _shown().filter(kind=what, thing_id=thing_id).select_related("policy")
    return list(rows.order_by("due_at", "pk"))


def ends_of(what: What, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, dt.datetime]:
    """When the next step of each of these is due; those without a deadline are missing."""
    rows = _shown().filter(kind=what, thing_id__in=list(ids)).order_by("-due_at", "pk")
    return dict(rows.values_list("thing_id", "due_at"))


# --- for the administrator


def policies() -> list[DeadlinePolicy]:
    """Those that remind people first, then those that are shown, then those that wait for their records."""
    use = First(
        When(mode=Mode.SENT, then=Value(0)),
        When(mode=Mode.SHOWN, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return list(DeadlinePolicy.objects.order_by(use, "what", "amount", "step", "-child_only", "pk"))


def holidays(since: dt.date) -> list[Holiday]:
    return list(Holiday.objects.filter(on__gte=since).order_by("on", "pk"))


def deliveries(number: str) -> Page[Any]:
    """Messages, those in trouble first, then the newest."""
    trouble = First(
        When(status=Delivery.Status.FAILED, then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    rows = Delivery.objects.select_related("person").order_by(trouble, "-created_at", "pk")
    return Paginator(rows, PAGE).get_page(number)


def waiting() -> int:
    """How many deadlines wait for the sweep (for the operator's figures; asked as system:reminder)."""
    return int(Due.objects.filter(next_at__lte=timezone.now(), done_at=None).count())


def unconfirmed_deadlines() -> list[Unconfirmed]:
    """What of the tables of deadlines and holidays nobody has confirmed (settings.UNCONFIRMED)."""
    policies = list(DeadlinePolicy.objects.order_by("what", "step", "pk"))
    rows = [
        Waiting(f"{one.get_what_display()}: {one.name}", reverse("due:policy", args=[one.pk]))
        for one in policies
        if not one.confirmed
    ]
    days = list(Holiday.objects.order_by("on", "pk"))
    closed = [
        Waiting(f"{date_format(one.on)}: {one.name}", reverse("due:holiday", args=[one.pk]))
        for one in days
        if not one.confirmed
    ]
    return [
        Unconfirmed(gettext("Deadlines"), len(policies), rows),
        Unconfirmed(gettext("Public holidays"), len(days), closed),
    ]


def unheard() -> int:
    """Of how many deadlines nobody could be told. A number alone: who asks opens no file."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT desk_unheard()")
        return int(cursor.fetchone()[0])


def delivery_counts() -> dict[str, int]:
    rows = Delivery.objects.order_by("status").values("status").annotate(n=Count("pk"))
    return {row["status"]: row["n"] for row in rows}
