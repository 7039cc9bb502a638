"""A source by section, with what was taken from each paragraph."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Value
from django.urls import reverse

from practices.models import Citation, Concept, Event, Finding, Practice, Section, Source
from practices.querysets import is_published

#: the records that cite: how a citation leads to them, and the field with their name
CITING: list[tuple[type[Any], str, tuple[str, ...]]] = [
    (
        Practice,
        "title",
        ("practice_links__practice", "involvements__practice", "outcomes__practice", "relations__practice"),
    ),
    (Finding, "title", ("findings",)),
    (Event, "name", ("events",)),
    (Concept, "term", ("concepts",)),
]
#: how many records of one kind are named under one paragraph
NAMED = 12


@dataclass(frozen=True)
class Taker:
    """A public record that cites a passage: its kind as the name of its model, its name and its address."""

    kind: str
    name: str
    url: str

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return self.url


@dataclass
class Taken:
    """What was taken from one paragraph: by kind the first NAMED records, and how many more there are."""

    number: int
    takers: dict[str, list[Taker]] = field(default_factory=dict)

    @property
    def named(self) -> list[tuple[str, list[Taker], int]]:
        """Return (kind, records, how many more) of each kind, in the order of kinds."""
        kinds = [(model._meta.model_name or "", self.takers.get(model._meta.model_name or "", [])) for model, *_ in CITING]
        return [(kind, found[:NAMED], max(0, len(found) - NAMED)) for kind, found in kinds if found]


@dataclass
class SectionPage:
    """A section, how deep it stands, and what was taken from its paragraphs, in their order."""

    section: Section
    depth: int
    paragraphs: dict[int, Taken] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """How many records cite it."""
        takers = (one for taken in self.paragraphs.values() for found in taken.takers.values() for one in found)
        return len({taker.url for taker in takers})


def sections(source: Source) -> list[SectionPage]:
    """Return a source's sections in the order of its text, each with what was taken from it. Two queries."""
    pages: dict[int, SectionPage] = {}
    for section in Section.objects.filter(source=source).order_by("position"):
        section.source = source
        above = pages.get(section.parent_id or 0)
        pages[section.pk] = SectionPage(section, above.depth + 1 if above else 0)
    takers: dict[tuple[str, str], Taker] = {}
    for section_id, number, _key, kind, name, slug in sorted(_citing(source)):
        if (kind, slug) not in takers:
            takers[kind, slug] = Taker(kind, name, _address(kind, slug))
        taken = pages[section_id].paragraphs.setdefault(number, Taken(number))
        taken.takers.setdefault(kind, []).append(takers[kind, slug])
    return list(pages.values())


def _citing(source: Source) -> Iterable[tuple[int, int, str, str, str, str]]:
    """Return (section, paragraph, sort key, kind, name, slug) of every public record that cites, as one union."""
    citations = Citation.objects.filter(section__source=source).order_by()
    ways = [
        citations.filter(is_published(path)).values_list(
            "section_id", "paragraph", F(f"{path}__sort_key"), Value(model._meta.model_name), f"{path}__{name}", f"{path}__slug"
        )
        for model, name, paths in CITING
        for path in paths
    ]
    return ways[0].union(*ways[1:])


def _address(kind: str, slug: str) -> str:
    return f"{reverse('glossary')}#{slug}" if kind == "concept" else reverse(kind, args=[slug])
