"""Which records cite which passages: the one list of ways to cite, asked from the passages and from the records."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NamedTuple

from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Cast

from practices.models import (
    Citation,
    Concept,
    Curated,
    Event,
    Finding,
    Involvement,
    Outcome,
    Practice,
    PracticeCitation,
    Relation,
    Source,
)
from practices.models.practice import PracticeRow
from practices.querysets import PUBLISHED, is_published, related_keys

#: the kinds of record that cite, each with how a citation leads to it
CITING: dict[type[Curated], tuple[str, ...]] = {
    Practice: ("practice_links__practice", "involvements__practice", "outcomes__practice", "relations__practice"),
    Finding: ("findings",),
    Event: ("events",),
    Concept: ("concepts",),
}
#: every way from a citation to a record, with the kind of record
PATHS: list[tuple[str, type[Curated]]] = [(path, model) for model, paths in CITING.items() for path in paths]
#: the rows of a practice that have citations of their own, besides the links of its record
CITING_ROWS: tuple[type[PracticeRow], ...] = (Involvement, Outcome, Relation)


class CitingUser(NamedTuple):
    """A record that cites a passage, public or not: its kind as the name of its model, key, ref, name and state."""

    kind: str
    pk: int
    ref: str
    name: str
    state: str


class CitingRecord(NamedTuple):
    """A public record that cites a passage: where the passage stands, and the record's names and kind of model."""

    section_id: int
    paragraph: int
    sort_key: str
    kind: str
    name: str
    slug: str


# From the passages of a source to the records


def citing_records(source: Source) -> list[CitingRecord]:
    """Return every public record with each passage of a source that it cites, in the order of fields. One query."""
    queries = [
        _cited(source, path).values_list(
            "section_id",
            "paragraph",
            f"{path}__sort_key",
            Value(model._meta.model_name),
            f"{path}__{model.name_field}",
            f"{path}__slug",
        )
        for path, model in PATHS
    ]
    return sorted(CitingRecord(*row) for row in _union(queries))


def cited_paragraphs(source: Source | None = None) -> set[tuple[int, int]]:
    """Return (section, paragraph) of every passage of a source, or of any, that a public record cites. One query."""
    return set(_union([_cited(source, path).values_list("section_id", "paragraph") for path, _model in PATHS]))


def users_by_citation(citations: QuerySet[Citation]) -> dict[int, list[CitingUser]]:
    """Return the records, public or not, that use some citations, by the citation's key and by ref. One query.

    A record and the pending edit of it count once, as the record.
    """
    cited = citations.order_by()
    queries = [
        cited.exclude(**{path: None}).values_list(
            "pk",
            Value(model._meta.model_name),
            path,
            f"{path}__ref",
            f"{path}__{model.name_field}",
            f"{path}__state",
        )
        for path, model in PATHS
    ]
    users: defaultdict[int, dict[str, CitingUser]] = defaultdict(dict)
    for citation, *user in sorted(_union(queries), key=lambda row: (row[0], row[3], row[2])):
        users[citation].setdefault(user[2], CitingUser(*user))
    return {citation: list(by_ref.values()) for citation, by_ref in users.items()}


def records_by_citation(source: Source) -> dict[int, list[Curated]]:
    """Return the records, public or not, that use each citation of a source, by the citation's key and by ref.

    Two queries for each of PATHS.
    """
    records: defaultdict[int, set[Curated]] = defaultdict(set)
    citations = Citation.objects.filter(section__source=source).order_by()
    for path, model in PATHS:
        pairs = list(citations.exclude(**{path: None}).values_list("pk", path))
        by_key = model.objects.originals().in_bulk({key for _, key in pairs})
        for citation, key in pairs:
            if key in by_key:
                records[citation].add(by_key[key])
    return {citation: sorted(users, key=lambda record: record.ref) for citation, users in records.items()}


def _cited(source: Source | None, path: str) -> QuerySet[Citation]:
    cited = Citation.objects.filter(is_published(path)).order_by()
    return cited.filter(section__source=source) if source else cited


def _union(queries: list[QuerySet]) -> QuerySet:
    return queries[0].union(*queries[1:])


# From records to the passages that they cite


def practice_citations(
    practices: Iterable[int], *columns: str, rows: Iterable[type[PracticeRow]] = CITING_ROWS
) -> QuerySet[Any, tuple[Any, ...]]:
    """Return what some practices and their `rows` cite, as one query: (kind, owner, practice, then `columns`).

    Kind and owner are "practice" and the part that is supported, or the name of a row's model and its key, as text.
    Columns are fields of the link to the citation, such as "citation_id" or "citation__paragraph".
    """
    keys = list(practices)
    links = PracticeCitation.objects.filter(practice__in=keys).order_by()
    queries = [_row_citations(model, keys, columns) for model in rows]
    return links.values_list(Value("practice"), "supports", "practice_id", *columns).union(*queries, all=True)


def _row_citations(model: Any, practices: list[int], columns: tuple[str, ...]) -> QuerySet[Any, tuple[Any, ...]]:
    name = model._meta.model_name
    links = model.citations.through.objects.filter(**{f"{name}__practice__in": practices}).order_by()
    return links.values_list(Value(name), Cast(f"{name}_id", CharField()), f"{name}__practice_id", *columns)


def citations_of(model: type[Curated], keys: Iterable[int]) -> dict[int, list[Citation]]:
    """Return the citations of some findings, events or concepts that are of public sources, in reading order.

    By the record's key; records without any are left out. Two queries.
    """
    links = related_keys(model, ["citations"], list(keys))
    citations = public_citations(citation for _name, _record, citation in links)
    by_record: defaultdict[int, list[Citation]] = defaultdict(list)
    for _name, record, citation in links:
        if citation in citations:
            by_record[record].append(citations[citation])
    return {record: sorted(cited, key=reading_order) for record, cited in by_record.items()}


def public_citations(keys: Iterable[int]) -> dict[int, Citation]:
    """Return those of the citations with these keys that are of public sources, with section and source. One query."""
    public = Citation.objects.filter(pk__in=set(keys), section__source__state=PUBLISHED)
    return {citation.pk: citation for citation in public.select_related("section__source")}


def reading_order(citation: Citation) -> tuple[int, str, int, int, str]:
    """Return the place of a citation among others: by year, source, section, paragraph and fingerprint."""
    source = citation.section.source
    return (source.year, source.slug, citation.section.position, citation.paragraph, citation.fingerprint)
