"""Which countries do similar things: compared by the topics and target groups of their practices, without a query."""

from collections import Counter
from dataclasses import dataclass

from practices.catalog import current
from practices.catalog.counts import by_value, item
from practices.models import Country, Term

#: countries shown as similar
MAX_SIMILAR = 5
#: the least topics and groups that they must have in common, and how many of these are named
MIN_SHARED, SHARED_NAMED = 3, 4

#: how many practices there are on each topic and for each group, by (parameter, code)
ValueCounts = Counter[tuple[str, str]]


@dataclass(frozen=True)
class SimilarCountry:
    """A country that does similar things, its number of practices, and the topics and groups most shared with it."""

    country: Country
    shared: list[Term]
    count: int


def similar_countries(country: Country) -> list[SimilarCountry]:
    """Return the countries whose practices are most alike in topics and target groups, the most alike first.

    Alike is what the two have in common over what they have together (Jaccard), each topic and group weighing as many
    practices as there are on it: a country with a few practices is not like one with many.
    """
    profiles = country_profiles()
    own = profiles.get(country.alpha2, Counter())
    scores: dict[str, float] = {}
    for alpha2, other in profiles.items():
        shared = own & other
        if alpha2 != country.alpha2 and len(shared) >= MIN_SHARED:
            scores[alpha2] = shared.total() / (own | other).total()
    best = sorted(scores, key=lambda alpha2: (-scores[alpha2], alpha2))[:MAX_SIMILAR]
    countries = (current().vocabularies.country(alpha2) for alpha2 in best)
    return [_similar(other, own & profiles[other.alpha2]) for other in countries if other]


def _similar(country: Country, shared: ValueCounts) -> SimilarCountry:
    """Return a country with what it shares: of the most practices first, and of equals what is rarest elsewhere."""

    def rank(value: tuple[str, str]) -> tuple[int, float, tuple[str, str]]:
        parameter, code = value
        return -shared[value], -shared[value] / len(by_value(parameter)[code]), value

    terms = (item(*value) for value in sorted(shared, key=rank)[:SHARED_NAMED])
    practices = by_value("country")[country.alpha2]
    return SimilarCountry(country, [term for term in terms if isinstance(term, Term)], len(practices))


def country_profiles() -> dict[str, ValueCounts]:
    """Return how many practices each country has on the topics and for the groups without narrower ones, by code."""
    return current().derived("country profiles", _country_profiles)


def _country_profiles() -> dict[str, ValueCounts]:
    vocabularies = current().vocabularies
    leaves = {
        (parameter, code): practices
        for parameter in ("topic", "group")
        for code, practices in by_value(parameter).items()
        if isinstance(term := item(parameter, code), Term) and not vocabularies.children(term)
    }
    return {
        alpha2: Counter(
            {
                value: number
                for value, practices in leaves.items()
                if (number := practices.intersection_cardinality(own))
            }
        )
        for alpha2, own in by_value("country").items()
    }
