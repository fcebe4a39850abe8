"""How it is told who sees a file and why."""

import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import Agency, ProvinceAgencyRight, User
from accounts.sections import EVERYTHING, LABELS, Section, of

from ..models import BreakGlass, Case, NamedStep, ShareReason
from .queries import Giver, Group, Sight

#: What a grant that is not a share says as its reason.
REASONS: dict[str, Promise] = {
    "REFERRAL_ACCEPTED": gettext_lazy("A referral was accepted"),
    "REFERRAL_COMPLETED": gettext_lazy("A referral was completed: sight goes on for some days"),
    "NAMED": gettext_lazy("Was chosen when the file became visible to named people only"),
}


_FOLLOWS: dict[str, Promise] = {
    "referral": gettext_lazy("Because of a referral"),
    "share": gettext_lazy("Shared by name"),
    "break-glass": gettext_lazy("Opened in an emergency"),
    "named": gettext_lazy("Named for this file"),
}
_GIVES: dict[str, Promise] = {
    "AGENCY": gettext_lazy("Owns the file"),
    "PERSON": gettext_lazy("Works on the file"),
    "DESK": gettext_lazy("Sees every file for named people only"),
}


def line(sight: Sight, case: Case, *, may_end: bool) -> dict[str, Any]:
    """One line of the page: who, why, what they see, until when."""
    row = sight.row
    follows, _colon, follows_id = row.because.partition(":")
    return {
        "title": _title(sight),
        "why": _why(sight, case),
        "groups": [_group(group) for group in sight.groups],
        "nobody": not sight.groups,
        "sections": sections(row.sections),
        "until": _until(row.until),
        "giver": _giver(sight.giver) if row.giver else "",
        "reason": _reason(sight),
        "rights": [_right(agency, right) for agency, right in sight.rights],
        "since": row.since,
        "share": follows_id if follows == "share" and may_end else "",
        "referral": follows_id if follows == "referral" else "",
        "is_emergency": row.because.startswith("break-glass:"),
    }


def _right(agency: Agency, right: ProvinceAgencyRight) -> str:
    """On what a team's right on the province rests."""
    return _("%(agency)s: since %(day)s, %(reason)s") % {
        "agency": agency.name,
        "day": date_format(timezone.localtime(right.valid_from), "DATE_FORMAT"),
        "reason": right.reason,
    }


def _until(until: datetime.datetime | None) -> str:
    """A share ends with its last day, an emergency at its minute."""
    if until is None:
        return ""
    end = timezone.localtime(until)
    if end.time() == datetime.time():
        return str(date_format(end - datetime.timedelta(days=1), "DATE_FORMAT"))
    return str(date_format(end, "DATETIME_FORMAT"))


def _title(sight: Sight) -> str:
    kind = sight.row.kind
    if kind == "PROVINCE" and sight.province:
        return _("%(kind)s with rights on %(province)s") % {
            "kind": Agency.Kind(sight.agency_kind).label,
            "province": sight.province.name,
        }
    if kind == "AGENCY":
        return sight.agency.name if sight.agency else ""
    if kind == "PERSON":
        return sight.person.name if sight.person else ""
    return _("National desk for named-only files")


def _why(sight: Sight, case: Case) -> str:
    """Because of what: ownership, a province, a referral, a share, an emergency."""
    follows, _colon, _id = sight.row.because.partition(":")
    known = _FOLLOWS.get(follows) if follows else _GIVES.get(sight.row.kind)
    if known is not None:
        return str(known)
    return _("By the rules of what a province right opens, for a file opened by: %(kind)s") % {
        "kind": Agency.Kind(case.agency_kind).label
    }


def _reason(sight: Sight) -> str:
    code = sight.row.reason
    if sight.row.because.startswith("break-glass:") and code in BreakGlass.Why:
        return str(BreakGlass.Why(code).label)
    if code in ShareReason:
        return str(ShareReason(code).label)
    return str(REASONS.get(code, ""))


def _group(group: Group) -> str:
    """ "Department of X – Provincial officer: Sok Dara", or how many there are."""
    if group.names:
        people = ", ".join(group.names)
    else:
        people = ngettext("%(n)s person", "%(n)s people", group.number) % {"n": group.number}
    return _("%(agency)s – %(role)s: %(people)s") % {
        "agency": group.agency.name,
        "role": group.role.label,
        "people": people,
    }


def _giver(giver: Giver | None) -> str:
    if giver is None or giver.agency is None or giver.role is None:
        return _("Somebody who does not work here any more")
    if giver.name:
        return giver.name
    return _("%(role)s, %(agency)s") % {"role": giver.role.label, "agency": giver.agency.name}


def sections(given: Section) -> list[str]:
    """The open sections in the order people read them; everything in one line."""
    if given & EVERYTHING == EVERYTHING:
        return [_("Everything, and may add to it and move it")]
    if given & EVERYTHING == EVERYTHING & ~Section.MOVE:
        return [_("Everything, and may add to it")]
    return [str(LABELS[one]) for one in of(int(given))]


def emergency(glass: BreakGlass, reader: User, own_people: set[Any]) -> dict[str, Any]:
    """One emergency opening on the page of who sees a file."""
    now = timezone.now()
    if glass.is_open(now):
        state, tone = _("Open now"), "warn"
    elif glass.reviewed_at is None:
        state, tone = _("Ended, waits for its review"), "wait"
    else:
        state, tone = str(BreakGlass.Outcome(glass.outcome).label), "plain"
    return {
        "pk": glass.pk,
        "who": glass.person.name if glass.person_id in own_people else glass.agency.name,
        "why": glass.get_why_display(),
        "opened_at": glass.opened_at,
        "until": glass.ended_at or glass.until,
        "state": state,
        "tone": tone,
    }


def step(one: NamedStep, own_people: set[Any]) -> dict[str, Any]:
    """A step of naming, as the timeline of the page tells it; its words are for the national desk."""
    who = one.by.name if one.by_id in own_people else one.agency.name
    return {
        "title": one.get_act_display(),
        "text": one.get_why_display() if one.why else "",
        "at": timezone.localtime(one.recorded_at),
        "who": who,
    }
