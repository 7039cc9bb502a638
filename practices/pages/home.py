"""The front page: three ways in, what the collection holds, and the practices published or changed last."""

from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from practices.catalog import current
from practices.catalog.counts import CountryCount, TermCount, country_counts, term_counts
from practices.catalog.link import Link
from practices.models import DataVersion, Dimension, Event, Finding, Practice, StakeholderRole
from practices.pages.map import World, of_countries
from practices.search.cards import Card, cards_of

#: how many new practices are named
MAX_NEWS = 4


@dataclass(frozen=True)
class News:
    """A practice with the day on which it was published or last changed."""

    card: Card
    day: date
    changed: bool


@dataclass(frozen=True)
class Latest:
    """The latest day on which practices were published or changed, how many of them, and the first few."""

    news: list[News]
    day: date | None
    count: int


@dataclass(frozen=True)
class ChangeTimes:
    """When the latest practices were first published and last changed, by key; how many changed on the last day."""

    by_practice: dict[int, tuple[datetime, datetime]]
    count: int


@dataclass(frozen=True)
class HomePage:
    """Everything that the front page shows."""

    countries: list[CountryCount]
    world: World
    roles: list[TermCount]
    dimensions: list[TermCount]
    practice_count: int
    source_count: int
    figures: list[Link]
    latest: Latest
    version: DataVersion


def home_page() -> HomePage:
    """Return the front page. Three queries, and two more when the data version is new."""
    catalog, countries = current(), country_counts()
    practice_count, source_count = len(catalog.snapshot.all_ids), len(catalog.vocabularies.sources)
    return HomePage(
        countries=countries,
        world=of_countries(countries),
        roles=term_counts(StakeholderRole),
        dimensions=term_counts(Dimension),
        practice_count=practice_count,
        source_count=source_count,
        figures=[
            Link(_("practices"), reverse("practice_list"), practice_count),
            Link(_("countries"), reverse("country_list"), len(countries)),
            Link(_("stakeholders"), reverse("stakeholder_list"), len(catalog.vocabularies.stakeholders)),
            Link(_("findings"), reverse("finding_list"), Finding.objects.published().count()),
            Link(_("events"), reverse("event_list"), Event.objects.published().count()),
            Link(_("sources"), reverse("source_list"), source_count),
        ],
        latest=latest(),
        version=catalog.version,
    )


def latest() -> Latest:
    """Return the practices whose last change is the latest. One query, and two when the data version is new."""
    times = current().derived("latest changes", _change_times)
    news = [_news(card, *times.by_practice[card.practice.pk]) for card in cards_of(times.by_practice)]
    last = max((modified for _published, modified in times.by_practice.values()), default=None)
    return Latest(news, last.date() if last else None, times.count)


def _change_times() -> ChangeTimes:
    public = Practice.objects.published()
    rows = public.order_by("-modified", "-published_at", "sort_key").values_list("pk", "published_at", "modified")
    by_practice = {pk: (published or modified, modified) for pk, published, modified in rows[:MAX_NEWS]}
    if not by_practice:
        return ChangeTimes({}, 0)
    last = max(modified for _published, modified in by_practice.values())
    midnight = last.replace(hour=0, minute=0, second=0, microsecond=0)
    return ChangeTimes(by_practice, public.filter(modified__gte=midnight).count())


def _news(card: Card, published: datetime, modified: datetime) -> News:
    # a record is saved when it is published: what is modified on a later day was changed since
    return News(card, modified.date(), modified.date() > published.date())
