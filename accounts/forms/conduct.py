"""The code of conduct: a new version, and the word of whoever reads it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ..fields import CleanText, PlainForm


class AcceptForm(PlainForm):
    version = forms.IntegerField(widget=forms.HiddenInput)
    next = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)
    agreed = forms.BooleanField(
        label=_("I have read this and will keep to it."),
        error_messages={"required": _("Tick this box to say that you will keep to it.")},
    )


class ConductForm(PlainForm):
    text_km = CleanText(label=_("Text in Khmer"), max_length=20000, multiline=True)
    text_en = CleanText(label=_("Text in English"), max_length=20000, multiline=True)
    is_confirmed = forms.BooleanField(label=_("The committee has decided on this wording"), required=False)
