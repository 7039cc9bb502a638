"""Citing a passage by its first words: whether it can be cited, whether it is already, and by whom.

The words become a fingerprint and are forgotten. Where a curator has loaded the text of the source, it is known as well
whether they stand in the section and paragraph named, and how many of them belong to the sentence.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from practices.curation.sources.texts import LoadedText, loaded_text
from practices.models import Citation, Section
from practices.provenance.citing import CitingUser, users_by_citation
from practices.provenance.fingerprints import WINDOW, fingerprint, words
from practices.provenance.paragraphs import SENTENCE_END
from practices.provenance.sections import CitedPassage

#: a passage of fewer words is a sentence of its own, or could stand anywhere
FEWEST_WORDS = 3


@dataclass(frozen=True)
class LookedUp:
    """What became of looking for a passage: its citation, not saved yet where it is new, and who uses it."""

    citation: Citation
    users: list[CitingUser]

    @property
    def is_new(self) -> bool:
        """Whether nobody has cited the passage."""
        return self.citation.pk is None


def look_up(
    section: Section | None,
    paragraph: int | None,
    text: str,
    loaded: LoadedText | None = None,
    besides: int | None = None,
) -> LookedUp:
    """Return the citation of the passage that starts with the words of `text`, the one there is or a new one.

    Where the text of the source is loaded, section and paragraph may be left open: its words tell them. The citation
    with the key `besides`, which is being changed, does not count as one that is there.
    Raises ValidationError, by the names of these parameters, where the passage cannot be cited so.
    """
    if section and loaded is None:
        loaded = loaded_text(section.source)
    opening = opening_words(text)
    if loaded:
        section, paragraph, opening = _in_text(loaded, section, paragraph, opening)
    if section is None or paragraph is None:
        missing = {"section": section, "paragraph": paragraph}
        raise ValidationError({name: _("Say where it stands.") for name in missing if missing[name] is None})
    citation = Citation(pk=besides, section=section, paragraph=paragraph)
    citation.clean_fields(exclude=["fingerprint", "words"])
    if same := same_passage(citation, opening):
        return LookedUp(same, users_by_citation(Citation.objects.filter(pk=same.pk)).get(same.pk, []))
    citation.pk = None
    citation.fingerprint, citation.words = fingerprint(opening), min(len(opening), WINDOW)
    return LookedUp(citation, [])


def opening_words(text: str) -> list[str]:
    """Return the words at which a cited sentence starts. Raises ValidationError where they are too few to know it."""
    opening = words(text)
    if not opening:
        raise ValidationError({"text": _("Give the words at which the cited sentence starts.")})
    if len(opening) < FEWEST_WORDS and not SENTENCE_END.search(text.strip()):
        raise ValidationError({"text": _("Give three words or more, or the whole sentence with its full stop.")})
    return opening


def same_passage(citation: Citation, opening: list[str]) -> Citation | None:
    """Return another citation of the same paragraph that starts with these words, be it of a shorter sentence."""
    place = Citation.objects.named().filter(section=citation.section_id, paragraph=citation.paragraph)
    longest_first = sorted(place.exclude(pk=citation.pk), key=lambda other: -other.words)
    same = (other for other in longest_first if other.words == min(len(opening), WINDOW))
    shorter = (other for other in longest_first if FEWEST_WORDS <= other.words < min(len(opening), WINDOW))
    for other in (*same, *shorter):
        if fingerprint(opening[: other.words]) == other.fingerprint:
            return other
    return None


@transaction.atomic
def saved(citation: Citation) -> Citation:
    """Return the citation as it is in the database: itself, or the same that somebody saved meanwhile."""
    if citation.pk:
        return citation
    key = {name: getattr(citation, name) for name in ("section", "paragraph", "fingerprint", "words")}
    return Citation.objects.get_or_create(**key)[0]


def _in_text(
    loaded: LoadedText, section: Section | None, paragraph: int | None, opening: list[str]
) -> tuple[Section | None, int | None, list[str]]:
    """Return section, paragraph and first words of the passage as the text has them."""
    starts = loaded.reading.occurrences(opening[:WINDOW])
    passages = {start: loaded.reading.passage_at(start) for start in starts}
    if not passages:
        raise ValidationError({"text": _("These words do not stand in the text that is loaded.")})
    sentences = {start: passages[start] for start in starts if start in loaded.reading.openings}
    if not sentences:
        reason = _("No sentence starts with these words. They stand in: %(places)s.")
        raise ValidationError({"text": reason % {"places": _places(loaded, passages.values())}})
    here = {start: passage for start, passage in sentences.items() if _is_at(loaded, passage, section, paragraph)}
    if not here:
        raise ValidationError(
            {"text": _("They stand elsewhere: %(places)s.") % {"places": _places(loaded, sentences.values())}}
        )
    if len({passage.location for passage in here.values()}) > 1:
        reason = _("They stand at several places: %(places)s. Choose one, or paste more words.")
        raise ValidationError({"text": reason % {"places": _places(loaded, here.values())}})
    start, passage = next(iter(here.items()))
    window = loaded.reading.words[start : start + passage.words]
    if passage.section in loaded.sections:
        return loaded.sections[passage.section], passage.paragraph, window
    return section, paragraph, window


def _is_at(loaded: LoadedText, passage: CitedPassage, section: Section | None, paragraph: int | None) -> bool:
    """Whether a passage stands in a section and paragraph, as far as they are given and known in the text."""
    if section is None or section.position not in loaded.found:
        return True
    return section.position == passage.section and paragraph in (None, passage.paragraph)


def _places(loaded: LoadedText, passages: Iterable[CitedPassage]) -> str:
    names = (loaded.name(passage.location) for passage in passages)
    return "; ".join(dict.fromkeys(names))
