"""Who sees a file, and files that were opened in an emergency, as sentences."""

from collections.abc import Callable

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .kinds import Kind
from .models import Event
from .reads import named
from .words import Words

#: What of its detail the sentence of a kind rests on (audit/told.py).
RESTS_ON: dict[str, tuple[str, ...]] = {
    Kind.FILE_HANDED_OVER: ("to", "why"),
    Kind.ACCESS_REVOKED: ("to", "why"),
    Kind.DRAFT_HANDED_OVER: ("from", "to"),
    Kind.GLASS_BROKEN: ("why", "until"),
    Kind.GLASS_STOPPED: ("to",),
    Kind.GLASS_REVIEWED: ("outcome",),
}

_BROKEN: dict[str, Promise] = {
    "DANGER": gettext_lazy("%(who)s opened case file %(record)s in an emergency: danger to life."),
    "CHILD": gettext_lazy("%(who)s opened case file %(record)s in an emergency: a child at risk now."),
}
_REVIEWED: dict[str, Promise] = {
    "RIGHT": gettext_lazy("%(who)s found that it was right to open case file %(record)s in an emergency."),
    "WRONG": gettext_lazy(
        "%(who)s found that it was not right to open case file %(record)s in an emergency."
    ),
}


def _broken(event: Event, words: Words) -> str:
    text = str(
        _BROKEN.get(event.detail.get("why", "")) or _("%(who)s opened case file %(record)s in an emergency.")
    )
    told = text % named(event, words)
    until = parse_datetime(str(event.detail.get("until") or ""))
    if until is None:
        return told
    end = date_format(timezone.localtime(until), "DATETIME_FORMAT")
    return f"{told} {_('It ends at %(end)s.') % {'end': end}}"


def _reviewed(event: Event, words: Words) -> str:
    text = _REVIEWED.get(event.detail.get("outcome", "")) or _(
        "%(who)s reviewed an emergency opening of case file %(record)s."
    )
    return str(text) % named(event, words)


#: Why access ended, and a file changed hands, without anybody having meant this file.
_POST_ENDED = "POST_ENDED"


def _revoked(event: Event, words: Words) -> str:
    parts = {**named(event, words), "to": words.principal(event.detail.get("to", ""))}
    if event.detail.get("why") == _POST_ENDED:
        return (
            _("%(who)s: access of %(to)s to case file %(record)s ended with the post in which it was given.")
            % parts
        )
    return _("%(who)s ended access to case file %(record)s.") % parts


def _handed_over(event: Event, words: Words) -> str:
    parts = {**named(event, words), "to": words.label("person", event.detail.get("to", ""))}
    if event.detail.get("why") == _POST_ENDED:
        return _("%(who)s: case file %(record)s went to %(to)s, because its worker has left.") % parts
    return _("%(who)s handed case file %(record)s over to %(to)s.") % parts


def _draft_handed_over(event: Event, words: Words) -> str:
    return _("%(who)s: a new case file that %(from)s had begun went over to %(to)s.") % {
        "who": words.who(event),
        "from": words.label("person", event.detail.get("from", "")),
        "to": words.label("person", event.detail.get("to", "")),
    }


def _stopped(event: Event, words: Words) -> str:
    return _("%(who)s ended the emergency opening of case file %(record)s by %(to)s.") % {
        **named(event, words),
        "to": words.label("person", event.detail.get("to", "")),
    }


def _plain(text: Promise) -> Callable[[Event, Words], str]:
    return lambda event, words: str(text) % named(event, words)


SENTENCES: dict[str, Callable[[Event, Words], str]] = {
    Kind.ACCESS_REVOKED: _revoked,
    Kind.FILE_HANDED_OVER: _handed_over,
    Kind.DRAFT_HANDED_OVER: _draft_handed_over,
    Kind.FILE_NAMED_ONLY: _plain(
        gettext_lazy("%(who)s made case file %(record)s visible to named people only.")
    ),
    Kind.NAMED_LIFT_ASKED: _plain(
        gettext_lazy("%(who)s asked to open case file %(record)s to its office and province again.")
    ),
    Kind.NAMED_LIFT_DECLINED: _plain(
        gettext_lazy("%(who)s decided that case file %(record)s stays for named people only.")
    ),
    Kind.NAMED_LIFTED: _plain(
        gettext_lazy("%(who)s opened case file %(record)s to its office and province again.")
    ),
    Kind.GLASS_BROKEN: _broken,
    Kind.GLASS_ENDED: _plain(
        gettext_lazy("%(who)s ended the own emergency opening of case file %(record)s.")
    ),
    Kind.GLASS_STOPPED: _stopped,
    Kind.GLASS_REVIEWED: _reviewed,
}
