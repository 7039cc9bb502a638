"""A result as pages, exports and commands show it: hits in their order, counts, and what to do when nothing is left."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from html import unescape
from itertools import islice
from typing import Any, NamedTuple

from django.core.paginator import Page, Paginator
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from pyroaring import BitMap

from practices.catalog.query_string import address
from practices.catalog.snapshot import Snapshot, snapshot
from practices.index import text
from practices.models import Practice
from practices.search.cards import Card, card, with_document
from practices.search.facets import Facet, Narrowing, facets
from practices.search.filters import PracticeFilter
from practices.search.highlighting import Marker, Passage, Reason, read
from practices.search.matching import Found, find
from practices.search.query import Query, parse

PAGE_SIZE = 20


class Shown(NamedTuple):
    """What results show of a practice, whatever was searched for."""

    card: Card
    passages: list[Passage]


@dataclass(slots=True)
class Hit:
    """A practice in a result: its card, title and summary with marks, why it was found, and whether only in part."""

    card: Card
    title: SafeString
    summary: SafeString
    reasons: list[Reason]
    partial: bool


@dataclass(frozen=True)
class Removal:
    """What one condition takes away: the count without it, and the address of that result."""

    label: str
    count: int
    url: str


class Ranked(Sequence[int]):
    """The practices of a result in their order, of which only a page is ever put in order."""

    def __init__(self, results: "Results") -> None:
        self.results = results

    def __len__(self) -> int:
        return len(self.results.practices)

    def __getitem__(self, wanted: Any) -> Any:
        return self.results.ordered(wanted.start or 0, min(wanted.stop, len(self)))


class Results:
    """What a request finds: `practices` as a bitmap, `found` where words were searched for."""

    def __init__(self, asked: PracticeFilter) -> None:
        self.asked, self.known = asked, asked.known
        self.collection: Snapshot = snapshot(self.known.version)
        self.query: Query = parse(asked.chosen["q"])
        self.found: Found | None = find(self.query, self.collection) if self.query else None
        self.narrowing = self.narrowed_to(asked)
        self.practices: BitMap = self.narrowing.practices()

    def narrowed_to(self, asked: PracticeFilter) -> Narrowing:
        """Return what other filters leave of what the same words find."""
        return Narrowing(asked, self.collection, self.found.practices if self.found else None)

    @property
    def count(self) -> int:
        """How many practices there are."""
        return len(self.practices)

    @cached_property
    def full(self) -> int:
        """How many of them match every word that was searched for."""
        return len(self.practices & self.found.full) if self.found else self.count

    @cached_property
    def facets(self) -> list[Facet]:
        """Every filter with its values and counts."""
        return facets(self.narrowing)

    def ordered(self, start: int, stop: int) -> list[int]:
        """Return the practices of one page, by primary key, in the order asked for."""
        if self.asked.sort == "relevance" and self.found:
            return self.found.ranked(self.practices, start, stop)
        order = "title" if self.asked.sort == "relevance" else self.asked.sort
        if len(self.practices) * 16 < len(self.collection.everything):
            places = self.collection.places[order]
            return sorted(self.practices, key=places.__getitem__)[start:stop]
        wanted = (practice for practice in self.collection.orders[order] if practice in self.practices)
        return list(islice(wanted, start, stop))

    def page(self, number: Any) -> Page[int]:
        """Return a page of the result; the first or last one where there is no such page."""
        return Paginator(Ranked(self), PAGE_SIZE).get_page(number)

    def hits(self, keys: Iterable[int]) -> list[Hit]:
        """Return some practices as a page shows them, in one query for those that were not shown lately."""
        keys, marker = list(keys), Marker(self.found)
        shown = self.collection.shown.get(keys, self._load)
        return [self._hit(key, shown[key], marker) for key in keys if key in shown]

    def _load(self, keys: list[int]) -> dict[int, Shown]:
        public = with_document(Practice.objects.published().filter(pk__in=keys), "search_document__passages")
        return {one.pk: Shown(card(one, self.known), read(one.search_document.passages)) for one in public}

    def _hit(self, key: int, shown: Shown, marker: Marker) -> Hit:
        why = marker.explain(key, shown.passages)
        partial = self.found is not None and key not in self.found.full
        return Hit(shown.card, why.title, why.summary, why.reasons, partial)

    @property
    def exact_url(self) -> str:
        """The address of the same search without other spellings: each word that nothing holds in quotes."""
        unknown = {stem for word in (self.found.corrections if self.found else ()) for stem in text.stems(word)}
        words = self.query.text.split()
        exact = (word if unknown.isdisjoint(text.stems(word)) else f'"{word}"' for word in words)
        return self.asked.url_set("q", " ".join(exact))

    @cached_property
    def similar(self) -> list[Hit]:
        """Practices close in meaning that do not match the words: never counted, only where the extra is installed."""
        if not self.found:
            return []
        return self.hits(self.found.similar(self.narrowing.practices(without="q")))

    @property
    def removals(self) -> list[Removal]:
        """For each condition what would be left without it, the most first."""
        left = [
            Removal(said, self.narrowing.without(name), self.asked.url_without(name)) for name, said in self._asked()
        ]
        return sorted(left, key=lambda removal: -removal.count)

    @property
    def alone(self) -> list[Removal]:
        """What each condition finds by itself, the most first: the way out where to take one away is not enough."""
        found = []
        for name, said in self._asked():
            url = address([pair for pair in self.asked.narrowed if pair[0] == name])
            found.append(Removal(said, Results(PracticeFilter(QueryDict(url[1:]))).count, url))
        return sorted(found, key=lambda one: -one.count)

    def _asked(self) -> Iterator[tuple[str, str]]:
        """Yield each filter that narrows the result, and what it asks for in words."""
        for name in dict.fromkeys(name for name, _ in self.asked.narrowed):
            yield name, self.asked.filters[name].said(*(value for one, value in self.asked.narrowed if one == name))


def described(hit: Hit) -> dict[str, Any]:
    """Return a hit as plain data, without markup."""
    practice = hit.card.practice
    return {
        "slug": practice.slug,
        "ref": practice.ref,
        "title": practice.title,
        "summary": practice.summary,
        "url": hit.card.url,
        "countries": [{"code": country.alpha2, "role": role} for country, role in hit.card.countries],
        "years": [practice.year_start, practice.year_end],
        "partial": hit.partial,
        "why": [
            {
                "in": reason.kind,
                "text": unescape(strip_tags(reason.passage)),
                "how": reason.how,
                "for": reason.instead_of,
            }
            for reason in hit.reasons
        ],
    }
