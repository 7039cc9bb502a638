"""Which records cite a passage: the one list of ways from a citation to the records that use it."""

from practices.models import Concept, Curated, Event, Finding, Practice

#: the kinds of record that cite, each with how a citation leads to it
CITING: dict[type[Curated], tuple[str, ...]] = {
    Practice: ("practice_links__practice", "involvements__practice", "outcomes__practice", "relations__practice"),
    Finding: ("findings",),
    Event: ("events",),
    Concept: ("concepts",),
}
#: every way from a citation to a record, with the kind of record
PATHS: list[tuple[str, type[Curated]]] = [(path, model) for model, paths in CITING.items() for path in paths]
