"""A note: what happened, when, who did it, how it is known. Never changed; a correction is another note."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from audit.guarded import Guarded
from audit.history import kept_history
from audit.kinds import Precision

from .case import Case


class Note(Guarded):
    DATA = {
        "id": "plain",
        "case": "plain",
        "text_sealed": "sensitive",
        "about": "plain",
        "happened_on": "plain",
        "precision": "plain",
        "done_by": "plain",
        "source": "plain",
        "by": "plain",
        "agency": "plain",
        "recorded_at": "plain",
    }

    class About(models.TextChoices):
        NOTE = "NOTE", _("Note")
        MOVE = "MOVE", _("Reason for a step")
        REFERRAL = "REFERRAL", _("Referral")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notes")
    text_sealed = models.BinaryField()
    about = models.CharField(max_length=12, choices=About, default=About.NOTE)
    happened_on = models.DateField(_("When it happened"), null=True, blank=True)
    precision = models.CharField(max_length=8, choices=Precision, default=Precision.DAY)
    done_by = models.CharField(_("Who did it"), max_length=40, blank=True)
    source = models.CharField(_("How it is known"), max_length=40, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    agency = models.ForeignKey("accounts.Agency", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    history = kept_history()

    class Meta:
        verbose_name = _("note")
        indexes = [models.Index(fields=["case", "-recorded_at"], name="note_newest_of_case")]

    def __str__(self) -> str:
        return f"note of {self.case_id}"
