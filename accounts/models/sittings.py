"""Sessions by their person, so that each may see and end their own. Django's own table does not say whose they are."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from audit.guarded import Guarded


class Sitting(Guarded):
    """Somebody signed in at a machine. Gone with the session; the sign-in itself is on the trail."""

    DATA = {
        "id": "plain",
        "person": "plain",
        "session_key": "sensitive",
        "browser": "personal",
        "system": "personal",
        "address": "personal",
        "began_at": "plain",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    session_key = models.CharField(max_length=40, unique=True)
    browser = models.CharField(max_length=40, blank=True)
    system = models.CharField(max_length=40, blank=True)
    address = models.CharField(max_length=45, blank=True)
    began_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"sitting {str(self.id)[:8]}"
