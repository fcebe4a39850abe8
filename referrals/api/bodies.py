"""What programs send about referrals: the fields of the pages' forms, sections by their names."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import codes
from accounts.api.bodies import Body
from accounts.fields import CleanText
from accounts.models.codes import CodeList

from ..forms import PARTS, ReferralForm
from ..lifecycle import Verb


class PacketBody(Body):
    """A referral with the person's consent. `to` is the id of an agency of /agencies/."""

    checked_by = (ReferralForm,)
    leave_out = ("version",)
    names = {"parts": {str(section.name): str(int(section)) for section, _label in PARTS}}


def _reasons() -> list[tuple[str, str]]:
    return [*codes.choices(CodeList.RETURN_REASON), *codes.choices(CodeList.DECLINE_REASON)]


class ReferralMoveBody(Body):
    """One step. `reason` for a return or a refusal, from the list that /moves/ names."""

    more = {
        "verb": forms.ChoiceField(
            choices=[choice for choice in Verb.choices if choice[0] not in (Verb.SUBMIT, Verb.RESUBMIT)]
        ),
        "reason": forms.ChoiceField(label=_("Reason"), choices=_reasons, required=False),
        "words": CleanText(label=_("In your words"), max_length=4000, multiline=True, required=False),
    }
