"""A referral: what one agency asks of another for one file, and the packet the other sees before it accepts."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, Province
from audit.guarded import Guarded, GuardedQuerySet
from audit.history import kept_history
from cases.answers import Answer, RiskLevel, Sex
from cases.models import Case, Consent

from .states import ENDED, Basis, Status, Urgency


class ReferralQuerySet(GuardedQuerySet):
    def open(self) -> "ReferralQuerySet":
        return self.exclude(status__in=ENDED)

    def newest_first(self) -> "ReferralQuerySet":
        return self.order_by("-status_since", "-pk")


class Referral(Guarded):
    """The packet is copied when the referral is sent in: it carries no case number and nothing of identity.

    The receiving agency sees this row once the ministry has approved it (`sent_at`), the file only once it
    has accepted, and of the file only `sections`.
    """

    DATA = {
        "id": "plain",
        "case": "plain",
        "status": "plain",
        "status_since": "plain",
        "from_agency": "plain",
        "to_agency": "plain",
        "reason": "plain",
        "urgency": "plain",
        "sections": "plain",
        "basis": "plain",
        "consent": "plain",
        "consent_on": "plain",
        "consent_how": "plain",
        "justification_sealed": "sensitive",
        "summary_sealed": "sensitive",
        "risk_level": "personal",
        "sex": "personal",
        "age_min": "personal",
        "age_max": "personal",
        "is_child": "personal",
        "nationality": "personal",
        "language": "personal",
        "needs_interpreter": "plain",
        "province": "plain",
        "submitted_by": "plain",
        "submitted_at": "plain",
        "sent_by": "plain",
        "sent_at": "plain",
        "answered_by": "plain",
        "answered_at": "plain",
        "access_until": "plain",
        "version": "plain",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="referrals")
    status = models.CharField(_("Status"), max_length=12, choices=Status, default=Status.SUBMITTED)
    status_since = models.DateTimeField()
    from_agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, related_name="+", verbose_name=_("Referring agency")
    )
    to_agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, related_name="+", verbose_name=_("Receiving agency")
    )
    reason = models.CharField(_("Reason"), max_length=40)
    urgency = models.CharField(_("Urgency"), max_length=8, choices=Urgency)
    # Opened to the receiving agency when it accepts (accounts/sections.py).
    sections = models.PositiveSmallIntegerField()

    basis = models.CharField(_("Rests on"), max_length=12, choices=Basis)
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # Copied, because a reviewer may not see the consents of the file itself.
    consent_on = models.DateField(_("Consent given on"), null=True, blank=True)
    consent_how = models.CharField(max_length=12, choices=Consent.How, blank=True)
    justification_sealed = models.BinaryField(null=True)
    summary_sealed = models.BinaryField(null=True)

    risk_level = models.CharField(_("Risk"), max_length=12, choices=RiskLevel)
    sex = models.CharField(_("Sex"), max_length=12, choices=Sex)
    age_min = models.PositiveSmallIntegerField(null=True, blank=True)
    age_max = models.PositiveSmallIntegerField(null=True, blank=True)
    is_child = models.CharField(_("Child"), max_length=12, choices=Answer)
    nationality = models.CharField(_("Nationality"), max_length=40, blank=True)
    language = models.CharField(_("Language"), max_length=40, blank=True)
    needs_interpreter = models.CharField(_("Needs an interpreter"), max_length=12, choices=Answer)
    province = models.ForeignKey(
        Province, on_delete=models.PROTECT, related_name="+", verbose_name=_("Province")
    )

    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    sent_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)
    # Set when it is completed: the day on which the receiving agency's sight of the file ends.
    access_until = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)

    objects = models.Manager.from_queryset(ReferralQuerySet)()
    history = kept_history()

    class Meta:
        verbose_name = _("referral")
        constraints = [
            models.CheckConstraint(
                condition=Q(basis=Basis.EMERGENCY, consent=None)
                | Q(basis=Basis.CONSENT, consent__isnull=False, consent_on__isnull=False),
                name="referral_rests_on_consent_or_emergency",
                violation_error_message=_("A referral rests on a recorded consent or on an emergency."),
            ),
            models.CheckConstraint(
                condition=Q(sent_by=None, sent_at=None) | Q(sent_by__isnull=False, sent_at__isnull=False),
                name="referral_sent_by_and_at",
                violation_error_message=_("Sent means: by somebody, at a time."),
            ),
            models.CheckConstraint(
                condition=Q(answered_by=None, answered_at=None)
                | Q(answered_by__isnull=False, answered_at__isnull=False),
                name="referral_answered_by_and_at",
                violation_error_message=_("Answered means: by somebody, at a time."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=[Status.SUBMITTED, Status.RETURNED, Status.WITHDRAWN])
                | Q(sent_at__isnull=False),
                name="referral_answered_only_when_sent",
                violation_error_message=_("Only a referral that was sent can be answered."),
            ),
            models.UniqueConstraint(
                fields=["case", "to_agency"],
                condition=~Q(status__in=sorted(ENDED)),
                name="one_open_referral_of_a_file_to_an_agency",
                violation_error_message=_("This file is already being referred to this agency."),
            ),
        ]
        indexes = [
            models.Index(fields=["status", "submitted_at"], name="referral_waiting"),
            models.Index(fields=["to_agency", "-status_since"], name="referral_of_receiver"),
            models.Index(fields=["submitted_by", "-status_since"], name="referral_of_sender"),
        ]

    def __str__(self) -> str:
        return f"referral {str(self.id)[:8]}"

    @property
    def because(self) -> str:
        """How a grant names the referral it follows from."""
        return f"referral:{self.id}"


class ReferralService(Guarded):
    """One service asked for. `code` is of the list SERVICE."""

    DATA = {"id": "plain", "referral": "plain", "code": "plain"}

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="services")
    code = models.CharField(_("Service"), max_length=40)

    history = kept_history()

    class Meta:
        verbose_name = _("service asked for")
        constraints = [
            models.UniqueConstraint(
                fields=["referral", "code"],
                name="referral_service_once",
                violation_error_message=_("This service is already asked for."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} of {self.referral_id}"


class ReferralStep(Guarded):
    """Who did what with a referral, when, and in which words. Never changed.

    The trail says the same to auditors; this is what sender and receiver read.
    """

    DATA = {
        "id": "plain",
        "referral": "plain",
        "case": "plain",
        "verb": "plain",
        "status": "plain",
        "reason": "plain",
        "words_sealed": "sensitive",
        "by": "plain",
        "agency": "plain",
        "recorded_at": "plain",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="steps")
    # The same file as the referral's, for the row rule.
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+", db_index=False)
    verb = models.CharField(max_length=16)
    status = models.CharField(max_length=12, choices=Status)
    reason = models.CharField(max_length=40, blank=True)
    words_sealed = models.BinaryField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    history = kept_history()

    class Meta:
        verbose_name = _("step of a referral")
        indexes = [models.Index(fields=["referral", "recorded_at"], name="referral_steps")]

    def __str__(self) -> str:
        return f"{self.verb} of {self.referral_id}"
