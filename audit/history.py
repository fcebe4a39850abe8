"""History of a record's values: django-simple-history's tables, filled by triggers (audit/operations.py)."""

from django.db import models
from simple_history.models import HistoricalRecords


class HistoryRow(models.Model):
    """What every history row carries beside the copied columns."""

    history_actor = models.CharField(max_length=64)
    history_request = models.CharField(max_length=64, blank=True)
    layout = models.PositiveSmallIntegerField()
    content_hash = models.BinaryField()

    class Meta:
        abstract = True


def kept_history(*, without: tuple[str, ...] = ()) -> HistoricalRecords:
    """The `history` attribute of a model. The person is a UUID without a foreign key: a trail outlives people.

    `without` names fields that must never be copied: password hashes, factor secrets, keys.
    """
    return HistoricalRecords(
        bases=[HistoryRow],
        history_user_id_field=models.UUIDField(null=True),
        history_user_getter=_nobody,
        history_user_setter=_refuse,
        user_db_constraint=False,
        excluded_fields=list(without),
    )


def _nobody(historical_instance: models.Model) -> None:
    return None


def _refuse(historical_instance: models.Model, user: object) -> None:
    raise RuntimeError("History rows are written by the database alone.")
