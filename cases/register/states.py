"""How far a register is, what came of each row, and why a file was not taken back. How it moves: lifecycle.py."""

import datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

#: Until when rows are kept if nobody does anything with them, and until when an import can be taken back.
KEEP_FOR = datetime.timedelta(hours=24)


class Status(models.TextChoices):
    MATCHING = "MATCHING", _("Columns to be matched")
    CHECKING = "CHECKING", _("Being checked")
    CHECKED = "CHECKED", _("Checked, nothing imported yet")
    IMPORTING = "IMPORTING", _("Being imported")
    IMPORTED = "IMPORTED", _("Imported")
    UNDOING = "UNDOING", _("Being taken back")
    UNDONE = "UNDONE", _("Taken back")
    FAILED = "FAILED", _("Stopped by an error")
    DROPPED = "DROPPED", _("Deleted before it was imported")


#: A worker has something to do.
WORKING = (Status.CHECKING, Status.IMPORTING, Status.UNDOING)


class Outcome(models.TextChoices):
    GOOD = "GOOD", _("Can be imported")
    ALIKE = "ALIKE", _("May be a duplicate")
    WRONG = "WRONG", _("To be corrected")
    ALREADY = "ALREADY", _("Imported before")
    IMPORTED = "IMPORTED", _("Imported")


class WhyKept(models.TextChoices):
    MOVED = "MOVED", _("The file has moved on to another step.")
    WORKED = "WORKED", _("Somebody has worked on the file since.")
    GONE = "GONE", _("The file is not within your reach any more.")
