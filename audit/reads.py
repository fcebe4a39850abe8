"""Reads as sentences: one act opens a file more than once, and each time says for what."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import Event
from .words import Words


def named(event: Event, words: Words) -> dict[str, str]:
    """The parts that nearly every sentence has."""
    return {"who": words.who(event), "record": words.record(event) or _("without a number")}


#: By the page: looked at, and read again while its form was sent.
_FILE_PAGES: dict[tuple[str, bool], Promise] = {
    ("note", False): gettext_lazy("%(who)s opened the form for a note in case file %(record)s."),
    ("note", True): gettext_lazy("%(who)s sent the form for a note in case file %(record)s."),
    ("move", False): gettext_lazy("%(who)s opened the form for a next step of case file %(record)s."),
    ("move", True): gettext_lazy("%(who)s sent the form for a next step of case file %(record)s."),
    ("keep-away", False): gettext_lazy(
        "%(who)s opened the form for keeping somebody away from case file %(record)s."
    ),
    ("keep-away", True): gettext_lazy(
        "%(who)s sent the form for keeping somebody away from case file %(record)s."
    ),
    ("conflict", False): gettext_lazy(
        "%(who)s opened the form for a conflict of interest in case file %(record)s."
    ),
    ("conflict", True): gettext_lazy(
        "%(who)s sent the form for a conflict of interest in case file %(record)s."
    ),
    ("refer", False): gettext_lazy("%(who)s opened the form for a referral of case file %(record)s."),
    ("refer", True): gettext_lazy("%(who)s sent the form for a referral of case file %(record)s."),
    ("identity", True): gettext_lazy("%(who)s asked for the identity of the person in case file %(record)s."),
    ("receipt", False): gettext_lazy("%(who)s saw the receipt of case file %(record)s."),
    ("sight", False): gettext_lazy("%(who)s looked at who sees case file %(record)s."),
    ("sight", True): gettext_lazy("%(who)s sent a form about who sees case file %(record)s."),
    ("emergency", False): gettext_lazy("%(who)s looked at an emergency opening of case file %(record)s."),
    ("emergency", True): gettext_lazy(
        "%(who)s sent a form about an emergency opening of case file %(record)s."
    ),
    ("api", False): gettext_lazy("%(who)s read case file %(record)s through the interface for programs."),
    ("api", True): gettext_lazy(
        "%(who)s sent something for case file %(record)s through the interface for programs."
    ),
}
_REFERRAL_PAGES: dict[tuple[str, bool], Promise] = {
    ("edit", False): gettext_lazy(
        "%(who)s opened the form that changes the referral of case file %(record)s."
    ),
    ("edit", True): gettext_lazy("%(who)s sent the form that changes the referral of case file %(record)s."),
    ("api", False): gettext_lazy(
        "%(who)s read the referral of case file %(record)s through the interface for programs."
    ),
    ("api", True): gettext_lazy(
        "%(who)s sent something for the referral of case file %(record)s through the interface for programs."
    ),
}


def _page_of(event: Event) -> tuple[str, bool]:
    return str(event.detail.get("page", "")), bool(event.detail.get("sent"))


def file_read(event: Event, words: Words) -> str:
    text = _FILE_PAGES.get(_page_of(event)) or _("%(who)s opened case file %(record)s.")
    return str(text) % named(event, words)


def referral_read(event: Event, words: Words) -> str:
    """The pages of a referral's moves are called by their verbs."""
    page, sent = _page_of(event)
    text: Promise | str | None = _REFERRAL_PAGES.get((page, sent))
    act = words.table("referral_verb").get(page.upper(), "")
    if text is None and act:
        text = (
            _("%(who)s sent the form “%(act)s” for the referral of case file %(record)s.")
            if sent
            else _("%(who)s opened the form “%(act)s” for the referral of case file %(record)s.")
        )
    text = text or _("%(who)s opened the referral of case file %(record)s.")
    return str(text) % {**named(event, words), "act": act}
