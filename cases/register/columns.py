"""What a column of a register can be, and the headings by which it is known: Khmer, English, HTCDS v2.0.

A guess only: the person sees every column with what it was taken for before anything is read, and corrects it once
for the whole agency (memory.py).
"""

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from khmerspell import khnormal

from accounts.fields import ascii_digits

from ..forms.intake import SECTIONS
from ..text import visible

_FIELDS = {name: field for form in SECTIONS for name, field in form.base_fields.items()}


@dataclass(frozen=True)
class Column:
    """One thing a column may hold. `kind` says how its text is read (values.py); a date may have parts missing."""

    name: str
    label: str | Promise
    kind: str = "TEXT"
    code_list: str = ""
    headings: tuple[str, ...] = ()


def _of(name: str, kind: str, headings: str, code_list: str = "") -> Column:
    """A question of the intake. Headings are parted by |."""
    return Column(name, _FIELDS[name].label or "", kind, code_list, tuple(headings.split("|")))


def _own(name: str, label: Promise, kind: str, headings: str) -> Column:
    return Column(name, label, kind, "", tuple(headings.split("|")))


COLUMNS: tuple[Column, ...] = (
    _of("alias", "TEXT", "alias|code word|file name|ពាក្យសម្គាល់|ឈ្មោះហៅក្រៅ|សញ្ញាសម្គាល់"),
    _of("reported_on", "DATE", "date|report date|date of report|reported on|date reported|date of referral|date received|registration date|ថ្ងៃខែឆ្នាំ|កាលបរិច្ឆេទ|ថ្ងៃរាយការណ៍|ថ្ងៃទទួល|ថ្ងៃខែឆ្នាំទទួល|ថ្ងៃចុះបញ្ជី|cas_IncomingReferralDate"),
    _of("channel", "CODE", "channel|how reported|source|source of referral|referred by|referral source|reported by|ប្រភព|ប្រភពព័ត៌មាន|ប្រភពបញ្ជូន|បញ្ជូនដោយ|រាយការណ៍ដោយ|cas_ReferringOrganisation", "CHANNEL"),
    _of("province", "PLACE", "province|capital/province|province/city|ខេត្ត|រាជធានី-ខេត្ត|រាជធានី/ខេត្ត|ខេត្ត/រាជធានី|ខេត្ត-ក្រុង"),
    _of("district", "PLACE", "district|khan|municipality|district/khan|ស្រុក|ខណ្ឌ|ក្រុង|ស្រុក/ខណ្ឌ|ក្រុង/ស្រុក/ខណ្ឌ|ស្រុក-ខណ្ឌ"),
    _of("commune", "PLACE", "commune|sangkat|commune/sangkat|ឃុំ|សង្កាត់|ឃុំ/សង្កាត់|ឃុំ-សង្កាត់"),
    _of("official_involved", "CHOICE", "official involved|officials|official complicity|complicity|មន្ត្រីពាក់ព័ន្ធ|មន្ត្រីជាប់ពាក់ព័ន្ធ"),
    _own("name", _("Full name, in either script"), "NAME", "name|full name|victim name|name of victim|victim's name|client name|survivor name|beneficiary name|ឈ្មោះ|នាមត្រកូល និងនាមខ្លួន|នាម និងគោត្តនាម|គោត្តនាម និងនាម|នាមគោត្តនាម|គោត្តនាម-នាម|ឈ្មោះជនរងគ្រោះ|ឈ្មោះពេញ"),
    _of("name_km", "NAME", "name in khmer|khmer name|name (khmer)|name km|ឈ្មោះជាភាសាខ្មែរ|ឈ្មោះខ្មែរ|ឈ្មោះជាអក្សរខ្មែរ"),
    _of("name_latin", "NAME", "name in latin|latin name|name (latin)|name in english|english name|name en|ឈ្មោះឡាតាំង|ឈ្មោះជាអក្សរឡាតាំង|អក្សរឡាតាំង|ឈ្មោះជាភាសាអង់គ្លេស"),
    _own("family_name", _("Family name alone"), "NAME", "family name|last name|surname|second name|គោត្តនាម|នាមត្រកូល|ត្រកូល|prs_SecondName"),
    _own("given_name", _("Given name alone"), "NAME", "first name|given name|forename|នាម|នាមខ្លួន|prs_FirstName"),
    _of("other_names", "NAME", "other names|nickname|nicknames|aka|also known as|ឈ្មោះផ្សេង|ឈ្មោះហៅ"),
    _of("sex", "CHOICE", "sex|gender|ភេទ|យេនឌ័រ|prs_Gender"),
    _of("birth_date", "DATE", "date of birth|birth date|birthdate|dob|born|year of birth|ថ្ងៃខែឆ្នាំកំណើត|ថ្ងៃកំណើត|ឆ្នាំកំណើត|prs_Birthdate"),
    _own("age", _("Age"), "AGE", "age|age (years)|age at report|age at registration|អាយុ|អាយុ (ឆ្នាំ)"),
    _of("age_min", "AGE_ONE", "age at least|age from|minimum age|age min|អាយុអប្បបរមា|អាយុយ៉ាងតិច"),
    _of("age_max", "AGE_ONE", "age at most|age to|maximum age|age max|អាយុអតិបរមា|អាយុយ៉ាងច្រើន"),
    _of("age_basis", "CHOICE", "how the age is known|age basis|របៀបដឹងអាយុ"),
    _of("is_child", "CHOICE", "child|minor|is child|under 18|កុមារ|អនីតិជន|ក្រោម ១៨"),
    _of("nationality", "CODE", "nationality|citizenship|សញ្ជាតិ|prs_Citizenship", "NATIONALITY"),
    _of("language", "CODE", "language|ភាសា|prs_PrimaryLanguage", "LANGUAGE"),
    _of("needs_interpreter", "CHOICE", "interpreter|needs interpreter|interpreter needed|អ្នកបកប្រែ|ត្រូវការអ្នកបកប្រែ"),
    _own("home_province", _("Home province"), "PLACE", "home province|province of origin|hometown province|ខេត្តកំណើត|ស្រុកកំណើត (ខេត្ត)|ខេត្តលំនៅ|prs_MailingState"),
    _of("home_district", "PLACE", "home district|district of origin|hometown|ស្រុកកំណើត|ស្រុកលំនៅ|prs_MailingCity"),
    _of("document_kind", "CHOICE", "kind of document|document type|type of document|id type|ប្រភេទឯកសារ"),
    _of("document_number", "TEXT", "document number|id number|id card number|id card|passport|passport number|national id|លេខអត្តសញ្ញាណប័ណ្ណ|អត្តសញ្ញាណប័ណ្ណ|លេខលិខិតឆ្លងដែន|លេខឯកសារ|prs_IdentityNumber"),
    _of("phone", "TEXT", "phone|telephone|phone number|mobile|contact|contact number|tel|ទូរស័ព្ទ|លេខទូរស័ព្ទ|ទូរសព្ទ|លេខទូរសព្ទ|prs_MobilePhone|prs_HomePhone"),
    _of("safe_to_call", "CHOICE", "safe to call|សុវត្ថិភាពក្នុងការទូរស័ព្ទ"),
    _of("address", "TEXT", "address|current address|អាសយដ្ឋាន|អាស័យដ្ឋាន|ទីលំនៅ|លំនៅបច្ចុប្បន្ន|prs_MailingStreet"),
    _of("forms_of", "CODES", "form of exploitation|forms of exploitation|type of exploitation|exploitation|type of trafficking|case type|ប្រភេទកេងប្រវ័ញ្ច|ប្រភេទនៃការកេងប្រវ័ញ្ច|ទម្រង់នៃការកេងប្រវ័ញ្ច|ទម្រង់កេងប្រវ័ញ្ច|ប្រភេទករណី|vic_TypeOfExploitation", "FORM"),
    _of("country", "CODE", "country|country of exploitation|destination|destination country|country of destination|ប្រទេស|ប្រទេសគោលដៅ|ប្រទេសកេងប្រវ័ញ្ច|hte_Country", "COUNTRY"),
    _own("fact_province", _("Province where it happened"), "PLACE", "province of exploitation|place of exploitation (province)|ខេត្តកើតហេតុ|hte_State"),
    _of("fact_district", "PLACE", "district of exploitation|ស្រុកកើតហេតុ|hte_City"),
    _of("place_type", "CODE", "kind of place|type of place|place type|ប្រភេទទីកន្លែង", "PLACE_TYPE"),
    _of("started_on", "DATE", "began|start date|started|date of exploitation|date of trafficking|ថ្ងៃចាប់ផ្តើម|ចាប់ផ្តើមនៅ|ថ្ងៃកើតហេតុ|hte_Date"),
    _of("ended_on", "DATE", "ended|end date|ថ្ងៃបញ្ចប់|បញ្ចប់នៅ"),
    _of("child_at_start", "CHOICE", "child at start|child when it began|កុមារពេលចាប់ផ្តើម"),
    _of("recruiter_relation", "CODE", "recruiter|relation to recruiter|who recruited|relationship to trafficker|អ្នកជ្រើសរើស|ទំនាក់ទំនងជាមួយអ្នកជ្រើសរើស|vic_RelationshipToTrafficker", "RECRUITER_RELATION"),
    _of("account", "LONG", "account|story|what happened|case description|description|narrative|ដំណើររឿង|សេចក្តីរៀបរាប់|សាច់រឿង|hte_Description"),
    _of("acts", "CODES", "acts|act|អំពើ", "ACT"),
    _of("means", "CODES", "means|មធ្យោបាយ", "MEANS"),
    _of("controls", "CODES", "methods of control|control|controls|វិធីគ្រប់គ្រង|វិធីត្រួតត្រា|vic_MethodsOfControl", "CONTROL"),
    _of("danger_now", "CHOICE", "in danger|danger now|in danger now|គ្រោះថ្នាក់|កំពុងមានគ្រោះថ្នាក់"),
    _of("risk_level", "CHOICE", "risk|risk level|level of risk|ហានិភ័យ|កម្រិតហានិភ័យ"),
    _of("risk_reasons", "LONG", "reasons for the risk|risk reasons|risk factors|មូលហេតុនៃហានិភ័យ"),
    _of("consent", "CHOICE", "consent|agreed|ការយល់ព្រម|យល់ព្រម|con_Consent"),
    _of("consent_on", "DATE", "date of consent|consent date|consent on|ថ្ងៃយល់ព្រម|ថ្ងៃខែឆ្នាំយល់ព្រម"),
    _of("consent_how", "CHOICE", "how consent was given|consent how|kind of consent|របៀបយល់ព្រម"),
    _of("summary", "LONG", "summary|សេចក្តីសង្ខេប|សង្ខេប"),
    _own("status", _("State in the register (kept as a note)"), "LONG", "status|case status|state|stage|ស្ថានភាព|ស្ថានភាពករណី|cas_Status"),
    _own("old_number", _("Number in the register (kept as a note)"), "TEXT", "case number|file number|case no|case id|register number|client id|លេខករណី|លេខសំណុំរឿង|លេខបញ្ជី"),
    _own("remarks", _("Remarks (kept as a note)"), "LONG", "remarks|remark|note|notes|comment|comments|other|ផ្សេងៗ|សម្គាល់|កំណត់សម្គាល់|cco_CaseComment"),
)  # fmt: skip
BY_NAME = {column.name: column for column in COLUMNS}
#: Kinds whose values come from a list, so that a word nobody knows is asked once.
LISTED = ("CODE", "CODES", "CHOICE", "PLACE")

_ASCII_SIGNS = re.compile("[\\s\\-\u2013\u2014_.,:;()\\[\\]/\\\\'\"*#?!\u2019\u17d4]+")


@lru_cache(maxsize=50_000)
def plain(text: str) -> str:
    """A heading or value as it is compared: script order, case, digits and signs put aside. Names of places and
    words of lists come again with every row, so the newest are kept."""
    text = ascii_digits(visible(text))
    if not text.isascii():
        text = str(khnormal(text))
    return _ASCII_SIGNS.sub("", text.casefold())


@cache
def _by_heading() -> dict[str, str]:
    found: dict[str, str] = {}
    for column in COLUMNS:
        for heading in (column.name, *column.headings):
            found.setdefault(plain(heading), column.name)
    return found


def guess(heading: str) -> str:
    """The column a heading means, or nothing."""
    return _by_heading().get(plain(heading), "")


def heading_row(rows: list[tuple[int, list[str]]]) -> int:
    """The number of the row that most looks like headings: most known names, else the first with two cells."""
    first = rows[:20]
    best = max(first, key=lambda row: sum(bool(guess(cell)) for cell in row[1] if cell), default=None)
    if best and sum(bool(guess(cell)) for cell in best[1] if cell):
        return best[0]
    return next((number for number, cells in first if sum(map(bool, cells)) > 1), first[0][0])


def letters(position: int) -> str:
    """A column as a spreadsheet names it: A, B, ... AA."""
    name, position = "", position + 1
    while position:
        position, rest = divmod(position - 1, 26)
        name = chr(65 + rest) + name
    return name
