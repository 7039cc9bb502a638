"""How two contents of a record differ, field by field and row by row; and contents mixed of two or three."""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from difflib import SequenceMatcher
from itertools import chain
from typing import Any, NamedTuple, TypeVar

from django.db.models import Model
from django.utils.translation import gettext as _

from practices.curation.changes.content import Content, RowContent, RowContents, columns, row_models
from practices.curation.fixtures import FIXTURE_MODELS
from practices.models import Citation, Curated, Row

T = TypeVar("T")
#: what says something: a record as a whole, or one of its rows
Side = Content | RowContent
#: what somebody who looks at differences is told of a record that one of them names
Naming = Callable[[Model], str]
#: what stands for a value that there is not
NOTHING = "–"
#: a word, the marks after it, or the space between two
WORD = re.compile(r"\s+|[,;:.!?]+|[^\s,;:.!?]+(?:[,;:.!?]+[^\s,;:.!?]+)*")


class Piece(NamedTuple):
    """A stretch of words that both texts have ("="), only the new one ("+"), or only the old one ("-")."""

    sign: str
    text: str


class FieldChange(NamedTuple):
    """A field and what it says on either side, as texts."""

    label: str
    old: str
    new: str

    @property
    def pieces(self) -> list[Piece]:
        """The words of both texts, in order."""
        return word_difference(self.old, self.new)


def as_told(record: Model, naming: Naming) -> Any:
    """Return what a row is to be named after: a record, or what somebody is told in place of its name."""
    name = naming(record)
    return record if name == str(record) else name


@dataclass(frozen=True)
class Difference:
    """A field, a row, or the order of rows of one kind, that is not the same: "~" changed, "+" added, "-" removed.

    `key` names it among the differences of the two contents: "summary", "outcome.12", "outcome.order".
    """

    key: str
    sign: str
    kind: str
    name: str
    fields: list[FieldChange]


def word_difference(old: str, new: str) -> list[Piece]:
    """Return the words of two texts in order, those that both have once; changed words in a row as one piece."""
    before, after = WORD.findall(old), WORD.findall(new)
    pieces, removed, added = list[Piece](), "", ""
    for tag, start, end, other_start, other_end in SequenceMatcher(None, before, after).get_opcodes():
        taken, given = "".join(before[start:end]), "".join(after[other_start:other_end])
        if tag == "equal" and (taken.strip() or not (removed or added)):
            pieces += [*_changed(removed, added), Piece("=", taken)]
            removed = added = ""
        else:
            removed, added = removed + taken, added + given
    return [*pieces, *_changed(removed, added)]


def _changed(removed: str, added: str) -> list[Piece]:
    return [Piece(sign, text) for sign, text in (("-", removed), ("+", added)) if text]


# What is not the same


def differences(model: type[Curated], old: Content, new: Content, naming: Naming = str) -> list[Difference]:
    """Return how two contents of a record differ, in the order of fields and rows. A query for each kind named."""
    return differences_of_all(model, [(old, new)], naming)[0]


def differences_of_all(
    model: type[Curated], pairs: Iterable[tuple[Content, Content]], naming: Naming = str
) -> list[list[Difference]]:
    """Return the same of several pairs of contents; as many queries."""
    names = Names(naming)
    compared = [_Compared(model, old, new) for old, new in pairs]
    for comparison in compared:
        comparison.need(names)
    return [comparison.differences(names) for comparison in compared]


class _Compared:
    """Two contents of a record, and where they differ."""

    def __init__(self, model: type[Curated], old: Content, new: Content) -> None:
        self.model, self.old, self.new = model, old, new
        self.owner = model(**new.values)
        self.fields = list(_changed_fields(model, old, new))
        self.rows = [(kind, key, *pair) for kind in row_models(model) for key, pair in _changed_rows(old, new, kind)]

    def need(self, names: "Names") -> None:
        """Note what is named where they differ."""
        names.need(self.model, *((side.values, side.terms) for side in (self.old, self.new)))
        for kind, _key, before, after in self.rows:
            names.need(kind, *((row.values, row.terms) for row in (before, after) if row))

    def differences(self, names: "Names") -> list[Difference]:
        """Return the fields, the rows, and the kinds of rows in another order, that are not the same."""
        differences = [_field_difference(self.model, name, self.old, self.new, names) for name in self.fields]
        differences += [_row_difference(*row, self.owner, names) for row in self.rows]
        reordered = (kind for kind in row_models(self.model) if _reordered(self.old.rows[kind], self.new.rows[kind]))
        return [*differences, *map(_order, reordered)]


def _changed_fields(model: type[Model], old: Any, new: Any) -> Iterator[str]:
    """Yield the names of the fields in which two contents, or two rows, differ; positions of rows apart."""
    for column, item in columns(model).items():
        if old.values[column] != new.values[column] and not (issubclass(model, Row) and column == "position"):
            yield item.name
    yield from (item.name for item in model._meta.many_to_many if old.terms[item.name] != new.terms[item.name])


def _changed_rows(
    old: Content, new: Content, kind: type[Row]
) -> Iterator[tuple[int, tuple[RowContent | None, RowContent | None]]]:
    before, after = old.rows[kind], new.rows[kind]
    for key in dict.fromkeys((*before, *after)):
        pair = before.get(key), after.get(key)
        if not _same(*pair):
            yield key, pair


def _same(old: RowContent | None, new: RowContent | None) -> bool:
    """Whether two rows say the same, wherever they stand."""
    return old == new or (old is not None and new is not None and old.at(0) == new.at(0))


def _reordered(old: RowContents, new: RowContents) -> bool:
    """Whether the rows that both sides have stand in another order."""
    before, after = ([key for key in _in_order(rows) if key in old and key in new] for rows in (old, new))
    return before != after


def _in_order(rows: RowContents) -> list[int]:
    return sorted(rows, key=lambda key: rows[key].position)


def row_key(kind: type[Row], key: int | str) -> str:
    """Return the key of a difference in a row, or in the order of a kind of rows."""
    return f"{kind._meta.model_name}.{key}"


def _order(kind: type[Row]) -> Difference:
    return Difference(row_key(kind, "order"), "~", str(kind._meta.verbose_name_plural), _("another order"), [])


def _field_difference(model: type[Model], name: str, old: Content, new: Content, names: "Names") -> Difference:
    change = names.change(model, name, old, new)
    return Difference(name, "~", change.label, "", [change])


def _row_difference(
    kind: type[Row], key: int, old: RowContent | None, new: RowContent | None, owner: Curated, names: "Names"
) -> Difference:
    sign = "~" if old and new else "+" if new else "-"
    fields = [names.change(kind, name, old, new) for name in _changed_fields(kind, old, new)] if old and new else []
    name = "".join(names.of_row(kind, row, owner) for row in [new or old] if row)
    return Difference(row_key(kind, key), sign, str(kind._meta.verbose_name), name, fields)


class Names:
    """What the records are called that contents name by primary key."""

    def __init__(self, naming: Naming = str) -> None:
        self._naming = naming
        self._wanted: defaultdict[type[Model], set[int]] = defaultdict(set)
        self._found: dict[type[Model], dict[int, Model]] = {}

    def need(self, model: type[Model], *parts: tuple[dict[str, Any], dict[str, frozenset[int]]]) -> None:
        """Note what some values and terms of a model name."""
        for values, terms in parts:
            for column, item in columns(model).items():
                if item.is_relation:
                    self._wanted[item.related_model].add(values[column])
            for relation in model._meta.many_to_many:
                self._wanted[relation.related_model] |= terms[relation.name]

    def _records(self, model: type[Model]) -> dict[int, Model]:
        if model not in self._found:
            records = Citation.objects.named() if model is Citation else model._default_manager.all()
            self._found[model] = records.in_bulk(self._wanted[model] - {None})
        return self._found[model]

    def of(self, model: type[Model], key: int) -> str:
        """Return the name of a record."""
        record = self._records(model).get(key)
        return self._naming(record) if record else _("one that is no more")

    def change(self, model: type[Model], name: str, old: Side, new: Side) -> FieldChange:
        """Return what a field says on either side."""
        item: Any = model._meta.get_field(name)
        return FieldChange(str(item.verbose_name), self._text(item, old), self._text(item, new))

    def _text(self, item: Any, side: Side) -> str:
        return (", " if item.many_to_many else "; ").join(self.texts(item, side)) or NOTHING

    def texts(self, item: Any, side: Side) -> list[str]:
        """Return the values of a field as texts, none where it is empty."""
        if item.many_to_many:
            return sorted(self.of(item.related_model, key) for key in side.terms[item.name])
        value = side.values[item.attname]
        if item.is_relation and value is not None:
            return [self.of(item.related_model, value)]
        return texts_of(item, value)

    def of_row(self, kind: type[Row], row: RowContent, owner: Curated) -> str:
        """Return the name of a row, which may be called after the record that owns it."""
        instance = kind(**row.values, **{FIXTURE_MODELS[kind._meta.label_lower].owner: owner})
        for column, item in columns(kind).items():
            record = self._records(item.related_model).get(row.values[column]) if item.is_relation else None
            if record:
                item.set_cached_value(instance, as_told(record, self._naming))
        return str(instance)


def as_text(item: Any, value: Any) -> str:
    """Return the value of a field as a text."""
    return "; ".join(texts_of(item, value)) or NOTHING


def texts_of(item: Any, value: Any) -> list[str]:
    """Return the value of a field as texts: the label of a code, each part of what is kept as JSON."""
    if value in (None, "", []):
        return []
    if isinstance(value, Decimal):
        return [f"{value.normalize():f}"]
    if item.choices:
        return [str(dict(item.flatchoices).get(value, value))]
    return [_part(part) for part in value] if isinstance(value, list) else [str(value)]


def _part(part: object) -> str:
    return " | ".join(str(text) for text in part.values() if text) if isinstance(part, dict) else str(part)


# Mixing


def accepted(old: Content, new: Content, keys: Collection[str]) -> Content:
    """Return the old content with those of the differences to the new one that these keys name."""
    values = {
        name: value if name in keys or name.removesuffix("_id") in keys else old.values[name]
        for name, value in new.values.items()
    }
    terms = {name: value if name in keys else old.terms[name] for name, value in new.terms.items()}
    rows = {kind: _accepted_rows(kind, old.rows[kind], new.rows[kind], keys) for kind in new.rows}
    return Content(values, terms, rows)


def _accepted_rows(kind: type[Row], old: RowContents, new: RowContents, keys: Collection[str]) -> RowContents:
    order = new if row_key(kind, "order") in keys else old
    contents: RowContents = {}
    for key in dict.fromkeys((*old, *new)):
        row = new.get(key) if row_key(kind, key) in keys or _same(old.get(key), new.get(key)) else old.get(key)
        if row is not None:
            contents[key] = row.at(order[key].position) if key in order else row
    return _placed(contents, after=old)


def merged(base: Content, mine: Content, theirs: Content) -> Content:
    """Return what became of a content that two changed: where only one of them changed something, what it became.

    Where both did, mine.
    """
    values = {name: _either(base.values[name], mine.values[name], theirs.values[name]) for name in mine.values}
    terms = {name: _either(base.terms[name], mine.terms[name], theirs.terms[name]) for name in mine.terms}
    rows = {}
    for kind in mine.rows:
        sides = [side.rows[kind] for side in (base, mine, theirs)]
        merged = {key: _either(*(side.get(key) for side in sides)) for key in dict.fromkeys(chain(*sides))}
        rows[kind] = _placed({key: row for key, row in merged.items() if row is not None}, after=sides[2])
    return Content(values, terms, rows)


def _either(base: T, mine: T, theirs: T) -> T:
    return theirs if mine == base else mine


def _placed(rows: RowContents, after: Iterable[int]) -> RowContents:
    """Return rows in positions of their own: where two stand at the same, one that is not in `after` comes later."""
    positions = [row.position for row in rows.values()]
    if len(set(positions)) == len(positions):
        return rows
    known = set(after)
    ordered = sorted(rows, key=lambda key: (rows[key].position, key not in known))
    return {key: replace(rows[key]).at(number) for number, key in enumerate(ordered, 1)}
