"""The agencies of the demonstration: the public offices as they are called, organisations plainly invented."""

from dataclasses import dataclass
from typing import Any

from accounts.actions import add_agency, give_province_right
from accounts.models import Agency, Province, User

K = Agency.Kind

NATIONAL = [
    ("NCCT", K.COMMITTEE, "គណៈកម្មាធិការជាតិប្រយុទ្ធប្រឆាំងអំពើជួញដូរមនុស្ស (គ.ជ.ប.ជ)",
     "National Committee for Counter Trafficking (NCCT)"),
    ("MOSVY", K.MINISTRY, "ក្រសួងសង្គមកិច្ច អតីតយុទ្ធជន និងយុវនីតិសម្បទា (ក្រសួង ស.អ.យ)",
     "Ministry of Social Affairs, Veterans and Youth Rehabilitation (MoSVY)"),
    ("MOI", K.MINISTRY, "ក្រសួងមហាផ្ទៃ", "Ministry of Interior"),
    ("MOFAIC", K.MINISTRY, "ក្រសួងការបរទេស និងសហប្រតិបត្តិការអន្តរជាតិ",
     "Ministry of Foreign Affairs and International Cooperation"),
    ("AHTJP", K.POLICE, "នាយកដ្ឋានប្រឆាំងការជួញដូរមនុស្ស និងការពារអនីតិជន",
     "Department of Anti-Human Trafficking and Juvenile Protection, National Police"),
    ("IOM", K.INTERNATIONAL, "អង្គការអន្តរជាតិទេសន្តរប្រវេសន៍", "IOM Cambodia"),
]  # fmt: skip

#: Invented, and said so in their names.
INVENTED = [
    ("LOTUS", K.NGO, "ស្ពានផ្កាឈូក (សាកល្បង)", "Lotus Bridge (demonstration)"),
    ("RIVER", K.NGO, "ពន្លឺទន្លេ (សាកល្បង)", "River Light (demonstration)"),
    ("PALM", K.NGO, "ម្លប់ត្នោត ជំនួយផ្នែកច្បាប់ (សាកល្បង)", "Palm Shade Legal Aid (demonstration)"),
    ("HARBOUR", K.NGO, "កំពង់ផែសុវត្ថិភាព (សាកល្បង)", "Safe Harbour for Seafarers (demonstration)"),
    ("KITE", K.NGO, "មជ្ឈមណ្ឌលកុមារខ្លែងឯក (សាកល្បង)", "Kite Centre for Children (demonstration)"),
    ("FIELD", K.NGO, "វាលស្រែថ្មី បណ្តុះបណ្តាលជំនាញ (សាកល្បង)", "New Field Skills (demonstration)"),
    ("RAIN", K.SHELTER, "ផ្ទះដើមរាំង (សាកល្បង)", "Reang Tree House (demonstration)"),
    ("DAWN", K.SHELTER, "ផ្ទះអរុណរះ (សាកល្បង)", "Dawn House (demonstration)"),
    ("HILL", K.SHELTER, "ផ្ទះលើភ្នំ (សាកល្បង)", "Hill House (demonstration)"),
]

#: Provinces with a committee and with a police office of their own in the demonstration.
COMMITTEES = ("BMC", "PNH", "SHV", "SVR")
POLICE = ("BMC", "PNH", "SHV", "KKG")

#: Whose team may see every province.
EVERYWHERE = ("NCCT", "MOSVY", "MOI")


@dataclass(frozen=True)
class Offices:
    """What is wanted of a province's office: code, kind and names with the province in them."""

    prefix: str
    kind: Agency.Kind
    name_km: str
    name_en: str

    def of(self, province: Province) -> dict[str, Any]:
        where = f"{province.unit_km}{province.name_km}"
        return {
            "code": f"{self.prefix}-{province.letters}",
            "kind": self.kind,
            "name_km": self.name_km.format(where),
            "name_en": self.name_en.format(province.name_en),
            "province": province,
        }


DEPARTMENTS = Offices("DOSVY", K.DEPARTMENT, "មន្ទីរ ស.អ.យ {}", "Department of Social Affairs (DoSVY), {}")
PROVINCE_COMMITTEES = Offices(
    "PCCT", K.COMMITTEE, "គណៈកម្មាធិការប្រយុទ្ធប្រឆាំងអំពើជួញដូរមនុស្ស {}", "Committee for Counter Trafficking, {}"
)
PROVINCE_POLICE = Offices(
    "PPC", K.POLICE, "ការិយាល័យប្រឆាំងការជួញដូរមនុស្ស និងការពារអនីតិជន {}", "Anti-trafficking police office, {}"
)


def make_committee() -> Agency:
    """The national committee, by the system: the administrator who makes all others works there."""
    code, kind, km, en = NATIONAL[0]
    return add_agency(code=code, kind=kind, name_km=km, name_en=en, by=None)


def make_others(*, committee: Agency, by: User) -> dict[str, Agency]:
    """Every other agency, and all rights on provinces. All agencies by code."""
    provinces = {p.letters: p for p in Province.objects.order_by("pk")}
    made = [committee]
    made += [
        add_agency(code=code, kind=kind, name_km=km, name_en=en, by=by) for code, kind, km, en in NATIONAL[1:]
    ]
    made += [
        add_agency(code=code, kind=kind, name_km=km, name_en=en, takes_referrals=True, is_demo=True, by=by)
        for code, kind, km, en in INVENTED
    ]
    for offices, where in (
        (DEPARTMENTS, tuple(provinces)), (PROVINCE_COMMITTEES, COMMITTEES), (PROVINCE_POLICE, POLICE),
    ):  # fmt: skip
        made += [add_agency(**offices.of(provinces[letters]), by=by) for letters in where]
    agencies = {agency.code: agency for agency in made}
    _give_rights(agencies, provinces, by=by)
    return agencies


def _give_rights(agencies: dict[str, Agency], provinces: dict[str, Province], *, by: User) -> None:
    for agency in agencies.values():
        if agency.code in EVERYWHERE:
            for province in provinces.values():
                give_province_right(agency=agency, province=province, reason="National office", by=by)
        elif agency.kind in (K.DEPARTMENT, K.COMMITTEE) and agency.province:
            give_province_right(
                agency=agency, province=agency.province, reason="Office of the province", by=by
            )
