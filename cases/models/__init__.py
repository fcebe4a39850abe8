from .case import Case, CaseCounter
from .consent import Consent
from .exclusion import Exclusion
from .facts import FactAnswer, Facts
from .grants import CaseAgencyGrant, CasePersonGrant, CaseScope
from .identity import Identity, IdentityKey
from .note import Note
from .register import Register, RegisterMark, RegisterMemory, RegisterPart, RegisterRow
from .risk import RiskAssessment
from .victim import Victim

__all__ = [
    "Case",
    "CaseAgencyGrant",
    "CaseCounter",
    "CasePersonGrant",
    "CaseScope",
    "Consent",
    "Exclusion",
    "FactAnswer",
    "Facts",
    "Identity",
    "IdentityKey",
    "Note",
    "Register",
    "RegisterMark",
    "RegisterMemory",
    "RegisterPart",
    "RegisterRow",
    "RiskAssessment",
    "Victim",
]
