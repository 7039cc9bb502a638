"""The filters of practices as query parameters: what may be asked for, cleaned and in words.

Which filters there are follows from `index.schema.FIELDS`. A reader's query string is never an error: unknown values
are dropped and listed in `invalid_values`, the good ones beside them stay.
"""

from collections.abc import Callable
from typing import Any, cast

import django_filters
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from pyroaring import BitMap

from practices.catalog import current
from practices.catalog.choices import Choices, choices, replaced
from practices.catalog.snapshot import Snapshot
from practices.index.schema import FACETS, Field, Label
from practices.models import Practice
from practices.search.query import LONGEST

#: the filters that come first on pages; the others follow in the order of `FIELDS`
FIRST = ("country", "country_role", "dimension", "role", "function", "stakeholder")
#: how many invalid values are named
INVALID_NAMED = 5


class SearchFilter(django_filters.Filter):
    """A filter whose values are cleaned here: forms and fields of django-filter would cost more than a whole search."""

    def __deepcopy__(self, memo: object) -> "SearchFilter":
        same = object.__new__(type(self))  # what a filter set copies for each request is never changed in depth
        same.__dict__.update(self.__dict__)
        return same

    def clean(self, values: list[str]) -> object:
        """Return what of the values in a query string can be used."""
        raise NotImplementedError

    def describe(self, *values: str) -> str:
        """Return what some of its values ask for, in words."""
        raise NotImplementedError


class QueryFilter(SearchFilter):
    """The search words."""

    def clean(self, values: list[str]) -> str:
        # more than the search takes, so that it can tell that it cut something
        return " ".join(values[-1].replace("\0", " ").split())[: 2 * LONGEST] if values else ""

    def describe(self, *values: str) -> str:
        return f"“{' '.join(values)}”"


def parse_year(text: str) -> int | None:
    """Return a year that stands in an address in four digits; None of anything else."""
    return int(text) if len(text) == 4 and text.isascii() and text.isdigit() else None


class YearFilter(SearchFilter):
    """One end of a range of years; `meets(year, first, last)` tells whether a practice that ran so meets it."""

    def __init__(self, label: Label, meets: Callable[[int, int, int], bool]) -> None:
        self.meets = meets
        super().__init__(label=label)

    def clean(self, values: list[str]) -> int | None:
        return parse_year(values[-1].strip()) if values else None

    def describe(self, *values: str) -> str:
        return f"{self.label} {', '.join(values)}"

    def practices(self, snapshot: Snapshot, year: int) -> BitMap:
        """Return the practices whose first and last known years meet this end of the range."""
        return BitMap(practice for first, last, practice in snapshot.years if self.meets(year, first, last))


class TermFilter(SearchFilter):
    """Practices with any of the chosen values of a field."""

    #: the values that may be chosen, in the reader's language: set by the filter set of each request
    choices: Choices
    #: the values that answer for others, which are no longer offered
    replaced: dict[str, str]

    def __init__(self, field: Field) -> None:
        self.facet = field
        super().__init__(label=field.label)

    def clean(self, values: list[str]) -> list[str]:
        codes = dict.fromkeys(self.replaced.get(code, code) for code in values)
        return [code for code in codes if code in self.choices]

    def describe(self, *values: str) -> str:
        return f"{self.label}: {', '.join(self.choices[value].label for value in values)}"


def facet_filters() -> dict[str, SearchFilter]:
    """Return the filters on fields of practices by parameter, in the order on pages."""
    names = [name for name in FIRST if name in FACETS] + [name for name in FACETS if name not in FIRST]
    return {name: TermFilter(FACETS[name]) for name in names}


class PracticeFilter(django_filters.FilterSet):
    """Every filter of practices, by query parameter, in the order on pages.

    django-filter declares and copies the filters; values are cleaned here and practices found in memory
    (`catalog.faceting`), so its forms and querysets are not used. `catalog` is the data version that it is asked of.
    """

    q = QueryFilter(label=_("Search words"))
    year_from = YearFilter(_("From"), lambda year, first, last: last >= year)
    year_to = YearFilter(_("Up to"), lambda year, first, last: first <= year)

    def __init__(self, data: QueryDict | None = None) -> None:
        super().__init__(data or QueryDict(), Practice.objects.none())
        self.catalog = current()
        for name, filter in self.facet_filters.items():
            filter.choices = choices(name, self.catalog)
            filter.replaced = replaced(name, self.catalog)

    @classmethod
    def get_filters(cls) -> dict[str, SearchFilter]:
        """Return the declared filters with those of the schema between the words and the years."""
        declared = cast(dict[str, SearchFilter], super().get_filters())
        return {"q": declared.pop("q"), **facet_filters(), **declared}

    @cached_property
    def facet_filters(self) -> dict[str, TermFilter]:
        """The filters with a list of values, by parameter."""
        return {name: filter for name, filter in self.filters.items() if isinstance(filter, TermFilter)}

    @cached_property
    def year_filters(self) -> dict[str, YearFilter]:
        """The ends of the range of years, by parameter."""
        return {name: filter for name, filter in self.filters.items() if isinstance(filter, YearFilter)}

    @cached_property
    def cleaned_data(self) -> dict[str, Any]:
        """What the reader asked for, as far as it makes sense: words under `q`, years, a list of values elsewhere."""
        return {name: filter.clean(self.data.getlist(name)) for name, filter in self.filters.items()}

    @cached_property
    def values(self) -> dict[str, list[str]]:
        """The chosen values of each filter with a list of values."""
        return {name: self.cleaned_data[name] for name in self.facet_filters}

    @cached_property
    def active_filters(self) -> list[tuple[str, str]]:
        """What narrows the result, as parameters: the words, each value of each filter, the years."""
        pairs = [("q", self.cleaned_data["q"])] if self.cleaned_data["q"] else []
        pairs += [(name, value) for name, values in self.values.items() for value in values]
        return pairs + [(name, str(year)) for name in self.year_filters if (year := self.cleaned_data[name])]

    @cached_property
    def invalid_values(self) -> list[str]:
        """What was asked of a filter and is ignored because it makes no sense there, in words, the first few."""
        invalid = [
            f"{filter.label}: {value[:40]}"
            for name, filter in self.facet_filters.items()
            for value in dict.fromkeys(self.data.getlist(name))
            if value.strip() and value not in filter.choices and value not in filter.replaced
        ]
        invalid += [
            f"{filter.label} {self.data[name][:40]}"
            for name, filter in self.year_filters.items()
            if self.data.get(name, "").strip() and self.cleaned_data[name] is None
        ]
        return invalid[:INVALID_NAMED]
