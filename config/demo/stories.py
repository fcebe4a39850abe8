# ruff: noqa: E501, ISC004 - texts in two languages, one pair after the other
"""What happened to the invented people: kinds of stories as the country meets them, without person or place.

Texts are (Khmer, English): files are written in either.
"""

from dataclasses import dataclass

Text = tuple[str, str]
Weights = dict[str, int]


@dataclass(frozen=True)
class Story:
    """One kind of story. `provinces` narrows where it is met; `months` is how long it lasted."""

    code: str
    weight: int
    forms: tuple[str, ...]
    place_type: str
    summaries: tuple[Text, ...]
    account: Text
    country: str = "KHM"
    provinces: str = ""
    nationalities: Weights | None = None  # None: Cambodian
    women: int = 50  # per cent
    ages: tuple[int, int] = (18, 45)
    months: tuple[int, int] = (2, 18)
    means: tuple[str, ...] = ("DECEPTION", "ABUSE_OF_VULNERABILITY")
    controls: tuple[str, ...] = ("FALSE_PROMISES", "TAKES_EARNINGS")
    relations: tuple[str, ...] = ("BROKER", "ACQUAINTANCE", "STRANGER")
    channels: tuple[str, ...] = ("LOCAL_AUTHORITY", "SELF", "FAMILY")
    services: tuple[str, ...] = ("PSY", "MED", "BASIC")


SCAM_CONTROLS = (
    "WITHHOLDS_DOCUMENTS", "RESTRICTS_MOVEMENT", "FINES_QUOTAS", "PHONE_CONFISCATED", "EXCESSIVE_WORKING_HOURS",
    "PHYSICAL_ABUSE", "RANSOM_RESALE", "DEBT_BONDAGE", "TORTURE",
)  # fmt: skip
RETURN_CHANNELS = ("BORDER_SCREENING", "TRANSIT_CENTRE", "FOREIGN_AUTHORITY", "IOM_UN", "MOSVY_DOSVY")
LABOUR_CONTROLS = (
    "TAKES_EARNINGS", "WITHHOLDS_DOCUMENTS", "DEBT_BONDAGE", "EXCESSIVE_WORKING_HOURS", "THREATS_LAW_ENFORCEMENT",
    "RESTRICTS_MOVEMENT",
)  # fmt: skip

STORIES = (
    Story(
        "SCAM_FOREIGN", 44, ("CRIM.SCAM", "LAB"), "SCAM_COMPOUND",
        (
            ("បុគ្គលបានមកប្រទេសកម្ពុជាតាមការផ្សាយការងារតាមអនឡាញ។ ពេលមកដល់ លិខិតឆ្លងដែនត្រូវបានដកហូត "
             "ហើយត្រូវបង្ខំឱ្យឆបោកតាមប្រព័ន្ធបច្ចេកវិទ្យាក្នុងបរិវេណបិទជិត។ ត្រូវការអ្នកបកប្រែ ការពិនិត្យសុខភាព និងឯកសារធ្វើដំណើរ។",
             "Came to Cambodia after an advertisement for office work online. On arrival the passport was taken and "
             "the person was made to commit online fraud in a closed compound. Needs an interpreter, a medical check "
             "and travel documents."),
            ("បុគ្គលត្រូវបានលក់បន្តពីបរិវេណមួយទៅបរិវេណមួយទៀត និងត្រូវគេទារប្រាក់លោះ។ បានចេញមកក្នុងប្រតិបត្តិការរបស់សមត្ថកិច្ច។ "
             "មានស្នាមរបួស ហើយគេងមិនលក់។",
             "Was sold on from one compound to another and asked for a ransom. Came out in an operation of the "
             "authorities. Has injuries and cannot sleep."),
            ("បុគ្គលបានរត់ចេញពីបរិវេណនៅពេលយប់ ហើយទាក់ទងទូរស័ព្ទទាន់ហេតុការណ៍។ គ្មានលិខិតឆ្លងដែន និងគ្មានប្រាក់។",
             "Ran from the compound at night and called the hotline. Has neither passport nor money."),
        ),
        ("បុគ្គលនិយាយថា ត្រូវធ្វើការដប់ប្រាំម៉ោងក្នុងមួយថ្ងៃ ហើយត្រូវពិន័យពេលមិនដល់ចំនួនកំណត់។ អ្នកដែលសុំចេញត្រូវបានវាយ។ "
         "ទូរស័ព្ទត្រូវបានដកហូត ហើយមានអ្នកយាមនៅមាត់ទ្វារ។",
         "The person says they worked fifteen hours a day and were fined when the daily target was missed. Those who "
         "asked to leave were beaten. Phones were taken away and the gates were guarded."),
        provinces="PNH SHV SVR KKG BMC KDL KPT PLN OMC BTB",
        nationalities={"CHN": 16, "VNM": 14, "IDN": 13, "IND": 10, "BGD": 8, "THA": 8, "PAK": 6, "TWN": 4, "NPL": 5,
                       "MYS": 4, "PHL": 4, "MMR": 4, "KOR": 3, "JPN": 2, "LAO": 2, "LKA": 2, "KEN": 3, "UGA": 3,
                       "NGA": 2, "CMR": 2, "ETH": 2, "SLE": 2},
        women=28, ages=(17, 41), months=(1, 14),
        means=("DECEPTION", "FRAUD", "FORCE", "THREAT", "COERCION"), controls=SCAM_CONTROLS,
        relations=("STRANGER", "RECRUITMENT_AGENCY", "ACQUAINTANCE", "FRIEND", "BROKER"),
        channels=("POLICE_OPERATION", "EMBASSY", "HOTLINE_117", "HOTLINE_1288", "NGO", "SELF", "IOM_UN"),
        services=("SHEL.EM", "INT", "MED", "PSY", "DOC", "REPAT", "LEG"),
    ),
    Story(
        "SCAM_KHMER", 12, ("CRIM.SCAM",), "SCAM_COMPOUND",
        (
            ("យុវជនម្នាក់ត្រូវបានមិត្តភក្តិអូសទាញឱ្យធ្វើការផ្នែកលក់ដូរតាមអនឡាញ។ ត្រូវបានបង្ខាំង និងមិនបានទទួលប្រាក់ខែ។",
             "A young person was talked into an online sales job by a friend, confined, and never paid."),
            ("គ្រួសារបានសុំជំនួយ ព្រោះបុគ្គលអាចទាក់ទងបានតែពីរបីនាទីក្នុងមួយសប្តាហ៍ ហើយនិយាយថាមិនអាចចេញបាន។",
             "The family asked for help: the person could call for a few minutes a week and said they could not leave."),
        ),
        ("បុគ្គលបានសន្យាថាទទួលប្រាក់ខែ ៦០០ ដុល្លារ។ បន្ទាប់មក គេនិយាយថាជំពាក់ថ្លៃបន្ទប់ និងថ្លៃអាហារ។",
         "A salary of 600 dollars was promised. Then they were told they owed money for room and food."),
        provinces="PNH SHV SVR KKG BMC KDL KPC PVG TKO",
        women=40, ages=(16, 32), months=(1, 9), controls=SCAM_CONTROLS, relations=("FRIEND", "ACQUAINTANCE", "BROKER"),
        channels=("FAMILY", "HOTLINE_117", "POLICE_COMPLAINT", "SELF"), services=("PSY", "LEG", "TVET", "FAM"),
    ),
    Story(
        "SCAM_ABROAD", 4, ("CRIM.SCAM", "LAB"), "SCAM_COMPOUND",
        (
            ("បុគ្គលបានធ្វើដំណើរតាមប្រទេសទីបី ហើយត្រូវបានបង្ខំឱ្យឆបោកតាមប្រព័ន្ធបច្ចេកវិទ្យា។ បានត្រឡប់មកវិញតាមរយៈស្ថានទូត។",
             "Travelled by way of a third country and was made to commit online fraud. Returned with the embassy's help."),
        ),
        ("បុគ្គលត្រូវបានដឹកឆ្លងទន្លេនៅពេលយប់ ហើយមិនដឹងថានៅកន្លែងណាឡើយ។",
         "The person was taken across a river at night and did not know where they were."),
        country="MMR", women=35, ages=(18, 34), months=(2, 12), controls=SCAM_CONTROLS,
        channels=("EMBASSY", "IOM_UN", "FOREIGN_AUTHORITY"), services=("PSY", "MED", "JOB", "FAM"),
    ),
    Story(
        "FISHING", 10, ("LAB.FISH",), "VESSEL",
        (
            ("បុរសម្នាក់ធ្វើការលើទូកនេសាទ មិនបានឡើងគោកអស់ជាច្រើនខែ ហើយមិនបានទទួលប្រាក់ឈ្នួល។",
             "A man worked on a fishing boat, was not on land for many months, and was not paid."),
            ("បុគ្គលបានលោតពីទូកនេសាទ ហើយត្រូវបានអ្នកភូមិជួយ។ មានជំងឺស្បែក និងឈឺខ្នង។",
             "Jumped from a fishing boat and was helped by villagers. Has a skin disease and back pain."),
        ),
        ("មេខ្យល់យកប្រាក់ជាមុន ហើយនិយាយថាការងារនៅលើគោក។ មេទូកបានរក្សាឯកសារទាំងអស់។",
         "The broker took money first and said the work was on land. The captain kept all papers."),
        country="THA", provinces="BMC KKG KPC PVG KTM SHV SRP BTB KPT", women=0, ages=(17, 48), months=(6, 40),
        means=("DECEPTION", "FORCE", "ABUSE_OF_VULNERABILITY"), controls=LABOUR_CONTROLS,
        channels=RETURN_CHANNELS, services=("MED", "LEG.COMP", "JOB", "PSY"),
    ),
    Story(
        "CONSTRUCTION", 11, ("LAB.CONS",), "CONSTRUCTION_SITE",
        (
            ("គ្រួសារមួយធ្វើការសំណង់ក្រៅប្រទេស។ ថៅកែមិនបើកប្រាក់ឈ្នួល ហើយគំរាមហៅប៉ូលិស។ ត្រូវបានបញ្ជូនត្រឡប់តាមព្រំដែន។",
             "A family worked on building sites abroad. The employer did not pay and threatened to call the police. "
             "They were returned over the border."),
            ("បុគ្គលបានរងរបួសនៅការដ្ឋាន ហើយមិនបានទទួលការព្យាបាល។",
             "Was injured on a building site and was not given treatment."),
        ),
        ("ពួកគេជំពាក់ថ្លៃធ្វើដំណើរ ហើយប្រាក់ឈ្នួលត្រូវកាត់សងរហូត។",
         "They owed the cost of the journey and all wages went to pay it back."),
        country="THA", provinces="BMC BTB OMC PLN SRP KPC PVG KTM TBK PVH", women=42, ages=(16, 50), months=(4, 24),
        controls=LABOUR_CONTROLS, channels=RETURN_CHANNELS, services=("LEG.COMP", "JOB", "BASIC", "TRANS"),
    ),
    Story(
        "PLANTATION", 4, ("LAB.AGRI",), "FARM",
        (
            ("បុគ្គលធ្វើការក្នុងចម្ការ ដោយត្រូវបានហាមចេញក្រៅ និងបានទទួលតែអាហារ។",
             "Worked on a plantation, was not allowed out, and was given food only."),
        ),
        ("ប្រាក់ឈ្នួលត្រូវបានសន្យាបន្ទាប់ពីរដូវច្រូត ប៉ុន្តែមិនដែលបានទទួល។",
         "Wages were promised after the harvest and never came."),
        country="THA", women=38, ages=(15, 52), months=(3, 15), controls=LABOUR_CONTROLS,
        channels=RETURN_CHANNELS, services=("BASIC", "JOB", "TRANS", "SOCP"),
    ),
    Story(
        "BEGGING_WEST", 9, ("BEG",), "STREET",
        (
            ("កុមារត្រូវបាននាំឆ្លងដែនឱ្យសុំទាន ហើយប្រាក់ត្រូវប្រគល់ឱ្យមនុស្សពេញវ័យរៀងរាល់យប់។",
             "A child was taken across the border to beg and had to hand over the money to an adult every night."),
        ),
        ("កុមារនិយាយថា ត្រូវបានវាយពេលបានប្រាក់តិច។ កុមារមិនធ្លាប់ចូលរៀនទេ។",
         "The child says they were beaten when there was little money. The child has never been to school."),
        country="THA", provinces="BMC BTB OMC PLN SRP", women=48, ages=(6, 14), months=(2, 20), means=(),
        controls=("TAKES_EARNINGS", "PHYSICAL_ABUSE", "WITHHOLDS_NECESSITIES", "RESTRICTS_MOVEMENT"),
        relations=("FAMILY", "ACQUAINTANCE", "BROKER"), channels=("BORDER_SCREENING", "FOREIGN_AUTHORITY", "NGO"),
        services=("CP", "SHEL.ST", "EDU", "FAM", "TRACE"),
    ),
    Story(
        "BEGGING_EAST", 7, ("BEG",), "STREET",
        (
            ("កុមារលក់ឆ្នោត និងសុំទាននៅប្រទេសជិតខាង ដោយមានមេការតាមត្រួតត្រា។",
             "A child sold lottery tickets and begged in the neighbouring country under the eye of an overseer."),
        ),
        ("ឪពុកម្តាយបានទទួលប្រាក់កក់ពីមេការ។", "The parents had taken an advance from the overseer."),
        country="VNM", provinces="SVR PVG TKO KPT KDL", women=50, ages=(7, 15), months=(2, 16), means=(),
        controls=("TAKES_EARNINGS", "DEBT_BONDAGE", "RESTRICTS_MOVEMENT"), relations=("FAMILY", "ACQUAINTANCE"),
        channels=("BORDER_SCREENING", "LOCAL_AUTHORITY", "CHILD_HELPLINE"), services=("CP", "EDU", "FAM", "SOCP"),
    ),
    Story(
        "DOMESTIC_ABROAD", 5, ("LAB.DOM",), "PRIVATE_HOME",
        (
            ("ស្ត្រីម្នាក់ធ្វើការផ្ទះនៅក្រៅប្រទេស មិនមានថ្ងៃឈប់សម្រាក ហើយត្រូវបានដកហូតលិខិតឆ្លងដែន។",
             "A woman did domestic work abroad without a day of rest; her passport was kept from her."),
            ("បុគ្គលបានភៀសខ្លួនទៅស្ថានទូត បន្ទាប់ពីត្រូវបានវាយដំ និងមិនបានទទួលប្រាក់ខែមួយឆ្នាំ។",
             "Fled to the embassy after beatings and a year without wages."),
        ),
        ("ក្រុមហ៊ុនជ្រើសរើសបានសន្យាប្រាក់ខែខ្ពស់។ បន្ទាប់ពីផ្លាស់ថៅកែ ទំនាក់ទំនងទាំងអស់ត្រូវបានកាត់ផ្តាច់។",
         "The agency promised high wages. After a change of employer all contact was cut off."),
        country="MYS", women=100, ages=(19, 44), months=(8, 60),
        controls=(*LABOUR_CONTROLS, "PHYSICAL_ABUSE", "WITHHOLDS_NECESSITIES"),
        relations=("RECRUITMENT_AGENCY", "BROKER"), channels=("EMBASSY", "NGO", "FAMILY"),
        services=("PSY", "MED", "LEG.COMP", "GRANT"),
    ),
    Story(
        "DOMESTIC_HOME", 5, ("LAB.DOM", "CHL"), "PRIVATE_HOME",
        (
            ("កុមារីម្នាក់ធ្វើការផ្ទះតាំងពីព្រលឹមរហូតដល់យប់ជ្រៅ ហើយមិនត្រូវបានអនុញ្ញាតឱ្យទៅរៀន។",
             "A girl did housework from dawn until late at night and was not allowed to go to school."),
        ),
        ("សាច់ញាតិឆ្ងាយបាននាំកុមារមក ដោយសន្យាថាឱ្យរៀន។", "A distant relative brought the child, promising school."),
        women=88, ages=(9, 16), months=(4, 36), means=(),
        controls=("WITHHOLDS_NECESSITIES", "PHYSICAL_ABUSE", "TAKES_EARNINGS"), relations=("FAMILY", "ACQUAINTANCE"),
        channels=("COMMUNE_COMMITTEE", "COMMUNITY", "CHILD_HELPLINE", "HOSPITAL"), services=("CP", "SHEL.ST", "EDU", "PSY"),
    ),
    Story(
        "MARRIAGE", 7, ("MAR",), "PRIVATE_HOME",
        (
            ("ស្ត្រីម្នាក់ត្រូវបានមេអណ្តើកនាំទៅរៀបការក្រៅប្រទេស។ គ្រួសារប្តីបានឃុំឃាំង និងបង្ខំឱ្យមានកូន។",
             "A woman was taken abroad by a marriage broker. The husband's family confined her and forced her to have a child."),
            ("បុគ្គលបានទូរស័ព្ទមកគ្រួសារ ហើយសុំជួយឱ្យត្រឡប់មកវិញ។ ទិដ្ឋាការផុតកំណត់។",
             "She called her family and asked for help to come home. Her visa had run out."),
        ),
        ("មេអណ្តើកបានសន្យាការងារក្នុងរោងចក្រ។ ពេលទៅដល់ ត្រូវបានបង្ហាញដល់បុរសជាច្រើននាក់។",
         "The broker had promised factory work. On arrival she was shown to several men."),
        country="CHN", women=100, ages=(16, 34), months=(6, 48), means=("DECEPTION", "PAYMENT", "COERCION"),
        controls=("RESTRICTS_MOVEMENT", "WITHHOLDS_DOCUMENTS", "SEXUAL_ABUSE", "PSYCHOLOGICAL_ABUSE"),
        relations=("MARRIAGE_BROKER", "ACQUAINTANCE", "FAMILY"), channels=("EMBASSY", "FAMILY", "NGO", "POLICE_COMPLAINT"),
        services=("PSY", "MED", "LEG", "DOC", "GRANT"),
    ),
    Story(
        "BRICKS", 12, ("LAB.BRICK",), "BRICK_KILN",
        (
            ("គ្រួសារជំពាក់បំណុលថៅកែឡឥដ្ឋ ហើយមិនអាចចេញទៅធ្វើការកន្លែងផ្សេង។ កូនក៏ធ្វើការដែរ។",
             "A family is in debt to the owner of a brick kiln and cannot leave for other work. The children work too."),
        ),
        ("បំណុលកើនឡើងរាល់រដូវវស្សា។ កិច្ចសន្យាត្រូវបានធ្វើដោយស្នាមមេដៃតែប៉ុណ្ណោះ។",
         "The debt grows every rainy season. The contract bears only a thumbprint."),
        provinces="KDL PNH KPC BTB", women=50, ages=(10, 52), months=(12, 72), means=("ABUSE_OF_VULNERABILITY",),
        controls=("DEBT_BONDAGE", "RESTRICTS_MOVEMENT", "USES_CHILDREN"), relations=("EMPLOYER",),
        channels=("NGO", "LABOUR_DEPARTMENT", "LOCAL_AUTHORITY"), services=("LEG", "EDU", "SOCP", "JOB"),
    ),
    Story(
        "VENUE", 10, ("SEX.PROS",), "ENTERTAINMENT_VENUE",
        (
            ("ស្ត្រីវ័យក្មេងម្នាក់ត្រូវបានបង្ខំឱ្យទទួលភ្ញៀវដើម្បីសងបំណុល។ ត្រូវការជម្រកសុវត្ថិភាព និងការប្រឹក្សា។",
             "A young woman was forced to receive clients to pay off a debt. Needs a safe shelter and counselling."),
            ("ត្រូវបានជួយចេញពីកន្លែងកម្សាន្តក្នុងប្រតិបត្តិការរបស់នគរបាល។ បុគ្គលមិនចង់ជួបគ្រួសារនៅឡើយទេ។",
             "Was brought out of an entertainment venue by a police operation. Does not want to meet the family yet."),
        ),
        ("អ្នកគ្រប់គ្រងបានរក្សាអត្តសញ្ញាណប័ណ្ណ ហើយកាត់ប្រាក់សម្រាប់បន្ទប់ និងសម្លៀកបំពាក់។",
         "The manager kept the identity card and deducted money for room and clothes."),
        provinces="PNH SHV SRP BTB BMC KKG SVR", nationalities={"KHM": 80, "VNM": 20}, women=96, ages=(15, 27),
        months=(1, 20), means=("DECEPTION", "COERCION", "ABUSE_OF_VULNERABILITY"),
        controls=("DEBT_BONDAGE", "SEXUAL_ABUSE", "WITHHOLDS_DOCUMENTS", "PSYCHOLOGICAL_ABUSE"),
        relations=("ACQUAINTANCE", "INTIMATE_PARTNER", "BROKER"), channels=("POLICE_OPERATION", "NGO", "HOTLINE_1288"),
        services=("SHEL.ST", "PSY", "MED", "LEG", "TVET"),
    ),
    Story(
        "ONLINE_CHILD", 4, ("SEX.PORN",), "ONLINE",
        (
            ("កុមារត្រូវបានបង្ខំឱ្យផ្ញើរូបភាព បន្ទាប់ពីស្គាល់គ្នាតាមអនឡាញ។ គ្រួសារបានមករាយការណ៍។",
             "A child was pressed for pictures after meeting somebody online. The family reported it."),
        ),
        ("ជនសង្ស័យគំរាមផ្សព្វផ្សាយរូបភាព។", "The suspect threatened to spread the pictures."),
        women=80, ages=(11, 17), months=(1, 8), means=(), controls=("PSYCHOLOGICAL_ABUSE", "PHYSICAL_THREATS"),
        relations=("STRANGER", "ACQUAINTANCE"), channels=("FAMILY", "CHILD_HELPLINE", "POLICE_COMPLAINT"),
        services=("CP", "PSY", "LEG", "FAM"),
    ),
    Story(
        "SURROGACY", 2, ("SUR",), "PRIVATE_HOME",
        (
            ("ស្ត្រីម្នាក់ត្រូវបានជ្រើសរើសឱ្យពពោះជួស ដោយមិនយល់ពីផលវិបាក។ ត្រូវការការថែទាំសុខភាព និងជំនួយច្បាប់។",
             "A woman was recruited as a surrogate without understanding what it meant. Needs health care and legal aid."),
        ),
        ("បុគ្គលស្នាក់នៅជាមួយស្ត្រីផ្សេងទៀតក្នុងផ្ទះជួលតែមួយ ហើយមិនអាចចេញដោយសេរី។",
         "She lived with other women in one rented house and could not go out freely."),
        provinces="PNH KDL KPS TKO", nationalities={"KHM": 60, "PHL": 25, "VNM": 15}, women=100, ages=(21, 36),
        months=(3, 9), means=("DECEPTION", "PAYMENT"), controls=("RESTRICTS_MOVEMENT", "WITHHOLDS_DOCUMENTS"),
        channels=("POLICE_OPERATION", "HOSPITAL"), services=("MED", "LEG", "PSY", "CP"),
    ),
    Story(
        "DISPUTE", 3, ("UNK",), "FACTORY",
        (
            ("បុគ្គលរាយការណ៍ថាថៅកែមិនបើកប្រាក់ខែ។ ត្រូវពិនិត្យថាតើមានសូចនាករនៃអំពើជួញដូរមនុស្សដែរឬទេ។",
             "The person reports unpaid wages. To be screened for indicators of trafficking."),
        ),
        ("បុគ្គលអាចចេញចូលដោយសេរី ហើយរក្សាឯកសារដោយខ្លួនឯង។",
         "The person could come and go freely and kept their own papers."),
        women=60, ages=(18, 48), months=(1, 10), means=(), controls=(), relations=("EMPLOYER",),
        channels=("LABOUR_DEPARTMENT", "SELF", "HOTLINE_117"), services=("LEG.COMP", "JOB"),
    ),
)  # fmt: skip

BY_CODE = {story.code: story for story in STORIES}

#: How often the provinces meet a file: borders, the capital and the coast more than others.
PROVINCES: Weights = {
    "BMC": 14, "PNH": 12, "SHV": 10, "SVR": 8, "KKG": 7, "BTB": 6, "KDL": 6, "SRP": 4, "OMC": 4, "KPC": 4, "PVG": 4,
    "KPT": 4, "PLN": 3, "TKO": 3, "KPS": 3, "KTM": 3, "TBK": 3, "KCN": 2, "PST": 2, "KRT": 2, "STG": 1, "RTK": 1,
    "MDK": 1, "PVH": 1, "KEP": 1,
}  # fmt: skip

LANGUAGES = {
    "KHM": "KHM", "VNM": "VIE", "CHN": "ZHO", "TWN": "ZHO", "IDN": "IND", "IND": "HIN", "BGD": "BEN", "PAK": "URD",
    "NPL": "NEP", "THA": "THA", "MMR": "MYA", "LAO": "LAO", "PHL": "TGL", "MYS": "MSA", "KOR": "KOR", "JPN": "JPN",
    "LKA": "SIN", "KEN": "SWA", "UGA": "ENG", "NGA": "ENG", "CMR": "FRA", "ETH": "AMH", "SLE": "ENG",
}  # fmt: skip
