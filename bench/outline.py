"""How well the sections proposed for a new report match those that curators made: `python -m bench.outline KEY=PATH …`.

The texts are those of the reports in the fixtures, which only their holders have. For each it prints how many of the
known headings are proposed (recall), how many of the proposed are known (precision), how many of those found stand
under the right heading, how many of their sections have the right number of paragraphs, and the time.
"""

import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from practices.provenance.outline import Heading, lengths, propose
from practices.provenance.paragraphs import paragraphs
from practices.provenance.sections import Reading, SectionMark

FIXTURE = Path(__file__).resolve().parent.parent / "fixtures" / "04_sources.json"


class Match(NamedTuple):
    """Of one text: known headings, proposed ones, those that are both, and of these the right parents and lengths."""

    known: int
    proposed: int
    found: int
    parents: int
    lengths: int


def known_sections(key: str) -> list[dict[str, Any]]:
    """Return the fields of the sections of a source, as the fixtures have them, in order."""
    records = json.loads(FIXTURE.read_text(encoding="utf-8"))
    fields = [record["fields"] for record in records if record["model"] == "practices.section"]
    return sorted((one for one in fields if one["source"] == [key]), key=lambda one: one["position"])


def match(key: str, text: str) -> Match:
    """Compare what is proposed for a text with the sections that its source has."""
    sections, split = known_sections(key), paragraphs(text)
    marks = [SectionMark(one["position"], one["heading_fingerprint"], one["heading_words"]) for one in sections]
    starts: dict[int, int] = {}
    for index, location in enumerate(Reading(split, marks).locations):
        starts.setdefault(location.section, index)
    known = {starts[one["position"]]: one for one in sections}
    parents = {start: starts[one["parent"][1]] if one["parent"] else None for start, one in known.items()}
    proposed = propose(text)
    above = parents_of(proposed)
    found = [heading.start for heading in proposed if heading.start in known]
    counted = dict(zip([heading.start for heading in proposed], lengths(proposed, split), strict=True))
    return Match(
        len(known),
        len(proposed),
        len(found),
        sum(above[start] == parents[start] for start in found),
        sum(counted[start] == known[start]["paragraphs"] for start in found),
    )


def parents_of(headings: Sequence[Heading]) -> dict[int, int | None]:
    """Return under which heading each stands, both by where they start."""
    stack: list[Heading] = []
    parents: dict[int, int | None] = {}
    for heading in headings:
        stack = [one for one in stack if one.level < heading.level]
        parents[heading.start] = stack[-1].start if stack else None
        stack.append(heading)
    return parents


def main(pairs: Sequence[str]) -> None:
    """Print one line for each text."""
    for pair in pairs:
        key, _, path = pair.partition("=")
        text = Path(path).read_text(encoding="utf-8-sig")
        started = time.perf_counter()
        propose(text)
        took = (time.perf_counter() - started) * 1000
        of = match(key, text)
        print(
            f"{key}: {of.found} of {of.known} known headings found, {of.found} of {of.proposed} proposed are known; "
            f"{of.parents} under the right one, {of.lengths} with the right paragraphs; {took:.0f} ms"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
