"""How tests of reminders let time pass and look at what was told."""

import datetime as dt

from django.db import connection

from audit.context import acting, system
from desk.models import DeadlinePolicy
from desk.reminders import sweep


def ask(sql, params=()):
    """Rows as the reminders' own part of the system sees them: every deadline, notice and message."""
    with acting(system("reminder")), connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def later(**time):
    """So much time has passed: everything that is due was set that much earlier."""
    ask("SELECT 1 FROM tests.earlier(%s)", [dt.timedelta(**time)])


def told():
    """One sweep, in the transaction of the test."""
    return sum(sweep.tell_batch(danger=danger) for danger in (True, False))


def notices(case=None):
    """{(person, stage)} of every notice there is, whoever may see it."""
    rows = ask(
        "SELECT u.sign_in_name, n.stage FROM desk_notice n JOIN accounts_user u ON u.id = n.person_id "
        "JOIN desk_due d ON d.id = n.due_id WHERE %s::uuid IS NULL OR d.case_id = %s",
        [case and case.pk, case and case.pk],
    )
    assert len(rows) == len(set(rows)), "nobody is told twice of one stage"
    return set(rows)


def dues(case):
    """(step, done) of a file's deadlines, oldest first."""
    return ask(
        "SELECT step, done_at IS NOT NULL FROM desk_due WHERE case_id = %s ORDER BY since, occurrence",
        [case.pk],
    )


def policy(people, *, what="CASE", step, child_only=False, level="ANY", **values):
    """The administrator changes a deadline."""
    with acting(people.administrator.as_actor()):
        found = DeadlinePolicy.objects.filter(what=what, step=step, child_only=child_only, level=level)
        assert found.update(**values) == 1
        return found.get()
