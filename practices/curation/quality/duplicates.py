"""Records that look like the same thing entered twice, by their names, and what explains those that are not.

Practices that share a named actor, a country and a topic look so from a lesser likeness of names on.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import product
from typing import NamedTuple

from rapidfuzz import fuzz, process

from practices.models import (
    Country,
    CountryLink,
    Curated,
    DistinctRecords,
    Involvement,
    Practice,
    Relation,
    RelationKind,
    Stakeholder,
)
from practices.models.curated import sort_key

#: how alike two names are, of 100, from which on they look the same: tried on the records of the first four reports,
#: where practices that have nothing to do with each other reach 80, and different organisations of one country 84
PRACTICES_ALIKE, STAKEHOLDERS_ALIKE = 85, 92
#: the same where they share actor, country and topic: of 52 such pairs that nothing explains, two are so much alike
SAME_SUBJECT_ALIKE = 65
#: of so many practices that share an actor, a country and a topic, nobody looks at each pair
MANY = 200
SMALL_WORDS = frozenset(["a", "an", "and", "at", "by", "for", "from", "in", "of", "on", "the", "to", "with"])


class Pair(NamedTuple):
    """Two records and how alike their most similar names are, of 100; the first has the lower ref."""

    first: Practice | Stakeholder
    second: Practice | Stakeholder
    alike: int

    @property
    def refs(self) -> tuple[str, str]:
        """The refs of both."""
        return self.first.ref, self.second.ref


class Name(NamedTuple):
    """One name of a record, as compared: its folded words in alphabetical order."""

    words: str
    record: Practice | Stakeholder
    is_acronym: bool


Pairs = dict[tuple[int, int], Pair]


def similar_practices(practices: Iterable[Practice]) -> Iterator[Pair]:
    """Yield practices with like names that nothing tells apart: no relation, no common whole, no other country."""
    yield from _unexplained(_pairs(_names_of(practices), PRACTICES_ALIKE))


def practices_on_the_same(practices: Iterable[Practice]) -> Iterator[Pair]:
    """Yield practices that share a named actor, a country and a topic, have somewhat like names, and no explanation.

    Those whose names alone are so much alike that `similar_practices` yields them are left out.
    """
    by_key = {practice.pk: practice for practice in practices}
    pairs: Pairs = {}
    for keys in _by_subject(by_key):
        if len(keys) <= MANY:
            pairs |= _pairs(_names_of(by_key[key] for key in keys), SAME_SUBJECT_ALIKE)
    yield from _unexplained({keys: pair for keys, pair in pairs.items() if pair.alike < PRACTICES_ALIKE})


def _by_subject(practices: Collection[int]) -> Iterator[set[int]]:
    """Yield those of some practices that share a named actor, a country and a topic. Three queries."""
    actors = Involvement.objects.exclude(stakeholder=None).order_by().values_list("practice_id", "stakeholder_id")
    countries, topics = _country_keys(), defaultdict[int, set[int]](set)
    for practice, topic in Practice.topics.through.objects.order_by().values_list("practice_id", "topic_id"):
        topics[practice].add(topic)
    shared: defaultdict[tuple[int, int, int], set[int]] = defaultdict(set)
    for practice, actor in actors.distinct():
        if practice in practices:
            for country, topic in product(countries[practice], topics[practice]):
                shared[actor, country, topic].add(practice)
    yield from (keys for keys in shared.values() if len(keys) > 1)


def _unexplained(pairs: Pairs) -> Iterator[Pair]:
    """Yield those pairs of practices that nothing tells apart."""
    countries, is_explained, distinct = _country_keys(), _explained_pairs(), _distinct(Practice)
    for (first, second), pair in pairs.items():
        if (
            _may_be_same(countries[first], countries[second])
            and not is_explained(first, second)
            and pair.refs not in distinct
        ):
            yield pair


def _country_keys() -> defaultdict[int, set[int]]:
    """Return the countries of each practice."""
    countries: defaultdict[int, set[int]] = defaultdict(set)
    for practice, country in CountryLink.objects.order_by().values_list("practice_id", "country_id"):
        countries[practice].add(country)
    return countries


def similar_stakeholders(stakeholders: Iterable[Stakeholder]) -> Iterator[Pair]:
    """Yield organisations with like names, unless they are of different countries.

    Within a country its name tells nothing apart: "Ministry of Labour" is like "Ministry of Labour of Portugal".
    """
    labels = _country_labels()
    names, countries = [], {}
    at_home: defaultdict[int, list[Name]] = defaultdict(list)
    for stakeholder in stakeholders:
        own, countries[stakeholder.pk] = stakeholder.country_id, _countries(stakeholder, labels)
        for name in _names(stakeholder, stakeholder.name):
            names.append(name)
            if own:
                at_home[own].append(name._replace(words=_without(name.words, labels[own])))
    distinct = _distinct(Stakeholder)
    pairs = _pairs(names, STAKEHOLDERS_ALIKE)
    for neighbours in at_home.values():
        pairs = _pairs(neighbours, STAKEHOLDERS_ALIKE) | pairs
    for (first, second), pair in pairs.items():
        if _may_be_same(countries[first], countries[second]) and pair.refs not in distinct:
            yield pair


# Names


def _names_of(practices: Iterable[Practice]) -> list[Name]:
    return [name for practice in practices for name in _names(practice, practice.title, practice.title_original)]


def _names(record: Practice | Stakeholder, *names: str) -> list[Name]:
    """Return the names of a record, the other ones too; those of no letter that folds to ASCII are left out."""
    acronyms = [(name["text"], name["kind"] == "acronym") for name in record.other_names]
    texts = [*((name, False) for name in names), *acronyms]
    folded = [Name(folded_name(text), record, is_acronym) for text, is_acronym in texts]
    return [name for name in folded if name.words]


def folded_name(text: str) -> str:
    """Return a name as it is compared: its folded words in alphabetical order, without small ones."""
    words = sort_key(text).split()
    return " ".join(sorted(word for word in words if word not in SMALL_WORDS) or words)


def _pairs(names: Iterable[Name], threshold: int) -> Pairs:
    """Return each two records of which a name of one is like a name of the other, by their primary keys."""
    pairs: Pairs = {}
    before: list[Name] = []
    words: list[str] = []
    for name in names:
        matches = process.extract(name.words, words, scorer=fuzz.ratio, score_cutoff=threshold, limit=None)
        for _words, alike, place in matches:
            other = before[place]
            # two acronyms may be the same by chance
            if name.record.pk == other.record.pk or (name.is_acronym and other.is_acronym):
                continue
            first, second = sorted((name.record, other.record), key=lambda record: record.ref)
            key = (first.pk, second.pk)
            if key not in pairs or pairs[key].alike < int(alike):
                pairs[key] = Pair(first, second, int(alike))
        before.append(name)
        words.append(name.words)
    return pairs


# What tells records apart


def _distinct(model: type[Curated]) -> set[tuple[str, str]]:
    """Return the refs of the pairs of which a curator said that they are not the same."""
    noted = DistinctRecords.objects.filter(kind=model._meta.model_name)
    return set(noted.values_list("first", "second"))


def told_apart(record: Curated) -> set[str]:
    """Return the refs of the records of which a curator said that they are not the same as this one."""
    return {ref for pair in _distinct(type(record)) if record.ref in pair for ref in pair if ref != record.ref}


def _may_be_same(countries: set[int], others: set[int]) -> bool:
    """Whether the countries of two records allow that they are the same: one has none that the other lacks."""
    return countries <= others or others <= countries


def _explained_pairs() -> Callable[[int, int], bool]:
    """Return whether two practices have a relation, or are part of the same whole, at whatever remove."""
    wholes: defaultdict[int, set[int]] = defaultdict(set)
    related: set[frozenset[int]] = set()
    for practice, other, kind in Relation.objects.order_by().values_list("practice_id", "other_id", "kind"):
        related.add(frozenset((practice, other)))
        if kind == RelationKind.PART_OF:
            wholes[practice].add(other)

    def with_wholes(practice: int) -> set[int]:
        ancestors, pending = set(), [practice]
        while pending:
            part = pending.pop()
            if part not in ancestors:
                ancestors.add(part)
                pending += wholes[part]
        return ancestors

    return lambda first, second: frozenset((first, second)) in related or bool(with_wholes(first) & with_wholes(second))


def _country_labels() -> dict[int, list[str]]:
    """Return the names of each country in every language, folded as the names that may hold them."""
    rows = Country.objects.values_list("pk", "label", "label_fr", "label_es")
    return {pk: [sort_key(label) for label in labels] for pk, *labels in rows}


def _countries(stakeholder: Stakeholder, labels: dict[int, list[str]]) -> set[int]:
    """Return the countries that a stakeholder is of or names."""
    name = f" {stakeholder.sort_key} "
    named = {pk for pk, texts in labels.items() if any(f" {text} " in name for text in texts)}
    return named | ({stakeholder.country_id} if stakeholder.country_id else set())


def _without(words: str, labels: list[str]) -> str:
    """Return the words of a name without a country's, all of them where nothing else is left."""
    own = {word for label in labels for word in label.split()}
    return " ".join(word for word in words.split() if word not in own) or words
