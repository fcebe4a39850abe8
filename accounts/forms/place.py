"""Forms for agencies, provinces, code lists and the rules of what a province right opens."""

import datetime
from functools import reduce
from operator import or_
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .. import codes, places
from ..fields import CleanText, NameText, PlainForm, ThreePartDate
from ..models import Agency, Code, Province, SectionRule
from ..sections import LABELS, Section
from .people import CHOOSE


def _provinces() -> list[Province]:
    return list(places.provinces())


class AgencyForm(PlainForm):
    name_km = NameText(label=_("Name in Khmer"), max_length=200)
    name_en = NameText(label=_("Name in English"), max_length=200)
    province = forms.ChoiceField(
        label=_("Province"),
        required=False,
        help_text=_("Where its office is. Left empty for an agency of the whole country."),
    )
    takes_referrals = forms.BooleanField(label=_("Takes referrals"), required=False)
    is_active = forms.BooleanField(
        label=_("Active"),
        required=False,
        help_text=_("Without this mark its people have no rights any more, from their next click on."),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput, max_length=40)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.provinces = {str(one.pk): one for one in _provinces()}
        offered = [(key, places.name_with_unit(one)) for key, one in self.provinces.items()]
        self.fields["province"].choices = [("", _("None")), *offered]  # type: ignore[attr-defined]

    def clean_province(self) -> Province | None:
        return self.provinces.get(self.cleaned_data["province"])


class NewAgencyForm(AgencyForm):
    code = CleanText(
        label=_("Short name"),
        max_length=30,
        help_text=_(
            "Capital letters, digits and hyphens, for example DOSVY-BMC. It stays as it is for ever."
        ),
        validators=[
            RegexValidator(r"^[A-Z0-9][A-Z0-9-]{1,29}\Z", _("Use capital letters, digits and hyphens."))
        ],
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=[*CHOOSE, *Agency.Kind.choices])
    field_order = ("code", "kind", "name_km", "name_en", "province", "takes_referrals")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields.pop("is_active")
        self.fields.pop("seen")

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if Agency.objects.filter(code__iexact=code).exists():
            raise forms.ValidationError(_("Another agency has this short name."))
        return code


class RightsForm(PlainForm):
    """A right on one province or on all that are not held yet, in one go."""

    everywhere = forms.BooleanField(
        label=_("All provinces below"), required=False, help_text=_("For an agency of the whole country.")
    )
    provinces = forms.MultipleChoiceField(
        label=_("Provinces"), widget=forms.CheckboxSelectMultiple, required=False
    )
    reason = CleanText(
        label=_("Reason"),
        max_length=300,
        help_text=_("Which decision or agreement this rests on. Never the name of a person in a file."),
    )
    until = ThreePartDate(
        label=_("Last day"),
        required=False,
        earliest=timezone.localdate,
        help_text=_("Left empty, the right stays until somebody ends it."),
    )

    def __init__(self, *args: Any, held: frozenset[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = {str(one.pk): one for one in _provinces() if one.pk not in held}
        self.fields["provinces"].choices = [  # type: ignore[attr-defined]
            (key, places.name_with_unit(one)) for key, one in self.offered.items()
        ]

    def clean_provinces(self) -> list[Province]:
        if self.cleaned_data.get("everywhere"):
            return list(self.offered.values())
        if not self.cleaned_data["provinces"]:
            raise forms.ValidationError(_("Tick at least one province."))
        return [self.offered[key] for key in self.cleaned_data["provinces"]]

    def valid_until(self) -> datetime.datetime | None:
        """The end of the last day."""
        last: datetime.date | None = self.cleaned_data["until"]
        return None if last is None else _end_of(last)


def _end_of(last: datetime.date) -> datetime.datetime:
    midnight = datetime.datetime.combine(last + datetime.timedelta(days=1), datetime.time())
    return timezone.make_aware(midnight)


class OwnRightForm(PlainForm):
    """A right of one person on one province, with an end."""

    province = forms.ChoiceField(label=_("Province"))
    reason = CleanText(
        label=_("Reason"),
        max_length=300,
        help_text=_("Which decision or agreement this rests on. Never the name of a person in a file."),
    )
    until = ThreePartDate(
        label=_("Last day"),
        earliest=timezone.localdate,
        help_text=_("Within a year. If it is still needed then, it is given anew."),
    )

    def __init__(self, *args: Any, held: frozenset[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = {str(one.pk): one for one in _provinces() if one.pk not in held}
        offered = [(key, places.name_with_unit(one)) for key, one in self.offered.items()]
        self.fields["province"].choices = [*CHOOSE, *offered]  # type: ignore[attr-defined]

    def clean_province(self) -> Province:
        return self.offered[self.cleaned_data["province"]]

    def valid_until(self) -> datetime.datetime:
        return _end_of(self.cleaned_data["until"])


class RuleForm(PlainForm):
    sections = forms.MultipleChoiceField(
        label=_("A province right opens"),
        choices=[(str(int(section)), label) for section, label in LABELS.items()],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    confirmed = forms.BooleanField(
        label=_("Confirmed"),
        required=False,
        help_text=_("A committee has decided on this rule. Without the mark it is a proposal."),
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput, max_length=40)

    @staticmethod
    def initial_of(rule: SectionRule) -> dict[str, Any]:
        chosen = [str(int(section)) for section in LABELS if rule.sections & section]
        return {"sections": chosen, "confirmed": rule.confirmed}

    def clean_sections(self) -> int:
        number: int = reduce(or_, (int(bit) for bit in self.cleaned_data["sections"]), 0)
        if number and not number & Section.SUMMARY:
            raise forms.ValidationError(
                _("Whoever sees a part of a file sees its number too: tick the first.")
            )
        return number


class CodeForm(PlainForm):
    label_km = NameText(label=_("Label in Khmer"), max_length=200)
    label_en = NameText(label=_("Label in English"), max_length=200)
    valid_until = ThreePartDate(
        label=_("Last day of validity"),
        required=False,
        help_text=_("From the day after, no form offers it. Records keep it with its label."),
    )
    confirmed = forms.BooleanField(
        label=_("Confirmed"),
        required=False,
        help_text=_("Somebody who knows has checked wording and meaning against the source."),
    )
    note = CleanText(label=_("Note"), max_length=500, multiline=True, required=False)
    seen = forms.CharField(required=False, widget=forms.HiddenInput, max_length=40)

    def __init__(self, *args: Any, entry: Code | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.entry = entry

    def clean_valid_until(self) -> datetime.date | None:
        last: datetime.date | None = self.cleaned_data["valid_until"]
        if last and self.entry and self.entry.valid_from and last <= self.entry.valid_from:
            raise forms.ValidationError(_("The last day of validity must be after the first."))
        return last


class NewCodeForm(CodeForm):
    code = CleanText(
        label=_("Code"),
        max_length=40,
        help_text=_("It stays as it is for ever; figures and other systems refer to it."),
        validators=Code._meta.get_field("code").validators[:1],
    )
    parent = forms.ChoiceField(label=_("Part of"), required=False)
    field_order = ("code", "parent", "label_km", "label_en")

    def __init__(self, *args: Any, code_list: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.code_list = code_list
        self.fields.pop("seen")
        offered = [(one.code, one.label) for one in codes.entries(code_list).values() if not one.parent]
        self.fields["parent"].choices = [("", _("None")), *offered]  # type: ignore[attr-defined]

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if Code.objects.filter(list=self.code_list, code=code).exists():
            raise forms.ValidationError(_("This list already has this code."))
        return code
