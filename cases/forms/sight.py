"""What people type about who sees a file, and about an emergency. Nothing here saves."""

import datetime
import uuid
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy, pgettext_lazy

from accounts.fields import CleanText, Offered, PlainForm, SeveralOffered, ThreePartDate
from accounts.models import Agency, User
from accounts.sections import Section

from ..glass.actions import MOST_HOURS
from ..models import BreakGlass, NamedStep, ShareReason
from ..numbers import as_typed
from ..sight.actions import LONGEST, USUALLY
from ..text import has_substance
from .fields import EMPTY, radios

EVERYBODY = "EVERYBODY"
#: Offered one by one; number, sex, age band, form and status always open.
PARTS = (
    (Section.FACTS, _("What happened")),
    (Section.RISK, _("Risk: level and reasons")),
    (Section.NOTES, _("Notes of the file")),
    (Section.CONSENT, _("What the person agreed to")),
    (Section.IDENTITY, _("Identity and contact of the person")),
    (Section.REFERRALS, pgettext_lazy("section", "Referrals")),
    (Section.WORK, _("May add notes to the file")),
    (Section.MOVE, _("May move the file to its next step")),
)


def _latest() -> datetime.date:
    return timezone.localdate() + LONGEST


class ShareAgencyForm(PlainForm):
    """At which agency: nobody is looked for by name across the nation."""

    agency = Offered(label=_("At which agency?"))

    def __init__(self, *args: Any, agencies: list[Agency], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        by_kind: dict[str, list[tuple[str, str]]] = {}
        for one in agencies:
            by_kind.setdefault(str(one.get_kind_display()), []).append((str(one.pk), one.name))
        self.fields["agency"].choices = [*EMPTY, *by_kind.items()]


class ShareForm(PlainForm):
    to = Offered(
        label=_("With whom?"), widget=forms.RadioSelect, error_messages={"required": _("Choose a person.")}
    )
    parts = forms.MultipleChoiceField(
        label=_("What do they see?"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Only what they need. Number, sex, age, form of exploitation and status always open."),
    )
    until = ThreePartDate(
        label=_("Until which day?"),
        earliest=timezone.localdate,
        latest=_latest,
        help_text=_("At most a year. It ends by itself after this day."),
    )
    reason = radios(ShareReason.choices, _("Why?"), error_messages={"required": _("Choose the reason.")})

    def __init__(
        self, *args: Any, people: list[User], team: Agency | None, holds: Section, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(one.pk), one.name) for one in people]
        if team:
            choices.append((EVERYBODY, _("Everybody at %(agency)s") % {"agency": team.name}))
            self.fields["to"].divider_before = EVERYBODY if people else ""
        self.fields["to"].choices = choices
        self.fields["parts"].choices = [(str(int(s)), label) for s, label in PARTS if holds & s]
        self.initial.setdefault("until", timezone.localdate() + USUALLY)

    def sections(self) -> Section:
        return Section(sum(int(one) for one in self.cleaned_data["parts"])) | Section.SUMMARY


class NamedForm(PlainForm):
    why = radios(NamedStep.Why.choices, _("Why?"), error_messages={"required": _("Choose the reason.")})
    words = CleanText(
        label=_("Say why, for the national desk"),
        max_length=2000,
        multiline=True,
        help_text=_("Sealed with the file. Only the people who keep it and the national desk read it."),
    )
    keep = SeveralOffered(
        label=_("Who keeps the file, besides the national desk?"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("Whoever is not chosen stops seeing it at once, you too."),
    )

    def __init__(self, *args: Any, people: list[User], me: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["keep"].choices = [
            (str(one.pk), _("%(name)s (you)") % {"name": one.name} if one.pk == me.pk else one.name)
            for one in people
        ]

    def kept(self) -> list[uuid.UUID]:
        return [uuid.UUID(one) for one in self.cleaned_data["keep"]]


class WhyForm(PlainForm):
    words = CleanText(label=_("Why?"), max_length=2000, multiline=True)


class LiftForm(WhyForm):
    decision = radios(
        [
            ("LIFT", _("Open the file to its office and province again")),
            ("KEEP", _("Keep it for named people only")),
        ],
        _("Your decision"),
        error_messages={"required": _("Choose your decision.")},
    )
    field_order = ["decision", "words"]

    def __init__(self, *args: Any, may_lift: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_lift:
            self.fields["decision"].choices = [
                pair for pair in self.fields["decision"].choices if pair[0] == "KEEP"
            ]


class GlassForm(PlainForm):
    """A number that is typed, never chosen: no list of files beyond one's reach exists."""

    number = CleanText(
        label=_("Case number"),
        max_length=40,
        help_text=_("As it was told to you, for example BMC-2026-00417-7. Khmer and Latin digits both work."),
    )
    why = radios(
        BreakGlass.Why.choices, _("Why can it not wait?"), error_messages={"required": _("Choose why.")}
    )
    reason = CleanText(
        label=_("What is happening?"),
        max_length=2000,
        multiline=True,
        help_text=_("Read by whoever reviews this. Write no more about the person than is needed."),
    )
    hours = radios([], _("For how long?"), error_messages={"required": _("Choose for how long.")})

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        text = ngettext_lazy("%(n)s hour", "%(n)s hours", "n")
        self.fields["hours"].choices = [(str(n), text % {"n": n}) for n in range(1, MOST_HOURS + 1)]
        self.fields["hours"].inline = True

    def clean_reason(self) -> str:
        reason = str(self.cleaned_data["reason"])
        if not has_substance(reason):
            raise forms.ValidationError(
                _("Write in a sentence what is happening, so that whoever reviews it understands.")
            )
        return reason

    def clean_number(self) -> str:
        """In its one form where it has the form of a number; what has not is asked for all the same."""
        typed = str(self.cleaned_data["number"])
        return as_typed(typed) or typed


class ReviewForm(PlainForm):
    outcome = radios(
        BreakGlass.Outcome.choices,
        _("What did you find?"),
        error_messages={"required": _("Choose what you found.")},
    )
    words = CleanText(label=_("Why?"), max_length=2000, multiline=True)
