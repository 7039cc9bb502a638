"""Countries with their UN regions, and places within them. Always public."""

from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from practices.models.curated import sort_key
from practices.models.retiring import Retirable
from practices.models.urls import address_of
from practices.models.vocabulary import known_codes


class RegionManager(models.Manager["Region"]):
    """Regions are known by their M49 code."""

    def get_by_natural_key(self, code: str) -> "Region":
        return self.get(code=code)


class Region(models.Model):
    """A region or subregion of the UN's M49 standard."""

    code = models.CharField(_("M49 code"), max_length=3, unique=True)
    label = models.CharField(_("name"), max_length=80)
    label_fr = models.CharField(_("name in French"), max_length=80, blank=True)
    label_es = models.CharField(_("name in Spanish"), max_length=80, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")

    objects = RegionManager()

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name

    def natural_key(self) -> tuple[str]:
        return (self.code,)

    @property
    def name(self) -> str:
        """The name in the reader's language, in English where there is none."""
        return getattr(self, f"label_{get_language()}", "") or self.label


class CountryManager(models.Manager["Country"]):
    """Countries are known by their ISO 3166-1 alpha-2 code."""

    def get_by_natural_key(self, alpha2: str) -> "Country":
        return self.get(alpha2=alpha2)


class Country(models.Model):
    """A country or area of ISO 3166-1, with its codes and its place among the UN's regions."""

    alpha2 = models.CharField(_("alpha-2 code"), max_length=2, unique=True, validators=[RegexValidator(r"^[A-Z]{2}$")])
    alpha3 = models.CharField(_("alpha-3 code"), max_length=3, unique=True, validators=[RegexValidator(r"^[A-Z]{3}$")])
    m49 = models.CharField(_("M49 code"), max_length=3, unique=True, validators=[RegexValidator(r"^\d{3}$")])
    slug = models.SlugField(_("slug"), max_length=80, unique=True)
    label = models.CharField(_("name"), max_length=80)
    label_fr = models.CharField(_("name in French"), max_length=80)
    label_es = models.CharField(_("name in Spanish"), max_length=80)
    region = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="+")
    subregion = models.ForeignKey(Region, models.PROTECT, null=True, blank=True, related_name="countries")
    sort_key = models.CharField(max_length=200, editable=False)
    history = HistoricalRecords()

    objects = CountryManager()

    class Meta:
        verbose_name = _("country")
        verbose_name_plural = _("countries")
        ordering = ["sort_key"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the sort key in step with the name."""
        self.sort_key = sort_key(self.label)
        super().save(*args, **kwargs)

    def natural_key(self) -> tuple[str]:
        return (self.alpha2,)

    def get_absolute_url(self) -> str:
        return address_of("country", self.slug)

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return getattr(self, f"label_{get_language()}", "") or self.label


class PlaceKind(models.TextChoices):
    """What sort of place it is."""

    CITY = "city", _("City")
    REGION = "region", _("Region")
    AREA = "area", _("Area")
    BUILDING = "building", _("Building")


class PlaceManager(models.Manager["Place"]):
    """Places are known by country and name."""

    def get_by_natural_key(self, alpha2: str, name: str) -> "Place":
        return self.get(country__alpha2=alpha2, name=name)


class Place(Retirable):
    """A city, region or other place where practices are."""

    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=10, choices=PlaceKind, default=PlaceKind.CITY)
    country = models.ForeignKey(Country, models.PROTECT, related_name="places", verbose_name=_("country"))
    sort_key = models.CharField(max_length=200, editable=False)
    history = HistoricalRecords()

    objects = PlaceManager()

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        ordering = ["sort_key"]
        constraints = [
            models.UniqueConstraint(
                fields=["country", "name"],
                name="place_unique",
                violation_error_message=_("This country has a place of this name already."),
            ),
            known_codes("kind", PlaceKind),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the sort key in step with the name."""
        self.sort_key = sort_key(self.name)
        super().save(*args, **kwargs)

    def natural_key(self) -> tuple[str, str]:
        return (self.country.alpha2, self.name)

    natural_key.dependencies = ["practices.country"]  # type: ignore[attr-defined]
