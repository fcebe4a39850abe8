"""What each page is called where the trail says on which page somebody was refused."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from referrals.lifecycle import Verb
from referrals.views import ADDRESSES

#: By the name of the view. A test fails for an address without one.
NAMES: dict[str, Promise | str] = {
    "reports:my_work": _("My work"),
    "cases:list": _("Case files"),
    "cases:find": _("Search before a new case file"),
    "cases:start": _("Beginning of a new case file"),
    "cases:draft": _("Draft of a new case file"),
    "cases:draft_field": _("Draft of a new case file"),
    "cases:draft_section": _("Draft of a new case file"),
    "cases:draft_check": _("Check of a new case file"),
    "cases:draft_drop": _("Deleting a draft"),
    "cases:registers": _("Registers"),
    "cases:register": _("Page of a register"),
    "cases:register_columns": _("Columns of a register"),
    "cases:register_headings": _("Columns of a register"),
    "cases:register_words": _("Words of a register"),
    "cases:register_problems": _("What is wrong in a register"),
    "cases:register_problems_file": _("What is wrong in a register"),
    "cases:register_alike": _("Possible duplicates in a register"),
    "cases:register_import": _("Import of a register"),
    "cases:register_take_back": _("Taking back an import"),
    "cases:register_try_again": _("Import of a register"),
    "cases:register_drop": _("Deleting a register"),
    "cases:register_sample": _("Sample of a register"),
    "cases:detail": _("Page of a case file"),
    "cases:receipt": _("Receipt of a case file"),
    "cases:identity": _("Identity of the person in a case file"),
    "cases:note": _("Form for a note"),
    "cases:move": _("Form for a next step"),
    "referrals:list": _("List of referrals"),
    "referrals:review": _("Referrals to review"),
    "referrals:new": _("Form for a referral"),
    "referrals:edit": Verb.RESUBMIT.label,
    "referrals:detail": _("Page of a referral"),
    **{f"referrals:{address}": verb.label for verb, address in ADDRESSES.items()},
    "audit:trail": _("Trail"),
    "audit:event": _("One line of the trail"),
    "desk:exports": _("Exports"),
    "desk:export_file": _("Download of an export"),
    "api_case_list": _("List of case files for programs"),
    "api_case_detail": _("Case file for programs"),
    "account_login": _("Sign in"),
    "account_logout": _("Sign out"),
    "account_signup": _("Help"),
    "account_inactive": _("This account is closed"),
    "account_reset_password": _("Help"),
    "language": _("Change of the language"),
    "quick_exit": _("Leave quickly"),
    "quiet": _("Table of measures"),
    "lock": _("Lock of an unused page"),
    "stay": _("Sign of life of a page in use"),
    "help": _("Help"),
    "health_live": _("Watch over the system"),
    "health_ready": _("Watch over the system"),
}


def choices() -> list[tuple[str, str]]:
    return [(view, str(name)) for view, name in NAMES.items()]
