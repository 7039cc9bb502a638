"""The values that a filter offers, in their order: terms, countries, organisations, sources, closed lists."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.translation import get_language

from practices.catalog import Catalog
from practices.catalog.vocabularies import Vocabularies
from practices.index.schema import FACETS, Field


@dataclass(frozen=True)
class Choice:
    """One value of a filter: what stands in the URL, what is shown, how deep it stands below broader ones."""

    value: str
    label: str
    depth: int = 0


Choices = dict[str, Choice]
#: the values of filters that are neither terms nor a closed list, by parameter: (value, label)
OTHERS: dict[str, Callable[[Vocabularies], Iterable[tuple[str, str]]]] = {
    # every country: one that no practice names finds none, rather than all
    "country": lambda vocabularies: ((country.alpha2, country.name) for country in vocabularies.countries.values()),
    "stakeholder": lambda vocabularies: vocabularies.stakeholders,
    "source": lambda vocabularies: vocabularies.sources,
}


def choices(parameter: str, catalog: Catalog) -> Choices:
    """Return the values of a filter by value, in the reader's language. No query once vocabularies are loaded."""
    field = FACETS[parameter]
    key = ("choices", parameter, get_language())
    return catalog.derived(key, lambda: {choice.value: choice for choice in _choices(field, catalog.vocabularies)})


def replaced(parameter: str, catalog: Catalog) -> dict[str, str]:
    """Return the value that answers for each one that is no longer offered: of merged terms and records."""
    field, vocabularies = FACETS[parameter], catalog.vocabularies
    if model := field.vocabulary:
        return catalog.derived(("replaced", parameter), lambda: vocabularies.replaced(model))
    return vocabularies.former.get(parameter, {})


def _choices(field: Field, vocabularies: Vocabularies) -> Iterable[Choice]:
    if field.vocabulary:
        terms = vocabularies.vocabulary(field.vocabulary)
        return [Choice(term.code, term.name, 1 if term.parent_id else 0) for term in terms]
    pairs = field.choices or OTHERS[field.parameter](vocabularies)
    return [Choice(value, str(label)) for value, label in pairs]
