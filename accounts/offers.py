"""How a token, or the offer of one, is told to people: as a line of a list, and as rows of its page."""

from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from .models import Token
from .models.tokens import OFFERED_FOR
from .roles import Role


def line(one: Token, *, url: str) -> dict[str, Any]:
    """Of a row that `told()` gave."""
    state, tone = _state(one)
    return {
        "url": url,
        "label": one.label,
        "person": one.person.name,
        "answers": one.answers.name if one.is_of_program else "",
        "agency": one.membership.agency.name,
        "role": str(Role(one.membership.role).label),
        "scope": one.get_scope_display(),
        "ends": one.expires_at,
        "used": one.last_used_on,
        "state": state,
        "tone": tone,
        "is_offered": tone == "wait",
        "goes_on": tone in ("live", "wait"),
    }


def _state(one: Token) -> tuple[str, str]:
    if one.revoked_at:
        if one.accepted_at:
            return _("Revoked"), "stop"
        declined = one.revoked_by_id == one.membership.person_id
        return (_("Declined") if declined else _("Taken back")), "stop"
    if one.is_over:
        return (_("Ended") if one.accepted_at else _("Not accepted in time")), "done"
    if not one.rests_well:
        return _("Its person has no role there any more"), "stop"
    return (_("In force"), "live") if one.accepted_at else (_("Offered, not accepted yet"), "wait")


def rows(one: Token) -> list[dict[str, Any]]:
    told = line(one, url="")
    accepted = (
        _day(one.accepted_at)
        if one.accepted_at
        else _("Until %(day)s it can be accepted") % {"day": _day(one.issued_at + OFFERED_FOR)}
    )
    return [
        {"key": _("Acts as"), "value": told["person"]},
        {"key": _("Who answers for it"), "value": one.answers.name},
        {"key": _("Agency"), "value": told["agency"]},
        {"key": _("Role"), "value": told["role"]},
        {"key": _("What it may do"), "value": told["scope"]},
        {"key": _("Offered"), "value": f"{_day(one.issued_at)}, {one.issued_by.name}"},
        {"key": _("Accepted"), "value": accepted if told["goes_on"] or one.accepted_at else _("Never")},
        {"key": _("Ends"), "value": _day(one.expires_at)},
        {
            "key": _("Last used"),
            "value": date_format(one.last_used_on, "DATE_FORMAT") if one.last_used_on else _("Never"),
        },
        {"key": _("Its name on the trail"), "value": str(one.pk)},
    ]


def _day(at: Any) -> str:
    return date_format(timezone.localtime(at), "DATE_FORMAT")
