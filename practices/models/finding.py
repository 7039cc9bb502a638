"""Findings: what the reports conclude, apart from any one practice; and the concepts of the glossary."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from practices.models.curated import ORIGINALS, Curated, validate_names
from practices.models.hierarchy import Nested
from practices.models.place import Country
from practices.models.practice import Practice
from practices.models.source import Citation
from practices.models.vocabulary import (
    ConceptKind,
    Dimension,
    FindingKind,
    StakeholderRole,
    TargetGroup,
    Topic,
    known_codes,
)


class Finding(Nested, Curated):
    """One statement of a report, in our words, with the practices that illustrate it."""

    prefix, page = "IPF", "finding"

    title = models.CharField(_("title"), max_length=120)
    statement = models.TextField(_("statement"), help_text=_("One claim, in one or two plain sentences."))
    kind = models.CharField(_("kind"), max_length=16, choices=FindingKind)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        limit_choices_to=ORIGINALS,
        related_name="children",
        verbose_name=_("broader finding"),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    practices = models.ManyToManyField(
        Practice,
        blank=True,
        limit_choices_to=ORIGINALS,
        related_name="findings",
        verbose_name=_("practices that illustrate it"),
    )
    dimensions = models.ManyToManyField(Dimension, blank=True, related_name="findings", verbose_name=_("dimensions"))
    roles = models.ManyToManyField(
        StakeholderRole, blank=True, related_name="findings", verbose_name=_("stakeholder roles")
    )
    topics = models.ManyToManyField(Topic, blank=True, related_name="findings", verbose_name=_("topics"))
    target_groups = models.ManyToManyField(
        TargetGroup, blank=True, related_name="findings", verbose_name=_("target groups")
    )
    countries = models.ManyToManyField(Country, blank=True, related_name="findings", verbose_name=_("countries"))
    citations = models.ManyToManyField(Citation, blank=True, related_name="findings", verbose_name=_("citations"))

    _history_m2m_fields = ["practices", "dimensions", "roles", "topics", "target_groups", "countries", "citations"]

    class Meta(Curated.Meta):
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        ordering = ["position", "sort_key", "pk"]
        constraints = [*Curated.Meta.constraints, known_codes("kind", FindingKind)]

    def __str__(self) -> str:
        return self.title


class Concept(Curated):
    """An acronym or notion that the reports explain, defined in our words; shown in the glossary."""

    prefix, page, name_field = "IPC", "glossary", "term"

    term = models.CharField(_("term"), max_length=120)
    kind = models.CharField(_("kind"), max_length=10, choices=ConceptKind, default=ConceptKind.NOTION)
    other_names = models.JSONField(_("other names"), default=list, blank=True, validators=[validate_names])
    definition = models.TextField(_("definition"))
    citations = models.ManyToManyField(Citation, blank=True, related_name="concepts", verbose_name=_("citations"))

    _history_m2m_fields = ["citations"]

    class Meta(Curated.Meta):
        verbose_name = _("concept")
        verbose_name_plural = _("concepts")
        constraints = [*Curated.Meta.constraints, known_codes("kind", ConceptKind)]

    def __str__(self) -> str:
        return self.term

    def get_absolute_url(self) -> str:
        return f"{reverse('glossary')}#{self.slug}"
