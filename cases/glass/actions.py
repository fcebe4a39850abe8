"""Opening a file in an emergency, ending that, reviewing it."""

import uuid

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import post_for
from accounts.models import User
from accounts.refusals import NotNow, Refused
from accounts.roles import Capability
from accounts.vault import blind
from audit.kinds import Kind
from audit.record import Asked, record, record_refused_look

from .. import vault
from ..access import Opened, thing
from ..models import BreakGlass, Case
from ..text import has_substance, says_something, search_number
from . import reminders
from .access import check_may_open, check_not_open, check_reviews, unreviewed

MOST_HOURS = 4
Why = BreakGlass.Why


@transaction.atomic
def break_glass(*, number: str, why: str, reason: str, hours: int, by: User) -> BreakGlass | None:
    """Open the file with this number for some hours. None where no file opens with it, whatever the cause: that is
    on the trail, and nobody is told more.

    Raises NotNow without a reason of substance; while the file is open so already; and where an earlier opening waits
    for its review: but never where a life is in danger or a child at risk.
    """
    check_may_open(by)
    if not has_substance(reason):
        raise NotNow(_("Write in a sentence what is happening, so that whoever reviews it understands."))
    if why not in Why or not 1 <= hours <= MOST_HOURS:
        raise NotNow(_("Choose why, and for how many hours."))
    check_not_open(by, number)
    if why == Why.OTHER and unreviewed(by):
        raise NotNow(
            _(
                "A file that you opened before still waits for its review. Until then you can open another one only "
                "where a life is in danger or a child is at risk now."
            )
        )
    use, post = uuid.uuid4(), post_for(by, Capability.BREAK_GLASS)
    by.acts_with(Capability.BREAK_GLASS, near=post.agency_id)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT cases_break_glass(%s, %s, %s, %s, %s)", [use, number, why, hours, post.agency_id]
        )
        (case_id,) = cursor.fetchone()
    if case_id is None:
        _refused(number)
        return None
    return _opened(BreakGlass.objects.get(pk=use), Case.objects.get(pk=case_id), reason)


def _refused(number: str) -> None:
    """On the trail like every look at what is out of sight, with the number as a keyed hash."""
    term = blind(search_number(number), column="number").hex()
    detail = {"status": 404, "rule": "out_of_sight", "terms": [term]}
    record_refused_look(Asked("cases_refused_look", number), page="cases:break_glass", detail=detail)


def _opened(glass: BreakGlass, case: Case, reason: str) -> BreakGlass:
    """What follows at once: the reason under the key of the file, which is open by now; the notice; the event."""
    vault.seal_emergency(glass, reason.strip())
    glass.save(update_fields=["reason_sealed"])
    reminders.began(glass, case)
    record(
        Kind.GLASS_BROKEN, thing(case), detail={"emergency": glass.pk, "why": glass.why, "until": glass.until}
    )
    return glass


@transaction.atomic
def end_emergency(*, glass: BreakGlass, by: User) -> None:
    """Whoever opened a file needs it no longer: their sight of it by emergencies ends now, by however many. The review
    stays due."""
    if glass.person_id != by.pk:
        raise Refused(_("It is ended by whoever opened the file."), code="own-emergency")
    case = glass.case
    by.acts_with(Capability.BREAK_GLASS, near=glass.agency_id)
    mine = BreakGlass.objects.filter(case=case, person=by, ended_at=None, until__gt=timezone.now())
    for one in list(mine.order_by("opened_at", "pk")):
        _end(one, case, Kind.GLASS_ENDED, {"emergency": one.pk})


@transaction.atomic
def stop_emergency(*, glass: BreakGlass, opened: Opened, by: User) -> None:
    """Whoever reviews an opening ends it before its hour. What was found about it is another matter."""
    check_reviews(by, glass, opened)
    if not _end(glass, opened.case, Kind.GLASS_STOPPED, {"emergency": glass.pk, "to": glass.person_id}):
        raise NotNow(_("This opening has ended already."))


def _end(glass: BreakGlass, case: Case, kind: Kind, detail: dict[str, object]) -> bool:
    """The opening and the sight that followed from it (cases_end_emergency, migration 0012). False if it was over."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT cases_end_emergency(%s)", [glass.pk])
        (is_ended,) = cursor.fetchone()
    if is_ended:
        _record_end(glass, case, kind, detail)
    return bool(is_ended)


def _record_end(glass: BreakGlass, case: Case, kind: Kind, detail: dict[str, object]) -> None:
    record(kind, thing(case), detail=detail)
    record(Kind.ACCESS_REVOKED, thing(case), detail={"because": glass.because, "grants": 1})


@transaction.atomic
def review(*, glass: BreakGlass, opened: Opened, outcome: str, words: str, by: User) -> BreakGlass:
    """Say whether it was right to open the file. Never by who opened it; what was found stays with the file. Where it
    was not right, the file closes to them at once (a trigger of migration 0012)."""
    check_reviews(by, glass, opened)
    locked: BreakGlass = BreakGlass.objects.select_for_update().get(pk=glass.pk)
    if locked.reviewed_at is not None:
        raise NotNow(_("Somebody has reviewed it already."))
    if outcome not in BreakGlass.Outcome or not says_something(words):
        raise NotNow(_("Choose what you found, and say why in a sentence."))
    ends = outcome == BreakGlass.Outcome.WRONG and locked.is_open(timezone.now())
    locked.reviewed_at, locked.reviewed_by, locked.outcome = timezone.now(), by, outcome
    vault.seal_review(locked, words.strip())
    locked.save(update_fields=["reviewed_at", "reviewed_by", "outcome", "review_sealed"])
    reminders.reviewed(locked)
    record(Kind.GLASS_REVIEWED, thing(opened.case), detail={"emergency": locked.pk, "outcome": outcome})
    if ends:
        detail = {"emergency": locked.pk, "to": locked.person_id}
        _record_end(locked, opened.case, Kind.GLASS_STOPPED, detail)
    return locked
