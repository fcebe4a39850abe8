"""What colleagues write on files: notes by stage, why risk is what it is, why a step was taken. (Khmer, English)."""

from .stories import Text

#: (text, done by, source) of what is noted at the beginning, in care, and afterwards.
Noted = tuple[Text, str, str]

BEGINNING: tuple[Noted, ...] = (
    (("បានជួបបុគ្គលដោយផ្ទាល់។ បានពន្យល់អំពីសិទ្ធិ និងការរក្សាការសម្ងាត់។ បុគ្គលសុំសម្រាកមុននឹងនិយាយបន្ត។",
      "Met the person. Explained their rights and that what they say stays confidential. They asked to rest first."),
     "SELF", "SEEN"),
    (("សម្ភាសន៍បឋមរយៈពេល 40 នាទី ដោយសម្រាកម្តង។ បុគ្គលសុំឱ្យសួរតែម្តងប៉ុណ្ណោះ។",
      "First interview of 40 minutes with one pause. The person asked to be asked only once."), "COLLEAGUE", "TOLD"),
    (("បានផ្តល់អាហារ សម្លៀកបំពាក់ និងសម្ភារៈអនាម័យ។ បុគ្គលនិយាយថាមានអារម្មណ៍ស្ងប់ជាងមុន។",
      "Gave food, clothing and hygiene items. The person says they feel calmer."), "SELF", "SEEN"),
    (("នគរបាលបានប្រគល់បុគ្គលមកមន្ទីរ។ គ្មានឯកសារអត្តសញ្ញាណ។",
      "The police handed the person over. There are no identity papers."), "POLICE", "PAPER"),
    (("អាជ្ញាធរដែនដីបានទូរស័ព្ទមកប្រាប់ថា មានអ្នកមិនស្គាល់មកសួររកបុគ្គល។",
      "The local authority called: a stranger has been asking for the person."), "LOCAL_AUTHORITY", "PHONE"),
)  # fmt: skip
IN_CARE: tuple[Noted, ...] = (
    (("គ្រូពេទ្យបានពិនិត្យសុខភាព។ ត្រូវណាត់ជួបម្តងទៀតក្នុងរយៈពេលពីរសប្តាហ៍។",
      "A doctor examined the person. Another appointment in two weeks."), "HEALTH", "PAPER"),
    (("បានទាក់ទងគ្រួសារតាមទូរស័ព្ទ ដោយមានការយល់ព្រមពីបុគ្គល។ គ្រួសារត្រៀមទទួល។",
      "Called the family with the person's consent. They are ready to receive them."), "SELF", "PHONE"),
    (("គណៈកម្មាធិការឃុំបានចុះមើលផ្ទះ។ ផ្ទះមានសុវត្ថិភាព ប៉ុន្តែគ្រួសារជំពាក់បំណុល។",
      "The commune committee visited the home. It is safe, but the family is in debt."), "COMMUNE_COMMITTEE", "PHONE"),
    (("ការប្រឹក្សាលើកទីពីរ។ បុគ្គលគេងបានល្អជាងមុន ហើយចង់រៀនជំនាញ។",
      "Second counselling session. The person sleeps better and wants to learn a skill."), "PARTNER", "MESSAGE"),
    (("បានចាប់ផ្តើមរៀនកាត់ដេរ បីព្រឹកក្នុងមួយសប្តាហ៍។",
      "A sewing course has begun, three mornings a week."), "PARTNER", "TOLD"),
    (("មេធាវីបានពន្យល់អំពីសិទ្ធិទាមទារសំណង។ បុគ្គលសុំពេលគិត។",
      "The lawyer explained the right to compensation. The person asked for time to think."), "PARTNER", "TOLD"),
    (("បានស្នើសុំឯកសារអត្តសញ្ញាណ។ កំពុងរង់ចាំចម្លើយ។",
      "Applied for identity papers. Waiting for the answer."), "SELF", "PAPER"),
)  # fmt: skip
AFTERWARDS: tuple[Noted, ...] = (
    (("ចុះតាមដានលើកទីមួយ។ បុគ្គលរស់នៅជាមួយគ្រួសារ មានការងារ ហើយនិយាយថាមានសុវត្ថិភាព។",
      "First follow-up visit. The person lives with the family, has work, and says they are safe."), "SELF", "SEEN"),
    (("តាមដានតាមទូរស័ព្ទ។ មុខរបរតូចដំណើរការបាន។ មេខ្យល់មិនបានទាក់ទងមកទៀតទេ។",
      "Follow-up by phone. The small business runs. The broker has not been in contact again."), "SELF", "PHONE"),
    (("គណៈកម្មាធិការឃុំរាយការណ៍ថា គ្មានបញ្ហាថ្មីទេ។",
      "The commune committee reports no new problems."), "COMMUNE_COMMITTEE", "PHONE"),
    (("បុគ្គលបានមកការិយាល័យដោយខ្លួនឯង ដើម្បីសួរអំពីវគ្គបណ្តុះបណ្តាល។",
      "The person came to the office to ask about training."), "PERSON", "TOLD"),
)  # fmt: skip

#: Only for people from abroad.
FROM_ABROAD: tuple[Noted, ...] = (
    (("អ្នកបកប្រែបានមកដល់។ សម្ភាសន៍បឋមរយៈពេល 40 នាទី ដោយសម្រាកម្តង។",
      "The interpreter arrived. First interview of 40 minutes with one pause."), "COLLEAGUE", "TOLD"),
    (("ស្ថានទូតបានផ្ញើសារថា លិខិតធ្វើដំណើរនឹងរួចរាល់នៅសប្តាហ៍ក្រោយ។",
      "The embassy wrote that the travel document will be ready next week."), "EMBASSY", "MESSAGE"),
)  # fmt: skip

RISKS: dict[str, tuple[Text, ...]] = {
    "HIGH": (
        ("អ្នកជ្រើសរើសដឹងទីលំនៅ ហើយបានផ្ញើសារគំរាម។ បុគ្គលខ្លាចចេញក្រៅ។",
         "The recruiter knows the address and has sent threats. The person is afraid to go out."),
        ("បុគ្គលនិយាយអំពីការធ្វើបាបខ្លួនឯង។ ត្រូវមានមនុស្សនៅជាមួយជានិច្ច។",
         "The person speaks of hurting themselves. Somebody must always be with them."),
    ),
    "MEDIUM": (
        ("គ្រួសារជំពាក់បំណុល ហើយមានសម្ពាធឱ្យចេញទៅធ្វើការក្រៅម្តងទៀត។",
         "The family is in debt and presses for another journey abroad."),
        ("គ្មានឯកសារ និងមិនចេះភាសាខ្មែរ។ មិនមានការគំរាមផ្ទាល់ទេ។",
         "No papers and no Khmer. No direct threats."),
    ),
    "LOW": (
        ("បុគ្គលនៅជាមួយសាច់ញាតិដែលទុកចិត្តបាន និងគ្មានទំនាក់ទំនងជាមួយអ្នកជ្រើសរើស។",
         "Stays with trusted relatives and has no contact with the recruiter."),
    ),
}  # fmt: skip

REASONS: dict[str, tuple[Text, ...]] = {
    "FIND_NO_INDICATORS": (
        ("វិវាទការងារ គ្មានការបង្ខំ ឬការបោកបញ្ឆោត។ បានណែនាំទៅមន្ទីរការងារ។",
         "A labour dispute without force or deception. Pointed to the labour department."),
    ),
    "NOT_IDENTIFY": (
        ("ព័ត៌មានដែលមានមិនបង្ហាញពីគោលបំណងកេងប្រវ័ញ្ចទេ។ បានប្រាប់អំពីសិទ្ធិសុំពិនិត្យឡើងវិញ។",
         "What is known does not show a purpose of exploitation. The right to a review was explained."),
    ),
    "ASK_CLOSURE": (
        ("បុគ្គលមានជីវភាពស្ថិរភាព និងលែងត្រូវការសេវា។ បានតាមដានបីដងជាប់គ្នា។",
         "Life is stable and no more services are needed. Three visits in a row went well."),
    ),
    "ASK_CLOSURE ABROAD": (
        ("បុគ្គលបានត្រឡប់ទៅប្រទេសកំណើត ហើយមិនត្រូវការការតាមដានទៀត។",
         "The person has gone back to their country and needs no more follow-up."),
    ),
    "CLOSE": (
        ("យល់ព្រមបិទករណី។ បុគ្គលដឹងពីរបៀបទាក់ទងយើងវិញ។",
         "Closure agreed. The person knows how to reach us again."),
    ),
    "KEEP_OPEN": (
        ("ត្រូវតាមដានបីខែទៀត ព្រោះគ្រួសារនៅតែមានបំណុល។",
         "Another three months of follow-up, as the family is still in debt."),
    ),
    "REOPEN": (
        ("បុគ្គលបានទាក់ទងមកវិញ ដោយសារអ្នកជ្រើសរើសត្រឡប់មករកម្តងទៀត។",
         "The person has come back: the recruiter is looking for them again."),
    ),
    "MARK_VOID": (
        ("បានបើកពីរដងដោយច្រឡំ សម្រាប់បុគ្គលតែមួយ។", "Opened twice by mistake for the same person."),
    ),
}  # fmt: skip

#: Codes that go with the words of a closure.
CLOSURES = ("GOALS_ACHIEVED", "GOALS_ACHIEVED", "GOALS_ACHIEVED", "NO_SUPPORT_NEEDED")

#: Why a referral was answered as it was: (code of the list of reasons, words).
ANSWERS: dict[str, tuple[tuple[str, Text], ...]] = {
    "send_back": (
        ("PURPOSE_MISMATCH", ("សំណើនេះបើកព័ត៌មានច្រើនជាងដែលសេវាត្រូវការ។ សូមកែ។",
                              "More is opened than this service needs. Please correct.")),
        ("INSUFFICIENT_INFORMATION", ("សូមបន្ថែមអំពីតម្រូវការបន្ទាន់ និងភាសា។",
                                      "Please add what is urgent and which language is needed.")),
        ("CHILD_RULES", ("សូមបញ្ជាក់ថា នរណាជាអាណាព្យាបាល។", "Please say who the guardian is.")),
    ),
    "decline": (
        ("NO_CAPACITY", ("បន្ទប់ពេញអស់ហើយ រហូតដល់ចុងខែ។", "All places are taken until the end of the month.")),
        ("OUTSIDE_AREA", ("យើងមិនទាន់មានក្រុមនៅខេត្តនេះទេ។", "We have no team in this province yet.")),
        ("OUTSIDE_CRITERIA", ("សេវានេះសម្រាប់តែកុមារប៉ុណ្ណោះ។", "This service is for children only.")),
        ("SAFETY", ("ជនសង្ស័យរស់នៅជិតកន្លែងរបស់យើង។", "The suspect lives near our place.")),
    ),
    "complete": (
        ("", ("បុគ្គលបានបញ្ចប់ការប្រឹក្សាប្រាំមួយលើក ហើយមានអារម្មណ៍ល្អជាងមុន។",
              "Six counselling sessions are completed; the person feels better.")),
        ("", ("បានបញ្ចប់វគ្គបណ្តុះបណ្តាល ហើយបានការងារនៅជិតផ្ទះ។",
              "The training is completed and work was found near home.")),
        ("", ("ស្នាក់នៅបីខែ ហើយបានត្រឡប់ទៅគ្រួសារដោយសុវត្ថិភាព។",
              "Stayed for three months and went back to the family in safety.")),
    ),
    "withdraw": (
        ("", ("បុគ្គលបានប្តូរចិត្ត ហើយចង់នៅជាមួយសាច់ញាតិ។",
              "The person has changed their mind and wants to stay with relatives.")),
        ("", ("បានរកឃើញសេវានៅជិតផ្ទះជាង។", "A service nearer home was found.")),
    ),
}  # fmt: skip
ASKS: tuple[Text, ...] = (
    ("សូមជួយទទួលក្នុងសប្តាហ៍នេះ បើអាច។", "Please receive the person this week if you can."),
    ("បុគ្គលសុំជួបបុគ្គលិកភេទដូចគ្នា។", "The person asks for a worker of the same sex."),
    ("យើងអាចរៀបចំការធ្វើដំណើរ។", "We can arrange the journey."),
)
EMERGENCY: Text = (
    "អាយុជីវិតមានគ្រោះថ្នាក់ ហើយបុគ្គលមិនអាចឆ្លើយបាននៅពេលនេះ។",
    "Life is in danger and the person cannot answer at present.",
)
