"""The citations of a source, held against its text: where each stands, and what the cited paragraphs say."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.utils.functional import cached_property

from practices.models import Citation, Curated, Section, Source
from practices.provenance.citing import records_by_citation
from practices.provenance.paragraphs import Paragraph, paragraphs
from practices.provenance.sections import CitedPassage, Location, Reading, SectionMark
from practices.provenance.verification import Verdict, VerdictKind, verify


@dataclass(frozen=True)
class Verification:
    """What a text says of the sections and citations of its source. Sections by their position."""

    source: Source
    sections: dict[int, Section]
    missing: list[SectionMark]
    results: list[tuple[Citation, Verdict]]
    #: the text's paragraphs with their places; a heading that is no part of a paragraph has the number 0
    paragraphs: list[tuple[Location, Paragraph]] = field(repr=False)

    @classmethod
    def of(cls, source: Source, text: str) -> "Verification":
        """Read the rows of `source` and look for them in `text`. Two queries."""
        sections = {section.position: section for section in source.sections.all()}
        marks = [section_mark(section) for section in sections.values() if section.heading_fingerprint]
        citations = list(Citation.objects.filter(section__source=source).select_related("section"))
        verdicts = verify(text, marks, map(_passage, citations))
        split = paragraphs(text)
        reading = Reading(split, marks)
        results = list(zip(citations, verdicts, strict=True))
        return cls(source, sections, reading.missing, results, list(zip(reading.locations, split, strict=True)))

    @property
    def is_good(self) -> bool:
        """Whether every section is found, and every citation in the section that it names."""
        return not self.missing and all(verdict.in_section for _, verdict in self.results)

    @property
    def is_of_another_text(self) -> bool:
        """Whether it is the text of something else: reports share headings such as "Introduction", hardly sentences."""
        marks = [section for section in self.sections.values() if section.heading_fingerprint]
        matches = sum(verdict.kind != VerdictKind.MISSING for _, verdict in self.results)
        return len(self.missing) * 2 > len(marks) and matches * 4 <= len(self.results)

    @cached_property
    def lengths(self) -> dict[int, int]:
        """How many paragraphs each section has in the text, by its position."""
        lengths: defaultdict[int, int] = defaultdict(int)
        for location, _ in self.paragraphs:
            lengths[location.section] = max(lengths[location.section], location.paragraph)
        return dict(lengths)

    def verdict(self, citation: Citation) -> Verdict:
        """Return what the text says of a citation of its source."""
        return self._verdicts[citation.pk]

    def cited_text(self, citation: Citation) -> str:
        """Return the paragraphs of its section in which the words of a citation stand; empty where they do not."""
        verdict = self.verdict(citation)
        locations = {location for location in verdict.locations if location.section == verdict.citation.section}
        return "\n".join(self._texts[location] for location in sorted(locations))

    @cached_property
    def _verdicts(self) -> dict[int, Verdict]:
        return {citation.pk: verdict for citation, verdict in self.results}

    @cached_property
    def _texts(self) -> dict[Location, str]:
        """What stands at each place to which a citation may point: a heading goes with the paragraph below it."""
        texts: defaultdict[Location, list[str]] = defaultdict(list)
        for location, paragraph in self.paragraphs:
            texts[Location(location.section, max(1, location.paragraph))].append(paragraph.text)
        return {location: "\n".join(parts) for location, parts in texts.items()}

    def citing(self) -> dict[int, list[Curated]]:
        """Return the records that use each citation, by the citation's primary key, in the order of refs."""
        return records_by_citation(self.source)


def section_mark(section: Section) -> SectionMark:
    """Return how a section is recognised in the text of its source."""
    return SectionMark(section.position, section.heading_fingerprint, section.heading_words, section.title)


def _passage(citation: Citation) -> CitedPassage:
    return CitedPassage(citation.section.position, citation.paragraph, citation.fingerprint, citation.words)
