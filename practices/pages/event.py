"""Who organised, presented at and was represented at an event."""

from dataclasses import dataclass, field
from typing import Any

from practices.catalog import current
from practices.models import Citation, Country, Event, Part, Representation, Session, Stakeholder
from practices.querysets import PUBLISHED


@dataclass(frozen=True)
class Participant:
    """A country, an organisation, or an organisation with its country."""

    country: Country | None
    stakeholder: Stakeholder | None

    def __str__(self) -> str:
        return str(self.stakeholder or self.country)


@dataclass(frozen=True)
class SessionPage:
    """A session and who presented in it."""

    session: Session
    participants: list[Participant] = field(default_factory=list)


def taking_part(event: Event) -> dict[str, Any]:
    """Return an event's sessions, organisers, represented countries and organisations, and citations. Four queries."""
    known = current().vocabularies
    rows = list(Representation.objects.filter(event=event))
    public = Stakeholder.objects.published().in_bulk({row.stakeholder_id for row in rows if row.stakeholder_id})
    shown = [
        (row, Participant(known.countries.get(row.country_id or 0), public.get(row.stakeholder_id)))
        for row in rows
        if row.country_id or row.stakeholder_id in public
    ]
    sessions = [
        SessionPage(session, [who for row, who in shown if row.session_id == session.pk])
        for session in Session.objects.filter(event=event)
    ]
    represented = [who for row, who in shown if row.part == Part.REPRESENTED]
    citations = Citation.objects.filter(events=event, section__source__state=PUBLISHED)
    return {
        "country": known.countries.get(event.country_id or 0),
        "sessions": sessions,
        "organisers": [who for row, who in shown if row.part == Part.ORGANISER],
        "countries": [who.country for who in represented if not who.stakeholder],
        "organisations": [who for who in represented if who.stakeholder],
        "citations": list(citations.select_related("section__source").order_by("section__source__year", "section")),
    }
