"""The code of conduct: its versions, and who has accepted which."""

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from audit.guarded import Guarded


class ConductText(Guarded):
    """One version, in both languages. It is never changed: what somebody accepted must stay readable."""

    DATA = {
        "id": "plain",
        "version": "plain",
        "text_km": "plain",
        "text_en": "plain",
        "is_confirmed": "plain",
        "published_at": "plain",
        "publisher": "plain",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    version = models.PositiveIntegerField()
    text_km = models.TextField(_("Text in Khmer"))
    text_en = models.TextField(_("Text in English"))
    # A draft until the committee has decided on its wording.
    is_confirmed = models.BooleanField(_("Decided by the committee"), default=False)
    published_at = models.DateTimeField(default=timezone.now)
    # Nobody where it came with the system.
    publisher = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["version"],
                name="one_conduct_a_version",
                violation_error_message=_("Somebody has just published this version."),
            )
        ]

    def __str__(self) -> str:
        return f"code of conduct {self.version}"

    @property
    def text(self) -> str:
        """In the reader's language."""
        return self.text_km if (get_language() or "km").startswith("km") else self.text_en


class ConductAcceptance(Guarded):
    """This person has accepted this version."""

    DATA = {"id": "plain", "person": "plain", "text": "plain", "accepted_at": "plain"}

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="conduct")
    text = models.ForeignKey(ConductText, on_delete=models.PROTECT, related_name="accepted")
    accepted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "text"],
                name="conduct_accepted_once",
                violation_error_message=_("This version is accepted already."),
            )
        ]

    def __str__(self) -> str:
        return f"acceptance {str(self.id)[:8]}"
