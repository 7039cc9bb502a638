"""Records that may be the one that a curator is about to write down: alike by name, or by what they are about."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any, NamedTuple

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from rapidfuzz import fuzz, process

from practices.curation.quality.duplicates import folded_name, told_apart
from practices.models import CountryLink, Curated, Involvement, Place, Practice, Term

#: how alike two names are, of 100, from which on a curator is told: less than where nobody looks at each pair
ALIKE = 78
#: how many records are shown, and the fewest letters of a name that are compared
MOST, FEWEST_LETTERS = 6, 4


class Similar(NamedTuple):
    """A record like another, and why, in words."""

    record: Any
    why: str


class Facts(NamedTuple):
    """By what a practice is found besides its names: its named actors, countries and topics, by primary key."""

    actors: Collection[int] = ()
    countries: Collection[int] = ()
    topics: Collection[int] = ()


NO_FACTS = Facts()


def name_fields(model: type[Model]) -> list[str]:
    """Return the fields that hold the names of a model's records, the first of them its name; [] where it has none."""
    if issubclass(model, Term):
        return ["label", "label_fr", "label_es"]
    if model is Place:
        return ["name"]
    if not issubclass(model, Curated):
        return []
    return [model.name_field, *(["title_original"] if model is Practice else [])]


def similar_records(records: QuerySet, names: Iterable[str], record: Any, facts: Facts = NO_FACTS) -> list[Similar]:
    """Return those of some records that are like one of these names, or share all of `facts`; five queries at most.

    `record` is the one that is being written, None where it is new.
    """
    records = _others(records, record)
    why: dict[int, str] = {}
    for pk, alike in _alike(records, names):
        why[pk] = _("names alike by %(alike)d of 100") % {"alike": alike}
    if all(facts):
        shared = _("same actor, country and topic")
        for pk in _with_same(records, facts):
            why[pk] = f"{why[pk]}; {shared}" if pk in why else shared
    known = records.in_bulk(list(why)[: 2 * MOST])
    return [Similar(known[pk], why[pk]) for pk in why if pk in known][:MOST]


def similar_to(records: QuerySet, record: Any) -> list[Similar]:
    """Return those of some records that are like a saved one; eight queries at most."""
    names = [getattr(record, name) for name in name_fields(records.model)]
    return similar_records(records, names, record, _facts(record))


def _facts(record: Any) -> Facts:
    """Return by what a saved practice is found besides its names; three queries. Nothing of other records."""
    if not isinstance(record, Practice):
        return NO_FACTS
    return Facts(
        set(record.involvements.exclude(stakeholder=None).values_list("stakeholder", flat=True)),
        set(record.country_links.values_list("country", flat=True)),
        set(record.topics.values_list("pk", flat=True)),
    )


def _others(records: QuerySet, record: Any) -> QuerySet:
    """Return those of some records that may be the same as one: not itself, nor what curators told apart from it."""
    if not issubclass(records.model, Curated):
        return records if record is None else records.exclude(pk=record.pk)
    records = records.filter(draft_of=None)  # a pending edit is no record of its own
    return records if record is None else records.exclude(ref__in={record.ref, *told_apart(record)})


def _alike(records: QuerySet, names: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Yield the (key, how alike) of those with a name like one of these, the most alike first."""
    wanted = [folded_name(name) for name in names]
    wanted = [name for name in wanted if len(name) >= FEWEST_LETTERS]
    fields = name_fields(records.model)
    if not wanted or not fields:
        return
    others = ["other_names"] if hasattr(records.model, "other_names") else []
    known: dict[int, tuple[int, str]] = {}
    for pk, *values in records.values_list("pk", *fields, *others):
        for name in _texts(values):
            known[len(known)] = (pk, folded_name(name))
    best: dict[int, int] = {}
    choices = {number: name for number, (_pk, name) in known.items() if name}
    for name in wanted:
        for _name, alike, number in process.extract(name, choices, scorer=fuzz.ratio, score_cutoff=ALIKE, limit=20):
            pk = known[number][0]
            best[pk] = max(best.get(pk, 0), int(alike))
    yield from sorted(best.items(), key=lambda pair: (-pair[1], pair[0]))


def _texts(values: Iterable[Any]) -> Iterator[str]:
    """Yield the names in some fields, those of other names too."""
    for value in values:
        if isinstance(value, list):
            yield from (str(name["text"]) for name in value)
        elif value:
            yield value


def _with_same(records: QuerySet, facts: Facts) -> Iterator[int]:
    """Yield the keys of those practices that share an actor, a country and a topic with some, by title."""
    by_actor = Involvement.objects.filter(stakeholder__in=facts.actors)
    by_country = CountryLink.objects.filter(country__in=facts.countries)
    practices = records.filter(pk__in=by_actor.values("practice"))
    practices = practices.filter(pk__in=by_country.values("practice"))
    by_topic = Practice.topics.through.objects.filter(topic__in=facts.topics)
    practices = practices.filter(pk__in=by_topic.values("practice"))
    yield from practices.order_by("sort_key", "pk").values_list("pk", flat=True)[: 2 * MOST]
