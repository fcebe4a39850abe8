"""The acts half of the trail: one append-only table, written through a definer function, read by few."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from .guarded import Guarded, GuardedQuerySet
from .kinds import Kind, Precision, Result


class EventQuerySet(GuardedQuerySet):
    def newest_first(self) -> "EventQuerySet":
        return self.order_by("-at", "-seq", "pk")

    def about_case(self, case_id: uuid.UUID) -> "EventQuerySet":
        return self.filter(case_id=case_id)


class Event(Guarded):
    """One act. Copies who, when, what, which and from where as text; points at nothing that can change.

    The table is partitioned by month (migration 0001), has no foreign keys, and no application role
    may insert into it directly. `fields` names what changed, never to what.
    """

    DATA = {
        "id": "plain",
        "seq": "plain",
        "at": "plain",
        "kind": "plain",
        "result": "plain",
        "actor": "plain",
        "actor_name": "personal",
        "actor_agency": "plain",
        "actor_agency_id": "plain",
        "actor_role": "plain",
        "request_id": "plain",
        "ip": "personal",
        "object_type": "plain",
        "object_id": "plain",
        "object_label": "plain",
        "case_id": "plain",
        "province": "plain",
        "fields": "plain",
        "detail": "plain",
        "happened_on": "plain",
        "precision": "plain",
        "done_by": "plain",
        "source": "plain",
        "layout": "plain",
        "content_hash": "plain",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    seq = models.BigIntegerField()
    at = models.DateTimeField(_("When"))
    kind = models.CharField(_("What"), max_length=32, choices=Kind)
    result = models.CharField(_("Result"), max_length=8, choices=Result)
    actor = models.CharField(max_length=64)
    actor_name = models.CharField(_("Who"), max_length=200)
    actor_agency = models.CharField(max_length=200)
    actor_agency_id = models.UUIDField(null=True)
    actor_role = models.CharField(max_length=200)
    request_id = models.CharField(max_length=64)
    ip = models.GenericIPAddressField(_("From where"), null=True)
    object_type = models.CharField(max_length=32)
    object_id = models.CharField(max_length=64)
    object_label = models.CharField(_("Which record"), max_length=64)
    case_id = models.UUIDField(null=True)
    province = models.SmallIntegerField(null=True)
    fields = ArrayField(models.CharField(max_length=64))
    detail = models.JSONField()
    happened_on = models.DateField(null=True)
    precision = models.CharField(max_length=8, choices=Precision)
    done_by = models.CharField(max_length=32)
    source = models.CharField(max_length=32)
    layout = models.SmallIntegerField()
    content_hash = models.BinaryField()

    objects = models.Manager.from_queryset(EventQuerySet)()  # type: ignore[misc]

    class Meta(Guarded.Meta):
        managed = False
        db_table = "audit_event"

    def __str__(self) -> str:
        return f"{self.kind} {self.object_type} {self.at:%Y-%m-%d %H:%M}"
