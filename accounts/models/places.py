"""Provinces and the places inside them, as the government numbers them.

A code says where a place lies: 2 digits for the province, 4 for the district, 6 for the commune, 8 for the
village. Names are kept as published; spellings that people really type stand in `Province.aliases`.
"""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


def in_khmer() -> bool:
    return (get_language() or "km").startswith("km")


class Province(models.Model):
    """One of the 24 provinces or the capital."""

    DATA = {
        "id": "plain",
        "code": "plain",
        "letters": "plain",
        "iso": "plain",
        "name_km": "plain",
        "name_en": "plain",
        "unit_km": "plain",
        "aliases": "plain",
        "source": "plain",
        "source_date": "plain",
    }

    id = models.SmallIntegerField(_("number"), primary_key=True)
    code = models.CharField(
        _("code"),
        max_length=2,
        unique=True,
        validators=[RegexValidator(r"^[0-9]{2}\Z", _("A province code has two digits."))],
    )
    # Printed on letters and said on the phone as part of every case number, so they never change once used.
    letters = models.CharField(
        _("letters in case numbers"),
        max_length=3,
        unique=True,
        validators=[RegexValidator(r"^[A-Z]{3}\Z", _("Use three capital letters."))],
    )
    iso = models.CharField(_("ISO 3166-2 code"), max_length=5, unique=True)
    name_km = models.CharField(_("name in Khmer"), max_length=100)
    name_en = models.CharField(_("name in English"), max_length=100)
    unit_km = models.CharField(_("kind of place in Khmer"), max_length=20)
    aliases = ArrayField(
        models.CharField(max_length=100), verbose_name=_("other spellings"), default=list, blank=True
    )
    source = models.CharField(_("source"), max_length=100)
    # The publisher dates its lists by year only: such a date is the first of January of that year.
    source_date = models.DateField(_("date of the source"), null=True, blank=True)

    class Meta:
        verbose_name = _("province")
        verbose_name_plural = _("provinces")
        constraints = [
            models.CheckConstraint(
                condition=Q(id__range=(1, 25)),
                name="province_number_1_to_25",
                violation_error_message=_("A province number is between 1 and 25."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_km if in_khmer() else self.name_en


class Place(models.Model):
    """A district, commune or village."""

    DATA = {
        "code": "plain",
        "level": "plain",
        "unit": "plain",
        "parent": "plain",
        "province": "plain",
        "name_km": "plain",
        "name_en": "plain",
        "sort_key": "plain",
        "source": "plain",
        "source_date": "plain",
    }

    class Level(models.TextChoices):
        DISTRICT = "DISTRICT", _("district level")
        COMMUNE = "COMMUNE", _("commune level")
        VILLAGE = "VILLAGE", _("village level")

    class Unit(models.TextChoices):
        """The kind of place, by its romanised Khmer word: English has no fixed words for them."""

        SROK = "SROK", _("district")
        KRONG = "KRONG", _("municipality")
        KHAN = "KHAN", _("khan (district of the capital)")
        KHUM = "KHUM", _("commune")
        SANGKAT = "SANGKAT", _("sangkat (urban commune)")
        PHUM = "PHUM", _("village")

    code = models.CharField(
        _("code"),
        max_length=8,
        primary_key=True,
        validators=[RegexValidator(r"^([0-9]{2}){2,4}\Z", _("A place code has 4, 6 or 8 digits."))],
    )
    level = models.CharField(_("level"), max_length=8, choices=Level)
    unit = models.CharField(_("kind of place"), max_length=7, choices=Unit)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("lies in"),
        db_index=False,  # the index on (parent, sort_key) serves it
    )
    province = models.ForeignKey(
        Province,
        on_delete=models.PROTECT,
        related_name="places",
        verbose_name=_("province"),
        db_index=False,  # the index on (province, level, sort_key) serves it
    )
    name_km = models.CharField(_("name in Khmer"), max_length=100)
    name_en = models.CharField(_("name in English"), max_length=100)
    # Compared byte by byte: a database collation would look past the signs the key is made of.
    sort_key = models.CharField(_("sorting key"), max_length=200, editable=False, db_collation="C")
    source = models.CharField(_("source"), max_length=100)
    source_date = models.DateField(_("date of the source"), null=True, blank=True)

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        indexes = [
            models.Index(fields=["parent", "sort_key"], name="place_parent_sort"),
            models.Index(fields=["province", "level", "sort_key"], name="place_province_level_sort"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(level="DISTRICT", parent=None, code__regex=r"^[0-9]{4}$")
                    | Q(level="COMMUNE", parent__isnull=False, code__regex=r"^[0-9]{6}$")
                    | Q(level="VILLAGE", parent__isnull=False, code__regex=r"^[0-9]{8}$")
                ),
                name="place_code_fits_level",
                violation_error_message=_("The code, the level and the place above it do not fit together."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_km if in_khmer() else self.name_en
