"""Monthly tables make themselves once a month is over. Twice is once; what was missed is made up for."""

import datetime
import logging

from django.db import transaction
from django.utils import timezone

from accounts.models import Agency

from . import actions, months
from .models import MonthlyTable

log = logging.getLogger("karpea.reports")

#: So far back a department's missing months are made up for.
AT_MOST = 24


def make_missing() -> int:
    """Every table that is due and not there, province by province; the number made. One province that fails
    keeps back no other."""
    last = months.last_over(timezone.localdate())
    departments = Agency.objects.filter(
        kind=Agency.Kind.DEPARTMENT, is_active=True, province__isnull=False
    ).select_related("province")
    made = 0
    for agency in departments.order_by("province_id", "code", "pk"):
        for month in due(agency, last):
            try:
                with transaction.atomic():
                    made += actions.make_table(agency=agency, month=month, by=None) is not None
            except Exception:  # the next tick tries again; the log says which
                log.exception("a monthly table could not be made", extra={"agency": agency.code})
                break
    return made


def due(agency: Agency, last: datetime.date) -> list[datetime.date]:
    """The months after the newest table there is, up to the last that is over; at the very start that one alone."""
    newest = (
        MonthlyTable.objects.filter(agency=agency).order_by("-month", "pk").values_list("month", flat=True)
    ).first()
    if newest is None:
        return [last]
    return [month for month in months.ending(last, how_many=AT_MOST) if month > newest]
