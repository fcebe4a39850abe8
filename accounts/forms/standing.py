"""Who stands in for the holder of a post, and when."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..fields import CleanText, Offered, PlainForm, ThreePartDate
from ..models import Membership, User
from ..standing import could_stand_in
from .people import CHOOSE


class StandInForm(PlainForm):
    """`reason` is asked of an administrator alone, who gives it for somebody else."""

    person = Offered(label=_("Who stands in?"))
    starts_on = ThreePartDate(label=_("First day"), earliest=timezone.localdate)
    ends_on = ThreePartDate(
        label=_("Last day"), earliest=timezone.localdate, help_text=_("At most 60 days after the first.")
    )
    reason = CleanText(label=_("Why?"), max_length=300)

    def __init__(self, *args: Any, post: Membership, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(one.pk): one for one in could_stand_in(post).exclude(pk=by.pk)}
        field: Any = self.fields["person"]
        field.choices = [*CHOOSE, *((key, one.name) for key, one in self.people.items())]
        if post.person_id == by.pk:
            del self.fields["reason"]

    def clean_person(self) -> User:
        return self.people[self.cleaned_data["person"]]
