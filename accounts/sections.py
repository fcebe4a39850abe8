"""The parts of a case file that can be opened apart from each other.

A right on a province, a grant and a referral each open some of them. Stored as one number (bits), so
that the database can test it inside a policy.
"""

from enum import IntFlag

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Section(IntFlag):
    SUMMARY = 1
    IDENTITY = 2
    FACTS = 4
    RISK = 8
    CONSENT = 16
    NOTES = 32
    REFERRALS = 64
    #: May record, not only read.
    WORK = 128
    #: May move the file to its next step. Never agreed by a referral: a file is moved by those who own it.
    MOVE = 256


NOTHING = Section(0)
EVERYTHING = Section(511)

LABELS: dict[Section, Promise] = {
    Section.SUMMARY: _("Number, province, owner, sex, age band, form of exploitation, status"),
    Section.IDENTITY: _("Identity and contact of the person"),
    Section.FACTS: _("What happened: report, places, account, summary; nationality and language"),
    Section.RISK: _("Risk"),
    Section.CONSENT: _("Consent"),
    Section.NOTES: _("Notes, and the word to recognise the file by"),
    Section.REFERRALS: _("Referrals"),
    Section.WORK: _("May add to the file"),
    Section.MOVE: _("May move the file to its next step"),
}


def of(number: int) -> list[Section]:
    """The sections in a stored number, in the order people read them."""
    return [section for section in LABELS if number & section]
