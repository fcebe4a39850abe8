"""Agencies and who works for them, from when until when."""

import datetime
import uuid

from django.contrib.auth.models import Group
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from audit.guarded import Guarded, GuardedQuerySet
from audit.history import kept_history

from ..roles import Role
from .people import User
from .places import Province

#: So long somebody stands in for another at most; after that it is given anew.
STANDS_IN_AT_MOST = datetime.timedelta(days=60)


class Agency(Guarded):
    DATA = {
        "id": "plain",
        "code": "plain",
        "kind": "plain",
        "name_km": "plain",
        "name_en": "plain",
        "province": "plain",
        "group": "plain",
        "is_active": "plain",
        "takes_referrals": "plain",
        "is_demo": "plain",
    }

    class Kind(models.TextChoices):
        COMMITTEE = "COMMITTEE", _("Committee for counter trafficking")
        MINISTRY = "MINISTRY", _("Ministry")
        DEPARTMENT = "DEPARTMENT", _("Provincial department of social affairs")
        POLICE = "POLICE", _("Police")
        NGO = "NGO", _("Non-governmental organisation")
        SHELTER = "SHELTER", _("Shelter")
        INTERNATIONAL = "INTERNATIONAL", _("International organisation")
        EMBASSY = "EMBASSY", _("Embassy")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(_("Short name"), max_length=30, unique=True)
    kind = models.CharField(_("Kind"), max_length=16, choices=Kind)
    name_km = models.CharField(_("Name in Khmer"), max_length=200)
    name_en = models.CharField(_("Name in English"), max_length=200)
    province = models.ForeignKey(
        Province, on_delete=models.PROTECT, null=True, blank=True, related_name="agencies"
    )
    # The right-holder of the agency's team in guardian's tables; nobody is a member of it (accounts/guard.py).
    group = models.OneToOneField(Group, on_delete=models.PROTECT, related_name="agency")
    is_active = models.BooleanField(_("Active"), default=True)
    takes_referrals = models.BooleanField(_("Takes referrals"), default=False)
    is_demo = models.BooleanField(_("Invented for demonstration"), default=False)

    history = kept_history()

    class Meta:
        verbose_name = _("agency")

    def __str__(self) -> str:
        return self.code

    @property
    def name(self) -> str:
        return self.name_km if (get_language() or "km").startswith("km") else self.name_en


class MembershipQuerySet(GuardedQuerySet):
    def live(self) -> "MembershipQuerySet":
        """Memberships that give rights today: begun, not ended, person and agency active; of a stand-in, the post of
        whom they stand in for as well."""
        today = timezone.localdate()
        theirs_is_live = Q(
            Q(stands_in_for__ends_on=None) | Q(stands_in_for__ends_on__gte=today),
            stands_in_for__starts_on__lte=today,
            stands_in_for__person__is_active=True,
        )
        return self.filter(
            Q(ends_on=None) | Q(ends_on__gte=today),
            Q(stands_in_for=None) | theirs_is_live,
            starts_on__lte=today,
            person__is_active=True,
            agency__is_active=True,
        )


#: What the database calls it when somebody would have one role at one agency twice in the same days (migration 0014).
ONCE = "membership_once"


class Membership(Guarded):
    """Person x agency x role. A person's rights are the union of their live memberships."""

    DATA = {
        "id": "plain",
        "person": "plain",
        "agency": "plain",
        "role": "plain",
        "starts_on": "plain",
        "ends_on": "plain",
        "stands_in_for": "plain",
        "reason": "plain",
        "confirmed_on": "plain",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("Role"), max_length=24, choices=Role)
    starts_on = models.DateField(_("From"))
    ends_on = models.DateField(_("Until"), null=True, blank=True)
    # The post that somebody else holds and goes on holding (accounts/actions/standing.py).
    stands_in_for = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="stand_ins"
    )
    reason = models.CharField(_("Reason"), max_length=300, blank=True, default="")
    # When somebody else last said that this is still right; None: not since it was given (accounts/confirming.py).
    confirmed_on = models.DateField(_("Confirmed on"), null=True, blank=True, editable=False)

    objects = models.Manager.from_queryset(MembershipQuerySet)()
    history = kept_history()

    class Meta:
        verbose_name = _("membership")
        constraints = [
            models.CheckConstraint(
                # A role that was given by mistake ends before the day on which it began: it never was.
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on") - datetime.timedelta(days=1)),
                name="membership_ends_after_it_starts",
                violation_error_message=_("The last day must not be before the first."),
            ),
            models.CheckConstraint(
                condition=Q(stands_in_for=None)
                | Q(ends_on__isnull=False, ends_on__lt=F("starts_on") + STANDS_IN_AT_MOST),
                name="membership_stands_in_for_sixty_days_at_most",
                violation_error_message=_("Somebody stands in for 60 days at most."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} at {self.agency_id}"

    def same_role(self) -> MembershipQuerySet:
        """The other posts of this person with the same role there that share a day with this one; who stands in holds
        the post of another beside their own."""
        rows: MembershipQuerySet = Membership.objects.filter(
            Q(ends_on=None) | Q(ends_on__gte=Greatest(F("starts_on"), Value(self.starts_on))),
            person=self.person_id,
            agency=self.agency_id,
            role=self.role,
            stands_in_for=None,
        ).exclude(pk=self.pk)
        return rows.filter(starts_on__lte=self.ends_on) if self.ends_on else rows
