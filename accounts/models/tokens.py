"""Tokens: how a program signs in to the interface for programs. Never used on pages."""

import datetime
import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.guarded import Guarded, GuardedQuerySet
from audit.history import kept_history

from .agencies import Membership

if TYPE_CHECKING:
    from .people import User


#: So long an offer waits for the person in whose name the token would act (the database: migration 0012).
OFFERED_FOR = datetime.timedelta(days=7)


class TokenQuerySet(GuardedQuerySet):
    def told(self) -> "TokenQuerySet":
        """With the people it rests on, and whether its membership is live (`rests`)."""
        live = Membership.objects.live().filter(pk=OuterRef("membership_id"))
        return self.select_related("person", "membership__person", "membership__agency").annotate(
            rests=Exists(live)
        )

    def newest_first(self) -> "TokenQuerySet":
        return self.order_by("-issued_at", "-pk")


class Token(Guarded):
    """`person` acts. `membership` is whose word it rests on: when that ends, the token is worth nothing.

    Both are one person's, unless the token is of a program of their agency: then `person` is the program, and the
    person of the membership answers for it. An administrator offers it; its text is made when the person of the
    membership accepts, for them alone. Of the text there is only a digest.
    """

    DATA = {
        "id": "plain",
        "person": "plain",
        "membership": "plain",
        "label": "plain",
        "scope": "plain",
        "digest": "sensitive",
        "issued_at": "plain",
        "issued_by": "plain",
        "accepted_at": "plain",
        "expires_at": "plain",
        "revoked_at": "plain",
        "revoked_by": "plain",
        "last_used_on": "plain",
    }

    class Scope(models.TextChoices):
        READ = "READ", _("Read only")
        WRITE = "WRITE", _("Read and write")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="tokens")
    membership = models.ForeignKey(Membership, on_delete=models.PROTECT, related_name="+")
    label = models.CharField(_("What it is for"), max_length=80)
    scope = models.CharField(_("What it may do"), max_length=8, choices=Scope, default=Scope.READ)
    digest = models.BinaryField(unique=True, null=True)  # None until it is accepted
    issued_at = models.DateTimeField(_("Given out"), default=timezone.now)
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField(_("Accepted"), null=True, blank=True)
    expires_at = models.DateTimeField(_("Ends"))
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    last_used_on = models.DateField(_("Last used"), null=True, blank=True)

    objects = models.Manager.from_queryset(TokenQuerySet)()
    history = kept_history(without=("digest", "last_used_on"))

    class Meta:
        verbose_name = _("token")
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("issued_at")),
                name="token_ends_after_it_begins",
                violation_error_message=_("A token must not end before it begins."),
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None, revoked_by=None)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="token_revoked_by_and_at",
                violation_error_message=_("Revoked means: by somebody, at a time."),
            ),
            models.CheckConstraint(
                condition=Q(accepted_at=None) | Q(digest__isnull=False),
                name="token_accepted_with_its_text",
                violation_error_message=_("A token that is accepted has a text."),
            ),
        ]
        indexes = [models.Index(fields=["-issued_at"], name="token_newest")]

    def __str__(self) -> str:
        return f"token {str(self.id)[:8]}"

    @property
    def is_of_program(self) -> bool:
        return self.membership.person_id != self.person_id

    @property
    def answers(self) -> "User":
        """Who answers for what it does."""
        return self.membership.person

    @property
    def is_over(self) -> bool:
        """Revoked, past its end, or not accepted in time."""
        now = timezone.now()
        lapsed = self.accepted_at is None and self.issued_at + OFFERED_FOR <= now
        return self.revoked_at is not None or self.expires_at <= now or lapsed

    @property
    def rests_well(self) -> bool:
        """Not over, and everybody it rests on still works there; of a row that `told()` gave."""
        rests: bool = self.rests  # type: ignore[attr-defined]
        return not self.is_over and self.person.is_active and rests

    @property
    def is_offered(self) -> bool:
        """Waits for the person whose word it would rest on."""
        return self.rests_well and self.accepted_at is None

    @property
    def is_live(self) -> bool:
        return self.rests_well and self.accepted_at is not None
