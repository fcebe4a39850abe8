"""The files that somebody works on, for whoever looks after their account (setting WORK_HELD): numbers alone."""

from django.utils.translation import gettext as _

from accounts.models import Agency, User
from accounts.turnover import Held

from .queries import held_by


def files(person: User) -> list[Held]:
    numbers = held_by(person)
    agencies = Agency.objects.in_bulk(list(numbers))
    return [
        Held(
            _("Open case files at %(agency)s") % {"agency": agencies[pk].name},
            number,
            _(
                "A colleague takes them. Files for named people only are not counted; the desk looks after them."
            ),
            agency=pk,
        )
        for pk, number in sorted(numbers.items(), key=lambda one: (agencies[one[0]].code, str(one[0])))
    ]
