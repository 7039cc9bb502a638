"""Why a practice was found: the words that match, marked where they stand, and by what way they match.

Marks are put into escaped text, so that nothing of a record or a query is ever markup.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import islice
from operator import itemgetter
from typing import NamedTuple

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from practices.index import text
from practices.index.backends.base import Phrase
from practices.index.schema import passage_label
from practices.search.expansion import TermMatch
from practices.search.matching import QueryMatch

#: how many reasons a result gives, and how many characters it shows around a match
MAX_REASONS, CONTEXT = 3, 70


@dataclass(frozen=True)
class Reason:
    """Where else a practice matches: the kind of passage, the passage with its marks, and what it answers for.

    `instead_of` is what the reader typed, where the match is a synonym or another spelling of it, else "".
    """

    kind: str
    passage: SafeString
    how: str
    instead_of: str

    @property
    def label(self) -> str:
        """What the passage is: "Target group"."""
        return passage_label(self.kind)

    @property
    def answers_for(self) -> str:
        """How the match answers for what was typed: "synonym of “job”", "spelling of “moroco”"; "" where it is that."""
        if not self.instead_of:
            return ""
        text = _("synonym of “%(word)s”") if self.how == "synonym" else _("spelling of “%(word)s”")
        return text % {"word": self.instead_of}


@dataclass
class Explanation:
    """A practice as a result shows it: title and summary with marks, and why else it matches."""

    title: SafeString
    summary: SafeString
    reasons: list[Reason] = field(default_factory=list)


class TextMatch(NamedTuple):
    """A term found in a text, from one character to another: its number among the terms, and how it matches."""

    start: int
    end: int
    term: int
    how: str


class TokenizedText(NamedTuple):
    """A text with its words as the index knows them, and where each begins and ends, one after the other.

    `compounds` are its hyphenated words as one: the stem, where its parts start, and where it ends.
    """

    written: str
    stems: tuple[str, ...]
    bounds: "array[int]"
    compounds: tuple[tuple[str, tuple[int, ...], int], ...]


class TokenizedPassage(NamedTuple):
    """A passage of a document, tokenized once: what it is, its text, and other names for it."""

    kind: str
    text: TokenizedText
    also: tuple[TokenizedText, ...]


def tokenize_passages(passages: Iterable[tuple[str, str, Sequence[str]]]) -> list[TokenizedPassage]:
    """Return the passages of a document, (kind, text, other names) each, tokenized."""
    return [TokenizedPassage(kind, tokenize(written), tuple(map(tokenize, also))) for kind, written, also in passages]


def tokenize(written: str) -> TokenizedText:
    """Return a text with its words."""
    tokens = list(text.TOKEN.finditer(written))
    stems = tuple(text.word(token.group())[1] for token in tokens)
    compounds = (
        (text.stem(joined), tuple(part.start for part in parts), parts[-1].end)
        for joined, parts in text.compounds(written)
    )
    return TokenizedText(
        written, stems, array("I", (bound for token in tokens for bound in token.span())), tuple(compounds)
    )


class Highlighter:
    """Finds and marks what a query looks for."""

    def __init__(self, query_match: QueryMatch | None) -> None:
        self.terms: list[TermMatch] = []
        self.phrases: dict[str, list[tuple[Phrase, int, str]]] = defaultdict(list)  # by their first word
        for term in query_match.terms if query_match else ():
            self._add(term)
        for phrases in self.phrases.values():
            phrases.sort(key=lambda phrase: (-len(phrase[0]), phrase[2] != "exact"))  # the longest first

    def _add(self, term: TermMatch) -> None:
        if not term.term.parts:
            self.terms.append(term)
        for part in term.parts:
            self._add(part)
        if term.term.parts:
            self.terms.append(term)
        for expansion in term.expansions:
            if expansion.phrase:
                self.phrases[expansion.phrase[0]].append((expansion.phrase, len(self.terms) - 1, expansion.how))

    def matches(self, tokenized: TokenizedText) -> list[TextMatch]:
        """Return what matches in a text, none over another."""
        matches, free, stems = list[TextMatch](), 0, tokenized.stems
        places = () if self.phrases.keys().isdisjoint(stems) else range(len(stems))
        for place in [place for place in places if stems[place] in self.phrases]:
            for phrase, term, how in self.phrases[stems[place]] if place >= free else ():
                after = place + len(phrase)
                if stems[place:after] == phrase:
                    matches.append(TextMatch(tokenized.bounds[2 * place], tokenized.bounds[2 * after - 1], term, how))
                    free = after
                    break
        if tokenized.compounds:
            starts = {match.start for match in matches}
            matches = sorted([*matches, *self._compounds(tokenized, starts)], key=itemgetter(0))
        return matches

    def _compounds(self, tokenized: TokenizedText, taken: set[int]) -> Iterator[TextMatch]:
        for stem, starts, end in tokenized.compounds:
            for phrase, term, how in self.phrases.get(stem, ()) if taken.isdisjoint(starts) else ():
                if len(phrase) == 1:
                    yield TextMatch(starts[0], end, term, how)
                    break

    def explain(self, practice: int, passages: Iterable[TokenizedPassage]) -> Explanation:
        """Return how a practice matches, from the passages of its document."""
        explanation, others = Explanation(SafeString(), SafeString()), list[TokenizedPassage]()
        unseen = {number for number, term in enumerate(self.terms) if practice in term.practices}
        for passage in passages:
            if passage.kind in ("title", "summary"):
                matches = self.matches(passage.text) if self.phrases else []
                unseen.difference_update(match.term for match in matches)
                setattr(explanation, passage.kind, marked(passage.text.written, matches))
            else:
                others.append(passage)
        explanation.reasons = list(islice(self._reasons(others, unseen), MAX_REASONS))
        return explanation

    def _reasons(self, passages: Iterable[TokenizedPassage], unseen: set[int]) -> Iterator[Reason]:
        """Yield the first passage for each term that neither title nor summary holds."""
        for passage in passages:
            if not unseen:
                return
            for tokenized in (passage.text, *passage.also):
                if matches := self.matches(tokenized):
                    first = next((match for match in matches if match.term in unseen), None)
                    unseen.difference_update(match.term for match in matches)
                    if first:
                        instead = self.terms[first.term].term.text if first.how in ("synonym", "corrected") else ""
                        yield Reason(passage.kind, excerpt(tokenized.written, matches, first), first.how, instead)
                    break


def marked(written: str, matches: Sequence[TextMatch], start: int = 0, end: int | None = None) -> SafeString:
    """Return a text, or a part of it, escaped, with what matches in <mark>."""
    pieces, place, stop = [], start, len(written) if end is None else end
    for match in matches:
        if match.start >= place and match.end <= stop:
            pieces += [
                escape(written[place : match.start]),
                "<mark>",
                escape(written[match.start : match.end]),
                "</mark>",
            ]
            place = match.end
    return SafeString("".join([*pieces, escape(written[place:stop])]))  # every piece is escaped


def excerpt(written: str, matches: Sequence[TextMatch], first: TextMatch) -> SafeString:
    """Return the words around a match, with an ellipsis where something is left out."""
    start = 0 if first.start <= CONTEXT else written.find(" ", first.start - CONTEXT) + 1
    end = len(written) if len(written) <= first.end + CONTEXT else written.rfind(" ", 0, first.end + CONTEXT)
    start, end = min(start, first.start), max(end, first.end)
    shown = marked(written, matches, start, end)
    return SafeString(f"{'… ' if start else ''}{shown}{' …' if end < len(written) else ''}")
