"""What was read of a source and what was left: per section, which paragraphs a public record cites, or a note names."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from practices.models import ParagraphNote, Section, Source
from practices.provenance.citing import cited_paragraphs


class Covered(NamedTuple):
    """A section, how many paragraphs it has, and which of them are cited, noted (with the reason) and left."""

    section: Section
    paragraphs: int
    cited: list[int]
    noted: dict[int, str]
    left: list[int]

    @property
    def reasons(self) -> list[tuple[str, str]]:
        """The paragraphs that are noted and not cited, as ranges, each with the reason they share."""
        by_reason: dict[str, list[int]] = {}
        for number, reason in self.noted.items():
            if number not in self.cited:
                by_reason.setdefault(reason, []).append(number)
        return [(ranges(numbers), reason) for reason, numbers in by_reason.items()]

    @property
    def left_ranges(self) -> str:
        """The paragraphs that nobody has used or noted, as ranges."""
        return ranges(self.left)


class SourceCoverage(NamedTuple):
    """How many paragraphs a source has, and how many of them a public record or a note names."""

    source: Source
    paragraphs: int
    used: int


def coverage_by_source(sources: Iterable[Source]) -> list[SourceCoverage]:
    """Return how much of each of some sources was read. Three queries, whatever their number."""
    named = cited_paragraphs() | set(ParagraphNote.objects.order_by().values_list("section_id", "paragraph"))
    by_section: defaultdict[int, set[int]] = defaultdict(set)
    for section, paragraph in named:
        by_section[section].add(paragraph)
    paragraphs: defaultdict[int, int] = defaultdict(int)
    used: defaultdict[int, int] = defaultdict(int)
    for key, source, number in Section.objects.order_by().values_list("pk", "source_id", "paragraphs"):
        paragraphs[source] += number
        used[source] += sum(paragraph <= number for paragraph in by_section[key])
    return [SourceCoverage(source, paragraphs[source.pk], used[source.pk]) for source in sources]


def coverage(source: Source) -> list[Covered]:
    """Return the coverage of each section of a source, in the order of its text. Three queries."""
    cited: defaultdict[int, set[int]] = defaultdict(set)
    for section, paragraph in cited_paragraphs(source):
        cited[section].add(paragraph)
    noted: defaultdict[int, dict[int, str]] = defaultdict(dict)
    for note in ParagraphNote.objects.filter(section__source=source).order_by("paragraph"):
        noted[note.section_id][note.paragraph] = note.reason
    sections = Section.objects.filter(source=source).order_by("position")
    return [_covered(section, cited[section.pk], noted[section.pk]) for section in sections]


def ranges(numbers: Iterable[int]) -> str:
    """Return ascending numbers as a reader writes them: 1, 2 and 3 and 7 as "1–3, 7"."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)


def _covered(section: Section, cited: set[int], noted: dict[int, str]) -> Covered:
    left = [number for number in range(1, section.paragraphs + 1) if number not in cited and number not in noted]
    return Covered(section, section.paragraphs, sorted(cited), noted, left)
