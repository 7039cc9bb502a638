"""Verify that the records' citations stand where they say, in texts that only the caller holds."""

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from django.core.management.base import BaseCommand, CommandError

from practices.curation.sources.verification import Verification
from practices.management.texts import FALLS_SHORT, add_text_argument, verify_texts
from practices.provenance.sections import Location
from practices.provenance.verification import Verdict, VerdictKind


class Command(BaseCommand):
    """`verify_citations --text idm-11=PATH`: exit status 0 where all is well, 1 where not, 2 for unusable arguments."""

    help = (
        "Report whether each citation of a source is found in its text: in the section and paragraph cited, more than "
        "once, in another place, or not at all. Only fingerprints are compared, and nothing is changed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_text_argument(parser, required=True)
        parser.add_argument(
            "--source",
            action="append",
            default=[],
            dest="keys",
            metavar="KEY",
            help="Verify only this source, one of those with a text; may be repeated.",
        )

    def handle(self, *args: object, texts: list[str], keys: list[str], **options: object) -> None:
        verifications = verify_texts(texts, keys)
        for verification in verifications:
            for line in Report(verification).lines():
                self.stdout.write(line)
        failed = [verification.source.slug for verification in verifications if not verification.is_good]
        if failed:
            raise CommandError(f"Not verified: {', '.join(failed)}.", returncode=FALLS_SHORT)


@dataclass(frozen=True)
class Report:
    """What is printed of one source."""

    verification: Verification

    def lines(self) -> Iterator[str]:
        """Yield the report: the totals, then each citation that is not found once and in its place."""
        total, missing = len(self.verification.sections), self.verification.missing
        counts = Counter(verdict.kind for _, verdict in self.verification.results)
        yield f"{self.verification.source.slug}: {self.verification.source}"
        yield f"  sections: {total - len(missing)} of {total} found"
        yield "  citations: " + ", ".join(f"{counts[kind]} {kind}" for kind in VerdictKind)
        for mark in missing:
            yield f"  - heading not found: section {mark}"
        users = self.verification.citing()
        for citation, verdict in self.verification.results:
            if verdict.kind != VerdictKind.FOUND:
                # a pending edit has the ref of the record that it will replace
                refs = ", ".join(dict.fromkeys(record.ref for record in users.get(citation.pk, []))) or "no record"
                yield f"  - {self._describe(verdict)}; cited by {refs}"

    def _describe(self, verdict: Verdict) -> str:
        cited = f"{verdict.kind}: {self._name(verdict.citation.location)}"
        if verdict.kind == VerdictKind.MISSING:
            return f"{cited}, {verdict.citation.words} words, {verdict.citation.fingerprint[:12]}…"
        if verdict.kind == VerdictKind.ELSEWHERE:
            return f"{cited}; it stands in {self._names(verdict.locations)}"
        again = [location for location in verdict.others if location == verdict.citation.location]
        elsewhere = [location for location in verdict.others if location != verdict.citation.location]
        within = [f"{len(again) + 1} times in the cited paragraph"] if again else []
        beyond = [f"also in {self._names(elsewhere)}"] if elsewhere else []
        return f"{cited}, as cited; {' and '.join(within + beyond)}"

    def _names(self, locations: list[Location] | tuple[Location, ...]) -> str:
        return ", ".join(self._name(location) for location in dict.fromkeys(locations))

    def _name(self, location: Location) -> str:
        if not location.section:
            return "what precedes the first section"
        section = self.verification.sections[location.section]
        return f"section {location.section} ({section.numbered_title}), paragraph {location.paragraph}"
