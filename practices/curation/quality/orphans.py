"""Which pages lead to a record: records that hardly any other page links to are found by chance only."""

from collections import defaultdict
from collections.abc import Iterator

from django.db.models import Model

from practices.models import (
    Country,
    Curated,
    Dimension,
    Event,
    Finding,
    Practice,
    Source,
    Stakeholder,
    StakeholderRole,
    TargetGroup,
    Topic,
)

Page = tuple[type[Model], int]

#: how a record leads to what it shows a link to, and what in turn shows a link to it
LINKS: list[tuple[type[Curated], str, type[Model]]] = [
    (Practice, "country_links__country", Country),
    (Practice, "involvements__stakeholder", Stakeholder),
    (Practice, "involvements__role", StakeholderRole),
    (Practice, "dimensions", Dimension),
    (Practice, "topics", Topic),
    (Practice, "target_groups", TargetGroup),
    (Practice, "relations__other", Practice),
    (Practice, "citation_links__citation__section__source", Source),
    (Finding, "practices", Practice),
    (Finding, "parent", Finding),
    (Finding, "dimensions", Dimension),
    (Finding, "roles", StakeholderRole),
    (Finding, "topics", Topic),
    (Finding, "target_groups", TargetGroup),
    (Finding, "countries", Country),
    (Finding, "citations__section__source", Source),
    (Stakeholder, "role", StakeholderRole),
    (Stakeholder, "country", Country),
    (Event, "country", Country),
    (Event, "representations__country", Country),
    (Event, "representations__stakeholder", Stakeholder),
    (Event, "citations__section__source", Source),
    (Source, "event", Event),
]
#: kinds of record that are few, so that one page lists them all
LISTED_WHOLE: list[type[Curated]] = [Event, Source]
#: concepts are entries of one page, not pages
WITH_PAGES: list[type[Curated]] = [Practice, Stakeholder, Finding, Event, Source]


def linking_pages() -> dict[Curated, int]:
    """Return each public record with the number of other public pages that link to it. One query for each of LINKS."""
    public: dict[type[Model], dict[int, Curated]] = {
        model: {record.pk: record for record in model.objects.published()} for model in WITH_PAGES
    }
    pages: defaultdict[Page, set[Page]] = defaultdict(set)
    for page, other in _links():
        if all(pk in public.get(model, (pk,)) for model, pk in (page, other)):
            pages[page].add(other)
            pages[other].add(page)
    return {
        record: len(pages[model, pk]) + (model in LISTED_WHOLE)
        for model, records in public.items()
        for pk, record in records.items()
    }


def _links() -> Iterator[tuple[Page, Page]]:
    for model, path, other in LINKS:
        for pk, linked in model.objects.published().order_by().values_list("pk", path).distinct():
            if linked is not None:
                yield (model, pk), (other, linked)
