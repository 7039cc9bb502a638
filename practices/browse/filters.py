"""The filters of practices, declared once: pages, chips, counts, exports, feeds and tests derive from `PracticeFilter`.

To add a filter: one line in `PracticeFilter`. Unknown values are dropped, the good ones beside them stay; `role`,
`function` and `stakeholder` must hold on one involvement, `country` and `country_role` on one country link.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus, urlencode

import django_filters
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from pyroaring import BitMap

from practices.browse.reference import Reference, reference
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
from practices.querysets import PracticeQuerySet
from practices.search.query import LONGEST
from practices.search.snapshot import Snapshot

#: the orders of a result; the first is for searches only, the second where nothing is searched for
SORTS = {"relevance": _("Relevance"), "title": _("Title"), "country": _("Country"), "newest": _("Latest start")}
#: the ways to show a result, the first unless another is asked for
VIEWS = {"list": _("List"), "table": _("Table"), "map": _("Map")}
#: the orders of the values of a filter, the first unless another is asked for
FACET_ORDERS = {"count": _("Most practices first"), "name": _("By name")}


@dataclass(frozen=True)
class Choice:
    """One value of a filter: what stands in the URL, what is shown, how deep it stands.

    What is not offered still works in an address: a country that no practice names finds none, rather than all.
    """

    value: str
    label: str
    depth: int = 0
    offered: bool = True


Choices = dict[str, Choice]


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


class WordsFilter(ReaderFilter):
    """The search words."""

    def taken(self, asked: list[str]) -> str:
        # more than the search takes, so that it can tell that it cut something
        return " ".join(asked[-1].replace("\0", " ").split())[: 2 * LONGEST] if asked else ""


class YearFilter(ReaderFilter):
    """One end of a range of years in which a practice is known to have run."""

    def __init__(self, label: Any, meets: Callable[[int, int, int], bool]) -> None:
        self.meets = meets
        super().__init__(label=label)

    def taken(self, asked: list[str]) -> int | None:
        year = asked[-1].strip() if asked else ""
        return int(year) if len(year) == 4 and year.isascii() and year.isdigit() else None

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
    """Return every country as a choice, by its alpha-2 code; offered are those that a public practice names."""
    return [Choice(one.alpha2, one.name, offered=pk in known.named) for pk, one in known.countries.items()]


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
    year_from = YearFilter(_("From the year"), lambda year, first, last: last >= year)
    year_to = YearFilter(_("Up to the year"), lambda year, first, last: first <= year)

    class Meta:
        model = Practice
        fields: list[str] = []

    def __init__(self, data: QueryDict | None = None, queryset: PracticeQuerySet | None = None) -> None:
        super().__init__(data or QueryDict(), queryset=queryset)
        known, language = reference(), get_language() or ""
        for name, codes in self.lists.items():
            if (name, language) not in known.choices:
                known.choices[name, language] = {choice.value: choice for choice in codes.load_choices(known)}
            codes.choices = known.choices[name, language]

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

    @property
    def sort(self) -> str:
        """The order asked for, or the first one that makes sense."""
        return self._asked("sort", self.sorts)

    @property
    def sorts(self) -> dict[str, Any]:
        """The orders that make sense: by relevance only where something is searched for."""
        return {name: label for name, label in SORTS.items() if name != "relevance" or self.chosen["q"]}

    @property
    def view(self) -> str:
        """How to show the result."""
        return self._asked("view", VIEWS)

    @property
    def facet_order(self) -> str:
        """In which order to show the values of each filter."""
        return self._asked("facet_order", FACET_ORDERS)

    def _asked(self, name: str, among: dict[str, Any]) -> str:
        asked = self.data.get(name, "")
        return asked if asked in among else next(iter(among))

    @cached_property
    def narrowed(self) -> list[tuple[str, str]]:
        """What narrows the result, as parameters: the words, and each value of each filter."""
        pairs = [("q", self.chosen["q"])] if self.chosen["q"] else []
        pairs += [(name, value) for name in self.lists for value in self.chosen[name]]
        return pairs + [(name, str(self.chosen[name])) for name in self.years if self.chosen[name]]

    @cached_property
    def params(self) -> list[tuple[str, str]]:
        """The query as it is understood, without the page: what every link and export of this result carries."""
        shown = {"sort": self.sorts, "view": VIEWS, "facet_order": FACET_ORDERS}
        return self.narrowed + [
            (name, getattr(self, name)) for name, among in shown.items() if getattr(self, name) != next(iter(among))
        ]

    def url_with(self, name: str, value: str) -> str:
        """Return the address of this result with one more value of a filter."""
        return f"{self._base}{name}={quote_plus(value)}"

    @cached_property
    def _base(self) -> str:
        return f"{address(self.params)}&" if self.params else "?"

    def url_without(self, *names: str, value: str | None = None) -> str:
        """Return the address of this result without some filters, or without one value of them."""
        kept = [pair for pair in self.params if pair[0] not in names or (value is not None and pair[1] != value)]
        return address(kept)

    def url_set(self, name: str, value: str) -> str:
        """Return the address of this result with one parameter set to a value."""
        kept = [pair for pair in self.params if pair[0] != name]
        return address([*kept, (name, value)])


def address(params: list[tuple[str, str]]) -> str:
    """Return a relative address with these parameters."""
    return "?" + urlencode(params)
