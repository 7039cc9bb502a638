"""The concepts of the glossary, each with the passages that explain it."""

from dataclasses import dataclass

from practices.models import Citation, Concept
from practices.provenance.citing import citations_of


@dataclass(frozen=True)
class Cited:
    """A passage as one line names it: section, paragraph and the year of the report."""

    citation: Citation

    def __str__(self) -> str:
        return f"{self.citation} ({self.citation.section.source.year})"

    def get_absolute_url(self) -> str:
        return self.citation.get_absolute_url()


@dataclass(frozen=True)
class Explained:
    """A concept and where the reports explain it, each paragraph once."""

    concept: Concept
    citations: list[Cited]


def explained() -> list[Explained]:
    """Return the public concepts by name, each with its citations of public sources. Three queries."""
    concepts = list(Concept.objects.published().by_title())
    cited = citations_of(Concept, [concept.pk for concept in concepts])
    return [Explained(concept, _each_paragraph_once(cited.get(concept.pk, []))) for concept in concepts]


def _each_paragraph_once(citations: list[Citation]) -> list[Cited]:
    paragraphs = {(one.section_id, one.paragraph): one for one in citations}
    return [Cited(one) for one in paragraphs.values()]
