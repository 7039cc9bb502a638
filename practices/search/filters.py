"""The filters of practices, declared once: pages, chips, counts, exports, feeds and tests derive from `PracticeFilter`.

To add a filter: one line in `PracticeFilter`. Unknown values are dropped, the good ones beside them stay; `role`,
`function` and `stakeholder` must hold on one involvement, `country` and `country_role` on one country link.
"""

from collections.abc import Callable, Iterable
from copy import copy
from dataclasses import dataclass
from typing import Any

import django_filters
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from pyroaring import BitMap

from practices.catalog.query_string import address, param, query_string, url_prefix
from practices.catalog.snapshot import Snapshot
from practices.catalog.vocabularies import Reference, reference
from practices.models import (
    CountryRole,
    Dimension,
    Function,
    Kind,
    Level,
    PartnershipType,
    Practice,
    Stage,
    StakeholderRole,
    TargetGroup,
    Term,
    Topic,
)
from practices.search.query import LONGEST

#: the orders of a result; the first is for searches only, the second where nothing is searched for
SORTS = {"relevance": _("Relevance"), "title": _("Title"), "country": _("Country"), "newest": _("Latest start")}
#: the ways to show a result, the first unless another is asked for
VIEWS = {"list": _("List"), "table": _("Table"), "map": _("Map")}
#: the orders of the values of a filter, the first unless another is asked for
FACET_ORDERS = {"count": _("Most practices first"), "name": _("By name")}


@dataclass(frozen=True)
class Choice:
    """One value of a filter: what stands in the URL, what is shown, how deep it stands."""

    value: str
    label: str
    depth: int = 0


Choices = dict[str, Choice]


@dataclass(frozen=True)
class Switch:
    """One way to show a result: its code and name, its address, and whether it is the one that is shown."""

    code: str
    label: str
    url: str
    chosen: bool


class ReaderFilter(django_filters.Filter):
    """A filter as readers use it: what they ask for is never an error, and it is taken as far as it makes sense.

    Declared as django-filter's filters are; forms and fields of theirs would cost more than a whole search.
    """

    def __deepcopy__(self, memo: Any) -> "ReaderFilter":
        same = object.__new__(type(self))  # what a filter set copies for each request is never changed in depth
        same.__dict__.update(self.__dict__)
        return same

    def taken(self, asked: list[str]) -> Any:
        """Return what of the values in a query string can be used."""
        raise NotImplementedError

    def said(self, *values: str) -> str:
        """Return what some of its values ask for, in words."""
        raise NotImplementedError


class WordsFilter(ReaderFilter):
    """The search words."""

    def taken(self, asked: list[str]) -> str:
        # more than the search takes, so that it can tell that it cut something
        return " ".join(asked[-1].replace("\0", " ").split())[: 2 * LONGEST] if asked else ""

    def said(self, *values: str) -> str:
        return f"“{' '.join(values)}”"


def known_year(text: str) -> int | None:
    """Return a year that stands in an address in four digits; None of anything else."""
    return int(text) if len(text) == 4 and text.isascii() and text.isdigit() else None


class YearFilter(ReaderFilter):
    """One end of a range of years in which a practice is known to have run."""

    def __init__(self, label: Any, meets: Callable[[int, int, int], bool]) -> None:
        self.meets = meets
        super().__init__(label=label)

    def taken(self, asked: list[str]) -> int | None:
        return known_year(asked[-1].strip()) if asked else None

    def said(self, *values: str) -> str:
        return f"{self.label} {', '.join(values)}"

    def practices(self, collection: Snapshot, year: int) -> BitMap:
        """Return the practices whose first and last known years meet this end of the range."""
        return BitMap(practice for first, last, practice in collection.years if self.meets(year, first, last))


class CodesFilter(ReaderFilter):
    """Practices with any of the chosen terms in a field of their documents; unknown codes are dropped."""

    choices: Choices

    def __init__(self, label: Any, column: str, choices: Callable[[Reference], Iterable[Choice]]) -> None:
        self.column, self.load_choices = column, choices
        super().__init__(label=label)

    def taken(self, asked: list[str]) -> list[str]:
        return [code for code in dict.fromkeys(asked) if code in self.choices]

    def said(self, *values: str) -> str:
        return f"{self.label}: {', '.join(self.choices[value].label for value in values)}"

    def values(self, collection: Snapshot) -> dict[str, BitMap]:
        """Return the practices with each value."""
        return collection.values.get(self.column, {})


class RowFilter(CodesFilter):
    """A condition on a row of the practice. All conditions on the same kind of row must hold on one row."""

    def __init__(self, label: Any, row: str, column: str, choices: Callable[[Reference], Iterable[Choice]]) -> None:
        self.row = row
        super().__init__(label, column, choices)

    def values(self, collection: Snapshot) -> dict[str, BitMap]:
        rows = collection.rows.get(self.row)
        return rows.practices.get(self.column, {}) if rows else {}


def terms(model: type[Term]) -> Callable[[Reference], Iterable[Choice]]:
    """Return the loader of a vocabulary's choices, narrower terms indented below their parent."""
    return lambda known: [Choice(one.code, one.name, 1 if one.parent_id else 0) for one in known.vocabulary(model)]


def closed(choices: Any) -> Callable[[Reference], Iterable[Choice]]:
    """Return the loader of a closed list's choices."""
    return lambda known: [Choice(value, str(label)) for value, label in choices.choices]


def countries(known: Reference) -> Iterable[Choice]:
    """Return every country as a choice, by its alpha-2 code: one that no practice names finds none, rather than all."""
    return [Choice(one.alpha2, one.name) for one in known.countries.values()]


def stakeholders(known: Reference) -> Iterable[Choice]:
    """Return every public stakeholder as a choice."""
    return [Choice(slug, name) for slug, name in known.stakeholders]


def sources(known: Reference) -> Iterable[Choice]:
    """Return every public source as a choice."""
    return [Choice(slug, title) for slug, title in known.sources]


class PracticeFilter(django_filters.FilterSet):
    """Every filter of practices. Its fields are the query parameters, and this order is the order on pages."""

    q = WordsFilter(label=_("Search words"))
    country = RowFilter(_("Country"), "country_links", "country", countries)
    country_role = RowFilter(_("Role of the country"), "country_links", "role", closed(CountryRole))
    dimension = CodesFilter(_("Dimension"), "dimensions", terms(Dimension))
    role = RowFilter(_("Stakeholder role"), "involvements", "role", terms(StakeholderRole))
    function = RowFilter(_("Function"), "involvements", "function", closed(Function))
    stakeholder = RowFilter(_("Stakeholder"), "involvements", "stakeholder", stakeholders)
    topic = CodesFilter(_("Topic"), "topics", terms(Topic))
    group = CodesFilter(_("Target group"), "target_groups", terms(TargetGroup))
    kind = CodesFilter(_("Kind"), "kind", terms(Kind))
    level = CodesFilter(_("Level"), "level", terms(Level))
    stage = CodesFilter(_("Stage of migration"), "stages", terms(Stage))
    partnership = CodesFilter(_("Partnership"), "partnership_types", terms(PartnershipType))
    source = CodesFilter(_("Source"), "sources", sources)
    year_from = YearFilter(_("From"), lambda year, first, last: last >= year)
    year_to = YearFilter(_("Up to"), lambda year, first, last: first <= year)

    class Meta:
        model = Practice
        fields: list[str] = []

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data or QueryDict(), Practice.objects.none())
        self.known, language = reference(), get_language() or ""
        for name, codes in self.lists.items():
            if (name, language) not in self.known.choices:
                self.known.choices[name, language] = {one.value: one for one in codes.load_choices(self.known)}
            codes.choices = self.known.choices[name, language]

    @cached_property
    def lists(self) -> dict[str, CodesFilter]:
        """The filters with a list of values, by parameter."""
        return {name: codes for name, codes in self.filters.items() if isinstance(codes, CodesFilter)}

    @cached_property
    def years(self) -> dict[str, YearFilter]:
        """The ends of the range of years, by parameter."""
        return {name: year for name, year in self.filters.items() if isinstance(year, YearFilter)}

    @cached_property
    def chosen(self) -> dict[str, Any]:
        """What the reader asked for, as far as it makes sense: words under `q`, years, a list of values elsewhere."""
        return {name: one.taken(self.data.getlist(name)) for name, one in self.filters.items()}

    @cached_property
    def ignored(self) -> list[str]:
        """What was asked of a filter and makes no sense there, in words, the first few: nobody is to think it held."""
        wrong = [
            f"{self.filters[name].label}: {value[:40]}"
            for name, codes in self.lists.items()
            for value in dict.fromkeys(self.data.getlist(name))
            if value.strip() and value not in codes.choices
        ]
        wrong += [
            f"{year.label} {self.data[name][:40]}"
            for name, year in self.years.items()
            if self.data.get(name, "").strip() and self.chosen[name] is None
        ]
        return wrong[:5]

    @property
    def sort(self) -> str:
        """The order of the result."""
        return self.shown["sort"]

    @property
    def view(self) -> str:
        """The way to show it."""
        return self.shown["view"]

    @property
    def facet_order(self) -> str:
        """The order of the values of each filter."""
        return self.shown["facet_order"]

    @property
    def sorts(self) -> dict[str, Any]:
        """The orders that make sense: by relevance only where something is searched for."""
        return {name: label for name, label in SORTS.items() if name != "relevance" or self.chosen["q"]}

    @cached_property
    def _ways(self) -> dict[str, dict[str, Any]]:
        return {"sort": self.sorts, "view": VIEWS, "facet_order": FACET_ORDERS}

    @cached_property
    def shown(self) -> dict[str, str]:
        """How to show the result, by parameter: as asked, or the first way."""
        asked = {name: self.data.get(name, "") for name in self._ways}
        return {name: asked[name] if asked[name] in among else next(iter(among)) for name, among in self._ways.items()}

    @cached_property
    def switches(self) -> dict[str, list[Switch]]:
        """What changes how the result is shown, not what it holds, by parameter: each way with its address."""
        return {
            name: [
                Switch(way, str(said), self.url_set(name, way), way == self.shown[name]) for way, said in among.items()
            ]
            for name, among in self._ways.items()
        }

    @cached_property
    def narrowed(self) -> list[tuple[str, str]]:
        """What narrows the result, as parameters: the words, and each value of each filter."""
        pairs = [("q", self.chosen["q"])] if self.chosen["q"] else []
        pairs += [(name, value) for name in self.lists for value in self.chosen[name]]
        return pairs + [(name, str(self.chosen[name])) for name in self.years if self.chosen[name]]

    @property
    def query(self) -> str:
        """What narrows the result as a query string, "" where nothing does: for the other pages of the same result."""
        return query_string(self.narrowed)

    def choosing(self, chosen: dict[str, Any]) -> "PracticeFilter":
        """Return what asks for the same but in some filters, to count with; addresses are not made of it."""
        same = copy(self)
        same.chosen = {**self.chosen, **chosen}
        return same

    @cached_property
    def params(self) -> list[tuple[str, str]]:
        """The query as it is understood, without the page: what every link and export of this result carries."""
        return self.narrowed + [(name, way) for name, way in self.shown.items() if not self._is_first(name, way)]

    def _is_first(self, name: str, way: str) -> bool:
        """Tell whether a result is shown so unless it is asked otherwise: no address says it."""
        return name in self._ways and way == next(iter(self._ways[name]))

    def url_with(self, name: str, value: str) -> str:
        """Return the address of this result with one more value of a filter."""
        return self._begun + param(name, value)

    @cached_property
    def _begun(self) -> str:
        return url_prefix(self.params)

    def url_without(self, *names: str, value: str | None = None) -> str:
        """Return the address of this result without some filters, or without one value of them."""
        kept = [pair for pair in self.params if pair[0] not in names or (value is not None and pair[1] != value)]
        return address(kept)

    def url_set(self, name: str, value: str) -> str:
        """Return the address of this result with one parameter set to a value."""
        kept = [pair for pair in self.params if pair[0] != name]
        return address(kept if self._is_first(name, value) else [*kept, (name, value)])
