"""Forms for people and their roles."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..access import managed_agencies, roles_to_give, runs_place
from ..fields import CleanText, NameText, Offered, PlainForm, ThreePartDate
from ..models import Agency, User
from ..queries import State
from ..roles import Role

ALL = [("", _("All"))]
CHOOSE = [("", _("Choose"))]


def agencies_of(user: User) -> list[Agency]:
    """The active agencies at which somebody may give a role."""
    found = Agency.objects.filter(is_active=True).order_by("code", "pk")
    return list(found if runs_place(user) else found.filter(pk__in=managed_agencies(user)))


class PeopleFilter(PlainForm):
    """Sent by GET: codes and ids, never a name."""

    agency = forms.ChoiceField(label=_("Agency"), required=False)
    role = forms.ChoiceField(label=_("Role"), choices=[*ALL, *Role.choices], required=False)
    state = forms.ChoiceField(label=_("State"), choices=[*ALL, *State.choices], required=False)

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = Agency.objects.order_by("code", "pk")
        shown = found if runs_place(by) else found.filter(pk__in=managed_agencies(by))
        self.fields["agency"].choices = [*ALL, *((str(one.pk), one.name) for one in shown)]  # type: ignore[attr-defined]


class SearchForm(PlainForm):
    """A name is sent by POST, so that it stands in no address and no log."""

    name = NameText(label=_("Name or sign-in name"), max_length=100)


class NamesForm(PlainForm):
    full_name_km = NameText(label=_("Name in Khmer"), max_length=150)
    full_name_latin = NameText(label=_("Name in Latin letters"), max_length=150, required=False)
    sign_in_name = CleanText(
        label=_("Sign-in name"),
        max_length=60,
        help_text=_("Small letters, digits, points and hyphens, for example chan.dara"),
        validators=[
            RegexValidator(
                r"^[a-z0-9][a-z0-9._-]{2,59}\Z",
                _("Use at least three small letters or digits, with points or hyphens between them."),
            )
        ],
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, widget=forms.RadioSelect, initial="km"
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput, max_length=40)

    def __init__(self, *args: Any, person: User | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_sign_in_name(self) -> str:
        name: str = self.cleaned_data["sign_in_name"]
        others = User.objects.exclude(pk=self.person.pk) if self.person else User.objects.all()
        if others.filter(sign_in_name__iexact=name).exists():
            raise forms.ValidationError(_("Somebody already signs in with this name."))
        return name


class PostForm(PlainForm):
    """A role at an agency, among those that this person may give."""

    agency = Offered(label=_("Agency"))
    role = Offered(label=_("Role"))
    starts_on = ThreePartDate(
        label=_("First day"), required=False, help_text=_("Left empty, the role begins today.")
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.agencies = {str(one.pk): one for one in agencies_of(by)}
        given = {role for one in self.agencies.values() for role in roles_to_give(by, one.pk)}
        self._set("agency", [(key, one.name) for key, one in self.agencies.items()])
        self._set("role", [(role.value, role.label) for role in Role if role in given])

    def _set(self, name: str, offered: list[tuple[str, Any]]) -> None:
        """The only choice there is stands already chosen."""
        field: Any = self.fields[name]
        field.choices = offered if len(offered) == 1 else [*CHOOSE, *offered]

    def clean_agency(self) -> Agency:
        return self.agencies[self.cleaned_data["agency"]]


class InviteForm(PostForm, NamesForm):
    field_order = (
        "full_name_km",
        "full_name_latin",
        "sign_in_name",
        "language",
        "agency",
        "role",
        "starts_on",
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, by=by, **kwargs)
        self.fields.pop("seen")


class EndForm(PlainForm):
    AT_ONCE, LAST_DAY = "AT_ONCE", "LAST_DAY"
    #: Drawn inside the choice that reveals it.
    revealed = ("ends_on",)

    when = forms.ChoiceField(
        label=_("When does the role end?"),
        choices=[(AT_ONCE, _("At once")), (LAST_DAY, _("With a last day"))],
        widget=forms.RadioSelect,
        initial=LAST_DAY,
    )
    ends_on = ThreePartDate(label=_("Last day"), required=False, earliest=timezone.localdate)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["when"].reveals = {self.LAST_DAY: ["ends_on"]}  # type: ignore[attr-defined]
        self.fields["ends_on"].sometimes_needed = True  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("when") == self.LAST_DAY and not data.get("ends_on") and "ends_on" not in self.errors:
            self.add_error("ends_on", self.fields["ends_on"].error_messages["required"])
        return data
