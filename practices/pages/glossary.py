"""The glossary: the concepts, each with the passages that explain it, and the vocabularies."""

from dataclasses import dataclass

from django.db.models.options import Options
from django.utils.translation import gettext as _

from practices.catalog import current
from practices.models import VOCABULARIES, Citation, Concept, Term
from practices.provenance.citing import citations_of


@dataclass(frozen=True)
class ConceptCitation:
    """A passage as one line names it: section, paragraph and the year of the report."""

    citation: Citation

    def __str__(self) -> str:
        section = self.citation.section
        names = {"section": section.numbered_title, "paragraph": self.citation.paragraph, "year": section.source.year}
        return _("%(section)s, paragraph %(paragraph)s (%(year)s)") % names

    def get_absolute_url(self) -> str:
        return self.citation.get_absolute_url()


@dataclass(frozen=True)
class ExplainedConcept:
    """A concept and where the reports explain it, each paragraph once."""

    concept: Concept
    citations: list[ConceptCitation]


@dataclass(frozen=True)
class GlossaryPage:
    """The concepts by name, and every vocabulary with its terms."""

    concepts: list[ExplainedConcept]
    vocabularies: list[tuple["Options[Term]", list[Term]]]


def glossary_page() -> GlossaryPage:
    """Return the glossary. Three queries."""
    terms = current().vocabularies
    return GlossaryPage(explained_concepts(), [(model._meta, terms.vocabulary(model)) for model in VOCABULARIES])


def explained_concepts() -> list[ExplainedConcept]:
    """Return the public concepts by name, each with its citations of public sources. Three queries."""
    concepts = list(Concept.objects.published().by_title())
    citations = citations_of(Concept, [concept.pk for concept in concepts])
    return [ExplainedConcept(concept, _each_paragraph_once(citations.get(concept.pk, []))) for concept in concepts]


def _each_paragraph_once(citations: list[Citation]) -> list[ConceptCitation]:
    paragraphs = {(citation.section_id, citation.paragraph): citation for citation in citations}
    return [ConceptCitation(citation) for citation in paragraphs.values()]
