"""The case file: one person's. It carries no name; identity is a record of its own (identity.py)."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, Place, Province
from audit.guarded import Guarded, GuardedQuerySet
from audit.history import kept_history
from audit.kinds import Precision

from ..answers import Answer, RiskLevel
from ..states import ENDED, Status


class CaseQuerySet(GuardedQuerySet):
    def open(self) -> "CaseQuerySet":
        return self.exclude(status__in=ENDED)

    def newest_first(self) -> "CaseQuerySet":
        return self.order_by("-created_at", "-pk")


class Case(Guarded):
    DATA = {
        "id": "plain",
        "number": "plain",
        "status": "plain",
        "status_since": "plain",
        "status_by": "plain",
        "province": "plain",
        "district": "plain",
        "commune": "plain",
        "agency": "plain",
        "agency_kind": "plain",
        "opened_by": "plain",
        "worker": "plain",
        "official_involved": "sensitive",
        "named_only": "plain",
        "channel": "plain",
        "reported_on": "plain",
        "reported_precision": "plain",
        "form": "plain",
        "risk_level": "plain",
        "closure": "plain",
        "summary_sealed": "sensitive",
        "version": "plain",
        "created_at": "plain",
        "updated_at": "plain",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(_("Case number"), max_length=24, unique=True)
    status = models.CharField(_("Status"), max_length=24, choices=Status, default=Status.REPORTED)
    status_since = models.DateTimeField()
    # Who brought it there: a formal decision is another person's (lifecycle.Move.second).
    status_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    province = models.ForeignKey(
        Province, on_delete=models.PROTECT, related_name="+", verbose_name=_("Province")
    )
    district = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    commune = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", verbose_name=_("Owner"))
    # Copied when the file is made: which sections a province right opens depends on who opened the file.
    agency_kind = models.CharField(max_length=16, choices=Agency.Kind)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # Who works on it: at first whoever made it. Changed by cases_hand_over alone (cases.worker).
    worker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("Case worker")
    )
    official_involved = models.CharField(max_length=12, choices=Answer)
    named_only = models.BooleanField(_("Named people only"), default=False)
    channel = models.CharField(_("How it was reported"), max_length=40)
    reported_on = models.DateField(_("Reported on"), null=True, blank=True)
    reported_precision = models.CharField(max_length=8, choices=Precision, default=Precision.DAY)
    # The leading form of exploitation for lists; all of them stand in FactAnswer.
    form = models.CharField(_("Form of exploitation"), max_length=40, blank=True)
    risk_level = models.CharField(_("Risk"), max_length=12, choices=RiskLevel, default=RiskLevel.NOT_ASSESSED)
    # Why it is closed (code list CLOSURE): proposed when closure is asked for, decided when it is granted.
    closure = models.CharField(_("Reason for closing"), max_length=40, blank=True, default="")
    summary_sealed = models.BinaryField(null=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = models.Manager.from_queryset(CaseQuerySet)()
    history = kept_history()

    class Meta:
        verbose_name = _("case file")
        constraints = [
            models.CheckConstraint(
                condition=Q(closure="") | Q(status__in=[Status.CLOSURE_REVIEW, Status.CLOSED]),
                name="closure_of_a_file_that_is_closed",
                violation_error_message=_("Only a closed file has a reason for closing."),
            )
        ]
        indexes = [
            models.Index(fields=["province", "-created_at", "-id"], name="case_newest_of_province"),
            models.Index(fields=["-created_at", "-id"], name="case_newest"),
            models.Index(fields=["agency", "-created_at"], name="case_newest_of_agency"),
            models.Index(fields=["worker", "-created_at", "-id"], name="case_newest_of_worker"),
            # For lists with a filter (cases/filtering.py).
            models.Index(
                fields=["province", "status", "-created_at", "-id"], name="case_by_province_and_status"
            ),
            models.Index(fields=["agency", "status", "-created_at", "-id"], name="case_by_agency_and_status"),
            models.Index(fields=["worker"], name="named_only_of_worker", condition=Q(named_only=True)),
        ]

    def __str__(self) -> str:
        return self.number


class CaseCount(models.Model):
    """How many files an agency owns in a province. Kept by triggers, read by the function cases_seen_total alone."""

    DATA = {"id": "plain", "province": "plain", "agency": "plain", "named_only": "plain", "number": "plain"}

    id = models.BigAutoField(primary_key=True)
    province = models.SmallIntegerField()
    agency = models.UUIDField()
    named_only = models.BooleanField()
    number = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["province", "agency", "named_only"],
                name="one_count_of_files",
                violation_error_message="One count.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} files of {self.agency} in {self.province}"


class GrantedFile(models.Model):
    """A file that stands open to an agency by a grant without an end; one row, however many grants. Kept with the
    scope, read by the function cases_seen_total alone."""

    DATA = {"id": "plain", "agency": "plain", "file": "plain", "province": "plain"}

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.UUIDField()
    file = models.UUIDField()
    province = models.SmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["file", "agency"], name="granted_once", violation_error_message="One row."
            )
        ]
        indexes = [models.Index(fields=["agency"], name="granted_to_agency")]

    def __str__(self) -> str:
        return f"{self.file} to {self.agency}"


class GrantedCount(models.Model):
    """How many of them an agency has in a province. Kept by a trigger."""

    DATA = {"id": "plain", "agency": "plain", "province": "plain", "number": "plain"}

    id = models.BigAutoField(primary_key=True)
    agency = models.UUIDField()
    province = models.SmallIntegerField()
    number = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "province"],
                name="one_count_of_grants",
                violation_error_message="One count.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} files granted to {self.agency} in {self.province}"


class CaseCounter(models.Model):
    """The last case number of a province and year; touched only by the function cases_next_number."""

    DATA = {"id": "plain", "province": "plain", "year": "plain", "last": "plain"}

    id = models.BigAutoField(primary_key=True)
    province = models.SmallIntegerField()
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["province", "year"],
                name="one_counter_a_year",
                violation_error_message="One counter a year.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.province}/{self.year}"
