"""What supports a record: each passage that it cites, held against the text of its source where that is loaded."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from practices.curation.changes.content import read
from practices.curation.changes.record_text import citations_in
from practices.curation.quality.figures import missing_figures
from practices.curation.sources.texts import raw_text
from practices.curation.sources.verification import Verification
from practices.models import Citation, Curated, Event, Practice, Source
from practices.provenance.citing import reading_order
from practices.provenance.verification import Verdict, VerdictKind


@dataclass(frozen=True)
class SupportingPassage:
    """A passage that a record cites; with what the text of its source says of it, where a curator has loaded that.

    `text` is what the cited paragraph says: private, as the text is.
    """

    citation: Citation
    verdict: Verdict | None = None
    text: str = ""

    @property
    def is_missing(self) -> bool:
        """Whether its words do not stand in the section that it names."""
        return self.verdict is not None and not self.verdict.in_section

    @property
    def found(self) -> str:
        """What became of looking for it, in words; "" where no text is loaded."""
        if self.verdict is None:
            return ""
        if self.verdict.kind == VerdictKind.MISSING:
            return _("Its words do not stand in the text.")
        if not self.verdict.in_section:
            return _("Its words stand in another section of the text.")
        if self.verdict.kind == VerdictKind.ELSEWHERE:
            return _("Its words stand in another paragraph of the section.")
        return _("Found in the text.")


@dataclass(frozen=True)
class SupportingPassages:
    """The passages that a record cites, in reading order, and its figures that no paragraph cited for them states."""

    passages: list[SupportingPassage] = field(default_factory=list)
    figures: list[str] = field(default_factory=list)

    @property
    def missing(self) -> list[SupportingPassage]:
        """The passages whose words do not stand in the sections that they name."""
        return [passage for passage in self.passages if passage.is_missing]

    @property
    def found(self) -> int:
        """How many passages stand in the section that they name."""
        return sum(passage.verdict is not None and passage.verdict.in_section for passage in self.passages)

    @property
    def not_loaded(self) -> list[Source]:
        """The sources in whose texts nothing could be looked for."""
        sources = (passage.citation.section.source for passage in self.passages if passage.verdict is None)
        return list(dict.fromkeys(sources))


def supporting_passages(record: Curated) -> SupportingPassages:
    """Return what supports a record as it is saved; a few queries, and two for each source whose text is loaded."""
    keys = citations_in(type(record), read(record))
    citations = sorted(Citation.objects.named().filter(pk__in=keys), key=reading_order)
    texts = {text.source.pk: text for text in _loaded(citations)}
    passages = [_passage(citation, texts.get(citation.section.source_id)) for citation in citations]
    return SupportingPassages(passages, _missing_figures(record, texts.values()) if texts else [])


def _loaded(citations: Iterable[Citation]) -> Iterable[Verification]:
    for source in dict.fromkeys(citation.section.source for citation in citations):
        if (text := raw_text(source)) is not None:
            yield Verification.of(source, text)


def _passage(citation: Citation, text: Verification | None) -> SupportingPassage:
    if text is None:
        return SupportingPassage(citation)
    return SupportingPassage(citation, text.verdict(citation), text.cited_text(citation))


def _missing_figures(record: Curated, texts: Iterable[Verification]) -> list[str]:
    practices = Practice.objects.filter(pk__in=[record.pk] if isinstance(record, Practice) else [])
    events = Event.objects.filter(pk__in=[record.pk] if isinstance(record, Event) else [])
    return [f"{value} ({what})" for _record, value, what in missing_figures(practices, events, texts)]
