"""A signed table holds against those who go past every policy."""

import pytest
from django.db import IntegrityError, InternalError, connection
from django.utils import timezone

from audit.context import acting, system
from reports import months
from tests import ground
from tests.factories import make_table


def test_not_even_the_loader_changes_or_deletes_it(fresh_db):
    make_table("DOSVY-BMC", months.last_over(timezone.localdate()), status="SIGNED")
    for sql in (
        "UPDATE reports_monthlytable SET open_start = 1, open_end = 1",
        "DELETE FROM reports_monthlytable",
    ):
        with (
            ground.connected("loader"),
            pytest.raises((IntegrityError, InternalError), match="signed monthly table"),
            acting(system("migration")),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)
