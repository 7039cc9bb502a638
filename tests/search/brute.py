"""Search and facets once more, the slow and plain way: for tests to hold the fast way against.

Knows no text index and no bitmaps. Reads the published records over the ORM, keeps their words in lists and sets, and
decides by the rules as the modules of `practices.search` and `practices.pages` state them.
Only which filters there are (`index.schema`), how a text becomes words (`index.text`), which texts a practice has
(`index.documents`) and how a query is cut into terms (`search.query`) is taken from there: each has tests of its own.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from practices import models as kb
from practices.index import text
from practices.index.documents import Document, documents
from practices.index.schema import FACETS
from practices.search.query import Query, QueryTerm

Words = tuple[str, ...]
#: the values of each filter that is set: codes, but for years a number
Chosen = dict[str, Any]
#: the filters on what a practice holds itself, terms or a code of a closed list, with the name of its field
OWN = {name: field.name for name, field in FACETS.items() if field.kind in ("terms", "term", "choice")}
#: the filters that are conditions on one row
ROWS = {"country_links": ("country", "country_role"), "involvements": ("role", "function", "stakeholder")}
ROW_OF = {name: row for row, names in ROWS.items() for name in names}
#: what is asked of a practice, in few queries
WITH = [
    *(f"{OWN[name]}__parent" for name in OWN if FACETS[name].vocabulary),
    "country_links__country",
    "involvements__role__parent",
    "involvements__stakeholder",
    "citation_links__citation__section__source",
]
#: title and other names; summary, actors, countries, places; the rest
FIELD = {"title": 0, "name": 0, "summary": 1, "actor": 1, "country": 1, "place": 1}
WEIGHT = (4.0, 2.0, 1.0)
STRENGTH = {"exact": 1.0, "begun": 0.8, "corrected": 0.8, "synonym": 0.5}


@dataclass
class Text:
    """The words of one practice, text by text: (field, words)."""

    pieces: list[tuple[int, Words]] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    surfaces: set[str] = field(default_factory=set)

    def add(self, field: int, written: str) -> None:
        self.written.append(written)
        self.pieces.append((field, tuple(text.stems(written))))
        self.surfaces.update(token.surface for token in text.tokens(written))
        for joined, _parts in text.compounds(written):
            self.pieces.append((field, (text.stem(joined),)))
            self.surfaces.add(joined)

    def best_field(self, phrase: Words) -> int | None:
        """Return the weightiest field that holds a phrase, None where none does."""
        found = [field for field, words in self.pieces if holds(words, phrase)]
        return min(found, default=None)


def holds(words: Words, phrase: Words) -> bool:
    """Tell whether some words stand in a row in a text."""
    return any(words[at : at + len(phrase)] == phrase for at in range(len(words) - len(phrase) + 1))


@dataclass
class Unit:
    """Something to look for: the ways to match it, its parts, for how many of the reader's words it stands."""

    size: int
    ways: list[tuple[Words, str]]
    parts: list["Unit"]


@dataclass
class Outcome:
    """What a query finds: full and partial matches, and what each full or partial match is worth."""

    full: set[int]
    partial: set[int]
    worth: dict[int, tuple[float, ...]]


class World:
    """The public collection, read over the ORM."""

    def __init__(self) -> None:
        self.texts = {document.practice: text_of(document) for document in documents()}
        practices = kb.Practice.objects.published().prefetch_related(*WITH)
        self.facts = {practice.pk: Facts(practice) for practice in practices}
        self.all_ids = set(self.facts)
        self.sort_keys = dict(kb.Practice.objects.published().values_list("pk", "sort_key"))
        self.lexicon = sorted(set[str]().union(*(one.surfaces for one in self.texts.values())))
        self.known = set(self.lexicon)
        self.containing: dict[str, set[int]] = defaultdict(set)
        for practice, one in self.texts.items():
            for _, words in one.pieces:
                for word in words:
                    self.containing[word].add(practice)
        self.rings: dict[Words, set[Words]] = defaultdict(set)
        self.written_in_rings = {word for ring in kb.SynonymRing.objects.all() for word in ring.words}
        for ring in kb.SynonymRing.objects.all():
            members = {tuple(text.stems(word)) for word in ring.words}
            for member in members:
                self.rings[member] |= members - {member, ()}
        alone = (list(text.tokens(word)) for word in self.written_in_rings)
        self.nearby = Nearby(self.known | {tokens[0].surface for tokens in alone if len(tokens) == 1})
        self._fields: dict[Words, dict[int, int]] = {}
        self._corrected: dict[str, list[tuple[Words, str]]] = {}

    # Words

    def fields(self, phrase: Words) -> dict[int, int]:
        """Return the practices that hold a phrase, each with the weightiest field."""
        if phrase not in self._fields:
            candidates = set.intersection(*(self.containing.get(word, set()) for word in phrase))
            found = {practice: self.texts[practice].best_field(phrase) for practice in candidates}
            self._fields[phrase] = {practice: field for practice, field in found.items() if field is not None}
        return self._fields[phrase]

    def frequency(self, phrase: Words) -> int:
        """Return in how many fields of how many practices a phrase stands."""
        return sum(
            len({field for field, words in self.texts[practice].pieces if holds(words, phrase)})
            for practice in self.fields(phrase)
        )

    def reach(self, phrase: Words) -> int:
        """Return in how many fields of how many practices a phrase stands, or a synonym of it, one by one."""
        return sum(self.frequency(one) for one in {phrase, *self.rings.get(phrase, ())})

    # What a query asks for

    def find(self, query: Query) -> Outcome:
        """Return what a query finds."""
        units = [self.unit(term) for term in self.terms(query)]
        matches = [self.matching(unit) for unit in units]
        excluded = {practice for term in query.excluded for practice in self.matching(self.exactly(term))}
        full = {practice for practice in self.all_ids if all(practice in one for one in matches)} - excluded
        partial: set[int] = set()
        if len(full) < 5 and query.size > 1:
            words = {
                practice: sum(unit.size for unit, one in zip(units, matches, strict=True) if practice in one)
                for practice in self.all_ids
            }
            known = sum(unit.size for unit, one in zip(units, matches, strict=True) if one)
            enough = max(1, min((known + 1) // 2, max(words.values(), default=0)))
            partial = {one for one, number in words.items() if number >= enough} - full - excluded
        rarity = [idf(len(self.all_ids), len(one)) for one in matches]
        worth = {
            practice: tuple(one.get(practice, 0.0) * rare for one, rare in zip(matches, rarity, strict=True))
            for practice in full | partial
        }
        return Outcome(full, partial, worth)

    def terms(self, query: Query) -> Iterator[QueryTerm]:
        """Yield what is looked for: the longest runs of words that rings know, pairs also written in one, words."""
        left = list(query.terms)
        while left:
            taken = next((n for n in (5, 4, 3, 2) if len(left) >= n and self.together(left[:n])), 1)
            run, left = left[:taken], left[taken:]
            if taken == 1:
                if not query.is_stopword(run[0]):
                    yield run[0]
            else:
                phrase, surface = self.together(run) or ((), "")
                parts = run if surface else [term for term in run if not query.is_stopword(term)]
                yield QueryTerm(" ".join(term.text for term in run), phrase, surface, tuple(parts))

    def together(self, run: list[QueryTerm]) -> tuple[Words, str] | None:
        """Return the phrase (and the word written in one) that some terms in a row are, if they are one."""
        if any(term.quoted or term.parts for term in run):
            return None
        phrase = tuple(word for term in run for word in term.phrase)
        if phrase in self.rings:
            return phrase, ""
        joined = text.fold("".join(term.surface for term in run))
        return ((text.stem(joined),), joined) if len(run) == 2 and joined in self.known else None

    def unit(self, term: QueryTerm, *, synonyms: bool = True, doubtful: bool = True) -> Unit:
        """Return how a term can be matched: where no practice holds it or a synonym, it is begun or misspelt."""
        ways = [(term.phrase, "exact")]
        if not term.quoted and synonyms:
            ways += [(other, "synonym") for other in self.rings.get(term.phrase, ())]
        doubtful = doubtful and not term.quoted and not any(self.fields(phrase) for phrase, _how in ways)
        if not term.parts and (doubtful or term.starred):
            ways += self.begun(term) or (self.other_spellings(term.surface) if doubtful else [])
        alone = len(term.parts) == 1
        return Unit(term.size, ways, [self.unit(part, synonyms=alone, doubtful=doubtful) for part in term.parts])

    def exactly(self, term: QueryTerm) -> Unit:
        """Return how a term is matched that is excluded: no synonyms, no other spellings."""
        return Unit(1, [(term.phrase, "exact")], [self.exactly(part) for part in term.parts])

    def begun(self, term: QueryTerm) -> list[tuple[Words, str]]:
        """Return the words that one may be the beginning of."""
        if not term.is_prefix or len(term.surface) < 3:
            return []
        begun = [surface for surface in self.lexicon if surface.startswith(term.surface)]
        return [((text.stem(surface),), "begun") for surface in begun[:100]]

    def other_spellings(self, surface: str) -> list[tuple[Words, str]]:
        """Return the nearest words, or pairs of words, that practices hold, with their synonyms; three at most."""
        if surface not in self._corrected:
            slips = 0 if len(surface) < 4 else 1 if len(surface) < 8 else 2
            near = [(slip, (text.stem(word),)) for slip, word in self.nearby.words(surface, slips)]
            for at in range(3, len(surface) - 2):
                first, second = surface[:at], surface[at:]
                if {first, second} <= self.known:
                    near.append((1, (text.stem(first), text.stem(second))))
            near = [(slip, phrase) for slip, phrase in near if self.reach(phrase)]
            nearest = [phrase for slip, phrase in near if slip == min(near)[0]]
            best = sorted(nearest, key=lambda phrase: -self.reach(phrase))[:3]
            others = {other for phrase in best for other in self.rings.get(phrase, ())}
            self._corrected[surface] = [*((one, "corrected") for one in best), *((one, "synonym") for one in others)]
        return self._corrected[surface]

    def matching(self, unit: Unit) -> dict[int, float]:
        """Return the practices that match a unit, each with what its best match is worth."""
        found: dict[int, float] = {}
        for phrase, how in unit.ways:
            for practice, place in self.fields(phrase).items():
                found[practice] = max(found.get(practice, 0.0), STRENGTH[how] * WEIGHT[place])
        if unit.parts:
            weakest = [self.weightiest(part) for part in unit.parts]
            for practice in set.intersection(*(set(one) for one in weakest)):
                worth = WEIGHT[max(one[practice] for one in weakest)]
                found[practice] = max(found.get(practice, 0.0), worth)
        return found

    def weightiest(self, part: Unit) -> dict[int, int]:
        """Return the practices that match a part, each with the weightiest field."""
        found: dict[int, int] = {}
        for phrase, _how in part.ways:
            for practice, place in self.fields(phrase).items():
                found[practice] = min(found.get(practice, 2), place)
        return found

    # Filters

    def narrowed(self, chosen: Chosen, found: set[int] | None, without: str = "") -> list["Facts"]:
        """Return what is found and meets every filter, but for one."""
        return [facts for facts, missed in self.judged(chosen, found) if facts.meets_but(without, chosen, missed)]

    def judged(self, chosen: Chosen, found: set[int] | None) -> list[tuple["Facts", set[str]]]:
        """Return what is found, each with the conditions that it does not meet: one at most, or no filter matters."""
        asked = {name: values for name, values in chosen.items() if values}
        every = [self.facts[practice] for practice in (self.all_ids if found is None else found)]
        return [(facts, missed) for facts in every if len(missed := facts.missed(asked)) < 2]

    def counts(self, chosen: Chosen, found: set[int] | None) -> dict[str, dict[str, int]]:
        """Return the number of practices of each value of each filter, counted as if nothing were chosen in it."""
        counts: dict[str, dict[str, int]] = {name: defaultdict(int) for name in (*OWN, "source", *ROW_OF)}
        for facts, missed in self.judged(chosen, found):
            for name, counted in counts.items():
                if missed <= {ROW_OF.get(name, name)}:
                    for value in facts.values(name, chosen):
                        counted[value] += 1
        return counts


def idf(total: int, number: int) -> float:
    return math.log(1 + (total - number + 0.5) / (number + 0.5))


def text_of(document: Document) -> Text:
    """Return the words of a document, text by text."""
    made = Text()
    for passage in document.passages:
        for written in (passage.text, *passage.also):
            made.add(FIELD.get(passage.kind, 2), written)
    return made


def lineage(term: kb.Term) -> set[str]:
    """Return the code of a term and of the one above it."""
    return {term.code, *([term.parent.code] if term.parent else [])}


def codes(value: Any) -> set[str]:
    """Return the codes of what a field holds: a code, a term, or terms."""
    if isinstance(value, str):
        return {value} - {""}
    return set[str]().union(*map(lineage, [value] if isinstance(value, kb.Term) else value.all()))


def public(record: kb.Curated) -> set[str]:
    """Return the slug of a record that is public."""
    return {record.slug} if record and record.is_published else set()


class Facts:
    """What filters may ask of one practice."""

    def __init__(self, practice: kb.Practice) -> None:
        self.practice = practice
        self.terms = {name: codes(getattr(practice, field)) for name, field in OWN.items()}
        sources = (link.citation.section.source for link in practice.citation_links.all())
        self.terms["source"] = {slug for source in sources for slug in public(source)}
        self.rows: dict[str, list[dict[str, set[str]]]] = {
            "country_links": [
                {"country": {link.country.alpha2}, "country_role": {link.role}} for link in practice.country_links.all()
            ],
            "involvements": [
                {
                    "role": lineage(row.role),
                    "function": {row.function},
                    "stakeholder": {row.stakeholder.slug}
                    if row.stakeholder and row.stakeholder.is_published
                    else set(),
                }
                for row in practice.involvements.all()
            ],
        }
        known = {practice.year_start, practice.year_end} - {None}
        self.first = min(known, default=None)
        if known and practice.reported_status == "running" and practice.year_end is None:
            known |= {practice.status_year} - {None}
        self.last = max(known, default=None)

    def missed(self, asked: Chosen) -> set[str]:
        """Return the conditions that it does not meet; all on one kind of row are one, by the name of the row."""
        missed = {name for name in asked.keys() & self.terms.keys() if self.terms[name].isdisjoint(asked[name])}
        if "year_from" in asked and not (self.last and self.last >= asked["year_from"]):
            missed.add("year_from")
        if "year_to" in asked and not (self.first and self.first <= asked["year_to"]):
            missed.add("year_to")
        return missed | {row for row in ROWS if not asked.keys().isdisjoint(ROWS[row]) and not self.fitting(row, asked)}

    def meets_but(self, without: str, chosen: Chosen, missed: set[str]) -> bool:
        """Tell whether it meets every filter, but for one."""
        if without in ROW_OF and missed == {ROW_OF[without]}:
            return bool(self.fitting(ROW_OF[without], chosen, without))
        return missed <= {without}

    def fitting(self, row: str, chosen: Chosen, without: str = "") -> list[dict[str, set[str]]]:
        """Return the rows of one kind that meet all conditions on such a row, but for one."""
        asked = [(name, chosen[name]) for name in ROWS[row] if chosen.get(name) and name != without]
        return [one for one in self.rows[row] if not any(one[name].isdisjoint(values) for name, values in asked)]

    def values(self, name: str, chosen: Chosen) -> set[str]:
        """Return its values of a filter, those of rows only where the row meets the other conditions on it."""
        if name in self.terms:
            return self.terms[name]
        return set[str]().union(*(one[name] for one in self.fitting(ROW_OF[name], chosen, without=name)))


class Nearby:
    """The words that differ from one by a slip or two, found by leaving letters out on both sides."""

    def __init__(self, words: Iterable[str]) -> None:
        self.by_shorter: dict[str, list[str]] = defaultdict(list)
        for word in words:
            for shorter in shortened(word, 2 if len(word) > 3 else 1):
                self.by_shorter[shorter].append(word)

    def words(self, surface: str, slips: int) -> list[tuple[int, str]]:
        """Return (slips, word), the nearest first, then those that begin alike, then by the alphabet; twenty at most.

        The twenty are the nearest, and of these the first in the alphabet.
        """
        if not slips:
            return []
        candidates = {word for shorter in shortened(surface, slips) for word in self.by_shorter.get(shorter, ())}
        near = sorted((n, word) for word in candidates if (n := distance(word, surface)) <= slips)[:20]
        return sorted(near, key=lambda one: (one[0], one[1][0] != surface[0], one[1]))


def shortened(word: str, letters: int) -> set[str]:
    """Return a word with up to so many letters left out."""
    return {
        "".join(letter for at, letter in enumerate(word) if at not in out)
        for number in range(letters + 1)
        for out in combinations(range(len(word)), number)
    }


def distance(one: str, other: str) -> int:
    """Return how many letters to put in, leave out, change or swap with the next, none of them twice."""
    rows = [list(range(len(other) + 1))]
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, against in enumerate(other, 1):
            best = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                best = min(best, rows[-2][j - 2] + 1)
            row.append(best)
        rows.append(row)
    return rows[-1][-1]
