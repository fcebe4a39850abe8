"""What casework and statistics need to know of the person, without any name."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Place
from audit.guarded import Guarded
from audit.history import kept_history

from ..answers import AgeBasis, Answer, Sex
from .case import Case


class Victim(Guarded):
    """One person in one file. The same person in two files is a link between files, never one shared row."""

    DATA = {
        "id": "plain",
        "case": "plain",
        "alias_sealed": "personal",
        "sex": "personal",
        "age_min": "personal",
        "age_max": "personal",
        "age_basis": "plain",
        "is_child": "personal",
        "child_at_start": "personal",
        "turns_18_in": "personal",
        "nationality": "personal",
        "language": "personal",
        "needs_interpreter": "plain",
        "home_district": "personal",
        "current_district": "personal",
        "version": "plain",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="victim")
    # A word the officer made up to recognise the file by; sealed all the same, people put names into it.
    alias_sealed = models.BinaryField(null=True)
    sex = models.CharField(_("Sex"), max_length=12, choices=Sex, default=Sex.NOT_ASKED)
    age_min = models.PositiveSmallIntegerField(_("Age, at least"), null=True, blank=True)
    age_max = models.PositiveSmallIntegerField(_("Age, at most"), null=True, blank=True)
    age_basis = models.CharField(max_length=12, choices=AgeBasis, default=AgeBasis.NOT_ASKED)
    is_child = models.CharField(
        _("Child when registered"), max_length=12, choices=Answer, default=Answer.NOT_ASKED
    )
    child_at_start = models.CharField(
        _("Child when the exploitation began"), max_length=12, choices=Answer, default=Answer.NOT_ASKED
    )
    turns_18_in = models.DateField(_("Month of the 18th birthday"), null=True, blank=True)
    nationality = models.CharField(_("Nationality"), max_length=40, blank=True)
    language = models.CharField(_("Language"), max_length=40, blank=True)
    needs_interpreter = models.CharField(max_length=12, choices=Answer, default=Answer.NOT_ASKED)
    home_district = models.ForeignKey(
        Place, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    current_district = models.ForeignKey(
        Place, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    version = models.PositiveIntegerField(default=1)

    history = kept_history()

    class Meta:
        verbose_name = _("person")
        constraints = [
            models.CheckConstraint(
                condition=Q(age_min=None) | Q(age_max=None) | Q(age_max__gte=F("age_min")),
                name="age_range_in_order",
                violation_error_message=_("The higher age must not be below the lower one."),
            )
        ]

    def __str__(self) -> str:
        return f"person of {self.case_id}"
