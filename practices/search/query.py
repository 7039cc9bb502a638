"""What a reader typed, as terms: words, "phrases", -exclusions, and a last word that may not be finished."""

import re
from dataclasses import dataclass, field, replace

from django.utils.functional import cached_property

from practices.index import text
from practices.index.backends.base import Phrase

#: how many characters of a query are read, and how many words
LONGEST, MAX_WORDS = 200, 12
#: a phrase in quotes of any sort, or what stands between spaces; a hyphen before either excludes it
PIECE = re.compile(r'(?P<minus>-(?=[^\s-]))?(?:"(?P<phrase>[^"]*)(?:"|$)|(?P<word>[^\s"]+))')
QUOTES = str.maketrans(dict.fromkeys("“”„«»″", '"') | {"\0": " "})


@dataclass(frozen=True)
class QueryTerm:
    """Something to look for. `parts` are the terms of a compound, all of which answer for it as well.

    `size` is how many of the reader's words it stands for; a quoted term is looked for as it stands. `is_prefix`
    is a word that may not be finished, `starred` one with an asterisk: all that begin so are meant.
    """

    text: str
    phrase: Phrase
    surface: str = ""
    parts: tuple["QueryTerm", ...] = ()
    quoted: bool = False
    is_prefix: bool = False
    starred: bool = False

    @property
    def size(self) -> int:
        return sum(part.size for part in self.parts) or 1


@dataclass(frozen=True)
class Query:
    """A reader's query: terms in their order, stop words among them.

    `truncated` says that its end is left out, `typing` that the reader has not finished its last word.
    """

    text: str
    terms: tuple[QueryTerm, ...] = ()
    excluded: tuple[QueryTerm, ...] = ()
    truncated: bool = False
    typing: bool = False

    @cached_property
    def size(self) -> int:
        """How many words there are to look for."""
        return sum(term.size for term in self.terms if not self.is_stopword(term))

    @cached_property
    def _has_content_words(self) -> bool:
        return any(not _stands_everywhere(term) for term in self.terms)

    def is_stopword(self, term: QueryTerm) -> bool:
        """Tell whether a term need not be looked for: a word of every text or one letter, where there are others."""
        return self._has_content_words and _stands_everywhere(term)

    def __bool__(self) -> bool:
        return bool(self.terms or self.excluded)


@dataclass
class QueryParser:
    """Reads the pieces of one query into terms."""

    terms: list[QueryTerm] = field(default_factory=list)
    excluded: list[QueryTerm] = field(default_factory=list)

    def add_phrase(self, written: str, excluded: bool) -> None:
        """Take in what stands in quotes."""
        if phrase := tuple(text.stems(written)):
            self._add(QueryTerm(f'"{written.strip()}"', phrase, quoted=True), excluded)

    def add_word(self, written: str, excluded: bool, last: bool) -> None:
        """Take in what stands between spaces: a word, or a compound with hyphens."""
        starred = written.endswith("*")
        parts = [QueryTerm(token.surface, (token.stem,), token.surface) for token in text.tokens(written)]
        if parts:
            parts[-1] = replace(parts[-1], is_prefix=starred or (last and not excluded), starred=starred)
        if len(parts) == 1:
            self._add(replace(parts[0], text=written.strip("*.,;:!?()")), excluded)
        elif parts:
            joined = text.fold("".join(part.surface for part in parts))
            self._add(QueryTerm(written, (text.stem(joined),), joined, tuple(parts[:4])), excluded)

    def _add(self, term: QueryTerm, excluded: bool) -> None:
        terms = self.excluded if excluded else self.terms
        if term.phrase not in [other.phrase for other in terms]:
            terms.append(term)


def parse(written: str, *, typing: bool = False) -> Query:
    """Return the query that a reader's text stands for; any text is one. `typing` says that its end is not finished."""
    plain = " ".join(text.composed(written[: LONGEST + 1]).translate(QUOTES).split())
    pieces = list(PIECE.finditer(plain[:LONGEST]))
    words = sum(len((piece["phrase"] or piece["word"] or "").split()) for piece in pieces)
    parser, left = QueryParser(), MAX_WORDS
    for piece in pieces:
        body = " ".join((piece["phrase"] or piece["word"] or "").split()[: max(0, left)])
        left -= len(body.split())
        excluded = bool(piece["minus"])
        if piece["phrase"] is not None:
            parser.add_phrase(body, excluded)
        else:
            parser.add_word(body, excluded, last=piece is pieces[-1])
    return Query(
        text=plain[:LONGEST].strip(),
        terms=tuple(parser.terms),
        excluded=tuple(parser.excluded),
        truncated=len(plain) > LONGEST or words > MAX_WORDS,
        typing=typing,
    )


def _stands_everywhere(term: QueryTerm) -> bool:
    """Tell whether every text has a word; what stands in quotes has no surface, and what a hyphen joins is no word."""
    if term.parts:
        return False
    return term.surface in text.STOPWORDS or (len(term.surface) == 1 and term.surface.isascii())
