"""Documents: what the search knows of each published practice, read from the database some hundreds at a time.

Nothing enters a document that is not public itself: actors, findings and sources only while they are published.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from practices.models import (
    Country,
    CountryLink,
    Finding,
    Involvement,
    Outcome,
    Place,
    Practice,
    PracticeCitation,
    ReportedStatus,
    Source,
    Stakeholder,
    StakeholderRole,
    Term,
)
from practices.querysets import is_published
from practices.search import text

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


@dataclass(frozen=True)
class Passage:
    """A piece of a practice that a result can show: what it is, its text, other words that lead to it."""

    kind: str
    text: str
    also: str = ""


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
        """Add the passages of one kind that say something."""
        other = f" {text.GAP} ".join(word for word in also if word)
        self.passages += [Passage(kind, one, other) for one in texts if one]

    @property
    def words(self) -> dict[str, str]:
        """The index words of each field, with a gap between texts."""
        return {
            name: f" {text.GAP} ".join(
                index_words(part)
                for passage in self.passages
                if FIELD_OF.get(passage.kind, FIELDS[-1]) == name
                for part in (passage.text, *passage.also.split(f" {text.GAP} "))
                if part
            )
            for name in FIELDS
        }

    @property
    def surfaces(self) -> set[str]:
        """The words as readers would type them."""
        found: set[str] = set()
        for passage in self.passages:
            whole = f"{passage.text} {passage.also}"
            found.update(token.surface for token in text.tokens(whole))
            found.update(joined for joined, _parts in text.compounds(whole))
        return found


def index_words(passage: str) -> str:
    """Return a text as the index holds it: its words, then its hyphenated compounds written in one."""
    joined = [text.stem(compound) for compound, _parts in text.compounds(passage)]
    return " ".join([*text.stems(passage), *(part for compound in joined for part in (text.GAP, compound))])


def documents(practices: Iterable[int] | None = None) -> Iterator[Document]:
    """Yield the documents of the published practices, or of those of the given ones that are published."""
    keys = Practice.objects.published().order_by("pk").values_list("pk", flat=True)
    wanted = list(keys) if practices is None else sorted(practices)
    reader = Reader()
    for start in range(0, len(wanted), CHUNK):
        yield from reader.read(wanted[start : start + CHUNK])


class Reader:
    """Reads documents; holds the vocabularies and countries while it does."""

    def __init__(self) -> None:
        self.terms = {name: TERM_FIELDS[name].related_model.objects.in_bulk() for name in TERM_FIELDS}
        self.roles: dict[int, Term] = StakeholderRole.objects.in_bulk()
        countries = Country.objects.select_related("region", "subregion")
        self.countries: dict[int, Country] = countries.in_bulk()
        self.places = Place.objects.in_bulk()

    def read(self, keys: list[int]) -> Iterator[Document]:
        """Yield the documents of some practices, by primary key."""
        practices = Practice.objects.published().filter(pk__in=keys).order_by("pk")
        made = {practice.pk: self._start(practice) for practice in practices}
        self._add_involvements(made)
        self._add_countries(made)
        self._add_terms(made)
        self._add_findings(made)
        self._add_outcomes(made)
        self._add_sources(made)
        for document in made.values():
            document.passages.sort(key=lambda passage: FIELD_OF.get(passage.kind, FIELDS[-1]))  # stable
            document.facets = dict(document.facets)
            yield document

    def _start(self, practice: Practice) -> Document:
        document = Document(practice.pk, practice.sort_key)
        document.add("title", practice.title, also=[text.initials(practice.title)])
        for name in (practice.title_original, *(name["text"] for name in practice.other_names)):
            document.add("name", name, also=[text.initials(name)])
        document.add("summary", practice.summary)
        document.add("description", practice.description)
        for name, model_field in TERM_FIELDS.items():
            if not model_field.many_to_many:
                self._add_term(document, name, getattr(practice, model_field.attname))
        document.first_year, document.last_year = known_years(practice)
        return document

    def _add_term(self, document: Document, name: str, key: int) -> None:
        term = self.terms[name][key]
        document.facets[name] += [code for code in lineage(term, self.terms[name]) if code not in document.facets[name]]
        document.add(name, term.label, also=(term.label_fr, term.label_es))

    def _add_terms(self, made: dict[int, Document]) -> None:
        for name, model_field in TERM_FIELDS.items():
            if model_field.many_to_many:
                links = model_field.remote_field.through.objects.filter(practice__in=made)
                pairs = links.values_list("practice_id", f"{model_field.m2m_reverse_field_name()}_id")
                order = {key: (term.order, term.code) for key, term in self.terms[name].items()}
                for practice, key in sorted(pairs, key=lambda pair: order[pair[1]]):
                    self._add_term(made[practice], name, key)

    def _add_involvements(self, made: dict[int, Document]) -> None:
        named = dict[int, tuple[str, str, list[dict[str, str]]]]()
        rows = Involvement.objects.filter(practice__in=made).order_by("practice_id", "position")
        for key, slug, name, others in rows.filter(is_published("stakeholder")).values_list(
            "pk", "stakeholder__slug", "stakeholder__name", "stakeholder__other_names"
        ):
            named[key] = slug, name, others
        for key, practice, role, function, note in rows.values_list("pk", "practice_id", "role_id", "function", "note"):
            slug, name, others = named.get(key, ("", "", []))
            names = [name, *(other["text"] for other in others)] if name else []
            made[practice].add("actor", name or note, also=[*names[1:], *map(text.initials, names)])
            row = {"role": lineage(self.roles[role], self.roles), "function": [function]}
            made[practice].facets["involvements"].append({**row, "stakeholder": [slug] if slug else []})

    def _add_countries(self, made: dict[int, Document]) -> None:
        links = CountryLink.objects.filter(practice__in=made).order_by("practice_id", "position")
        for practice, key, role in links.values_list("practice_id", "country_id", "role"):
            country, document = self.countries[key], made[practice]
            if document.country_key == "~":
                document.country_key = country.sort_key
            around = (region.label for region in (country.region, country.subregion) if region)
            document.add("country", country.label, also=(country.label_fr, country.label_es, country.alpha3, *around))
            document.facets["country_links"].append({"country": [country.alpha2], "role": [role]})
        through = Practice.places.through.objects.filter(practice__in=made).order_by("practice_id", "place__sort_key")
        for practice, key in through.values_list("practice_id", "place_id"):
            made[practice].add("place", self.places[key].name)

    def _add_findings(self, made: dict[int, Document]) -> None:
        links = Finding.practices.through.objects.filter(is_published("finding"), practice__in=made)
        rows = links.order_by("practice_id", "finding__sort_key").values_list(
            "practice_id", "finding__title", "finding__statement"
        )
        for practice, title, statement in rows:
            made[practice].add("finding", f"{title}: {statement}")

    def _add_outcomes(self, made: dict[int, Document]) -> None:
        rows = Outcome.objects.filter(practice__in=made).order_by("practice_id", "position")
        for practice, statement in rows.values_list("practice_id", "statement"):
            made[practice].add("outcome", statement)

    def _add_sources(self, made: dict[int, Document]) -> None:
        links = PracticeCitation.objects.filter(is_published("citation__section__source"), practice__in=made)
        pairs = links.order_by().values_list("practice_id", "citation__section__source__slug").distinct()
        for practice, slug in sorted(pairs):
            made[practice].facets["sources"].append(slug)


def known_years(practice: Practice) -> tuple[int | None, int | None]:
    """Return the first and last year in which a practice is known to have run: the report's where it still ran."""
    first = practice.year_start or practice.year_end
    still = practice.status_year if practice.reported_status == ReportedStatus.RUNNING else None
    last = practice.year_end or max(filter(None, (practice.year_start, first and still)), default=None)
    return first, last


def lineage(term: Any, terms: dict[int, Any]) -> list[str]:
    """Return the code of a term and of those above it: a filter on a broader term finds its narrower ones."""
    above = terms.get(term.parent_id)
    return [term.code, *(lineage(above, terms) if above else [])]


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
        Source: ["citation_links__citation__section__source"],
    }
    of_terms = [name for name, one in TERM_FIELDS.items() if one.related_model is model]
    return ways.get(model, []) + [path for name in of_terms for path in (name, f"{name}__parent")]
