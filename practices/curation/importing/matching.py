"""Which record a text in a cell means: by its code, ref, slug or name without doubt, else which ones it may mean."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _
from rapidfuzz import fuzz, process

from practices.curation.importing.columns import OF_MODEL, Column
from practices.index.text import stems
from practices.models import Citation, Country, Curated, Place, Section, SynonymRing
from practices.models.curated import sort_key
from practices.provenance.fingerprints import WINDOW, fingerprint, words

#: how many records are offered for a text that means none, and how alike a name must be, of 100
OFFERED, ALIKE = 5, 70
REF = re.compile(r"(IP[A-Z]-[0-9]{4,})(?![0-9A-Za-z-])")
PASSAGE = re.compile(
    r"(?P<source>[\w-]+)/(?P<section>\d{1,5})/(?P<paragraph>\d{1,5})(#(?P<print>[0-9a-f]{8,64}))?(:(?P<words>.+))?",
    re.S,
)
#: how much of a fingerprint is written
PRINT = 12
#: a passage of fewer words could stand anywhere
FEWEST_WORDS = 3


@dataclass(frozen=True)
class NewRecord:
    """A record that the file adds, by sheet and key."""

    sheet: str
    key: str


@dataclass(frozen=True)
class NewPassage:
    """A passage that nobody cites yet: where it stands and how to recognise it."""

    section: int
    paragraph: int
    fingerprint: str
    words: int


#: what a cell names: a record by its primary key, or one that will be there
Named = int | NewRecord | NewPassage


@dataclass(frozen=True)
class Offer:
    """A record that a text may mean."""

    code: str
    label: str


class Unknown(Exception):
    """A text that means no record, or several: the message says so, `suggestions` are those it may mean."""

    def __init__(self, reason: str, text: str, suggestions: Iterable[Offer] = ()) -> None:
        super().__init__(reason)
        self.text = text
        self.suggestions = list(suggestions)


@dataclass(frozen=True)
class Entry:
    """A record as texts name it: its code, which is written into files, its label, and its other names."""

    value: Any
    code: str
    label: str
    names: tuple[str, ...] = ()


@dataclass
class Directory:
    """The records of one kind by what names them. `kind` is what they are called."""

    kind: str
    entries: list[Entry]
    rings: "Rings"
    _found: dict[str, Any] = field(default_factory=dict)
    _offers: dict[str, list[Offer]] = field(default_factory=dict)

    @cached_property
    def by_code(self) -> dict[str, Entry]:
        """Each entry by its code."""
        return {entry.code: entry for entry in self.entries}

    @cached_property
    def by_value(self) -> dict[Any, Entry]:
        """Each entry by what it stands for."""
        return {entry.value: entry for entry in self.entries}

    @cached_property
    def by_name(self) -> dict[str, list[Entry]]:
        """The entries that a folded name means."""
        entries: dict[str, list[Entry]] = defaultdict(list)
        for entry in self.entries:
            for name in dict.fromkeys(folded(name) for name in (entry.code, entry.label, *entry.names)):
                entries[name].append(entry)
        return entries

    def find(self, text: str) -> Any:
        """Return the value that a text means. Raises Unknown."""
        if text not in self._found:
            self._found[text] = self._find(text)
        return self._found[text]

    def _find(self, text: str) -> Any:
        if entry := self.by_code.get(text) or self.by_code.get(ref_in(text)):
            return entry.value
        named = self.by_name.get(folded(text), [])
        if len(named) == 1:
            return named[0].value
        values = {"kind": self.kind, "text": text}
        if named:
            offers = [Offer(entry.code, entry.label) for entry in named[:OFFERED]]
            raise Unknown(_("More than one %(kind)s is called “%(text)s”.") % values, text, offers)
        raise Unknown(_("There is no %(kind)s “%(text)s”.") % values, text, self.offers(text))

    def offers(self, text: str) -> list[Offer]:
        """Return the entries that a text may mean, the likeliest first: by a synonym, then by a like name."""
        if text not in self._offers:
            entries = [entry for word in self.rings.others(text) for entry in self.by_name.get(folded(word), [])]
            alike = process.extract(
                folded(text), list(self.by_name), scorer=fuzz.WRatio, score_cutoff=ALIKE, limit=2 * OFFERED
            )
            entries += [entry for name, _score, _position in alike if name for entry in self.by_name[name]]
            unique = {entry.code: Offer(entry.code, entry.label) for entry in entries}
            self._offers[text] = list(unique.values())[:OFFERED]
        return self._offers[text]


class Rings:
    """The rings of synonyms, read when first needed."""

    @cached_property
    def _by_word(self) -> dict[tuple[str, ...], list[str]]:
        rings: dict[tuple[str, ...], list[str]] = defaultdict(list)
        for ring in SynonymRing.objects.values_list("words", flat=True):
            for word in ring:
                rings[tuple(stems(word))] += [other for other in ring if other != word]
        return rings

    def others(self, text: str) -> list[str]:
        """Return the words that answer for a text."""
        return self._by_word.get(tuple(stems(text)), [])


class Directories:
    """What texts mean, column by column. `chosen` is what a curator chose for texts that mean nothing by themselves:

    codes by the name of a directory and text; "" leaves the text out.
    """

    def __init__(self, chosen: Mapping[str, Mapping[str, str]] | None = None) -> None:
        self._chosen = chosen or {}
        self._rings = Rings()
        self._directories: dict[str, Directory] = {}
        #: what the keys of a file's lines stand for, by sheet and key
        self.keys: dict[tuple[str, str], int | NewRecord] = {}

    def named(self, column: Column, text: str) -> Named | str | None:
        """Return what a text in a column means, None where a curator left it out. Raises Unknown."""
        choice = self._chosen.get(directory_name(column), {}).get(text)
        if choice == "":
            return None
        try:
            return self._named(column, text if choice is None else choice)
        except Unknown as unknown:
            unknown.text = text  # as the file has it, by which it is asked
            raise

    def _named(self, column: Column, text: str) -> Named | str:
        if column.kind in ("record", "records"):
            if column.target is Citation:
                return self.passages.find(text)
            sheet = OF_MODEL.get(column.target)
            if sheet and (record := self.keys.get((sheet.name, ref_in(text) or text))):
                return record
        value: Named | str = self.of(column).find(text)
        return value

    def written(self, column: Column, value: Any) -> str:
        """Return how a file names a record or code."""
        if column.kind == "choice":
            return str(value)
        if column.target is Citation:
            return self.passages.written(value)
        entry = self.of(column).by_value[value]
        return f"{entry.code} {entry.label}" if issubclass(column.target, Curated) else entry.code

    def of(self, column: Column) -> Directory:
        """Return the directory of a column."""
        if column.kind != "choice":
            return self.of_model(column.target)
        name = directory_name(column)
        if name not in self._directories:
            entries = [Entry(code, code, label) for code, label in column.options]
            self._directories[name] = Directory(column.label, entries, self._rings)
        return self._directories[name]

    def of_model(self, model: type[Model]) -> Directory:
        """Return the directory of a model."""
        name = model._meta.label_lower
        if name not in self._directories:
            self._directories[name] = Directory(str(model._meta.verbose_name), list(_entries(model)), self._rings)
        return self._directories[name]

    @cached_property
    def passages(self) -> "PassageDirectory":
        """The passages that are cited."""
        return PassageDirectory()


def directory_name(column: Column) -> str:
    """Return what tells the values of a column from those of others: the model named, or the closed list's field."""
    return str(column.target._meta.label_lower if column.kind in ("record", "records") else column.field)


def folded(text: str) -> str:
    """Return a name without case, accents and signs; one in another script as it is, without case."""
    return sort_key(text) or text.casefold().strip()


def ref_in(text: str) -> str:
    """Return the ref with which a text begins, "" for none."""
    match = REF.match(text)
    return match[1] if match else ""


#: what else countries are called
_COUNTRY_NAMES = ("alpha3", "slug", "label_fr", "label_es")


def _entries(model: type[Model]) -> Iterator[Entry]:
    if model is Country:
        for pk, alpha2, label, *names in model._default_manager.values_list("pk", "alpha2", "label", *_COUNTRY_NAMES):
            yield Entry(pk, alpha2, label, tuple(filter(None, names)))
    elif model is Place:
        for pk, alpha2, name in model._default_manager.values_list("pk", "country__alpha2", "name"):
            yield Entry(pk, f"{alpha2} {name}", name)
    elif issubclass(model, Curated):
        yield from _curated(model)
    else:
        for pk, code, label, *names in model._default_manager.values_list(
            "pk", "code", "label", "label_fr", "label_es"
        ):
            yield Entry(pk, code, label, tuple(filter(None, names)))


def _curated(model: type[Curated]) -> Iterator[Entry]:
    """Yield the records of a kind, pending edits left out: they are not records of their own."""
    others = [column.name for column in model._meta.fields if column.name == "other_names"]
    columns = ("pk", "ref", "slug", model.name_field, *others)
    for pk, ref, slug, name, *names in model.objects.originals().values_list(*columns):
        yield Entry(pk, ref, name, (slug, *(other["text"] for part in names for other in part)))


class PassageDirectory:
    """Every passage that is cited, and every section, by how files name them: report/section/paragraph."""

    def __init__(self) -> None:
        self._sections: dict[tuple[str, int], tuple[int, int]] = {}
        columns = ("source__slug", "source__ref", "position", "pk", "paragraphs")
        for slug, ref, position, pk, paragraphs in Section.objects.order_by().values_list(*columns):
            self._sections[slug, position] = self._sections[ref, position] = pk, paragraphs
        self._cited: dict[tuple[int, int], list[tuple[str, int]]] = defaultdict(list)
        self._names: dict[int, str] = {}
        rows = ("pk", "section", "paragraph", "fingerprint", "section__source__slug", "section__position")
        for pk, section, paragraph, mark, slug, position in Citation.objects.order_by("pk").values_list(*rows):
            self._cited[section, paragraph].append((mark, pk))
            self._names[pk] = f"{slug}/{position}/{paragraph}#{mark[:PRINT]}"

    def written(self, pk: int) -> str:
        """Return how files name a passage."""
        return self._names[pk]

    def find(self, text: str) -> Named:
        """Return the passage that a text names; one with its first words may be new. Raises Unknown."""
        parts = PASSAGE.fullmatch(text.strip())
        if parts is None:
            raise Unknown(
                _("Write a passage as report/section/paragraph: its first words, such as idm-11/3/2: The …"), text
            )
        section, paragraphs = self._section(parts, text)
        paragraph = int(parts["paragraph"])
        if not paragraph or (paragraphs and paragraph > paragraphs):
            raise Unknown(_("This section has %(last)s paragraphs.") % {"last": paragraphs}, text)
        cited = self._cited[section, paragraph]
        if parts["words"]:
            return self._new(parts["words"], section, paragraph, cited, text)
        matches = [pk for mark, pk in cited if mark.startswith(parts["print"] or "")]
        if len(matches) == 1:
            return matches[0]
        offers = [Offer(self._names[pk], self._names[pk]) for _mark, pk in cited[:OFFERED]]
        if matches:
            raise Unknown(_("Several passages of this paragraph are cited: say which."), text, offers)
        reason = _("No such passage of this paragraph is cited yet: add a colon and its first words.")
        raise Unknown(reason, text, offers)

    def _section(self, parts: re.Match[str], text: str) -> tuple[int, int]:
        try:
            return self._sections[parts["source"], int(parts["section"])]
        except KeyError:
            values = {"source": parts["source"], "section": parts["section"]}
            reason = _("There is no report “%(source)s” with a section %(section)s.") % values
            raise Unknown(reason, text) from None

    def _new(self, text: str, section: int, paragraph: int, cited: list[tuple[str, int]], cell: str) -> Named:
        first = words(text)
        if len(first) < FEWEST_WORDS:
            raise Unknown(_("Give three words or more, or the whole sentence with its full stop."), cell)
        mark = fingerprint(first)
        there = next((pk for other, pk in cited if other == mark), None)
        return there or NewPassage(section, paragraph, mark, min(len(first), WINDOW))
