"""Papers that were printed for somebody: who may know what stands on them, and which code is asked for next."""

import datetime

from django.db.models import F, Q
from django.utils import timezone

from .models import Factor, SheetCode, Slip, User

#: So long a sign-in slip opens an account.
VALID_FOR = datetime.timedelta(days=7)


def printed_the_slip(by: User, person: User) -> bool:
    """Whether `by` may know the password of this person: they printed a slip within 7 days, or one with which a
    password was chosen and nobody has signed in since. The database asks the same (migration 0006)."""
    since = timezone.now() - VALID_FOR
    fresh = Q(created_at__gt=since) | Q(was_used=True, ended_at__gt=since)
    silent = Q(person__last_login=None) | Q(person__last_login__lt=F("ended_at"))
    return Slip.objects.filter(fresh | (Q(was_used=True) & silent), person=person, made_by=by).exists()


def next_code(person: User) -> SheetCode | None:
    """The code of the sheet that is asked for: the first that is not used."""
    left = SheetCode.objects.filter(
        sheet__person=person, sheet__kind=Factor.Kind.SHEET, sheet__ended_at=None, used_at=None
    )
    return left.select_related("sheet").order_by("number", "pk").first()
