"""Pending edits: a copy of a record that curators work on while readers see the record as it was published.

A pending edit is a row of the same model, with the ref and slug of its original in `draft_of`, and copies of the rows
that the original owns. `approve` puts what it says in the place of what the original says.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Manager, ProtectedError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from practices.curation.changes import differences, taken_up, workflow
from practices.curation.changes.content import (
    Content,
    RowContent,
    RowKeys,
    Signature,
    as_of,
    read,
    read_all,
    row_models,
    siblings,
    without_gone,
    write,
)
from practices.curation.changes.differences import Difference, Naming, accepted, merged
from practices.curation.changes.history import Change, last_change, record_history
from practices.curation.fixtures import FIXTURE_MODELS
from practices.curation.fixtures.baseline import sign_next
from practices.curation.roles import Person
from practices.index.documents import practices_affected_by
from practices.models import Curated, Row, State

Record = TypeVar("Record", bound=Curated)
#: the fields of records and rows by which one stands above another
CLOSING = frozenset(["parent", "other"])


class AlreadyEdited(workflow.StepRefused):
    """Somebody has a pending edit of the record already; nothing was written."""

    def __init__(self, pending: Curated) -> None:
        self.pending = pending
        super().__init__(_("There is a pending edit of %(record)s already.") % {"record": pending})


class OriginalChanged(workflow.StepRefused):
    """The original was changed since a pending edit of it was begun. `changes` say how; nothing was written."""

    def __init__(self, original: Curated, changes: list[Change]) -> None:
        self.original = original
        self.changes = changes
        super().__init__(_("%(record)s was changed since this edit of it was begun.") % {"record": original})


@dataclass(frozen=True)
class Basis:
    """What a pending edit was begun from: when its original was last changed, and which rows were copied.

    `rows` give the primary key of each row of the original by that of its copy.
    """

    changed: datetime
    rows: RowKeys = field(default_factory=dict)

    @classmethod
    def of(cls, pending: Curated) -> "Basis":
        """Read the basis of a pending edit; of one that has none noted, rows in the same position are the same."""
        kinds = row_models(pending._meta.model)
        if not pending.basis:
            pairs = {kind: _by_position(kind, owner, pending) for kind, owner in kinds.items()}
            return cls(pending.created, pairs)
        noted = pending.basis["rows"]
        rows = {kind: {int(pk): row for pk, row in noted[kind._meta.label_lower].items()} for kind in kinds}
        return cls(parse_datetime(pending.basis["changed"]) or pending.created, rows)

    def as_json(self) -> dict[str, Any]:
        """Return it as the database keeps it, and gives it back: the keys of objects are texts in JSON."""
        return {
            "changed": self.changed.isoformat(),
            "rows": {
                kind._meta.label_lower: {str(copy): row for copy, row in pairs.items()}
                for kind, pairs in self.rows.items()
            },
        }


def _by_position(kind: type[Row], owner: str, pending: Curated) -> dict[int, int]:
    copies, rows = (
        dict(kind._default_manager.filter(**{owner: pk}).values_list("position", "pk"))
        for pk in (pending.pk, pending.draft_of_id)
    )
    return {copy: rows[position] for position, copy in copies.items() if position in rows}


# Beginning and ending


def pending_of(record: Record) -> Record | None:
    """Return the pending edit of a record, None where there is none."""
    return _all(record).filter(draft_of=record.pk).first()


@transaction.atomic
def pending_edit(record: Record, user: Person) -> Record:
    """Return the pending edit of a record, begun now where there is none: it says what the record says."""
    original = _all(record).select_for_update().get(pk=record.pk)
    if original.draft_of_id is not None:
        return original
    return pending_of(original) or _begin(original, read(original), Signature(user, _("Edit begun")))


def _begin(original: Record, content: Content, signature: Signature) -> Record:
    """Make the pending edit of a record, with this content, rows by the primary keys of the original's."""
    pending = type(original)(ref=original.ref, draft_of_id=original.pk)
    copied = write(pending, content, {}, signature, is_new=True)
    return _note_basis(pending, last_change(original), copied)


def _note_basis(pending: Record, changed: datetime | None, keys: RowKeys) -> Record:
    rows = {kind: {pk: key for key, pk in pairs.items() if key > 0} for kind, pairs in keys.items()}
    pending.basis = Basis(changed or pending.created, rows).as_json()
    _all(pending).filter(pk=pending.pk).update(basis=pending.basis)
    return pending


@transaction.atomic
def approve(pending: Record, user: Person, fields: Collection[str] | None = None) -> Record:
    """Put a pending edit, or those of its differences that `fields` name, in the place of its original.

    Raises OriginalChanged where others changed the original since, and NotReady where it is public and would lack
    something; nothing is changed then. Returns the original.
    """
    original, pending = _locked(pending)
    basis = Basis.of(pending)
    if changes := _changes_since(original, basis):
        raise OriginalChanged(original, changes)
    content = edited_content(pending)
    if fields is not None:
        content = accepted(read(original), content, fields)
    practices = practices_affected_by(original)
    signature = Signature(user, _approval(pending, user))
    taken_up.note_publication([pending], fields)
    _remove(pending, signature)
    original.version += 1
    _replace(original, content, signature)
    _check_circles(original)
    workflow.propagate(original, practices)
    return original


def _replace(original: Curated, content: Content, signature: Signature) -> None:
    """Let a record say what a pending edit of it says. Raises NotReady where others need what it would lose."""
    try:
        write(original, content, _own_keys(read(original)), signature)
    except ProtectedError as error:
        held = ", ".join(sorted({str(row) for row in error.protected_objects})[:3])
        raise workflow.NotReady({original: [_("what others name: %(records)s") % {"records": held}]}) from error


def _check_circles(original: Curated) -> None:
    """Raise NotReady where a record or a row of it stands above itself now, as two edits can make it together."""
    for part in (original, *_rows_of(original)):
        names = {item.name for item in part._meta.fields}
        try:
            part.clean_fields(exclude=names - CLOSING)
        except ValidationError as error:
            raise workflow.NotReady({original: error.messages}) from error


def _rows_of(record: Curated) -> Iterator[Row]:
    """Yield the rows of a record that may close a circle."""
    for kind, owner in row_models(record._meta.model).items():
        if CLOSING & {item.name for item in kind._meta.fields}:
            yield from kind._default_manager.filter(**{owner: record.pk}).select_related(owner)


def shown_as_public(record: Curated) -> Curated:
    """Make a draft public, or put a pending edit in place of its original, asking nothing; returns what is public then.

    For a preview, in a transaction that is rolled back: index and data version are left as they are.
    """
    shown = record.draft_of or record
    if shown is not record:
        _replace(shown, edited_content(record), Signature(None, "Preview"))
    first = shown.published_at or timezone.now()
    _all(shown).filter(pk=shown.pk).update(state=State.PUBLISHED, published_at=first)
    return shown


@transaction.atomic
def discard(pending: Curated, user: Person) -> None:
    """Give a pending edit up; its original stays as it is."""
    _original, pending = _locked(pending)
    taken_up.note_discard(pending)
    _remove(pending, Signature(user, _("Edit discarded")))


def _all(record: Curated) -> Manager[Any]:
    """Return all rows of the model of a record, pending edits among them."""
    return type(record).objects


def _locked(pending: Record) -> tuple[Record, Record]:
    """Return the original and the pending edit as they are now, which nobody else changes until the end.

    Raises DoesNotExist where the pending edit is no more.
    """
    records = _all(pending).select_for_update()
    original = records.get(pk=pending.draft_of_id)
    return original, records.get(pk=pending.pk, draft_of=original)


def _remove(pending: Curated, signature: Signature) -> None:
    sign_next(pending, *signature)
    pending.delete()


def _approval(pending: Curated, user: Person) -> str:
    author, _began = begun_by(pending)
    if author == user:
        return _("Edit published by its author")
    return _("Edit by %(author)s, approved by %(reviewer)s") % {"author": author or "–", "reviewer": user}


def begun_by(pending: Curated) -> tuple[User | None, datetime]:
    """Return who began a pending edit, or made a draft, and when; None for somebody who is no more."""
    first = type(pending).history.filter(id=pending.pk).select_related("history_user").last()
    return (first.history_user, first.history_date) if first else (None, pending.created)


# What it says


def edited_content(pending: Curated) -> Content:
    """Return what the original would say: its rows by their own keys, those that only the edit has by negative ones."""
    return _in_terms_of_original(pending, read(pending))


def _in_terms_of_original(pending: Curated, content: Content) -> Content:
    """Return what a pending edit says as what its original would say."""
    basis, rows = Basis.of(pending), {}
    for kind, by_key in content.rows.items():
        rows[kind] = {_original_key(basis, kind, pk): _original_row(basis, kind, row) for pk, row in by_key.items()}
    return Content(content.values, content.terms, rows)


def _original_key(basis: Basis, kind: type[Row], pk: int) -> int:
    return basis.rows.get(kind, {}).get(pk, -pk)


def _original_row(basis: Basis, kind: type[Row], row: RowContent) -> RowContent:
    values = dict(row.values)
    for name, sibling in siblings(kind).items():
        if values[name] is not None:
            values[name] = _original_key(basis, sibling, values[name])
    return RowContent(values, row.terms)


def _own_keys(content: Content) -> RowKeys:
    return {kind: {pk: pk for pk in rows} for kind, rows in content.rows.items()}


def copies(pending: Curated) -> RowKeys:
    """Return the primary key of each copied row of a pending edit, by that of the original's row."""
    return {kind: {row: pk for pk, row in pairs.items()} for kind, pairs in Basis.of(pending).rows.items()}


def original_row(row: Any) -> Any:
    """Return the row of the original that a row of a pending edit was copied from; other rows as they are."""
    owner = getattr(row, FIXTURE_MODELS[row._meta.label_lower].owner)
    key = Basis.of(owner).rows.get(type(row), {}).get(row.pk) if owner.draft_of_id else None
    return type(row)._default_manager.filter(pk=key).first() or row if key else row


def differences_of(pending: Curated, naming: Naming = str) -> list[Difference]:
    """Return how a pending edit differs from its original as that is now."""
    return differences_of_all(type(pending), [pending], naming)[0]


def differences_of_all(model: type[Curated], edits: Collection[Any], naming: Naming = str) -> list[list[Difference]]:
    """Return the same of several pending edits of one kind of record; as many queries."""
    now = read_all(model, [edit.draft_of_id for edit in edits])
    said = read_all(model, [edit.pk for edit in edits])
    pairs = [(now[edit.draft_of_id], _in_terms_of_original(edit, said[edit.pk])) for edit in edits]
    return differences.differences_of_all(model, pairs, naming)


# What others did meanwhile


def changes_since(pending: Curated, naming: Naming = str) -> list[Change]:
    """Return what others changed in the original since a pending edit of it was begun, the latest first."""
    return _changes_since(pending.draft_of, Basis.of(pending), naming) if pending.draft_of else []


def _changes_since(original: Curated, basis: Basis, naming: Naming = str) -> list[Change]:
    last = last_change(original)
    if last is None or last <= basis.changed:
        return []
    return [change for change in record_history(original, naming) if change.last > basis.changed]


@transaction.atomic
def bring_up_to_date(pending: Record, user: Person) -> Record:
    """Take over what others changed in the original since, where the pending edit leaves it alone; returns the edit."""
    original, pending = _locked(pending)
    basis, now, mine = Basis.of(pending), read(original), edited_content(pending)
    content = merged(as_of(original, basis.changed) or now, mine, now)
    return _rewrite(pending, original, content, Signature(user, _("Brought up to date with the published record")))


def _rewrite(pending: Record, original: Record, content: Content, signature: Signature) -> Record:
    """Let a pending edit say what `content` says, with rows by the keys that `edited_content` gives them."""
    pairs = Basis.of(pending).rows
    keys: RowKeys = {}
    for kind, rows in read(pending).rows.items():
        keys[kind] = {pairs.get(kind, {}).get(pk, -pk): pk for pk in rows}
    pending.version += 1
    return _note_basis(pending, last_change(original), write(pending, content, keys, signature))


@transaction.atomic
def restore(record: Record, date: datetime, user: Person) -> tuple[Record, list[str]]:
    """Let the record say what it said at a date: a public one as a pending edit.

    Returns the pending edit or the record, and the kinds of records that it named then and that are no more. Raises
    LookupError where its history does not go back so far, and AlreadyEdited where it has a pending edit.
    """
    original = _all(record).select_for_update().get(pk=record.pk)
    if edit := pending_of(original):
        raise AlreadyEdited(edit)
    content = as_of(original, date)
    if content is None:
        raise LookupError(f"{original} has no history of {date}")
    content.values["slug"] = original.slug if original.published_at else content.values["slug"]
    content, gone = without_gone(type(original), content)
    signature = Signature(
        user, _("As it was at %(date)s") % {"date": timezone.localtime(date).strftime("%Y-%m-%d %H:%M")}
    )
    if original.state == State.PUBLISHED:
        return _begin(original, content, signature), gone
    original.version += 1
    write(original, content, _own_keys(read(original)), signature)
    return original, gone
