"""All that a record says, part by part in the order of its form, for whoever reads a new draft as a whole."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from django.db.models import Model

from practices.curation.changes.content import Content, RowContent, columns, read
from practices.curation.changes.differences import Names, Naming
from practices.models import Citation, Curated, Row


class FieldValue(NamedTuple):
    """One value of a field as a text, and the key of the citation that it names, None where it is none."""

    text: str
    citation: int | None = None


class FieldText(NamedTuple):
    """A field and its values as texts, none where it is empty."""

    label: str
    values: list[FieldValue]


class RowText(NamedTuple):
    """A row and those of its fields that say something."""

    name: str
    fields: list[FieldText]


class PartText(NamedTuple):
    """A part of a record: its fields that say something, or its rows of one kind; and the labels of empty fields."""

    heading: str
    fields: list[FieldText]
    rows: list[RowText]
    empty: list[str]


class PartFields(NamedTuple):
    """A part of a form: its heading and the names of its fields; of rows, their kind."""

    heading: str
    names: Sequence[str]
    rows: type[Row] | None = None


def record_text(record: Curated, parts: Iterable[PartFields], naming: Naming = str) -> list[PartText]:
    """Return what a record says, in the order of its form; parts without anything are left out.

    As many queries for many rows as for one. Names that are no field of the content are passed over.
    """
    content, names = read(record), Names(naming)
    names.need(type(record), (content.values, content.terms))
    for kind, rows in content.rows.items():
        names.need(kind, *((row.values, row.terms) for row in rows.values()))
    texts = [
        _rows(record, content, part, names) if part.rows else _fields(record, content, part, names) for part in parts
    ]
    return [text for text in texts if text.fields or text.rows or text.empty]


def _fields(record: Curated, content: Content, part: PartFields, names: Names) -> PartText:
    fields = list(_texts(type(record), content, part.names, names))
    empty = [field.label for field in fields if not field.values]
    return PartText(part.heading, [field for field in fields if field.values], [], empty)


def _rows(record: Curated, content: Content, part: PartFields, names: Names) -> PartText:
    assert part.rows  # noqa: S101
    rows = [
        RowText(
            names.of_row(part.rows, row, record),
            [field for field in _texts(part.rows, row, part.names, names) if field.values],
        )
        for row in content.rows[part.rows].values()
    ]
    return PartText(part.heading, [], rows, [])


def _texts(model: type[Model], said: Content | RowContent, wanted: Sequence[str], names: Names) -> Iterator[FieldText]:
    fields = {item.name: item for item in (*columns(model).values(), *model._meta.many_to_many)}
    for item in (fields[name] for name in wanted if name in fields):
        yield FieldText(str(item.verbose_name), _values(item, said, names))


def _values(item: Any, said: Content | RowContent, names: Names) -> list[FieldValue]:
    if item.related_model is not Citation:
        return [FieldValue(text) for text in names.texts(item, said)]
    keys = said.terms[item.name] if item.many_to_many else {said.values[item.attname]} - {None}
    return sorted(FieldValue(names.of(Citation, key), key) for key in keys)


def citations_in(model: type[Curated], content: Content) -> set[int]:
    """Return the keys of the citations that a record or its rows name."""
    kinds: list[tuple[type[Model], Iterable[Content | RowContent]]] = [(model, [content])]
    kinds += [(kind, rows.values()) for kind, rows in content.rows.items()]
    keys = set[int | None]()
    for kind, parts in kinds:
        for item in (*columns(kind).values(), *kind._meta.many_to_many):
            if item.related_model is Citation:
                for said in parts:
                    keys |= said.terms[item.name] if item.many_to_many else {said.values[item.attname]}
    return {key for key in keys if key is not None}
