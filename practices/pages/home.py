"""What is new in the current: the practices published or changed last, each with the day."""

from dataclasses import dataclass
from datetime import date, datetime

from practices.catalog import current
from practices.models import Practice
from practices.search.cards import Card, cards_of

#: how many practices are named
MOST = 4


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
class Times:
    """When the latest practices were first published and last changed, by key; how many changed on the last day."""

    latest: dict[int, tuple[datetime, datetime]]
    count: int


def latest() -> Latest:
    """Return the practices whose last change is the latest. One query, and two when the data version is new."""
    times = current().derived("latest changes", _read)
    news = [_news(card, *times.latest[card.practice.pk]) for card in cards_of(times.latest)]
    last = max((changed for _published, changed in times.latest.values()), default=None)
    return Latest(news, last.date() if last else None, times.count)


def _read() -> Times:
    public = Practice.objects.published()
    rows = public.order_by("-modified", "-published_at", "sort_key").values_list("pk", "published_at", "modified")
    found = {pk: (published or modified, modified) for pk, published, modified in rows[:MOST]}
    if not found:
        return Times({}, 0)
    last = max(modified for _published, modified in found.values())
    midnight = last.replace(hour=0, minute=0, second=0, microsecond=0)
    return Times(found, public.filter(modified__gte=midnight).count())


def _news(card: Card, published: datetime, modified: datetime) -> News:
    # a record is saved when it is published: what is modified on a later day was changed since
    return News(card, modified.date(), modified.date() > published.date())
