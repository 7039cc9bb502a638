"""Finding records in the admin, in lists and in fields where one is chosen: whatever the case, accents or spelling.

A record is found by codes, by its names in any language, by synonyms of them, and by its other texts. What is searched
are a model's `search_fields` and its other names, read anew each time: 5,000 practices take some 50 ms.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from django.contrib import admin
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.db.models import Count, Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import ngettext

from practices.catalog import current
from practices.catalog.rings import by_phrase, ring_words
from practices.index import text
from practices.models import Country, Curated, State
from practices.models.retiring import Retirable

#: fields that are found by the whole of what is typed, and before all others
CODES = frozenset({"alpha2", "alpha3", "m49", "code", "ref", "slug"})
#: fields that are no names: what stands in them only is found last
TEXTS = frozenset({"summary", "description", "statement", "definition", "note", "reason"})
#: what the European Union calls countries by, where it is not their ISO code
EU_CODES = {"uk": "gb", "el": "gr"}
#: the fewest letters that stand for all synonyms that begin so: "Ivor" for Ivory Coast
BEGINNING = 4
#: how a record is used in practices, by the relation that leads there
USES = {
    "practices": "practices",
    "links": "links__practice",
    "involvements": "involvements__practice",
    "practice_links": "practice_links__practice",
}

# In the order in which records are offered: how well one fits what was typed
CODE, WHOLE, BEGUN, WORDS, SYNONYM, ELSEWHERE, NOWHERE = range(7)


class FoldedSearchMixin(admin.ModelAdmin):
    """Searches of a model admin as `found` does them."""

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        fields = self.get_search_fields(request)
        if not fields or not search_term.strip():
            return queryset, False
        return queryset.filter(pk__in=found(queryset, fields, search_term)), False


def found(queryset: QuerySet, search_fields: Iterable[str], typed: str) -> list[int]:
    """Return the keys of the records that fit what was typed, the best first. Three queries at most."""
    wanted = Wanted.of(typed)
    if not wanted.words:
        return []
    paths = [path.lstrip("=^@") for path in search_fields]
    exact = {path.lstrip("=^@") for path in search_fields if path.startswith("=")}
    if hasattr(queryset.model, "other_names") and "other_names" not in paths:
        paths.append("other_names")
    kinds = [CODE if path in exact or path in CODES else ELSEWHERE if path in TEXTS else WORDS for path in paths]
    ranks = (
        (wanted.rank(zip(kinds, map(_texts, values), strict=True)), pk)
        for pk, *values in queryset.values_list("pk", *paths)
    )
    fitting = [(rank, pk) for rank, pk in ranks if rank != NOWHERE]
    return [pk for _rank, pk in sorted(fitting, key=lambda pair: pair[0])]


@dataclass(frozen=True)
class Wanted:
    """What was typed: as a code, as words, and the phrases that answer for it, as the index knows them."""

    code: str
    #: each word as typed and as the index knows it
    words: list[tuple[str, str]]
    synonyms: set[str]

    @classmethod
    def of(cls, typed: str) -> "Wanted":
        """Return what was typed; words that stand everywhere count where there are no others."""
        code = " ".join(typed.split()).casefold()
        pairs = [(token.surface, token.stem) for token in text.tokens(text.composed(typed.replace("\0", "")))]
        words = [pair for pair in pairs if pair[0] not in text.STOPWORDS] or pairs
        return cls(EU_CODES.get(code, code), words, _synonyms(pairs))

    def rank(self, values: Iterable[tuple[int, list[str]]]) -> int:
        """Return how well a record with these (kind of field, texts) fits."""
        best, surfaces, stems = NOWHERE, " ", " "
        for kind, texts in values:
            for value in texts:
                if kind == CODE and value.casefold() == self.code:
                    return CODE
                name = _folded(value)
                surfaces, stems = surfaces + name.surfaces, stems + name.stems
                if kind == WORDS:
                    best = min(best, self._rank_of_name(name))
        if best == NOWHERE and self._is_in(surfaces, stems):
            return ELSEWHERE
        return best

    def _rank_of_name(self, name: "Folded") -> int:
        if self.typed in (name.surfaces, name.initials) or any(name.stems == phrase for phrase in self.synonyms):
            return WHOLE
        if name.surfaces.startswith(self.typed.rstrip()):
            return BEGUN
        if self._is_in(name.surfaces, name.stems):
            return WORDS
        return SYNONYM if any(phrase in name.stems for phrase in self.synonyms) else NOWHERE

    def _is_in(self, surfaces: str, stems: str) -> bool:
        """Whether each word stands in a text, or begins one that does."""
        return all(f" {surface}" in surfaces or f" {stem} " in stems for surface, stem in self.words)

    @property
    def typed(self) -> str:
        """The words as `Folded.surfaces` has them."""
        return spaced(surface for surface, _stem in self.words)


def _synonyms(words: list[tuple[str, str]]) -> set[str]:
    """Return the phrases that answer for what was typed; from BEGINNING letters on, for what begins so."""
    catalog = current()
    rings = catalog.derived("synonyms", lambda: by_phrase(ring_words()))
    typed = tuple(stem for _surface, stem in words)
    if typed in rings:
        return {spaced(phrase) for phrase in rings[typed]}
    beginning = spaced(surface for surface, _stem in words).rstrip()
    if len(beginning) <= BEGINNING:
        return set()
    beginnings = catalog.derived("beginnings of synonyms", lambda: list(_beginnings()))
    return {phrase for written, others in beginnings if written.startswith(beginning) for phrase in others}


def _beginnings() -> Iterator[tuple[str, set[str]]]:
    """Yield each word or phrase in a ring, folded, with all phrases of its ring."""
    for words in ring_words():
        phrases = {spaced(text.stems(word)) for word in words}
        yield from ((spaced(token.surface for token in text.tokens(word)), phrases) for word in words)


def _texts(value: object) -> list[str]:
    """Return the texts of a field: of other names each, of what is empty none."""
    if isinstance(value, list):
        return [str(part["text"]) if isinstance(part, dict) else str(part) for part in value]
    return [] if value in (None, "") else [str(value)]


class Folded(NamedTuple):
    """A text as words with spaces around each: as readers type them, as the index knows them; and its initials."""

    surfaces: str
    stems: str
    initials: str


@lru_cache(maxsize=50_000)
def _folded(value: str) -> Folded:
    pairs = [(token.surface, token.stem) for token in text.tokens(text.composed(value))]
    initials = spaced([text.fold(text.initials(value))])
    return Folded(spaced(surface for surface, _stem in pairs), spaced(stem for _surface, stem in pairs), initials)


def spaced(words: Iterable[str]) -> str:
    """Return words with a space before and after each."""
    return f" {' '.join(words)} "


# What a field offers


class PickerView(AutocompleteJsonView):
    """Answers what is typed into a field where a record is chosen: the best first, each with what tells it apart."""

    def get_queryset(self) -> Any:  # keys, where Django takes records: those of one page are read
        if type(self.model_admin).get_search_results is not FoldedSearchMixin.get_search_results:
            return super().get_queryset()  # it has a search of its own
        records = self._records()
        if not self.term.strip():
            return list(records.values_list("pk", flat=True))
        return found(records, self.model_admin.get_search_fields(self.request), self.term)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        keys = context["object_list"]
        if isinstance(keys, list):
            known = with_uses(self._records().filter(pk__in=keys)).in_bulk() if keys else {}
            context["object_list"] = [known[key] for key in keys if key in known]
        return context

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        return {**super().serialize_result(obj, to_field_name), "note": " · ".join(notes(obj))}

    def _records(self) -> QuerySet:
        records: QuerySet = self.model_admin.get_queryset(self.request)
        if issubclass(records.model, Curated):
            records = records.filter(draft_of=None)  # a pending edit is no record of its own
        if issubclass(records.model, Retirable):
            records = records.filter(retired_on=None)
        return records.complex_filter(self.source_field.get_limit_choices_to())


def with_uses(records: QuerySet) -> QuerySet:
    """Return records with the number of practices that use each, as `uses`, and the country that each is in."""
    model = records.model
    path = next((path for relation, path in USES.items() if hasattr(model, relation)), None)
    if "country" in {field.name for field in model._meta.fields}:
        records = records.select_related("country")
    return records.annotate(uses=Count(path, distinct=True)) if path else records


def notes(record: Model) -> Iterator[str]:
    """Yield what tells a record from others of like name: ref, code, country, uses, and that it is not public."""
    if isinstance(record, Curated):
        yield record.ref
        if record.state != State.PUBLISHED:
            yield str(record.get_state_display())
    if isinstance(record, Country):
        yield record.alpha2
    elif country := getattr(record, "country", None):
        yield str(country)
    if (uses := getattr(record, "uses", None)) is not None:
        yield ngettext("%(n)s practice", "%(n)s practices", uses) % {"n": uses}
