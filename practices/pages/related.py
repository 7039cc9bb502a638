"""Practices that belong with another, each with the reason: stated, the same actor, or the same task elsewhere.

All but the relations is found on bitmaps in memory; two queries: the relations, and the cards of what is shown.
"""

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from heapq import nsmallest

from django.db.models import Q
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from pyroaring import BitMap

from practices.catalog import current
from practices.catalog.counts import by_value, item
from practices.catalog.link import lower_first
from practices.models import Country, Practice, Relation, RelationKind
from practices.pages.footnotes import Note
from practices.search.cards import Card, cards_of

#: how many are shown where fewer are stated
MAX_RELATED = 8
#: how a relation reads from the other end
REVERSED = {
    RelationKind.PART_OF: "has-part",
    RelationKind.CONTINUES: "continued-by",
    RelationKind.SEE_ALSO: "see-also",
}
#: the kinds of relation in the order in which they are shown
ORDER = ("part-of", "has-part", "continues", "continued-by", "see-also")
#: what a shared value counts against one of equal rarity in another list
WEIGHTS = {"stakeholder": 3.0, "group": 1.5, "topic": 1.0}
#: how many shared values a reason names
NAMED = 3


@dataclass
class Related:
    """A practice that belongs with another: `kind` of the relation, "actor" or "task"; the reason in words.

    `relation` is the key of the row that states it, for `notes`; None where it is stated elsewhere, or not at all.
    """

    kind: str
    card: Card
    reason: str = ""
    relation: int | None = None
    notes: list[Note] = field(default_factory=list)

    @property
    def is_stated(self) -> bool:
        """Whether a record says so, rather than what the two have in common."""
        return self.kind in ORDER

    @property
    def practice(self) -> Practice:
        """The practice itself."""
        return self.card.practice


@dataclass(frozen=True)
class Profile:
    """What of a practice is compared: codes of its topics, target groups and public organisations, its countries."""

    topics: list[str]
    groups: list[str]
    stakeholders: list[str]
    countries: list[str]

    def codes(self) -> Iterable[tuple[str, str]]:
        """Yield (parameter, code) of everything but the countries."""
        for name, codes in (("stakeholder", self.stakeholders), ("group", self.groups), ("topic", self.topics)):
            yield from ((name, code) for code in codes)


def related(practice: Practice, profile: Profile, limit: int = MAX_RELATED) -> list[Related]:
    """Return the practices that belong with one: all that are stated, then up to `limit` those with most in common."""
    stated = _stated(practice)
    similar = _similar(practice, profile, limit + len(stated))
    cards = {card.practice.pk: card for card in cards_of([*(other for other, _kind, _row in stated), *similar])}
    practices = [
        Related(kind, cards[other], _in_common(cards[other], profile)[1], row)
        for other, kind, row in stated
        if other in cards
    ]
    stated_keys = {other for other, _kind, _row in stated}
    for other in similar:
        if other in cards and other not in stated_keys:
            kind, reason = _in_common(cards[other], profile)
            practices.append(Related(kind, cards[other], reason))
    return practices[: max(limit, len(stated))]


def _stated(practice: Practice) -> list[tuple[int, str, int | None]]:
    """Return (other practice, kind, own relation or None) of what sources say, each other practice and kind once."""
    relations: dict[tuple[int, str], int | None] = {}
    for row in Relation.objects.filter(Q(practice=practice) | Q(other=practice)).order_by("position", "pk"):
        forward = row.practice_id == practice.pk
        key = (row.other_id, row.kind) if forward else (row.practice_id, REVERSED[RelationKind(row.kind)])
        relations[key] = relations.get(key) or (row.pk if forward else None)
    stated = [(other, str(kind), row) for (other, kind), row in relations.items()]
    return sorted(stated, key=lambda relation: ORDER.index(relation[1]))


def _similar(practice: Practice, profile: Profile, limit: int) -> list[int]:
    """Return the practices with the same actor, or the same topic and target group in another country, best first.

    What is rare counts more than what is everywhere.
    """
    snapshot = current().snapshot
    practices = {parameter: by_value(parameter) for parameter in WEIGHTS}
    sharing = {parameter: BitMap() for parameter in WEIGHTS}
    for parameter, code in profile.codes():
        sharing[parameter] |= practices[parameter].get(code, BitMap())
    here = BitMap.union(BitMap(), *(by_value("country").get(code, BitMap()) for code in profile.countries))
    anywhere = BitMap.union(BitMap(), *by_value("country").values())
    elsewhere = sharing["topic"] & sharing["group"] & (anywhere - here)
    candidates = (sharing["stakeholder"] | elsewhere) - BitMap([practice.pk])
    scores: dict[int, float] = defaultdict(float)
    for parameter, code in profile.codes():
        with_value = practices[parameter].get(code, BitMap())
        weight = WEIGHTS[parameter] * math.log1p(len(snapshot.all_ids) / max(len(with_value), 1))
        for other in with_value & candidates:
            scores[other] += weight
    rank = snapshot.rank["title"]
    return nsmallest(limit, scores, key=lambda other: (-scores[other], rank[other]))


def _in_common(card: Card, profile: Profile) -> tuple[str, str]:
    """Return what a practice has in common with the one whose profile this is: "actor" or "task", and in words."""
    if actors := _shared("stakeholder", profile.stakeholders, card):
        return "actor", _("same actor: %(names)s") % {"names": join_names(actors)}
    names = {
        "topics": join_names(_shared("topic", profile.topics, card)),
        "groups": join_names(_shared("group", profile.groups, card)),
        "countries": join_names([str(country) for country in _countries(card)]),
    }
    if all(names.values()):
        reason = _("same topic and target group in %(countries)s: %(topics)s, for %(groups)s") % names
        return "task", reason
    return "task", _("same topic: %(topics)s") % names if names["topics"] else ""


def _shared(parameter: str, codes: list[str], card: Card) -> list[str]:
    """Return the names of those values, out of some codes of a parameter, that a practice has, the rarest first."""
    practices = by_value(parameter)
    shared = [code for code in codes if card.practice.pk in practices.get(code, ())]
    names = [str(item(parameter, code)) for code in sorted(shared, key=lambda code: len(practices[code]))]
    return names if parameter == "stakeholder" else [lower_first(name) for name in names]


def _countries(card: Card) -> list[Country]:
    return list(dict.fromkeys(country for country, _role in card.countries))


def join_names(names: list[str]) -> str:
    """Return at most NAMED names as a sentence has them: "a, b and c"."""
    return str(get_text_list(names[:NAMED], _("and")))
