"""What somebody does with their own account: a slip, a password."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from ..fields import CleanText, PlainForm
from ..models import User


class NewPassword(PlainForm):
    """A new password, twice. Without a `person` it is judged by itself, so that nothing of an account shows before it
    is known whose it is."""

    person: User | None = None

    password1 = forms.CharField(
        label=_("New password"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("At least 12 signs. A sentence of four or five words is easy to keep and hard to guess."),
    )
    password2 = forms.CharField(
        label=_("New password again"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_password1(self) -> str:
        password: str = self.cleaned_data["password1"]
        validate_password(password, self.person)
        return password

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, second = data.get("password1"), data.get("password2")
        if first and second and first != second:
            self.add_error("password2", _now("The two passwords are not the same. Type both again."))
        return data


class SlipForm(NewPassword):
    login = CleanText(
        label=_("Sign-in name"),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    code = CleanText(
        label=_("Code on the slip"),
        max_length=40,
        help_text=_("For example 7KQM-2TXA-P9RD. Small and large letters are the same."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    field_order = ("login", "code", "password1", "password2")


class PasswordForm(NewPassword):
    oldpassword = forms.CharField(
        label=_("Password until now"),
        strip=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ("oldpassword", "password1", "password2")

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_oldpassword(self) -> str:
        old: str = self.cleaned_data["oldpassword"]
        if not self.person.check_password(old):
            raise forms.ValidationError(_now("This is not your password until now."))
        return old
