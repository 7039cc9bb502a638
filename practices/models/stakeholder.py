"""Stakeholders: the organisations that act in practices. Never persons."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from practices.models.curated import Curated, validate_names
from practices.models.place import Country
from practices.models.vocabulary import StakeholderRole


class Stakeholder(Curated):
    """An organisation or office, with the role in which it usually acts."""

    prefix, page, name_field = "IPS", "stakeholder", "name"

    name = models.CharField(_("name"), max_length=200)
    role = models.ForeignKey(StakeholderRole, models.PROTECT, related_name="stakeholders", verbose_name=_("usual role"))
    country = models.ForeignKey(
        Country, models.PROTECT, null=True, blank=True, related_name="stakeholders", verbose_name=_("country")
    )
    other_names = models.JSONField(_("other names"), default=list, blank=True, validators=[validate_names])
    description = models.TextField(_("what it is"), blank=True)

    class Meta(Curated.Meta):
        verbose_name = _("stakeholder")
        verbose_name_plural = _("stakeholders")

    def __str__(self) -> str:
        return self.name
