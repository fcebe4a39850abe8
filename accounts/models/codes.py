"""Code lists: what can be chosen in forms, in both languages, with its counterpart in other systems.

One table for all lists. Wording can be edited by people; the codes themselves stay, because records, figures
and partner systems refer to them. A code that is no longer used gets an end date and keeps its label.
"""

from __future__ import annotations

import uuid

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from audit.history import kept_history

from .places import in_khmer


class CodeList(models.TextChoices):
    CHANNEL = "CHANNEL", _("how it was reported")
    ACT = "ACT", _("acts")
    MEANS = "MEANS", _("means")
    CONTROL = "CONTROL", _("methods of control")
    RECRUITMENT = "RECRUITMENT", _("methods of recruitment")
    RECRUITER_RELATION = "RECRUITER_RELATION", _("relation to the recruiter")
    FORM = "FORM", _("forms of exploitation")
    SERVICE = "SERVICE", _("services")
    NATIONALITY = "NATIONALITY", _("nationalities")
    COUNTRY = "COUNTRY", _("countries")
    OFFENCE = "OFFENCE", _("offences in law")
    CHECKPOINT = "CHECKPOINT", _("border checkpoints")
    PLACE_TYPE = "PLACE_TYPE", _("types of place")
    CLOSURE = "CLOSURE", _("reasons for closing a case file")
    CONSENT_PURPOSE = "CONSENT_PURPOSE", _("purposes of consent")
    DECLINE_REASON = "DECLINE_REASON", _("reasons for declining a referral")
    REFERRAL_REASON = "REFERRAL_REASON", _("reasons for a referral")
    RETURN_REASON = "RETURN_REASON", _("reasons for returning a referral")
    EXCLUSION_REASON = "EXCLUSION_REASON", _("reasons for keeping somebody away from a case file")
    RISK_FACTOR = "RISK_FACTOR", _("risk factors")
    LANGUAGE = "LANGUAGE", _("languages")
    SOURCE = "SOURCE", _("how it is known")
    DONE_BY = "DONE_BY", _("who did it")


class Code(models.Model):
    DATA = {
        "id": "plain",
        "list": "plain",
        "code": "plain",
        "parent": "plain",
        "label_km": "plain",
        "label_en": "plain",
        "mapping": "plain",
        "extra": "plain",
        "rank": "plain",
        "valid_from": "plain",
        "valid_until": "plain",
        "confirmed": "plain",
        "basis": "plain",
        "note": "plain",
        "edited_at": "plain",
        "edited_by": "plain",
    }

    class Basis(models.TextChoices):
        """Where an entry comes from; only what was read in a source may be shown as confirmed."""

        SOURCE = "S", _("read in a source")
        MEMORY = "MEM", _("from memory, to be verified")
        DESIGN = "DESIGN", _("our own proposal")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    list = models.CharField(_("list"), max_length=20, choices=CodeList)
    code = models.CharField(
        _("code"),
        max_length=40,
        validators=[
            RegexValidator(
                r"^[A-Z0-9][A-Z0-9_.-]*\Z", _("Use capital letters, digits, points and underscores.")
            )
        ],
    )
    # The code of the broader entry in the same list; text, so that a list can be loaded in any order.
    parent = models.CharField(_("part of"), max_length=40, blank=True, default="")
    label_km = models.CharField(_("label in Khmer"), max_length=200)
    label_en = models.CharField(_("label in English"), max_length=200)
    mapping = models.JSONField(_("codes in other systems"), default=dict, blank=True)
    extra = models.JSONField(_("further properties"), default=dict, blank=True)
    rank = models.PositiveSmallIntegerField(_("position in the list"), default=0)
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("last day of validity"), null=True, blank=True)
    confirmed = models.BooleanField(_("confirmed"), default=False)
    basis = models.CharField(_("basis"), max_length=6, choices=Basis)
    note = models.TextField(_("note"), blank=True, default="")
    # Set by the edit page alone. A row that a person has edited is never overwritten by the loader.
    edited_at = models.DateTimeField(_("edited at"), null=True, blank=True, editable=False)
    edited_by = models.UUIDField(_("edited by"), null=True, blank=True, editable=False)

    history = kept_history()

    class Meta:
        verbose_name = _("code")
        verbose_name_plural = _("codes")
        constraints = [
            models.UniqueConstraint(
                fields=["list", "code"],
                name="code_once_per_list",
                violation_error_message=_("This list already has this code."),
            ),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_until=None) | Q(valid_until__gt=F("valid_from")),
                name="code_until_after_from",
                violation_error_message=_("The last day of validity must be after the first."),
            ),
            models.CheckConstraint(
                condition=Q(edited_at=None, edited_by=None)
                | Q(edited_at__isnull=False, edited_by__isnull=False),
                name="code_edited_at_with_by",
                violation_error_message=_("An edit needs both its time and its editor."),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return self.label_km if in_khmer() else self.label_en
