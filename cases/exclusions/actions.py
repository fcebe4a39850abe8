"""Keeping somebody away from a file, declaring a conflict of one's own, and the review of both.

It counts at once: the next thing that whoever is kept away asks for is answered without the file.
"""

import uuid

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from accounts.models import Agency, User
from accounts.models.keys import SubjectKey
from accounts.refusals import NotFound, NotNow
from accounts.roles import Capability
from audit.kinds import Kind
from audit.record import record

from ..access import check_may, visible_cases
from ..models import Case, Exclusion
from ..text import says_something
from . import reminders, vault
from .access import (
    check_desk_remains,
    check_keeps_away,
    check_leaves_somebody,
    one_at_a_time,
    reviewable,
    thing,
)

Review = Exclusion.Review


@transaction.atomic
def keep_away(*, case: Case, who: User | Agency, reason: str, words: str = "", by: User) -> Exclusion:
    """A colleague or a whole agency must not see this file. Nobody tells them. What was asked of the agency is taken
    back, so that its sender asks another one."""
    check_keeps_away(by, case)
    one_at_a_time(case.pk)
    given = {"agency": who} if isinstance(who, Agency) else {"person": who}
    if who == by:
        raise NotNow(_("This is you. Say instead that you must not work on this file yourself."))
    if Exclusion.objects.filter(case=case, ended_at=None, **given).exists():
        raise NotNow(_("They are kept away from this file already."))
    check_leaves_somebody(case, who, by=by)
    if isinstance(who, Agency):
        import_string(settings.BEFORE_SIGHT_ENDS)(case=case, by=by, to=who.pk)
    return _made(Exclusion(case=case, made_by=by, reason=reason, **given), words)


@transaction.atomic
def declare_conflict(*, case: Case, reason: str, words: str = "", by: User) -> Exclusion:
    """Somebody says that they must not see this file themselves; their sight ends with it. Always possible, but for the
    last person of the national desk who sees a file for named people only."""
    check_may(by, Capability.READ_FILE, near=case.agency_id)
    if not visible_cases(by).filter(pk=case.pk).exists():
        raise NotFound()
    one_at_a_time(case.pk)
    check_desk_remains(case, by=by)
    return _made(Exclusion(case=case, made_by=by, person=by, reason=reason), words)


def _made(exclusion: Exclusion, words: str) -> Exclusion:
    exclusion.number, exclusion.made_at = exclusion.case.number, timezone.now()
    keys = vault.prepare(exclusion)
    vault.seal_words(exclusion, words.strip())
    exclusion.save(force_insert=True)
    SubjectKey.objects.bulk_create(keys)
    reminders.made(exclusion)
    kind = Kind.CONFLICT_DECLARED if exclusion.is_own else Kind.EXCLUSION_MADE
    who = f"agency:{exclusion.agency_id}" if exclusion.agency_id else f"person:{exclusion.person_id}"
    record(kind, thing(exclusion), detail={"to": who, "reason": exclusion.reason})
    return exclusion


@transaction.atomic
def uphold(*, exclusion: Exclusion, words: str = "", by: User) -> Exclusion:
    """It stays. Whoever made it does not decide that."""
    locked = _to_review(exclusion.pk, by)
    if locked.review != Review.WAITING:
        raise NotNow(_("This was reviewed already."))
    return _reviewed(locked, Review.UPHELD, words, by)


@transaction.atomic
def lift(*, exclusion: Exclusion, words: str, by: User) -> Exclusion:
    """It ends, at its review or later: whoever was kept away sees the file again as far as their rights go."""
    if not says_something(words):
        raise NotNow(_("Say why it is lifted, in a sentence that a colleague will understand."))
    locked = _to_review(exclusion.pk, by)
    locked.ended_at = timezone.now()
    return _reviewed(locked, Review.LIFTED, words, by)


def _to_review(exclusion_id: uuid.UUID, by: User) -> Exclusion:
    check_may(by, Capability.REVIEW_EXCLUSIONS)
    rows = Exclusion.objects.select_for_update(of=("self",)).filter(pk__in=reviewable(by).values("pk"))
    locked: Exclusion | None = rows.filter(pk=exclusion_id).first()
    if locked is None:
        raise NotNow(_("This is not yours to review, or somebody has lifted it meanwhile."))
    return locked


def _reviewed(exclusion: Exclusion, outcome: str, words: str, by: User) -> Exclusion:
    exclusion.review, exclusion.reviewed_by, exclusion.reviewed_at = outcome, by, timezone.now()
    vault.seal_review(exclusion, words.strip())
    exclusion.save(update_fields=["review", "reviewed_by", "reviewed_at", "review_sealed", "ended_at"])
    reminders.reviewed(exclusion)
    record(Kind.EXCLUSION_REVIEWED, thing(exclusion), detail={"outcome": outcome})
    return exclusion
