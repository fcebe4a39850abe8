"""A person's private drafts, the keys of what they sent, and the files made for them."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.guarded import Guarded


class Draft(Guarded):
    """Something typed and not yet sent. Sealed, so that its owner alone can read it, until they hand it over
    (desk/heirs.py)."""

    DATA = {
        "id": "plain",
        "owner": "plain",
        "kind": "plain",
        "path": "plain",
        "sealed": "sensitive",
        "version": "plain",
        "created_at": "plain",
        "updated_at": "plain",
        "expires_at": "plain",
        "own_key": "plain",
        "heir": "plain",
        "handed_by": "plain",
    }

    class Kind(models.TextChoices):
        INTAKE = "INTAKE", _("New case file")
        TYPED = "TYPED", _("Text kept from a page")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=Kind)
    # The page the text belongs to; never a query string.
    path = models.CharField(max_length=200, blank=True)
    sealed = models.BinaryField()
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    updated_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    # Sealed under a key of its own, which goes with it to another owner.
    own_key = models.BooleanField(default=False)
    # Whom its owner chose to go on with it when their role has ended.
    heir = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    handed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        indexes = [
            models.Index(fields=["owner", "kind", "-updated_at"], name="draft_of_owner"),
            models.Index(fields=["expires_at"], name="draft_by_expiry"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} draft {self.pk}"


class Once(Guarded):
    """An idempotency key: one effect however often it is sent. Written in the effect's own transaction.

    A page leads on to `location`. A program gets its `answer` again, of ids and codes alone, and only for the same
    request: `digest` is a keyed hash of it.
    """

    DATA = {
        "id": "plain",
        "person": "plain",
        "key": "plain",
        "path": "plain",
        "status": "plain",
        "location": "plain",
        "digest": "plain",
        "answer": "plain",
        "created_at": "plain",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=64)
    path = models.CharField(max_length=200)
    status = models.PositiveSmallIntegerField(null=True)
    location = models.CharField(max_length=300, blank=True)
    digest = models.BinaryField(default=b"")
    answer = models.JSONField(null=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="once_by_age")]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "key"], name="sent_once", violation_error_message="This was sent already."
            )
        ]

    def __str__(self) -> str:
        return f"{self.path} once"


class Export(Guarded):
    """A file made by a worker for one person, kept for a day. What it holds is on the trail."""

    DATA = {
        "id": "plain",
        "maker": "plain",
        "kind": "plain",
        "shape": "plain",
        "filters": "plain",
        "language": "plain",
        "status": "plain",
        "rows": "plain",
        "total": "plain",
        "done": "plain",
        "bytes": "plain",
        "sha256": "plain",
        "sight": "plain",
        "tries": "plain",
        "why": "plain",
        "asked_at": "plain",
        "made_at": "plain",
        "expires_at": "plain",
    }

    class Shape(models.TextChoices):
        CSV = "CSV", _("CSV (opens in Excel)")
        JSONL = "JSONL", _("JSON Lines")
        XLSX = "XLSX", _("Excel file (XLSX)")

    class Status(models.TextChoices):
        WAITING = "WAITING", _("Waiting")
        MAKING = "MAKING", _("Being made")
        READY = "READY", _("Ready")
        FAILED = "FAILED", _("Failed")

    class Why(models.TextChoices):
        """Why it failed."""

        TRIES = (
            "TRIES",
            _("It could not be made. Ask again; if it fails again, tell whoever runs the system."),
        )
        RIGHTS = "RIGHTS", _("Your role no longer includes this export, so it was not made.")
        TOO_LONG = (
            "TOO_LONG",
            _("An Excel sheet holds 1,048,575 lines and this has more. Choose a narrower filter, or CSV."),
        )

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    maker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    shape = models.CharField(_("Format"), max_length=8, choices=Shape)
    filters = models.JSONField(default=dict)
    # Of the page on which it was asked for: what is written in words is written in it.
    language = models.CharField(max_length=2, default="km")
    status = models.CharField(max_length=8, choices=Status, default=Status.WAITING)
    rows = models.PositiveBigIntegerField(null=True)
    # While it is being made: how many rows it will have, and how many are written.
    total = models.PositiveBigIntegerField(null=True)
    done = models.PositiveBigIntegerField(default=0)
    bytes = models.PositiveBigIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    # What its maker could see then (exports.sight_of): the file closes when that changes.
    sight = models.CharField(max_length=64, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    why = models.CharField(max_length=8, choices=Why, blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    made_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="READY") | Q(rows__isnull=False, made_at__isnull=False),
                name="ready_export_has_its_rows",
                violation_error_message="A ready export says how many rows it has.",
            )
        ]
        indexes = [models.Index(fields=["maker", "-asked_at"], name="export_of_maker")]

    def __str__(self) -> str:
        return f"{self.kind} export {self.pk}"


from .reminders.models import DeadlinePolicy, Delivery, Due, Holiday, Mailbox, Notice  # noqa: E402, F401  one app
