"""How a deadline is told to people."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .models import DeadlinePolicy, Delivery, Due, Level

Unit = DeadlinePolicy.Unit


@dataclass(frozen=True)
class About:
    """The record of a deadline as somebody sees it. `shows_risk`: whether its danger may be said."""

    title: str
    number: str
    url: str
    shows_risk: bool


@dataclass(frozen=True)
class Line:
    """One deadline in a list or on the page of its record."""

    id: str
    title: str
    number: str
    url: str
    name: str
    step: str
    due_at: dt.datetime
    when: str
    tone: str
    is_late: bool
    is_danger: bool
    is_sent: bool
    is_confirmed: bool
    rule: str


def line(due: Due, about: About, step: str) -> Line:
    now = timezone.now()
    policy = due.policy
    is_danger = due.level == "DANGER" and about.shows_risk
    late = due.due_at <= now
    return Line(
        id=str(due.pk),
        title=about.title,
        number=about.number,
        url=about.url,
        name=policy.name,
        step=step,
        due_at=due.due_at,
        when=how_far(due.due_at, now),
        tone="warn" if late else "wait" if due.remind_at <= now else "plain",
        is_late=late,
        is_danger=is_danger,
        is_sent=policy.mode == DeadlinePolicy.Mode.SENT,
        is_confirmed=policy.confirmed,
        rule=within(policy),
    )


def how_far(due_at: dt.datetime, now: dt.datetime) -> str:
    """How much time is left, or how late it is, as people say it."""
    late = due_at <= now
    hours = int(abs(due_at - now).total_seconds() // 3600)
    if hours < 48:
        text: Any = (
            ngettext("%(n)s hour late", "%(n)s hours late", hours)
            if late
            else ngettext("%(n)s hour left", "%(n)s hours left", hours)
        )
        return str(text % {"n": hours})
    days = hours // 24
    text = (
        ngettext("%(n)s day late", "%(n)s days late", days)
        if late
        else ngettext("%(n)s day left", "%(n)s days left", days)
    )
    return str(text % {"n": days})


def within(policy: DeadlinePolicy) -> str:
    return _("within %(time)s") % {"time": duration(policy.amount, policy.unit)}


def duration(amount: int, unit: str) -> str:
    """ "24 hours", "3 working days"."""
    if unit == Unit.HOURS:
        text = ngettext("%(n)s hour", "%(n)s hours", amount)
    elif unit == Unit.DAYS:
        text = ngettext("%(n)s day", "%(n)s days", amount)
    else:
        text = ngettext("%(n)s working day", "%(n)s working days", amount)
    return text % {"n": amount}


def told(policy: DeadlinePolicy) -> dict[str, Any]:
    """A deadline as the administrator's list tells it."""
    about = [str(Level(policy.level).label)] if policy.level != Level.ANY else []
    about += [_("Children")] if policy.child_only else []
    return {
        "for": ", ".join(about) or str(Level.ANY.label),
        "time": duration(policy.amount, policy.unit),
        "remind": _before(policy),
        "beyond": _beyond(policy),
        "mode": policy.get_mode_display(),
        "tone": {"SENT": "live", "SHOWN": "plain", "OFF": "draft"}[policy.mode],
    }


def _before(policy: DeadlinePolicy) -> str:
    if policy.mode != DeadlinePolicy.Mode.SENT:
        return ""
    if not policy.remind_before:
        return _("when the time is over")
    if policy.remind_before == policy.amount:
        return _("at once")
    return _("%(time)s before the end") % {"time": duration(policy.remind_before, policy.unit)}


def _beyond(policy: DeadlinePolicy) -> str:
    """Said only where it happens: an unconfirmed deadline stays in its province."""
    if policy.escalate_after is None or not policy.confirmed:
        return ""
    return _("%(time)s after the end") % {"time": duration(policy.escalate_after, policy.unit)}


def delivery_tiles(counts: dict[str, int]) -> list[dict[str, Any]]:
    """How many messages stand where (templates/parts/tiles.html)."""
    tones = {"FAILED": "warn"}
    return [
        {"number": counts.get(status, 0), "label": status.label, "tone": tones.get(status, "")}
        for status in Delivery.Status
    ]
