"""The keys of the vault: one per subject, wrapped by a key that is not in the database."""

import uuid

from django.db import models

from audit.guarded import Guarded


class SubjectKey(Guarded):
    """A data key of one subject. Deleting the row makes everything sealed under it unreadable for good."""

    DATA = {
        "id": "plain",
        "kind": "plain",
        "subject": "plain",
        "wrapped": "sensitive",
        "wrapped_by": "plain",
        "created_at": "plain",
    }

    class Kind(models.TextChoices):
        STAFF = "STAFF", "a member of staff: private drafts"
        FILE = "FILE", "a case file: notes and narratives"
        PERSON = "PERSON", "the person of a case file: identity"
        REFERRAL = "REFERRAL", "a referral: its packet"
        REPORT = "REPORT", "a monthly table: its remarks"
        DRAFT = "DRAFT", "a draft that can go to a colleague"
        EXCLUDED = "EXCLUDED", "an exclusion from a case file: why"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=8, choices=Kind)
    subject = models.UUIDField()
    wrapped = models.BinaryField()
    wrapped_by = models.CharField(max_length=20)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject"],
                name="one_key_per_subject",
                violation_error_message="One key a subject.",
            )
        ]

    def __str__(self) -> str:
        return f"key of {self.kind} {self.subject}"
