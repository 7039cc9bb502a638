"""Keeping the index true: every write of documents. Called in the transaction that changes what readers see.

`update()` for a change of known practices, `refresh()` after a load or a bulk change, `rebuild()` from nothing;
`differences()` tells where index and data are not the same.
"""

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from practices.index import embeddings
from practices.index.backends import backend
from practices.index.documents import Document, chunks, documents
from practices.index.text import stem
from practices.models import Practice, SearchDocument, SearchVector, SearchWord

Report = Callable[[int, int], None]


def silent(done: int, total: int) -> None:
    """Report nothing."""


#: more practices than this are written in bulk
MANY = 500
#: documents in one statement: their text index takes PostgreSQL up to 7 ms each, and it ends a statement after 3 s
AT_ONCE = 100
#: what a row of the index holds besides its key
COLUMNS = [field for field in SearchDocument._meta.concrete_fields if not field.primary_key]


@dataclass
class IndexUpdate:
    """What a write did: how many documents it wrote anew and removed, how many words and vectors (of meaning) it added.

    `rebuilt` says that the text index was damaged, and made anew.
    """

    written: int = 0
    removed: int = 0
    words: int = 0
    vectors: int = 0
    rebuilt: bool = False

    @property
    def changed(self) -> bool:
        return bool(self.written or self.removed or self.words or self.vectors or self.rebuilt)

    def add(self, other: "IndexUpdate") -> None:
        """Count in what another write did."""
        self.written += other.written
        self.removed += other.removed
        self.words += other.words
        self.vectors += other.vectors


@transaction.atomic(savepoint=False)
def update(practices: Iterable[int]) -> IndexUpdate:
    """Bring the documents of some practices up to date; those that are not public lose theirs."""
    total = IndexUpdate()
    for chunk in chunks(set(practices)):
        stored = SearchDocument.objects.in_bulk(chunk)
        current = list(documents(chunk))
        new = [document for document in current if document.practice not in stored]
        differing = {
            document.practice: _differing(document, stored[document.practice])
            for document in current
            if document.practice in stored
        }
        changed = [document for document in current if differing.get(document.practice)]
        stale = stored.keys() - {document.practice for document in current}
        SearchDocument.objects.filter(pk__in=stale).delete()
        _insert(new)
        _change(changed, set().union(*differing.values()))
        words, vectors = _store_words(current), embeddings.write(current) if embeddings.available() else 0
        total.add(IndexUpdate(len(new) + len(changed), len(stale), words, vectors))
    return total


def refresh(report: Report = silent) -> IndexUpdate:
    """Bring every document up to date, writing only what differs. `report` gets (practices done, of how many)."""
    keys, total = _public() | _indexed(), IndexUpdate(rebuilt=_rebuild_if_corrupt())
    with bulk_write() if len(keys) > MANY else nullcontext():
        for chunk in reported(chunks(keys), len(keys), report):
            total.add(update(chunk))
    return total


@transaction.atomic
def rebuild(report: Report = silent) -> IndexUpdate:
    """Make the whole index anew, words that no practice has any more left out; all or nothing."""
    with bulk_write(), backend().deferred_text_index():
        public, indexed = _public(), _indexed()
        SearchVector.objects.all().delete()
        for chunk in chunks(indexed):
            SearchDocument.objects.filter(pk__in=chunk).only("pk").delete()
        SearchWord.objects.all().delete()
        stored_words = set[str]()
        for chunk in reported(chunks(public), len(public), report):
            current = list(documents(chunk))
            SearchDocument.objects.bulk_create(map(_record, current))
            _store_words(current, stored_words)
            if embeddings.available():
                embeddings.write(current)
    return IndexUpdate(len(public), len(indexed - public))


@contextmanager
def bulk_write() -> Iterator[None]:
    """Within this, many documents are written: the database takes its time, and Python looks for no reference cycles.

    Documents have none, and looking for them took a third of the time.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        with backend().bulk_write():
            yield
    finally:
        if collects:
            gc.enable()


def reported(chunks: Iterable[list[int]], total: int, report: Report) -> Iterator[list[int]]:
    """Yield chunks of keys, and report how many of `total` are done after each."""
    done = 0
    for chunk in chunks:
        yield chunk
        done += len(chunk)
        report(done, total)


def _rebuild_if_corrupt() -> bool:
    """Mend a damaged text index first: it would refuse what its triggers write. Tells whether it was damaged."""
    damaged = bool(backend().check())
    if damaged:
        backend().repair()
    return damaged


def differences() -> Iterator[tuple[int | None, str]]:
    """Yield (primary key of a practice or None, what is wrong) wherever the index is not what the data says."""
    public, indexed = _public(), _indexed()
    yield from ((key, "published, and not in the index") for key in sorted(public - indexed))
    yield from ((key, "in the index, and not published") for key in sorted(indexed - public))
    for chunk in chunks(public & indexed):
        stored = SearchDocument.objects.in_bulk(chunk)
        for document in documents(chunk):
            if wrong := _differing(document, stored[document.practice]):
                yield document.practice, f"its {', '.join(wrong)} in the index are out of date"
            missing = _new_words(document.surfaces)
            if missing:
                yield document.practice, f"{len(missing)} of its words are not known, such as {min(missing)}"
    yield from ((None, problem) for problem in backend().check())


def is_current() -> bool:
    """Whether `refresh` would find nothing to do. It only reads, and so keeps nobody from writing."""
    if next(differences(), None) is not None:
        return False
    return not embeddings.available() or not any(embeddings.stale(documents(chunk)) for chunk in chunks(_public()))


def _public() -> set[int]:
    return set(Practice.objects.published().values_list("pk", flat=True))


def _indexed() -> set[int]:
    return set(SearchDocument.objects.values_list("pk", flat=True))


def _row(document: Document) -> dict[str, Any]:
    return {
        **{f"text_{part}": words for part, words in document.words.items()},
        "facets": document.facets,
        "passages": document.passages,
        "sort_key": document.sort_key,
        "country_key": document.country_key,
        "first_year": document.first_year,
        "last_year": document.last_year,
    }


def _differing(document: Document, stored: SearchDocument) -> list[str]:
    """Return the columns that say something else in the database, from which lists come back for tuples."""
    wanted = {**_row(document), "passages": [[*passage[:2], list(passage.also)] for passage in document.passages]}
    return [column.attname for column in COLUMNS if wanted[column.attname] != getattr(stored, column.attname)]


def _insert(new: list[Document]) -> None:
    """Write documents that are not there; over what somebody else wrote of the same practices meanwhile."""
    SearchDocument.objects.bulk_create(
        map(_record, new),
        batch_size=AT_ONCE,
        update_conflicts=True,
        unique_fields=["practice"],
        update_fields=[column.name for column in COLUMNS],
    )


def _change(changed: list[Document], names: set[str]) -> None:
    """Write some columns of documents that are there: of the others PostgreSQL need not make vectors of words again."""
    columns, quote = [column for column in COLUMNS if column.attname in names], connection.ops.quote_name
    sets = ", ".join(f"{quote(str(column.column))} = %s" for column in columns)
    rows = [
        [*(column.get_db_prep_save(row[column.attname], connection) for column in columns), document.practice]
        for document in changed
        for row in [_row(document)]
    ]
    with connection.cursor() as cursor:
        if rows:
            sql = f"UPDATE {quote(SearchDocument._meta.db_table)} SET {sets} WHERE practice_id = %s"  # noqa: S608
            cursor.executemany(sql, rows)


def _record(document: Document) -> SearchDocument:
    return SearchDocument(practice_id=document.practice, **_row(document))


def _store_words(current: list[Document], stored: set[str] | None = None) -> int:
    """Write the words that are new; returns how many. `stored` are words that need not be looked for."""
    surfaces = set[str]().union(*(document.surfaces for document in current))
    new = surfaces - stored if stored is not None else _new_words(surfaces)
    words = [SearchWord(surface=surface, stem=stem(surface)) for surface in sorted(new)]
    SearchWord.objects.bulk_create(words, ignore_conflicts=True, batch_size=1000)
    if stored is not None:
        stored |= new
    return len(new)


def _new_words(surfaces: set[str]) -> set[str]:
    """Return the words that are not stored yet. One query for each thousand."""
    ordered, stored = sorted(surfaces), set[str]()
    for start in range(0, len(ordered), 1000):
        some = ordered[start : start + 1000]
        sql = f"SELECT surface FROM {SearchWord._meta.db_table} WHERE surface IN ({', '.join(['%s'] * len(some))})"  # noqa: S608
        with connection.cursor() as cursor:  # written out: Django would look at each word
            cursor.execute(sql, some)
            stored.update(surface for (surface,) in cursor.fetchall())
    return surfaces - stored
