"""Practices that belong with another, each with the reason: stated, the same actor, or the same task elsewhere.

All but the relations is found on bitmaps in memory; two queries: the relations, and the cards of what is shown.
"""

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from heapq import nsmallest
from typing import Any

from django.db.models import Q
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from pyroaring import BitMap

from practices.catalog import current
from practices.catalog.counts import by_value, item
from practices.catalog.link import lower_first
from practices.models import Country, Practice, Relation, RelationKind
from practices.search.cards import Card, cards_of

MOST = 8
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
#: how many shared by_value a reason names
NAMED = 3


@dataclass
class Related:
    """A practice that belongs with another: `kind` of the relation, "actor" or "task"; reason in words; citing rows."""

    kind: str
    card: Card
    reason: str = ""
    relation: int | None = None
    notes: list[Any] = field(default_factory=list)

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


def related(practice: Practice, profile: Profile, most: int = MOST) -> list[Related]:
    """Return the practices that belong with one: all that are stated, then up to `most` those with most in common."""
    stated = _stated(practice)
    others = _alike(practice, profile, most + len(stated))
    made = {card.practice.pk: card for card in cards_of([*(other for other, _, _ in stated), *others])}
    found = [
        Related(kind, made[other], _in_common(made[other], profile)[1], row)
        for other, kind, row in stated
        if other in made
    ]
    known = {one.practice.pk for one in found}
    for other in others:
        if other in made and other not in known:
            kind, reason = _in_common(made[other], profile)
            found.append(Related(kind, made[other], reason))
    return found[: max(most, len(stated))]


def _stated(practice: Practice) -> list[tuple[int, str, int | None]]:
    """Return (other practice, kind, own relation or None) of what sources say, each other practice and kind once."""
    found: dict[tuple[int, str], int | None] = {}
    for row in Relation.objects.filter(Q(practice=practice) | Q(other=practice)).order_by("position", "pk"):
        forward = row.practice_id == practice.pk
        key = (row.other_id, row.kind) if forward else (row.practice_id, REVERSED[RelationKind(row.kind)])
        found[key] = found.get(key) or (row.pk if forward else None)
    stated = [(other, str(kind), row) for (other, kind), row in found.items()]
    return sorted(stated, key=lambda one: ORDER.index(one[1]))


def _alike(practice: Practice, profile: Profile, most: int) -> list[int]:
    """Return the practices with the same actor, or the same topic and target group in another country, best first.

    What is rare counts more than what is everywhere.
    """
    held = current().snapshot
    by_list = {name: by_value(name) for name in WEIGHTS}
    sharing = {name: BitMap() for name in WEIGHTS}
    for name, code in profile.codes():
        sharing[name] |= by_list[name].get(code, BitMap())
    here = BitMap.union(BitMap(), *(by_value("country").get(code, BitMap()) for code in profile.countries))
    anywhere = BitMap.union(BitMap(), *by_value("country").values())
    elsewhere = sharing["topic"] & sharing["group"] & (anywhere - here)
    candidates = (sharing["stakeholder"] | elsewhere) - BitMap([practice.pk])
    scores: dict[int, float] = defaultdict(float)
    for name, code in profile.codes():
        among = by_list[name].get(code, BitMap())
        worth = WEIGHTS[name] * math.log1p(len(held.all_ids) / max(len(among), 1))
        for other in among & candidates:
            scores[other] += worth
    places = held.rank["title"]
    return nsmallest(most, scores, key=lambda one: (-scores[one], places[one]))


def _in_common(card: Card, profile: Profile) -> tuple[str, str]:
    """Return what a practice has in common with the one whose profile this is: "actor" or "task", and in words."""
    if actors := _shared("stakeholder", profile.stakeholders, card):
        return "actor", _("same actor: %(names)s") % {"names": _said(actors)}
    said = {
        "topics": _said(_shared("topic", profile.topics, card)),
        "groups": _said(_shared("group", profile.groups, card)),
        "countries": _said([str(country) for country in _countries(card)]),
    }
    if all(said.values()):
        reason = _("same topic and target group in %(countries)s: %(topics)s, for %(groups)s") % said
        return "task", reason
    return "task", _("same topic: %(topics)s") % said if said["topics"] else ""


def _shared(name: str, codes: list[str], card: Card) -> list[str]:
    """Return the names of the by_value that a practice has among some codes, the rarest first."""
    found = by_value(name)
    shared = sorted(
        (code for code in codes if card.practice.pk in found.get(code, ())), key=lambda code: len(found[code])
    )
    names = [str(item(name, code)) for code in shared]
    return names if name == "stakeholder" else [lower_first(one) for one in names]


def _countries(card: Card) -> list[Country]:
    return list(dict.fromkeys(country for country, _role in card.countries))


def _said(names: list[str]) -> str:
    """Return at most NAMED names as a reader says them: "a, b and c"."""
    return str(get_text_list(names[:NAMED], _("and")))
