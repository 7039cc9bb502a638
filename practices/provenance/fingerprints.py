"""The words of a text as fingerprints see them, and the fingerprint of the first ten."""

import hashlib
import re
import unicodedata
from collections.abc import Sequence

#: the number of words that a fingerprint covers, where the sentence has so many
WINDOW = 10

WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


def words(text: str) -> list[str]:
    """Return the words of `text` as fingerprints see them: folded runs of letters and digits."""
    return [match[0].casefold() for match in WORD.finditer(normalised(text))]


def fingerprint(words: Sequence[str]) -> str:
    """Return the SHA-256 of up to ten first words, joined by single spaces, in hexadecimal."""
    return hashlib.sha256(" ".join(words[:WINDOW]).encode()).hexdigest()


def normalised(text: str) -> str:
    """Return `text` in NFKC, with one kind of apostrophe."""
    return unicodedata.normalize("NFKC", text).replace("’", "'")
