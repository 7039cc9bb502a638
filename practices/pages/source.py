"""A source by section, with what was taken from each paragraph."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from practices.models import Section, Source
from practices.provenance.citing import citing_records

LABELS = {
    "practice": gettext_lazy("Practice"),
    "finding": gettext_lazy("Finding"),
    "event": gettext_lazy("Event"),
    "concept": gettext_lazy("Term"),
}
#: how many records of one kind are named under one paragraph: the first of these with which a page names at most MOST
NAMED, MOST = (12, 6, 3, 1), 1200


class Taker(NamedTuple):
    """A public record that cites a passage: its kind as the name of its model, its slug and its name."""

    kind: str
    slug: str
    name: str

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"{reverse('glossary')}#{self.slug}" if self.kind == "concept" else reverse(self.kind, args=[self.slug])


@dataclass
class Taken:
    """What was taken from one paragraph, by kind; of each kind a page names `most`."""

    number: int
    takers: dict[str, list[Taker]] = field(default_factory=dict)
    most: int = NAMED[0]

    @property
    def named(self) -> list[tuple[Any, list[Taker], int]]:
        """Return (label, records, how many more) of each kind, in the order of kinds."""
        kinds = [(label, self.takers.get(kind, [])) for kind, label in LABELS.items()]
        return [(label, found[: self.most], max(0, len(found) - self.most)) for label, found in kinds if found]


@dataclass
class SectionPage:
    """A section, how deep it stands, and what was taken from its paragraphs, in their order."""

    section: Section
    depth: int
    paragraphs: dict[int, Taken] = field(default_factory=dict)

    @cached_property
    def count(self) -> int:
        """How many records cite it."""
        return len({one for taken in self.paragraphs.values() for found in taken.takers.values() for one in found})


def sections(source: Source) -> list[SectionPage]:
    """Return a source's sections in the order of its text, each with what was taken from it. Two queries."""
    pages: dict[int, SectionPage] = {}
    for section in Section.objects.filter(source=source).order_by("position"):
        section.source = source
        above = pages.get(section.parent_id or 0)
        pages[section.pk] = SectionPage(section, above.depth + 1 if above else 0)
    for section_id, number, _key, kind, name, slug in citing_records(source):
        taken = pages[section_id].paragraphs.setdefault(number, Taken(number))
        taken.takers.setdefault(kind, []).append(Taker(kind, slug, name))
    _shorten([taken for page in pages.values() for taken in page.paragraphs.values()])
    return list(pages.values())


def parts(sections: Iterable[tuple[SectionPage, Any]]) -> list[list[tuple[SectionPage, Any]]]:
    """Return sections, each with what goes with it, by the section at the top that they stand under."""
    found: list[list[tuple[SectionPage, Any]]] = []
    for page, other in sections:
        if not page.depth:
            found.append([])
        found[-1].append((page, other))
    return found


def _shorten(paragraphs: list[Taken]) -> None:
    """Let the paragraphs of a source that much was taken from name fewer records, so that its page stays readable."""
    numbers = [len(found) for taken in paragraphs for found in taken.takers.values()]
    most = next((most for most in NAMED if sum(min(most, number) for number in numbers) <= MOST), NAMED[-1])
    for taken in paragraphs:
        taken.most = most
