"""A brief as Markdown: our own markup around text that is escaped, so that no record brings links, HTML or headings."""

import re
from collections.abc import Iterable, Iterator

from practices.pages.brief.content import Brief, BriefEntry, BriefGroup, CitedSource, Fact

#: what Markdown gives a meaning within a line; "@" and "://" because some readers make links of addresses
SPECIAL = re.compile(r"([\\`*_\[\]<>&|#~$@^])|(?<=\w)(:)(?=//)|(?i:(?<=www)(\.))")


def escape(text: str) -> str:
    """Return a text on one line that Markdown shows as it is."""
    return SPECIAL.sub(lambda match: f"\\{match[0]}", " ".join(_visible(text).split()))


def _visible(text: str) -> str:
    """Leave out control characters, which no reader sees."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", " ", text)


def brief(brief: Brief) -> str:
    """Return the brief as Markdown."""
    return "\n".join(_lines(brief)).strip() + "\n"


def _lines(brief: Brief) -> Iterator[str]:
    headings = {part: f"## {escape(label)}" for part, label in brief.headings().items()}
    yield from (f"# {escape(brief.title)}", "", escape(brief.answer), "", escape(brief.reading_note), "")
    yield from (headings["facts"], "", "| | |", "|---|---|", *_rows(brief.facts), "")
    if brief.practices:
        yield from (headings["practices"], "", escape(brief.dimension_note), "", *_groups(brief.practices, brief.site))
    if brief.more_note:
        yield from (_with_address(brief.more_note), "")
    if brief.outcomes:
        yield from (headings["outcomes"], "", *_groups(brief.outcomes, brief.site))
    if brief.actors:
        yield from (headings["actors"], "", "| | |", "|---|---|", *_rows(brief.actors), "")
    if brief.gaps:
        yield from (headings["gaps"], "", *(f"- {escape(sentence)}" for sentence in brief.gaps), "")
    if brief.sources:
        yield from (headings["sources"], "", *_sources(brief.sources))
    yield _with_address(brief.provenance)


def _with_address(text: str) -> str:
    """Return a sentence of ours that ends in an address of ours, as a link that shows it."""
    words, _space, url = text.rpartition(" ")
    return f"{escape(words)} <{url}>"


def _rows(facts: Iterable[Fact]) -> Iterator[str]:
    yield from (f"| {escape(fact.label)} | {escape(str(fact))} |" for fact in facts)


def _groups(groups: Iterable[BriefGroup], site: str) -> Iterator[str]:
    for group in groups:
        yield from (f"### {escape(group.label)}", "", *(_entry(entry, site) for entry in group.entries), "")


def _entry(entry: BriefEntry, site: str) -> str:
    aside = f" ({escape(entry.aside)})" if entry.aside else ""
    notes = "".join(f" \\[{number}\\]" for number in entry.notes)
    return f"- [{escape(entry.title)}]({site}{entry.url}){aside}: {escape(entry.text)}{notes}"


def _sources(sources: Iterable[CitedSource]) -> Iterator[str]:
    for source in sources:
        yield from (escape(source.reference), "")
        yield from (f"{note.number}. {escape(note.where)}" for note in source.endnotes)
        yield ""
