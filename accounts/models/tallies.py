"""How often something was tried: a sign-in name, an address of the network, a token."""

import uuid

from django.db import models


class Tally(models.Model):
    """One thing that is counted. What it is stands nowhere: the key is a keyed hash of it (accounts/limits.py).

    Not guarded: it is counted before it is known who acts. Lost when PostgreSQL crashes (UNLOGGED), so that no
    count waits for the disk.
    """

    DATA = {
        "id": "plain",
        "tries": "plain",
        "refused": "plain",
        "free_at": "plain",
        "seen_at": "plain",
        "told_at": "plain",
        "expires_at": "plain",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tries = models.PositiveIntegerField(default=0)
    # Since the last one that was let through.
    refused = models.PositiveIntegerField(default=0)
    # Of a delay: when the next try may come. Of a rate: when everything that was used has come back.
    free_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    # When a refusal was last put on the trail.
    told_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="tally_by_age")]

    def __str__(self) -> str:
        return f"tally {str(self.id)[:8]}"
