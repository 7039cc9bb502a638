"""What a text index answers, whatever the database: which practices hold a phrase, in which field."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from pyroaring import BitMap

#: consecutive index words; a single word is a phrase of one
Phrase = tuple[str, ...]
#: the practices that hold a phrase, by field, the weightiest first
Postings = tuple[BitMap, ...]


class Backend(Protocol):
    """A text index over `SearchDocument`."""

    def postings(self, phrases: Sequence[Phrase]) -> list[Postings]:
        """Return where each phrase stands, in one statement for some hundred of them."""

    def check(self) -> list[str]:
        """Return what is wrong between the text index and the documents it follows, in words."""

    def repair(self) -> None:
        """Make the text index anew from the documents."""

    def consistent_read(self) -> AbstractContextManager[object]:
        """Within this, many rows are read bit by bit, all as of one moment."""

    def bulk_write(self) -> AbstractContextManager[None]:
        """Within this, statements may take long, and the planner knows the sizes of the tables."""

    def deferred_text_index(self) -> AbstractContextManager[None]:
        """Within this, documents are written without the text index, which is made at the end in one go."""


def bitmap(keys: str | None) -> BitMap:
    """Return the numbers of a text such as "3,4,17"; both databases answer so faster than in rows."""
    return BitMap(map(int, keys.split(","))) if keys else BitMap()
