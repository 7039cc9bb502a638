"""Merging two records of a kind: whatever names the one that goes names the one that stays afterwards.

Rows that would then stand twice are left out, with their citations given to the one that is there. A curated record
that goes is archived, and its address leads to the other; a term or place is retired, and its code answers for the
other. All of it is one operation, which can be undone.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Field, Max, Model, Q, UniqueConstraint
from django.utils import timezone
from django.utils.translation import gettext as _

from practices.curation.changes import review, workflow
from practices.curation.changes.pending import pending_of
from practices.curation.dependants import public_dependants
from practices.curation.fixtures.baseline import sign_next, write_history
from practices.curation.operations import Recording, recorded, rows
from practices.curation.operations.rows import Rows, Values
from practices.curation.publishing import refresh_public_data
from practices.curation.roles import Person
from practices.index.documents import practices_affected
from practices.models import Curated, FormerSlug, Operation, OperationKind, Practice, State
from practices.models.retiring import Retirable

#: the reason in the history of what a merge changes
MERGED = "Merged"
#: fields of a curated record that a merge does not take from the other
NOT_CHOSEN = ("slug", "ref", "state", "other_names", "reviewed_on", "position")


class CannotMerge(Exception):
    """Two records cannot be merged; the message says why. Nothing was changed."""


@dataclass
class Move:
    """What becomes of the rows of one table that name the record that goes.

    `changed` are rows with their new values, `removed` those that would stand twice, each with the row that stays.
    """

    model: type[Model]
    columns: list[str]
    changed: Rows = field(default_factory=dict)
    removed: dict[int, int | None] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return rows.name(self.model)


@dataclass(frozen=True)
class FieldChoice:
    """A field in which the two differ, to be taken from either."""

    name: str
    label: str
    stays: str
    goes: str


def choices(stays: Model, goes: Model) -> list[FieldChoice]:
    """Return the fields that may be taken from either record, where the two differ."""
    return [
        FieldChoice(field.name, str(field.verbose_name), _shown(stays, field), _shown(goes, field))
        for field in _choosable(type(stays))
        if getattr(stays, field.attname) != getattr(goes, field.attname)
    ]


def _choosable(model: type[Model]) -> Iterator[Field]:
    """Yield the fields in which a merge may take either value: not what tells a record from others."""
    unique = {name for names, _condition in _unique(model) for name in names}
    for column in model._meta.concrete_fields:
        if column.editable and column.attname not in unique and column.name not in NOT_CHOSEN:
            yield column


def _shown(record: Model, column: Field) -> str:
    display = getattr(record, f"get_{column.name}_display", None)
    value = display() if display else getattr(record, column.name)
    return "" if value is None else str(value)


# What moves


def moves(stays: Model, goes: Model) -> list[Move]:
    """Return what becomes of every row that names the record that goes, table by table."""
    tables: dict[type[Model], list[str]] = {}
    for relation in rows.relations_to(type(stays)):
        tables.setdefault(relation.related_model, []).append(relation.field.attname)
    candidates = [_Mover(model, names, stays, goes).move for model, names in tables.items()]
    return [
        move
        for candidate in candidates
        for move in (candidate, *_moves_of_parts(candidate))
        if move.changed or move.removed
    ]


class _Mover:
    """Finds what becomes of the rows of a table that name the record that goes in some columns, its `names`."""

    def __init__(self, model: type[Model], names: list[str], stays: Model, goes: Model) -> None:
        self.move = Move(model, rows.columns(model))
        self.names, self.stays, self.goes = names, stays, goes
        self.constraints = [constraint for constraint in _unique(model) if set(names) & set(constraint[0])]
        self.last = self._last_position()
        #: the row that has some values in the columns of a constraint
        self._taken: dict[tuple[int, tuple[Any, ...]], int] = {}
        there, naming = self._naming(stays), self._naming(goes)
        both = {*there, *naming}
        self._meeting = [self._meeting_condition(condition, both) for _names, condition in self.constraints]
        for key, values in there.items():
            self._take(key, values)
        for key, values in sorted(naming.items(), key=lambda row: (self._position(row[1]), row[0])):
            if not (model is type(goes) and key == goes.pk):
                self._add(key, values)

    def _naming(self, record: Model) -> Rows:
        return {key: row for name in self.names for key, row in rows.read(self.move.model, name, [record.pk]).items()}

    def _add(self, key: int, values: Values) -> None:
        new = self._renamed(key, values)
        twin = self._twin(key, new)
        if self._is_tied_to_itself(new):
            self.move.removed[key] = None
        elif twin is not None:
            self.move.removed[key] = twin
        else:
            if self.last is not None:
                self.last += 1
                new[self._place("position")] = self.last
            self.move.changed[key] = new
            self._take(key, new)

    def _renamed(self, key: int, values: Values) -> Values:
        """Return a row with the one that stays in place of the other; where it is that one itself, what is above."""
        itself = self.move.model is type(self.stays) and key == self.stays.pk
        new = list(values)
        for name in self.names:
            if values[self._place(name)] == self.goes.pk:
                above = getattr(self.goes, name) if itself else self.stays.pk
                new[self._place(name)] = None if itself and above == self.stays.pk else above
        return new

    def _is_tied_to_itself(self, values: Values) -> bool:
        named = [values[self._place(name)] for name in self.names]
        return self.move.model is not type(self.stays) and len(named) > 1 and len(set(named)) == 1

    def _place(self, name: str) -> int:
        return self.move.columns.index(name)

    def _position(self, values: Values) -> int:
        return int(values[self._place("position")]) if "position" in self.move.columns else 0

    def _last_position(self) -> int | None:
        """Return the last position among the rows that the record that stays owns, None for rows of others."""
        owner = rows.owner(self.move.model)
        if self.move.model._meta.auto_created or owner is None or owner[0] is not type(self.stays):
            return None
        owned = self.move.model._base_manager.filter(**{owner[1]: self.stays.pk})
        return int(owned.aggregate(last=Max("position"))["last"] or 0)

    # what stands once only

    def _meeting_condition(self, condition: Q, keys: set[int]) -> set[int]:
        records = self.move.model._base_manager.filter(pk__in=keys)
        return set(records.filter(condition).values_list("pk", flat=True)) if condition else keys

    def _unique_values(self, key: int, values: Values) -> Iterator[tuple[int, tuple[Any, ...]]]:
        """Yield what no other row may have, for each constraint that a row meets."""
        for number, (names, _condition) in enumerate(self.constraints):
            own = tuple(values[self._place(name)] for name in names)
            owned_position = self.last is not None and "position" in names
            if key in self._meeting[number] and None not in own and not owned_position:
                yield number, own

    def _take(self, key: int, values: Values) -> None:
        self._taken.update(dict.fromkeys(self._unique_values(key, values), key))

    def _twin(self, key: int, values: Values) -> int | None:
        twins = (self._taken.get(own) for own in self._unique_values(key, values))
        return next((twin for twin in twins if twin is not None and twin != key), None)


def _moves_of_parts(move: Move) -> Iterator[Move]:
    """Yield what becomes of the many-to-many rows of rows that are removed: their twins get what they lack."""
    twins = {key: twin for key, twin in move.removed.items() if twin is not None}
    for relation in move.model._meta.many_to_many if move.removed else ():
        through: Any = relation.remote_field.through
        own, target = f"{relation.m2m_field_name()}_id", f"{relation.m2m_reverse_field_name()}_id"
        part = Move(through, rows.columns(through))
        place, other = part.columns.index(own), part.columns.index(target)
        there = {(row[place], row[other]) for row in rows.read(through, own, twins.values()).values()}
        for key, row in rows.read(through, own, move.removed).items():
            new = [twins.get(value) if number == place else value for number, value in enumerate(row)]
            if new[place] is None or (new[place], new[other]) in there:
                part.removed[key] = None
            else:
                part.changed[key] = new
                there.add((new[place], new[other]))
        yield part


def _unique(model: type[Model]) -> list[tuple[tuple[str, ...], Any]]:
    """Return the columns in which no two rows of a table are alike, each with the condition under which that holds."""
    meta: Any = model._meta
    constraints = [(item.fields, item.condition) for item in meta.constraints if isinstance(item, UniqueConstraint)]
    constraints += [(names, None) for names in meta.unique_together]
    constraints += [((column.name,), None) for column in meta.concrete_fields if column.unique]
    return [(tuple(meta.get_field(name).attname for name in names), condition) for names, condition in constraints]


# Merging


def merge(stays: Model, goes: Model, taken: Collection[str], user: Person) -> Operation:
    """Merge a record into another, `taken` being the fields whose values the one that stays takes from the other.

    In a transaction with both locked. Raises CannotMerge, or NotReady where what is public would lack something.
    """
    model = type(stays)
    title = _("Merge: %(goes)s into %(stays)s") % {"goes": goes, "stays": stays}
    with recorded(OperationKind.MERGE, title, user) as recording:
        recording.watch(stays, goes)
        stays, goes = (model._base_manager.get(pk=record.pk) for record in (stays, goes))
        if reason := hindrance(stays, goes):
            raise CannotMerge(reason)
        if isinstance(stays, Curated) and isinstance(goes, Curated) and stays.is_published and not goes.is_published:
            review.check_second_person([goes], user)  # readers will see what it says
        moved = moves(stays, goes)
        for move in moved:
            recording.watch_rows(move.model, "pk", {*move.changed, *move.removed})
        _write(recording, stays, goes, moved, taken, user)
    if recording.operation is None:
        raise CannotMerge(_("There is nothing to merge."))
    return recording.operation


def hindrance(stays: Model, goes: Model) -> str:
    """Return why a record cannot be merged into another, "" where it can."""
    if type(stays) is not type(goes) or stays.pk == goes.pk:
        return _("Choose two records of one kind.")
    if isinstance(stays, Curated) and isinstance(goes, Curated):
        return _hindrance_of_curated(stays, goes)
    if isinstance(stays, Retirable) and isinstance(goes, Retirable) and (stays.retired_on or goes.retired_on):
        return _("%(record)s is retired.") % {"record": stays if stays.retired_on else goes}
    children = getattr(goes, "children", None)
    if children is not None and getattr(stays, "parent_id", None) not in (None, goes.pk) and children.exists():
        return _("A vocabulary has two levels: %(goes)s has terms under it, and %(stays)s stands under another.") % {
            "goes": goes,
            "stays": stays,
        }
    return ""


def _hindrance_of_curated(stays: Curated, goes: Curated) -> str:
    if goes.is_published and not stays.is_published:
        return _("Readers see %(goes)s and not %(stays)s: keep the one that they see, or publish the other first.") % {
            "goes": goes,
            "stays": stays,
        }
    if stays.draft_of_id or goes.draft_of_id:
        return _("A pending edit is merged with nothing.")
    for record in (stays, goes):
        if pending_of(record):
            return _("%(record)s has a pending edit: approve or discard it first.") % {"record": record}
    return ""


def _write(
    recording: Recording, stays: Model, goes: Model, moved: list[Move], taken: Collection[str], user: Person
) -> None:
    public = [record for record in (stays, goes) if isinstance(record, Curated) and record.is_published]
    hanging = [*public[:1], *public_dependants([stays, goes])]
    lacking = workflow.missing_requirements(*hanging)
    practices = _practices(stays, goes, moved)
    before = {move.model: rows.read(move.model, "pk", move.removed) for move in moved}
    for move in moved:
        write_history(_with_history(move, before[move.model].values()), "-", reason=MERGED, user=user)
        rows.remove(move.model, move.removed)
    for move in moved:
        rows.put(move.model, move.columns, move.changed)
    _write_history(moved, user)
    for record in (stays, goes):
        record.refresh_from_db()
    _take_fields(stays, goes, taken)
    _let_go(recording, stays, goes)
    for record in (goes, stays):
        sign_next(record, user, recording.title)
        record.save()
    if public or not isinstance(stays, Curated):
        refresh_public_data(practices | _practices(stays, goes, moved))
    if lost := workflow.newly_missing(workflow.missing_requirements(*hanging), lacking):
        raise workflow.NotReady(lost)


def _with_history(move: Move, values: Iterable[Values]) -> list[Model]:
    return rows.records(move.model, move.columns, values) if hasattr(move.model, "history") else []


def _write_history(moved: list[Move], user: Person | None) -> None:
    """Write history of the rows that name another record now, and of those whose many-to-many rows do."""
    owners: dict[type[Model], set[int]] = {}
    for move in moved:
        write_history(_with_history(move, move.changed.values()), "~", reason=MERGED, user=user)
        owner = rows.owner(move.model)
        if owner and move.model._meta.auto_created:
            place = move.columns.index(owner[1])
            owners.setdefault(owner[0], set()).update(row[place] for row in move.changed.values())
    for model, keys in owners.items():
        changed = next((set(move.changed) for move in moved if move.model is model), set())
        write_history(model._base_manager.in_bulk(keys - changed).values(), "~", reason=MERGED, user=user)


def _take_fields(stays: Model, goes: Model, taken: Collection[str]) -> None:
    """Give the one that stays the values that it takes from the other, and the other's names."""
    name = getattr(stays, "name_field", "")
    names = [getattr(record, name) for record in (stays, goes)] if name else []
    for column in _choosable(type(stays)):
        if column.name in taken:
            setattr(stays, column.attname, getattr(goes, column.attname))
    if hasattr(stays, "other_names") and hasattr(goes, "other_names"):
        known = {entry["text"] for entry in stays.other_names} | {getattr(stays, name)}
        more = [{"text": text, "lang": "und", "kind": "name"} for text in names] + goes.other_names
        stays.other_names += [entry for entry in more if entry["text"] not in known]
    try:
        stays.full_clean()
    except ValidationError as error:
        raise CannotMerge(" ".join(error.messages)) from error


def _let_go(recording: Recording, stays: Model, goes: Model) -> None:
    """Archive or retire the record that goes, and let its address or code lead to the other."""
    if isinstance(goes, Retirable) and isinstance(stays, Retirable):
        goes.retired_on, goes.replaced_by = timezone.localdate(), stays
    if not isinstance(goes, Curated) or not isinstance(stays, Curated):
        return
    goes.state, goes.version, stays.version = State.ARCHIVED, goes.version + 1, stays.version + 1
    kind = str(type(goes)._meta.model_name)
    former = list(FormerSlug.objects.filter(Q(ref=goes.ref) | Q(slug=goes.slug), model=kind))
    recording.watch(*former)
    for address in former:
        address.ref = stays.ref
        address.save()
    if goes.published_at and goes.slug not in [address.slug for address in former]:
        recording.created(FormerSlug.objects.create(model=kind, slug=goes.slug, ref=stays.ref))


def _practices(stays: Model, goes: Model, moved: list[Move]) -> set[int]:
    """Return the practices in whose documents what is merged has a part now."""
    practices = practices_affected(type(stays), [stays.pk, goes.pk])
    for move in moved:
        keys = {*move.changed, *move.removed}
        for relation in move.model._meta.concrete_fields:
            if relation.related_model is Practice:
                practices |= set(move.model._base_manager.filter(pk__in=keys).values_list(relation.attname, flat=True))
    return practices - {None}
