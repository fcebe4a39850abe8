"""Roles as a table of capabilities. Each has a sentence that people read on "what may I do, and why".

A capability says what somebody may do; which files they may do it with is `cases.access`.
"""

from enum import StrEnum

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Capability(StrEnum):
    OPEN_FILE = "OPEN_FILE"
    IMPORT_REGISTER = "IMPORT_REGISTER"
    READ_FILE = "READ_FILE"
    ADD_NOTE = "ADD_NOTE"
    MOVE_FILE = "MOVE_FILE"
    DECIDE_IDENTIFICATION = "DECIDE_IDENTIFICATION"
    APPROVE_CLOSURE = "APPROVE_CLOSURE"
    APPROVE_FOR_OFFICE = "APPROVE_FOR_OFFICE"
    REFER = "REFER"
    REVIEW_REFERRAL = "REVIEW_REFERRAL"
    ANSWER_REFERRAL = "ANSWER_REFERRAL"
    NAMED_DESK = "NAMED_DESK"
    REVIEW_EXCLUSIONS = "REVIEW_EXCLUSIONS"
    EXPORT_FILES = "EXPORT_FILES"
    READ_TRAIL = "READ_TRAIL"
    EXPORT_TRAIL = "EXPORT_TRAIL"
    SEE_COUNTS = "SEE_COUNTS"
    PREPARE_REPORT = "PREPARE_REPORT"
    SIGN_REPORT = "SIGN_REPORT"
    READ_REPORTS = "READ_REPORTS"
    HAND_OUT_FACTORS = "HAND_OUT_FACTORS"
    MANAGE_PEOPLE = "MANAGE_PEOPLE"
    MANAGE_PLACE = "MANAGE_PLACE"
    SET_DEADLINES = "SET_DEADLINES"
    GIVE_TOKENS = "GIVE_TOKENS"
    BREAK_GLASS = "BREAK_GLASS"
    REVIEW_EMERGENCY = "REVIEW_EMERGENCY"


SENTENCES: dict[Capability, Promise] = {
    Capability.OPEN_FILE: _("Make a new case file"),
    Capability.IMPORT_REGISTER: _("Import a register as case files"),
    Capability.READ_FILE: _("Open the case files within your reach"),
    Capability.ADD_NOTE: _("Add a note to a case file"),
    Capability.MOVE_FILE: _("Move a case file to its next step"),
    Capability.DECIDE_IDENTIFICATION: _("Decide on the formal identification of a victim"),
    Capability.APPROVE_CLOSURE: _("Approve plans and closures"),
    Capability.APPROVE_FOR_OFFICE: _(
        "Approve a closure where the office that owns the file has nobody else who can"
    ),
    Capability.REFER: _("Refer a case file to another agency"),
    Capability.REVIEW_REFERRAL: _("Approve or return referrals for the ministry"),
    Capability.ANSWER_REFERRAL: _("Accept or decline referrals for your agency"),
    Capability.NAMED_DESK: _("See files that only named people may see"),
    Capability.REVIEW_EXCLUSIONS: _("Review who is kept away from a case file"),
    Capability.EXPORT_FILES: _("Export lists of case files and referrals within your reach, without names"),
    Capability.READ_TRAIL: _("Read the trail of who did what"),
    Capability.EXPORT_TRAIL: _("Export the trail"),
    Capability.SEE_COUNTS: _("See counts without any file behind them"),
    Capability.PREPARE_REPORT: _("Prepare the monthly table of your department"),
    Capability.SIGN_REPORT: _("Sign the monthly table that somebody else prepared"),
    Capability.READ_REPORTS: _("Read the signed monthly tables of the provinces"),
    Capability.HAND_OUT_FACTORS: _("Print a code sheet for a colleague"),
    Capability.MANAGE_PEOPLE: _("Look after the accounts and roles of people"),
    Capability.MANAGE_PLACE: _("Look after agencies, rights on provinces and code lists"),
    Capability.SET_DEADLINES: _("Set deadlines and public holidays, and see whether reminders reach people"),
    Capability.GIVE_TOKENS: _("Offer and revoke tokens for programs"),
    Capability.BREAK_GLASS: _("Open a file beyond your reach for some hours in an emergency"),
    Capability.REVIEW_EMERGENCY: _("Review whether a file was rightly opened in an emergency"),
}


class Role(models.TextChoices):
    PROVINCIAL_OFFICER = "PROVINCIAL_OFFICER", _("Provincial officer")
    PROVINCIAL_HEAD = "PROVINCIAL_HEAD", _("Head of a provincial office")
    POLICE_OFFICER = "POLICE_OFFICER", _("Police officer")
    MINISTRY_REVIEWER = "MINISTRY_REVIEWER", _("Ministry reviewer")
    IDENTIFICATION_OFFICER = "IDENTIFICATION_OFFICER", _("Identification officer")
    NGO_WORKER = "NGO_WORKER", _("Case worker of an organisation")
    SHELTER_MANAGER = "SHELTER_MANAGER", _("Shelter manager")
    NATIONAL_DESK = "NATIONAL_DESK", _("National desk for named-only files")
    COMMITTEE_MEMBER = "COMMITTEE_MEMBER", _("Member of a committee")
    ANALYST = "ANALYST", _("National analyst")
    AUDITOR = "AUDITOR", _("Auditor")
    ADMINISTRATOR = "ADMINISTRATOR", _("Administrator")


C = Capability
_FIELD = frozenset({C.OPEN_FILE, C.READ_FILE, C.ADD_NOTE, C.MOVE_FILE, C.REFER})
#: Whoever reads files hands out sheets to colleagues: a small office has nobody else (the database: `agencies`).
_COLLEAGUE = frozenset({C.HAND_OUT_FACTORS})

#: Read down: what each role may do. No role contains "everything".
CAPABILITIES: dict[Role, frozenset[Capability]] = {
    Role.PROVINCIAL_OFFICER: _FIELD | _COLLEAGUE | {C.IMPORT_REGISTER, C.PREPARE_REPORT, C.BREAK_GLASS},
    Role.PROVINCIAL_HEAD: _FIELD
    | _COLLEAGUE
    | {C.IMPORT_REGISTER, C.APPROVE_CLOSURE, C.SEE_COUNTS, C.EXPORT_FILES, C.PREPARE_REPORT, C.SIGN_REPORT}
    | {C.MANAGE_PEOPLE, C.REVIEW_EXCLUSIONS, C.BREAK_GLASS, C.REVIEW_EMERGENCY},
    Role.POLICE_OFFICER: _FIELD | _COLLEAGUE | {C.BREAK_GLASS},
    Role.MINISTRY_REVIEWER: _COLLEAGUE
    | {C.READ_FILE, C.REVIEW_REFERRAL, C.REVIEW_EXCLUSIONS, C.SEE_COUNTS, C.EXPORT_FILES, C.READ_REPORTS}
    | {C.BREAK_GLASS, C.REVIEW_EMERGENCY, C.APPROVE_FOR_OFFICE},
    Role.IDENTIFICATION_OFFICER: _COLLEAGUE
    | {C.READ_FILE, C.ADD_NOTE, C.DECIDE_IDENTIFICATION, C.ANSWER_REFERRAL},
    Role.NGO_WORKER: _FIELD | _COLLEAGUE | {C.IMPORT_REGISTER, C.ANSWER_REFERRAL},
    Role.SHELTER_MANAGER: _COLLEAGUE
    | {C.READ_FILE, C.ADD_NOTE, C.ANSWER_REFERRAL, C.EXPORT_FILES, C.BREAK_GLASS},
    Role.NATIONAL_DESK: _COLLEAGUE
    | {C.READ_FILE, C.ADD_NOTE, C.MOVE_FILE, C.REFER, C.NAMED_DESK, C.REVIEW_EXCLUSIONS, C.REVIEW_EMERGENCY},
    Role.COMMITTEE_MEMBER: _COLLEAGUE | {C.READ_FILE, C.SEE_COUNTS},
    Role.ANALYST: frozenset({C.SEE_COUNTS}),
    Role.AUDITOR: frozenset({C.READ_TRAIL, C.EXPORT_TRAIL}),
    Role.ADMINISTRATOR: _COLLEAGUE
    | {C.READ_TRAIL, C.EXPORT_TRAIL, C.MANAGE_PEOPLE, C.MANAGE_PLACE, C.SET_DEADLINES, C.GIVE_TOKENS},
}

#: Which roles a role may give, and end. With MANAGE_PLACE at every agency, else at the own one alone. The database
#: holds the same (migration 0002, `manages`).
GIVES: dict[Role, frozenset[Role]] = {
    Role.PROVINCIAL_HEAD: frozenset({Role.PROVINCIAL_OFFICER}),
    Role.ADMINISTRATOR: frozenset(Role),
}

#: Posts that weigh so much that no subordinate prints a code sheet for whoever holds one: an administrator does, or
#: somebody with the same role at the same agency. The database holds the same (migration 0013).
SHEET_BY_EQUALS = frozenset(
    {Role.PROVINCIAL_HEAD, Role.MINISTRY_REVIEWER, Role.NATIONAL_DESK, Role.AUDITOR, Role.ADMINISTRATOR}
)

#: Posts that approve what others ask for: whoever holds one can let a colleague stand in.
CAN_BE_STOOD_IN_FOR = frozenset(
    {Role.PROVINCIAL_HEAD, Role.MINISTRY_REVIEWER, Role.IDENTIFICATION_OFFICER, Role.NATIONAL_DESK}
)


def capabilities_of(roles: list[str]) -> frozenset[Capability]:
    return frozenset().union(*(CAPABILITIES[Role(role)] for role in roles))
