"""The public practices by the values that they have: which have a value, how many, and which values stand out.

Values are named as in the address of a search (`country=PT`, `role=ngo`), so that every count here is what the search
with the same parameters finds, and every count can be a link to it. Everything is counted in memory, without a query.
"""

from collections import Counter
from dataclasses import dataclass
from heapq import nsmallest

from django.urls import reverse
from pyroaring import BitMap

from practices.catalog import current, faceting
from practices.catalog.faceting import FacetedResult
from practices.catalog.link import Link
from practices.catalog.query_string import query_string
from practices.index.schema import FACETS
from practices.models import Country, Term

#: how many values a sentence names, up to twice as many where the last of them are equals
STANDING_OUT = 4


def by_value(parameter: str) -> dict[str, BitMap]:
    """Return the practices with each value of a parameter, those of narrower terms included."""
    return current().snapshot.by_value(parameter)


def practices_with(**values: str) -> BitMap:
    """Return what a search with one value of each of these parameters finds."""
    return faceted(**values).practices()


def faceted(**values: str) -> FacetedResult:
    """Return that search, for the counts of other parameters in it."""
    return FacetedResult(current().snapshot, {parameter: [value] for parameter, value in values.items()})


def search_url(**values: str) -> str:
    """Return the address of that search."""
    return reverse("practice_list") + query_string(values.items())


@dataclass(frozen=True)
class Organisation:
    """A public organisation by name, without a query."""

    slug: str
    name: str

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("stakeholder", args=[self.slug])


def item(parameter: str, code: str) -> Term | Country | Organisation | str | None:
    """Return what a value of a parameter stands for: a term, country or organisation, or a label; None if unknown."""
    vocabularies, field = current().vocabularies, FACETS[parameter]
    if field.vocabulary:
        return vocabularies.term(field.vocabulary, code)
    if parameter == "country":
        return vocabularies.country(code)
    if parameter == "stakeholder":
        name = current().derived("organisations", lambda: dict(vocabularies.stakeholders)).get(code)
        return Organisation(code, name) if name else None
    labels = dict(field.choices) or dict(vocabularies.sources)
    return str(labels[code]) if code in labels else None


def page_of(value: object) -> str:
    """Return the address of the page of what a value stands for, "" where it has none."""
    if isinstance(value, Term):
        return value.get_absolute_url() if value.page else ""
    return value.get_absolute_url() if isinstance(value, Country | Organisation) else ""


def ranked_values(parameter: str, within: BitMap, limit: int | None = None, **values: str) -> list[Link]:
    """Return the most frequent values of a parameter within some practices, which the parameters `values` find.

    Of a tree its leaves only: a broader term has at least as many practices as any below it.
    """
    counts = faceted(**values).counts(parameter) if values else faceting.counts(by_value(parameter), within)
    codes = [code for code in counts if _is_leaf(parameter, code)]
    first = nsmallest(limit or len(codes), codes, key=lambda code: (-counts[code], code))
    items = ((code, item(parameter, code)) for code in first)
    return [_link(parameter, code, value, counts[code], values) for code, value in items if value]


def _link(
    parameter: str, code: str, value: Term | Country | Organisation | str, count: int, values: dict[str, str]
) -> Link:
    page = "" if isinstance(value, str) else value.get_absolute_url()  # of a term without a page its practices
    url, is_name = search_url(**values, **{parameter: code}), not isinstance(value, Term)
    return Link(str(value), url, count, page=page, code=code, is_name=is_name)


def top_values(parameter: str, within: BitMap, **values: str) -> list[Link]:
    """Return what a sentence names of a parameter: the values of more than one practice, about STANDING_OUT of them.

    Equals are named together or not at all, unless there is nothing else to name.
    """
    return standing_out(ranked_values(parameter, within, None, **values))


def standing_out(values: list[Link]) -> list[Link]:
    """Return which of some values, the most frequent first, a sentence names."""
    frequent = [value for value in values if (value.count or 0) > 1]
    if len(frequent) <= STANDING_OUT:
        return frequent
    last = frequent[STANDING_OUT - 1].count or 0
    equal = [value for value in frequent if (value.count or 0) >= last]
    above = [value for value in frequent if (value.count or 0) > last]
    return equal if len(equal) <= 2 * STANDING_OUT else above or frequent[: 2 * STANDING_OUT]


def _is_leaf(parameter: str, code: str) -> bool:
    """Whether a value has none below it."""
    vocabulary, vocabularies = FACETS[parameter].vocabulary, current().vocabularies
    if not vocabulary:
        return True
    term = vocabularies.term(vocabulary, code)
    return term is not None and not vocabularies.children(term)


def most_specific(
    parameter: str, within: BitMap, limit: int = 12, *, first: BitMap | None = None, start: int = 0
) -> list[int]:
    """Return the practices that are most about a value of a parameter: those with the fewest other values of it.

    Those in `first` come before the others; equals stand by title. Primary keys, at most `limit` from `start` on.
    """
    number, rank = value_counts(parameter), current().snapshot.rank["title"]
    before = first if first is not None else within
    return nsmallest(start + limit, within, key=lambda key: (key not in before, number[key], rank[key]))[start:]


def value_counts(parameter: str) -> Counter[int]:
    """Return how many values of a parameter each practice has, by primary key."""

    def count() -> Counter[int]:
        number: Counter[int] = Counter()
        for practices in by_value(parameter).values():
            number.update(practices)
        return number

    return current().derived(("value counts", parameter), count)


@dataclass(frozen=True)
class TermCount:
    """A term with its number of public practices; narrower terms are counted in."""

    item: Term
    count: int
    children: tuple["TermCount", ...] = ()


def term_counts(vocabulary: type[Term]) -> list[TermCount]:
    """Return the tree of a vocabulary with the number of practices of each term."""
    vocabularies, practices = current().vocabularies, by_value(vocabulary.parameter)

    def counted(term: Term) -> TermCount:
        narrower = tuple(counted(child) for child in vocabularies.children(term))
        return TermCount(term, len(practices.get(term.code, ())), narrower)

    return [counted(term) for term in vocabularies.vocabulary(vocabulary) if term.parent_id is None]


@dataclass(frozen=True)
class CountryCount:
    """A country with its practices counted by what it is to them."""

    country: Country
    total: int
    by_role: dict[str, int]


def country_counts() -> list[CountryCount]:
    """Return the countries that a public practice names, in the order of their names."""
    practices = by_value("country")
    named = [country for country in current().vocabularies.countries.values() if country.alpha2 in practices]
    return [CountryCount(country, len(practices[country.alpha2]), _by_role(country)) for country in named]


def _by_role(country: Country) -> dict[str, int]:
    counts = faceted(country=country.alpha2).counts("country_role")
    return {role: counts.get(role, 0) for role, _label in FACETS["country_role"].choices}
