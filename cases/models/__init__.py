from .case import Case, CaseCount, CaseCounter, GrantedCount, GrantedFile
from .consent import Consent
from .exclusion import Exclusion
from .facts import FactAnswer, Facts
from .grants import CaseAgencyGrant, CasePersonGrant, CaseScope, ShareReason
from .identity import Identity, IdentityKey
from .note import Note
from .register import Register, RegisterMark, RegisterMemory, RegisterPart, RegisterRow
from .risk import RiskAssessment
from .sight import BreakGlass, NamedStep
from .victim import Victim

__all__ = [
    "BreakGlass",
    "Case",
    "CaseAgencyGrant",
    "CaseCount",
    "CaseCounter",
    "CasePersonGrant",
    "CaseScope",
    "Consent",
    "Exclusion",
    "FactAnswer",
    "Facts",
    "GrantedCount",
    "GrantedFile",
    "Identity",
    "IdentityKey",
    "NamedStep",
    "Note",
    "Register",
    "RegisterMark",
    "RegisterMemory",
    "RegisterPart",
    "RegisterRow",
    "RiskAssessment",
    "ShareReason",
    "Victim",
]
