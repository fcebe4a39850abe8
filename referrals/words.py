"""How a referral is told to people: lines of a list, rows of the packet, steps in their order."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext, pgettext_lazy

from accounts import codes
from accounts.models.codes import CodeList
from accounts.sections import LABELS, Section, of
from cases.answers import Answer, RiskLevel, Sex
from cases.models import Consent
from cases.words import RISK_LEVELS, age_between, person_words

from . import vault
from .lifecycle import BY_VERB, Verb
from .models import Referral, ReferralStep
from .reminders import answer_due, urgency_words
from .states import ENDED, Basis, Status, Urgency

#: How a status is drawn: word, shape and colour (templates/parts/tag.html).
TONES: dict[str, str] = {
    Status.SUBMITTED: "wait",
    Status.RETURNED: "warn",
    Status.APPROVED: "wait",
    Status.ACCEPTED: "live",
    Status.DECLINED: "stop",
    Status.IN_SERVICE: "live",
    Status.COMPLETED: "done",
    Status.WITHDRAWN: "done",
}
#: A verb as something that was done.
DONE: dict[str, Promise] = {
    Verb.SUBMIT: pgettext_lazy("referral", "Asked for"),
    Verb.APPROVE: pgettext_lazy("referral", "Approved and sent"),
    Verb.SEND_BACK: pgettext_lazy("referral", "Returned to the sender"),
    Verb.RESUBMIT: pgettext_lazy("referral", "Changed and sent in again"),
    Verb.ACCEPT: pgettext_lazy("referral", "Accepted"),
    Verb.DECLINE: pgettext_lazy("referral", "Declined"),
    Verb.START_SERVICE: pgettext_lazy("referral", "Services have begun"),
    Verb.COMPLETE: pgettext_lazy("referral", "Services are completed"),
    Verb.WITHDRAW: pgettext_lazy("referral", "Withdrawn"),
}
#: Before the receiving agency has answered: what is doubtful can still be asked about.
TURN_TO_DECIDE = (Status.SUBMITTED, Status.RETURNED, Status.APPROVED)


@dataclass(frozen=True)
class Line:
    """One referral in a list. `number` is empty for somebody who does not see the file."""

    id: str
    url: str
    title: str
    person: str
    number: str
    from_agency: str
    to_agency: str
    province: str
    status: str
    tone: str
    risk: str
    risk_level: int
    urgency: str
    is_emergency: bool
    when: datetime.datetime
    due: datetime.datetime | None
    is_late: bool
    #: How long it waits for the ministry, told instead of the status where every row has the same one.
    waiting: str = ""
    waits_too_long: bool = False


def waiting_line(referral: Referral, number: str) -> Line:
    """As the reviewer's queue tells it: too long is longer than the answer itself may take."""
    since, now = referral.submitted_at, timezone.now()
    due = answer_due(referral.urgency, since)
    days = (timezone.localdate(now) - timezone.localdate(since)).days
    told = ngettext("waiting %(days)s day", "waiting %(days)s days", days) % {"days": days}
    return replace(
        line(referral, number),
        waiting=told if days else _("waiting since today"),
        waits_too_long=bool(due and due < now),
    )


def line(referral: Referral, number: str) -> Line:
    due = answer_due(referral.urgency, referral.sent_at) if referral.status == Status.APPROVED else None
    return Line(
        id=str(referral.pk),
        url=reverse("referrals:detail", args=[referral.pk]),
        title=services(referral),
        person=person(referral),
        number=number,
        from_agency=referral.from_agency.name,
        to_agency=referral.to_agency.name,
        province=referral.province.name,
        status=str(Status(referral.status).label),
        tone=TONES[referral.status],
        risk=str(RiskLevel(referral.risk_level).label),
        risk_level=RISK_LEVELS[referral.risk_level],
        urgency=str(Urgency(referral.urgency).label),
        is_emergency=referral.basis == Basis.EMERGENCY,
        when=referral.status_since,
        due=due,
        is_late=due is not None and due < timezone.now(),
    )


def closed_line(referral: Referral, number: str) -> Line:
    """As an agency sees it that has nothing more to do with the person: between whom, when and how it ended."""
    nothing = dict.fromkeys(("title", "person", "province", "risk", "urgency"), "")
    return replace(line(referral, number), **nothing, risk_level=0, is_emergency=False)


def services(referral: Referral) -> str:
    """The services asked for, in the order of the list."""
    chosen = {service.code for service in referral.services.all()}
    return ", ".join(label for code, label in codes.labels(CodeList.SERVICE).items() if code in chosen)


def age(referral: Referral) -> str:
    return age_between(referral.age_min, referral.age_max)


def person(referral: Referral) -> str:
    """Sex, age band and "child" in a few words: no name."""
    return person_words(referral)


def _row(key: str, value: Any) -> dict[str, Any]:
    return {"key": key, "value": value}


def agency_rows(referral: Referral) -> list[dict[str, Any]]:
    return [
        _row(_("Referring agency"), referral.from_agency.name),
        _row(_("Receiving agency"), referral.to_agency.name),
    ]


def asked_rows(referral: Referral) -> list[dict[str, Any]]:
    """What is asked, of whom, how soon."""
    rows = [
        *agency_rows(referral),
        _row(_("Services asked for"), services(referral).replace(", ", "\n")),
        _row(_("Reason"), codes.label(CodeList.REFERRAL_REASON, referral.reason)),
        _row(_("Urgency"), urgency_words(referral.urgency)),
    ]
    if referral.sent_at and referral.status == Status.APPROVED:
        due = answer_due(referral.urgency, referral.sent_at)
        if due:
            rows.append(_row(_("Answer due"), date_format(timezone.localtime(due), "DATETIME_FORMAT")))
    return rows


def person_rows(referral: Referral) -> list[dict[str, Any]]:
    """The few facts of the packet."""
    known = {
        _("Sex"): Sex(referral.sex).label,
        _("Age"): age(referral),
        _("Child"): Answer(referral.is_child).label,
        _("Nationality"): codes.label("NATIONALITY", referral.nationality) if referral.nationality else "",
        _("Language"): codes.label("LANGUAGE", referral.language) if referral.language else "",
        _("Interpreter needed"): Answer(referral.needs_interpreter).label,
        _("Province"): referral.province.name,
    }
    return [_row(key, value) for key, value in known.items()]


def basis_rows(referral: Referral) -> list[dict[str, Any]]:
    rows = [_row(_("The referral rests on"), Basis(referral.basis).label)]
    if referral.basis == Basis.CONSENT:
        rows.append(_row(_("Consent given on"), date_format(referral.consent_on)))
        rows.append(_row(_("How consent was given"), Consent.How(referral.consent_how).label))
    return rows


def child_alone(referral: Referral) -> str:
    """A warning for whoever decides where a child agreed without a guardian: a question, since no rule is confirmed."""
    if referral.basis != Basis.CONSENT or referral.is_child != Answer.YES:
        return ""
    if referral.status not in TURN_TO_DECIDE or referral.consent_how == Consent.How.GUARDIAN:
        return ""
    how = Consent.How(referral.consent_how).label
    return _("The person is a child, and no guardian agreed: only the child (%(how)s). Is that enough?") % {
        "how": how
    }


def opens_title(referral: Referral) -> str:
    """What opens, is open, was open or would have opened to the receiving agency."""
    over = referral.access_until is not None and referral.access_until <= timezone.now()
    if referral.status in (Status.ACCEPTED, Status.IN_SERVICE, Status.COMPLETED) and not over:
        return _("What is open to the agency")
    if referral.status == Status.COMPLETED or (referral.status == Status.WITHDRAWN and referral.answered_at):
        return _("What was open to the agency")
    if referral.status in ENDED:
        return _("What would have opened to the agency")
    return _("What opens when the agency accepts")


def opens(referral: Referral) -> list[str]:
    """The agreed sections, in words."""
    return section_labels(of(referral.sections))


def section_labels(sections: Iterable[Section]) -> list[str]:
    return [str(LABELS[section]) for section in sections]


def timeline(referral: Referral, steps: Iterable[ReferralStep]) -> list[dict[str, Any]]:
    """The steps, newest first, with who took them and in which words (where those are open to the reader)."""
    return [_entry(referral, step) for step in steps]


def last(verb: str, referral: Referral, steps: Iterable[ReferralStep]) -> dict[str, Any] | None:
    """The latest step of this kind, as the timeline tells it."""
    return next((_entry(referral, step) for step in steps if step.verb == verb), None)


def _entry(referral: Referral, step: ReferralStep) -> dict[str, Any]:
    move = BY_VERB.get(step.verb)
    said = [codes.label(move.reasons, step.reason)] if move and step.reason else []
    said += [vault.words(step, referral) or ""] if step.words_sealed else []
    return {
        "title": DONE.get(step.verb, step.verb),
        "at": step.recorded_at,
        "who": f"{step.by.name}, {step.agency.name}",
        "text": "\n".join(part for part in said if part),
    }


#: What follows from each act, told before it is done.
def consequences(verb: str, referral: Referral, *, named_only: bool = False) -> list[str]:
    agency = {"agency": referral.to_agency.name}
    told: dict[str, list[str]] = {
        Verb.APPROVE: [
            _("%(agency)s sees the packet: services, urgency, sex, age, language and the summary.") % agency,
            _("It sees nothing of the case file and no name until it accepts."),
        ],
        Verb.SEND_BACK: [
            _(
                "The sender reads your reason and your words, and can change the referral and send it in again."
            ),
            _("%(agency)s is not told.") % agency,
        ],
        Verb.ACCEPT: _on_accepting(referral, named_only),
        Verb.DECLINE: [
            _("The sender reads your reason and your words."),
            _(
                "What the referral says of the person closes to your agency. This cannot be undone; the sender "
                "may refer again."
            ),
        ],
        Verb.START_SERVICE: [_("The sender and the ministry see that services have begun.")],
        Verb.COMPLETE: [
            _("The sender and the ministry read your feedback."),
            _("Your agency's sight of the case file ends in 30 days."),
        ],
        Verb.WITHDRAW: [
            _("The referral ends. This cannot be undone; the file may be referred again."),
            _("If %(agency)s sees the case file because of it, that ends at once.") % agency,
        ],
    }
    return told.get(verb, [])


def _on_accepting(referral: Referral, named_only: bool) -> list[str]:
    parts = pgettext("between parts of a file", "; ").join(opens(referral))
    who = (
        _("You yourself, and nobody else of your agency, will see of the case file: %(parts)s.")
        if named_only
        else _("Your agency will see of the case file: %(parts)s.")
    )
    return [
        who % {"parts": parts},
        _("The sender and the ministry see that you accepted."),
        _("Each opening of the file is on the trail."),
    ]
