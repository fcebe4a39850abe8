"""Questions over referrals that are already scoped to somebody (access.visible_referrals)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case as First
from django.db.models import Exists, IntegerField, OuterRef, Q, Value, When
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from accounts.models import Agency, User
from accounts.roles import Capability
from accounts.sections import Section
from cases.access import visible_cases
from cases.exclusions.queries import agencies_away
from cases.models import Case
from cases.queries import RISK_ORDER, from_key

from .access import Opened, agencies_where, received, visible_referrals
from .models import Referral, ReferralQuerySet, ReferralStep
from .states import READABLE, Basis, Status
from .words import Line, closed_line, line, waiting_line

PAGE = 25
Telling = Callable[[Referral, str], Line]
#: For the receiving agency: what waits for an answer first, then what is under way.
_ANSWER_FIRST = First(
    When(status=Status.APPROVED, then=Value(0)), default=Value(1), output_field=IntegerField()
)
_EMERGENCY_FIRST = First(
    When(basis=Basis.EMERGENCY, then=Value(0)), default=Value(1), output_field=IntegerField()
)
_RETURNED_FIRST = First(
    When(status=Status.RETURNED, then=Value(0)), default=Value(1), output_field=IntegerField()
)


def review_queue(user: User) -> ReferralQuerySet:
    """What waits for this reviewer: files whose referrals they see and may decide on. Emergency, risk, then age."""
    if not user.may(Capability.REVIEW_REFERRAL):
        return Referral.objects.none()
    file = visible_cases(user, Section.REFERRALS, Section.WORK).filter(pk=OuterRef("case_id"))
    waiting = visible_referrals(user).filter(Exists(file), status=Status.SUBMITTED)
    return waiting.order_by(_EMERGENCY_FIRST, RISK_ORDER, "submitted_at", "pk")


def inbox(user: User) -> ReferralQuerySet:
    """What an agency of this person was asked and has not finished."""
    mine = visible_referrals(user).filter(received(user)).open()
    return mine.order_by(_ANSWER_FIRST, _EMERGENCY_FIRST, RISK_ORDER, "sent_at", "pk")


def sent(user: User) -> ReferralQuerySet:
    """What the agencies of this person asked of others: returned ones first, then the latest step."""
    mine = visible_referrals(user).filter(from_agency__in=user.rights.agencies)
    return mine.order_by(_RETURNED_FIRST, "-status_since", "pk")


def everything(user: User) -> ReferralQuerySet:
    return visible_referrals(user).newest_first()


@dataclass(frozen=True)
class Tab:
    """A tab of the list: its key and name, who has it, and the question."""

    key: str
    label: Promise
    capability: Capability
    rows: Callable[[User], ReferralQuerySet]


TABS = (
    Tab("inbox", gettext_lazy("Asked of us"), Capability.ANSWER_REFERRAL, inbox),
    Tab("sent", gettext_lazy("Sent by us"), Capability.REFER, sent),
    Tab("all", gettext_lazy("All referrals"), Capability.READ_FILE, everything),
)


def tabs_of(user: User) -> list[Tab]:
    return [tab for tab in TABS if user.may(tab.capability)]


def tab_of(user: User, key: str) -> Tab:
    """The tab with this key where this person has it, else their first."""
    tabs = tabs_of(user) or [TABS[-1]]
    return next((tab for tab in tabs if tab.key == key), tabs[0])


def waiting_for_review(user: User, limit: int = 5) -> list[Line]:
    return lines(user, review_queue(user)[:limit], told=waiting_line)


def waiting_for_my_agency(user: User, limit: int = 5) -> list[Line]:
    """What waits for an answer of an agency in which this person may answer."""
    mine = Q(status=Status.APPROVED, to_agency__in=agencies_where(user, Capability.ANSWER_REFERRAL))
    return lines(user, inbox(user).filter(mine)[:limit])


def sent_by_me(user: User, limit: int = 5) -> list[Line]:
    """The latest step of what this person asked for."""
    return lines(user, sent(user).filter(submitted_by=user)[:limit])


def of_case(user: User, case: Case) -> list[Line]:
    """The referrals of one file that this person sees."""
    return lines(user, visible_referrals(user).filter(case=case).newest_first())


def page_of(user: User, rows: ReferralQuerySet, number: str, told: Telling = line) -> Page[Any]:
    """One page, its rows told as lines."""
    page = Paginator(rows, PAGE).get_page(number)
    found = rows[page.start_index() - 1 : page.end_index()] if page.paginator.count else rows.none()
    page.object_list = lines(user, found, told)
    return page


def lines(user: User, rows: ReferralQuerySet, told: Telling = line) -> list[Line]:
    return [
        told(one.referral, one.number) if one.is_open else closed_line(one.referral, one.number)
        for one in seen(user, rows)
    ]


@dataclass(frozen=True)
class Seen:
    """A referral of a list: its file's number where that is seen, and whether it tells of the person."""

    referral: Referral
    number: str
    is_open: bool


def seen(user: User, rows: ReferralQuerySet) -> list[Seen]:
    """Four queries, however many there are: the referrals, their services, the files seen and what is seen of them."""
    found = list(
        rows.select_related("from_agency", "to_agency", "province")
        .prefetch_related("services")
        .defer("summary_sealed", "justification_sealed")
    )
    files = [referral.case_id for referral in found]
    numbers = dict(visible_cases(user).filter(pk__in=files).values_list("pk", "number"))
    through = set(visible_cases(user, Section.REFERRALS).filter(pk__in=files).values_list("pk", flat=True))
    return [
        Seen(
            referral,
            numbers.get(referral.case_id, ""),
            referral.case_id in through or packet_is_open(referral),
        )
        for referral in found
    ]


def older_than(rows: ReferralQuerySet, after: str) -> ReferralQuerySet:
    """By the latest step, newest first, from the key of a page on."""
    key = from_key(after)
    if key:
        at, pk = key
        rows = rows.filter(Q(status_since__lt=at) | Q(status_since=at, pk__lt=pk), status_since__lte=at)
    return rows.newest_first()


def packet_is_open(referral: Referral) -> bool:
    """Whether the receiving agency still has to do with the person: the same as the wall of the packet's key."""
    until = referral.access_until
    return referral.status in READABLE or (until is not None and until > timezone.now())


def facts_are_open(opened: Opened) -> bool:
    """Whether somebody may read of the person in this referral: through the file, or as long as its packet is open."""
    return opened.through_file or packet_is_open(opened.referral)


def steps(opened: Opened) -> list[ReferralStep]:
    """Newest first; the receiving agency gets those since the sending, not what sender and ministry said before."""
    found = ReferralStep.objects.filter(referral=opened.referral)
    if not opened.through_file:
        found = found.filter(recorded_at__gte=opened.referral.sent_at)
    return list(found.select_related("by", "agency").order_by("-recorded_at", "-pk"))


def receivers(user: User, case: Case) -> list[Agency]:
    """Agencies that this file may be referred to: those of its own province first, none that is kept away from it."""
    own = {case.agency_id, *user.rights.homes, *agencies_away(case)}
    takers = Agency.objects.filter(is_active=True, takes_referrals=True).exclude(pk__in=own)
    here = First(
        When(province=case.province_id, then=Value(0)), default=Value(1), output_field=IntegerField()
    )
    return list(takers.select_related("province").order_by(here, "code", "pk"))
