"""Documents: what the search knows of each published practice, read from the database some hundreds at a time.

Nothing enters a document that is not public itself: actors, findings and sources only while they are published.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from practices.index import text
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
    Term,
)

#: how many practices are in memory at once
CHUNK = 500
#: the fields of the index, the weightiest first
FIELDS = ("a", "b", "c")
#: in which field the words of a passage stand; what is not named here stands in the last
FIELD_OF = {"title": "a", "name": "a", "summary": "b", "actor": "b", "country": "b", "place": "b"}
#: the vocabularies of a practice, by the name of its field
TERM_FIELDS: dict[str, Any] = {
    one.name: one
    for one in (*Practice._meta.fields, *Practice._meta.many_to_many)
    if one.is_relation and issubclass(one.related_model, Term)  # type: ignore[arg-type]
}

#: what a document takes from a term
OF_TERMS = ("code", "label", "label_fr", "label_es", "parent__code")
#: what it takes from the practice's own row, and from the terms that stand in it
COLUMNS = (
    *("pk", "sort_key", "title", "title_original", "other_names", "summary", "description"),
    *("year_start", "year_end", "reported_status", "status_year"),
    *(f"{one.name}__{part}" for one in TERM_FIELDS.values() if not one.many_to_many for part in OF_TERMS),
)


class Passage(NamedTuple):
    """A piece of a practice that a result can show: what it is, its text, other words that lead to it."""

    kind: str
    text: str
    also: tuple[str, ...] = ()


@dataclass
class Document:
    """What the search knows of one practice."""

    practice: int
    sort_key: str
    passages: list[Passage] = field(default_factory=list)
    facets: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    country_key: str = "~"  # after every country
    first_year: int | None = None
    last_year: int | None = None

    def add(self, kind: str, *texts: str, also: Iterable[str] = ()) -> None:
        """Add the passages of one kind that say something, each once."""
        others = tuple(text.composed(word) for word in also if word)
        made = (Passage(kind, text.composed(one), others) for one in texts if one)
        self.passages += [passage for passage in made if passage not in self.passages]

    def texts(self) -> Iterator[tuple[str, str]]:
        """Yield every text, with the field of the index in which its words stand."""
        for passage in self.passages:
            field_of_index = FIELD_OF.get(passage.kind, FIELDS[-1])
            yield field_of_index, passage.text
            for other in passage.also:
                yield field_of_index, other

    @property
    def words(self) -> dict[str, str]:
        """The index words of each field, with a gap between texts."""
        found: dict[str, list[str]] = {name: [] for name in FIELDS}
        for name, written in self.texts():
            found[name].append(text.indexed(written)[0])
        return {name: f" {text.GAP} ".join(words) for name, words in found.items()}

    @property
    def surfaces(self) -> set[str]:
        """The words as readers would type them."""
        return set().union(*(text.indexed(written)[1] for _, written in self.texts()))


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
    practices = Practice.objects.published().filter(pk__in=keys).order_by("pk").values(*COLUMNS)
    made = {practice["pk"]: _start(practice) for practice in practices}
    for add in (_add_involvements, _add_countries, _add_places, _add_terms, _add_findings, _add_outcomes, _add_sources):
        add(made)
    for document in made.values():
        document.passages.sort(key=lambda passage: FIELD_OF.get(passage.kind, FIELDS[-1]))  # stable
        document.facets = dict(document.facets)
        yield document


def _start(practice: dict[str, Any]) -> Document:
    document = Document(practice["pk"], practice["sort_key"])
    document.add("title", practice["title"], also=[text.initials(practice["title"])])
    for name in (practice["title_original"], *(name["text"] for name in practice["other_names"])):
        document.add("name", name, also=[text.initials(name)])
    document.add("summary", practice["summary"])
    document.add("description", practice["description"])
    for name in TERM_FIELDS:
        if f"{name}__code" in practice:
            _add_term(document, name, *(practice[f"{name}__{part}"] for part in OF_TERMS))
    document.first_year, document.last_year = known_years(practice)
    return document


def _add_term(document: Document, name: str, code: str, label: str, french: str, spanish: str, above: str) -> None:
    """Add a term with the one above it: a filter on a broader term finds its narrower ones."""
    document.facets[name] += [one for one in (code, above) if one and one not in document.facets[name]]
    document.add(name, label, also=(french, spanish))


def _add_terms(made: dict[int, Document]) -> None:
    for name, model_field in TERM_FIELDS.items():
        if model_field.many_to_many:
            target = model_field.m2m_reverse_field_name()
            links = model_field.remote_field.through.objects.filter(practice__in=made)
            rows = links.order_by("practice_id", f"{target}__order", f"{target}__code")
            for practice, *term in rows.values_list("practice_id", *(f"{target}__{part}" for part in OF_TERMS)):
                _add_term(made[practice], name, *term)


def _add_involvements(made: dict[int, Document]) -> None:
    columns = ("practice_id", "function", "note", "stakeholder_id", *(f"role__{part}" for part in OF_TERMS))
    involved = Involvement.objects.filter(practice__in=made).order_by("practice_id", "position")
    rows = list(involved.values_list(*columns))
    # asked for apart: joined, SQLite would go through all stakeholders that are published
    asked = Stakeholder.objects.published().filter(pk__in={row[3] for row in rows if row[3]})
    public = {
        key: (slug, name, names) for key, slug, name, names in asked.values_list("pk", "slug", "name", "other_names")
    }
    for practice, function, note, stakeholder, role, label, french, spanish, above in rows:
        slug, name, others = public.get(stakeholder, ("", "", []))
        names = [name, *(other["text"] for other in others)] if name else []
        made[practice].add("actor", name or note, also=[*names[1:], *map(text.initials, names)])
        made[practice].add("role", label, also=(french, spanish))
        row = {"role": [role, above] if above else [role], "function": [function]}
        made[practice].facets["involvements"].append({**row, "stakeholder": [slug] if slug else []})


def _add_countries(made: dict[int, Document]) -> None:
    columns = ("alpha2", "sort_key", "label", "label_fr", "label_es", "alpha3", "region__label", "subregion__label")
    links = CountryLink.objects.filter(practice__in=made).order_by("practice_id", "position")
    rows = links.values_list("practice_id", "role", *(f"country__{column}" for column in columns))
    for practice, role, alpha2, sort_key, label, *also in rows:
        document = made[practice]
        if not document.facets["country_links"]:
            document.country_key = sort_key
        document.add("country", label, also=also)
        document.facets["country_links"].append({"country": [alpha2], "role": [role]})


def _add_places(made: dict[int, Document]) -> None:
    places = Practice.places.through.objects.filter(practice__in=made).order_by("practice_id", "place__sort_key")
    for practice, name in places.values_list("practice_id", "place__name"):
        made[practice].add("place", name)


def _add_findings(made: dict[int, Document]) -> None:
    links = Finding.practices.through.objects.filter(practice__in=made).order_by()
    illustrated: dict[int, list[int]] = defaultdict(list)
    for finding, practice in links.values_list("finding_id", "practice_id"):
        illustrated[finding].append(practice)
    public = Finding.objects.published().filter(pk__in=illustrated).by_title()
    for finding, title, statement in public.values_list("pk", "title", "statement"):
        for practice in illustrated[finding]:
            made[practice].add("finding", f"{title}: {statement}")


def _add_outcomes(made: dict[int, Document]) -> None:
    rows = Outcome.objects.filter(practice__in=made).order_by("practice_id", "position")
    for practice, statement in rows.values_list("practice_id", "statement"):
        made[practice].add("outcome", statement)


def _add_sources(made: dict[int, Document]) -> None:
    links = PracticeCitation.objects.filter(practice__in=made).order_by()
    pairs = set(links.values_list("practice_id", "citation__section__source_id"))
    public = Source.objects.published().filter(pk__in={source for _, source in pairs})
    slugs = dict(public.values_list("pk", "slug"))
    for practice, slug in sorted((practice, slugs[source]) for practice, source in pairs if source in slugs):
        made[practice].facets["sources"].append(slug)


def known_years(practice: dict[str, Any]) -> tuple[int | None, int | None]:
    """Return the first and last year in which a practice is known to have run: the report's where it still ran."""
    first = practice["year_start"] or practice["year_end"]
    still = practice["status_year"] if practice["reported_status"] == ReportedStatus.RUNNING else None
    last = practice["year_end"] or max(filter(None, (practice["year_start"], first and still)), default=None)
    return first, last


def practices_with(record: Any) -> set[int]:
    """Return the practices in whose document a record has a part, published or not, by primary key."""
    found: set[int] = set()
    for path in _paths(type(record)) if record.pk else ():
        found.update(Practice.objects.filter(**{path: record.pk}).values_list("pk", flat=True))
    return found


def _paths(model: type[Any]) -> list[str]:
    """Return the ways from a practice to the records of a model that have a part in its document."""
    ways = {
        Practice: ["pk"],
        Stakeholder: ["involvements__stakeholder"],
        StakeholderRole: ["involvements__role", "involvements__role__parent"],
        Finding: ["findings"],
        Country: ["country_links__country"],
        Place: ["places"],
        Citation: ["citation_links__citation"],
        Section: ["citation_links__citation__section"],
        Source: ["citation_links__citation__section__source"],
    }
    of_terms = [name for name, one in TERM_FIELDS.items() if one.related_model is model]
    return ways.get(model, []) + [path for name in of_terms for path in (name, f"{name}__parent")]
