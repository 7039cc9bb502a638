"""The concepts of the glossary, each with the passages that explain it."""

from collections import defaultdict
from dataclasses import dataclass

from practices.models import Citation, Concept
from practices.querysets import PUBLISHED


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
    links = Concept.citations.through.objects.filter(concept__in=[one.pk for one in concepts])
    found: dict[int, list[int]] = defaultdict(list)
    for concept, citation in links.order_by().values_list("concept_id", "citation_id"):
        found[citation].append(concept)
    cited: dict[int, list[Citation]] = defaultdict(list)
    public = Citation.objects.filter(pk__in=found, section__source__state=PUBLISHED).select_related("section__source")
    for passage in public.order_by("section__source__year", "section__position", "paragraph"):
        for owner in found[passage.pk]:
            cited[owner].append(passage)
    return [Explained(one, _each_paragraph_once(cited[one.pk])) for one in concepts]


def _each_paragraph_once(citations: list[Citation]) -> list[Cited]:
    paragraphs = {(one.section_id, one.paragraph): one for one in citations}
    return [Cited(one) for one in paragraphs.values()]
