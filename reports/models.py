"""The monthly table of a provincial department, and how small counts are told to whom."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency, Province
from audit.guarded import Guarded, GuardedQuerySet
from audit.history import kept_history

from .states import FROZEN, Status, Treatment


class MonthlyTableQuerySet(GuardedQuerySet):
    def newest_first(self) -> "MonthlyTableQuerySet":
        return self.order_by("-month", "province_id", "-edition", "pk")

    def current(self) -> "MonthlyTableQuerySet":
        """Without editions that a later one has replaced."""
        return self.exclude(status=Status.REPLACED)


class MonthlyTable(Guarded):
    """One edition of one month of one department. Counts only: no name, no number of a file stands in it.

    The words are sealed, because people put names into remarks. Once signed, nothing changes but the note that a
    later edition has replaced it (a trigger holds that).
    """

    DATA = {
        "id": "plain",
        "agency": "plain",
        "province": "plain",
        "month": "plain",
        "edition": "plain",
        "replaces": "plain",
        "status": "plain",
        "definitions": "plain",
        "cut": "plain",
        "open_start": "plain",
        "came_in": "plain",
        "went_out": "plain",
        "open_end": "plain",
        "closed_before": "plain",
        "figures": "plain",
        "differs": "plain",
        "remarks_sealed": "sensitive",
        "explanation_sealed": "sensitive",
        "reason_sealed": "sensitive",
        "fingerprint": "plain",
        "prepared_by": "plain",
        "prepared_at": "plain",
        "signed_by": "plain",
        "signed_at": "plain",
        "version": "plain",
        "created_at": "plain",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, related_name="+", verbose_name=_("Department")
    )
    province = models.ForeignKey(
        Province, on_delete=models.PROTECT, related_name="+", verbose_name=_("Province")
    )
    month = models.DateField(_("Month"))
    edition = models.PositiveSmallIntegerField(_("Edition"), default=1)
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )
    status = models.CharField(_("Status"), max_length=10, choices=Status, default=Status.DRAFT)
    # Which words the figures mean (figures.DEFINITIONS), and what had been recorded when they were counted.
    definitions = models.CharField(max_length=10)
    cut = models.DateTimeField(_("Counted on"))
    open_start = models.PositiveIntegerField()
    came_in = models.PositiveIntegerField()
    went_out = models.PositiveIntegerField()
    open_end = models.PositiveIntegerField()
    # What the signed table of the month before closed with; empty where there is none.
    closed_before = models.PositiveIntegerField(null=True)
    figures = models.JSONField()
    # Of a later edition: which sums are not those of the edition before.
    differs = models.JSONField(default=list)
    remarks_sealed = models.BinaryField(null=True)
    explanation_sealed = models.BinaryField(null=True)
    reason_sealed = models.BinaryField(null=True)
    fingerprint = models.CharField(max_length=64, blank=True)
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    prepared_at = models.DateTimeField(null=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    signed_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()

    objects = models.Manager.from_queryset(MonthlyTableQuerySet)()
    history = kept_history()

    class Meta:
        verbose_name = _("monthly table")
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "month", "edition"],
                name="monthly_table_once",
                violation_error_message=_("This edition of the month is there already."),
            ),
            models.CheckConstraint(
                condition=Q(open_end=F("open_start") + F("came_in") - F("went_out")),
                name="monthly_table_adds_up",
                violation_error_message=_("Open at the start and in must be out and open at the end."),
            ),
            models.CheckConstraint(
                condition=Q(month__day=1),
                name="monthly_table_is_of_a_month",
                violation_error_message=_("A month is named by its first day."),
            ),
            models.CheckConstraint(
                condition=Q(prepared_by=None, prepared_at=None)
                | Q(prepared_by__isnull=False, prepared_at__isnull=False),
                name="monthly_table_prepared_by_and_at",
                violation_error_message=_("Prepared means: by somebody, at a time."),
            ),
            models.CheckConstraint(
                condition=Q(signed_by=None, signed_at=None)
                | Q(signed_by__isnull=False, signed_at__isnull=False),
                name="monthly_table_signed_by_and_at",
                violation_error_message=_("Signed means: by somebody, at a time."),
            ),
            models.CheckConstraint(
                condition=Q(signed_by=None) | (Q(prepared_by__isnull=False) & ~Q(signed_by=F("prepared_by"))),
                name="monthly_table_signed_by_a_second_person",
                violation_error_message=_("Whoever prepared the table does not sign it."),
            ),
            models.CheckConstraint(
                condition=Q(status__in=sorted(FROZEN), signed_by__isnull=False)
                | (~Q(status__in=sorted(FROZEN)) & Q(signed_by=None)),
                name="monthly_table_signed_says_by_whom",
                violation_error_message=_("A signed table says who signed it."),
            ),
            models.CheckConstraint(
                condition=Q(status=Status.DRAFT)
                | Q(closed_before=None)
                | Q(closed_before=F("open_start"))
                | Q(explanation_sealed__isnull=False),
                name="monthly_table_explains_its_opening",
                violation_error_message=_("An opening figure that is not the last closing is explained."),
            ),
        ]
        indexes = [models.Index(fields=["agency", "-month", "-edition"], name="monthly_table_newest")]

    def __str__(self) -> str:
        return f"table of {self.month}, edition {self.edition}"

    @property
    def is_frozen(self) -> bool:
        return self.status in FROZEN

    @property
    def needs_explanation(self) -> bool:
        return self.closed_before is not None and self.closed_before != self.open_start


class ReleaseLevel(Guarded):
    """How small counts are told at one level of disclosure, and which roles are shown counts at it.

    A proposal until the committee confirms it: rows of a table, loaded from reports/data/release_levels.csv and
    edited by an administrator, each time with a reason.
    """

    DATA = {
        "id": "plain",
        "code": "plain",
        "smallest": "plain",
        "treatment": "plain",
        "rounding": "plain",
        "whole_years": "plain",
        "roles": "plain",
        "confirmed": "plain",
        "reason": "plain",
    }

    class Code(models.TextChoices):
        P0 = "P0", _("For the public")
        P1 = "P1", _("For partners under an agreement")
        P2 = "P2", _("Inside the committee and the ministry")
        P3 = "P3", _("For those who see the files")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(_("Level"), max_length=2, choices=Code, unique=True)
    # A count from 1 up to one less than this is small.
    smallest = models.PositiveSmallIntegerField(_("Smallest count"))
    treatment = models.CharField(_("Small counts"), max_length=5, choices=Treatment)
    rounding = models.PositiveSmallIntegerField(_("Rounded to"), default=1)
    # Whole calendar years alone: two periods that overlap would tell small counts by subtraction.
    whole_years = models.BooleanField(_("Whole years only"), default=False)
    roles = models.JSONField(_("Roles"), default=list)
    confirmed = models.BooleanField(_("Confirmed"), default=False)
    # Why it was last changed, or on which decision it rests; earlier ones stand in the history.
    reason = models.CharField(_("Reason"), max_length=300, blank=True, default="")

    history = kept_history()

    class Meta:
        verbose_name = _("level of disclosure")
        constraints = [
            models.CheckConstraint(
                condition=Q(confirmed=False) | ~Q(reason=""),
                name="confirmed_level_says_why",
                violation_error_message=_("Write on which decision a confirmed level rests."),
            ),
            models.CheckConstraint(
                condition=Q(smallest__gte=1, rounding__gte=1),
                name="level_counts_from_one",
                violation_error_message=_("Write a number from 1 on."),
            ),
        ]

    def __str__(self) -> str:
        return self.code
