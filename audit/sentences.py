"""Each kind of event as a sentence that people read: who did what to which record.

A sentence is one whole message per kind, so that Khmer may put it in its own order. What is not known any
more is shown as its code, never left out.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, ngettext_lazy

from . import sight
from .away import AWAY
from .kinds import Kind, Precision
from .models import Event
from .reads import file_read, named, referral_read
from .staff import TOKENS, Teller, about_staff, factor_added, factor_removed, sign_in_failed, signed_out
from .words import Words

#: What of its detail the sentence of a kind rests on, and the kinds that say how many (audit/told.py).
RESTS_ON: dict[str, tuple[str, ...]] = {
    Kind.SIGN_IN_FAILED: ("why",),
    Kind.SIGN_OUT: ("why",),
    Kind.FACTOR_ADDED: ("factor",),
    Kind.FACTOR_REMOVED: ("factor",),
    Kind.REFUSED: ("status",),
    Kind.FILE_READ: ("page", "sent"),
    Kind.FILE_OPENED: ("named_only",),
    Kind.FILE_MOVED: ("from", "to"),
    Kind.CONSENT_RECORDED: ("purpose", "answer"),
    Kind.ACCESS_GRANTED: ("to", "until"),
    Kind.EXCLUSION_MADE: ("to",),
    Kind.EXCLUSION_REVIEWED: ("outcome",),
    Kind.REGISTER_STEP: ("step",),
    Kind.REFERRAL_READ: ("page", "sent"),
    Kind.REFERRAL_MOVED: ("verb", "to"),
    Kind.TABLE_MOVED: ("verb",),
    Kind.TABLE_TAKEN: ("shape",),
    Kind.EXPORT_ASKED: ("kind", "shape"),
    Kind.EXPORT_MADE: ("kind", "shape"),
    Kind.EXPORT_TAKEN: ("kind", "shape"),
    Kind.HOLIDAY_CHANGED: ("act",),
    Kind.BACKUP_RESTORED: ("made_at",),
    Kind.MEMBERSHIP_STARTED: ("role", "agency"),
    Kind.MEMBERSHIP_ENDED: ("role", "agency"),
    Kind.MEMBERSHIP_CONFIRMED: ("role", "agency"),
    Kind.STAND_IN_GIVEN: ("role", "agency", "from", "until"),
    Kind.STAND_IN_ENDED: ("role", "agency"),
    **sight.RESTS_ON,
}
COUNTED = (
    Kind.FILE_SEARCHED, Kind.FILE_LISTED, Kind.REFERRAL_LISTED, Kind.TRAIL_READ, Kind.EXPORT_MADE, Kind.SCOPE_MENDED,
    Kind.REMINDED, Kind.NOTICES_READ, Kind.EXCLUSIONS_LISTED,
    Kind.REGISTER_UPLOADED, Kind.REGISTER_READ, Kind.REGISTER_CHECKED, Kind.REGISTER_IMPORTED, Kind.REGISTER_UNDONE,
)  # fmt: skip
#: Kinds whose sentence names a member of staff or an agency instead of a record.
ON_STAFF = (
    Kind.SIGN_IN_FAILED, Kind.RIGHT_GIVEN, Kind.RIGHT_ENDED, Kind.AGENCY_ADDED, Kind.PERSON_ADDED,
    Kind.MEMBERSHIP_STARTED, Kind.MEMBERSHIP_ENDED, Kind.AGENCY_CHANGED, Kind.PERSON_CHANGED, Kind.PERSON_DISABLED,
    Kind.PERSON_ENABLED, Kind.SLIP_PRINTED, Kind.SHEET_PRINTED, Kind.FACTORS_REVOKED, Kind.FACTOR_FAILED,
    Kind.WORK_HANDED_OVER, *TOKENS, Kind.SESSIONS_ENDED_OF, Kind.STAND_IN_GIVEN,
    Kind.STAND_IN_ENDED, Kind.MEMBERSHIP_CONFIRMED, Kind.RIGHT_CONFIRMED,
)  # fmt: skip
#: Names under which a detail may hold the number of rows.
COUNTS = ("rows", "found", "count", "number")


def sentence(event: Event, words: Words) -> str:
    """What happened, as one sentence. An unknown kind (an older or newer version) is shown as its code."""
    teller = SENTENCES.get(event.kind)
    if teller is None:
        return f"{words.who(event)}: {event.kind}"
    return teller(event, words)


def happened(event: Event, words: Words) -> str:
    """When, by whom and how it is known, where that differs from who recorded it and when."""
    parts = []
    if event.happened_on and (
        event.happened_on != timezone.localdate(event.at) or event.precision != Precision.DAY
    ):
        parts.append(_("Happened: %(when)s") % {"when": _known_day(event.happened_on, event.precision)})
    if event.done_by:
        parts.append(_("Done by: %(who)s") % {"who": words.code("DONE_BY", event.done_by)})
    if event.source:
        parts.append(_("Known by: %(how)s") % {"how": words.code("SOURCE", event.source)})
    return " · ".join(parts)


def _known_day(on: dt.date, precision: str) -> str:
    if precision == Precision.YEAR:
        return str(on.year)
    if precision == Precision.MONTH:
        return date_format(on, "YEAR_MONTH_FORMAT")
    day = date_format(on, "DATE_FORMAT")
    return _("about %(day)s") % {"day": day} if precision == Precision.ABOUT else day


def plain(text: Promise) -> Teller:
    """A sentence that needs no more than who, which record and how many rows."""

    def tell(event: Event, words: Words) -> str:
        return str(text % {**named(event, words), "rows": _number(event.detail)})

    return tell


def _number(detail: Mapping[str, Any]) -> int:
    for name in COUNTS:
        if isinstance(detail.get(name), int):
            return int(detail[name])
    return len(detail["ids"]) if isinstance(detail.get("ids"), list) else 0


_REFUSALS: dict[int, Promise] = {
    400: gettext_lazy("%(who)s sent a choice that the page had not offered, and was refused."),
    403: gettext_lazy("%(who)s was refused: the role does not include it."),
    404: gettext_lazy("%(who)s asked for something that does not exist or is out of reach."),
    409: gettext_lazy("%(who)s sent a change to something that somebody else had changed before."),
    412: gettext_lazy("%(who)s sent a change to something that somebody else had changed before."),
    413: gettext_lazy("%(who)s sent more than can be taken at once and was refused."),
    429: gettext_lazy("%(who)s tried too often in a short time and was refused."),
}
_REFUSALS_ON: dict[int, Promise] = {
    403: gettext_lazy("%(who)s was refused on %(record)s: the role does not include it."),
    404: gettext_lazy("%(who)s asked for %(record)s, which does not exist or is out of reach."),
    409: gettext_lazy("%(who)s sent a change to %(record)s, which somebody else had changed before."),
    412: gettext_lazy("%(who)s sent a change to %(record)s, which somebody else had changed before."),
}


def _refused(event: Event, words: Words) -> str:
    status = event.detail.get("status", 403)
    text = _REFUSALS_ON.get(status) if words.record(event) else None
    return str(text or _REFUSALS.get(status, _REFUSALS[403])) % named(event, words)


def _file_opened(event: Event, words: Words) -> str:
    if event.detail.get("named_only"):
        return _("%(who)s made case file %(record)s, which only named people may see.") % named(event, words)
    return _("%(who)s made case file %(record)s.") % named(event, words)


def _file_moved(event: Event, words: Words) -> str:
    return _("%(who)s moved case file %(record)s from “%(old)s” to “%(new)s”.") % {
        **named(event, words),
        "old": words.label("status", event.detail.get("from", "")),
        "new": words.label("status", event.detail.get("to", "")),
    }


def _consent(event: Event, words: Words) -> str:
    return _("%(who)s recorded consent in case file %(record)s: %(purpose)s – %(answer)s.") % {
        **named(event, words),
        "purpose": words.code("CONSENT_PURPOSE", event.detail.get("purpose", "")),
        "answer": words.label("answer", event.detail.get("answer", "")),
    }


def _file_changed(event: Event, words: Words) -> str:
    number = len(event.fields)
    return ngettext(
        "%(who)s changed %(rows)s field of case file %(record)s.",
        "%(who)s changed %(rows)s fields of case file %(record)s.",
        number,
    ) % {**named(event, words), "rows": number}


def _access_granted(event: Event, words: Words) -> str:
    parts = {**named(event, words), "to": words.principal(event.detail.get("to", ""))}
    until = parse_datetime(str(event.detail.get("until") or ""))
    if until is None:
        return _("%(who)s gave %(to)s access to case file %(record)s.") % parts
    parts["until"] = date_format(timezone.localtime(until), "DATE_FORMAT")
    return _("%(who)s gave %(to)s access to case file %(record)s until %(until)s.") % parts


_REGISTER_STEPS: dict[str, Promise] = {
    "MATCHED": gettext_lazy("%(who)s said what the columns of a register mean."),
    "IMPORT_ASKED": gettext_lazy("%(who)s asked for the import of a register."),
    "UNDO_ASKED": gettext_lazy("%(who)s asked for the import of a register to be taken back."),
    "TRIED_AGAIN": gettext_lazy("%(who)s let the work on a register go on after an error."),
    "DROPPED": gettext_lazy("%(who)s deleted a register that was not imported."),
}


def _register_step(event: Event, words: Words) -> str:
    text = _REGISTER_STEPS.get(event.detail.get("step", ""))
    return str(text or gettext_lazy("%(who)s did something with a register.")) % named(event, words)


_REFERRAL_MOVES: dict[str, Promise] = {
    "SUBMIT": gettext_lazy("%(who)s asked for a referral of case file %(record)s."),
    "RESUBMIT": gettext_lazy(
        "%(who)s changed the returned referral of case file %(record)s and sent it in again."
    ),
    "APPROVE": gettext_lazy(
        "%(who)s approved the referral of case file %(record)s and sent it to the agency."
    ),
    "SEND_BACK": gettext_lazy("%(who)s returned the referral of case file %(record)s to the sender."),
    "ACCEPT": gettext_lazy("%(who)s accepted the referral of case file %(record)s."),
    "DECLINE": gettext_lazy("%(who)s declined the referral of case file %(record)s."),
    "START_SERVICE": gettext_lazy(
        "%(who)s recorded that services under the referral of case file %(record)s have begun."
    ),
    "COMPLETE": gettext_lazy(
        "%(who)s recorded that services under the referral of case file %(record)s are completed."
    ),
    "WITHDRAW": gettext_lazy("%(who)s withdrew the referral of case file %(record)s."),
}


def _referral_moved(event: Event, words: Words) -> str:
    text = _REFERRAL_MOVES.get(event.detail.get("verb", ""))
    if text is not None:
        return str(text) % named(event, words)
    return _("%(who)s moved the referral of case file %(record)s to “%(state)s”.") % {
        **named(event, words),
        "state": words.label("referral", event.detail.get("to", "")),
    }


#: The formats by the names that machines and people know them by, in every language.
_FORMATS = {"CSV": "CSV", "JSONL": "JSON Lines", "PDF": "PDF", "XLSX": "Excel"}


def _of_export(event: Event, words: Words) -> dict[str, str]:
    shape = event.detail.get("shape", "")
    return {
        **named(event, words),
        "what": words.label("export", event.detail.get("kind", "")),
        "format": _FORMATS.get(shape, shape),
    }


def about_export(text: Promise) -> Teller:
    """A sentence that says what an export holds and in which format."""

    def tell(event: Event, words: Words) -> str:
        return str(text) % _of_export(event, words)

    return tell


def _export_made(event: Event, words: Words) -> str:
    parts = _of_export(event, words)
    if event.result == "FAILED":
        return _("The export of “%(what)s” as %(format)s that %(who)s asked for could not be made.") % parts
    number = _number(event.detail)
    return ngettext(
        "The export of “%(what)s” as %(format)s that %(who)s asked for was made, with %(rows)s line.",
        "The export of “%(what)s” as %(format)s that %(who)s asked for was made, with %(rows)s lines.",
        number,
    ) % {**parts, "rows": number}


_TABLE_MOVED: dict[str, Promise] = {
    "PREPARE": gettext_lazy("%(who)s handed the monthly table %(record)s over for the signature."),
    "SEND_BACK": gettext_lazy("%(who)s gave the monthly table %(record)s back to be changed."),
    "SIGN": gettext_lazy("%(who)s signed the monthly table %(record)s."),
}


def _table_moved(event: Event, words: Words) -> str:
    text = _TABLE_MOVED.get(event.detail.get("verb", "")) or _("%(who)s moved the monthly table %(record)s.")
    return str(text) % named(event, words)


def _table_taken(event: Event, words: Words) -> str:
    shape = event.detail.get("shape", "")
    parts = {**named(event, words), "format": _FORMATS.get(shape, shape)}
    return _("%(who)s took the monthly table %(record)s as %(format)s.") % parts


_HOLIDAYS: dict[str, Promise] = {
    "ADDED": gettext_lazy("%(who)s added the public holiday %(record)s."),
    "REMOVED": gettext_lazy("%(who)s removed the public holiday %(record)s."),
}


def _holiday_changed(event: Event, words: Words) -> str:
    text = _HOLIDAYS.get(event.detail.get("act", "")) or _("%(who)s changed the public holiday %(record)s.")
    return str(text) % named(event, words)


def _restored(event: Event, words: Words) -> str:
    """What was done between the backup and this line is not on the trail any more."""
    made = parse_datetime(str(event.detail.get("made_at") or ""))
    if made is None:
        return _("%(who)s restored a backup. What was done after it was made is gone.") % named(event, words)
    return _("%(who)s restored the backup made on %(when)s. What was done after that is gone.") % {
        **named(event, words),
        "when": date_format(timezone.localtime(made), "DATETIME_FORMAT"),
    }


SENTENCES: dict[str, Teller] = {
    Kind.SIGN_IN: plain(gettext_lazy("%(who)s signed in.")),
    Kind.SIGN_IN_FAILED: sign_in_failed,
    Kind.SIGN_OUT: signed_out,
    Kind.SESSION_LOCKED: plain(
        gettext_lazy("The page of %(who)s was locked because nobody used it for a while.")
    ),
    Kind.SESSION_UNLOCKED: plain(gettext_lazy("%(who)s unlocked the page with the password.")),
    Kind.CONFIRMED: plain(gettext_lazy("%(who)s showed the password again before an act of weight.")),
    Kind.QUICK_EXIT: plain(gettext_lazy("%(who)s left quickly.")),
    Kind.REFUSED: _refused,
    Kind.FAILED: plain(gettext_lazy("An error of the system stopped what %(who)s did; nothing was saved.")),
    Kind.FILE_SEARCHED: plain(
        ngettext_lazy(
            "%(who)s searched for case files and found %(rows)s.",
            "%(who)s searched for case files and found %(rows)s.",
            "rows",
        )
    ),
    Kind.FILE_LISTED: plain(
        ngettext_lazy(
            "%(who)s saw a list of %(rows)s case file.",
            "%(who)s saw a list of %(rows)s case files.",
            "rows",
        )
    ),
    Kind.FILE_READ: file_read,
    Kind.IDENTITY_READ: plain(
        gettext_lazy("%(who)s saw the identity of the person in case file %(record)s.")
    ),
    Kind.FILE_OPENED: _file_opened,
    Kind.FILE_MOVED: _file_moved,
    Kind.NOTE_ADDED: plain(gettext_lazy("%(who)s added a note to case file %(record)s.")),
    Kind.CONSENT_RECORDED: _consent,
    Kind.FILE_CHANGED: _file_changed,
    Kind.ACCESS_GRANTED: _access_granted,
    **AWAY,
    Kind.SCOPE_MENDED: plain(
        ngettext_lazy(
            "%(who)s set right who sees %(rows)s case file.",
            "%(who)s set right who sees %(rows)s case files.",
            "rows",
        )
    ),
    Kind.REGISTER_UPLOADED: plain(
        ngettext_lazy(
            "%(who)s uploaded a register of %(rows)s row.",
            "%(who)s uploaded a register of %(rows)s rows.",
            "rows",
        )
    ),
    Kind.REGISTER_READ: plain(
        ngettext_lazy(
            "%(who)s saw %(rows)s row of a register of theirs.",
            "%(who)s saw %(rows)s rows of a register of theirs.",
            "rows",
        )
    ),
    Kind.REGISTER_STEP: _register_step,
    Kind.REGISTER_CHECKED: plain(
        ngettext_lazy(
            "%(who)s had a register of %(rows)s row checked.",
            "%(who)s had a register of %(rows)s rows checked.",
            "rows",
        )
    ),
    Kind.REGISTER_IMPORTED: plain(
        ngettext_lazy(
            "%(who)s imported a register: %(rows)s case file was made.",
            "%(who)s imported a register: %(rows)s case files were made.",
            "rows",
        )
    ),
    Kind.REGISTER_UNDONE: plain(
        ngettext_lazy(
            "%(who)s took back the import of a register: %(rows)s case file was marked as made in error.",
            "%(who)s took back the import of a register: %(rows)s case files were marked as made in error.",
            "rows",
        )
    ),
    Kind.REFERRAL_READ: referral_read,
    Kind.REFERRAL_LISTED: plain(
        ngettext_lazy(
            "%(who)s saw a list of %(rows)s referral.",
            "%(who)s saw a list of %(rows)s referrals.",
            "rows",
        )
    ),
    Kind.REFERRAL_SUBMITTED: plain(gettext_lazy("%(who)s asked for a referral of case file %(record)s.")),
    Kind.REFERRAL_MOVED: _referral_moved,
    Kind.TRAIL_READ: plain(
        ngettext_lazy(
            "%(who)s read %(rows)s line of the trail.",
            "%(who)s read %(rows)s lines of the trail.",
            "rows",
        )
    ),
    Kind.TABLE_MADE: plain(gettext_lazy("%(who)s made the monthly table %(record)s.")),
    Kind.TABLE_READ: plain(gettext_lazy("%(who)s opened the monthly table %(record)s.")),
    Kind.TABLE_WRITTEN: plain(gettext_lazy("%(who)s wrote remarks on the monthly table %(record)s.")),
    Kind.TABLE_MOVED: _table_moved,
    Kind.TABLE_TAKEN: _table_taken,
    Kind.COUNTS_READ: plain(gettext_lazy("%(who)s read counts without any file behind them.")),
    Kind.EXPORT_ASKED: about_export(gettext_lazy("%(who)s asked for an export of “%(what)s” as %(format)s.")),
    Kind.EXPORT_MADE: _export_made,
    Kind.EXPORT_TAKEN: about_export(
        gettext_lazy("%(who)s downloaded an export of “%(what)s” as %(format)s.")
    ),
    Kind.REMINDED: plain(
        ngettext_lazy(
            "%(who)s told people of %(rows)s deadline.",
            "%(who)s told people of %(rows)s deadlines.",
            "rows",
        )
    ),
    Kind.NOTICES_READ: plain(
        ngettext_lazy(
            "%(who)s marked %(rows)s reminder as read.",
            "%(who)s marked %(rows)s reminders as read.",
            "rows",
        )
    ),
    Kind.MAILBOX_CHANGED: plain(gettext_lazy("%(who)s changed where the own reminders are mailed.")),
    Kind.DEADLINE_CHANGED: plain(gettext_lazy("%(who)s changed the deadline %(record)s.")),
    Kind.HOLIDAY_CHANGED: _holiday_changed,
    Kind.RIGHT_GIVEN: about_staff(gettext_lazy("%(who)s gave %(about)s the right on %(province)s.")),
    Kind.RIGHT_ENDED: about_staff(gettext_lazy("%(who)s ended the right of %(about)s on %(province)s.")),
    Kind.RIGHT_CONFIRMED: about_staff(
        gettext_lazy("%(who)s confirmed the rights of %(about)s on provinces.")
    ),
    Kind.AGENCY_ADDED: about_staff(gettext_lazy("%(who)s added the agency %(about)s.")),
    Kind.AGENCY_CHANGED: about_staff(gettext_lazy("%(who)s changed the agency %(about)s.")),
    Kind.PERSON_ADDED: about_staff(gettext_lazy("%(who)s added %(about)s as a member of staff.")),
    Kind.PERSON_CHANGED: about_staff(gettext_lazy("%(who)s changed the names of %(about)s.")),
    Kind.PERSON_DISABLED: about_staff(gettext_lazy("%(who)s closed the account of %(about)s.")),
    Kind.PERSON_ENABLED: about_staff(gettext_lazy("%(who)s opened the closed account of %(about)s again.")),
    Kind.WORK_HANDED_OVER: about_staff(
        gettext_lazy("%(who)s handed the work of %(about)s over to colleagues.")
    ),
    Kind.SLIP_PRINTED: about_staff(gettext_lazy("%(who)s printed a sign-in slip for %(about)s.")),
    Kind.SLIP_USED: plain(gettext_lazy("%(who)s chose a password with a sign-in slip.")),
    Kind.SHEET_PRINTED: about_staff(gettext_lazy("%(who)s printed a code sheet for %(about)s.")),
    Kind.SHEET_CODE_USED: plain(gettext_lazy("%(who)s used a code of the sheet.")),
    Kind.FACTOR_ADDED: factor_added,
    Kind.FACTOR_REMOVED: factor_removed,
    Kind.FACTORS_REVOKED: about_staff(gettext_lazy("%(who)s revoked every second factor of %(about)s.")),
    Kind.FACTOR_FAILED: about_staff(
        gettext_lazy(
            "Somebody knew the password of %(about)s, but not the second factor, and was not let in."
        )
    ),
    Kind.MEMBERSHIP_STARTED: about_staff(
        gettext_lazy("%(who)s gave %(about)s the role “%(role)s” at %(agency)s.")
    ),
    Kind.MEMBERSHIP_ENDED: about_staff(
        gettext_lazy("%(who)s ended the role “%(role)s” of %(about)s at %(agency)s.")
    ),
    Kind.MEMBERSHIP_CONFIRMED: about_staff(
        gettext_lazy("%(who)s confirmed the role “%(role)s” of %(about)s at %(agency)s.")
    ),
    Kind.STAND_IN_GIVEN: about_staff(
        gettext_lazy(
            "%(who)s let %(about)s stand in as “%(role)s” at %(agency)s, from %(from)s until %(until)s."
        )
    ),
    Kind.STAND_IN_ENDED: about_staff(
        gettext_lazy("%(who)s ended it that %(about)s stands in as “%(role)s” at %(agency)s.")
    ),
    **TOKENS,
    Kind.PASSWORD_CHANGED: plain(gettext_lazy("%(who)s changed the password.")),
    Kind.CONDUCT_PUBLISHED: plain(
        gettext_lazy("%(who)s published version %(record)s of the code of conduct.")
    ),
    Kind.CONDUCT_ACCEPTED: plain(gettext_lazy("%(who)s accepted version %(record)s of the code of conduct.")),
    Kind.SESSION_ENDED: plain(gettext_lazy("%(who)s ended one session of the own account.")),
    Kind.SESSIONS_ENDED_OF: about_staff(gettext_lazy("%(who)s ended every session of %(about)s.")),
    Kind.SESSIONS_ENDED: plain(gettext_lazy("%(who)s ended the other sessions of the own account.")),
    Kind.CODES_LOADED: plain(gettext_lazy("%(who)s loaded the code lists.")),
    Kind.CODE_ADDED: plain(gettext_lazy("%(who)s added the code %(record)s.")),
    Kind.CODE_CHANGED: plain(gettext_lazy("%(who)s changed the code %(record)s.")),
    Kind.RULE_CHANGED: plain(gettext_lazy("%(who)s changed what a province right opens: %(record)s.")),
    Kind.LEVEL_CHANGED: plain(gettext_lazy("%(who)s changed the level of disclosure %(record)s.")),
    Kind.BACKUP_RESTORED: _restored,
    **sight.SENTENCES,
}
