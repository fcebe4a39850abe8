"""Answers of a form as they were given: "not asked" and "not known" are answers, an empty box is not."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Answer(models.TextChoices):
    YES = "YES", _("Yes")
    NO = "NO", _("No")
    UNSURE = "UNSURE", _("Not sure")
    NOT_KNOWN = "NOT_KNOWN", _("Not known")
    NOT_ASKED = "NOT_ASKED", _("Not asked")


class Sex(models.TextChoices):
    FEMALE = "FEMALE", _("Female")
    MALE = "MALE", _("Male")
    OTHER = "OTHER", _("Other")
    NOT_KNOWN = "NOT_KNOWN", _("Not known")
    NOT_ASKED = "NOT_ASKED", _("Not asked")


class AgeBasis(models.TextChoices):
    """How the age is known (HTCDS has no value for an estimate; domain notes 2.3)."""

    DOCUMENT = "DOCUMENT", _("From a document")
    SELF = "SELF", _("The person says so")
    FAMILY = "FAMILY", _("The family says so")
    MEDICAL = "MEDICAL", _("Medical estimate")
    OFFICER = "OFFICER", _("Officer's estimate")
    ANIMAL_YEAR = "ANIMAL_YEAR", _("From the animal year")
    NOT_KNOWN = "NOT_KNOWN", _("Not known")
    NOT_ASKED = "NOT_ASKED", _("Not asked")


class RiskLevel(models.TextChoices):
    HIGH = "HIGH", _("High")
    MEDIUM = "MEDIUM", _("Medium")
    LOW = "LOW", _("Low")
    NOT_ASSESSED = "NOT_ASSESSED", _("Not assessed yet")


class ConsentAnswer(models.TextChoices):
    GIVEN = "GIVEN", _("Given")
    REFUSED = "REFUSED", _("Refused")
    NOT_YET = "NOT_YET", _("Not yet possible")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")
