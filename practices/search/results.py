"""A result as pages, exports and commands show it: hits in their order, counts, and what to do when nothing is left."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import unescape
from itertools import islice
from typing import NamedTuple, overload

from django.core.paginator import Page, Paginator
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.html import strip_tags
from django.utils.safestring import SafeString
from pyroaring import BitMap

from practices.catalog import Catalog
from practices.catalog.cache import LRUCache
from practices.catalog.faceting import FacetedResult
from practices.catalog.link import Link
from practices.catalog.snapshot import Snapshot
from practices.index import text
from practices.models import Practice
from practices.search.cards import Card, card, with_document
from practices.search.facets import Facet, faceted_result
from practices.search.highlighting import Highlighter, Reason, TokenizedPassage, tokenize_passages
from practices.search.matching import QueryMatch, match
from practices.search.query import Query, parse
from practices.search.request import SearchRequest

PAGE_SIZE = 20
#: how many practices are kept as results show them, at 100,000 practices some 30 MB
HITS_KEPT = 3000


class CachedHit(NamedTuple):
    """What results show of a practice, whatever was searched for."""

    card: Card
    passages: list[TokenizedPassage]


@dataclass(slots=True)
class Hit:
    """A practice in a result: its card, title and summary with marks, why it was found, and whether only in part."""

    card: Card
    title: SafeString
    summary: SafeString
    reasons: list[Reason]
    partial: bool


class RankedPractices(Sequence[int]):
    """The practices of a result in their order, of which only a page is ever put in order."""

    def __init__(self, results: "Results") -> None:
        self.results = results

    def __len__(self) -> int:
        return len(self.results.practices)

    @overload
    def __getitem__(self, index: int) -> int: ...
    @overload
    def __getitem__(self, index: slice) -> list[int]: ...
    def __getitem__(self, index: int | slice) -> int | list[int]:
        if isinstance(index, int):
            return self.results.ordered(index, index + 1)[0]
        return self.results.ordered(index.start or 0, min(index.stop, len(self)))


class Results:
    """What a request finds: `practices` as a bitmap, `query_match` where words were searched for."""

    def __init__(self, search: SearchRequest) -> None:
        self.search, self.filterset = search, search.filterset
        self.catalog = self.filterset.catalog
        self.snapshot: Snapshot = self.catalog.snapshot
        self.query: Query = parse(self.filterset.cleaned_data["q"])
        self.query_match: QueryMatch | None = match(self.query, self.snapshot) if self.query else None
        self.faceted = self.faceted_with()
        self.practices: BitMap = self.faceted.practices()

    def faceted_with(self, values: Mapping[str, Sequence[str]] | None = None, *, years: bool = True) -> FacetedResult:
        """Return what the same words find with other values of some filters, or whatever the years."""
        matching = self.query_match.practices if self.query_match else None
        return faceted_result(self.filterset, self.snapshot, matching, values, years=years)

    @property
    def count(self) -> int:
        """How many practices there are."""
        return len(self.practices)

    @cached_property
    def full(self) -> int:
        """How many of them match every word that was searched for."""
        return len(self.practices & self.query_match.full) if self.query_match else self.count

    @cached_property
    def facets(self) -> list[Facet]:
        """Every filter with its values and counts."""
        filters = self.filterset.facet_filters.items()
        return [Facet(name, filter, self.faceted, self.search) for name, filter in filters]

    def ordered(self, start: int, stop: int) -> list[int]:
        """Return the practices of one page, by primary key, in the order asked for."""
        sort = self.search.display.sort
        if sort == "relevance" and self.query_match:
            return self.query_match.ranked(self.practices, start, stop)
        order = "title" if sort == "relevance" else sort
        if len(self.practices) * 16 < len(self.snapshot.all_ids):
            return sorted(self.practices, key=self.snapshot.rank[order].__getitem__)[start:stop]
        in_order = (practice for practice in self.snapshot.sorted_ids[order] if practice in self.practices)
        return list(islice(in_order, start, stop))

    def page(self, number: str | int | None) -> Page[int]:
        """Return a page of the result; the first or last one where there is no such page."""
        return Paginator(RankedPractices(self), PAGE_SIZE).get_page(number)

    def hits(self, keys: Iterable[int]) -> list[Hit]:
        """Return some practices as a page shows them, in one query for those that were not shown lately."""
        keys, highlighter = list(keys), Highlighter(self.query_match)
        cached = hit_cache(self.catalog).get(keys, self._load_hits)
        return [self._hit(key, cached[key], highlighter) for key in keys if key in cached]

    def _load_hits(self, keys: list[int]) -> dict[int, CachedHit]:
        vocabularies = self.catalog.vocabularies
        public = with_document(Practice.objects.published().filter(pk__in=keys), "search_document__passages")
        return {
            practice.pk: CachedHit(card(practice, vocabularies), tokenize_passages(practice.search_document.passages))
            for practice in public
        }

    def _hit(self, key: int, cached: CachedHit, highlighter: Highlighter) -> Hit:
        why = highlighter.explain(key, cached.passages)
        partial = self.query_match is not None and key not in self.query_match.full
        return Hit(cached.card, why.title, why.summary, why.reasons, partial)

    @property
    def corrections(self) -> dict[str, list[str]]:
        """For each word that nothing holds, the spellings that were searched for instead."""
        return self.query_match.corrections if self.query_match else {}

    @property
    def exact_url(self) -> str:
        """The address of the same search without other spellings: each word that nothing holds in quotes."""
        unknown = {stem for word in self.corrections for stem in text.stems(word)}
        words = self.query.text.split()
        exact = (word if unknown.isdisjoint(text.stems(word)) else f'"{word}"' for word in words)
        return self.search.links.setting("q", " ".join(exact))

    @cached_property
    def similar(self) -> list[Hit]:
        """Practices close in meaning that do not match the words: never counted, only where the extra is installed."""
        if not self.query_match:
            return []
        return self.hits(self.query_match.similar(self.faceted.practices(without="q")))

    @property
    def without_each(self) -> list[Link]:
        """For each filter what would be left without it, the most first."""
        links = [
            Link(label, self.search.links.without(name), self.faceted.count_without(name))
            for name, label in self._described_filters()
        ]
        return sorted(links, key=lambda link: -(link.count or 0))

    @property
    def each_alone(self) -> list[Link]:
        """What each filter finds by itself, the most first: the way out where to remove one is not enough."""
        links = []
        for name, label in self._described_filters():
            url = self.search.links.only(name)
            links.append(Link(label, url, Results(SearchRequest(QueryDict(url[1:]))).count))
        return sorted(links, key=lambda link: -(link.count or 0))

    def _described_filters(self) -> Iterator[tuple[str, str]]:
        """Yield each filter that narrows the result, and what it asks for in words."""
        active = self.filterset.active_filters
        for name in dict.fromkeys(name for name, _ in active):
            values = (value for other, value in active if other == name)
            yield name, self.filterset.filters[name].describe(*values)


def hit_cache(catalog: Catalog) -> LRUCache[int, CachedHit]:
    """Return the practices as results show them, as of a data version."""
    return catalog.derived("hits", lambda: LRUCache[int, CachedHit](HITS_KEPT))


def described(hit: Hit) -> dict[str, object]:
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
