"""Rights on provinces, stored in django-guardian's direct foreign-key tables, and what they open."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from audit.guarded import Guarded
from audit.history import kept_history

from ..guard import TimedGroupRight, TimedPersonRight
from ..sections import Section
from .agencies import Agency
from .places import Province

VIEW_PROVINCE = "view_province"


class ProvinceAgencyRight(TimedGroupRight):
    """An agency's whole team may see the files of a province."""

    DATA = {**TimedGroupRight.DATA, "confirmed_on": "plain"}
    allowed_permissions = frozenset({VIEW_PROVINCE})

    content_object = models.ForeignKey(Province, on_delete=models.PROTECT, related_name="agency_rights")
    # As of a membership (accounts/confirming.py).
    confirmed_on = models.DateField(_("Confirmed on"), null=True, blank=True, editable=False)
    history = kept_history()

    class Meta(TimedGroupRight.Meta):
        verbose_name = _("province right of an agency")


class ProvincePersonRight(TimedPersonRight):
    """One person may see the files of a province."""

    DATA = TimedPersonRight.DATA
    allowed_permissions = frozenset({VIEW_PROVINCE})

    content_object = models.ForeignKey(Province, on_delete=models.PROTECT, related_name="person_rights")
    history = kept_history()

    class Meta(TimedPersonRight.Meta):
        verbose_name = _("province right of a person")


class SectionRule(Guarded):
    """What a province right opens: by the kind of the reader's agency and of the agency that opened the file.

    A proposal until the committee confirms it (`confirmed`); edited as data, never in code.
    """

    DATA = {
        "id": "plain",
        "viewer_kind": "plain",
        "opened_by_kind": "plain",
        "sections": "plain",
        "confirmed": "plain",
    }

    id = models.BigAutoField(primary_key=True)
    viewer_kind = models.CharField(_("Reader's kind of agency"), max_length=16, choices=Agency.Kind)
    opened_by_kind = models.CharField(_("File opened by"), max_length=16, choices=Agency.Kind)
    sections = models.PositiveSmallIntegerField(_("Opens"), default=0)
    confirmed = models.BooleanField(_("Confirmed"), default=False)

    history = kept_history()

    class Meta:
        verbose_name = _("rule of sections")
        constraints = [
            models.UniqueConstraint(
                fields=["viewer_kind", "opened_by_kind"],
                name="section_rule_once",
                violation_error_message=_("There is already a rule for these two kinds."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.viewer_kind} sees {Section(self.sections)!r} of {self.opened_by_kind}"
