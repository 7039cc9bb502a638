"""Rings of synonyms as they are looked up: each word or phrase with those that answer for it."""

from collections import defaultdict
from collections.abc import Iterable

from practices.index import text
from practices.index.backends.base import Phrase
from practices.models import SynonymRing


def ring_words() -> list[list[str]]:
    """Return the words of each ring, as curators wrote them. One query."""
    return list(SynonymRing.objects.values_list("words", flat=True))


def by_phrase(rings: Iterable[list[str]]) -> dict[Phrase, dict[Phrase, str]]:
    """Return for each word or phrase in a ring the others, each as it is written."""
    others: dict[Phrase, dict[Phrase, str]] = defaultdict(dict)
    for words in rings:
        members = {tuple(text.stems(word)): word for word in words}
        for phrase in members:
            others[phrase] |= {other: word for other, word in members.items() if other and other != phrase}
    return dict(others)
