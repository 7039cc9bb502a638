"""The pages of events: the list of them, and one with its sessions and who organised, presented or was represented."""

from dataclasses import dataclass, field

from django.urls import reverse

from practices.catalog import current
from practices.catalog.counts import by_value
from practices.catalog.link import Link
from practices.models import Citation, Country, Event, Part, Representation, Session, Source, Stakeholder
from practices.pages.prev_next import PreviousNext, in_list
from practices.querysets import PUBLISHED


@dataclass(frozen=True)
class Participant:
    """A country, an organisation, or an organisation with its country."""

    country: Country | None
    stakeholder: Stakeholder | None

    def __str__(self) -> str:
        return str(self.stakeholder or self.country)


@dataclass(frozen=True)
class SessionEntry:
    """A session and who presented in it."""

    session: Session
    participants: list[Participant] = field(default_factory=list)


@dataclass(frozen=True)
class EventListPage:
    """The events by date, the undated last."""

    events: list[Event]


@dataclass(frozen=True)
class EventPage:
    """Everything that the page of an event shows; `countries`, each with its practices, and `organisations` were
    represented at it.
    """

    country: Country | None
    sources: list[Source]
    sessions: list[SessionEntry]
    organisers: list[Participant]
    countries: list[Link]
    organisations: list[Participant]
    citations: list[Citation]
    prev_next: PreviousNext


def event_list_page() -> EventListPage:
    """Return the list of the events. One query."""
    return EventListPage(list(Event.objects.published().by_date()))


def event_page(event: Event) -> EventPage:
    """Return the page of an event. Six queries."""
    representations = _representations(event)
    represented = [participant for row, participant in representations if row.part == Part.REPRESENTED]
    citations = Citation.objects.filter(events=event, section__source__state=PUBLISHED)
    dated = list(Event.objects.published().by_date().only("slug", "name"))
    return EventPage(
        country=current().vocabularies.countries.get(event.country_id or 0),
        sources=list(Source.objects.published().filter(event=event)),
        sessions=[
            SessionEntry(session, [participant for row, participant in representations if row.session_id == session.pk])
            for session in Session.objects.filter(event=event)
        ],
        organisers=[participant for row, participant in representations if row.part == Part.ORGANISER],
        countries=[_country(entry.country) for entry in represented if entry.country and not entry.stakeholder],
        organisations=[participant for participant in represented if participant.stakeholder],
        citations=list(citations.select_related("section__source").order_by("section__source__year", "section")),
        prev_next=in_list(dated, event, reverse("event_list")),
    )


def _country(country: Country) -> Link:
    count = len(by_value("country").get(country.alpha2, ()))
    return Link(country.name, page=country.get_absolute_url(), count=count, code=country.alpha2)


def _representations(event: Event) -> list[tuple[Representation, Participant]]:
    """Return who took part in an event, hidden organisations left out. Two queries."""
    rows = list(Representation.objects.filter(event=event))
    public = Stakeholder.objects.published().in_bulk({row.stakeholder_id for row in rows if row.stakeholder_id})
    countries = current().vocabularies.countries
    return [
        (row, Participant(countries.get(row.country_id or 0), public.get(row.stakeholder_id)))
        for row in rows
        if row.country_id or row.stakeholder_id in public
    ]
