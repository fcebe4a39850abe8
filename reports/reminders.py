"""Deadlines of monthly tables: a department is told that one was made, and signs it in time (settings.DUE_KINDS)."""

import uuid
from collections.abc import Iterable

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Capability
from desk.reminders import clocks
from desk.reminders.models import What
from desk.reminders.words import About

from .access import visible_tables
from .models import MonthlyTable

#: One step: from the making of a table until it is signed.
TABLE = "TABLE"


def made(table: MonthlyTable) -> None:
    clocks.start(
        clocks.Clock(
            kind=What.REPORT,
            thing_id=table.pk,
            case_id=None,
            step=TABLE,
            occurrence=table.version,
            province_id=table.province_id,
            agency_id=table.agency_id,
            worker_id=None,
        )
    )


def signed(table: MonthlyTable) -> None:
    clocks.stop(What.REPORT, table.pk)


class Tables:
    """Wired to the reminders by the setting DUE_KINDS."""

    capability = Capability.PREPARE_REPORT

    @staticmethod
    def sees(user: User, ids: Iterable[uuid.UUID], *, risk: bool) -> set[uuid.UUID]:
        """Which of these tables somebody sees now. There is no risk in them."""
        return set(visible_tables(user).filter(pk__in=list(ids)).values_list("pk", flat=True))

    @staticmethod
    def lines(user: User, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, About]:
        """Those of these tables that somebody sees, as a list names them: a province and a month, nobody's data."""
        tables = list(visible_tables(user).filter(pk__in=list(ids)).order_by("pk"))
        return {
            table.pk: About(
                title=_("Monthly table of %(province)s") % {"province": table.province.name},
                number=date_format(table.month, "YEAR_MONTH_FORMAT"),
                url=reverse("reports:table", args=[table.pk]),
                shows_risk=False,
            )
            for table in tables
        }

    @staticmethod
    def step(code: str) -> str:
        return _("To be signed")
