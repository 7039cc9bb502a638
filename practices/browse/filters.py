"""The filters of practices, declared once: pages, chips, exports, feeds and tests derive from `PracticeFilter`.

To add a filter: one line in `PracticeFilter`. Unknown values are dropped, the good ones beside them stay; `role`,
`function` and `stakeholder` must hold on one involvement, `country` and `country_role` on one country link.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import django_filters
from django import forms
from django.http import QueryDict
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from practices.browse.reference import Reference, reference
from practices.models import (
    CountryRole,
    Dimension,
    Function,
    Kind,
    Level,
    PartnershipType,
    Practice,
    Source,
    Stage,
    Stakeholder,
    StakeholderRole,
    TargetGroup,
    Term,
    Topic,
)
from practices.querysets import PracticeQuerySet

LONGEST_QUERY = 200
SORTS = {"title": (_("Title"), ("sort_key", "pk")), "newest": (_("Latest start"), ("-year_start", "sort_key", "pk"))}


@dataclass(frozen=True)
class Choice:
    """One value of a filter: what stands in the URL, what is shown, what it selects, how deep it stands.

    What is not offered still works in an address: a country that no practice names finds none, rather than all.
    """

    value: str
    label: str
    keys: frozenset[int | str]
    depth: int = 0
    offered: bool = True


@dataclass(frozen=True)
class Option:
    """A choice as a page shows it: chosen or not, and the address that toggles it."""

    choice: Choice
    selected: bool
    toggle_url: str


@dataclass(frozen=True)
class Facet:
    """A filter as a page shows it."""

    name: str
    label: str
    options: list[Option]

    @property
    def selected(self) -> list[Option]:
        """The options that are chosen."""
        return [option for option in self.options if option.selected]


class QueryField(forms.CharField):
    """Search words: never an error, whatever a reader pastes."""

    def to_python(self, value: Any) -> str:
        return " ".join(str(value or "").replace("\0", " ").split())[:LONGEST_QUERY]

    def clean(self, value: Any) -> str:
        return self.to_python(value)


class WordsFilter(django_filters.Filter):
    """The search words."""

    field_class = QueryField


class CodesField(forms.MultipleChoiceField):
    """Any number of known codes; unknown ones are dropped."""

    def clean(self, value: Any) -> list[str]:
        return [code for code in dict.fromkeys(value or []) if self.valid_value(code)]


class CodesFilter(django_filters.Filter):
    """Practices with any of the chosen terms in a many-to-many or foreign key field."""

    field_class = CodesField

    def __init__(self, label: Any, field_name: str, choices: Callable[[Reference], list[Choice]]) -> None:
        self.load_choices = choices
        super().__init__(field_name=field_name, label=label, widget=forms.CheckboxSelectMultiple)

    def choose_from(self, choices: list[Choice]) -> None:
        """Set the values to choose from, as of the current data."""
        self.choices = choices
        self.extra["choices"] = [(choice.value, choice.label) for choice in choices]

    def keys(self, values: Iterable[str]) -> set[int | str]:
        """Return what the chosen values select; a broader term selects its narrower ones too."""
        chosen = set(values)
        return {key for choice in self.choices if choice.value in chosen for key in choice.keys}

    def filter(self, practices: PracticeQuerySet, values: list[str]) -> PracticeQuerySet:
        if Practice._meta.get_field(self.field_name).many_to_many:
            return practices.with_terms(**{self.field_name: self.keys(values)})
        return practices.filter(**{f"{self.field_name}__in": self.keys(values)})


class SourceFilter(CodesFilter):
    """Practices with a citation of any of the chosen sources."""

    def filter(self, practices: PracticeQuerySet, values: list[str]) -> PracticeQuerySet:
        return practices.cited_from(self.keys(values))


class RowFilter(CodesFilter):
    """A condition on a row of the practice. All conditions on the same kind of row must hold on one row."""

    def __init__(self, label: Any, row: str, column: str, choices: Callable[[Reference], list[Choice]]) -> None:
        self.row = row
        super().__init__(label, column, choices)

    def condition(self, values: list[str]) -> dict[str, Any]:
        """Return the condition on one row."""
        return {f"{self.field_name}__in": self.keys(values)}


def terms(model: type[Term]) -> Callable[[Reference], list[Choice]]:
    """Return the loader of a vocabulary's choices, narrower terms indented below their parent."""

    def load(known: Reference) -> list[Choice]:
        return [
            Choice(term.code, term.name, frozenset(known.with_narrower([term])), 1 if term.parent_id else 0)
            for term in known.vocabulary(model)
        ]

    return load


def closed(choices: Any) -> Callable[[Reference], list[Choice]]:
    """Return the loader of a closed list's choices."""
    return lambda known: [Choice(value, label, frozenset([value])) for value, label in choices.choices]


def countries(known: Reference) -> list[Choice]:
    """Return every country as a choice, by its alpha-2 code; offered are those that a public practice names."""
    return [
        Choice(country.alpha2, country.name, frozenset([pk]), offered=pk in known.named)
        for pk, country in known.countries.items()
    ]


def stakeholders(known: Reference) -> list[Choice]:
    """Return every public stakeholder as a choice."""
    rows = Stakeholder.objects.published().by_title().values_list("slug", "name", "pk")
    return [Choice(slug, name, frozenset([pk])) for slug, name, pk in rows]


def sources(known: Reference) -> list[Choice]:
    """Return every public source as a choice."""
    rows = Source.objects.published().order_by("year", "sort_key").values_list("slug", "title", "year", "pk")
    return [Choice(slug, f"{title} ({year})", frozenset([pk])) for slug, title, year, pk in rows]


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
    source = SourceFilter(_("Source"), "citation_links", sources)

    class Meta:
        model = Practice
        fields: list[str] = []

    def __init__(self, data: QueryDict | None = None, queryset: PracticeQuerySet | None = None) -> None:
        super().__init__(data or QueryDict(), queryset=queryset)
        known = reference()
        for codes in self.lists.values():
            codes.choose_from(codes.load_choices(known))

    @property
    def lists(self) -> dict[str, CodesFilter]:
        """The filters with a list of values, by parameter: all but the search words."""
        return {name: codes for name, codes in self.filters.items() if isinstance(codes, CodesFilter)}

    def filter_queryset(self, practices: PracticeQuerySet) -> PracticeQuerySet:
        rows: dict[str, dict[str, Any]] = {}
        for name, codes in self.lists.items():
            values = self.chosen[name]
            if values and isinstance(codes, RowFilter):
                rows.setdefault(codes.row, {}).update(codes.condition(values))
            elif values:
                practices = codes.filter(practices, values)
        for row, conditions in rows.items():
            practices = practices.having(row, **conditions)
        return practices.matching_text(self.chosen["q"]).order_by(*SORTS[self.sort][1])

    @cached_property
    def chosen(self) -> dict[str, Any]:
        """What the reader asked for, after cleaning: words under `q`, a list of values under each other name."""
        self.form.is_valid()
        return self.form.cleaned_data

    @property
    def sort(self) -> str:
        """The order asked for, or the first one."""
        asked = self.data.get("sort", "")
        return asked if asked in SORTS else next(iter(SORTS))

    @property
    def params(self) -> list[tuple[str, str]]:
        """The query as it is understood, without the page: what every link and export of this result carries."""
        pairs = [("q", self.chosen["q"])] if self.chosen["q"] else []
        pairs += [(name, value) for name in self.lists for value in self.chosen[name]]
        return pairs + ([("sort", self.sort)] if self.sort != next(iter(SORTS)) else [])

    def url_with(self, name: str, value: str) -> str:
        """Return the address of this result with one more value of a filter."""
        return address([*self.params, (name, value)])

    def url_without(self, *names: str, value: str | None = None) -> str:
        """Return the address of this result without some filters, or without one value of them."""
        kept = [pair for pair in self.params if pair[0] not in names or (value is not None and pair[1] != value)]
        return address(kept)

    def facets(self) -> list[Facet]:
        """Return every filter with its options, for the page's form."""
        return [Facet(name, str(codes.label), self._options(name, codes)) for name, codes in self.lists.items()]

    def _options(self, name: str, codes: CodesFilter) -> list[Option]:
        chosen = set(self.chosen[name])
        return [
            Option(choice, True, self.url_without(name, value=choice.value))
            if choice.value in chosen
            else Option(choice, False, self.url_with(name, choice.value))
            for choice in codes.choices
            if choice.offered or choice.value in chosen
        ]


def address(params: list[tuple[str, str]]) -> str:
    """Return a relative address with these parameters."""
    return "?" + urlencode(params)
