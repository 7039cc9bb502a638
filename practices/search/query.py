"""What a reader typed, as clues: words, "phrases", -exclusions, and a last word that may not be finished."""

import re
from dataclasses import dataclass, field, replace
from functools import cached_property

from practices.index import text
from practices.index.backends.base import Phrase

LONGEST = 200
MOST_WORDS = 12
#: a phrase in quotes of any sort, or what stands between spaces; a hyphen before either excludes it
PIECE = re.compile(r'(?P<minus>-(?=[^\s-]))?(?:"(?P<phrase>[^"]*)(?:"|$)|(?P<word>[^\s"]+))')
QUOTES = str.maketrans(dict.fromkeys("“”„«»″", '"') | {"\0": " "})


@dataclass(frozen=True)
class Clue:
    """Something to look for. `parts` are the clues of a compound, all of which answer for it as well.

    `size` is how many of the reader's words it stands for; a clue in quotes is looked for exactly as it stands. `begun`
    is a word that may not be finished, `open` one with an asterisk: all that begin so are meant.
    """

    text: str
    phrase: Phrase
    surface: str = ""
    parts: tuple["Clue", ...] = ()
    quoted: bool = False
    begun: bool = False
    open: bool = False

    @property
    def size(self) -> int:
        return sum(part.size for part in self.parts) or 1


@dataclass(frozen=True)
class Query:
    """A reader's query: clues in their order, stop words among them.

    `cut` says that its end is left out, `typing` that the reader has not finished its last word.
    """

    text: str
    clues: tuple[Clue, ...] = ()
    excluded: tuple[Clue, ...] = ()
    cut: bool = False
    typing: bool = False

    @cached_property
    def size(self) -> int:
        """How many words there are to look for."""
        return sum(clue.size for clue in self.clues if not self.is_stopword(clue))

    @cached_property
    def _has_telling_words(self) -> bool:
        return any(not _stands_everywhere(clue) for clue in self.clues)

    def is_stopword(self, clue: Clue) -> bool:
        """Tell whether a clue need not be looked for: a word of every text or one letter, where there are others."""
        return self._has_telling_words and _stands_everywhere(clue)

    def __bool__(self) -> bool:
        return bool(self.clues or self.excluded)


@dataclass
class Reader:
    """Reads one query."""

    clues: list[Clue] = field(default_factory=list)
    excluded: list[Clue] = field(default_factory=list)

    def phrase(self, written: str, excluded: bool) -> None:
        """Take in what stands in quotes."""
        if phrase := tuple(text.stems(written)):
            self._add(Clue(f'"{written.strip()}"', phrase, quoted=True), excluded)

    def word(self, written: str, excluded: bool, last: bool) -> None:
        """Take in what stands between spaces: a word, or a compound with hyphens."""
        found, is_open = list(text.tokens(written)), written.endswith("*")
        parts = [Clue(token.surface, (token.stem,), token.surface) for token in found]
        if parts:
            parts[-1] = replace(parts[-1], begun=is_open or (last and not excluded), open=is_open)
        if len(parts) == 1:
            self._add(replace(parts[0], text=written.strip("*.,;:!?()")), excluded)
        elif parts:
            joined = text.fold("".join(part.surface for part in parts))
            self._add(Clue(written, (text.stem(joined),), joined, tuple(parts[:4])), excluded)

    def _add(self, clue: Clue, excluded: bool) -> None:
        among = self.excluded if excluded else self.clues
        if clue.phrase not in [other.phrase for other in among]:
            among.append(clue)


def parse(written: str, *, typing: bool = False) -> Query:
    """Return the query of what a reader typed; whatever they paste, it is one."""
    plain = " ".join(text.composed(written[: LONGEST + 1]).translate(QUOTES).split())
    pieces = list(PIECE.finditer(plain[:LONGEST]))
    words = sum(len((piece["phrase"] or piece["word"] or "").split()) for piece in pieces)
    reader, left = Reader(), MOST_WORDS
    for piece in pieces:
        body = " ".join((piece["phrase"] or piece["word"] or "").split()[: max(0, left)])
        left -= len(body.split())
        excluded = bool(piece["minus"])
        if piece["phrase"] is not None:
            reader.phrase(body, excluded)
        else:
            reader.word(body, excluded, last=piece is pieces[-1])
    return Query(
        text=plain[:LONGEST].strip(),
        clues=tuple(reader.clues),
        excluded=tuple(reader.excluded),
        cut=len(plain) > LONGEST or words > MOST_WORDS,
        typing=typing,
    )


def _stands_everywhere(clue: Clue) -> bool:
    if clue.quoted or clue.parts:
        return False
    return clue.surface in text.STOPWORDS or (len(clue.surface) == 1 and clue.surface.isascii())
