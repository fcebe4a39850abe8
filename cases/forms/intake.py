"""The sections of the intake. Only channel, province and alias must be filled; the rest may wait.

Field names are unique across the sections: a draft is one flat set of what was typed.
"""

import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.fields import CleanText, NameText, PartialDate, PlainForm, ThreePartDate, WholeNumber

from ..ages import OLDEST, age_range, years_before
from ..answers import AgeBasis, Answer, ConsentAnswer, RiskLevel, Sex
from ..models import Consent
from .fields import (
    EMPTY,
    code_checks,
    code_select,
    commune_choices,
    country_choices,
    district_choices,
    nationality_choices,
    place_of,
    province_choices,
    province_of,
    radios,
)


def today() -> datetime.date:
    return timezone.localdate()


def earliest_birth() -> datetime.date:
    return years_before(today(), OLDEST)


#: "Not known" was asked and has no answer; "not asked" is an answer of its own. Every question offers both.
NO_ANSWER = [(Answer.NOT_KNOWN, _("Not known")), (Answer.NOT_ASKED, _("Not asked"))]
YES_OR_NO = [(Answer.YES, _("Yes")), (Answer.NO, _("No")), *NO_ANSWER]


class SectionForm(PlainForm):
    """One page of the intake. `key` is its name in the address, `title` its line in the task list.

    `provinces` are those the person may make files for; None for every one. `on` is the day of which ages are told:
    today, for a row of a register the day it was reported.
    """

    key = ""
    title: Any = ""
    hint: Any = ""
    mark_optional = True
    #: Optional fields that another answer makes necessary: their hint says when, so they are not marked optional.
    sometimes_needed: tuple[str, ...] = ()

    def __init__(
        self,
        *args: Any,
        provinces: frozenset[int] | None = None,
        on: datetime.date | None = None,
        **kwargs: Any,
    ) -> None:
        self.provinces, self.on = provinces, on
        super().__init__(*args, **kwargs)
        for name in self.sometimes_needed:
            self.fields[name].sometimes_needed = True  # type: ignore[attr-defined]

    def clean_place(self, place_field: str, province_field: str, sentence: Any) -> None:
        """A place of another province is an error by the place's field."""
        data = self.cleaned_data
        province, code = data.get(province_field), data.get(place_field)
        if province and code and not str(code).startswith(f"{int(province):02d}"):
            self.add_error(place_field, ValidationError(sentence, code="other_province"))


class OfficialsForm(SectionForm):
    key = "officials"
    title = _("Could an official be involved?")
    hint = _("Asked first: the answer decides who may see the file at all.")

    official_involved = radios(
        [
            (Answer.YES, _("Yes")),
            (Answer.UNSURE, _("Not sure")),
            (Answer.NO, _("No, nothing points to it")),
        ],
        _("Could an official, a police officer or agency staff be involved in what happened?"),
        help_text=_(
            "If yes or not sure, only you and the national desk for named-only files will see this file: "
            "not your office, not your province."
        ),
    )


class ReportForm(SectionForm):
    key = "report"
    title = _("How it was reported, and where")

    channel = code_select("CHANNEL", _("How was it reported?"))
    reported_on = ThreePartDate(
        label=_("When was it reported?"),
        precision="YEAR",
        latest=today,
        required=False,
        help_text=_("For example 27 3 2026. Leave the day empty if it is not known."),
    )
    province = forms.ChoiceField(label=_("Province that takes the file"), choices=province_choices)
    district = forms.ChoiceField(
        label=_("District, municipality or khan"), choices=district_choices, required=False
    )
    commune = forms.ChoiceField(label=_("Commune or sangkat"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = province_of(self.data.get("province") or self.initial.get("province"))
        province, commune = self.fields["province"], self.fields["commune"]
        province.choices = province_choices(self.provinces)  # type: ignore[attr-defined]
        province.error_messages["invalid_choice"] = _("You can make files for your own province only.")
        commune.choices = commune_choices(chosen.pk if chosen else None)  # type: ignore[attr-defined]
        commune.error_messages["invalid_choice"] = _("This commune lies in another province.")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.clean_place("district", "province", _("This district lies in another province."))
        district, commune = data.get("district"), data.get("commune")
        if district and commune and not commune.startswith(district):
            self.add_error(
                "commune", ValidationError(_("This commune lies in another district."), "other_district")
            )
        return data


class PersonForm(SectionForm):
    key = "person"
    title = _("The person")
    hint = _("Leave empty what is not known or was not asked.")

    alias = CleanText(
        label=_("A word to recognise the file by"),
        max_length=60,
        help_text=_("Not the person's name: for example “blue bag, bus 3”."),
    )
    sex = radios(Sex.choices, _("Sex"), required=False)
    birth_date = ThreePartDate(
        label=_("Date of birth"),
        precision="YEAR",
        latest=today,
        earliest=earliest_birth,
        required=False,
        help_text=_("Year alone is enough."),
        error_messages={"earliest": _("By this the person would be older than 120 years. Correct the year.")},
    )
    age_min = WholeNumber(label=_("Age, at least"), min_value=0, max_value=120, required=False)
    age_max = WholeNumber(label=_("Age, at most"), min_value=0, max_value=120, required=False)
    age_basis = forms.ChoiceField(
        label=_("How is the age known?"), choices=[*EMPTY, *AgeBasis.choices], required=False
    )
    is_child = radios(
        [
            (Answer.YES, _("Yes, under 18")),
            (Answer.NO, _("No, 18 or older")),
            *NO_ANSWER,
        ],
        _("Is the person a child now?"),
        required=False,
        help_text=_("In doubt, treat the person as a child."),
    )
    nationality = forms.ChoiceField(label=_("Nationality"), choices=nationality_choices, required=False)
    language = code_select("LANGUAGE", _("Language the person speaks best"), required=False)
    needs_interpreter = radios(YES_OR_NO, _("Is an interpreter needed?"), required=False)
    home_district = forms.ChoiceField(label=_("Home district"), choices=district_choices, required=False)
    name_km = NameText(label=_("Full name in Khmer"), max_length=150, required=False)
    name_latin = NameText(label=_("Full name in Latin letters"), max_length=150, required=False)
    other_names = NameText(
        label=_("Other names"), max_length=300, required=False, help_text=_("Separate several with commas.")
    )
    document_kind = forms.ChoiceField(
        label=_("Kind of document"),
        required=False,
        choices=[
            ("", _("Choose")),
            ("NID", _("National identity card")),
            ("PASSPORT", _("Passport")),
            ("LAISSEZ_PASSER", _("Laissez-passer")),
            ("BIRTH", _("Birth certificate")),
            ("FAMILY_BOOK", _("Family book")),
            ("OTHER", _("Other")),
        ],
    )
    document_number = CleanText(label=_("Document number"), max_length=60, required=False)
    phone = CleanText(label=_("Phone"), max_length=40, required=False)
    safe_to_call = radios(YES_OR_NO, _("Is it safe to call?"), required=False)
    address = CleanText(
        label=_("Where the person can be reached"), max_length=500, required=False, multiline=True
    )

    #: What is not kept when consent is refused.
    IDENTITY = (
        "name_km",
        "name_latin",
        "other_names",
        "birth_date",
        "document_kind",
        "document_number",
        "phone",
        "safe_to_call",
        "address",
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        low, high = data.get("age_min"), data.get("age_max")
        if low is not None and high is not None and high < low:
            self.add_error(
                "age_max", ValidationError(_("The higher age must not be below the lower one."), "age_order")
            )
        born = data.get("birth_date")
        if born:
            self._check_age_against(born, low, high)
        self._check_child(data, low, high, born)
        return data

    def _check_age_against(self, born: PartialDate, low: int | None, high: int | None) -> None:
        youngest, oldest = age_range(born, self.on or today())
        if (low is not None and low > oldest) or (high is not None and high < youngest):
            self.add_error(
                "age_max" if low is None else "age_min",
                ValidationError(
                    _("The date of birth gives an age of %(low)s to %(high)s: the two do not fit."),
                    code="age_not_birth",
                    params={"low": youngest, "high": oldest},
                ),
            )

    def _check_child(
        self, data: dict[str, Any], low: int | None, high: int | None, born: PartialDate | None
    ) -> None:
        youngest, oldest = age_range(born, self.on or today()) if born else (low, high)
        sentence: Any = None
        if data.get("is_child") == Answer.YES and youngest is not None and youngest >= 18:
            sentence = _("The age says 18 or older. Correct one of the two.")
        if data.get("is_child") == Answer.NO and oldest is not None and oldest < 18:
            sentence = _("The age says under 18. Correct one of the two.")
        if sentence:
            self.add_error("is_child", ValidationError(sentence, "child_not_age"))


class HappenedForm(SectionForm):
    key = "happened"
    title = _("What happened")
    hint = _("As the person tells it. Do not ask twice what was answered.")

    forms_of = code_checks(
        "FORM", _("Forms of exploitation"), help_text=_("The first in the list you mean leads.")
    )
    country = forms.ChoiceField(label=_("Country of exploitation"), choices=country_choices, required=False)
    fact_district = forms.ChoiceField(
        label=_("District, if in Cambodia"), choices=district_choices, required=False
    )
    place_type = code_select("PLACE_TYPE", _("Kind of place"), required=False)
    started_on = ThreePartDate(label=_("When did it begin?"), precision="YEAR", latest=today, required=False)
    ended_on = ThreePartDate(label=_("When did it end?"), precision="YEAR", latest=today, required=False)
    child_at_start = radios(YES_OR_NO, _("Was the person a child when it began?"), required=False)
    recruiter_relation = code_select("RECRUITER_RELATION", _("Who recruited the person?"), required=False)
    account = CleanText(label=_("The account in words"), max_length=10000, required=False, multiline=True)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        began, ended = data.get("started_on"), data.get("ended_on")
        if began and ended and ended.last_day < began.first_day:
            self.add_error(
                "ended_on",
                ValidationError(_("The end must not be before the beginning."), "end_before_start"),
            )
        if data.get("fact_district") and data.get("country") not in ("", "KHM", None):
            sentence = _("A district is chosen, but the country is not Cambodia.")
            self.add_error("fact_district", ValidationError(sentence, "not_cambodia"))
        return data


class MeansForm(SectionForm):
    key = "means"
    title = _("Acts, means and control")
    hint = _("Tick what the account already says. It can wait for the detailed interview.")

    acts = code_checks("ACT", _("Acts"))
    means = code_checks("MEANS", _("Means"), help_text=_("For a child no means need to be shown."))
    controls = code_checks("CONTROL", _("Methods of control"))


class RiskForm(SectionForm):
    key = "risk"
    title = _("Risk")

    danger_now = radios(YES_OR_NO, _("Is the person in danger now?"), required=False)
    risk_level = radios(RiskLevel.choices, _("Level of risk"), required=False)
    risk_reasons = CleanText(
        label=_("What makes you think so"),
        max_length=4000,
        required=False,
        multiline=True,
        help_text=_("Include what the person says about their own safety."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("danger_now") == Answer.YES and data.get("risk_level") == RiskLevel.LOW:
            self.add_error(
                "risk_level",
                ValidationError(_("Somebody in danger now is not at low risk."), "danger_not_low"),
            )
        return data


class ConsentForm(SectionForm):
    key = "consent"
    title = _("Consent")
    hint = _("If consent is refused, the file is kept without identity.")
    sometimes_needed = ("consent_on", "consent_how")

    consent = radios(
        [
            (ConsentAnswer.GIVEN, _("Given")),
            (ConsentAnswer.REFUSED, _("Refused")),
            (ConsentAnswer.NOT_YET, _("Not yet possible")),
        ],
        _("Does the person agree that their information is kept?"),
        required=False,
        help_text=_("If refused: names, documents, phone and address that you typed will not be kept."),
    )
    consent_on = ThreePartDate(
        label=_("On which day?"), latest=today, required=False, help_text=_("Needed when consent is given.")
    )
    consent_how = radios(
        Consent.How.choices, _("How?"), required=False, help_text=_("Needed when consent is given.")
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("consent") and (data.get("consent_on") or data.get("consent_how")):
            self.add_error("consent", ValidationError(_("Say what the person answered."), "consent_missing"))
        if data.get("consent") == ConsentAnswer.GIVEN:
            if not data.get("consent_on") and "consent_on" not in self.errors:
                self.add_error(
                    "consent_on", ValidationError(_("Say on which day consent was given."), "consent_day")
                )
            if not data.get("consent_how"):
                self.add_error("consent_how", ValidationError(_("Say how consent was given."), "consent_how"))
        return data


class SummaryForm(SectionForm):
    key = "summary"
    title = _("Summary")

    summary = CleanText(
        label=_("Summary in a few sentences"),
        max_length=2000,
        required=False,
        multiline=True,
        help_text=_("For the colleague who takes over. Without names."),
    )


SECTIONS: tuple[type[SectionForm], ...] = (
    OfficialsForm,
    ReportForm,
    PersonForm,
    HappenedForm,
    MeansForm,
    RiskForm,
    ConsentForm,
    SummaryForm,
)
BY_KEY = {form.key: form for form in SECTIONS}

#: The page of each field.
PAGE_OF = {name: form for form in SECTIONS for name in form.base_fields}

__all__ = ["BY_KEY", "PAGE_OF", "SECTIONS", "PersonForm", "SectionForm", "place_of", "province_of"]
