"""A source by section, with what was taken from each."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from practices.models import Finding, Practice, PracticeCitation, Section, Source
from practices.querysets import CuratedQuerySet


@dataclass
class Taken:
    """A section, how deep it stands, and the practices and findings that cite it."""

    section: Section
    depth: int
    practices: list[Practice] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def sections(source: Source) -> list[Taken]:
    """Return a source's sections in the order of its text, each with what was taken from it. Five queries."""
    rows = {section.pk: Taken(section, 0) for section in Section.objects.filter(source=source).order_by("position")}
    for taken in rows.values():
        taken.section.source = source
        if taken.section.parent_id:
            taken.depth = rows[taken.section.parent_id].depth + 1
    by_practice = PracticeCitation.objects.filter(citation__section__in=list(rows)).order_by()
    for section, practice in _pairs(
        Practice.objects.published(), by_practice.values_list("citation__section", "practice")
    ):
        rows[section].practices.append(practice)
    by_finding = Finding.citations.through.objects.filter(citation__section__in=list(rows))
    for section, finding in _pairs(Finding.objects.published(), by_finding.values_list("citation__section", "finding")):
        rows[section].findings.append(finding)
    return list(rows.values())


def _pairs(public: CuratedQuerySet, links: Iterable[tuple[int, int]]) -> list[tuple[int, Any]]:
    """Return each (section, public record) once, records in their own order."""
    sections: dict[int, set[int]] = {}
    for section, record in links:
        sections.setdefault(record, set()).add(section)
    records = list(public.filter(pk__in=sections).only("slug", "title"))  # what a link needs
    return [(section, record) for record in records for section in sections[record.pk]]
