"""What spans rows and cannot be: records under themselves, third levels of vocabularies, paragraphs that are not there.

Forms refuse it, but data may have come by other ways.
"""

from collections.abc import Iterable, Iterator

from django.db.models import F

from practices.models import VOCABULARIES, Citation, Finding, ParagraphNote, Relation, Section, Source, Term
from practices.models.practice import ONE_WAY


def in_circles(steps: Iterable[tuple[int, int]]) -> set[int]:
    """Return the keys that stand in a circle of steps from one key to another, or between two circles."""
    left = set(steps)
    while left:
        starts, ends = {start for start, _end in left}, {end for _start, end in left}
        going_on = {step for step in left if step[1] in starts and step[0] in ends}
        if going_on == left:
            break
        left = going_on
    return {start for start, _end in left}


def findings_in_circles() -> set[int]:
    """Return the findings that stand under themselves. One query."""
    return in_circles(Finding.objects.exclude(parent=None).order_by().values_list("pk", "parent_id"))


def practices_in_circles() -> set[int]:
    """Return the practices that are part of their own part, or continue what continues them. Two queries."""
    rows = Relation.objects.order_by()
    return {
        practice
        for kind in ONE_WAY
        for practice in in_circles(rows.filter(kind=kind).values_list("practice_id", "other_id"))
    }


def sources_with_circles() -> set[int]:
    """Return the sources with sections that stand within themselves. Two queries."""
    sections = in_circles(Section.objects.exclude(parent=None).order_by().values_list("pk", "parent_id"))
    return set(Section.objects.filter(pk__in=sections).order_by().values_list("source_id", flat=True))


def misplaced_terms() -> Iterator[Term]:
    """Yield the terms that stand under themselves, or on a third level. Two queries for each vocabulary."""
    for model in VOCABULARIES:
        parents = model.objects.exclude(parent=None).order_by().values_list("pk", "parent_id")
        circles = in_circles(parents)
        deep = model.objects.filter(parent__parent__isnull=False)
        yield from (deep | model.objects.filter(pk__in=circles)).order_by("pk")


def missing_paragraphs(sources: Iterable[Source]) -> Iterator[tuple[Source, Section, int]]:
    """Yield each paragraph that a citation or note names and that its section does not have. Two queries."""
    by_key = {source.pk: source for source in sources}
    for model in (Citation, ParagraphNote):
        beyond = model._default_manager.filter(
            section__source__in=by_key, section__paragraphs__gt=0, paragraph__gt=F("section__paragraphs")
        )
        for row in beyond.select_related("section").order_by("section", "paragraph", "pk"):
            yield by_key[row.section.source_id], row.section, row.paragraph
