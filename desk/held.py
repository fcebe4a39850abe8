"""What somebody holds of their own who leaves (setting WORK_HELD): numbers, never what stands in it."""

from django.db import connection
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.turnover import Held


def drafts_and_exports(person: User) -> list[Held]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind, number, oldest FROM desk_held_by(%s)", [person.pk])
        found = {kind: (int(number), oldest) for kind, number, oldest in cursor.fetchall()}
    drafts, oldest = found.get("DRAFT", (0, None))
    draft = _(
        "Only they can read them. With the role they go to the colleague whom they chose themselves, if they "
        "chose one; else they are deleted 30 days after the last change."
    )
    if oldest:
        draft += " " + _("The oldest was last changed on %(day)s.") % {
            "day": date_format(timezone.localtime(oldest), "DATE_FORMAT")
        }
    return [
        Held(_("Reminders that are due"), found.get("DUE", (0, None))[0], _("They go with the files.")),
        Held(_("New case files begun and not sent"), drafts, draft),
        Held(
            _("Exports kept"),
            found.get("EXPORT", (0, None))[0],
            _("They are deleted a day after their making."),
        ),
    ]


def forget_typed(person: User) -> int:
    """What stood on pages and was never sent ends with the account."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT desk_forget_typed(%s)", [person.pk])
        (number,) = cursor.fetchone()
    return int(number)
