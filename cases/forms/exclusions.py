"""Forms of keeping somebody away, of a conflict of one's own, and of their review."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.fields import CleanText, NameText, Offered, PlainForm
from accounts.models import Agency, User

from ..exclusions import queries
from ..models import Exclusion
from ..text import says_something
from .fields import EMPTY, code_select, radios

Review = Exclusion.Review


class ConflictForm(PlainForm):
    reason = code_select("EXCLUSION_REASON", _("Why?"))
    words = CleanText(
        label=_("In your own words"),
        max_length=2000,
        multiline=True,
        required=False,
        help_text=_("Sealed. Whoever reviews this reads it, and nobody who is kept away."),
    )


class KeepAwayForm(ConflictForm):
    """Whom: a colleague, somebody by their name, or a whole agency; one of the three."""

    mark_optional = False
    colleague = Offered(label=_("A colleague of your agency"), required=False)
    name = NameText(
        label=_("Or somebody of another agency"),
        max_length=150,
        required=False,
        help_text=_("The full name in Khmer or in Latin letters, or the sign-in name."),
    )
    agency = Offered(label=_("Or everybody of another agency"), required=False)
    field_order = ["colleague", "name", "agency", "reason", "words"]

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.colleagues = {str(one.pk): one for one in queries.colleagues(by)}
        self.agencies = {str(one.pk): one for one in queries.other_agencies(by)}
        self._offer("colleague", self.colleagues)
        self._offer("agency", self.agencies)

    def _offer(self, name: str, found: dict[str, Any]) -> None:
        pairs = [(pk, one.name) for pk, one in found.items()]
        self.fields[name].choices = EMPTY + pairs  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        chosen = [name for name in ("colleague", "name", "agency") if data.get(name)]
        if len(chosen) != 1 and not self.errors:
            raise forms.ValidationError(
                _now("Choose one colleague, or write one name, or choose one agency.")
            )
        if chosen == ["name"]:
            self._look_up(data)
        return data

    def _look_up(self, data: dict[str, Any]) -> None:
        found = queries.called(data["name"])
        if not found:
            self.add_error(
                "name",
                _now("Nobody of this name signs in here. Check the spelling, or choose the agency."),
            )
        elif len(found) > 1:
            self.add_error("name", _now("Several people have this name. Write the sign-in name."))
        else:
            data["named"] = found[0]

    def who(self) -> User | Agency:
        data = self.cleaned_data
        if data.get("colleague"):
            return self.colleagues[data["colleague"]]
        if data.get("agency"):
            return self.agencies[data["agency"]]
        named: User = data["named"]
        return named


class ReviewForm(PlainForm):
    """`may_uphold` is over once it was reviewed: then it can only be lifted."""

    outcome = radios((), _("What do you decide?"), error_messages={"required": _("Choose what you decide.")})
    words = CleanText(label=_("Why?"), max_length=2000, multiline=True, required=False)

    def __init__(self, *args: Any, may_uphold: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        upheld = [(str(Review.UPHELD), _("Uphold: they stay away from the file"))] if may_uphold else []
        lifted = (str(Review.LIFTED), _("Lift: they may see the file again, as far as their rights go"))
        self.fields["outcome"].choices = [*upheld, lifted]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("outcome") == Review.LIFTED and not says_something(data.get("words", "")):
            self.add_error(
                "words", _now("Say why it is lifted, in a sentence that a colleague will understand.")
            )
        return data
