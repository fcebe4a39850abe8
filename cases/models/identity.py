"""The identity of a person: sealed, apart from everything else, found by keyed index only."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from audit.guarded import Guarded
from audit.history import kept_history

from .case import Case


class Identity(Guarded):
    """Names, birth date, documents, contact. Exists only where the person did not refuse (consent).

    `sealed` holds one JSON object under the person's own key: {"name_km", "name_latin", "other_names",
    "birth_date", "document_kind", "document_number", "phone", "safe_to_call", "address"}.
    """

    DATA = {"id": "plain", "case": "plain", "sealed": "sensitive", "version": "plain"}

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="identity")
    sealed = models.BinaryField()
    version = models.PositiveIntegerField(default=1)

    history = kept_history()

    class Meta:
        verbose_name = _("identity")

    def __str__(self) -> str:
        return f"identity of {self.case_id}"


class IdentityKey(Guarded):
    """One keyed hash of a normalised name or number. Equality alone can be asked (accounts/vault.py: blind)."""

    DATA = {"id": "plain", "case": "plain", "kind": "plain", "key": "sensitive"}

    class Kind(models.TextChoices):
        NAME = "NAME", "a whole name"
        WORD = "WORD", "one word of a name"
        NUMBER = "NUMBER", "a document or phone number"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="identity_keys")
    kind = models.CharField(max_length=8, choices=Kind)
    key = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["key", "kind"], name="identity_by_key")]

    def __str__(self) -> str:
        return f"{self.kind} key of {self.case_id}"
