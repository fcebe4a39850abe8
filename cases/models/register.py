"""A register that is being imported: its rows sealed while somebody works on it, its counts afterwards.

Rows are kept as text under their owner's key and deleted once they are files, or after a day (register/expiry.py).
What stays is a mark for each row that became a file, so that the same register twice adds nothing.
"""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Agency
from audit.guarded import Guarded

from ..answers import Sex
from ..register.reading import Shape
from ..register.states import Outcome, Status, WhyKept
from .case import Case


class Register(Guarded):
    DATA = {
        "id": "plain",
        "owner": "plain",
        "agency": "plain",
        "shape": "plain",
        "language": "plain",
        "status": "plain",
        "plan_sealed": "sensitive",
        "rows": "plain",
        "parts": "plain",
        "position": "plain",
        "with_alike": "plain",
        "tries": "plain",
        "asked_at": "plain",
        "worked_at": "plain",
        "finished_at": "plain",
        "expires_at": "plain",
        "version": "plain",
        "good": "plain",
        "wrong": "plain",
        "alike": "plain",
        "already": "plain",
        "imported": "plain",
        "named_only": "plain",
        "taken_back": "plain",
        "kept": "plain",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # Whose mapping is remembered and whose marks tell what was imported before.
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+")
    shape = models.CharField(_("Format"), max_length=4, choices=Shape)
    language = models.CharField(max_length=2, default="km")
    status = models.CharField(_("Status"), max_length=10, choices=Status, default=Status.MATCHING)
    # Headings, what each column is, words matched by hand, and what to take where a cell is empty (plan.py).
    plan_sealed = models.BinaryField(null=True)
    rows = models.PositiveIntegerField(default=0)
    parts = models.PositiveIntegerField(default=0)
    # How many parts the present step has done; a step that lost its worker goes on from here.
    position = models.PositiveIntegerField(default=0)
    with_alike = models.BooleanField(default=False)
    tries = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField(default=timezone.now)
    worked_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)
    good = models.PositiveIntegerField(default=0)
    wrong = models.PositiveIntegerField(default=0)
    alike = models.PositiveIntegerField(default=0)
    already = models.PositiveIntegerField(default=0)
    imported = models.PositiveIntegerField(default=0)
    named_only = models.PositiveIntegerField(default=0)
    taken_back = models.PositiveIntegerField(default=0)
    kept = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("register")
        indexes = [
            models.Index(fields=["owner", "-asked_at"], name="register_of_owner"),
            models.Index(fields=["status", "tries", "worked_at"], name="register_to_work_on"),
        ]

    def __str__(self) -> str:
        return f"register {self.pk}"


class RegisterPart(Guarded):
    """A few hundred rows as they were written, sealed under their owner's key."""

    DATA = {"id": "plain", "owner": "plain", "register": "plain", "number": "plain", "sealed": "sensitive"}

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    register = models.ForeignKey(Register, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    sealed = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["register", "number"],
                name="part_once_per_register",
                violation_error_message="This part is there already.",
            )
        ]

    def __str__(self) -> str:
        return f"part {self.number} of {self.register_id}"


class RegisterRow(Guarded):
    """What came of one row: codes and keyed hashes, never what was written in it."""

    DATA = {
        "id": "plain",
        "owner": "plain",
        "register": "plain",
        "part": "plain",
        "number": "plain",
        "outcome": "plain",
        "problems": "plain",
        "content": "plain",
        "fingerprint": "plain",
        "khmer": "personal",
        "latin": "personal",
        "sex": "personal",
        "age_min": "personal",
        "age_max": "personal",
        "like_row": "plain",
        "like_case": "plain",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    register = models.ForeignKey(Register, on_delete=models.PROTECT, related_name="+")
    part = models.PositiveIntegerField()
    # As the spreadsheet numbers it.
    number = models.PositiveIntegerField()
    outcome = models.CharField(max_length=8, choices=Outcome)
    # [[column of the intake, position in the sheet, code], ...]
    problems = models.JSONField(default=list)
    content = models.BinaryField()
    fingerprint = models.BinaryField()
    khmer = models.BinaryField(null=True)
    latin = models.BinaryField(null=True)
    sex = models.CharField(max_length=12, choices=Sex, default=Sex.NOT_ASKED)
    age_min = models.PositiveSmallIntegerField(null=True)
    age_max = models.PositiveSmallIntegerField(null=True)
    like_row = models.PositiveIntegerField(null=True)
    like_case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [
            models.Index(fields=["register", "outcome", "number"], name="row_by_outcome"),
            models.Index(fields=["register", "part"], name="row_of_part"),
            models.Index(fields=["register", "content"], name="row_by_content"),
            models.Index(fields=["register", "khmer"], name="row_by_khmer_name"),
            models.Index(fields=["register", "latin"], name="row_by_latin_name"),
        ]

    def __str__(self) -> str:
        return f"row {self.number} of {self.register_id}"


class RegisterMark(Guarded):
    """A row that became a file: no other import of the agency makes a second one of it."""

    DATA = {
        "id": "plain",
        "agency": "plain",
        "register": "plain",
        "by": "plain",
        "fingerprint": "plain",
        "number": "plain",
        "case": "plain",
        "why_kept": "plain",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    # A register of a colleague is out of sight, so this is no foreign key for the database to look behind.
    register = models.UUIDField(db_index=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    fingerprint = models.BinaryField()
    number = models.PositiveIntegerField()
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    why_kept = models.CharField(max_length=8, choices=WhyKept, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "fingerprint"],
                name="row_imported_once",
                violation_error_message=_("This row was imported before."),
            )
        ]

    def __str__(self) -> str:
        return f"mark of {self.case_id}"


class RegisterMemory(Guarded):
    """How an agency's registers are read: a heading or a word as a keyed hash, and what it means."""

    DATA = {
        "id": "plain",
        "agency": "plain",
        "column": "plain",
        "key": "plain",
        "meaning": "plain",
        "used_at": "plain",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="+", db_index=False)
    # Empty for a heading; for a word the column of the intake it stands in.
    column = models.CharField(max_length=30, blank=True)
    key = models.BinaryField()
    meaning = models.CharField(max_length=40, blank=True)
    used_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "column", "key"],
                name="remembered_once",
                violation_error_message="This is remembered already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.column or 'heading'} of {self.agency_id}"
