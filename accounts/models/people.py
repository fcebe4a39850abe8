"""Members of staff: those who sign in. There is no superuser; what somebody may do comes from memberships."""

import uuid
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from audit.context import Actor
from audit.history import kept_history

if TYPE_CHECKING:
    from ..access import Rights
    from ..roles import Capability


class UserManager(BaseUserManager):
    def get_by_natural_key(self, username: str | None) -> Any:
        return self.get(sign_in_name__iexact=username)


class User(AbstractBaseUser):
    DATA = {
        "id": "plain",
        "sign_in_name": "personal",
        "full_name_km": "personal",
        "full_name_latin": "personal",
        "language": "plain",
        "password": "sensitive",
        "last_login": "personal",
        "is_active": "plain",
        "created_at": "plain",
        "sign_in_round": "plain",
        "conduct_due": "plain",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    sign_in_name = models.CharField(_("Sign-in name"), max_length=60, unique=True)
    full_name_km = models.CharField(_("Name in Khmer"), max_length=150)
    full_name_latin = models.CharField(_("Name in Latin letters"), max_length=150, blank=True)
    language = models.CharField(_("Language"), max_length=2, choices=settings.LANGUAGES, default="km")
    is_active = models.BooleanField(_("May sign in"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    # Part of what every session is checked against: the next number ends all of them at once.
    sign_in_round = models.PositiveIntegerField(default=0, editable=False)

    # Has yet to accept the newest code of conduct (accounts/conduct.py). Here, so that no request asks for it.
    conduct_due = models.BooleanField(default=True, editable=False)

    objects = UserManager()
    history = kept_history(without=("password", "last_login", "sign_in_round", "conduct_due"))

    USERNAME_FIELD = "sign_in_name"
    EMAIL_FIELD = None
    REQUIRED_FIELDS: list[str] = []

    class Meta:
        verbose_name = _("member of staff")
        constraints = [
            models.UniqueConstraint(
                models.functions.Lower("sign_in_name"),
                name="sign_in_name_once",
                violation_error_message=_("Somebody already signs in with this name."),
            )
        ]

    def __str__(self) -> str:
        return f"staff {str(self.id)[:8]}"

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session must carry (Django asks it on every request): the password and the round."""
        return salted_hmac(
            "karpea.accounts.sessions",
            f"{self.password} {self.sign_in_round}",
            secret=secret,
            algorithm="sha256",
        ).hexdigest()

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        if (get_language() or "km").startswith("km") or not self.full_name_latin:
            return self.full_name_km
        return self.full_name_latin

    def as_actor(self, *, request_id: str = "", ip: str = "", sends: bool = False, token: str = "") -> Actor:
        return Actor(id=str(self.id), request_id=request_id, ip=ip, sends=sends, token=token)

    @property
    def rights(self) -> "Rights":
        """What this person may do and see now; computed once while they act (accounts/access.py)."""
        from ..access import rights_of  # models come before the rule in the layers of this app

        return rights_of(self)

    def may(self, capability: "Capability | str") -> bool:
        return capability in self.rights.capabilities

    def acts_with(self, capability: "Capability | str", *, near: uuid.UUID | None = None) -> bool:
        """The same question for an act: the trail then names the membership that contains the capability, the
        one at the agency `near` first."""
        from ..access import acts_with
        from ..roles import Capability

        return acts_with(self, Capability(capability), near=near)
