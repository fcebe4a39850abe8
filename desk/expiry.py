"""What has had its time is deleted: drafts, keys of forms that were sent, counts of tries, ended
sessions.

A few at a time, so that no step holds a table; the clock comes again soon (config/celery.py).
"""

import datetime
from typing import Any

from django.contrib.sessions.models import Session
from django.db.models import Q
from django.utils import timezone

from accounts.models import Sitting, Tally

from .models import Draft, Once

STEP = 500
#: As long as a form may be sent after it was opened (desk/typed.py).
ONCE_KEPT = datetime.timedelta(days=7)
#: Longer than any session lasts.
SITTING_KEPT = datetime.timedelta(days=1)


def forget_expired() -> int:
    """One step for each kind. The number of rows deleted."""
    now = timezone.now()
    return (
        _step(Draft, Q(expires_at__lte=now), "expires_at")
        + _step(Once, Q(created_at__lte=now - ONCE_KEPT), "created_at")
        + _step(Tally, Q(expires_at__lte=now), "expires_at")
        + _step(Sitting, Q(began_at__lte=now - SITTING_KEPT), "began_at")
        + _step(Session, Q(expire_date__lte=now), "expire_date")
    )


def _step(model: Any, expired: Q, oldest: str) -> int:
    found = model.objects.filter(expired).order_by(oldest, "pk").values("pk")[:STEP]
    deleted, _by_model = model.objects.filter(pk__in=found).delete()
    return int(deleted)
