"""The one door to django-guardian: timed rights in direct foreign-key tables, with an allow-list.

Guardian stores rights here and decides nothing. Its backend is not hooked, its generic tables stay empty, a
global permission or a superuser flag opens nothing; the row rule is `accounts.access` and `cases.access`.
"""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from audit.guarded import Guarded, GuardedQuerySet


class RightQuerySet(GuardedQuerySet):
    def live(self) -> "RightQuerySet":
        now = timezone.now()
        return self.filter(Q(valid_until=None) | Q(valid_until__gt=now), valid_from__lte=now)


class Timed(Guarded):
    """Who gave a right, why, and from when until when. An ended right stays as a row with its end."""

    # Made in Python: a row the giver cannot read back must still go in (INSERT ... RETURNING would be refused).
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    reason = models.CharField(_("Reason"), max_length=300)
    valid_from = models.DateTimeField(_("From"), default=timezone.now)
    valid_until = models.DateTimeField(_("Until"), null=True, blank=True)

    #: Codenames that may be given; anything else raises before it is written.
    allowed_permissions: ClassVar[frozenset[str]] = frozenset()

    objects = models.Manager.from_queryset(RightQuerySet)()

    class Meta:
        abstract = True
        base_manager_name = "objects"
        default_manager_name = "objects"
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="%(class)s_ends_after_it_starts",
                violation_error_message=_("A right must not end before it starts."),
            )
        ]

    def __str__(self) -> str:
        return f"{type(self).__name__} {self.pk}"

    @classmethod
    def permission_for(cls, codename: str) -> Permission:
        """How guardian names one of `allowed_permissions`; anything else raises."""
        if codename not in cls.allowed_permissions:
            raise ValueError(
                f"{cls.__name__} never holds {codename!r}, only {sorted(cls.allowed_permissions)}."
            )
        target = cls._meta.get_field("content_object").related_model
        kind = ContentType.objects.get_for_model(target)
        permission, _created = Permission.objects.get_or_create(
            content_type=kind, codename=codename, defaults={"name": codename}
        )
        return permission

    @classmethod
    def right(cls, permission: Permission, **fields: Any) -> Any:
        """A row not yet stored. The clock is asked here, not by the field's default: a load of older records
        carries its own."""
        return cls(permission=permission, **{"valid_from": timezone.now(), **fields})

    @classmethod
    def give(cls, codename: str, **fields: Any) -> Any:
        """A new row for one of `allowed_permissions`; the caller is an action with its event."""
        right = cls.right(cls.permission_for(codename), **fields)
        # Not by save(): guardian's reads the object first, which whoever gives by accepting cannot see before.
        cls.objects.bulk_create([right])
        return right


_TIMED = {
    "id": "plain",
    "permission": "plain",
    "content_object": "plain",
    "granted_by": "plain",
    "reason": "plain",
    "valid_from": "plain",
    "valid_until": "plain",
}


class TimedPersonRight(Timed, UserObjectPermissionBase):
    DATA = {**_TIMED, "user": "plain"}

    class Meta(Timed.Meta):
        abstract = True


class TimedGroupRight(Timed, GroupObjectPermissionBase):
    DATA = {**_TIMED, "group": "plain"}

    class Meta(Timed.Meta):
        abstract = True
