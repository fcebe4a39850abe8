"""Questions about monthly tables that are already scoped to somebody."""

import datetime
import re
import uuid
from contextlib import suppress

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext

from accounts.models import User
from accounts.queries import Unconfirmed, Waiting
from accounts.roles import Capability
from cases.access import visible_cases
from cases.models.case import CaseQuerySet

from . import figures
from .access import agencies_of, visible_tables
from .models import MonthlyTable, MonthlyTableQuerySet, ReleaseLevel
from .states import Status

#: On My work: enough to see that something waits.
SHOWN = 10


def unconfirmed_levels() -> list[Unconfirmed]:
    """Levels of disclosure that nobody has confirmed (settings.UNCONFIRMED)."""
    levels = list(ReleaseLevel.objects.order_by("code", "pk"))
    rows = [
        Waiting(f"{one.code} – {one.get_code_display()}", reverse("reports:level", args=[one.code]))
        for one in levels
        if not one.confirmed
    ]
    return [Unconfirmed(gettext("Levels of disclosure"), len(levels), rows)]


def waiting_for(user: User) -> list[MonthlyTable]:
    """Tables whose turn is this person's: to prepare, or to sign what somebody else prepared."""
    mine = agencies_of(user)
    if not mine:
        return []
    turn = Q(status=Status.DRAFT)
    if user.may(Capability.SIGN_REPORT):
        turn |= Q(status=Status.PREPARED) & ~Q(prepared_by=user)
    return list(visible_tables(user).filter(turn, agency__in=mine).newest_first()[:SHOWN])


def listed(
    user: User, *, province: str = "", month: datetime.date | None = None, status: str = ""
) -> MonthlyTableQuerySet:
    chosen = {"province": int(province) if province else None, "month": month, "status": status}
    return visible_tables(user).filter(**{k: v for k, v in chosen.items() if v}).newest_first()


def key_of(table: MonthlyTable) -> str:
    """Where a table stands in the order of `newest_first`."""
    return f"{table.month:%Y-%m}.{table.province_id}.{table.edition}.{table.pk}"


def is_key(text: str) -> bool:
    return _from_key(text) is not None


def older_than(rows: MonthlyTableQuerySet, key: str) -> MonthlyTableQuerySet:
    """What follows on the table of this key; everything without one."""
    place = _from_key(key)
    if place is None:
        return rows
    month, province, edition, pk = place
    same = Q(month=month, province=province)
    return rows.filter(
        Q(month__lt=month)
        | Q(month=month, province__gt=province)
        | (same & Q(edition__lt=edition))
        | (same & Q(edition=edition, pk__gt=pk)),
        month__lte=month,
    )


_KEY = re.compile(r"(20\d\d-(?:0[1-9]|1[0-2]))\.(\d{1,3})\.(\d{1,4})\.([0-9a-f-]{36})", re.ASCII)


def _from_key(text: str) -> tuple[datetime.date, int, int, uuid.UUID] | None:
    match = _KEY.fullmatch(text)
    if match is None:
        return None
    with suppress(ValueError):
        month = datetime.date.fromisoformat(f"{match[1]}-01")
        return month, int(match[2]), int(match[3]), uuid.UUID(match[4])
    return None


def files_of(table: MonthlyTable, user: User, key: str, agency: str = "") -> CaseQuerySet:
    """The files behind one figure, as far as this person may see them now. The figure may count more."""
    found = figures.of_month(table.province_id, table.month)
    rows = [row for row in found if not agency or str(row.agency) == agency]
    if key == figures.OLDEST:
        oldest = max((row.days for row in rows), default=0)
        rows = [row for row in rows if row.days == oldest > 0]
    else:
        rows = [row for row in rows if row.key == key or row.key.startswith(f"{key}:")]
    ids: set[uuid.UUID] = {row.case for row in rows}
    return visible_cases(user).filter(pk__in=ids)


def newer_edition(table: MonthlyTable, user: User) -> MonthlyTable | None:
    """The edition that corrects this one, once begun, as far as this person sees it."""
    return visible_tables(user).filter(replaces=table).order_by("-edition", "pk").first()
