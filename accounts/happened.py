"""What happened to somebody's own account: told when they sign in, and as a list on a page of theirs.

The trail is closed to most people; what is about themselves is not (migrations 0010 and 0012).
"""

import datetime
from collections import Counter
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from audit.kinds import Kind
from audit.models import Event

from .models import User

#: So far back the page tells.
SHOWN_FOR = datetime.timedelta(days=90)
#: Tries from one's own address so shortly before signing in are taken for slips of the own fingers.
OWN_SLIPS = datetime.timedelta(minutes=15)
FAILED = (Kind.SIGN_IN_FAILED, Kind.FACTOR_FAILED)
CHANGED = {
    Kind.PASSWORD_CHANGED: lambda: _("your password was changed"),
    Kind.SLIP_USED: lambda: _("a password was chosen with a sign-in slip of yours"),
    Kind.FACTOR_ADDED: lambda: _("a second factor was added to your account"),
    Kind.FACTOR_REMOVED: lambda: _("a second factor of yours was removed"),
    Kind.PERSON_CHANGED: lambda: _("your names were changed"),
    Kind.TOKEN_OFFERED: lambda: _("a token for a program was offered to you: see “My account”"),
    Kind.TOKEN_ISSUED: lambda: _("a token for a program was accepted in your name: see “My account”"),
}


def events(person: User, since: datetime.datetime) -> list[Event]:
    """The newest first, 70 of each kind of news at most; of whoever acts, and of nobody else."""
    rows = Event.objects.raw("SELECT * FROM accounts_own_events(%s, %s)", [person.sign_in_name, since])
    return list(rows)


def told(person: User, since: datetime.datetime, *, address: str) -> list[str]:
    """What somebody should know at once about their account: tries that were hardly their own, and every change of
    what they sign in with, as sentences."""
    found = events(person, since)
    return [*_tries(found, address), *_changes(found)]


def _tries(found: list[Event], address: str) -> list[str]:
    lately = timezone.now() - OWN_SLIPS
    odd = [one for one in found if one.kind in FAILED and not (one.ip == address and one.at > lately)]
    if not odd:
        return []
    where = [one for one, _number in Counter(str(one.ip or "–") for one in odd).most_common(3)]
    told = ngettext(
        "Since your last sign-in somebody tried %(n)s time to sign in with your name and did not get in, the last "
        "time on %(when)s (from %(where)s). If it was not you, tell your head.",
        "Since your last sign-in somebody tried %(n)s times to sign in with your name and did not get in, the last "
        "time on %(when)s (from %(where)s). If it was not you, tell your head.",
        len(odd),
    )
    return [told % {"n": len(odd), "when": _day(odd[0].at), "where": ", ".join(where)}]


def _changes(found: list[Event]) -> list[str]:
    """Each kind once, with its newest time."""
    newest: dict[str, Event] = {}
    for one in found:
        newest.setdefault(one.kind, one)
    return [
        _("On %(when)s %(what)s (from %(where)s). If you do not know of it, tell your head at once.")
        % {"when": _day(newest[kind].at), "what": what(), "where": newest[kind].ip or "–"}
        for kind, what in CHANGED.items()
        if kind in newest
    ]


def _day(at: Any) -> str:
    return date_format(timezone.localtime(at), "DATETIME_FORMAT")
