"""Check that the public content keeps to its quality gates, and show what was read of each source."""

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterable, Iterator

from django.core.management.base import BaseCommand, CommandError

from practices.curation.quality import GATES, Gate, Issue, Scope, issues
from practices.management.texts import FALLS_SHORT, add_text_argument, find_source, verify_texts
from practices.models import Curated, Source, Term
from practices.provenance.coverage import Covered, coverage, ranges


class Command(BaseCommand):
    """`check_content`: exit status 0 where nothing falls short, 1 where something does, 2 for unusable arguments."""

    help = (
        "Report, by record, what the published content lacks. With --text, also whether the texts bear out its "
        "citations and figures; with --coverage, also what was taken from each section. Nothing is changed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_text_argument(parser, required=False)
        parser.add_argument(
            "--coverage",
            nargs="*",
            dest="keys",
            metavar="KEY",
            help="Show which paragraphs of these sources, or of all, are cited, noted and left.",
        )

    def handle(self, *args: object, texts: list[str], keys: list[str] | None, **options: object) -> None:
        sources = _sources(keys)
        scope = Scope(texts=verify_texts(texts))
        for source in sources:
            self._write(_coverage_lines(source, coverage(source)))
        by_record = sorted(issues(scope), key=lambda pair: _heading(pair[1].record))
        failures = [(gate, issue) for gate, issue in by_record if not gate.warns]
        warnings = [issue for gate, issue in by_record if gate.warns]
        self._write(_lines(failures))
        self._write(f"Worth a look: {_heading(issue.record)} lacks {issue.missing}" for issue in warnings)
        self._write(_totals(failures, scope))
        if failures:
            failed = {gate for gate, _issue in failures}
            names = ", ".join(dict.fromkeys(gate.name for gate in GATES if gate in failed))
            raise CommandError(f"Falls short: {names}.", returncode=FALLS_SHORT)

    def _write(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.stdout.write(line)


def _sources(keys: list[str] | None) -> list[Source]:
    """Return the sources whose coverage is asked for: those named, or all public ones."""
    if keys is None:
        return []
    return [find_source(key) for key in keys] or list(Source.objects.published().order_by("slug"))


def _lines(failures: Iterable[tuple[Gate, Issue]]) -> Iterator[str]:
    """Yield each record once, and below it what it lacks."""
    above = ""
    for gate, issue in failures:
        heading = _heading(issue.record)
        if heading != above:
            yield heading
        yield f"  - {gate.name}: it lacks {issue.missing}"
        above = heading


def _heading(record: Curated | Term) -> str:
    """Name a record as curators know it: by its ref, or a term by its vocabulary and code."""
    if isinstance(record, Curated):
        return f"{record.ref} {record}"
    return f"{record._meta.verbose_name} {record.code}"


def _totals(failures: list[tuple[Gate, Issue]], scope: Scope) -> Iterator[str]:
    counts = Counter(gate.name for gate, _issue in failures)
    for gate in GATES:
        if gate.needs_text and not scope.texts:
            yield f"{gate.name}: not checked without --text"
        elif not gate.warns:
            yield f"{gate.name}: {counts[gate.name] or 'good'}"


def _coverage_lines(source: Source, sections: list[Covered]) -> Iterator[str]:
    total = sum(covered.paragraphs for covered in sections)
    cited, left = sum(len(covered.cited) for covered in sections), sum(len(covered.left) for covered in sections)
    yield f"{source.slug}: {total} paragraphs, {cited} cited, {total - cited - left} noted only, {left} left"
    for covered in sections:
        yield f"  {covered.section.position}. {covered.section.numbered_title}: {covered.paragraphs} paragraphs"
        yield from (f"     {line}" for line in _section_lines(covered))


def _section_lines(covered: Covered) -> Iterator[str]:
    if covered.cited:
        yield f"cited: {ranges(covered.cited)}"
    for number, reason in covered.noted.items():
        yield f"noted: {number}, {reason}"
    if covered.left:
        yield f"left: {ranges(covered.left)}"
