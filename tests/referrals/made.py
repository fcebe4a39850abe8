"""Referrals as people really make them: to the agency NGO-HOPE, by the actions of the product."""

import datetime

from accounts.models import Agency
from accounts.sections import Section
from audit.context import acting
from referrals import actions
from referrals.models import Referral

AGREED = Section.SUMMARY | Section.RISK | Section.NOTES | Section.WORK
WORDS = "ត្រូវការកន្លែងស្នាក់នៅ និងការប្រឹក្សា"


def packet(**changes):
    given = {
        "to": changes.pop("to", None) or Agency.objects.get(code="NGO-HOPE"),
        "services": ("SHEL.ST", "PSY"),
        "reason": "ADDITIONAL_SERVICES",
        "urgency": "HIGH",
        "sections": AGREED,
        "summary": WORDS,
        "consent_on": datetime.date(2026, 1, 3),
        "consent_how": "SPOKEN",
    }
    return actions.Packet(**{**given, **changes})


def submit(case, by, **changes):
    with acting(by.as_actor()):
        return actions.submit(case=case, packet=packet(**changes), by=by)


#: How each act is called where nothing else matters.
GIVEN = {
    "send_back": {"reason": "INSUFFICIENT_INFORMATION", "words": "សូមបញ្ជាក់"},
    "decline": {"reason": "NO_CAPACITY", "words": "ពេញហើយ"},
    "complete": {"feedback": "បានបញ្ចប់"},
    "withdraw": {"words": "បុគ្គលប្តូរចិត្ត"},
}


def act(name, referral, by, **more):
    with acting(by.as_actor()):
        return getattr(actions, name)(referral=referral, by=by, **{**GIVEN.get(name, {}), **more})


def bring(referral, status, people):
    """Move a new referral of DOSVY-BMC to NGO-HOPE to `status`, each step by somebody who may."""
    who = {
        "approve": people.reviewer,
        "send_back": people.reviewer,
        "withdraw": people.officer_bmc,
    }
    paths = {
        "SUBMITTED": (),
        "RETURNED": ("send_back",),
        "APPROVED": ("approve",),
        "ACCEPTED": ("approve", "accept"),
        "DECLINED": ("approve", "decline"),
        "IN_SERVICE": ("approve", "accept", "start_service"),
        "COMPLETED": ("approve", "accept", "start_service", "complete"),
        "WITHDRAWN": ("withdraw",),
    }
    for name in paths[status]:
        referral = act(name, referral, who.get(name, people.ngo_hope))
    return referral


def fresh(referral, by):
    with acting(by.as_actor()):
        return Referral.objects.get(pk=referral.pk)
