"""Everything that can be wrong with a row, as codes with one sentence each. A sentence never repeats a value.

What the intake would refuse is refused here by the same forms; their errors come as these codes, so that they can be
stored and counted without what was written, and read in either language.
"""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _


class Wrong(models.TextChoices):
    REQUIRED = "REQUIRED", _("This is missing, and no file can be made without it.")
    UNKNOWN_VALUE = (
        "UNKNOWN_VALUE",
        _("This word is not on the list. Match it once, or write a word of the list."),
    )
    UNKNOWN_PLACE = (
        "UNKNOWN_PLACE",
        _("No place of this name is known here. Write its name or its official code."),
    )
    AMBIGUOUS_PLACE = (
        "AMBIGUOUS_PLACE",
        _("Several places have this name. Add a column for the province, or write the official code."),
    )
    OTHER_PROVINCE = "OTHER_PROVINCE", _("You can make files for your own province only.")
    OTHER_PLACE = "OTHER_PLACE", _("This place lies in another province or district.")
    NOT_CAMBODIA = "NOT_CAMBODIA", _("A district is given, but the country is not Cambodia.")
    DATE_UNREADABLE = (
        "DATE_UNREADABLE",
        _("This is not a date that can be read. Write day, month and year, for example 27/3/2026."),
    )
    DATE_SHORT_YEAR = "DATE_SHORT_YEAR", _("The year must have four digits, for example 2026.")
    DATE_INCOMPLETE = "DATE_INCOMPLETE", _("The day is missing: here the whole date must be known.")
    NO_SUCH_DATE = (
        "NO_SUCH_DATE",
        _("There is no such day. The day comes first, then the month: 27/3/2026."),
    )
    TOO_EARLY = "TOO_EARLY", _("The year must be 1850 or later.")
    BUDDHIST_ERA = (
        "BUDDHIST_ERA",
        _("Write the year of the international calendar, for example 2026, not of the Buddhist era."),
    )
    IN_FUTURE = "IN_FUTURE", _("The date must be today or in the past.")
    TOO_OLD = "TOO_OLD", _("By this the person would be older than 120 years. Correct the year.")
    AGE_UNREADABLE = (
        "AGE_UNREADABLE",
        _("This is not an age that can be read. Write a whole number, or two for a range: 15-17."),
    )
    AGE_ORDER = "AGE_ORDER", _("The higher age must not be below the lower one.")
    AGE_NOT_BIRTH = "AGE_NOT_BIRTH", _("The age and the date of birth do not fit.")
    CHILD_NOT_AGE = "CHILD_NOT_AGE", _("Child or not, and the age, do not fit. Correct one of the two.")
    CHILD_AT_START = (
        "CHILD_AT_START",
        _("Whether the person was a child when it began does not fit the age or the date."),
    )
    END_BEFORE_START = "END_BEFORE_START", _("The end must not be before the beginning.")
    BEFORE_BIRTH = "BEFORE_BIRTH", _("A date of this row lies before the person was born.")
    NOT_KHMER = (
        "NOT_KHMER",
        _(
            "This name is not in Khmer letters. It may be typed in an old font (Limon, ABC) that is not Unicode."
        ),
    )
    NOT_A_NAME = (
        "NOT_A_NAME",
        _("No name holds these signs. It may be typed in an old font (Limon, ABC) that is not Unicode."),
    )
    TOO_LONG = "TOO_LONG", _("This text is too long. Shorten it.")
    NOT_READABLE = (
        "NOT_READABLE",
        _("This text holds a sign that cannot be stored. Type it again without it."),
    )
    FORMULA_ERROR = (
        "FORMULA_ERROR",
        _("The spreadsheet shows an error here (such as #REF!) in place of a value. Write the value."),
    )
    MERGED = (
        "MERGED",
        _("This cell is merged with the one above. Take the merge apart and write the value in each row."),
    )
    BEYOND_HEADINGS = (
        "BEYOND_HEADINGS",
        _("This row has more cells than there are headings: the values may stand in the wrong columns."),
    )
    DANGER_NOT_LOW = "DANGER_NOT_LOW", _("Somebody in danger now is not at low risk.")
    CONSENT_MISSING = "CONSENT_MISSING", _("Say what the person answered.")
    CONSENT_DAY = "CONSENT_DAY", _("Say on which day consent was given.")
    CONSENT_HOW = "CONSENT_HOW", _("Say how consent was given.")
    CONSENT_OF_CHILD = (
        "CONSENT_OF_CHILD",
        _("The person is a child or may be one: the guardian consents, and the child agrees."),
    )
    NOT_TAKEN = "NOT_TAKEN", _("The database did not take this row. Make this file by hand.")
    OTHER = "OTHER", _("A file with these answers cannot be made. Make this file by hand.")


#: The codes of the forms' errors (cases/forms/intake.py, accounts/fields.py).
_OF_FORMS = {
    "required": Wrong.REQUIRED,
    "max_length": Wrong.TOO_LONG,
    "null_characters_not_allowed": Wrong.NOT_READABLE,
    "invalid": Wrong.AGE_UNREADABLE,
    "min_value": Wrong.AGE_UNREADABLE,
    "max_value": Wrong.AGE_UNREADABLE,
    "day_missing": Wrong.DATE_INCOMPLETE,
    "month_missing": Wrong.DATE_INCOMPLETE,
    "year_missing": Wrong.DATE_INCOMPLETE,
    "day": Wrong.NO_SUCH_DATE,
    "month": Wrong.NO_SUCH_DATE,
    "no_such_day": Wrong.NO_SUCH_DATE,
    "year": Wrong.DATE_SHORT_YEAR,
    "too_early": Wrong.TOO_EARLY,
    "era": Wrong.BUDDHIST_ERA,
    "today": Wrong.IN_FUTURE,
    "latest": Wrong.IN_FUTURE,
    "earliest": Wrong.TOO_OLD,
    "other_province": Wrong.OTHER_PLACE,
    "other_district": Wrong.OTHER_PLACE,
    "not_cambodia": Wrong.NOT_CAMBODIA,
    "age_order": Wrong.AGE_ORDER,
    "age_not_birth": Wrong.AGE_NOT_BIRTH,
    "child_not_age": Wrong.CHILD_NOT_AGE,
    "end_before_start": Wrong.END_BEFORE_START,
    "danger_not_low": Wrong.DANGER_NOT_LOW,
    "consent_missing": Wrong.CONSENT_MISSING,
    "consent_day": Wrong.CONSENT_DAY,
    "consent_how": Wrong.CONSENT_HOW,
}
#: What two pages of the intake contradict, by the field it is told by (cases/across.py).
ACROSS = {
    "reported_on": Wrong.BEFORE_BIRTH,
    "started_on": Wrong.BEFORE_BIRTH,
    "ended_on": Wrong.BEFORE_BIRTH,
    "consent_on": Wrong.BEFORE_BIRTH,
    "birth_date": Wrong.BEFORE_BIRTH,
    "age_max": Wrong.BEFORE_BIRTH,
    "child_at_start": Wrong.CHILD_AT_START,
    "consent_how": Wrong.CONSENT_OF_CHILD,
}
_CHOICES = {"province": Wrong.OTHER_PROVINCE, "commune": Wrong.OTHER_PLACE}


def code_of(field: str, error: ValidationError) -> str:
    """The code of one error of a form."""
    if error.code in ("invalid_choice", "invalid_list"):
        return _CHOICES.get(field, Wrong.UNKNOWN_VALUE)
    return _OF_FORMS.get(error.code or "", Wrong.OTHER)
