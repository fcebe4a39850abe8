from .agencies import Agency, Membership
from .codes import Code, CodeList
from .conduct import ConductAcceptance, ConductText
from .factors import Factor, MachineDay, SheetCode
from .keys import SubjectKey
from .people import User
from .places import Place, Province
from .rights import ProvinceAgencyRight, ProvincePersonRight, SectionRule
from .sittings import Sitting
from .slips import Slip
from .tallies import Tally
from .tokens import Token

__all__ = [
    "Agency",
    "Code",
    "CodeList",
    "ConductAcceptance",
    "ConductText",
    "Factor",
    "MachineDay",
    "Membership",
    "Place",
    "Province",
    "ProvinceAgencyRight",
    "ProvincePersonRight",
    "SectionRule",
    "SheetCode",
    "Sitting",
    "Slip",
    "SubjectKey",
    "Tally",
    "Token",
    "User",
]
