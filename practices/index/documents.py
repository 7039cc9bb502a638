"""Documents: what the search knows of each published practice, read from the database some hundreds at a time.

Nothing enters a document that is not public itself: actors, findings and sources only while they are published. What
the practice's own fields give follows from `schema.FIELDS`; what stands in rows of its own is read here.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Model

from practices.index import schema, text
from practices.models import (
    Citation,
    Country,
    CountryLink,
    Finding,
    Involvement,
    Outcome,
    Place,
    Practice,
    PracticeCitation,
    ReportedStatus,
    Section,
    Source,
    Stakeholder,
    StakeholderRole,
)
from practices.models.dates import known_year
from practices.querysets import PUBLISHED

#: how many practices are in memory at once
CHUNK = 500
#: what a document takes from a term
OF_TERMS = ("code", "label", "label_fr", "label_es", "parent__code")
#: what it takes from the practice's own row, whatever the fields are
OWN = (
    *("pk", "sort_key", "title", "title_original", "other_names"),
    *("year_start", "year_end", "reported_status", "status_year"),
)


def columns() -> list[str]:
    """Return what a document takes from the practice's own row, and from the terms that stand in it."""
    own = [field.name for field in schema.FIELDS if field.kind in ("text", "choice")]
    terms = [f"{field.name}__{part}" for field in schema.FIELDS if field.kind == "term" for part in OF_TERMS]
    return list(dict.fromkeys([*OWN, *own, *terms]))


class Passage(NamedTuple):
    """A piece of a practice that a result can show: what it is, its text, other words that lead to it."""

    kind: str
    text: str
    also: tuple[str, ...] = ()


#: codes by the key of a field, and for each kind of row its rows as codes by key
Facets = dict[str, list[str | dict[str, list[str]]]]


@dataclass
class Document:
    """What the search knows of one practice."""

    practice: int
    sort_key: str
    passages: list[Passage] = field(default_factory=list)
    facets: Facets = field(default_factory=lambda: defaultdict(list))
    country_key: str = "~"  # after every country
    first_year: int | None = None
    last_year: int | None = None

    def add(self, kind: str, *texts: str, also: Iterable[str] = ()) -> None:
        """Add the passages of one kind that say something, each once; `also` are other words that lead to them."""
        others = tuple(text.composed(word) for word in also if word)
        passages = (Passage(kind, text.composed(words), others) for words in texts if words)
        self.passages += [passage for passage in passages if passage not in self.passages]

    def texts(self) -> Iterator[tuple[str, str]]:
        """Yield every text, with the part of the text index in which its words stand."""
        for passage in self.passages:
            weight = schema.passage_weight(passage.kind)
            yield weight, passage.text
            yield from ((weight, other) for other in passage.also)

    @cached_property
    def words(self) -> dict[str, str]:
        """The index words of each part of the text index, the weightiest first, with a gap between texts.

        Read only once the document is whole.
        """
        words: dict[str, list[str]] = {weight: [] for weight in schema.WEIGHTS}
        for weight, passage in self.texts():
            words[weight].append(text.indexed(passage)[0])
        return {weight: f" {text.GAP} ".join(parts) for weight, parts in words.items()}

    @property
    def surfaces(self) -> set[str]:
        """The words as readers would type them."""
        return set().union(*(text.indexed(passage)[1] for _, passage in self.texts()))


Documents = dict[int, Document]


def documents(practices: Iterable[int] | None = None) -> Iterator[Document]:
    """Yield the documents of the published practices, or of those of the given ones that are published."""
    keys = Practice.objects.published().order_by("pk").values_list("pk", flat=True)
    for chunk in chunks(keys if practices is None else practices):
        yield from _read(chunk)


def chunks(keys: Iterable[int]) -> Iterator[list[int]]:
    """Yield keys in their order, as many at once as may be in memory with their documents."""
    ordered = sorted(keys)
    for start in range(0, len(ordered), CHUNK):
        yield ordered[start : start + CHUNK]


def _read(keys: list[int]) -> Iterator[Document]:
    """Yield the documents of some practices, each part of them in one query."""
    practices = Practice.objects.published().filter(pk__in=keys).order_by("pk").values(*columns())
    read = {practice["pk"]: _start(practice) for practice in practices}
    for add in (_add_involvements, _add_countries, _add_places, _add_terms, _add_findings, _add_outcomes, _add_sources):
        add(read)
    for document in read.values():
        document.passages.sort(key=lambda passage: schema.passage_weight(passage.kind))  # stable
        document.facets = dict(document.facets)
        yield document


def _start(practice: dict[str, Any]) -> Document:
    """Return the document with what stands in the practice's own row."""
    document = Document(practice["pk"], practice["sort_key"])
    document.add("title", practice["title"], also=[text.initials(practice["title"])])
    for name in (practice["title_original"], *(name["text"] for name in practice["other_names"])):
        document.add("name", name, also=[text.initials(name)])
    for line in schema.FIELDS:
        if line.kind == "text" and line.weight and line.name != "title":
            document.add(line.name, practice[line.name])
        elif line.kind == "choice" and line.parameter and practice[line.name]:
            document.facets[line.facet_key].append(practice[line.name])
        elif line.kind == "term":
            _add_term(document, line, *(practice[f"{line.name}__{part}"] for part in OF_TERMS))
    document.first_year, document.last_year = known_years(practice)
    return document


def _add_term(
    document: Document, line: schema.Field, code: str | None, label: str, french: str, spanish: str, broader: str
) -> None:
    """Add a term with the one above it: a filter on a broader term finds its narrower ones."""
    if code is None:
        return
    if line.parameter:
        codes = document.facets[line.facet_key]
        codes += [term for term in (code, broader) if term and term not in codes]
    if line.weight:
        document.add(line.name, label, also=(french, spanish))


def _add_terms(documents: Documents) -> None:
    """Add the terms of all fields, each field's in the order of its vocabulary."""
    lines = {line.name: line for line in schema.FIELDS if line.kind == "terms"}
    terms = defaultdict(list)
    for name, practice, *term in _terms(lines, documents):
        terms[name].append((practice, term))
    for name, line in lines.items():
        for practice, (_order, *term) in sorted(terms[name], key=lambda row: row[1][:2]):
            _add_term(documents[practice], line, *term)


def _terms(names: Iterable[str], practices: Collection[int]) -> list[tuple[Any, ...]]:
    """Return the terms of some practices in several fields: (field, practice, order of the term, then `OF_TERMS`).

    One query, written out as in `related_keys`.
    """
    quote, marks, parts = connection.ops.quote_name, ", ".join(["%s"] * len(practices)), []
    for name in names if practices else ():
        field: Any = Practice._meta.get_field(name)
        link, vocabulary = quote(field.m2m_db_table()), quote(field.related_model._meta.db_table)
        practice, term = quote(field.m2m_column_name()), quote(field.m2m_reverse_name())
        columns = ", ".join(f"term.{quote(column)}" for column in ("order", *OF_TERMS[:-1]))
        parts.append(
            f"SELECT '{name}', link.{practice}, {columns}, broader.code FROM {link} AS link "  # noqa: S608
            f"JOIN {vocabulary} AS term ON term.id = link.{term} "
            f"LEFT JOIN {vocabulary} AS broader ON broader.id = term.parent_id WHERE link.{practice} IN ({marks})"
        )
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), [*practices] * len(parts))
        return list(cursor.fetchall())


def _add_involvements(documents: Documents) -> None:
    rows = Involvement.objects.filter(practice__in=documents).order_by("practice_id", "position")
    # whether an actor is public is told here: asked in the query, SQLite would go through all that are
    actor = (f"stakeholder__{part}" for part in ("state", "slug", "name", "other_names"))
    columns = ("practice_id", "function", "note", *actor, *(f"role__{part}" for part in OF_TERMS))
    for practice, function, note, state, slug, name, others, *role in rows.values_list(*columns):
        is_public = state == PUBLISHED
        names = [name, *(other["text"] for other in others)] if is_public else []
        documents[practice].add("actor", names[0] if names else note, also=[*names[1:], *map(text.initials, names)])
        code, label, french, spanish, broader = role
        documents[practice].add("role", label, also=(french, spanish))
        row = {"role": [code, broader] if broader else [code], "function": [function]}
        documents[practice].facets["involvements"].append({**row, "stakeholder": [slug] if is_public else []})


def _add_countries(documents: Documents) -> None:
    columns = ("alpha2", "sort_key", "label", "label_fr", "label_es", "alpha3", "region__label", "subregion__label")
    links = CountryLink.objects.filter(practice__in=documents).order_by("practice_id", "position")
    rows = links.values_list("practice_id", "role", *(f"country__{column}" for column in columns))
    for practice, role, alpha2, sort_key, label, *also in rows:
        document = documents[practice]
        if not document.facets["country_links"]:
            document.country_key = sort_key
        document.add("country", label, also=also)
        document.facets["country_links"].append({"country": [alpha2], "role": [role]})


def _add_places(documents: Documents) -> None:
    places = Practice.places.through.objects.filter(practice__in=documents).order_by("practice_id", "place__sort_key")
    for practice, name in places.values_list("practice_id", "place__name"):
        documents[practice].add("place", name)


def _add_findings(documents: Documents) -> None:
    links = Finding.practices.through.objects.filter(practice__in=documents)
    columns = ("practice_id", "finding__state", "finding__title", "finding__statement")
    for practice, state, title, statement in links.order_by("finding__sort_key", "finding_id").values_list(*columns):
        if state == PUBLISHED:
            documents[practice].add("finding", f"{title}: {statement}")


def _add_outcomes(documents: Documents) -> None:
    rows = Outcome.objects.filter(practice__in=documents).order_by("practice_id", "position")
    for practice, statement in rows.values_list("practice_id", "statement"):
        documents[practice].add("outcome", statement)


def _add_sources(documents: Documents) -> None:
    """Add the public sources that the record itself cites, whatever its rows cite."""
    links = PracticeCitation.objects.filter(practice__in=documents).order_by()
    cited = links.values_list("practice_id", "citation__section__source__state", "citation__section__source__slug")
    for practice, state, slug in sorted(set(cited)):
        if state == PUBLISHED:
            documents[practice].facets["sources"].append(slug)


def known_years(practice: dict[str, Any]) -> tuple[int | None, int | None]:
    """Return the first and last year in which a practice is known to have run: the report's where it still ran."""
    start, end, stated = (known_year(practice[name]) for name in ("year_start", "year_end", "status_year"))
    first = start or end
    still = stated if practice["reported_status"] == ReportedStatus.RUNNING else None
    last = end or max(filter(None, (start, first and still)), default=None)
    return first, last


def practices_affected_by(record: Model) -> set[int]:
    """Return the practices in whose document a record has a part, published or not, by primary key."""
    return practices_affected(type(record), [record.pk]) if record.pk else set()


def practices_affected(model: type[Model], keys: Iterable[int]) -> set[int]:
    """Return the practices in whose documents some records of a model have a part, published or not."""
    if model is Practice:
        return set(keys)
    paths = _paths(model)
    return {
        practice
        for chunk in (chunks(keys) if paths else ())
        for path in paths
        for practice in Practice.objects.originals().filter(**{f"{path}__in": chunk}).values_list("pk", flat=True)
    }


def _paths(model: type[Model]) -> list[str]:
    """Return the ways from a practice to the records of a model that have a part in its document."""
    paths: dict[type[Model], list[str]] = {
        Stakeholder: ["involvements__stakeholder"],
        StakeholderRole: ["involvements__role", "involvements__role__parent"],
        Finding: ["findings"],
        Country: ["country_links__country"],
        Place: ["places"],
        Citation: ["citation_links__citation"],
        Section: ["citation_links__citation__section"],
        Source: ["citation_links__citation__section__source"],
    }
    own = [line.name for line in schema.FIELDS if line.kind in ("term", "terms") and line.vocabulary is model]
    return paths.get(model, []) + [path for name in own for path in (name, f"{name}__parent")]
