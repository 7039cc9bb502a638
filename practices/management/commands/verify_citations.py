"""Verify that the records' citations stand where they say, in texts that only the caller holds."""

from argparse import ArgumentParser
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from practices.models import Citation, Section, Source
from practices.provenance import (
    Outcome,
    Passage,
    Place,
    SectionMark,
    Verdict,
    missing_headings,
    verify,
    words,
)

NOT_VERIFIED, NOT_USABLE = 1, 2

#: how a citation leads to the refs of the records that use it
USERS = (
    "practice_links__practice__ref",
    "involvements__practice__ref",
    "outcomes__practice__ref",
    "relations__practice__ref",
    "findings__ref",
    "concepts__ref",
    "events__ref",
)


class Command(BaseCommand):
    """`verify_citations --text idm-11=PATH`: exit status 0 where all is well, 1 where not, 2 for unusable arguments."""

    help = (
        "Report whether each citation of a source is found in its text: in the section and paragraph cited, more than "
        "once, in another place, or not at all. Only fingerprints are compared, and nothing is changed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--text",
            action="append",
            required=True,
            dest="texts",
            metavar="KEY=PATH",
            help="A source and the UTF-8 file with its text, such as idm-11=idm-11.txt; may be repeated.",
        )
        parser.add_argument(
            "--source",
            action="append",
            default=[],
            dest="keys",
            metavar="KEY",
            help="Verify only this source, one of those with a text; may be repeated.",
        )

    def handle(self, *args: Any, texts: list[str], keys: list[str], **options: Any) -> None:
        reports = [Report.of(source, text) for source, text in _usable(texts, keys)]
        for report in reports:
            for line in report.lines():
                self.stdout.write(line)
        failed = [report.source.slug for report in reports if not report.is_good]
        if failed:
            raise CommandError(f"Not verified: {', '.join(failed)}.", returncode=NOT_VERIFIED)


@dataclass(frozen=True)
class Report:
    """What a text says of the sections and citations of its source."""

    source: Source
    sections: dict[int, Section]
    missing: list[SectionMark]
    results: list[tuple[Citation, Verdict]]

    @classmethod
    def of(cls, source: Source, text: str) -> "Report":
        """Read the rows of `source` and look for them in `text`."""
        sections = {section.position: section for section in source.sections.all()}
        marks = [
            SectionMark(section.position, section.heading_fingerprint, section.heading_words, section.title)
            for section in sections.values()
            if section.heading_fingerprint
        ]
        citations = list(Citation.objects.filter(section__source=source).select_related("section"))
        verdicts = verify(text, marks, map(_passage, citations))
        return cls(source, sections, missing_headings(text, marks), list(zip(citations, verdicts, strict=True)))

    @property
    def is_good(self) -> bool:
        """Whether every section is found, and every citation in the section that it names."""
        return not self.missing and all(verdict.in_section for _, verdict in self.results)

    def lines(self) -> Iterator[str]:
        """Yield the report: the totals, then each citation that is not found once and in its place."""
        total = len(self.sections)
        counts = Counter(verdict.outcome for _, verdict in self.results)
        yield f"{self.source.slug}: {self.source}"
        yield f"  sections: {total - len(self.missing)} of {total} found"
        yield "  citations: " + ", ".join(f"{counts[outcome]} {outcome}" for outcome in Outcome)
        for mark in self.missing:
            yield f"  - heading not found: section {mark}"
        users = self._users()
        for citation, verdict in self.results:
            if verdict.outcome != Outcome.FOUND:
                refs = ", ".join(sorted(users[citation.pk])) or "no record"
                yield f"  - {self._describe(verdict)}; cited by {refs}"

    def _describe(self, verdict: Verdict) -> str:
        cited = f"{verdict.outcome}: {self._name(verdict.citation.place)}"
        if verdict.outcome == Outcome.MISSING:
            return f"{cited}, {verdict.citation.words} words, {verdict.citation.fingerprint[:12]}…"
        if verdict.outcome == Outcome.ELSEWHERE:
            return f"{cited}; it stands in {self._names(verdict.places)}"
        again = [place for place in verdict.others if place == verdict.citation.place]
        elsewhere = [place for place in verdict.others if place != verdict.citation.place]
        within = [f"{len(again) + 1} times in the cited paragraph"] if again else []
        beyond = [f"also in {self._names(elsewhere)}"] if elsewhere else []
        return f"{cited}, as cited; {' and '.join(within + beyond)}"

    def _names(self, places: list[Place] | tuple[Place, ...]) -> str:
        return ", ".join(self._name(place) for place in dict.fromkeys(places))

    def _name(self, place: Place) -> str:
        if not place.section:
            return "what precedes the first section"
        return f"section {place.section} ({self.sections[place.section]}), paragraph {place.paragraph}"

    def _users(self) -> defaultdict[int, set[str]]:
        """Return the refs of the records that use each citation."""
        users: defaultdict[int, set[str]] = defaultdict(set)
        citations = Citation.objects.filter(section__source=self.source)
        for path in USERS:
            for citation, ref in citations.exclude(**{path: None}).values_list("pk", path):
                users[citation].add(ref)
        return users


def _passage(citation: Citation) -> Passage:
    return Passage(citation.section.position, citation.paragraph, citation.fingerprint, citation.words)


def _usable(texts: list[str], keys: list[str]) -> list[tuple[Source, str]]:
    """Return each source to verify with its text; raise CommandError before anything is reported otherwise."""
    paths: dict[str, str] = {}
    for pair in texts:
        key, separator, path = pair.partition("=")
        if not (key and separator and path):
            raise CommandError(
                f"--text takes KEY=PATH, such as idm-11=idm-11.txt, not “{pair}”.", returncode=NOT_USABLE
            )
        if key in paths:
            raise CommandError(f"--text gives {key} twice.", returncode=NOT_USABLE)
        paths[key] = path
    for key in keys:
        if key not in paths:
            raise CommandError(f"--source {key} has no --text {key}=PATH.", returncode=NOT_USABLE)
    return [(_source(key), _text(path)) for key, path in paths.items() if not keys or key in keys]


def _source(key: str) -> Source:
    source = Source.objects.filter(slug=key).first()
    if not source:
        known = ", ".join(Source.objects.order_by("slug").values_list("slug", flat=True)) or "none"
        raise CommandError(f"There is no source {key}. Known sources: {known}.", returncode=NOT_USABLE)
    return source


def _text(path: str) -> str:
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CommandError(f"Cannot read {path}: {error.strerror}.", returncode=NOT_USABLE) from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{path} is not UTF-8 text.", returncode=NOT_USABLE) from error
    if not words(text):
        raise CommandError(f"{path} is empty.", returncode=NOT_USABLE)
    return text
