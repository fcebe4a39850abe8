"""Sentences on members of staff and how they sign in (audit/sentences.py has the rest)."""

from collections.abc import Callable

from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .kinds import Kind
from .models import Event
from .reads import named
from .words import Words

Teller = Callable[[Event, Words], str]
STAFF = ("person", "agency")


def about_staff(text: Promise) -> Teller:
    """A sentence on a member of staff or an agency: the record is whom it is about."""

    def tell(event: Event, words: Words) -> str:
        about = words.table(event.object_type).get(event.object_id) if event.object_type in STAFF else None
        return str(text) % {
            "who": words.who(event),
            "about": about or event.object_label,
            "role": words.label("role", event.detail.get("role", "")),
            "agency": event.detail.get("agency", ""),
            "province": words.label("province", event.province) if event.province else "",
            "from": _day(event.detail.get("from")),
            "until": _day(event.detail.get("until")),
        }

    return tell


def _day(text: object) -> str:
    day = parse_date(str(text or ""))
    return date_format(day, "DATE_FORMAT") if day else ""


_FAILED_SIGN_INS: dict[str, Promise] = {
    "PASSWORD": gettext_lazy("Somebody tried to sign in as %(about)s and did not succeed."),
    "CLOSED": gettext_lazy(
        "Somebody knew the password of %(about)s, whose account is closed, and was not let in."
    ),
    "LIMIT": gettext_lazy("Somebody tried too often to sign in as %(about)s and was stopped."),
    "CONFIRM": gettext_lazy("Somebody in a session of %(about)s did not know the password."),
    "UNLOCK": gettext_lazy("Somebody tried to unlock the page of %(about)s and did not succeed."),
    "SLIP": gettext_lazy("Somebody tried a sign-in slip for %(about)s and did not succeed."),
    "TOKEN": gettext_lazy("A program brought a token of %(about)s that is over, and was not let in."),
}
_OF_NOBODY: dict[str, Promise] = {
    "PASSWORD": gettext_lazy("Somebody tried to sign in and did not succeed."),
    "LIMIT": gettext_lazy("Somebody tried too often to sign in and was stopped."),
}


def sign_in_failed(event: Event, words: Words) -> str:
    texts = _FAILED_SIGN_INS if event.object_type == "person" else _OF_NOBODY
    return about_staff(texts.get(event.detail.get("why", ""), texts["PASSWORD"]))(event, words)


_FACTORS_ADDED: dict[str, Promise] = {
    "APP": gettext_lazy("%(who)s added an app as second factor of their own."),
    "KEY": gettext_lazy("%(who)s added a security key as second factor of their own."),
}
_FACTORS_REMOVED: dict[str, Promise] = {
    "APP": gettext_lazy("%(who)s removed an app from their second factors."),
    "KEY": gettext_lazy("%(who)s removed a security key from their second factors."),
    "SHEET": gettext_lazy("%(who)s made their code sheet worthless."),
}


def factor_added(event: Event, words: Words) -> str:
    text = _FACTORS_ADDED.get(event.detail.get("factor", ""))
    return str(text or gettext_lazy("%(who)s added a second factor of their own.")) % named(event, words)


def factor_removed(event: Event, words: Words) -> str:
    text = _FACTORS_REMOVED.get(event.detail.get("factor", ""))
    return str(text or gettext_lazy("%(who)s removed a second factor of their own.")) % named(event, words)


_SIGNED_OUT: dict[str, Promise] = {
    "IDLE": gettext_lazy("%(who)s was signed out because nobody used the page for a while."),
    "LOCKED": gettext_lazy("%(who)s was signed out because the page had been locked for a long time."),
    "LONG": gettext_lazy("%(who)s was signed out because the sign-in was half a day old."),
}


def signed_out(event: Event, words: Words) -> str:
    text = _SIGNED_OUT.get(event.detail.get("why", "")) or _("%(who)s signed out.")
    return str(text) % named(event, words)


TOKENS: dict[str, Teller] = {
    Kind.TOKEN_OFFERED: about_staff(gettext_lazy("%(who)s offered %(about)s a token for a program.")),
    Kind.TOKEN_ISSUED: about_staff(
        gettext_lazy("%(who)s accepted a token with which programs act as %(about)s.")
    ),
    Kind.TOKEN_DECLINED: about_staff(gettext_lazy("%(who)s declined a token of %(about)s.")),
    Kind.TOKEN_REVOKED: about_staff(gettext_lazy("%(who)s revoked a token of %(about)s.")),
}
