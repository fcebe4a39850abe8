"""Second factors: what somebody has beside their password, and on which machine it was shown today."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.guarded import Guarded, GuardedQuerySet


class FactorQuerySet(GuardedQuerySet):
    def live(self) -> "FactorQuerySet":
        return self.filter(ended_at=None)

    def usable(self) -> "FactorQuerySet":
        """Live, and good for one more sign-in: a sheet whose codes are all used is not."""
        left = SheetCode.objects.filter(sheet=models.OuterRef("pk"), used_at=None)
        return self.live().filter(~Q(kind=Factor.Kind.SHEET) | models.Exists(left))

    def newest_first(self) -> "FactorQuerySet":
        return self.order_by("-created_at", "-pk")


class Factor(Guarded):
    """An app, a security key or a printed sheet of codes. The row stays when it has ended; its secret does not.

    `sealed` is the app's secret or the key's public half. `counter` is the step of the last code of an app, or the
    number of signatures that a key has told: what is not higher has been used before.
    """

    DATA = {
        "id": "plain",
        "person": "plain",
        "kind": "plain",
        "label": "personal",
        "sealed": "sensitive",
        "counter": "plain",
        "created_at": "plain",
        "maker": "plain",
        "last_used_on": "plain",
        "ended_at": "plain",
        "ender": "plain",
    }

    class Kind(models.TextChoices):
        APP = "APP", _("Code from an app")
        KEY = "KEY", _("Security key")
        SHEET = "SHEET", _("Code sheet")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="factors")
    kind = models.CharField(max_length=8, choices=Kind)
    label = models.CharField(max_length=40, blank=True)
    sealed = models.BinaryField(null=True)
    counter = models.BigIntegerField(default=-1)
    created_at = models.DateTimeField(default=timezone.now)
    # Nobody where the operator's command printed the sheet.
    maker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    last_used_on = models.DateField(null=True)
    ended_at = models.DateTimeField(null=True)
    ender = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = models.Manager.from_queryset(FactorQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(kind="SHEET", ended_at=None),
                name="one_live_sheet_a_person",
                violation_error_message=_("This person already has a code sheet."),
            ),
            models.CheckConstraint(
                condition=Q(sealed=None) | (~Q(kind="SHEET") & Q(ended_at=None)),
                name="factor_secret_while_live",
                violation_error_message=_("A sheet has no secret, and one that ended has none any more."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} factor {str(self.id)[:8]}"


class SheetCode(Guarded):
    """One code of a sheet, by its number. The code is kept nowhere, only its hash."""

    DATA = {"id": "plain", "sheet": "plain", "number": "plain", "code_hash": "sensitive", "used_at": "plain"}

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sheet = models.ForeignKey(Factor, on_delete=models.PROTECT, related_name="codes")
    number = models.PositiveSmallIntegerField()
    code_hash = models.CharField(max_length=160)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sheet", "number"],
                name="one_code_a_number",
                violation_error_message=_("Each code of a sheet has its own number."),
            )
        ]

    def __str__(self) -> str:
        return f"code {self.number} of sheet {str(self.sheet_id)[:8]}"


class MachineDay(Guarded):
    """On this day this person has shown this factor at the machine that holds the cookie of this digest.

    `stamp` binds it to the password and to the round of sign-ins: with another one it is worth nothing.
    """

    DATA = {
        "id": "plain",
        "person": "plain",
        "factor": "plain",
        "digest": "sensitive",
        "stamp": "sensitive",
        "day": "plain",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    factor = models.ForeignKey(Factor, on_delete=models.PROTECT, related_name="+")
    digest = models.BinaryField(unique=True)
    stamp = models.BinaryField()
    day = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["person", "day"], name="machine_day_of_person")]

    def __str__(self) -> str:
        return f"machine on {self.day}"
