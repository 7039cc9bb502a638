"""Events where practices were discussed: dates, sessions, and who organised, presented or was represented."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.db.models.functions import Left, Length
from django.utils.translation import gettext_lazy as _

from practices.models.curated import ORIGINALS, Curated, Row, position_unique
from practices.models.dates import possible_date, validate_partial_date
from practices.models.place import Country
from practices.models.source import Citation
from practices.models.stakeholder import Stakeholder
from practices.models.vocabulary import Part, known_codes
from practices.querysets import EventQuerySet


class Event(Curated):
    """A meeting. Its dates may be known to the year or month only."""

    prefix, page, name_field = "IPE", "event", "name"

    name = models.CharField(_("name"), max_length=200)
    starts = models.CharField(_("first day"), max_length=10, blank=True, validators=[validate_partial_date])
    ends = models.CharField(_("last day"), max_length=10, blank=True, validators=[validate_partial_date])
    city = models.CharField(_("city"), max_length=80, blank=True)
    country = models.ForeignKey(
        Country, models.PROTECT, null=True, blank=True, related_name="events", verbose_name=_("country")
    )
    attendance = models.JSONField(
        _("attendance"), default=list, blank=True, help_text=_("A list of {count, qualifier, what}.")
    )
    description = models.TextField(_("description"), blank=True)
    oddities = models.TextField(_("oddities of the record"), blank=True)
    citations = models.ManyToManyField(Citation, blank=True, related_name="events", verbose_name=_("citations"))

    _history_m2m_fields = ["citations"]

    objects = EventQuerySet.as_manager()  # type: ignore[misc]

    class Meta(Curated.Meta):
        verbose_name = _("event")
        verbose_name_plural = _("events")
        constraints = [
            *Curated.Meta.constraints,
            possible_date("starts"),
            possible_date("ends"),
            # as ranges: 2010-05 to 2010, where the last day is less well known, is in order
            models.CheckConstraint(
                condition=Q(ends="") | Q(starts="") | Q(ends__gte=Left("starts", Length("ends"))),
                name="event_days_in_order",
                violation_error_message=_("The last day is before the first."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class EventRowManager(models.Manager[Any]):
    """Rows of an event are known by the event and their position."""

    def get_by_natural_key(self, event: str, position: int) -> models.Model:
        return self.get(event__slug=event, event__draft_of=None, position=position)


class EventRow(Row):
    """A row that an event owns."""

    objects = EventRowManager()

    class Meta(Row.Meta):
        abstract = True

    def natural_key(self) -> tuple[str, int]:
        return (self.event.slug, self.position)  # type: ignore[attr-defined]

    natural_key.dependencies = ["practices.event"]  # type: ignore[attr-defined]


class Session(EventRow):
    """A session of an event."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="sessions", verbose_name=_("event"))
    title = models.CharField(_("title"), max_length=200)

    class Meta(EventRow.Meta):
        verbose_name = _("session")
        verbose_name_plural = _("sessions")
        constraints = [position_unique("event", "session_position_unique")]

    def __str__(self) -> str:
        return self.title


class Representation(EventRow):
    """A country or organisation that organised, presented at or was represented at an event. Never a person."""

    event = models.ForeignKey(Event, models.CASCADE, related_name="representations", verbose_name=_("event"))
    session = models.ForeignKey(
        Session, models.CASCADE, null=True, blank=True, related_name="representations", verbose_name=_("session")
    )
    country = models.ForeignKey(
        Country, models.PROTECT, null=True, blank=True, related_name="representations", verbose_name=_("country")
    )
    stakeholder = models.ForeignKey(
        Stakeholder,
        models.PROTECT,
        null=True,
        blank=True,
        limit_choices_to=ORIGINALS,
        related_name="representations",
        verbose_name=_("stakeholder"),
    )
    part = models.CharField(_("part"), max_length=12, choices=Part, default=Part.REPRESENTED)

    class Meta(EventRow.Meta):
        verbose_name = _("representation")
        verbose_name_plural = _("representations")
        constraints = [
            position_unique("event", "representation_position_unique"),
            models.CheckConstraint(
                condition=Q(country__isnull=False) | Q(stakeholder__isnull=False),
                name="representation_of_something",
                violation_error_message=_("Name the country or the stakeholder that took part."),
            ),
            known_codes("part", Part),
        ]

    def __str__(self) -> str:
        return f"{self.stakeholder or self.country} ({self.get_part_display()})"
