"""Whether citations stand in a text: every window of it is hashed and compared."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from practices.provenance.paragraphs import paragraphs
from practices.provenance.sections import CitedPassage, Location, Reading, SectionMark


class VerdictKind(StrEnum):
    """What became of a citation. The values are words of the report."""

    FOUND = "found"
    REPEATED = "found more than once"
    ELSEWHERE = "in another place"
    MISSING = "missing"


@dataclass(frozen=True)
class Verdict:
    """What a text says of a citation: the kind of verdict, and every place where its words stand."""

    citation: CitedPassage
    kind: VerdictKind
    locations: tuple[Location, ...] = ()

    @property
    def in_section(self) -> bool:
        """Whether its words stand in the section that it names."""
        return any(location.section == self.citation.section for location in self.locations)

    @property
    def others(self) -> tuple[Location, ...]:
        """The locations besides the one cited; the cited one too if its words stand there more than once."""
        others = list(self.locations)
        if self.citation.location in others:
            others.remove(self.citation.location)
        return tuple(others)


def verify(text: str, marks: Sequence[SectionMark], citations: Iterable[CitedPassage]) -> list[Verdict]:
    """Return the verdict on each citation, in their order.

    Every window of the text is hashed, so that a citation is found wherever it stands. A section whose heading is
    missing is passed over here (`missing_headings` names it): what it held is then found in the section before it.
    """
    citations = list(citations)
    reading = Reading(paragraphs(text), marks)
    matches: dict[tuple[int, str], list[Location]] = {(cited.words, cited.fingerprint): [] for cited in citations}
    for size in {citation.words for citation in citations}:
        for start, window in reading.windows(size):
            if (size, window) in matches:
                matches[size, window].append(reading.location(start))
    return [_verdict(citation, tuple(matches[citation.words, citation.fingerprint])) for citation in citations]


def _verdict(citation: CitedPassage, locations: tuple[Location, ...]) -> Verdict:
    if not locations:
        return Verdict(citation, VerdictKind.MISSING)
    if citation.location not in locations:
        return Verdict(citation, VerdictKind.ELSEWHERE, locations)
    return Verdict(citation, VerdictKind.FOUND if len(locations) == 1 else VerdictKind.REPEATED, locations)
