"""How an exclusion is told to those who work on the file and to those who review it."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import codes

from ..models import Exclusion

TONES = {Exclusion.Review.WAITING: "wait", Exclusion.Review.UPHELD: "live", Exclusion.Review.LIFTED: "done"}


def who(exclusion: Exclusion) -> str:
    """Whom it keeps away."""
    kept = exclusion.person or exclusion.agency
    return str(kept.name) if kept else ""


def line(exclusion: Any) -> dict[str, Any]:
    """One line of a list; `due_at` where somebody has looked it up."""
    due_at = getattr(exclusion, "due_at", None)
    return {
        "number": exclusion.number,
        "url": reverse("cases:exclusion", args=[exclusion.pk]),
        "who": who(exclusion),
        "is_own": exclusion.is_own,
        "is_agency": exclusion.agency_id is not None,
        "reason": codes.label("EXCLUSION_REASON", exclusion.reason),
        "by": exclusion.made_by.name,
        "at": exclusion.made_at,
        "review": str(Exclusion.Review(exclusion.review).label),
        "tone": TONES[Exclusion.Review(exclusion.review)],
        "due_at": due_at,
        "is_late": bool(due_at and due_at <= timezone.now()),
    }


def rows(exclusion: Exclusion, words: str, review: str) -> list[dict[str, str]]:
    """An exclusion for whoever decides on it."""
    told = [
        {"key": _("Case number"), "value": exclusion.number},
        {"key": _("Kept away"), "value": who(exclusion)},
        {
            "key": _("Said by"),
            "value": _("themselves") if exclusion.is_own else exclusion.made_by.name,
        },
        {"key": _("Since"), "value": date_format(timezone.localtime(exclusion.made_at), "DATETIME_FORMAT")},
        {"key": _("Why"), "value": codes.label("EXCLUSION_REASON", exclusion.reason)},
    ]
    told += [{"key": _("In words"), "value": words}] if words else []
    if exclusion.reviewed_by and exclusion.reviewed_at:
        decided = _("%(outcome)s by %(who)s, %(when)s") % {
            "outcome": Exclusion.Review(exclusion.review).label,
            "who": exclusion.reviewed_by.name,
            "when": date_format(timezone.localtime(exclusion.reviewed_at)),
        }
        told.append({"key": _("Review"), "value": f"{decided}\n{review}".strip()})
    return told
