"""Names that no register holds: family names are things (cloud, bridge, kite), given names are ordinary.

(Khmer, Latin). Khmer readers see at once that nobody is called so.
"""

import random

FAMILY = [
    ("ពពក", "Popok"), ("រលក", "Rolok"), ("ផ្កាយ", "Phkay"), ("ភ្លៀង", "Phlieng"), ("ទន្លេ", "Tonle"),
    ("ត្នោត", "Thnaot"), ("ម្លិះ", "Mlis"), ("ខ្យល់", "Khyal"), ("ស្ពាន", "Spean"), ("ខ្លែង", "Khleng"),
    ("ចង្កៀង", "Changkieng"), ("កោះ", "Kaoh"), ("ព្រឹក", "Proek"), ("ក្រវាញ", "Kravanh"), ("រំដួល", "Romduol"),
    ("អំពិល", "Ampil"), ("ស្ទឹង", "Stueng"), ("ដំបូល", "Damboul"), ("កន្ទេល", "Kantel"), ("ឥន្ធនូ", "Inthanu"),
    ("ទឹកឃ្មុំ", "Tuekkhmum"), ("កំពង់", "Kampong"), ("ស្រះ", "Sras"), ("ដូង", "Doung"), ("មេអំបៅ", "Meambao"),
    ("ជណ្តើរ", "Chandaeur"), ("អរុណ", "Arun"), ("ឫស្សី", "Russei"),
]  # fmt: skip
WOMEN = [
    ("សុភា", "Sophea"), ("ស្រីពៅ", "Sreypov"), ("ចាន់ធី", "Chanthy"), ("ដាលីន", "Dalin"), ("រតនា", "Ratana"),
    ("សុខលី", "Sokly"), ("ស៊ីណា", "Sina"), ("ធារី", "Theary"), ("បុប្ផា", "Bopha"), ("ម៉ាលី", "Maly"),
    ("ពិសី", "Pisey"), ("គន្ធា", "Kunthea"), ("សុវណ្ណា", "Sovanna"), ("ចន្ទ្រា", "Chantrea"), ("ណារី", "Nary"),
    ("លក្ខិណា", "Leakhena"), ("សុជាតា", "Socheata"), ("វិច្ឆិកា", "Vicheka"), ("ស្រីម៉ៅ", "Sreymao"), ("ផល្លា", "Phalla"),
]  # fmt: skip
MEN = [
    ("ដារា", "Dara"), ("វុទ្ធី", "Vuthy"), ("ពិសិដ្ឋ", "Piseth"), ("វិចិត្រ", "Vichet"), ("សុភ័ក្រ", "Sopheak"),
    ("ប៊ុនធឿន", "Bunthoeun"), ("សុវណ្ណ", "Sovann"), ("រដ្ឋា", "Ratha"), ("សំណាង", "Samnang"), ("ភារុន", "Phearun"),
    ("រិទ្ធី", "Rithy"), ("ចំរើន", "Chamroeun"), ("មុន្នី", "Mony"), ("វីរៈ", "Vireak"), ("កុសល", "Kosal"),
    ("សុធា", "Sothea"), ("បូរ៉ា", "Bora"), ("ឧត្តម", "Oudom"), ("សីហា", "Seiha"), ("មករា", "Makara"),
]  # fmt: skip

#: Nationality: (family words of that language, women, men). Latin only, as their papers would have it.
ABROAD = {
    "VNM": (["May", "Suoi", "Trang Sao"], ["Thi Hoa", "Thi Lan", "Ngoc"], ["Van An", "Minh", "Quoc"]),
    "CHN": (["Yunhe", "Shanfeng", "Caihong"], ["Mei", "Xiaoli", "Fang"], ["Wei", "Jun", "Haitao"]),
    "TWN": (["Yunhe", "Haifeng"], ["Ya-ting", "Shu-fen"], ["Chih-hao", "Chun-wei"]),
    "IDN": (["Awan", "Pelangi", "Jembatan"], ["Sari", "Dewi", "Putri"], ["Budi", "Agus", "Rizky"]),
    "IND": (["Badal", "Nadi", "Tara Pul"], ["Priya", "Anjali", "Lakshmi"], ["Ravi", "Arjun", "Suresh"]),
    "BGD": (["Megh", "Nodi", "Shetu"], ["Ayesha", "Rahima"], ["Rafiq", "Jamal", "Shakib"]),
    "PAK": (["Badil", "Darya", "Sitara Pul"], ["Sana", "Nadia"], ["Imran", "Bilal", "Usman"]),
    "NPL": (["Badal", "Pul", "Indreni"], ["Sita", "Maya"], ["Bikash", "Suman"]),
    "THA": (["Mek", "Saphan", "Rung"], ["Malee", "Ploy", "Nok"], ["Somchai", "Anan", "Chai"]),
    "MMR": (["Tein", "Tada", "Kyay"], ["Aye Aye", "Thida"], ["Min Min", "Zaw"]),
    "LAO": (["Mekfa", "Khua", "Dao"], ["Noy", "Keo"], ["Bounmy", "Somphone"]),
    "PHL": (["Ulap", "Ilog", "Tulay"], ["Maria", "Liza", "Joy"], ["Jun", "Mark", "Paolo"]),
    "MYS": (["Awan", "Pelangi"], ["Aisyah", "Siew Ling"], ["Hafiz", "Kah Wai"]),
    "KOR": (["Gureum", "Mujigae"], ["Ji-woo", "Min-seo"], ["Jun-ho", "Sung-min"]),
    "JPN": (["Kumohashi", "Nijikawa"], ["Yuki", "Aoi"], ["Ren", "Haruto"]),
    "LKA": (["Walakula", "Palama"], ["Nimali", "Ishara"], ["Kasun", "Nuwan"]),
    "KEN": (["Wingu", "Daraja", "Mto"], ["Achieng", "Wanjiru"], ["Otieno", "Kamau"]),
    "UGA": (["Kire", "Olutindo"], ["Nakato", "Apio"], ["Okello", "Mugisha"]),
    "NGA": (["Ojo-Awosanma", "Afara"], ["Ngozi", "Bisi"], ["Emeka", "Tunde"]),
    "CMR": (["Nuage", "Pontdor"], ["Clarisse", "Odile"], ["Serge", "Blaise"]),
    "ETH": (["Demena", "Dildiy"], ["Hanna", "Tigist"], ["Dawit", "Yonas"]),
    "SLE": (["Klaud", "Brij"], ["Isatu", "Mariama"], ["Alusine", "Foday"]),
}

COLOURS = [
    ("ខៀវ", "Blue"), ("ក្រហម", "Red"), ("បៃតង", "Green"), ("លឿង", "Yellow"), ("ស", "White"), ("ប្រផេះ", "Grey"),
    ("ស្វាយ", "Purple"), ("ត្នោត", "Brown"),
]  # fmt: skip
THINGS = [
    ("កាបូប", "bag"), ("មួក", "hat"), ("ក្រមា", "krama"), ("ឆ័ត្រ", "umbrella"), ("ខ្លែង", "kite"), ("ទូក", "boat"),
    ("កង់", "bicycle"), ("អាវ", "shirt"), ("សៀវភៅ", "book"), ("កែវ", "cup"), ("ចាន", "bowl"), ("បង្អួច", "window"),
]  # fmt: skip


def khmer(dice: random.Random, sex: str) -> tuple[str, str]:
    """A full name in Khmer and in Latin letters, family name first."""
    family = dice.choice(FAMILY)
    given = dice.choice(MEN if sex == "MALE" else WOMEN)
    return f"{family[0]} {given[0]}", f"{family[1]} {given[1]}"


def foreign(dice: random.Random, nationality: str, sex: str) -> str:
    families, women, men = ABROAD[nationality]
    return f"{dice.choice(families)} {dice.choice(men if sex == 'MALE' else women)}"


def alias(dice: random.Random, *, in_khmer: bool) -> str:
    """What the person had with them or wore: a word to recognise the file by, never a name."""
    colour, thing = dice.choice(COLOURS), dice.choice(THINGS)
    if in_khmer:
        return f"{thing[0]}ពណ៌{colour[0]} លេខ {dice.randint(2, 98)}"
    return f"{colour[1]} {thing[1]} {dice.randint(2, 98)}"
