"""Practices as lists show them: each with its countries and dimensions, in three queries however many there are."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from practices.browse.reference import Reference, reference
from practices.models import Country, CountryLink, Dimension, Kind, Practice
from practices.querysets import PracticeQuerySet


@dataclass(frozen=True)
class Card:
    """One practice in a list."""

    practice: Practice
    kind: Kind
    countries: list[tuple[Country, str]] = field(default_factory=list)
    dimensions: list[Dimension] = field(default_factory=list)

    @property
    def title(self) -> str:
        return self.practice.title

    @property
    def summary(self) -> str:
        return self.practice.summary

    @property
    def url(self) -> str:
        return self.practice.get_absolute_url()

    @property
    def years(self) -> str:
        """The years, as "2001-2006", "since 2001", "until 2006" is said in templates from these two; "" if unknown."""
        return "–".join(str(year) for year in (self.practice.year_start, self.practice.year_end) if year)


def cards(practices: PracticeQuerySet | Iterable[Practice]) -> list[Card]:
    """Return practices as cards, in their order."""
    known = reference()
    rows = list(practices)
    made = {practice.pk: Card(practice, known.terms[Kind][practice.kind_id]) for practice in rows}
    for link in CountryLink.objects.filter(practice__in=made).order_by("practice_id", "position"):
        made[link.practice_id].countries.append((known.countries[link.country_id], link.role))
    _add_dimensions(made, known)
    return [made[practice.pk] for practice in rows]


def _add_dimensions(made: dict[int, Card], known: Reference) -> None:
    through = Practice.dimensions.through.objects.filter(practice__in=made).order_by("dimension__order")
    for practice_id, dimension_id in through.values_list("practice_id", "dimension_id"):
        made[practice_id].dimensions.append(known.terms[Dimension][dimension_id])
