"""Exclusions from files as sentences: who was kept away, and what came of it."""

from collections.abc import Callable

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .kinds import Kind
from .models import Event
from .reads import named
from .words import Words


def _kept_away(event: Event, words: Words) -> str:
    parts = {**named(event, words), "to": words.principal(event.detail.get("to", ""))}
    return _("%(who)s kept %(to)s away from case file %(record)s.") % parts


def _conflict(event: Event, words: Words) -> str:
    return _("%(who)s declared a conflict of interest in case file %(record)s.") % named(event, words)


def _read(event: Event, words: Words) -> str:
    return _("%(who)s opened an exclusion from case file %(record)s.") % named(event, words)


def _listed(event: Event, words: Words) -> str:
    rows = event.detail.get("rows")
    number = rows if isinstance(rows, int) else len(event.detail.get("ids", []))
    return ngettext(
        "%(who)s saw a list of %(rows)s exclusion from case files.",
        "%(who)s saw a list of %(rows)s exclusions from case files.",
        number,
    ) % {**named(event, words), "rows": number}


def _reviewed(event: Event, words: Words) -> str:
    if event.detail.get("outcome") == "LIFTED":
        return _("%(who)s lifted an exclusion from case file %(record)s.") % named(event, words)
    return _("%(who)s upheld an exclusion from case file %(record)s.") % named(event, words)


#: Of audit.sentences.SENTENCES.
AWAY: dict[str, Callable[[Event, Words], str]] = {
    Kind.EXCLUSION_MADE: _kept_away,
    Kind.CONFLICT_DECLARED: _conflict,
    Kind.EXCLUSION_READ: _read,
    Kind.EXCLUSIONS_LISTED: _listed,
    Kind.EXCLUSION_REVIEWED: _reviewed,
}
