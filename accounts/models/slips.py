"""Slips: how somebody gets their first password, or a new one, on paper and in person."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from audit.guarded import Guarded


class Slip(Guarded):
    """A one-time code that was printed for one person. The code itself is kept nowhere, only its hash."""

    DATA = {
        "id": "plain",
        "person": "plain",
        "code_hash": "sensitive",
        "created_at": "plain",
        "made_by": "plain",
        "expires_at": "plain",
        "ended_at": "plain",
        "was_used": "plain",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="slips")
    code_hash = models.CharField(max_length=128)
    created_at = models.DateTimeField()
    # Nobody where the operator's command printed it, for the first administrator of a new place.
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    expires_at = models.DateTimeField()
    # Used, or replaced by a newer one.
    ended_at = models.DateTimeField(null=True)
    was_used = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=models.Q(ended_at=None),
                name="one_open_slip_a_person",
                violation_error_message=_("This person already has an open slip."),
            )
        ]

    def __str__(self) -> str:
        return f"slip {str(self.id)[:8]}"
