"""The states of a monthly table. How it moves between them is lifecycle.py."""

from django.db import models
from django.utils.translation import pgettext_lazy


class Status(models.TextChoices):
    DRAFT = "DRAFT", pgettext_lazy("monthly table", "Being prepared")
    PREPARED = "PREPARED", pgettext_lazy("monthly table", "Waiting for the signature")
    SIGNED = "SIGNED", pgettext_lazy("monthly table", "Signed")
    REPLACED = "REPLACED", pgettext_lazy("monthly table", "Replaced by a later edition")


#: Nothing of these changes any more; the ministry reads them.
FROZEN = frozenset({Status.SIGNED, Status.REPLACED})


class Treatment(models.TextChoices):
    """What is done with a count of so few that it may point at somebody."""

    EXACT = "EXACT", pgettext_lazy("small counts", "Shown as it is")
    FLAG = "FLAG", pgettext_lazy("small counts", "Shown with a mark")
    HIDE = "HIDE", pgettext_lazy("small counts", "Held back")
