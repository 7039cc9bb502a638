"""The page about the collection: how much it holds, and which reports it rests on."""

from dataclasses import dataclass

from practices.catalog import current
from practices.models import DataVersion, Finding, ReaderSuggestion, Source


@dataclass(frozen=True)
class AboutPage:
    """How much the collection holds, its reports by year, and its data version."""

    practice_count: int
    finding_count: int
    stakeholder_count: int
    sources: list[Source]
    version: DataVersion
    #: the readers who wish to be thanked for what is public now
    credits: list[str]


def about_page() -> AboutPage:
    """Return the page about the collection. Three queries."""
    catalog = current()
    return AboutPage(
        practice_count=len(catalog.snapshot.all_ids),
        finding_count=Finding.objects.published().count(),
        stakeholder_count=len(catalog.vocabularies.stakeholders),
        sources=list(Source.objects.published().order_by("year", "sort_key")),
        version=catalog.version,
        credits=list(dict.fromkeys(ReaderSuggestion.objects.credited().values_list("credit", flat=True))),
    )
