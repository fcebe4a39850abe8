"""Who must not see a file, whatever else they hold: a person or a whole agency."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from audit.guarded import Guarded
from audit.history import kept_history

from .case import Case


class Exclusion(Guarded):
    """Named by key, for names are sealed. Who declares a conflict of interest is maker and person in one.

    It counts from its first moment until it is lifted. `at_desk` is set by a trigger where the office has nobody who
    may review it; `number` is the file's, for the national desk does not see the file. Sealed under a key of its own.
    """

    DATA = {
        "id": "plain",
        "case": "plain",
        "number": "plain",
        "person": "plain",
        "agency": "plain",
        "reason": "plain",
        "words_sealed": "sensitive",
        "made_by": "plain",
        "made_at": "plain",
        "at_desk": "plain",
        "review": "plain",
        "reviewed_by": "plain",
        "reviewed_at": "plain",
        "review_sealed": "sensitive",
        "ended_at": "plain",
    }

    class Review(models.TextChoices):
        WAITING = "WAITING", _("To be reviewed")
        UPHELD = "UPHELD", _("Upheld")
        LIFTED = "LIFTED", _("Lifted")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="exclusions", db_index=False)
    number = models.CharField(max_length=24)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    reason = models.CharField(_("Why"), max_length=40)
    words_sealed = models.BinaryField(null=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    at_desk = models.BooleanField(default=False)
    review = models.CharField(_("Review"), max_length=8, choices=Review, default=Review.WAITING)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True)
    review_sealed = models.BinaryField(null=True)
    ended_at = models.DateTimeField(null=True)

    history = kept_history()

    class Meta:
        verbose_name = _("exclusion")
        constraints = [
            models.CheckConstraint(
                condition=Q(person=None, agency__isnull=False) | Q(person__isnull=False, agency=None),
                name="exclusion_of_a_person_or_an_agency",
                violation_error_message=_("Either a person or an agency is kept away."),
            ),
            models.CheckConstraint(
                condition=Q(reviewed_at=None, reviewed_by=None, review="WAITING")
                | Q(reviewed_at__isnull=False, reviewed_by__isnull=False) & ~Q(review="WAITING"),
                name="exclusion_reviewed_by_and_at",
                violation_error_message=_("Reviewed means: by somebody, at a time."),
            ),
            models.CheckConstraint(
                condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("made_by")),
                name="exclusion_reviewed_by_another",
                violation_error_message=_("Somebody else than who made it reviews it."),
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) & ~Q(review="LIFTED") | Q(ended_at__isnull=False, review="LIFTED"),
                name="exclusion_ends_when_it_is_lifted",
                violation_error_message=_("It ends when it is lifted, and not before."),
            ),
            models.UniqueConstraint(
                fields=["case", "person"],
                condition=Q(ended_at=None),
                name="person_excluded_once",
                violation_error_message=_("This person is already kept away from the file."),
            ),
            models.UniqueConstraint(
                fields=["case", "agency"],
                condition=Q(ended_at=None),
                name="agency_excluded_once",
                violation_error_message=_("This agency is already kept away from the file."),
            ),
        ]
        indexes = [
            models.Index(fields=["case"], name="exclusion_of_case"),
            # What `actor_barred` asks before anybody does anything.
            models.Index(fields=["person"], name="exclusion_of_person", condition=Q(ended_at=None)),
            models.Index(fields=["agency"], name="exclusion_of_agency", condition=Q(ended_at=None)),
        ]

    def __str__(self) -> str:
        return f"exclusion from {self.number}"

    @property
    def is_own(self) -> bool:
        """A conflict of interest that somebody declared of themselves."""
        return self.person_id == self.made_by_id
