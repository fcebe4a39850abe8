"""What people type about a referral, checked. Nothing here saves."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import codes
from accounts.fields import CleanText, Offered, PlainForm, ThreePartDate
from accounts.models import Agency
from accounts.models.codes import CodeList
from accounts.sections import Section, of
from cases.answers import Answer, ConsentAnswer, RiskLevel
from cases.forms.fields import EMPTY, code_checks, radios
from cases.models import Consent

from . import vault
from .actions import Packet
from .lifecycle import Move
from .models import Referral
from .reminders import urgencies
from .states import Basis, Urgency

SUMMARY_LENGTH = 1500
#: Offered one by one; the summary always opens, identity is a question of its own.
PARTS = (
    (Section.RISK, _("Risk: level and reasons")),
    (Section.FACTS, _("What happened")),
    (Section.NOTES, _("Notes of the file")),
    (Section.CONSENT, _("What the person agreed to")),
    (Section.WORK, _("May add notes to the file")),
)
USUALLY = Section.RISK | Section.NOTES | Section.CONSENT | Section.WORK
GIVEN, EMERGENCY = ConsentAnswer.GIVEN.value, "EMERGENCY"
#: What is asked below an answer about consent, and of nobody who answered otherwise.
BELONGS = {GIVEN: ("consent_how", "consent_on"), EMERGENCY: ("justification",)}


class ReferralForm(PlainForm):
    """A referral as the sender fills it in; `packet()` is what the action takes."""

    to = Offered(
        label=_("To which agency?"),
        error_messages={"required": _("Choose the agency that you ask.")},
    )
    services = code_checks(
        CodeList.SERVICE,
        _("Which services do you ask for?"),
        required=True,
        error_messages={"required": _("Choose at least one service.")},
    )
    reason = radios(
        lambda: codes.choices(CodeList.REFERRAL_REASON),
        _("Why is the person referred?"),
        error_messages={"required": _("Choose the reason.")},
    )
    urgency = radios(
        urgencies, _("How urgent is it?"), error_messages={"required": _("Choose how urgent it is.")}
    )
    summary = CleanText(
        label=_("What does the agency need to know to answer?"),
        max_length=SUMMARY_LENGTH,
        multiline=True,
        help_text=_(
            "The agency reads this before it accepts. Write no name, address, phone or anything by which the "
            "person could be recognised."
        ),
        error_messages={"required": _("Write in a few sentences what the agency needs to know.")},
    )
    parts = forms.MultipleChoiceField(
        label=_("What opens to the agency when it accepts?"),
        choices=[(str(int(section)), label) for section, label in PARTS],
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_(
            "Only what these services need. Number, sex, age, form of exploitation and status always open."
        ),
    )
    identity = radios(
        [(Answer.NO.value, Answer.NO.label), (Answer.YES.value, Answer.YES.label)],
        _("Should identity and contact of the person open too, when the agency accepts?"),
        error_messages={"required": _("Answer yes or no: identity never opens by itself.")},
    )
    consent = radios(
        [
            (GIVEN, pgettext_lazy("consent", "Yes, the person agreed")),
            (ConsentAnswer.REFUSED.value, pgettext_lazy("consent", "No, the person refused")),
            (ConsentAnswer.NOT_YET.value, pgettext_lazy("consent", "The person could not be asked yet")),
            (EMERGENCY, _("Emergency to save life, without consent")),
        ],
        _("Did the person agree that this agency gets this information?"),
        help_text=_("For a child: the guardian, and the child's own agreement."),
        error_messages={"required": _("Say whether the person agreed.")},
    )
    consent_how = radios(Consent.How.choices, _("How did the person agree?"), required=False)
    consent_on = ThreePartDate(
        label=_("On which day did the person agree?"),
        latest=timezone.localdate,
        required=False,
    )
    justification = CleanText(
        label=_("Why is life in danger, and why could consent not be asked?"),
        max_length=SUMMARY_LENGTH,
        multiline=True,
        required=False,
        help_text=_("The ministry sees this referral marked as an emergency without consent."),
    )
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, receivers: list[Agency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.receivers = {str(agency.pk): agency for agency in receivers}
        self.fields["to"].choices = EMPTY + [
            (key, _in_place(agency)) for key, agency in self.receivers.items()
        ]
        self.fields["consent"].reveals = BELONGS
        self.fields["consent"].divider_before = EMERGENCY
        self.fields["identity"].inline = True
        self.initial.setdefault("parts", [str(int(s)) for s in of(int(USUALLY))])

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        answer = data.get("consent")
        for name in [name for other in BELONGS if other != answer for name in BELONGS[other]]:
            self.errors.pop(name, None)  # nobody sees it there
        if answer == GIVEN:
            self._ask_for("consent_how", _("Choose how the person agreed."))
            self._ask_for("consent_on", _("Write the day on which the person agreed."))
        elif answer == EMERGENCY:
            self._ask_for("justification", _("Write why life is in danger and consent could not be asked."))
            if data.get("urgency") not in (None, Urgency.HIGH):
                self.add_error("urgency", _("An emergency to save life is of high urgency."))
        elif answer:
            self.add_error(
                "consent",
                _(
                    "Without the person's consent nothing is sent. You can come back when the person has agreed."
                ),
            )
        return data

    def _ask_for(self, name: str, sentence: Any) -> None:
        if not self.cleaned_data.get(name) and name not in self.errors:
            self.add_error(name, sentence)

    def packet(self) -> Packet:
        data = self.cleaned_data
        sections = Section.SUMMARY
        for part in data["parts"]:
            sections |= Section(int(part))
        if data["identity"] == Answer.YES:
            sections |= Section.IDENTITY
        given = data["consent"] == GIVEN
        return Packet(
            to=self.receivers[data["to"]],
            services=tuple(data["services"]),
            reason=data["reason"],
            urgency=data["urgency"],
            sections=sections,
            summary=data["summary"],
            basis=Basis.CONSENT if given else Basis.EMERGENCY,
            consent_on=data["consent_on"] if given else None,
            consent_how=data["consent_how"] if given else "",
            justification="" if given else data["justification"],
        )


def _in_place(agency: Agency) -> str:
    return f"{agency.name} ({agency.province.name})" if agency.province else agency.name


def first_answers(risk_level: str) -> dict[str, Any]:
    """What a new form suggests: as urgent as the risk is high."""
    return {"urgency": risk_level} if risk_level != RiskLevel.NOT_ASSESSED else {}


def as_filled_in(referral: Referral) -> dict[str, Any]:
    """A returned referral as the sender wrote it, to be changed."""
    opened = of(referral.sections)
    return {
        "to": str(referral.to_agency_id),
        "services": [service.code for service in referral.services.all()],
        "reason": referral.reason,
        "urgency": referral.urgency,
        "summary": vault.summary(referral),
        "parts": [str(int(section)) for section in opened if section != Section.IDENTITY],
        "identity": Answer.YES.value if Section.IDENTITY in opened else Answer.NO.value,
        "consent": GIVEN if referral.basis == Basis.CONSENT else EMERGENCY,
        "consent_how": referral.consent_how,
        "consent_on": referral.consent_on,
        "justification": vault.justification(referral),
        "version": referral.version,
    }


class ActForm(PlainForm):
    """A reason of the list and words, as the move asks for. `version` is the referral as it was shown."""

    mark_optional = True
    reason = radios([], _("Reason"), error_messages={"required": _("Choose the reason.")})
    words = CleanText(
        label=_("In your words"),
        max_length=4000,
        multiline=True,
        required=False,
        error_messages={"required": _("Say why, in a sentence that a colleague will understand.")},
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, move: Move, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if move.reasons:
            self.fields["reason"].choices = codes.choices(move.reasons)
        else:
            del self.fields["reason"]
        self.fields["words"].required = move.words
        if not move.words:
            self.fields["words"].label = _("A word to the others")
        self.fields["words"].help_text = _("Write no name, address or phone.")


#: What people write in these forms in words of their own, with its label: given back when it came too late.
TYPED = {
    name: form.base_fields[name].label
    for form, names in ((ReferralForm, ("summary", "justification")), (ActForm, ("words",)))
    for name in names
}
